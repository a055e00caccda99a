"""A Connection is one DBAPI connection with its worker thread.

The worker runs every statement and formats its rows; the main thread waits, writes and owns the signals; a third
thread cancels from outside. So no exception is ever raised inside a driver, and a cancelled statement costs nothing
but itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread, Timer
from time import perf_counter, sleep
from typing import Any, TypeVar

from dbx import interrupt
from dbx.dialects.base import Dialect, Result, State
from dbx.errors import ConnectionLost, DbxError, Interrupted, RolledBack, TimedOut
from dbx.rows import Batch, Notice, Outcome, Rows, Statement
from dbx.target import Target
from dbx.wording import check, first_word, may_write, writes
from dbx.worker import Worker

T = TypeVar("T")


class Connection:
    """One DBAPI connection. `state` is what the server said after the last statement; `lost_work`: the connection was
    lost, and an open transaction with it."""

    def __init__(self, target: Target, dialect: Dialect) -> None:
        self.target = target
        self.dialect = dialect
        self.timeout: float | None = None
        self.state = State.IDLE
        self.lost_work = False
        self._signals: list[int] = []
        self._expired = False
        self._run: object = None
        self._guard = Lock()
        self._result: Result | None = None
        self._unread = False
        self._outcome: Outcome | None = None
        self._worker = Worker(f"dbx {target.label}", lambda: interrupt.forwarded(self._on_signal))
        self.raw: Any = None
        self.raw = self._worker.call(self._open)
        self.server, self.secured = self._worker.call(lambda: (dialect.server(self.raw), dialect.secured(self.raw)))

    def _open(self) -> Any:
        try:
            return self.dialect.open(self.target.url)
        except DbxError:
            raise
        except Exception as error:
            raise self.dialect.fault(error, None) from error

    def run(self, statement: Statement) -> Outcome:
        """Run one statement. Its rows are read later; reading them makes the rest of the Outcome final.

        Raises StatementFailed, ConnectionLost, TimedOut, RolledBack, Refused, or Interrupted.
        """
        check(statement)
        found_out = self.state is not State.LOST
        self._ready()
        if self.state is State.LOST:
            hint = _GONE if found_out and self.lost_work else "nothing was sent"
            closed = ConnectionLost("the connection is closed", hint=hint)
            closed.lost_work = self.lost_work
            raise closed
        outcome = self._outcome = Outcome(statement)
        self._perform(lambda: self._start(outcome))
        return outcome

    def more(self) -> Outcome | None:
        """The next result of the statement that ran last (a procedure may have several)."""
        if self._result is None or self._outcome is None:
            return None
        outcome = self._outcome = Outcome(self._outcome.statement)
        return outcome if self._perform(lambda: self._advance(outcome)) else None

    def call(self, function: Callable[[Any], T]) -> T:
        """function(DBAPI connection), on the worker thread and cancellable as a statement is."""
        self._ready()

        def job() -> T:
            with self._running():
                return function(self.raw)

        return self._perform(job)

    def _ready(self) -> None:
        """What ran before has ended, and so have its signals."""
        self._signals.clear()
        self._expired = False
        self.finish()
        if self._signals:
            raise Interrupted(self._signals[0])

    def _perform(self, job: Callable[[], T]) -> T:
        """job() on the worker, within the time limit. An error that a signal brought about is told as that."""
        timer = self._start_timer()
        try:
            value = self._worker.call(job)
        except DbxError as error:
            raise self._because(error) from error
        finally:
            if timer:
                timer.cancel()
        if self._signals:
            ended = self.finish()
            raise Interrupted(self._signals[0], finished=ended)
        return value

    def finish(self) -> bool:
        """Stop reading what is still being read. Whether the statement had ended by itself."""
        return self._result is None or self._worker.call(self._release)

    def close(self) -> None:
        """Close the connection; the server rolls back what is open."""
        with suppress(Exception):  # the connection is being thrown away: whatever it says now changes nothing
            self.finish()
            self._worker.call(lambda: self.dialect.close(self.raw))
        self.state = State.LOST
        self._worker.end()

    def _start(self, outcome: Outcome) -> None:
        before = self.state
        started = perf_counter()
        try:
            with self._running():
                self._result = self.dialect.execute(self.raw, outcome.statement)
        except DbxError:
            self._ask_state()
            raise
        except Exception as error:
            raise self._fault(error, before) from error
        self._attach(outcome, before, started)

    def _advance(self, outcome: Outcome) -> bool:
        before, started = self.state, perf_counter()
        assert self._result is not None
        try:
            with self._running():
                self._result = self._result.following()
        except Exception as error:
            raise self._fault(error, before) from error
        if self._result is None:
            return False
        self._attach(outcome, before, started)
        return True

    def _attach(self, outcome: Outcome, before: State, started: float) -> None:
        result = self._result
        assert result is not None
        outcome.seconds = perf_counter() - started
        if result.columns is None:
            self._conclude(result, outcome, before)
            return
        self._unread = True
        rows = self._fetch(result, outcome, before)
        whole = writes(outcome.statement)
        outcome.rows = Rows(result.columns, rows, self._carry, whole=whole)

    def _fetch(self, result: Result, outcome: Outcome, before: State) -> Iterator[Batch]:
        started = perf_counter()
        try:
            with self._running():
                yield from result.batches()
        except DbxError:
            raise
        except Exception as error:
            raise self._fault(error, before) from error
        outcome.seconds += perf_counter() - started
        self._unread = False
        self._conclude(result, outcome, before)

    def _conclude(self, result: Result, outcome: Outcome, before: State) -> None:
        outcome.changed, outcome.tag = result.changed, result.tag
        outcome.notices = self.dialect.notices(self.raw)
        self._ask_state()
        first = first_word(outcome.statement)
        if outcome.tag == "ROLLBACK" and first not in ("ROLLBACK", "ABORT"):
            raise RolledBack(
                "COMMIT was answered with ROLLBACK: nothing of the transaction was kept",
                hint="an earlier statement of it had failed",
            )
        if before is State.OPEN and self.state is State.IDLE and first not in _ENDINGS:
            outcome.notices.append(Notice("WARNING", f"{first} has committed the open transaction", COMMITTED))

    def _fault(self, error: Exception, before: State) -> DbxError:
        """The error as dbx's, with what has become of the transaction."""
        assert self._outcome is not None
        statement = self._outcome.statement
        fault = self.dialect.fault(error, statement)
        notices = [] if isinstance(fault, ConnectionLost) else self.dialect.notices(self.raw)
        self.state = State.LOST if isinstance(fault, ConnectionLost) else self.dialect.state(self.raw)
        if self.state is State.LOST and not isinstance(fault, ConnectionLost):
            fault = ConnectionLost(fault.message, code=fault.code)
        fault.notices = notices
        if isinstance(fault, ConnectionLost):
            fault.lost_work = before in (State.OPEN, State.FAILED)
            self.lost_work = self.lost_work or fault.lost_work
        fault.hint = self._consequence(before, statement) or fault.hint
        return fault

    def _consequence(self, before: State, statement: Statement) -> str:
        """What a failure has done to the transaction, when it has done anything."""
        first = first_word(statement)
        within = before in (State.OPEN, State.FAILED)
        if self.state is State.LOST:
            lasting = first in _COMMITS or first in self.dialect.permanent
            if lasting if within else may_write(statement):
                return f"{first} was sent and not answered: whether it took effect is unknown"
            return _GONE if within else ""
        if within and self.state is State.IDLE:
            if first in self.dialect.permanent:
                return "before it failed it committed the open transaction: what went before is kept"
            return "the server has rolled the whole transaction back: nothing of it was kept; run it again"
        return ""

    def _ask_state(self) -> None:
        before, self.state = self.state, self.dialect.state(self.raw)
        if self.state is State.LOST and before in (State.OPEN, State.FAILED):
            self.lost_work = True

    def _release(self) -> bool:
        result, self._result = self._result, None
        if result is None:
            return True
        try:
            ended = result.stop()
            self._ask_state()
        except Exception as error:
            raise self._fault(error, self.state) from error
        return ended

    def _carry(self, items: Iterator[T]) -> Iterator[T]:
        """Rows' way from the worker to the reader."""
        timer = self._start_timer()
        stream = self._worker.stream(items, self._end_of_rows, self.cancel)
        try:
            yield from stream
            if self._signals:
                raise Interrupted(
                    self._signals[0], finished=self._outcome is None or may_write(self._outcome.statement)
                )
        except DbxError as error:
            raise self._because(error) from error
        finally:
            if timer:
                timer.cancel()
            stream.close()  # type: ignore[attr-defined]

    def _end_of_rows(self) -> None:
        """After the last row the result stays, for `more`; before it, the rest is stopped."""
        if self._result is not None and self._unread:
            self._result.stop()
            self._ask_state()

    def _on_signal(self, signum: int) -> None:
        """First: cancel. Second: cut the connection. Third, or while connecting: leave the worker behind."""
        self._signals.append(signum)
        if self.raw is None or len(self._signals) > 2:
            raise Interrupted(signum)
        first = self._insist if signum == 2 else self._end
        Thread(target=first if len(self._signals) == 1 else self._shut, daemon=True).start()

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
    def _running(self) -> Iterator[None]:
        """The time in which a cancel may be sent; leaving it waits for a cancel that is under way."""
        with self._guard:
            self._run = object()
        try:
            yield
        finally:
            with self._guard:
                self._run = None

    def _start_timer(self) -> Timer | None:
        if self.timeout is None:
            return None
        timer = Timer(self.timeout, self._expire)
        timer.daemon = True
        timer.start()
        return timer

    def _expire(self) -> None:
        self._expired = True
        self._end()

    def _because(self, error: DbxError) -> BaseException:
        """An error that a signal or the time limit brought about is told as that."""
        if self._signals:
            return Interrupted(self._signals[0])
        if self._expired:
            done = "the connection was cut" if isinstance(error, ConnectionLost) else "cancelled"
            return TimedOut(f"no answer within {self.timeout:g} s: {done}", hint=error.hint)
        return error


_TRIES = 10

COMMITTED = "E-COMMIT"
"""The code of the notice that a statement ended the transaction by itself."""

_GONE = "the open transaction is gone: nothing of it was committed"
_COMMITS = ("COMMIT", "END", "PREPARE")
_ENDINGS = ("COMMIT", "ROLLBACK", "END", "ABORT", "PREPARE", "XA", "SET")
