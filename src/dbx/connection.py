"""A Connection is one DBAPI connection with its worker thread.

The worker runs every statement and formats its rows; the main thread waits, writes and owns the signals; a third
thread cancels from outside. So no exception is ever raised inside a driver, and a cancelled statement costs nothing
but itself.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from threading import Timer
from time import perf_counter
from typing import Any, TypeVar

from dbx import interrupt
from dbx.canceller import Canceller
from dbx.dialects.base import Dialect, Result, State, Syntax
from dbx.errors import ConnectionLost, DbxError, Interrupted, StatementFailed
from dbx.rows import Outcome, Rows, Statement
from dbx.standing import Standing
from dbx.target import Target
from dbx.wording import GONE, check, gate, may_write, writes
from dbx.worker import Worker

T = TypeVar("T")


class Connection:
    """One DBAPI connection. `standing` is how its transaction stands; `ran`: how many of `run_all`'s statements have
    run.

    `patience`: seconds for which a query with a long rest of rows stays open, to be read on; 0 ends it at once. While
    `holding` it is open; whatever runs next ends it, so nobody should who can wait.
    """

    def __init__(self, target: Target, dialect: Dialect) -> None:
        self.target, self.dialect = target, dialect
        self.canceller, self.standing = Canceller(dialect), Standing(dialect)
        self.ran, self.patience = 0, 0.0
        self._refuse = gate(target.profile.read_only)
        self._result: Result | None = None
        self._unread = False
        self._fetching: Generator[Any] | None = None
        self._held: Timer | None = None
        self._outcome: Outcome | None = None
        self._worker = Worker(f"dbx {target.label}", lambda: interrupt.forwarded(self.canceller.on_signal))
        self.raw: Any = None
        self.raw = self.canceller.raw = self.standing.raw = self._worker.call(self._open)
        self.server, self.secured = self._worker.call(lambda: (dialect.server(self.raw), dialect.secured(self.raw)))

    @property
    def state(self) -> State:
        """What the server said of the transaction after the last statement."""
        return self.standing.state

    @property
    def syntax(self) -> Syntax:
        """How the session reads text."""
        return self.dialect.syntax if self.state is State.LOST else self.dialect.session_syntax(self.raw)

    def _open(self) -> Any:
        try:
            opened = self.dialect.open_read_only if self.target.profile.read_only else self.dialect.open
            return opened(self.target.url)
        except DbxError:
            raise
        except Exception as error:
            raise self.dialect.fault(error, None) from error

    def run(self, statement: Statement) -> Outcome:
        """Run one statement. Its rows are read later; reading them makes the rest of the Outcome final.

        Raises StatementFailed, ConnectionLost, TimedOut, RolledBack, Refused, or Interrupted.
        """
        if statement.answer is not None:
            outcome = Outcome(statement, statement.answer())
            self.finish()
            return outcome
        check(statement, raw=self.dialect.syntax.raw_strings and bool(statement.source))
        found_out = self.state is not State.LOST
        self._ready()
        if self.state is State.LOST:
            hint = GONE if found_out and self.standing.lost_work else "nothing was sent"
            closed = ConnectionLost("the connection is closed", hint=hint)
            closed.lost_work, closed.fate = self.standing.lost_work, GONE if self.standing.lost_work else ""
            raise closed
        self._refuse(self, statement)
        outcome = self._outcome = Outcome(statement)
        self._perform(lambda: self._start(outcome))
        return outcome

    def run_all(self, statements: Sequence[Statement]) -> list[Outcome]:
        """Statements without rows, one after another, in one trip to the worker and, where the driver can, to the
        server. Raises the error of the first that fails; the time limit is for all of them together."""
        for statement in statements:
            check(statement, raw=self.dialect.syntax.raw_strings and bool(statement.source))
        self._ready()
        for statement in statements:
            self._refuse(self, statement)
        self.ran = 0

        def job() -> list[Outcome]:
            with self.canceller.running():  # as one: a cancel that came between two of them would be forgotten
                return list(self._start_all(statements))

        return self._perform(job)

    def more(self) -> Outcome | None:
        """The next result of the statement that ran last (a procedure may have several)."""
        if self._result is None or self._outcome is None or self.holding:
            return None
        outcome = self._outcome = Outcome(self._outcome.statement)
        return outcome if self._perform(lambda: self._advance(outcome)) else None

    def call(self, function: Callable[[Any], T]) -> T:
        """function(DBAPI connection), on the worker thread and cancellable as a statement is."""
        self._ready()

        def job() -> T:
            try:
                with self.canceller.running():
                    return function(self.raw)
            finally:
                self.standing.ask()

        return self._perform(job)

    def _ready(self) -> None:
        self.canceller.clear()
        self.finish()
        if self.canceller.signals:
            raise Interrupted(self.canceller.signals[0])

    def _perform(self, job: Callable[[], T]) -> T:
        """job() on the worker, within the time limit. An error that a signal brought about is told as that."""
        try:
            with self.canceller.timed():
                value = self._worker.call(job)
        except DbxError as error:
            raise self.canceller.because(error) from error
        if self.canceller.signals:
            ended = self.finish()
            raise Interrupted(self.canceller.signals[0], finished=ended)
        return value

    @property
    def holding(self) -> bool:
        return self._held is not None

    def finish(self) -> bool:
        """Stop reading what is still being read. Whether the statement had ended by itself."""
        return self._result is None or self._worker.call(self._release)

    def close(self) -> None:
        """Close the connection; the server rolls back what is open."""
        with suppress(Exception):  # the connection is being thrown away: whatever it says now changes nothing
            self.finish()
            self._worker.call(lambda: self.dialect.close(self.raw))
        self.standing.state = State.LOST
        self._worker.end()

    def _start(self, outcome: Outcome) -> None:
        before = self.state
        started = perf_counter()
        self.standing.watch(outcome.statement)
        try:
            with self.canceller.running():
                self.standing.witness.look()
                self._result = self.dialect.execute(self.raw, self._stoppable(outcome.statement))
        except DbxError:
            self.standing.ask()
            raise
        except Exception as error:
            raise self._fault(error, before) from error
        self._attach(outcome, before, started)

    def _stoppable(self, statement: Statement) -> Statement:
        """The server's answer to a cancel is read only behind the last row of a COPY, so no more rows are sent."""
        if statement.data is None:
            return statement
        data = statement.data

        def blocks() -> Iterator[str]:
            for block in data:
                if self.canceller.wanted:
                    raise StatementFailed("cancelled while rows were being sent", code="57014")
                yield block

        return statement._replace(data=blocks())

    def _start_all(self, statements: Sequence[Statement]) -> Iterator[Outcome]:
        self.standing.watch(statements[0])
        results = self.dialect.execute_all(self.raw, statements)
        for statement in statements:
            outcome = self._outcome = Outcome(statement)
            before = self.state
            try:
                result = next(results)
            except Exception as error:
                raise self._fault(error, before) from error
            self.standing.concluded(result, outcome, before)
            self.ran += 1
            yield outcome

    def _advance(self, outcome: Outcome) -> bool:
        before, started = self.state, perf_counter()
        assert self._result is not None
        try:
            with self.canceller.running():
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
        if result.columns is None and result.copied is None:
            self.standing.concluded(result, outcome, before)
            return
        self._unread = True
        whole = writes(outcome.statement)
        if result.copied is not None:
            outcome.rows = Rows((), (), self._carry, whole=whole)
            outcome.rows.raw = self._fetch(result.copied, result, outcome, before)
        else:
            self._fetching = self._fetch(result.batches(), result, outcome, before)
            outcome.rows = Rows(result.columns or (), self._fetching, self._carry, whole=whole, ahead=self.patience > 0)

    def _fetch(self, items: Iterator[T], result: Result, outcome: Outcome, before: State) -> Generator[T]:
        try:
            with self.canceller.running():
                yield from _timed(items, outcome)
        except DbxError:
            raise
        except Exception as error:
            raise self._fault(error, before) from error
        self._unread = False
        self.standing.concluded(result, outcome, before)

    def _fault(self, error: Exception, before: State) -> DbxError:
        assert self._outcome is not None
        return self.standing.fault(error, self._outcome.statement, before)

    def _release(self) -> bool:
        if self._held is not None:
            self._held.cancel()
            self._held = None
        if self._fetching is not None:
            self._fetching.close()
            self._fetching = None
        result, self._result = self._result, None
        if result is None:
            return True
        try:
            ended = result.stop()
            self.standing.ask()
        except Exception as error:
            raise self._fault(error, self.state) from error
        return ended

    def _carry(self, items: Iterator[T]) -> Iterator[T]:
        """Rows' way from the worker to the reader."""
        if self._held is not None:
            self._held.cancel()
            self._held = None
        stream = self._worker.stream(items, self._end_of_rows, self.canceller.cancel)
        try:
            with self.canceller.timed():
                yield from stream
            if self.canceller.signals:
                raise Interrupted(
                    self.canceller.signals[0], finished=self._outcome is None or may_write(self._outcome.statement)
                )
        except DbxError as error:
            raise self.canceller.because(error) from error
        finally:
            stream.close()  # type: ignore[attr-defined]

    def _end_of_rows(self, stopped: bool) -> None:
        """After the last row the result stays, for `more`. Before it the rest is stopped; or kept, if it was only cut
        short and may be asked for."""
        if self._result is None or not self._unread:
            return
        if stopped or not self.patience or self._outcome is None or may_write(self._outcome.statement):
            self._result.stop()
            self.standing.ask()
            return
        held = self._held = Timer(self.patience, lambda: self._worker.call(lambda: self._let_go(held)))
        held.daemon = True
        held.start()

    def _let_go(self, held: Timer) -> None:
        """The rest has not been asked for in time: an open result may be in the way of others."""
        if self._held is held:
            with suppress(DbxError):  # the next statement will meet it again
                self._release()


def _timed(items: Iterator[T], outcome: Outcome) -> Iterator[T]:
    """The items; the time that they take is the outcome's, and not what their reader takes."""
    while True:
        started = perf_counter()
        item = next(items, None)
        seconds = perf_counter() - started
        outcome.seconds += seconds
        outcome.fetching += seconds
        if item is None:
            return
        yield item
