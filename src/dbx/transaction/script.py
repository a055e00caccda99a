"""A script as one transaction of steps: run to its end, then committed or rolled back; every way out says which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import uniform
from time import sleep
from typing import NamedTuple

from dbx.dialects.base import Syntax
from dbx.dialects.transactions import DEADLOCK, SERIALIZATION, Ended
from dbx.errors import ConnectionLost, DbxError, Interrupted, Refused, RolledBack, StatementFailed
from dbx.rows import Outcome, Rows, Statement
from dbx.sql.effects import begins, ending
from dbx.sql.examine import is_uncounted, note
from dbx.sql.fate import add
from dbx.sql.unit import Unit
from dbx.transaction.orders import find
from dbx.transaction.stage import Stage
from dbx.transaction.step import Step
from dbx.transaction.steps import Transaction
from dbx.wording import first_word

Translate = Callable[[Unit], Iterator[Statement]]


class Plan(NamedTuple):
    """What is to become of a script. `end` is "commit" or "rollback", which the script's own last word may be too;
    `go_on` leaves a failed step out. `confirm` is asked before COMMIT, and `settle` called: it delivers the output.
    `diff`: what each step has changed is shown."""

    end: str = ""
    go_on: bool = False
    max_rows: int | None = None
    expect: int | None = None
    retry: int = 0
    confirm: Callable[[int | None], bool] | None = None
    settle: Callable[[], None] = lambda: None
    diff: bool = False


class Run:
    """One attempt at a script. `tell` hears of every step that has run, and of those that are undone."""

    def __init__(
        self, transaction: Transaction, translate: Translate, plan: Plan, say: Callable[[str], None],
        tell: Callable[[Step], None],
    ) -> None:  # fmt: skip
        self.transaction = transaction
        self.translate = translate
        self.plan = plan
        self.say = say
        self.failed = 0
        self.tell = tell

    @property
    def syntax(self) -> Syntax:
        return self.transaction.connection.syntax

    def steps(self, units: Iterable[Unit]) -> Iterator[Outcome]:
        """All units, then what becomes of them. Whatever goes wrong, nothing is left open."""
        transaction = self.transaction
        said = ""
        try:
            remaining = iter(units)
            for unit in remaining:
                if unit.kind == "sql" and (said := ending(unit.words)):
                    self._check_last(unit, next(remaining, None))
                else:
                    yield from self.unit(unit)
            yield from self.end(said)
        except (DbxError, Interrupted) as error:
            self._roll_back(error)
            raise
        except GeneratorExit as left:
            if isinstance(left.__context__, DbxError | Interrupted):  # why the reader has left
                self._roll_back(left.__context__)
            raise
        finally:
            if transaction.stage in (Stage.OPEN, Stage.FAILED):
                self._roll_back(None)

    def unit(self, unit: Unit) -> Iterator[Outcome]:
        """One unit: an order, BEGIN, or a step."""
        if unit.kind == "command":
            order, rest = find(unit.text)
            answer = order.run(self, rest)
            outcomes = iter([Outcome(Statement(""), answer)]) if isinstance(answer, Rows) else iter(answer or ())
            yield from self._going_on(outcomes, Statement(unit.text, None, unit.source, unit.line, unit.column))
            return
        if unit.kind == "sql" and begins(unit.words) and self.transaction.stage is Stage.IDLE:
            self.transaction.begin(unit.text)
            return
        counts = "--max-rows" if self.plan.max_rows is not None else "--expect" if self.plan.expect is not None else ""
        if counts and is_uncounted(unit, self.transaction.connection):
            raise Refused(f"what {unit.words[0]} changes is not counted, so {counts} cannot hold", place=unit.place)
        for statement in self.translate(unit):
            yield from self._one(statement, unit)

    def _one(self, statement: Statement, unit: Unit) -> Iterator[Outcome]:
        transaction = self.transaction
        before = transaction.count
        try:
            yield from self._going_on(transaction.run(statement, unit), statement)
        finally:
            if transaction.count > before and transaction.steps:
                self.tell(transaction.steps[-1])
        self._check_open(statement, unit)
        effect = transaction.steps[-1].effect if transaction.count > before else None
        if self.plan.diff and effect is not None and effect.changes:
            yield Outcome(Statement(""), effect.rows())
        most = self.plan.max_rows
        if most is not None and transaction.changed > most:
            raise Refused(f"{transaction.changed:,} rows changed, more than --max-rows {most:,}")

    def _going_on(self, outcomes: Iterator[Outcome], statement: Statement) -> Iterator[Outcome]:
        """The outcomes; a step that fails is one of them, where the script goes on behind it."""
        try:
            yield from outcomes
        except StatementFailed as error:
            retried = self.plan.retry and error.conflict in (DEADLOCK, SERIALIZATION)
            if not self.plan.go_on or self.transaction.stage is not Stage.OPEN or retried:
                raise
            self.failed += 1
            outcome = Outcome(statement)
            outcome.error = error
            yield outcome

    def _check_open(self, statement: Statement, unit: Unit) -> None:
        """Whether the statement has left the transaction as it should."""
        ended = self.transaction.ended
        if ended is Ended.COMMITTED and not self.transaction.allow:
            told = f"{first_word(statement)} has committed the open transaction"
            raise Refused(told, hint="--allow-permanent goes on behind it", place=unit.place)
        if ended in (Ended.ROLLED_BACK, Ended.UNKNOWN):
            raise RolledBack(f"{first_word(statement)} has {ended.value} the open transaction", place=unit.place)

    def end(self, said: str) -> Iterator[Outcome]:
        """COMMIT, unless something speaks against it, or ROLLBACK; `said` is how the script ends itself."""
        transaction, plan = self.transaction, self.plan
        end = plan.end or said
        if transaction.stage is Stage.OPEN and not end:
            raise Refused("neither --commit nor --rollback was said, and the script does not say it either")
        if plan.expect is not None and transaction.changed != plan.expect:
            raise Refused(f"{transaction.changed:,} rows changed, and --expect says {plan.expect:,}")
        if "rollback" in (end, said):
            yield from self._end_without_effect(said)
            return
        if transaction.stage is not Stage.OPEN:
            return
        if plan.confirm and transaction.changed and not plan.confirm(transaction.changed):
            raise Refused("not confirmed")
        plan.settle()
        transaction.commit()

    def _end_without_effect(self, said: str) -> Iterator[Outcome]:
        """ROLLBACK, which wins over COMMIT whoever says it; what is left all the same is refused too late."""
        if self.transaction.stage is Stage.OPEN:
            self.transaction.rollback()
        if self.transaction.stays:
            raise Refused("not all of it could be rolled back")
        if said == "rollback" and self.plan.end == "commit":
            raise Refused("the script ends with ROLLBACK, and --commit was said: rolled back", hint="leave out one")
        if said == "commit" and self.plan.end == "rollback":
            yield note("the script ends with COMMIT, and --rollback was said: rolled back")

    def _check_last(self, unit: Unit, following: Unit | None) -> None:
        if following is not None:
            raise Refused(
                f"{unit.words[0]} in the middle: a script is one transaction of steps",
                hint=f"on line {following.line} it goes on",
                place=unit.place,
            )

    def _roll_back(self, error: DbxError | Interrupted | None) -> None:
        """End what is still open, and let the error say what has become of the transaction."""
        transaction = self.transaction
        began = transaction.count or transaction.stage is not Stage.IDLE
        if transaction.stage in (Stage.OPEN, Stage.FAILED):
            try:
                transaction.rollback()
            except (DbxError, Interrupted):
                transaction.abandon()  # the server rolls back what it cannot be asked about
        if error is None or not began or (error.fate and not transaction.stays):
            return
        lost = isinstance(error, ConnectionLost) and error.lost_work
        if transaction.fate != Stage.ROLLED_BACK.value:
            add(error, transaction.fate)
        elif not lost:  # which has said so itself
            add(error, "all of it was rolled back")


def run(
    make: Callable[[], Run], units: Callable[[], Iterable[Unit]], plan: Plan, waited: Callable[[float], None] = sleep
) -> Iterator[Outcome]:
    """A script from its beginning, and once more for each time that another transaction was in its way."""
    for attempt in range(1, plan.retry + 2):
        attempted = make()
        try:
            yield from attempted.steps(units())
        except StatementFailed as error:
            if error.conflict not in (DEADLOCK, SERIALIZATION) or attempt > plan.retry:
                raise
            if attempted.transaction.stays:  # run again, that would be there twice
                add(error, "not run again")
                raise
            yield note(f"{error.conflict}: rolled back, attempt {attempt + 1} of {plan.retry + 1}")
            waited(uniform(0, 0.05 * 2 ** min(attempt, 6)))
            continue
        if attempted.failed:
            left = f"{attempted.failed} step{'' if attempted.failed == 1 else 's'} failed and left out"
            raise StatementFailed(f"{left}; the others: {attempted.transaction.fate}", code="E-SCRIPT")
        return
