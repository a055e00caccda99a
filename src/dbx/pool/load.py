"""Workers that use a pool for a while, as a program under load would, and what they met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dbx.errors import DbxError
from dbx.pool.observer import Observer
from dbx.redact import redact

PATIENCE = 5.0
"""Seconds that the workers have to end their statements, and once more after these are cancelled."""


class Work(NamedTuple):
    """What each worker does: check out, run the statement, hold the connection, return it, rest; again and again."""

    workers: int
    seconds: float
    statement: str
    hold: float = 0.0
    rest: float = 0.0


class Load:
    """The workers. What went wrong is counted by its text; `went_well` has when a statement went well after a mark."""

    def __init__(self, engine: Any, observer: Observer, work: Work, cancel: Callable[[Any], None]) -> None:
        self.work = work
        self.observer = observer
        self.done = self.failed = self.refused = self.timeouts = self.cut = 0
        self.wrong: Counter[tuple[str, str]] = Counter()
        self.went_well: dict[float, float] = {}
        self.marks: list[float] = []
        self.began = monotonic()
        self._engine = engine
        self._cancel = cancel
        self._stop = Event()
        self._lock = Lock()
        self._running: dict[int, Any] = {}
        # SQLAlchemy's own isolation of a foreign driver: without a commit its work would be rolled back
        self._commits = not getattr(engine.dialect, "skip_autocommit_rollback", False)
        self._threads = [Thread(target=self._run, args=(n,), daemon=True) for n in range(work.workers)]

    def start(self) -> None:
        self.began = monotonic()
        for thread in self._threads:
            thread.start()

    @property
    def elapsed(self) -> float:
        return monotonic() - self.began

    @property
    def over(self) -> bool:
        return self.elapsed >= self.work.seconds

    def end(self, patience: float) -> None:
        """Let the workers end; what runs on after so many seconds is cancelled."""
        self._stop.set()
        self._join(patience)
        for connection in list(self._running.values()):
            with suppress(Exception):  # a server that cannot be reached cancels nothing
                self._cancel(connection)
        self._join(PATIENCE)

    def _join(self, patience: float) -> None:
        deadline = monotonic() + patience
        for thread in self._threads:
            thread.join(max(deadline - monotonic(), 0))

    def mark(self) -> None:
        """Remember this moment, and when a statement goes well after it."""
        with self._lock:
            self.marks.append(monotonic())

    def _run(self, number: int) -> None:
        while not self._stop.is_set():
            if not self._once(number):
                self._stop.wait(0.05)  # what cannot go well is not tried thousands of times
            if self.work.rest:
                self._stop.wait(self.work.rest)

    def _once(self, number: int) -> bool:
        """One checkout. Whether it went well."""
        try:
            with self.observer.ask():
                connection = self._engine.connect()
        except PoolTimeout:
            self._count("timeouts", "checkout", "no connection came back in time")
            return False
        except Exception as error:
            self._count("refused", "connect", _text(error))
            return False
        try:
            with connection:
                if self._stop.is_set():
                    return True
                self._running[number] = connection.connection.driver_connection
                self._use(connection)
        except Exception as error:
            if self._stop.is_set():
                self.cut += 1
            else:
                self._count("failed", "statement", _text(error))
            return False
        else:
            self._well()
        finally:
            self._running.pop(number, None)
        return True

    def _use(self, connection: Any) -> None:
        result = connection.execution_options(no_parameters=True).exec_driver_sql(self.work.statement)
        if result.returns_rows:
            result.fetchall()
        if self.work.hold:
            self._stop.wait(self.work.hold)
        if self._commits:
            connection.commit()

    def _well(self) -> None:
        with self._lock:
            self.done += 1
            if self.marks:
                self.went_well.setdefault(self.marks[-1], monotonic())

    def _count(self, counter: str, what: str, text: str) -> None:
        with self._lock:
            setattr(self, counter, getattr(self, counter) + 1)
            self.wrong[what, text] += 1
        self.observer.tell({"timeouts": "timeout"}.get(counter, counter), note=text)


def _text(error: Exception) -> str:
    """What went wrong in a line, and no secret in it."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    text = original.message if isinstance(original, DbxError) else str(original)
    if len(original.args) == 2 and isinstance(original.args[0], int):  # as MySQL's drivers give it
        text = f"{original.args[1]} ({original.args[0]})"
    return redact(" ".join((text.splitlines() or [type(original).__name__])[0].split()))[:200]
