"""A savepoint before each statement, where a server would otherwise throw the whole transaction away for one error."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.rows import Outcome, Statement
from dbx.sql.effects import is_transaction_control

_NAME = "dbx_statement"
_CONTROL_TAGS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


def guarded(connection: Connection, statement: Statement, words: tuple[str, ...]) -> Iterator[Outcome]:
    """The outcomes of one statement. When it fails or is cancelled, an open transaction stands as it was before.

    Transaction control goes without: SET TRANSACTION fails behind a savepoint, and a RELEASE of the user's own
    savepoint would take dbx's with it.
    """
    guard = connection.dialect.error_ends_work and connection.state is State.OPEN and not is_transaction_control(words)
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
        connection.finish()
        if guard and connection.state is State.FAILED:
            connection.run(Statement(f"ROLLBACK TO SAVEPOINT {_NAME}"))
        if guard and connection.state is State.OPEN and not tag.startswith(_CONTROL_TAGS):
            connection.run(Statement(f"RELEASE SAVEPOINT {_NAME}"))
