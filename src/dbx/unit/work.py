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

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Engine, event, inspect
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from dbx.connection import Connection
from dbx.database import Database
from dbx.dialects.base import State
from dbx.errors import DbxError, Refused, StatementFailed
from dbx.rows import Statement
from dbx.unit.lending import lent
from dbx.unit.log import Log
from dbx.unit.states import Snapshot, Strong, ended
from dbx.unit.written import Written, count

T = TypeVar("T")

UNIT, FLUSH, READ, PROBE = "dbx_unit", "dbx_flush", "dbx_read", "dbx_probe"


class Work:
    """`session` is SQLAlchemy's; use it in `run`. `part` says what its flushes are part of: '' where nothing of them is
    open, 'own' in a transaction that a flush began, 'joined' behind a savepoint in the user's."""

    def __init__(self, database: Database) -> None:
        self.connection: Connection = database.connection
        self.engine: Engine = lent(self.connection, database.engine)
        self.session = Session(self.engine, autoflush=False, expire_on_commit=False)
        self.log = Log(self.engine, self.session)
        self._strong = Strong(self.session)
        self.part = ""
        self.notes: list[str] = []
        self.written = Written()
        self._ended = self._back = self._written = 0
        self._seen()
        self._guard = _nothing
        event.listen(self.engine, "before_cursor_execute", lambda *_: self._guard())

    # --- on the worker ------------------------------------------------------------------------------------------------

    def run(self, function: Callable[[Session], T]) -> T:
        """function(session), on the connection's worker. When it fails, the user's transaction stands as before."""
        self.settle()
        self.log.cause = ""
        return self._on_worker(lambda: self._read(function))

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

    def _on_worker(self, job: Callable[[], T]) -> T:
        connection = self.connection

        def work(raw: Any) -> T:
            try:
                with connection.dialect.typed(raw):
                    return job()
            except DBAPIError as error:
                fault = connection.dialect.fault(error.orig, Statement(error.statement or ""))  # type: ignore[arg-type]
                raise fault from error
            except SQLAlchemyError as error:
                raise _told(error) from error

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
        session = self.session
        return bool(session.new or session.deleted or session.dirty)

    def flush(self) -> int:
        """Write what has changed; how many statements that took. Raises the server's error, with nothing written."""
        self.settle()
        if not self.pending:
            return 0
        before = self.log.count
        self._on_worker(self._flush)
        return self.log.count - before

    def _flush(self) -> None:
        state = self._state()
        if state in (State.FAILED, State.LOST):
            raise Refused(f"nothing can be written: the transaction is {state.value}", hint="rollback")
        if self.connection.target.profile.read_only:
            raise Refused("nothing can be written: this is a read-only connection")
        new = [(each, frozenset(inspect(each).dict)) for each in self.session.new]
        gone = list(self.session.deleted)
        changed = [each for each in self.session.dirty if self.session.is_modified(each)]
        snapshot = Snapshot(self.session)
        began = self._enter(state)
        self.log.cause = "flush"
        try:
            self.session.flush()
        except BaseException:
            self._leave(began)
            self.session.rollback()
            snapshot.restore()
            raise
        self._send(f"RELEASE SAVEPOINT {FLUSH}")
        ended(self.session)
        self.written.add(new, gone, changed)

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
            self._written = self.connection.tally.written
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

    def commit(self) -> str:
        """Flush, and make it lasting as far as that is the Session's to do; what has become of it, in words."""
        written = self.flush()
        while self.pending and self.flush():
            continue  # a flush may put something off: to delete an object that another one was given
        part = self.part
        if not part:
            return "nothing to commit"
        foreign = self.connection.tally.written - self._written
        self._on_worker(lambda: self._commit(part))
        self._end()
        if part == "joined":
            return "the Session's changes are part of your transaction, which is still open: commit keeps them"
        yours = f", with {count(foreign, 'statement')} of yours" if foreign else ""
        return f"committed{yours}" + ("" if written else " what was flushed before")

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
        foreign = self.connection.tally.written - self._written if self.part else 0
        if foreign:
            what = f"{count(foreign, 'statement')} of yours since the Session's first flush"
            raise Refused(f"this would undo {what} too", hint="rollback undoes all of it, \\session commit keeps it")
        if self.part:
            part = self.part
            self._on_worker(lambda: self._rollback(part))
        given = self._give_up_pending()
        given += self.written.give_back(self.session)
        self._end()
        self.session.expire_all()
        return given

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
        self.part = ""
        self.written.clear()
        self._seen()

    # --- what others did on the connection ----------------------------------------------------------------------------

    def settle(self) -> None:
        """Notice that the transaction has ended, or gone back, without the Session: then the server's rows count."""
        connection = self.connection
        connection.finish()
        tally = connection.tally
        ended = self._ended != tally.ended or (bool(self.part) and connection.state is State.IDLE)
        if not ended and self._back == tally.back:
            return
        if connection.state in (State.FAILED, State.LOST):
            return  # nothing can be asked now
        self._ended, self._back = tally.ended, tally.back
        if self.written:
            self.log.cause = "is it still there?"
            there = self._on_worker(lambda: self._read(self.written.there))
            given = self.written.give_back(self.session, there)
            if given:
                self.notes.append("a ROLLBACK has taken back what the Session had flushed: " + "; ".join(given))
        self._expire_clean()
        if ended:
            self._end()

    def _seen(self) -> None:
        tally = self.connection.tally
        self._ended, self._back, self._written = tally.ended, tally.back, tally.written

    def _expire_clean(self) -> None:
        """Every object is read again when it is next looked at; what was changed and not flushed stays changed."""
        for each in list(self.session.identity_map.values()):
            state: Any = inspect(each)
            clean = [name for name in state.manager if name in state.dict and name not in state.committed_state]
            if each not in self.session.deleted and clean:
                self.session.expire(each, clean)

    def _give_up_pending(self) -> list[str]:
        session = self.session
        new, dirty, deleted = list(session.new), list(session.dirty), list(session.deleted)
        for each in new:
            session.expunge(each)
        for each in deleted:
            session._deleted.pop(inspect(each), None)
        told = [(new, "new again, outside the Session"), (dirty, "as in the database"), (deleted, "not deleted")]
        return [f"{count(len(objects), 'object')} {what}" for objects, what in told if objects]

    def close(self) -> None:
        self.session.close()


def _nothing() -> None:
    """No guard is needed."""


def _told(error: SQLAlchemyError) -> DbxError:
    """SQLAlchemy's own errors in the words of what happened to the rows."""
    message = str(error).split("\n")[0].removesuffix(" (Background on this error at: https://sqlalche.me/e/20/bhk3)")
    hint = ""
    if isinstance(error, StaleDataError):
        hint = "the row has changed or gone since it was read: \\session --check"
    if isinstance(error, ObjectDeletedError):
        hint = "its row is gone"
    return StatementFailed(message, code="E-SESSION", hint=hint)
