"""Bounds: where a transaction begins and ends, and what is known of its end."""

from __future__ import annotations

from collections.abc import Callable

from dbx import interrupt
from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.dialects.transactions import Ended
from dbx.errors import DbxError, Interrupted, Refused
from dbx.rows import Notice, Statement
from dbx.transaction import level
from dbx.transaction.observer import Observer
from dbx.transaction.stage import NEXT, Stage, fate
from dbx.wording import first_word


class Bounds:
    """A transaction as the server sees it. The server may commit it by itself; then it is idle, and may begin anew."""

    def __init__(
        self, connection: Connection, isolation: str, observe: Callable[[Connection], Observer | None]
    ) -> None:
        self.connection = connection
        self.level = level.checked(connection.dialect, isolation)
        self.kept = 0
        """The number of the last step that the server has committed by itself."""
        self.ended: Ended | None = None
        """How the last step has ended the transaction by itself."""
        self._lasting_steps: dict[str, None] = {}
        self._stage = Stage.IDLE
        self._busy = False
        self._doubt = ""
        self._observe = observe
        self._observer: Observer | None = None

    @property
    def stage(self) -> Stage:
        """Where it stands. Whoever else uses the connection may have lost it its transaction."""
        gone = self._state in (State.IDLE, State.LOST) and not self._busy
        if gone and self._stage in (Stage.OPEN, Stage.FAILED):
            self._end(Stage.ROLLED_BACK)
        return self._stage

    @property
    def stays(self) -> list[str]:
        """What no rollback takes back, in words."""
        return [*([f"steps up to {self.kept}"] if self.kept else []), *self._lasting_steps]

    @property
    def fate(self) -> str:
        """What has become of it, in words."""
        return fate(self.stage, self.stays, self._doubt)

    @property
    def isolation(self) -> str:
        """The isolation level, as far as the server tells; what was set for one transaction MySQL does not."""
        return self.level or level.now(self.connection)

    @property
    def _state(self) -> State:
        return self.connection.state

    def begin(self, text: str = "") -> None:
        """Open it, at the level that was asked for."""
        self._expect("begin", Stage.IDLE)
        self._look_on()
        try:
            for statement in level.opening(self.connection.dialect, text, self.level):
                self.connection.run(statement)
        finally:
            if self._state in (State.OPEN, State.FAILED):
                self._stage = Stage.OPEN if self._state is State.OPEN else Stage.FAILED

    def _look_on(self) -> None:
        """Have an observer, before BEGIN and SET TRANSACTION, behind which it could not ask what it has to know."""
        self._observer = self._observer or self._observe(self.connection)

    def commit(self) -> None:
        """Make it lasting. Afterwards `stage` says what is known of it, whatever is raised."""
        self._expect("commit", Stage.OPEN)
        # raised between two steps, a signal could not tell what had become of it
        with interrupt.forwarded(self.connection.canceller.on_signal):
            try:
                self.connection.run(Statement("COMMIT"))
            except (DbxError, Interrupted) as error:
                self._not_committed(error)
                raise
            self._end(Stage.COMMITTED)

    def _not_committed(self, error: DbxError | Interrupted) -> None:
        """What is known when COMMIT has not been answered as it should. It may still be open, to be tried again."""
        stopped = isinstance(error, Interrupted)
        if isinstance(error, Interrupted) and error.finished:
            self._end(Stage.COMMITTED)
        elif self._state is State.LOST or (stopped and error.__cause__ is None):
            self._doubt = "COMMIT was sent and not answered"
            self._end(Stage.UNKNOWN)
        elif self._state is State.OPEN:
            return
        else:
            self._end(Stage.ROLLED_BACK)
        error.fate = f"but everything had been {self.fate}" if self.stage is Stage.COMMITTED else self.fate
        if isinstance(error, DbxError):
            error.hint = self.fate if self.stage is Stage.UNKNOWN else error.hint

    def rollback(self) -> list[Notice]:
        """End it without effect; what the server has to say of that."""
        self._expect("rollback", Stage.OPEN, Stage.FAILED)
        notices: list[Notice] = []
        if self._state in (State.OPEN, State.FAILED):
            notices = [n for n in self.connection.run(Statement("ROLLBACK")).notices if n.severity == "WARNING"]
            self._lasting_steps |= dict.fromkeys(notice.message for notice in notices)
        self._end(Stage.ROLLED_BACK)
        return notices

    def abandon(self) -> None:
        """It cannot be asked any more; the server rolls back what was open."""
        self._end(Stage.ROLLED_BACK)

    def _heed(self, last: Statement | None) -> None:
        """Take over what the server says of the transaction, now that the statement has run."""
        self.ended = self.connection.standing.witness.ended
        if self._state is State.LOST:
            unanswered = last is not None and self.connection.standing.witness.unanswered
            self._doubt = f"{first_word(last)} was sent and not answered" if last and unanswered else ""
            self._end(Stage.UNKNOWN if unanswered else Stage.ROLLED_BACK)
        elif self.ended is Ended.UNKNOWN:
            self._doubt = f"{first_word(last) if last else 'somebody'} has ended the transaction"
            self._end(Stage.UNKNOWN)
        elif self.ended is Ended.COMMITTED:
            self._committed()
            self._end(Stage.IDLE if self._state is State.IDLE else Stage.OPEN)
        elif self._state is State.FAILED:
            self._stage = Stage.FAILED
        elif self._state is State.IDLE or self.ended is Ended.ROLLED_BACK:
            self._end(Stage.ROLLED_BACK)

    def _committed(self) -> None:
        """The server has committed it by itself."""

    def _end(self, stage: Stage) -> None:
        self._stage = stage
        if self._observer and stage not in (Stage.IDLE, Stage.OPEN):
            self._observer.close()

    def _expect(self, what: str, *stages: Stage) -> None:
        if self.stage not in stages:
            raise Refused(f"cannot {what}: the transaction is {self.stage.value}", hint=NEXT.get(self.stage, ""))
