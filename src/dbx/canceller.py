"""Ending what runs on a connection, from outside: for a signal, for the time limit, or for a reader who has left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread, Timer
from time import perf_counter, sleep
from typing import Any

from dbx.dialects.base import Dialect
from dbx.errors import ConnectionLost, DbxError, Interrupted, StatementFailed, TimedOut

_TRIES = 10


class Canceller:
    """`signals` that came while something ran; `timeout` in seconds, None for none. `raw` is the DBAPI connection,
    None until there is one."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.raw: Any = None
        self.timeout: float | None = None
        self.signals: list[int] = []
        self._expired = False
        self._run: object = None
        self._guard = Lock()

    def clear(self) -> None:
        """What ran before has ended, and so have its signals."""
        self.signals.clear()
        self._expired = False

    @property
    def wanted(self) -> bool:
        """Whether what runs is to end."""
        return bool(self.signals) or self._expired

    def on_signal(self, signum: int) -> None:
        """First: cancel. Second: cut the connection. Third, or while connecting: leave the worker behind."""
        self.signals.append(signum)
        if self.raw is None or len(self.signals) > 2:
            raise Interrupted(signum)
        first = self._insist if signum == 2 else self._end
        Thread(target=first if len(self.signals) == 1 else self._shut, daemon=True).start()

    def cancel(self, run: object = None) -> bool:
        """Ask the server to give up what runs here (`run`: if it still does). False: the server was not reached."""
        with self._guard:
            if self._run is None or (run is not None and self._run is not run):
                return True
            try:
                self.dialect.cancel(self.raw)
            except Exception:  # too busy to be reached, or gone
                return False
        return True

    def give_way(self) -> None:
        """Ask what runs here, a reader whose work can wait, to end."""
        with self._guard, suppress(Exception):  # it will be asked again
            if self._run is not None:
                self.dialect.give_way(self.raw)

    def _insist(self) -> None:
        """Cancel until it has ended: a busy server may not be reached, and MySQL forgets what comes while it begins."""
        run = self._run
        for _ in range(_TRIES):
            self.cancel(run)
            if self._has_ended(run):
                return

    def _end(self) -> None:
        """Cancel, where nobody will ask a second time; what cannot be reached is cut off."""
        run = self._run
        for _ in range(_TRIES // 3):
            reached = self.cancel(run)
            if not reached or self._has_ended(run):
                break
        if not self._has_ended(run, 0):
            self._shut()

    def _has_ended(self, run: object, seconds: float = 1) -> bool:
        """Whether `run` has ended, or does within so many seconds."""
        until = perf_counter() + seconds
        while self._run is run and run is not None and perf_counter() < until:
            sleep(0.02)
        return run is None or self._run is not run

    def _shut(self) -> None:
        with suppress(Exception):  # it may be gone already
            self.dialect.shut(self.raw)

    @contextmanager
    def running(self) -> Iterator[None]:
        """The time in which a cancel may be sent; leaving it waits for a cancel that is under way. What was to end
        before it began does not begin: nobody would cancel it any more. Raises StatementFailed for that."""
        with self._guard:
            if self.wanted:
                raise StatementFailed("cancelled before it began", code="57014")
            self._run = object()
        try:
            yield
        finally:
            with self._guard:
                self._run = None

    @contextmanager
    def timed(self) -> Iterator[None]:
        """A block that may take as long as the time limit says."""
        if self.timeout is None:
            yield
            return
        timer = Timer(self.timeout, self._expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _expire(self) -> None:
        self._expired = True
        self._end()

    def because(self, error: DbxError) -> BaseException:
        """An error that a signal or the time limit brought about is told as that."""
        told: Interrupted | TimedOut
        if self.signals:
            told = Interrupted(self.signals[0])
        elif self._expired:
            done = "the connection was cut" if isinstance(error, ConnectionLost) else "cancelled"
            told = TimedOut(f"no answer within {self.timeout:g} s: {done}", hint=error.hint, place=error.place)
        else:
            return error
        told.fate = error.fate
        return told
