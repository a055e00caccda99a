"""A transaction that waits for its next step holds its locks: the server may end it after a while."""

from __future__ import annotations

from dbx.connection import Connection
from dbx.errors import Refused
from dbx.rows import Statement


def limit(connection: Connection, seconds: float | None) -> None:
    """Let the server end a transaction that is left alone for so long. Raises Refused where it cannot."""
    if seconds is None:
        return
    setting = connection.dialect.transactions.idle_limit(connection.server, seconds)
    if not setting:
        raise Refused(f"{connection.server.partition(' ')[0]} has no limit for idle transactions")
    connection.run(Statement(setting))
