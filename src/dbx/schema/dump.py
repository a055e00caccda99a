"""A .sql dump as a schema: its statements are run in a scratch database, which is read and dropped.

Rows are passed over: they are no schema, and most of a dump. So are the statements that would choose another database,
and what would outlast the scratch database, or reach beside it, is refused before it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dbx.database import Database
from dbx.dialects.base import place
from dbx.errors import LanguageError, Refused, StatementFailed, UsageError
from dbx.rows import Outcome, Statement
from dbx.schema import read, scratch
from dbx.schema.model import Schema
from dbx.schema.select import Wish
from dbx.schema.text.mysql import STRING
from dbx.sql import files
from dbx.sql.script import split

_HEAD = 256 * 1024
_MARKS = {
    "postgresql": r"PostgreSQL database dump|\bpg_catalog\.|\bplpgsql\b|\b(?:big|small)?serial\b|\bbytea\b"
    r"|\bnextval\(|\btimestamptz\b|\bjsonb\b|::\w|\bcharacter varying\b|\bCREATE EXTENSION\b"
    r"|timestamp with(?:out)? time zone",
    "mysql": r"(?:MySQL|MariaDB) dump|\bENGINE\s*=|/\*!\d|\bAUTO_INCREMENT\b|^DELIMITER\b|\bUNSIGNED\b|`",
    "sqlite": r"\bAUTOINCREMENT\b|^PRAGMA\b|\bWITHOUT ROWID\b|\bsqlite_sequence\b"
    r"|^\s*\[\w+\]",
}
_WORDS = {
    **dict.fromkeys(("pg", "psql", "pgsql", "postgres", "postgresql"), "postgresql"),
    **dict.fromkeys(("mysql", "mariadb", "maria"), "mysql"),
    **dict.fromkeys(("sqlite", "sqlite3"), "sqlite"),
}
_SERVERS = {"postgresql": "PostgreSQL", "mysql": "MySQL"}
"""What needs a server of its own; anything else is loaded into memory."""


def dialect_of(path: str) -> str:
    """Which server's SQL a file is: as a word of its name says (dump.pg.sql), else as far as its own words tell;
    postgresql, mysql, sqlite, or '' for any."""
    for word in re.split(r"[._-]", Path(path).name.lower()):
        if word in _WORDS:
            return _WORDS[word]
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
    fitting = [server for server in servers if wanted == server.dialect.name or (not wanted and len(servers) == 1)]
    if not fitting and (name := _SERVERS.get(wanted)):
        raise UsageError(
            f"{path} is {name}'s SQL, and no {name} server is named to load it into",
            hint=f"--scratch {wanted}://… names one: an empty database is made there, and dropped afterwards",
        )
    with scratch.scratch(fitting[0] if fitting else memory()) as database:
        load(database, path)
        yield database


def schema(path: str, servers: Sequence[Database], memory: Callable[[], Database], wish: Wish) -> Schema:
    """What a dump makes, without owners and privileges, which are those of whoever loads it."""
    with loaded(path, servers, memory) as database:
        return read.wanted(database, wish)


def load(database: Database, path: str, *, trusted: bool = False) -> None:
    """Run a dump in a scratch database; `trusted` is one that dbx wrote itself."""
    syntax = database.dialect.syntax
    try:
        guard = _Guard(database.dialect.schemas_are_databases, trusted=trusted)
        with files.opened(path) as file:
            for piece in split(_without_connects(file), syntax, source=path):
                if guard.wants(statement := Statement(piece.text, None, path, piece.line, piece.column), piece.words):
                    _run(database, guard.at_home(statement))
    except (StatementFailed, LanguageError) as error:
        raise UsageError(
            error.message, code=error.code, hint=error.hint, detail=error.detail, place=error.place
        ) from None


def _without_connects(lines: Iterable[bytes]) -> Iterator[bytes]:
    r"""The lines; empty ones for psql's \c and \connect: there is one database here."""
    return (_CONNECT.sub(b"\n", line) for line in lines)


_CONNECT = re.compile(rb"\A\\c(?:onnect)?\b.*\n?", re.DOTALL)


def _run(database: Database, statement: Statement) -> None:
    outcome: Outcome | None = database.connection.run(statement)
    while outcome is not None:
        for _ in outcome.rows or ():
            pass
        outcome = database.connection.more()


_ROWS = ("INSERT", "REPLACE", "UPDATE", "DELETE", "COPY", "LOCK", "UNLOCK", "ANALYZE", "VACUUM", "TRUNCATE", "OPTIMIZE",
         "SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "HANDLER", "CHECK", "USE", "BEGIN",
         "COMMIT", "END", "ROLLBACK", "START", "SAVEPOINT", "RELEASE", "LOAD", "GRANT", "REVOKE")  # fmt: skip
"""What says nothing of the schema, or of one database only. A transaction of the dump's own would keep what failed."""

_OWNER = re.compile(r"\bOWNER\s+TO\s+\S+\s*\Z", re.IGNORECASE)
_OUTLASTING = {"ROLE", "USER", "GROUP", "TABLESPACE", "SUBSCRIPTION", "LOGFILE", "INSTANCE"}
_MAKING = ("CREATE", "ALTER", "DROP", "RENAME")
_GLOBAL = re.compile(r"\bSET\s+(?:GLOBAL|PERSIST|@@(?:global|persist))\b", re.IGNORECASE)
_CALLS = (
    "CALL",
    "DO",
    "EXECUTE",
    "PREPARE",
    "INSTALL",
    "ATTACH",
    "DETACH",
    "SHUTDOWN",
    "KILL",
    "FLUSH",
    "RESET",
    "PURGE",
)
_DATABASE = re.compile(
    r"\s*(?:USE|(?:CREATE|ALTER|DROP)\s+(?:DATABASE|SCHEMA)(?:\s+IF\s+(?:NOT\s+)?EXISTS)?)\s+(`[^`]+`|\w+)",
    re.IGNORECASE,
)
_WORD = r"(?:`(?:[^`]|``)+`|\w+)"
_PLACED = re.compile(
    rf"\s*(?:CREATE|ALTER|DROP|RENAME)\b(?:\s+(?:OR\s+REPLACE|DEFINER\s*=\s*\S+|TEMPORARY|UNIQUE|ALGORITHM\s*=\s*\w+"
    rf"|SQL\s+SECURITY\s+\w+))*\s+(?:TABLE|VIEW|TRIGGER|FUNCTION|PROCEDURE|EVENT|SEQUENCE|INDEX\s+{_WORD}\s+ON)"
    rf"(?:\s+IF\s+(?:NOT\s+)?EXISTS)?\s+({_WORD})\s*\.\s*{_WORD}",
    re.IGNORECASE,
)


_MOVED = re.compile(
    rf"\s*(?:RENAME\s+TABLES?\b.*?\bTO|ALTER\s.*?\bRENAME\s+(?:TO\b|AS\b)?)\s*({_WORD})\s*\.\s*{_WORD}",
    re.IGNORECASE | re.DOTALL,
)
_SETTING = re.compile(r"\s*SELECT\s+(?:pg_catalog\.)?set_config\s*\([^()]*\)\s*;?\s*\Z", re.IGNORECASE)


class _Guard:
    """What of a dump is run."""

    def __init__(self, schemas_are_databases: bool, *, trusted: bool) -> None:
        self.schemas_are_databases = schemas_are_databases
        self.trusted = trusted
        self.own: set[str] = set()
        """The databases that the dump makes or uses: here they are the scratch database."""

    def wants(self, statement: Statement, said: Sequence[str]) -> bool:
        """Raises Refused for what would go beyond the scratch database."""
        words, text = [*said, "", "", ""], statement.text
        if self.schemas_are_databases and (found := _DATABASE.match(text)):
            self.own.add(found[1].strip("`"))
            return False
        if _SETTING.match(text):
            return True
        if words[0] in _ROWS or (words[0] == "ALTER" and _OWNER.search(text)):
            return False
        if words[0] in _MAKING and "DATABASE" in words[1:3]:
            return False
        outlasting = words[0] in _MAKING and words[3 if words[1] == "OR" else 1] in _OUTLASTING
        outlasting &= words[1:3] != ["USER", "MAPPING"]
        if outlasting or words[:2] == ["ALTER", "SYSTEM"]:
            raise _refused(statement, f"{words[0]} {words[1]} would outlast the scratch database")
        if self.trusted and words[0] == "RESET":
            return True
        if words[0] in _CALLS or _GLOBAL.match(text):
            raise _refused(statement, f"{words[0]} may reach beside the scratch database")
        if words[:3] == ["CREATE", "EVENT", "TRIGGER"] and not self.trusted:
            raise _refused(statement, "an event trigger may reach beside the scratch database")
        home = self.at_home(statement).text if self.schemas_are_databases else ""
        if found := _MOVED.match(home):
            raise _refused(statement, f"this goes to the database {found[1]}, which is not the scratch database")
        if found := _PLACED.match(home):
            raise _refused(statement, f"this is in the database {found[1]}, which is not the scratch database")
        return True

    def at_home(self, statement: Statement) -> Statement:
        """Without the name of the dump's own database before those of its tables."""
        if not self.own:
            return statement
        names = "|".join(re.escape(name) for name in self.own)
        pattern = rf"(?s){STRING}|\"(?:[^\"\\]|\\.)*\"|(`(?:{names})`|(?<![\w$.`@])(?:{names}))\s*\.\s*(?=[`\w$])"
        return statement._replace(text=re.sub(pattern, lambda found: "" if found[1] else found[0], statement.text))


def _refused(statement: Statement, message: str) -> Refused:
    return Refused(message, place=place(statement, 0))
