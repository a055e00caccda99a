"""A Session on the user's own connection, and the transaction its flushes are part of.

SQLAlchemy's Session keeps the objects and finds out what has changed. When a transaction begins and how it ends is
decided here alone, and asked of the server, never guessed:

- reading begins nothing. The first flush begins a transaction, unless the user has one open: then it sets a savepoint
  in that, and the Session's commit and rollback end at the savepoint (SQLAlchemy's "create_savepoint");
- a flush that fails takes back itself and nothing else, and what it would have written is still to be written;
- what others have done on the connection meanwhile is noticed: objects are read again, and those that a ROLLBACK has
  taken back leave the Session.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from dbx.connection import Connection
from dbx.database import Database
from dbx.dialects.base import State
from dbx.errors import Refused
from dbx.rows import Statement
from dbx.unit.faults import told
from dbx.unit.flush import Flush, Lines, Steps, no_check, no_steps
from dbx.unit.lending import lent
from dbx.unit.log import Log
from dbx.unit.states import Strong, expire_clean
from dbx.unit.written import Written, count, give_up

T = TypeVar("T")

UNIT, FLUSH, READ, PROBE = "dbx_unit", "dbx_flush", "dbx_read", "dbx_probe"


class Work:
    """`session` is SQLAlchemy's; use it in `run`. `part` says what its flushes are part of: '' where nothing of them is
    open, 'own' in a transaction that a flush began, 'joined' behind a savepoint in the user's. `steps` gives the
    transaction of steps in which a flush would be one, `describe` what that would write, object by object."""

    def __init__(
        self,
        database: Database,
        steps: Callable[[], Steps | None] = no_steps,
        describe: Callable[[], Sequence[Lines]] = lambda: (),
    ) -> None:
        self.connection: Connection = database.connection
        self.engine: Engine = lent(self.connection, database.engine)
        self.session = Session(self.engine, autoflush=False, expire_on_commit=False)
        self.log = Log(self.engine, self.session)
        self._strong = Strong(self.session)
        self.part = ""
        self.notes: list[str] = []
        self.written = Written()
        self.handed = Written()
        """What is the user's to commit, once the Session has."""
        self._steps = steps
        self.check: Callable[[Flush], None] = no_check
        self.describe = describe
        self._stepped = False
        """Whether the part is of steps; `_flushes` are those that stand."""
        self._flushes: list[Flush] = []
        self.rows = 0
        """Rows that the part has written."""
        self._ended = self._back = self._written = 0
        self._seen()
        self._guard = _nothing
        event.listen(self.engine, "before_cursor_execute", lambda *_: self._guard())

    # --- on the worker ------------------------------------------------------------------------------------------------

    def run(self, function: Callable[[Session], T]) -> T:
        """function(session), on the connection's worker. When it fails, the user's transaction stands as before."""
        self.settle()
        self.log.cause = ""
        return self.on_worker(lambda: self._read(function))

    def _read(self, function: Callable[[Session], T]) -> T:
        if not (self._dialect.error_ends_work and self._state() is State.OPEN):
            return function(self.session)
        # a SELECT that fails would take the whole transaction with it; one that is not needed costs nothing
        guarded = False

        def guard() -> None:
            nonlocal guarded
            if not guarded:
                guarded = True
                self._send(f"SAVEPOINT {READ}")

        self._guard = guard
        try:
            value = function(self.session)
        except BaseException:
            if guarded and self._state() is State.FAILED:
                self._send(f"ROLLBACK TO SAVEPOINT {READ}")
            raise
        finally:
            self._guard = _nothing
            if guarded and self._state() is State.OPEN:
                self._send(f"RELEASE SAVEPOINT {READ}")
        return value

    def on_worker(self, job: Callable[[], T]) -> T:
        """job(), on the connection's worker, its errors told as dbx's."""
        connection = self.connection

        def work(raw: Any) -> T:
            try:
                with connection.dialect.typed(raw):
                    return job()
            except DBAPIError as error:
                fault = connection.dialect.fault(error.orig, Statement(error.statement or ""))  # type: ignore[arg-type]
                fault.place = None  # in a text that nobody has written
                raise fault from error
            except SQLAlchemyError as error:
                raise told(error) from error

        return connection.call(work)

    @property
    def _dialect(self) -> Any:
        return self.connection.dialect

    def _state(self) -> State:
        state: State = self._dialect.state(self.connection.raw)
        return state

    def _send(self, text: str) -> None:
        self._dialect.execute(self.connection.raw, Statement(text)).stop()

    # --- flush, commit, rollback --------------------------------------------------------------------------------------

    @property
    def pending(self) -> bool:
        """Whether a flush has something to look at."""
        return bool(self.session.new or self.session.deleted or self.session.dirty)

    @property
    def unwritten(self) -> bool:
        """Whether a flush has something to write."""
        session = self.session
        return bool(session.new or session.deleted or any(map(session.is_modified, session.dirty)))

    def flush(self) -> int:
        """Write what has changed; how many statements that took. Raises the server's error, with nothing written."""
        self.settle()
        state = self.connection.state
        if not self.pending:
            return 0
        if state in (State.FAILED, State.LOST):
            raise Refused(f"nothing can be written: the transaction is {state.value}", hint="rollback")
        if self.connection.target.profile.read_only:
            raise Refused("nothing can be written: this is a read-only connection")
        before, flush, steps = self.log.count, Flush(self, begins=state is State.IDLE), self._steps()
        if steps is None:
            self.check(flush)
            self.on_worker(lambda: self._flush(flush))
        elif self.unwritten:
            steps.flush(flush)
        return self.log.count - before

    def _flush(self, flush: Flush) -> None:
        began = self._enter(self._state())
        try:
            flush.write()
        except BaseException:
            self._leave(began)
            raise
        self._send(f"RELEASE SAVEPOINT {FLUSH}")
        self.rows += flush.rows

    def done(self, flush: Flush) -> None:
        """A step that is a flush has been performed, perhaps again."""
        if not self.part:
            self.part, self._stepped = "own" if flush.begins else "joined", True
        self._flushes.append(flush)
        self.rows += flush.rows

    def undone(self, flush: Flush) -> None:
        """It has been undone."""
        self._flushes = [each for each in self._flushes if each is not flush]
        self.rows -= flush.rows
        if not self._flushes and self.part == "joined":
            self.part, self._stepped = "", False

    def _enter(self, state: State) -> bool:
        """Stand in a transaction, behind a savepoint. Whether this flush is the first that is part of it."""
        first = not self.part
        if state is State.IDLE:
            self._send(self._dialect.begin)
            self.part = "own"
        elif first:
            self._send(f"SAVEPOINT {UNIT}")
            self.part = "joined"
        if first:
            self._written = self.connection.standing.tally.written
        self._send(f"SAVEPOINT {FLUSH}")
        return first

    def _leave(self, first: bool) -> None:
        """Take back a flush that failed, if the server has not already thrown the whole transaction away."""
        if self._state() in (State.IDLE, State.LOST):
            return
        if first and self.part == "own":
            self._send("ROLLBACK")
        else:
            self._send(f"ROLLBACK TO SAVEPOINT {FLUSH}")
            self._send(f"RELEASE SAVEPOINT {FLUSH}")
            if first:
                self._send(f"RELEASE SAVEPOINT {UNIT}")
        if first:
            self.part = ""

    def commit(self, confirm: Callable[[int | None], bool] | None = None) -> str:
        """Flush, and make it lasting as far as that is the Session's to do; what has become of it, in words. `confirm`
        is asked before COMMIT, with how many rows that is. Raises Refused."""
        written = self.flush()
        while self.pending and self.flush():
            continue  # a flush may put something off: to delete an object that another one was given
        part = self.part
        if not part:
            return "nothing to commit"
        foreign = self._foreign()
        if part == "own" and confirm is not None and not confirm(None if foreign else self.rows):
            raise Refused("not confirmed: what was flushed is not committed", hint="\\session rollback takes it back")
        if not self._stepped:
            self.on_worker(lambda: self._commit(part))
        elif part == "own" and (steps := self._steps()):
            steps.commit()
        if part == "joined":
            self.handed.take(self.written)
        self._end()
        if part == "joined":
            return "the Session's changes are part of your transaction, which is still open: commit keeps them"
        yours = f", with {count(foreign, 'statement')} of yours" if foreign else ""
        return f"committed{yours}" + ("" if written else " what was flushed before")

    def _foreign(self) -> int:
        """How many of the user's statements may have written since the first flush."""
        if self._stepped and (steps := self._steps()):
            return steps.others(self._flushes[0] if self._flushes else None)
        return self.connection.standing.tally.written - self._written if self.part else 0

    def _commit(self, part: str) -> None:
        if part == "own":
            if self._state() is State.FAILED:
                raise Refused("the transaction has failed and cannot be committed", hint="rollback")
            self._send("COMMIT")
        else:
            self._at_savepoint(f"RELEASE SAVEPOINT {UNIT}")

    def rollback(self) -> list[str]:
        """Give up what was not flushed, and take back what was; what each object is afterwards, in words.

        Raises Refused where it would take back statements of the user's own as well.
        """
        self.settle()
        foreign = self._foreign()
        if foreign:
            what = f"{count(foreign, 'statement')} of yours since the Session's first flush"
            raise Refused(f"this would undo {what} too", hint="rollback undoes all of it, \\session commit keeps it")
        steps, part = self._steps(), self.part
        if part and self._stepped and steps:
            self._roll_back(steps, part)
        elif part:
            self.on_worker(lambda: self._rollback(part))
        given = give_up(self.session)
        given += self.written.give_back(self.session)
        self._end()
        self.session.expire_all()
        return given

    def _roll_back(self, steps: Steps, part: str) -> None:
        """In steps: whatever the flushes have written is given up with what was not flushed."""
        notes = list(self.notes)
        if part == "own":
            steps.rollback()
            for flush in reversed(self._flushes):
                flush.undo()
        else:
            steps.back(self._flushes[0])
        self.notes = notes

    def _rollback(self, part: str) -> None:
        if part == "own":
            self._send("ROLLBACK")
        elif not self._at_savepoint(f"ROLLBACK TO SAVEPOINT {UNIT}"):
            raise Refused("what was flushed cannot be taken back alone any more", hint="rollback undoes all of it")
        else:
            self._send(f"RELEASE SAVEPOINT {UNIT}")

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

    def _end(self) -> None:
        self.part, self._stepped, self._flushes, self.rows = "", False, [], 0
        self.written.clear()
        self._seen()

    # --- what others did on the connection ----------------------------------------------------------------------------

    def settle(self) -> None:
        """Notice that the transaction has ended, or gone back, without the Session: then the server's rows count."""
        connection = self.connection
        connection.finish()
        tally = connection.standing.tally
        ended = self._ended != tally.ended or (bool(self.part) and connection.state is State.IDLE)
        if not ended and self._back == tally.back:
            return
        if connection.state in (State.FAILED, State.LOST):
            return  # nothing can be asked now
        self._ended, self._back = tally.ended, tally.back
        for written in filter(None, (self.written, self.handed)):
            self.log.cause = "is it still there?"
            there = self.on_worker(lambda each=written: self._read(each.there))  # type: ignore[misc]
            given = written.give_back(self.session, there)
            if given:
                self.notes.append("a ROLLBACK has taken back what the Session had flushed: " + "; ".join(given))
        expire_clean(self.session)
        if ended:
            self.handed.clear()
            self._end()

    def _seen(self) -> None:
        tally = self.connection.standing.tally
        self._ended, self._back, self._written = tally.ended, tally.back, tally.written

    def close(self) -> None:
        self.session.close()


def _nothing() -> None:
    """No guard is needed."""
