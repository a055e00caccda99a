"""A .sql dump as a schema: its statements are run in a scratch database, which is read and dropped.

Rows are passed over: they are no schema, and most of a dump. So are the statements that would choose another database,
and what would outlast the scratch database, or reach beside it, is refused before it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dbx.database import Database
from dbx.dialects.base import place
from dbx.errors import LanguageError, Refused, StatementFailed, UsageError
from dbx.rows import Outcome, Statement
from dbx.schema import read, scratch
from dbx.schema.model import Schema
from dbx.schema.select import Wish
from dbx.sql import files
from dbx.sql.unit import Unit

_HEAD = 256 * 1024
_MARKS = {
    "postgresql": r"PostgreSQL database dump|\bpg_catalog\.|\bplpgsql\b|\b(?:big|small)?serial\b|\bbytea\b"
    r"|\btimestamptz\b|\bjsonb\b|::\w|\bcharacter varying\b|\bCREATE EXTENSION\b|timestamp with(?:out)? time zone",
    "mysql": r"(?:MySQL|MariaDB) dump|\bENGINE\s*=|/\*!\d|\bAUTO_INCREMENT\b|^DELIMITER\b|\bUNSIGNED\b",
    "sqlite": r"\bAUTOINCREMENT\b|^PRAGMA\b|\bWITHOUT ROWID\b|\bsqlite_sequence\b",
}
_NAMES = {"postgresql": "PostgreSQL", "mysql": "MySQL", "sqlite": "SQLite"}


def dialect_of(path: str) -> str:
    """Which server's SQL a file is, as far as words tell: postgresql, mysql, sqlite, or '' for any."""
    with files.opened(path) as file:
        text = file.read(_HEAD).decode("utf-8", "replace")
    found = {name: len(re.findall(marks, text, re.IGNORECASE | re.MULTILINE)) for name, marks in _MARKS.items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] else ""


@contextmanager
def loaded(path: str, servers: Sequence[Database], memory: Callable[[], Database]) -> Iterator[Database]:
    """A database that holds what a dump makes. `servers` are those that scratch databases may be made on.

    Raises UsageError when none of them is of the dump's kind, or a statement fails; Refused for one that goes beyond.
    """
    wanted = dialect_of(path)
    fitting = [server for server in servers if wanted in ("", server.dialect.name)]
    if not fitting and wanted in ("postgresql", "mysql"):
        name = _NAMES[wanted]
        raise UsageError(
            f"{path} is {name}'s SQL, and no {name} server is named to load it into",
            hint=f"--scratch {wanted}://… names one: an empty database is made there, and dropped afterwards",
        )
    with scratch.scratch(fitting[0] if fitting else memory()) as database:
        _load(database, path)
        yield database


def schema(path: str, servers: Sequence[Database], memory: Callable[[], Database], wish: Wish) -> Schema:
    """What a dump makes, without owners and privileges, which are those of whoever loads it."""
    with loaded(path, servers, memory) as database:
        return read.wanted(database, wish)


def _load(database: Database, path: str) -> None:
    syntax = database.dialect.syntax
    try:
        files.check([path], syntax, sql=True)
        guard = _Guard(database.dialect.name)
        for unit in files.units([path], syntax, sql=True):
            if guard.wants(unit):
                _run(database, unit)
    except (StatementFailed, LanguageError) as error:
        raise UsageError(
            error.message, code=error.code, hint=error.hint, detail=error.detail, place=error.place
        ) from None


def _run(database: Database, unit: Unit) -> None:
    statement = Statement(unit.text, None, unit.source, unit.line, unit.column)
    outcome: Outcome | None = database.connection.run(statement)
    while outcome is not None:
        for _ in outcome.rows or ():
            pass
        outcome = database.connection.more()


_ROWS = ("INSERT", "REPLACE", "UPDATE", "DELETE", "COPY", "LOCK", "UNLOCK", "ANALYZE", "VACUUM", "TRUNCATE", "OPTIMIZE",
         "USE", "BEGIN", "COMMIT", "END", "ROLLBACK", "START", "SAVEPOINT", "RELEASE", "LOAD", "GRANT",
         "REVOKE")  # fmt: skip
"""What says nothing of the schema, or of one database only. A transaction of the dump's own would keep what failed."""

_OWNER = re.compile(r"\bOWNER\s+TO\s+\S+\s*\Z", re.IGNORECASE)
_OUTLASTING = {"ROLE", "USER", "GROUP", "TABLESPACE", "SYSTEM", "SUBSCRIPTION", "LOGFILE", "INSTANCE"}
_MAKING = ("CREATE", "ALTER", "DROP", "RENAME")
_GLOBAL = re.compile(r"\bSET\s+(?:GLOBAL|PERSIST|@@(?:global|persist))\b", re.IGNORECASE)
_CALLS = ("CALL", "EXECUTE", "PREPARE", "INSTALL", "ATTACH", "DETACH", "SHUTDOWN", "KILL", "FLUSH", "RESET", "PURGE")
_WORD = r"(?:`(?:[^`]|``)+`|\w+)"
_PLACED = re.compile(
    rf"\s*(?:CREATE|ALTER|DROP|RENAME)\b(?:\s+(?:OR\s+REPLACE|DEFINER\s*=\s*\S+|TEMPORARY|UNIQUE|ALGORITHM\s*=\s*\w+"
    rf"|SQL\s+SECURITY\s+\w+))*\s+(?:TABLE|VIEW|TRIGGER|FUNCTION|PROCEDURE|EVENT|SEQUENCE|INDEX\s+{_WORD}\s+ON)"
    rf"(?:\s+IF\s+(?:NOT\s+)?EXISTS)?\s+({_WORD})\s*\.\s*{_WORD}",
    re.IGNORECASE,
)


class _Guard:
    """What of a dump is run."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect

    def wants(self, unit: Unit) -> bool:
        """Raises Refused for what would go beyond the scratch database."""
        words = [*unit.words, ""]
        if words[0] in _ROWS or (words[0] == "ALTER" and _OWNER.search(unit.text)):
            return False
        if words[0] in _MAKING and self._names_database(unit):
            return False
        if words[0] in ("CREATE", "ALTER", "DROP") and _OUTLASTING & set(words[1:3]):
            raise self._refused(unit, f"{words[0]} {words[1]} would outlast the scratch database")
        if words[0] in _CALLS or _GLOBAL.match(unit.text):
            raise self._refused(unit, f"{words[0]} may reach beside the scratch database")
        if self.dialect == "mysql" and (found := _PLACED.match(unit.text)):
            raise self._refused(unit, f"this is in the database {found[1]}, which is not the scratch database")
        return True

    def _names_database(self, unit: Unit) -> bool:
        """CREATE DATABASE and the like: there is one already. In MySQL a SCHEMA is one too."""
        kinds = ("DATABASE", "SCHEMA") if self.dialect == "mysql" else ("DATABASE",)
        return any(word in kinds for word in unit.words[1:3])

    def _refused(self, unit: Unit, message: str) -> Refused:
        return Refused(message, place=place(Statement(unit.text, None, unit.source, unit.line, unit.column), 0))


def is_dump(path: str) -> bool:
    return path.endswith(".sql") and Path(path).is_file()
