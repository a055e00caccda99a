"""What the flushes of a Session are part of: a transaction that one of them began, or a savepoint in the user's."""

from __future__ import annotations

from collections.abc import Callable

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.errors import Refused
from dbx.rows import Statement
from dbx.unit.flush import Flush, Steps

UNIT, FLUSH, PROBE = "dbx_unit", "dbx_flush", "dbx_probe"


def send(connection: Connection, text: str) -> None:
    """A statement of the Session's own, on the worker."""
    connection.dialect.execute(connection.raw, Statement(text)).stop()


def state(connection: Connection) -> State:
    """What the server says now, on the worker."""
    return connection.dialect.state(connection.raw)


class Part:
    """`kind` is '' where nothing of the flushes is open, 'own' in a transaction that a flush began, 'joined' behind a
    savepoint in the user's. `rows` is how many they have written; `stepped`: they are steps, and `flushes` those that
    stand. `write`, `commit` and `rollback` run on the connection's worker."""

    def __init__(self, connection: Connection, steps: Callable[[], Steps | None]) -> None:
        self._connection = connection
        self._steps = steps
        self.clear()

    def clear(self) -> None:
        self.kind, self.stepped, self.rows = "", False, 0
        self.flushes: list[Flush] = []
        self._written = self._connection.standing.tally.written

    def write(self, flush: Flush) -> None:
        """A flush behind a savepoint: when it fails, it takes back itself and nothing else."""
        first = self._enter()
        try:
            flush.write()
        except BaseException:
            self._leave(first)
            raise
        self._send(f"RELEASE SAVEPOINT {FLUSH}")
        self.rows += flush.rows

    def done(self, flush: Flush) -> None:
        """A step that is a flush has been performed, perhaps again."""
        if not self.kind:
            self.kind, self.stepped = "own" if flush.begins else "joined", True
        self.flushes.append(flush)
        self.rows += flush.rows

    def undone(self, flush: Flush) -> None:
        """It has been undone."""
        self.flushes = [each for each in self.flushes if each is not flush]
        self.rows -= flush.rows
        if not self.flushes and self.kind == "joined":
            self.kind, self.stepped = "", False

    def foreign(self) -> int:
        """How many of the user's statements may have written since the first flush."""
        if self.stepped and (steps := self._steps()):
            return steps.others(self.flushes[0] if self.flushes else None)
        return self._connection.standing.tally.written - self._written if self.kind else 0

    def commit(self) -> None:
        """Raises Refused."""
        if self.kind == "own":
            if self._state() is State.FAILED:
                raise Refused("the transaction has failed and cannot be committed", hint="rollback")
            self._send("COMMIT")
        else:
            self._at_savepoint(f"RELEASE SAVEPOINT {UNIT}")

    def rollback(self) -> None:
        """Raises Refused where the user's statements have ended the savepoint."""
        if self.kind == "own":
            self._send("ROLLBACK")
        elif not self._at_savepoint(f"ROLLBACK TO SAVEPOINT {UNIT}"):
            raise Refused("what was flushed cannot be taken back alone any more", hint="rollback undoes all of it")
        else:
            self._send(f"RELEASE SAVEPOINT {UNIT}")

    def _enter(self) -> bool:
        """Stand in a transaction, behind a savepoint. Whether this flush is the first that is part of it."""
        first = not self.kind
        if self._state() is State.IDLE:
            self._send(self._connection.dialect.begin)
            self.kind = "own"
        elif first:
            self._send(f"SAVEPOINT {UNIT}")
            self.kind = "joined"
        if first:
            self._written = self._connection.standing.tally.written
        self._send(f"SAVEPOINT {FLUSH}")
        return first

    def _leave(self, first: bool) -> None:
        """Take back a flush that failed, if the server has not already thrown the whole transaction away."""
        if self._state() in (State.IDLE, State.LOST):
            return
        if first and self.kind == "own":
            self._send("ROLLBACK")
        else:
            self._send(f"ROLLBACK TO SAVEPOINT {FLUSH}")
            self._send(f"RELEASE SAVEPOINT {FLUSH}")
            if first:
                self._send(f"RELEASE SAVEPOINT {UNIT}")
        if first:
            self.kind = ""

    def _at_savepoint(self, text: str) -> bool:
        """Whether the Session's savepoint was still there. One that is not costs PostgreSQL the whole transaction,
        if there is none behind it to go back to."""
        probe = self._state() is State.OPEN
        if probe:
            self._send(f"SAVEPOINT {PROBE}")
        try:
            self._send(text)
        except Exception:  # the drivers' own, whatever they are called
            if self._state() in (State.IDLE, State.LOST):
                raise
            if probe:
                self._send(f"ROLLBACK TO SAVEPOINT {PROBE}")
                self._send(f"RELEASE SAVEPOINT {PROBE}")
            return False
        return True

    def _send(self, text: str) -> None:
        send(self._connection, text)

    def _state(self) -> State:
        return state(self._connection)
