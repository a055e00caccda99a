"""A Transaction: the statements of one database transaction as numbered steps, over savepoints.

A savepoint stands before each step. A step that fails is taken back to it at once, so the earlier ones stand on every
server; undoing goes back to the savepoint before a step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dbx import interrupt
from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.errors import DbxError, Interrupted, Refused
from dbx.rows import Notice, Outcome, Statement
from dbx.sql.effects import begins, ends, is_transaction_control, sets_transaction
from dbx.sql.examine import note
from dbx.sql.perform import Perform, plainly
from dbx.sql.unit import Unit
from dbx.transaction import control, lasting, level
from dbx.transaction.observer import Observer, observed
from dbx.transaction.performed import performed
from dbx.transaction.savepoints import Savepoints
from dbx.transaction.stage import NEXT, Stage, fate
from dbx.transaction.step import Act, Fate, Step

DEPTH = 50


class Transaction:
    """`steps` are all of them, or with `forget` the last; `undone` are those that can be redone, the next one last.

    `limit` is how many rows of a step are read before and after it; 0 for none. `allow` lets steps pass that cannot be
    taken back.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        depth: int = DEPTH,
        limit: int = 0,
        isolation: str = "",
        allow: bool = False,
        forget: bool = False,
        savepoints: bool = True,
        perform: Perform = plainly,
        observe: Callable[[Connection], Observer | None] = lambda connection: None,
    ) -> None:
        self.connection = connection
        self._stage = Stage.IDLE
        self._busy = False
        self._unanswered = ""
        self.steps: list[Step] = []
        self.undone: list[Step] = []
        self.count = 0
        self.changed = 0
        """Rows that the steps which stand have changed."""
        self.kept = 0
        """The number of the last step that the server has committed by itself."""
        self.level = level.checked(connection.dialect, isolation)
        self._limit = limit
        self._lasting = lasting.Lasting(connection, allow=allow)
        self._forget = forget
        self._perform = perform
        self._observe = observe
        self._observer: Observer | None = None
        self._stays: dict[str, None] = {}
        self._savepoints = Savepoints(connection, depth, wanted=savepoints)

    @property
    def stage(self) -> Stage:
        """Where it stands. Whoever else uses the connection may have lost it its transaction."""
        gone = self._state in (State.IDLE, State.LOST) and not self._busy
        if gone and self._stage in (Stage.OPEN, Stage.FAILED):
            self._end(Stage.ROLLED_BACK)
        return self._stage

    @property
    def done(self) -> list[Step]:
        """The steps that make up the transaction, in order."""
        return [step for step in self.steps if step.fate is Fate.DONE]

    @property
    def isolation(self) -> str:
        """The isolation level, as far as the server tells; what was set for one transaction MySQL does not."""
        return self.level or level.now(self.connection)

    def set_level(self, wanted: str) -> None:
        """Before the first step; MySQL wants it even before the transaction, which is begun anew for that."""
        self._expect("set the isolation level", Stage.IDLE, Stage.OPEN)
        if self.count:
            raise Refused("the isolation level is set before the first step")
        self.level = level.checked(self.connection.dialect, wanted)
        if self.stage is Stage.OPEN:
            self.connection.run(Statement("ROLLBACK"))
            self._stage = Stage.IDLE
            self.begin()

    def abandon(self) -> None:
        """It cannot be asked any more; the server rolls back what was open."""
        self._end(Stage.ROLLED_BACK)

    @property
    def _state(self) -> State:
        return self.connection.state

    # --- beginning and ending -----------------------------------------------------------------------------------------

    def begin(self, text: str = "") -> None:
        """Open it, at the level that was asked for."""
        self._expect("begin", Stage.IDLE)
        try:
            for statement in level.opening(self.connection.dialect, text, self.level):
                self.connection.run(statement)
            self._observer = self._observer or self._observe(self.connection)
        finally:
            if self._state in (State.OPEN, State.FAILED):
                self._stage = Stage.OPEN if self._state is State.OPEN else Stage.FAILED

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
            self._unanswered = "COMMIT"
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
        self._end(Stage.ROLLED_BACK)
        return notices

    @property
    def fate(self) -> str:
        """What has become of it, in words."""
        stays = [*([f"steps up to {self.kept}"] if self.kept else []), *self._stays]
        return fate(self.stage, stays, self._unanswered)

    # --- steps --------------------------------------------------------------------------------------------------------

    def run(self, statement: Statement, unit: Unit, act: Act | None = None) -> Iterator[Outcome]:
        """One more step, as the outcomes of its statement. Begins the transaction if that is still to be done."""
        if self.stage is Stage.IDLE:
            self.begin()
        self._expect("run a step", Stage.OPEN)
        if unit.kind == "sql" and is_transaction_control(unit.words):
            yield from self._control(statement, unit)
            return
        step = Step(self.count + 1, statement, unit, act)
        step.lasting = self._lasting.reason(statement, unit, act)
        yield from self._add(step)

    def _add(self, step: Step) -> Iterator[Outcome]:
        self.count += 1
        self.undone.clear()
        self.steps.append(step)
        if self._forget:
            del self.steps[: -max(self._savepoints.depth, 1)]
        yield from self._step(step)

    def _step(self, step: Step) -> Iterator[Outcome]:
        """Perform a step behind its savepoint; whatever goes wrong, the transaction is as it was before it."""
        step.fate, step.error, step.effect = Fate.FAILED, None, None
        self._busy = True
        if step.lasting:
            yield note(step.lasting, "WARNING")
        try:
            if said := "" if lasting.commits(self.connection, step.unit) else self._savepoints.set(step):
                yield note(said)
            outcomes = performed(self.connection, step, self._savepoints, self._limit, self._perform)
            yield from observed(self._observer, outcomes)
            if step.lasting and not lasting.commits(self.connection, step.unit):
                self._stays[f"step {step.number}"] = None
            step.fate = Fate.DONE
            self.changed += step.changed or 0
        except DbxError as error:
            step.error = error
            raise
        finally:
            self._settle(step)

    def _control(self, statement: Statement, unit: Unit) -> Iterator[Outcome]:
        """What arranges the transaction itself is no step, but for SAVEPOINT, which undoing takes away again."""
        words = unit.words
        if words[0] == "SAVEPOINT":
            yield from self._add(Step(self.count + 1, statement, unit))
            return
        name = control.savepoint(statement.text, words)
        if sets_transaction(words) and not self.count:
            try:
                yield from plainly(self.connection, statement)
            finally:
                self._settle(None)
            return
        if begins(words) or ends(words) or not name:
            order = "stands before the first step" if sets_transaction(words) else "has no place in a transaction"
            raise Refused(f"{' '.join(words[:2])} {order}", hint=NEXT[self.stage], place=unit.place)
        found = control.found(self.done, name, unit)
        later = [each for each in self.done if each.number > found.number]
        yield from plainly(self.connection, statement)
        # the server has dropped every savepoint behind the named one
        self._savepoints.forget(found.number + 1)
        if words[0] == "ROLLBACK":
            self._mark_undone(later)

    # --- going back and forth -----------------------------------------------------------------------------------------

    def undo(self, count: int = 1) -> list[Step]:
        """Take back the last steps; which they were."""
        self._expect("undo", Stage.OPEN)
        steps = self.done[-count:] if count > 0 else []
        if not steps:
            raise Refused("there is no step to undo")
        if len(self.done) < count:
            raise Refused(f"there are {len(steps)} steps to undo, not {count}")
        self._back_to(steps)
        self._mark_undone(steps)
        return steps

    def _back_to(self, steps: list[Step]) -> None:
        """Go back to before these steps, which are the last ones."""
        for step in steps:
            if step.lasting:
                raise Refused(f"step {step.number} cannot be undone: {step.lasting}")
        first = steps[0]
        depth = self._savepoints.depth
        if not self._savepoints.has(first) or len(steps) > depth:
            reach = f"only the last {depth} can" if depth else "dbx keeps no savepoints here"
            raise Refused(f"step {first.number} cannot be undone any more: {reach}")
        self._savepoints.back(first)
        self._savepoints.release(first)

    def _mark_undone(self, steps: list[Step]) -> None:
        for step in reversed(steps):
            step.undone()
            self.changed -= step.changed or 0
            self.undone.append(step)

    def redo(self) -> Iterator[Outcome]:
        """Run the step again that was undone last and comes next, under its number."""
        self._expect("redo", Stage.OPEN)
        step = self.next_undone("redo")
        if step.unit.data is not None:
            raise Refused(f"step {step.number} cannot be redone: its rows have been read", hint="\\skip leaves it out")
        self.undone.pop()
        yield from self._step(step)

    def skip(self) -> Step:
        """Leave out the step that \\redo would run."""
        step = self.next_undone("skip")
        step.fate = Fate.SKIPPED
        return self.undone.pop()

    def edit(self, number: int, statement: Statement, unit: Unit) -> Iterator[Outcome]:
        """Go back to before step `number`, run another statement in its place, then the later steps again.

        One that fails is taken back alone; those behind it wait for `redo`.
        """
        self._expect("edit", Stage.OPEN)
        step = next((each for each in self.steps if each.number == number), None)
        if step is None:
            raise Refused(f"there is no step {number}")
        reason = self._lasting.reason(statement, unit)
        later = [each for each in self.done if each.number > number]
        undone = [*([step] if step.fate is Fate.DONE else []), *later]
        if any(each.unit.data is not None for each in later):
            raise Refused("a later step cannot be run again: its rows have been read")
        if undone:
            self._back_to(undone)
        self.undone.clear()
        self._mark_undone(undone)
        self.undone = self.undone[: len(later)]
        step.statement, step.unit, step.lasting, step.act = statement, unit, reason, None
        yield from self._step(step)
        while self.undone:
            yield from self._step(self.undone.pop())

    def next_undone(self, what: str) -> Step:
        """The step that `redo` would run. Raises Refused when there is none."""
        if self.undone:
            return self.undone[-1]
        raise Refused(f"there is no step to {what}: nothing has been undone")

    def _settle(self, step: Step | None) -> None:
        """Bring the savepoints and the stage in line with what the server says after a step."""
        try:
            self.connection.finish()
            if step is not None and self._savepoints.has(step) and self._state in (State.OPEN, State.FAILED):
                failed = step.fate is Fate.FAILED
                if failed or self._state is State.FAILED:
                    self._savepoints.back(step)
                if failed or not self._savepoints.depth:
                    self._savepoints.release(step)
            elif step is not None and step.fate is Fate.FAILED and self._state is State.OPEN:
                self._stage = Stage.FAILED
        finally:
            self._busy = False
            if self._state is State.LOST:
                self._unanswered = step.text.split()[0].upper() if step and step.lasting else ""
                self._end(Stage.UNKNOWN if self._unanswered else Stage.ROLLED_BACK)
            elif self._state is State.FAILED:
                self._stage = Stage.FAILED
            elif self._state is State.IDLE:
                self._ended(step)

    def _ended(self, step: Step | None) -> None:
        """The server has ended the transaction by itself: with a commit, or because the step has failed."""
        if step is not None and step.fate is Fate.FAILED and not step.lasting:
            self._end(Stage.ROLLED_BACK)
            return
        for each in self.done:
            each.fate, self.kept = Fate.KEPT, each.number
        self._end(Stage.IDLE)

    def _end(self, stage: Stage) -> None:
        self._stage = stage
        if self._observer and stage is not Stage.IDLE:
            self._observer.close()
        self._savepoints.forget()
        self.undone.clear()

    def _expect(self, what: str, *stages: Stage) -> None:
        if self.stage not in stages:
            raise Refused(f"cannot {what}: the transaction is {self.stage.value}", hint=NEXT.get(self.stage, ""))
