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
from dbx.unit.part import Part, send, state
from dbx.unit.states import Strong, expire_clean
from dbx.unit.written import Written, count, give_up

T = TypeVar("T")

READ = "dbx_read"


class Work:
    """`session` is SQLAlchemy's; use it in `run`. `part` says what its flushes are part of. `steps` gives the
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
        self.part = Part(self.connection, steps)
        self.notes: list[str] = []
        self.written = Written()
        self.handed = Written()
        """What is the user's to commit, once the Session has."""
        self._steps = steps
        self.check: Callable[[Flush], None] = no_check
        self.describe = describe
        self._ended = self._back = 0
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
        if not (self.connection.dialect.error_ends_work and state(self.connection) is State.OPEN):
            return function(self.session)
        # a SELECT that fails would take the whole transaction with it; one that is not needed costs nothing
        guarded = False

        def guard() -> None:
            nonlocal guarded
            if not guarded:
                guarded = True
                send(self.connection, f"SAVEPOINT {READ}")

        self._guard = guard
        try:
            value = function(self.session)
        except BaseException:
            if guarded and state(self.connection) is State.FAILED:
                send(self.connection, f"ROLLBACK TO SAVEPOINT {READ}")
            raise
        finally:
            self._guard = _nothing
            if guarded and state(self.connection) is State.OPEN:
                send(self.connection, f"RELEASE SAVEPOINT {READ}")
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
        standing = self.connection.state
        if not self.pending:
            return 0
        if standing in (State.FAILED, State.LOST):
            raise Refused(f"nothing can be written: the transaction is {standing.value}", hint="rollback")
        if self.connection.target.profile.read_only:
            raise Refused("nothing can be written: this is a read-only connection")
        before, flush, steps = self.log.count, Flush(self, begins=standing is State.IDLE), self._steps()
        if steps is None:
            self.check(flush)
            self.on_worker(lambda: self.part.write(flush))
        elif self.unwritten:
            steps.flush(flush)
        return self.log.count - before

    def commit(self, confirm: Callable[[int | None], bool] | None = None) -> str:
        """Flush, and make it lasting as far as that is the Session's to do; what has become of it, in words. `confirm`
        is asked before COMMIT, with how many rows that is. Raises Refused."""
        written = self.flush()
        while self.pending and self.flush():
            continue  # a flush may put something off: to delete an object that another one was given
        part = self.part.kind
        if not part:
            return "nothing to commit"
        foreign = self.part.foreign()
        if part == "own" and confirm is not None and not confirm(None if foreign else self.part.rows):
            raise Refused("not confirmed: what was flushed is not committed", hint="\\session rollback takes it back")
        if not self.part.stepped:
            self.on_worker(self.part.commit)
        elif part == "own" and (steps := self._steps()):
            steps.commit()
        if part == "joined":
            self.handed.take(self.written)
        self._end()
        if part == "joined":
            return "the Session's changes are part of your transaction, which is still open: commit keeps them"
        yours = f", with {count(foreign, 'statement')} of yours" if foreign else ""
        return f"committed{yours}" + ("" if written else " what was flushed before")

    def rollback(self) -> list[str]:
        """Give up what was not flushed, and take back what was; what each object is afterwards, in words.

        Raises Refused where it would take back statements of the user's own as well.
        """
        self.settle()
        foreign = self.part.foreign()
        if foreign:
            what = f"{count(foreign, 'statement')} of yours since the Session's first flush"
            raise Refused(f"this would undo {what} too", hint="rollback undoes all of it, \\session commit keeps it")
        steps, part = self._steps(), self.part.kind
        if part and self.part.stepped and steps:
            self._roll_back(steps, part)
        elif part:
            self.on_worker(self.part.rollback)
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
            for flush in reversed(self.part.flushes):
                flush.undo()
        else:
            steps.back(self.part.flushes[0])
        self.notes = notes

    def _end(self) -> None:
        self.part.clear()
        self.written.clear()
        self._seen()

    # --- what others did on the connection ----------------------------------------------------------------------------

    def settle(self) -> None:
        """Notice that the transaction has ended, or gone back, without the Session: then the server's rows count."""
        connection = self.connection
        connection.finish()
        tally = connection.standing.tally
        ended = self._ended != tally.ended or (bool(self.part.kind) and connection.state is State.IDLE)
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
        self._ended, self._back = tally.ended, tally.back

    def close(self) -> None:
        self.session.close()


def _nothing() -> None:
    """No guard is needed."""
