"""A Transaction: the statements of one database transaction as numbered steps, over savepoints.

A savepoint stands before each step. A step that fails is taken back to it at once, so the earlier ones stand on every
server; undoing goes back to the savepoint before a step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.errors import DbxError, Refused
from dbx.rows import Outcome, Statement
from dbx.sql.effects import begins, ends, is_transaction_control, sets_transaction
from dbx.sql.examine import note
from dbx.sql.perform import Perform, plainly
from dbx.sql.unit import Unit
from dbx.transaction import lasting, level
from dbx.transaction.bounds import Bounds
from dbx.transaction.control import Mark, Marks, savepoint
from dbx.transaction.observer import Observer, observed
from dbx.transaction.performed import performed
from dbx.transaction.savepoints import Savepoints
from dbx.transaction.stage import NEXT, Stage
from dbx.transaction.step import Act, Fate, Step

DEPTH = 50


class Transaction(Bounds):
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
        super().__init__(connection, isolation, observe)
        self.steps: list[Step] = []
        self.undone: list[Step] = []
        self.count = 0
        self.standing = 0
        """Steps that stand: neither failed nor undone."""
        self.changed = 0
        """Rows that they have changed."""
        self.left: list[str] = []
        """What the server could not take back when steps were undone, in its words."""
        self._last = 0  # the number of the last step that stands
        self._limit = limit
        self._forget = forget
        self._perform = perform
        self.allow = allow
        self._lasting = lasting.Lasting(connection, allow=allow)
        self._savepoints = Savepoints(connection, depth, wanted=savepoints)
        self._marks = Marks(moves=connection.dialect.transactions.savepoints == "replaced")

    @property
    def done(self) -> list[Step]:
        """The steps that make up the transaction, in order."""
        return [step for step in self.steps if step.fate is Fate.DONE]

    @property
    def forgotten(self) -> int:
        """How many of the first steps are not in `steps` any more."""
        return self.count - len(self.steps)

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

    # --- steps --------------------------------------------------------------------------------------------------------

    def run(self, statement: Statement, unit: Unit, act: Act | None = None) -> Iterator[Outcome]:
        """One more step, as the outcomes of its statement. Begins the transaction if that is still to be done."""
        if self._precedes(unit):
            yield from self._before_begin(statement, unit)
            return
        if self.stage is Stage.IDLE:
            self.begin()
        self._expect("run a step", Stage.OPEN)
        if unit.kind == "sql" and is_transaction_control(unit.words) and unit.words[0] != "SAVEPOINT":
            yield from self._control(statement, unit)
            return
        step = Step(self.count + 1, statement, unit, act)
        step.lasting = self._lasting.reason(statement, unit, act)
        self.count += 1
        self.undone.clear()
        self.steps.append(step)
        if self._forget:
            del self.steps[: -max(self._savepoints.depth, 1)]
        yield from self._step(step)

    def _step(self, step: Step) -> Iterator[Outcome]:
        """Perform a step behind its savepoint; whatever goes wrong, the transaction is as it was before it."""
        step.fate, step.error, step.effect, step.rows, step.changed = Fate.FAILED, None, None, None, None
        self._busy = True
        if step.lasting:
            yield note(step.lasting, "WARNING")
        try:
            if said := "" if lasting.commits(self.connection, step.unit) else self._savepoints.set(step):
                yield note(said)
            outcomes = performed(self.connection, step, self._savepoints, self._limit, self._perform)
            yield from observed(self._observer, outcomes)
            self._stands(step)
        except DbxError as error:
            step.error = error
            raise
        finally:
            self._settle(step)

    def _precedes(self, unit: Unit) -> bool:
        """Whether it takes effect only before BEGIN."""
        dialect = self.connection.dialect
        if sets_transaction(unit.words):
            return dialect.transaction_set_before
        name = " ".join(word.rpartition(".")[2] for word in unit.words[:2])
        return name in dialect.transactions.outside and ("=" in unit.text or "(" in unit.text)

    def _before_begin(self, statement: Statement, unit: Unit) -> Iterator[Outcome]:
        if self.stage is not Stage.IDLE:
            told = f"{' '.join(unit.words[:2])} does nothing in a transaction"
            raise Refused(told, hint="it stands before BEGIN and the first step", place=unit.place)
        self._look_on()
        yield from plainly(self.connection, statement)

    def _stands(self, step: Step) -> None:
        step.fate = Fate.DONE
        self.standing += 1
        self.changed += step.changed or 0
        self._last = step.number
        if step.lasting and not lasting.commits(self.connection, step.unit):
            self._lasting_steps[f"step {step.number}"] = None
        if name := savepoint(step.statement.text, step.unit.words):
            self._marks.set(Mark(name, step.number, self.standing, self.changed))

    def _settle(self, step: Step) -> None:
        """Bring the savepoints and the stage in line with what the server says after a step."""
        try:
            self.connection.finish()
            if self.connection.standing.witness.ended is None:
                self._take_back(step)
        finally:
            self._busy = False
            self._heed(step.statement)
            if self.ended and step.fate is Fate.FAILED and self.stage is Stage.OPEN:
                self._stage = Stage.FAILED  # it has begun another transaction, and left it open

    def _take_back(self, step: Step) -> None:
        failed = step.fate is Fate.FAILED
        if self._savepoints.has(step) and self._state in (State.OPEN, State.FAILED):
            if failed or self._state is State.FAILED:
                self._lasting_steps |= dict.fromkeys(self._savepoints.back(step))
            if failed or not self._savepoints.depth:
                self._savepoints.release(step)
        elif failed and self._state is State.OPEN:
            self._stage = Stage.FAILED

    def number(self, name: str, unit: Unit) -> int:
        """The number of the step that has set a savepoint. Raises Refused where none has."""
        return self._marks.find(name, unit).number

    def _control(self, statement: Statement, unit: Unit) -> Iterator[Outcome]:
        """What arranges the transaction itself is no step, but for SAVEPOINT, which undoing takes away again."""
        words = unit.words
        name = savepoint(statement.text, words)
        if sets_transaction(words) and not self.count:
            try:
                yield from plainly(self.connection, statement)
            finally:
                self._heed(statement)
            return
        if begins(words) or ends(words) or not name:
            order = "stands before the first step" if sets_transaction(words) else "has no place in a transaction"
            raise Refused(f"{' '.join(words[:2])} {order}", hint=NEXT[self.stage], place=unit.place)
        mark = self._marks.find(name, unit)
        yield from plainly(self.connection, statement)
        # the server has dropped every savepoint behind the named one
        self._savepoints.forget(mark.number + 1, f"its savepoint is gone with {' '.join(statement.text.split())}")
        self._marks.forget(mark.number + (words[0] == "ROLLBACK"))
        if words[0] == "ROLLBACK":
            if self.standing > mark.standing:
                gone = self.standing - mark.standing
                yield note(f"{gone:,} step{'' if gone == 1 else 's'} undone, back to step {mark.number}")
            self._mark_undone([each for each in self.done if each.number > mark.number])
            self.standing, self.changed, self._last = mark.standing, mark.changed, mark.number

    # --- going back and forth -----------------------------------------------------------------------------------------

    def undo(self, count: int = 1) -> list[Step]:
        """Take back the last steps; which they were."""
        self._expect("undo", Stage.OPEN)
        steps = self.done[-count:] if count > 0 else []
        if len(steps) < count and self.forgotten:
            raise Refused(f"only the last {len(self.steps)} steps are remembered")
        if not steps:
            raise Refused("there is no step to undo")
        if len(steps) < count:
            raise Refused(f"there {'is' if len(steps) == 1 else 'are'} no more than {len(steps)} to undo, not {count}")
        self.left = self._back_to(steps)
        self._mark_undone(steps)
        return steps

    def _back_to(self, steps: list[Step]) -> list[str]:
        """Go back to before these steps, which are the last ones; what the server could not take back, in its words."""
        for step in steps:
            if step.lasting:
                raise Refused(f"step {step.number} cannot be undone: {step.lasting}")
        first, depth = steps[0], self._savepoints.depth
        if len(steps) > depth > 0:
            raise Refused(f"step {first.number} cannot be undone any more: only the last {depth} can")
        if not self._savepoints.has(first):
            raise Refused(f"step {first.number} cannot be undone any more: {self._savepoints.gone}")
        left = self._savepoints.back(first)
        self._lasting_steps |= dict.fromkeys(left)
        self._savepoints.release(first)
        self._marks.forget(first.number)
        return left

    def _mark_undone(self, steps: list[Step]) -> None:
        if steps:
            self._last = max((step.number for step in self.done if step not in steps), default=steps[0].number - 1)
        for step in reversed(steps):
            step.undone()
            self.standing -= 1
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

        When the statement fails, the step is what it was, and has run again with the later ones. One of those that
        fails is taken back alone; those behind it wait for `redo`.
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
        before = (step.statement, step.unit, step.lasting, step.act, step.fate, step.error)
        step.statement, step.unit, step.lasting, step.act = statement, unit, reason, None
        try:
            yield from self._step(step)
        except DbxError as error:
            if self.stage is not Stage.OPEN:
                raise
            step.statement, step.unit, step.lasting, step.act, step.fate, step.error = before
            self.undone += [step] if step in undone else []
            yield from self._redo_all()
            error.hint = " · ".join(filter(None, [error.hint, f"step {number} is what it was"]))
            raise
        yield from self._redo_all()

    def _redo_all(self) -> Iterator[Outcome]:
        while self.undone:
            yield from self._step(self.undone.pop())

    def next_undone(self, what: str) -> Step:
        """The step that `redo` would run. Raises Refused when there is none."""
        if self.undone:
            return self.undone[-1]
        raise Refused(f"there is no step to {what}: nothing has been undone")

    # --- its end ------------------------------------------------------------------------------------------------------

    def _committed(self) -> None:
        for step in self.done:
            step.fate = Fate.KEPT
        self.kept = self._last
        if self._state is State.OPEN:  # the last step has begun another one, which holds the rest of it
            self.kept -= 1
            self._lasting_steps[f"a part of step {self._last}"] = None

    def _end(self, stage: Stage) -> None:
        super()._end(stage)
        self._savepoints.forget()
        self._marks.forget()
        self.undone.clear()
