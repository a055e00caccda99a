r"""The shell's transaction: its statements are steps, from BEGIN to COMMIT; or in `dbx tx` from the first one on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from shutil import get_terminal_size
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from dbx.dialects.base import State, Syntax
from dbx.errors import DbxError, Refused
from dbx.rows import Outcome, Rows, Statement
from dbx.sql.effects import begins, ending
from dbx.sql.unit import Unit
from dbx.transaction import observer, orders
from dbx.transaction.control import savepoint
from dbx.transaction.stage import Stage
from dbx.transaction.step import Act, Fate, Step
from dbx.transaction.steps import Transaction
from dbx.wording import may_write

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

IDLE = 30
"""Seconds after which an open transaction is said to be idle."""
_LIMIT = 20
"""Rows of a step that are read before and after it."""


class Script(Protocol):
    """What `dbx tx` was told: how its transactions are, and the script to begin with."""

    file: str
    waits: bool

    @property
    def end(self) -> str: ...

    def transaction(self, *, interactive: bool) -> Transaction: ...

    def units(self) -> Iterator[Unit]: ...


class Steps:
    """The steps of a shell. `script` is what `dbx tx` runs; without one a transaction is what BEGIN opens."""

    def __init__(self, shell: Shell, script: Script | None) -> None:
        self._shell = shell
        self._script = script
        self._current: Transaction | None = None
        self._pending: Iterator[Unit] = iter(())
        self._at_end = False
        self._outermost = ""
        """The savepoint that has opened the transaction."""
        self._resting = monotonic()
        if script is not None and script.file:
            self._pending = script.units()

    # --- what orders ask for ------------------------------------------------------------------------------------------

    @property
    def transaction(self) -> Transaction:
        if self._current is None:
            raise Refused("no transaction is open", hint="begin opens one")
        return self._current

    @property
    def syntax(self) -> Syntax:
        return self._shell.connection.syntax

    def translate(self, unit: Unit) -> Iterator[Statement]:
        return self._shell.transcript.heard(unit, self._shell.translate(unit))

    def say(self, text: str) -> None:
        self._shell.screen.say(text)

    def tell(self, step: Step) -> None:
        hint = (
            "   \\diff shows before and after" if step.fate is Fate.DONE and step.effect and step.effect.changes else ""
        )
        self.say(step.line(get_terminal_size().columns - len(hint) - 1) + hint)
        for remark in step.effect.remarks if step.fate is Fate.DONE and step.effect else ():
            self.say(remark)

    # --- what is typed ------------------------------------------------------------------------------------------------

    @property
    def scripted(self) -> bool:
        """Whether everything is a step (`dbx tx`), which can be undone."""
        return self._script is not None

    @property
    def prompt(self) -> str:
        """The transaction, as far as it is one of steps."""
        open_ = self._current is not None and self._current.stage in (Stage.OPEN, Stage.FAILED)
        return orders.marks(self._current) if open_ and self._current else ""

    def rest(self) -> None:
        """From here on the transaction waits for its next step."""
        self._resting = monotonic()

    def idle(self) -> str:
        """What stands at the right of the prompt of a transaction that has waited long: others wait for its locks."""
        seconds = monotonic() - self._resting
        return f"idle {seconds:.0f} s, its locks are held" if self.prompt and seconds >= IDLE else ""

    def takes(self, unit: Unit) -> bool:
        """Whether a unit is for the transaction: as a step of it, or because it opens one."""
        if self._current is not None and self._current.stage in (Stage.OPEN, Stage.FAILED):
            return self._shell.connection.state is not State.LOST
        opens = unit.kind == "sql" and begins(unit.words) and unit.words[0] in ("BEGIN", "START")
        opens = opens or bool(self._beginning(unit))
        return self._shell.connection.state is State.IDLE and (opens or self._script is not None)

    def _beginning(self, unit: Unit) -> str:
        """The savepoint that a unit sets, where setting it outside of a transaction opens one."""
        opens = unit.words[:1] == ("SAVEPOINT",) and self._shell.connection.dialect.transactions.savepoint_begins
        return savepoint(unit.text, unit.words) if opens and self._script is None else ""

    def run(self, unit: Unit) -> None:
        """One unit that `takes` has taken."""
        transaction = self._current
        if transaction is None or transaction.stage not in (Stage.OPEN, Stage.FAILED, Stage.IDLE):
            transaction = self._current = self._new()
        begun = transaction.stage is Stage.IDLE
        if begun:
            self._outermost = self._beginning(unit)
        if begun and self._outermost:
            transaction.begin()
            self.say(f"transaction open        \\steps \\undo \\diff; commit (release {self._outermost}) or rollback")
        if unit.kind == "sql" and begins(unit.words) and begun:
            transaction.begin(unit.text)
            self._shell.transcript.order(unit.text)
            level = transaction.isolation
            self.say(
                f"transaction open{' · ' + level if level else ''}        \\steps \\undo \\diff; commit or rollback"
            )
        elif unit.kind == "sql" and ((said := ending(unit.words)) or self._releases_all(unit)):
            self._end(commit=said != "rollback")
            self._shell.transcript.order(unit.text)
        else:
            for statement in self.translate(unit):
                if statement.answer is not None:
                    self._shell.screen.show([self._shell.connection.run(statement)])
                else:
                    self._step(transaction, transaction.run(statement, unit))

    def _releases_all(self, unit: Unit) -> bool:
        """Whether it releases the savepoint that has opened the transaction, which is another word for COMMIT."""
        if not self._outermost or unit.words[:1] != ("RELEASE",):
            return False
        return self.transaction.number(savepoint(unit.text, unit.words), unit) == 1

    def _new(self) -> Transaction:
        if self._script is not None:
            return self._script.transaction(interactive=True)
        observe = observer.made(self._shell.database, self.say)
        return Transaction(self._shell.connection, limit=_LIMIT, observe=observe)

    def _step(self, transaction: Transaction, outcomes: Iterator[Outcome]) -> None:
        """Show a step's rows, and what it came to; of one that fails its error follows."""
        before = transaction.count
        screen = self._shell.screen
        chatty, screen.chatty = screen.chatty, False
        try:
            screen.show(outcomes)
        finally:
            screen.chatty = chatty
            if transaction.count > before:
                self.tell(transaction.steps[-1])
            if transaction.stage in (Stage.ROLLED_BACK, Stage.UNKNOWN):
                self.say(f"the transaction: {transaction.fate}")

    # --- the ORM Session's flushes (dbx.unit.flush) -------------------------------------------------------------------

    def for_flush(self) -> Steps | None:
        """This, where a flush would be a step; None in a transaction that is not of steps."""
        return self if self.prompt or self._shell.connection.state is State.IDLE else None

    def flush(self, flush: Act) -> None:
        """A flush as a step; in a transaction of its own, which goes with it when it fails, unless one is open."""
        transaction = self._current
        if transaction is None or transaction.stage not in (Stage.OPEN, Stage.FAILED, Stage.IDLE):
            transaction = self._current = self._new()
        began = transaction.stage is Stage.IDLE
        unit = Unit("flush", "", ())
        try:
            self._step(transaction, transaction.run(Statement(""), unit, flush))
        except BaseException:
            if began and transaction.stage in (Stage.OPEN, Stage.FAILED):
                transaction.rollback()
            raise
        if began:
            self._shell.transcript.order("begin")
        self._shell.transcript.left_out("flush")

    def _from(self, flush: Act | None) -> list[Step]:
        """The steps that stand, from this flush on."""
        done = self.transaction.done
        return done[next((place for place, step in enumerate(done) if step.act is flush), 0) :] if flush else done

    def back(self, flush: Act) -> None:
        """Undo a flush that is a step, and all steps behind it."""
        for step in self.transaction.undo(len(self._from(flush))):
            self.tell(step)

    def others(self, flush: Act | None) -> int:
        """How many statements that may have written stand behind a flush."""
        return sum(step.act is None and may_write(step.statement) for step in self._from(flush))

    def commit(self) -> None:
        """Commit the transaction that a flush began; whoever asks for it has confirmed it."""
        self.transaction.commit()
        self._shell.transcript.order("commit")

    def rollback(self) -> None:
        self.transaction.rollback()
        self._shell.transcript.order("rollback")

    # --- the end ------------------------------------------------------------------------------------------------------

    def _end(self, *, commit: bool) -> None:
        transaction, shell = self.transaction, self._shell
        if not commit:
            for notice in transaction.rollback():
                shell.screen.notice(notice)
        else:
            if shell.database.target.profile.production and not shell.screen.confirm(transaction.changed):
                raise Refused("not confirmed: the transaction is still open")
            transaction.commit()
        self.say(f"{transaction.fate} · {orders.count(transaction)}")

    def command(self, name: str, rest: str) -> None:
        """An order such as \\undo."""
        if name == "\\skip" and self._skips_pending():
            return
        self._answer(orders.ORDERS[name].run(self, rest))

    def _answer(self, answer: orders.Answer) -> None:
        screen = self._shell.screen
        chatty, screen.chatty = screen.chatty, screen.chatty and isinstance(answer, Rows)
        try:
            if answer is not None:
                screen.show(answer)
        finally:
            screen.chatty = chatty

    # --- the script of dbx tx -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Run the script up to its end, or to the first step that fails; with --step nothing yet."""
        if self._script is None or not self._script.file:
            return
        if self._script.waits:
            self._announce()
            return
        try:
            while self.next():
                pass
        except DbxError as error:
            self._shell.screen.error(error)
            self.say(f"stopped in {self._script.file}: Enter runs what comes next, rollback ends it")

    def next(self) -> bool:
        """Run what comes next in the script; False when there is nothing more."""
        unit = next(self._pending, None)
        if unit is None or self._script is None:
            self._pending = iter(())
            if self._script is not None and self._script.end and self.prompt and not self._at_end:
                self._at_end = True
                self._end(commit=self._script.end == "commit")
            return False
        if unit.kind == "command":
            order, rest = orders.find(unit.text)
            self._answer(order.run(self, rest))
        elif unit.kind == "sql" and self._script.end == "rollback" and ending(unit.words) == "commit":
            self.say("the script ends with COMMIT, and --rollback was said")
            self._end(commit=False)
        else:
            self.run(unit)
        if self._script.waits:
            self._announce()
        return True

    def _announce(self) -> None:
        unit = next(self._pending, None)
        if unit is None:
            self.say(f"the script is at its end{': commit or rollback' if self.prompt else ''}")
            return
        self._pending = chain([unit], self._pending)
        self.say(f"next: {' '.join(unit.text.split())[:60]}        Enter runs it, \\skip leaves it out")

    def _skips_pending(self) -> bool:
        """Leave out what comes next in the script, unless it is a step that was undone."""
        if self._current is not None and self._current.undone:
            return False
        unit = next(self._pending, None)
        if unit is None:
            return False
        self.say(f"left out: {' '.join(unit.text.split())[:60]}")
        self._announce()
        return True
