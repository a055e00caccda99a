"""The server's side of a pool: its own list of sessions, its limits, and what they mean for the pool's settings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from dbx.connection import Connection
from dbx.database import Database
from dbx.errors import ConnectionLost, StatementFailed
from dbx.pool.figures import Line
from dbx.rows import Cell, Column, Rows, Statement


class Server:
    """Looks at the server through a connection of its own, which is in no pool."""

    def __init__(self, database: Database) -> None:
        self.sessions = database.dialect.sessions
        self._database = database
        self._connection: Connection | None = None

    @property
    def tells(self) -> bool:
        """Whether there is a server that tells about its sessions."""
        return bool(self.sessions.listing)

    @property
    def own(self) -> int:
        """The number of the session that looks."""
        return 0 if self._connection is None else self.sessions.number(self._connection.raw)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def ask(self, text: str) -> list[tuple[Cell, ...]]:
        """The rows of a query. Raises the connection's errors."""
        if self._connection is None:
            self._connection = self._database.connect()
        try:
            rows = self._connection.run(Statement(text)).rows
            return [row for batch in rows for row in batch] if rows is not None else []
        except ConnectionLost:
            self._connection = None
            raise

    def present(self, numbers: Collection[int]) -> set[int]:
        """Those of these sessions that the server has now."""
        return {int(str(number)) for (number,) in self.ask(self.sessions.present(numbers))} if numbers else set()

    def end(self, numbers: Collection[int]) -> int:
        """End these sessions, and count those that were still there."""
        ended = 0
        for number in sorted(numbers):
            with suppress(StatementFailed):  # it has just gone by itself
                self.ask(self.sessions.end(number))
                ended += 1
        return ended

    def limits(self) -> dict[str, str]:
        """What bounds the sessions, by the server's own names."""
        return {str(name): str(value) for text in self.sessions.limits for name, value in self.ask(text)}

    def listing(self, whose: Mapping[int, str]) -> Rows:
        """Every session that can be seen; `whose` names those that are known here."""
        names = ("session", "user", "database", "client", "program", "state", "seconds", "whose")
        columns = [Column(name, "", "number" if name in ("session", "seconds") else "text") for name in names]
        found = self.ask(self.sessions.listing)
        known = {**whose, self.own: "the look at the server"}
        return Rows.of(*columns, rows=[(*row, known.get(int(str(row[0])))) for row in found])

    def states(self) -> dict[int, str]:
        """Each session's state."""
        return {int(str(row[0])): str(row[5]) for row in self.ask(self.sessions.listing)}


def room(server: Server, pool: Any, mine: int) -> Iterator[Line]:
    """The server's limits, and what stands against the pool's settings. `mine`: connections that the pool has."""
    limits = server.limits()
    sessions = len(server.ask(server.sessions.listing))
    yield "sessions", sessions, "on the server, as far as they can be seen"
    for name, value in limits.items():
        yield name, value, "the server's"
    most = int(float(limits.get("max_connections", 0)))
    if most:
        reserved = sum(int(float(limits.get(name, 0))) for name in server.sessions.reserved)
        free = most - reserved - (sessions - mine)
        yield "room", free, "connections that the pool could have, with all others as they are"
        yield from advice(pool, free, float(limits.get(server.sessions.idle, 0)))


def advice(pool: Any, free: int, idle: float) -> Iterator[Line]:
    """Where the pool's settings do not fit the server's. `idle`: seconds after which it ends idle sessions, 0 never."""
    overflow = getattr(pool, "_max_overflow", 0)
    size = getattr(getattr(pool, "_pool", None), "maxsize", 0)
    if overflow < 0 or size == 0:
        yield "advice", "max overflow", f"the pool has no upper bound, and the server has room for {free}"
    elif size + overflow > free:
        yield "advice", "size", f"the pool may open {size + overflow} connections, and the server has room for {free}"
    recycle = getattr(pool, "_recycle", -1)
    if idle and (recycle < 0 or recycle >= idle) and not getattr(pool, "_pre_ping", False):
        yield "advice", "recycle", f"the server ends sessions that idle for {idle:.0f} s: recycle earlier, or pre ping"
