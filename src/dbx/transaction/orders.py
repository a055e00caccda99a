r"""What can be asked of a transaction's steps: one function for each, for the shell's `\undo` and a script's alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from dbx.dialects.base import Syntax
from dbx.errors import OutputFailed, Refused, UsageError
from dbx.rows import Column, Outcome, Rows, Statement
from dbx.sql.effects import is_transaction_control
from dbx.sql.texts import units
from dbx.sql.unit import Unit
from dbx.transaction import locks
from dbx.transaction.stage import Stage
from dbx.transaction.step import Step
from dbx.transaction.steps import Transaction

Answer = Rows | Iterable[Outcome] | None


class Stepper(Protocol):
    """Who gives the orders: the shell, or a script that is being run."""

    @property
    def transaction(self) -> Transaction: ...

    @property
    def syntax(self) -> Syntax: ...

    def translate(self, unit: Unit, /) -> Iterator[Statement]: ...

    def say(self, text: str, /) -> None: ...

    def tell(self, step: Step, /) -> None:
        """Say what has become of a step."""


class Order(NamedTuple):
    arguments: str
    summary: str
    run: Callable[[Stepper, str], Answer]


def _steps(stepper: Stepper, rest: str) -> Rows:
    transaction = stepper.transaction
    if transaction.forgotten:
        stepper.say(f"the first {transaction.forgotten:,} steps are not remembered")
    lines = [(step.number, step.fate.value, step.rows, step.changed, step.text) for step in transaction.steps]
    number = Column("step", kind="number")
    counts = (Column("rows", kind="number"), Column("changed", kind="number"))
    return Rows.of(number, "state", *counts, "statement", rows=lines)


def _undo(stepper: Stepper, rest: str) -> None:
    for step in stepper.transaction.undo(_number(rest, 1)):
        stepper.tell(step)
    for warning in stepper.transaction.left:
        stepper.say(f"not all of it is undone: {warning}")


def _redo(stepper: Stepper, rest: str) -> Iterator[Outcome]:
    for _ in range(_number(rest, 1)):
        step = stepper.transaction.next_undone("redo")
        yield from stepper.transaction.redo()
        stepper.tell(step)


def _skip(stepper: Stepper, rest: str) -> None:
    stepper.tell(stepper.transaction.skip())


def _edit(stepper: Stepper, rest: str) -> Iterator[Outcome]:
    number, _, text = rest.strip().partition(" ")
    if not text.strip():
        raise UsageError("which step, and what instead?", hint=r"\edit 2 UPDATE …")
    found = [(statement, unit) for unit in units([text], stepper.syntax) for statement in stepper.translate(unit)]
    if len(found) != 1:
        raise UsageError(f"a step is one statement, and this is {len(found)}")
    if found[0][1].kind == "sql" and is_transaction_control(found[0][1].words):
        raise Refused("a step that is edited cannot begin, end or divide the transaction")
    transaction = stepper.transaction
    later = [step for step in transaction.done if step.number > _number(number, 0)]
    yield from transaction.edit(_number(number, 0), *found[0])
    for step in transaction.steps:
        if step.number == _number(number, 0) or step in later:
            stepper.tell(step)


def _diff(stepper: Stepper, rest: str) -> Rows:
    """Of one step, or of the last that has changed rows."""
    steps = stepper.transaction.steps
    if rest.strip():
        steps = [step for step in steps if step.number == _number(rest, 0)]
    step = next((step for step in reversed(steps) if step.effect is not None), None)
    if step is None or step.effect is None:
        raise Refused("no step of which a difference is known")
    stepper.say(step.line())
    for remark in step.effect.remarks:
        stepper.say(remark)
    return step.effect.rows()


def _save(stepper: Stepper, rest: str) -> None:
    """The steps that stand, as a script that leaves what they have left."""
    file, steps = Path(rest.strip()), stepper.transaction.done
    if not rest.strip():
        raise UsageError("into which file?", hint=r"\save FILE")
    if stepper.transaction.forgotten:
        hint = "of a script from standard input only the last steps are known: give it as a file"
        raise Refused("the first steps are not remembered", hint=hint)
    if not steps:
        raise Refused("there is no step to save")
    text = _script(steps, expressions=file.suffix.lower() == ".dbx")
    try:
        with file.open("x", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(text)
    except FileExistsError:
        raise Refused(f"{file} is there already") from None
    except OSError as error:
        raise OutputFailed(f"{file}: {error.strerror}") from None
    stepper.say(f"{len(steps)} step{'s' * (len(steps) != 1)} saved: dbx tx TARGET {file} --commit")


def _script(steps: list[Step], *, expressions: bool) -> str:
    lines = []
    for step in steps:
        if step.unit.data is not None:
            raise Refused(f"step {step.number} cannot be saved: its rows have been read")
        if step.act is not None:
            raise Refused(f"step {step.number} cannot be saved: the keys of a flush are the server's")
        if expressions and step.unit.kind == "sql":
            raise Refused(f"step {step.number} is SQL", hint="a script of SQL and expressions is saved as .sql")
        sql = step.unit.text if step.unit.kind == "sql" else step.statement.shown
        lines.append(f"{step.unit.text}\n" if expressions else f"{sql};\n")
    return "".join(dict.fromkeys(lines) if expressions else lines)


def _isolation(stepper: Stepper, rest: str) -> Rows | None:
    transaction = stepper.transaction
    if rest.strip():
        transaction.set_level(rest.strip().upper().replace("-", " "))
    levels = transaction.connection.dialect.transactions.levels
    now = transaction.isolation
    return Rows.of("isolation level", "now", rows=[(level, "*" if level == now else "") for level in levels])


def _locks(stepper: Stepper, rest: str) -> Rows:
    return locks.held(stepper.transaction.connection)


def _number(text: str, default: int) -> int:
    text = text.strip()
    if not text and default:
        return default
    if not text.isdigit() or not int(text):
        raise UsageError(f"not the number of a step: '{text}'")
    return int(text)


ORDERS = {
    "\\steps": Order("", "the steps of the transaction, and what became of each", _steps),
    "\\undo": Order("[N]", "take back the last step, or the last N", _undo),
    "\\redo": Order("[N]", "run again what was undone", _redo),
    "\\skip": Order("", "leave out the step that \\redo would run", _skip),
    "\\edit": Order("N TEXT", "run another statement as step N, then the later steps again", _edit),
    "\\diff": Order("[N]", "the rows of the last step, or of step N, before and after", _diff),
    "\\save": Order("FILE", "write the steps that stand into a script", _save),
    "\\isolation": Order("[LEVEL]", "the isolation level; set it before the first step", _isolation),
    "\\locks": Order("", "what the transaction holds and waits for", _locks),
}


def find(text: str) -> tuple[Order, str]:
    """The order of a line, and what stands behind its name. Raises UsageError."""
    word, _, rest = text.strip().rstrip(";").partition(" ")
    if word not in ORDERS:
        raise UsageError(f"no order {word} for a transaction", hint=", ".join(ORDERS))
    return ORDERS[word], rest


def count(transaction: Transaction) -> str:
    """How many steps stand: '3 steps', or '2 of 3 steps' where others have failed or are undone."""
    standing = f"{transaction.standing:,} of " if transaction.standing != transaction.count else ""
    return f"{standing}{transaction.count:,} step{'' if transaction.count == 1 else 's'}"


def marks(transaction: Transaction) -> str:
    """The transaction as a prompt shows it."""
    if transaction.stage is Stage.FAILED:
        return " [tx failed]"
    done = len(transaction.done)
    return f" [tx {done} step{'' if done == 1 else 's'}]" if done else " [tx]"
