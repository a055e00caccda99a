"""What cannot be taken back: told before it runs, and refused unless that was allowed."""

from __future__ import annotations

import re

from dbx import transaction
from dbx.connection import Connection
from dbx.errors import Refused
from dbx.rows import Statement
from dbx.sql.examine import COUNTED, stays
from dbx.sql.lexis import blank
from dbx.sql.parameters import bind
from dbx.sql.unit import Unit
from dbx.transaction.step import Act
from dbx.wording import first_word

_WRITES = COUNTED | {"LOAD", "WITH"}
_NAME = re.compile(r"[^\W\d][\w$]*")
_SIMPLE = re.compile(
    r"(?:INSERT\s+INTO|REPLACE\s+INTO|DELETE\s+FROM)\s+(\w+)(?=[\s(;]|\Z)(?!\s*[,.]|\s+USING)|UPDATE\s+(\w+)\s+SET\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"^\s*WITH\b.*\b(?:INSERT|UPDATE|DELETE|MERGE)\b|\bANALY[ZS]E\b.*\b(?:INSERT|UPDATE|DELETE|MERGE)\b",
    re.IGNORECASE | re.DOTALL,
)
_UNSEEN = frozenset({"CALL", "LOAD", "TRUNCATE"})
_MOST = 1000
ALLOW = "end the transaction first; dbx tx --allow-permanent runs it all the same"


def writes(connection: Connection, statement: Statement) -> bool:
    """Whether it changes rows, as far as its words tell: those are to be looked at, or it is to be said why not."""
    first = first_word(statement)
    if first in ("WITH", "EXPLAIN"):
        return _CHANGES.search(blank(statement.text, connection.syntax)) is not None
    return first in COUNTED or first in _UNSEEN


def commits(connection: Connection, unit: Unit) -> bool:
    """Whether the server commits the open transaction before it runs the statement."""
    return unit.kind == "sql" and bool(connection.dialect.transactions.commits(unit.words))


class Lasting:
    """What of a connection's statements cannot be taken back. With `allow` that is only told."""

    def __init__(self, connection: Connection, *, allow: bool) -> None:
        self._connection = connection
        self._allow = allow
        self._engines: dict[tuple[str, ...], str] = {}

    def reason(self, statement: Statement, unit: Unit, act: Act | None = None) -> str:
        """Why a statement cannot be taken back, '' if it can. Raises Refused unless that is allowed."""
        if act is None:
            why = self._reason(statement, unit)
        else:
            why = self._engine(tuple(act.tables())) if self._connection.dialect.transactions.lasting else ""
        if why and not self._allow:
            raise Refused(f"{why}: not sent", hint=ALLOW, place=unit.place)
        return why

    def _reason(self, statement: Statement, unit: Unit) -> str:
        dialect = self._connection.dialect
        product = self._connection.server.partition(" ")[0]
        if unit.kind == "sql":
            for count in range(1, len(unit.words) + 1):
                if (start := " ".join(unit.words[:count])) in dialect.forbidden:
                    hint = "run it by itself: dbx query"
                    raise Refused(f"{product} runs {start} in no transaction", hint=hint, place=unit.place)
            if why := stays(unit, self._connection, product)[1]:
                self._engines.clear()  # it may change the engine of a table
                return why
        if dialect.transactions.lasting and first_word(statement) in _WRITES:
            return self._engine(self._written(statement))
        return ""

    def _written(self, statement: Statement) -> tuple[str, ...]:
        """The names of the tables it writes; where that cannot be told, every name in it."""
        if found := _SIMPLE.match(statement.text):
            return (found[1] or found[2],)
        names = transaction.written(statement.text, self._connection.dialect.transactions.parser)
        return tuple(names or sorted(set(_NAME.findall(statement.text))))

    def _engine(self, names: tuple[str, ...]) -> str:
        """What is wrong with one of the tables: it has no transactions."""
        if not names or names in self._engines:
            return self._engines.get(names, "")
        connection = self._connection
        values = {f"n{number}": name for number, name in enumerate(names)}
        text = connection.dialect.transactions.lasting.format(names=", ".join(f":{name}" for name in values))
        marks = connection.dialect.marks(connection.raw)
        rows = connection.run(Statement(*bind(text, values, connection.dialect.syntax, marks))).rows
        found = [f"{table!s} is a {engine!s} table" for batch in rows or () for table, engine in map(_texts, batch)]
        said = f"{found[0]}, which has no transactions: what is written there stays" if found else ""
        if len(self._engines) < _MOST:
            self._engines[names] = said
        return said


def _texts(row: tuple[object, ...]) -> tuple[str, str]:
    return str(row[0]), str(row[1])
