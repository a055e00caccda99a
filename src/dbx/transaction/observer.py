"""Looks on while a step takes long: whoever is in its way is told at once, and again when the wait ends in an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event, Thread
from time import monotonic

from dbx.connection import Connection
from dbx.database import Database
from dbx.errors import DbxError, StatementFailed
from dbx.rows import Outcome
from dbx.transaction import locks

AFTER = 1.0
"""Seconds that a step may take before somebody looks."""
_PAUSE = 0.25


class Observer:
    """One thread for a transaction, with a connection of its own that is opened only when a step takes long."""

    def __init__(self, connect: Callable[[], Connection], number: int, say: Callable[[str], None]) -> None:
        self.found: list[str] = []
        self._connect = connect
        self._number = number
        self._say = say
        self._since: float | None = None
        self._ended = Event()
        Thread(target=self._loop, name="dbx observer", daemon=True).start()

    def begin(self) -> None:
        """A step begins."""
        self.found = []
        self._since = monotonic()

    def end(self) -> None:
        """It has ended."""
        self._since = None

    def close(self) -> None:
        self._ended.set()

    def _loop(self) -> None:
        connection: Connection | None = None
        while not self._ended.wait(_PAUSE):
            since = self._since
            if since is None or monotonic() - since < AFTER:
                continue
            try:
                connection = connection or self._connect()
                found = locks.blockers(connection, self._number)
            except DbxError:
                return  # no more connections, or no right to look: then nothing is said
            if found and found != self.found and self._since == since:
                self.found = found
                self._say(f"waits for {', '.join(found)}")
        if connection is not None:
            connection.close()


def observed(observer: Observer | None, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """The outcomes of a step while somebody looks on; an error that another transaction brought about says which."""
    if observer is None:
        yield from outcomes
        return
    observer.begin()
    try:
        yield from outcomes
    except StatementFailed as error:
        if error.conflict and observer.found:
            error.hint = " · ".join(filter(None, [error.hint, f"it waited for {', '.join(observer.found)}"]))
        raise
    finally:
        observer.end()


def made(database: Database, say: Callable[[str], None]) -> Callable[[Connection], Observer | None]:
    """How a transaction gets its observer, where the server knows who waits for whom."""

    def make(connection: Connection) -> Observer | None:
        if not connection.dialect.transactions.blockers(connection.server):
            return None
        return Observer(database.connect, locks.number(connection), say)

    return make
