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
from dbx.wording import first_word

_WRITES = COUNTED | {"LOAD", "WITH"}
_NAME = re.compile(r"[^\W\d][\w$]*")
ALLOW = "--allow-permanent runs it all the same"


def writes(statement: Statement) -> bool:
    """Whether its rows can be looked at before and after."""
    return first_word(statement) in COUNTED


def commits(connection: Connection, unit: Unit) -> bool:
    """Whether the server commits the open transaction before it runs the statement."""
    return (
        unit.kind == "sql"
        and bool(unit.words)
        and unit.words[0] in connection.dialect.permanent
        and "TEMPORARY" not in unit.words[:3]
    )


def reason(connection: Connection, statement: Statement, unit: Unit, *, allow: bool) -> str:
    """Why a statement cannot be taken back, '' if it can. Raises Refused unless that is allowed."""
    why = _reason(connection, statement, unit)
    if why and not allow:
        raise Refused(f"{why}: not sent", hint=ALLOW, place=unit.place)
    return why


def _reason(connection: Connection, statement: Statement, unit: Unit) -> str:
    dialect = connection.dialect
    product = connection.server.partition(" ")[0]
    first = first_word(statement)
    if unit.kind == "sql":
        for count in range(1, len(unit.words) + 1):
            if (start := " ".join(unit.words[:count])) in dialect.forbidden:
                hint = "run it by itself: dbx query"
                raise Refused(f"{product} runs {start} in no transaction", hint=hint, place=unit.place)
        if why := stays(unit, connection, product)[1]:
            return why
    if dialect.transactions.lasting and first in _WRITES:
        return _engine(connection, statement)
    return ""


def _engine(connection: Connection, statement: Statement) -> str:
    """The table it writes that knows no transactions, as far as the statement names its tables."""
    facts = connection.dialect.transactions
    names = transaction.written(statement.text, facts.parser)
    if not names:
        names = sorted(set(_NAME.findall(blank(statement.text, connection.syntax).replace("`", " "))))
    if not names:
        return ""
    values = {f"n{number}": name for number, name in enumerate(names)}
    text = facts.lasting.format(names=", ".join(f":{name}" for name in values))
    marks = connection.dialect.marks(connection.raw)
    rows = connection.run(Statement(*bind(text, values, connection.dialect.syntax, marks))).rows
    found = [(str(table), str(engine)) for batch in rows or () for table, engine in batch]
    for table, engine in found:
        return f"{table} is a {engine} table, which has no transactions: what is written there stays"
    return ""
