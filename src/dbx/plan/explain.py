"""One statement's plan. Measured, it runs in a transaction that is rolled back; what could not be is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from time import perf_counter
from typing import Any

from dbx.connection import Connection
from dbx.database import Database
from dbx.dialects.base import State
from dbx.dialects.plan import Plan, Plans
from dbx.errors import DbxError, Refused
from dbx.plan.marks import marked
from dbx.plan.shown import as_rows
from dbx.rows import Cell, Rows, Statement
from dbx.sql.lexis import blank
from dbx.wording import writes

_EXPLAINED = ("SELECT", "WITH", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE")
_FIRST = re.compile(r"[\s(]*(\w+)")
_SAVEPOINT = "dbx_explain"


def explained(database: Database, statement: Statement, *, analyze: bool = False) -> Rows:
    """The plan, a row for each step, and drawn as a tree. Raises Refused, or what the server says to the statement."""
    connection = database.connection
    plans = _plans(connection)
    plain = blank(statement.text, connection.syntax)
    found = _FIRST.match(plain)
    first = found[1].upper() if found else ""
    if first not in _EXPLAINED:
        raise Refused(f"{first or 'nothing'} has no plan", hint="SELECT, INSERT, UPDATE, DELETE have one")
    prefix, measured = plans.asking(connection.server, first, analyze=analyze)
    if analyze:
        _check_undoable(connection, plans, statement, plain)
        with _undone(connection, first):
            plan = plans.read(_fetch(connection, _asked(statement, prefix)))
            if not measured:
                plan = _timed(connection, statement, plan)
    else:
        plan = plans.read(_fetch(connection, _asked(statement, prefix)))
    return as_rows(*marked(plan, statement.text, database, plans))


def _plans(connection: Connection) -> Plans:
    if not connection.dialect.plans:
        raise Refused(f"dbx reads no plans of {connection.server}", hint="send its own EXPLAIN, as SQL")
    module: Any = import_module(connection.dialect.plans)
    return module  # type: ignore[no-any-return]


def _asked(statement: Statement, prefix: str) -> Statement:
    """The statement behind the words that ask for its plan, on a line of their own: its places stay what they are."""
    typed = f"{prefix}\n{statement.typed}" if statement.typed else ""
    return statement._replace(text=f"{prefix}\n{statement.text}", typed=typed, line=statement.line - 1)


def _fetch(connection: Connection, statement: Statement) -> list[tuple[Cell, ...]]:
    rows = connection.run(statement).rows
    return [row for batch in rows for row in batch] if rows is not None else []


def _timed(connection: Connection, statement: Statement, plan: Plan) -> Plan:
    """How many rows and how long, where the server measures nothing itself: of the statement as a whole."""
    started = perf_counter()
    outcome = connection.run(statement)
    count = sum(len(batch) for batch in outcome.rows) if outcome.rows is not None else outcome.changed
    return plan._replace(actual=count, loops=1.0, ms=(perf_counter() - started) * 1000)


def _check_undoable(connection: Connection, plans: Plans, statement: Statement, plain: str) -> None:
    pattern = connection.dialect.writes_file
    if pattern is not None and pattern.search(plain):
        raise Refused("it would write a file, which no rollback takes back", hint="leave out --analyze")
    if not plans.LASTING or not writes(statement):
        return
    for table in (str(row[0]) for row in _fetch(connection, Statement(plans.LASTING))):
        if re.search(rf"(?<!\w){re.escape(table)}(?!\w)", statement.text, re.IGNORECASE):
            why = f"what is written to '{table}' could not be rolled back: a table without transactions"
            raise Refused(why, hint="leave out --analyze: the plan alone changes nothing")


@contextmanager
def _undone(connection: Connection, first: str) -> Iterator[None]:
    """A block after which nothing of it is left: in the open transaction, or in one of its own."""
    within = connection.state is State.OPEN
    connection.run(Statement(f"SAVEPOINT {_SAVEPOINT}" if within else connection.dialect.begin))
    try:
        yield
        connection.finish()
        if connection.state is State.IDLE:
            raise Refused(f"{first} has ended the transaction by itself: it could not be rolled back")
    finally:
        left = _roll_back(connection, within)
    if left:
        raise Refused(f"not all of it could be rolled back: {left}")


def _roll_back(connection: Connection, within: bool) -> str:
    """What the server says has stayed."""
    notices = []
    try:
        connection.finish()
        if connection.state not in (State.OPEN, State.FAILED):  # the server has ended it all, or is gone
            return ""
        back = f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}" if within else "ROLLBACK"
        notices += connection.run(Statement(back)).notices
        if within:
            connection.run(Statement(f"RELEASE SAVEPOINT {_SAVEPOINT}"))
    except DbxError as error:
        return error.message
    return " · ".join(notice.message for notice in notices if notice.severity == "WARNING")
