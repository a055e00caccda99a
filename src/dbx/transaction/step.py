"""A Step: one statement of a transaction, with its number and what became of it."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from dbx.errors import DbxError
from dbx.rows import Statement
from dbx.sql.examine import COUNTED
from dbx.sql.unit import Unit
from dbx.transaction.effect import Told
from dbx.wording import first_word


class Fate(Enum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"
    SKIPPED = "skipped"
    KEPT = "kept"
    """Lasting, whatever becomes of the transaction: the server has committed it by itself."""


class Act(Protocol):
    """A step that is more than one statement: a flush (dbx.unit.flush)."""

    text: str

    @property
    def effect(self) -> Told: ...

    def tables(self) -> list[str]:
        """Those that it writes."""

    def do(self) -> int:
        """Perform it; how many rows it has changed."""

    def undo(self) -> None:
        """The server has gone back to before it."""


class Step:
    """`statement` is what was sent, or `act` performed; `rows` and `changed` are its counts, `savepoint` stands before
    it on the server."""

    def __init__(self, number: int, statement: Statement, unit: Unit, act: Act | None = None) -> None:
        self.number = number
        self.statement = statement
        self.unit = unit
        self.act = act
        self.fate = Fate.WAITING
        self.rows: int | None = None
        self.changed: int | None = None
        self.seconds = 0.0
        self.error: DbxError | None = None
        self.effect: Told | None = None
        self.savepoint = ""
        self.lasting = ""
        """Why it cannot be undone, '' if it can."""

    def undone(self) -> None:
        """The server has gone back to before it."""
        self.fate = Fate.UNDONE
        if self.act is not None:
            self.act.undo()

    @property
    def text(self) -> str:
        """The statement on one line, as the user wrote it."""
        if self.act is not None:
            return self.act.text
        return " ".join((self.unit.text if self.unit.kind == "sql" else self.statement.shown).split())

    def line(self, width: int = 80) -> str:
        """'step 3 · UPDATE track SET … · 1,297 rows changed', no longer than that where it can be."""
        head, tail = f"step {self.number} · ", f" · {self.outcome}"
        room = max(width - len(head) - len(tail), 12)
        text = self.text if len(self.text) <= room else f"{self.text[: room - 1]}…"
        return f"{head}{text}{tail}"

    @property
    def outcome(self) -> str:
        if self.fate is not Fate.DONE:
            return str(self.fate.value)
        if self.changed or (self.changed is not None and first_word(self.statement) in COUNTED):
            return f"{_count(self.changed, 'row')} changed"
        return "done" if self.rows is None else _count(self.rows, "row")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
