"""A savepoint before each statement, where a server would otherwise throw the whole transaction away for one error."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.errors import Refused
from dbx.rows import Outcome, Statement
from dbx.sql.effects import is_transaction_control
from dbx.sql.unit import Unit

_NAME = "dbx_statement"
_CONTROL_TAGS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


def guarded(connection: Connection, statement: Statement, unit: Unit) -> Iterator[Outcome]:
    """The outcomes of one statement. When it fails or is cancelled, an open transaction stands as it was before.

    Transaction control goes without: SET TRANSACTION fails behind a savepoint, and a RELEASE of the user's own
    savepoint would take dbx's with it.
    """
    guard = (
        connection.dialect.error_ends_work and connection.state is State.OPEN and not is_transaction_control(unit.words)
    )
    if guard:
        connection.run(Statement(f"SAVEPOINT {_NAME}"))
    tag = ""
    try:
        outcome: Outcome | None = connection.run(statement)
        while outcome is not None:
            yield outcome
            tag = outcome.tag
            outcome = connection.more()
    finally:
        if guard or not connection.holding:
            connection.finish()
        if guard and connection.state is State.FAILED:
            connection.run(Statement(f"ROLLBACK TO SAVEPOINT {_NAME}"))
        if guard and connection.state is State.OPEN and not tag.startswith(_CONTROL_TAGS):
            connection.run(Statement(f"RELEASE SAVEPOINT {_NAME}"))


def confirmed(
    connection: Connection, outcomes: Iterator[Outcome], words: tuple[str, ...], confirm: Callable[[int | None], bool]
) -> Iterator[Outcome]:
    """The outcomes of a statement that may write, made lasting only when `confirm` says so of its changed rows.

    In a transaction of the user's own, it is COMMIT that is confirmed. What a server makes lasting by itself is asked
    about before it runs. Raises Refused.
    """
    first = words[:1]
    asked_at_commit = first in _ASKED_AT_COMMIT and connection.state is State.OPEN
    if asked_at_commit or connection.dialect.transactions.commits(words):
        if not confirm(None):
            raise Refused("not confirmed: nothing was sent")
        yield from outcomes
        return
    if connection.state is not State.IDLE or first in _HARMLESS or is_transaction_control(words):
        yield from outcomes
        return
    connection.run(Statement(connection.dialect.begin))
    try:
        changed = 0
        for outcome in outcomes:
            yield outcome
            changed += outcome.changed or 0
        # an expression has no first word, and says what it changed
        if (changed or first) and not confirm(changed or None):
            raise Refused("not confirmed: rolled back")
        connection.run(Statement("COMMIT"))
    finally:
        connection.finish()
        if connection.state in (State.OPEN, State.FAILED):
            connection.run(Statement("ROLLBACK"))


_ASKED_AT_COMMIT = {("COMMIT",), ("END",)}
_HARMLESS = {(word,) for word in ("SELECT", "SHOW", "EXPLAIN", "VALUES", "TABLE", "SET", "USE", "DESCRIBE", "DESC")}
