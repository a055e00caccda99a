"""What a session holds and waits for, and who is in its way: asked of the server, where it tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dbx.connection import Connection
from dbx.errors import Refused
from dbx.rows import Rows, Statement
from dbx.sql.parameters import bind


def number(connection: Connection) -> int:
    """The number of the session on its server; 0 where sessions have none."""
    asked = connection.dialect.transactions.number
    return int(str(_rows(connection, asked, {})[0][0])) if asked else 0


def held(connection: Connection) -> Rows:
    """The locks of a session, as it sees them itself. Raises Refused where the server does not tell."""
    asked = connection.dialect.transactions.holds
    if not asked:
        raise Refused(f"{connection.server.partition(' ')[0]} does not tell what a session locks")
    rows = _rows(connection, asked, {"number": number(connection)})
    return Rows.of("state", "lock", "on", rows=rows)


def blockers(observer: Connection, blocked: int) -> list[str]:
    """The sessions that another one waits for, each as a line; asked by `observer`, which is not blocked itself."""
    asked = observer.dialect.transactions.blockers(observer.server)
    if not asked:
        return []
    found = []
    for session, user, state, text in _rows(observer, asked, {"number": blocked}):
        what = " ".join(str(text or "").split())
        found.append(f"session {session} ({user}, {str(state).lower()}{': ' + what[:60] if what else ''})")
    return found


def _rows(connection: Connection, text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    statement = Statement(text)
    if values:
        marks = connection.dialect.marks(connection.raw)
        statement = Statement(*bind(text, values, connection.dialect.syntax, marks))
    rows = connection.run(statement).rows
    return [row for batch in rows for row in batch] if rows is not None else []
