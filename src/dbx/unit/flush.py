"""One flush: what it writes, and how the Session goes back to before it once its rows have been taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sqlalchemy import inspect

from dbx.errors import Refused
from dbx.rows import Cell, Rows
from dbx.unit.shown import CHANGES
from dbx.unit.states import Snapshot, ended
from dbx.unit.written import Written

if TYPE_CHECKING:
    from dbx.unit.work import Work


class Steps(Protocol):
    """A transaction of steps (dbx.transaction), in which a flush is one: with a savepoint before it."""

    def flush(self, flush: Flush, /) -> None:
        """Perform it, in a new transaction if none is open. When it fails, it is taken back, and raises."""

    def back(self, flush: Flush, /) -> None:
        """Undo it, and all that came behind it."""

    def others(self, flush: Flush | None, /) -> int:
        """How many statements of the user's may have written, behind this flush."""

    def commit(self) -> None: ...

    def rollback(self) -> None: ...


Lines = list[tuple[Cell, ...]]
"""About one object (dbx.unit.shown.changes)."""
LIMIT = 20
"""Objects of a flush whose changes are kept."""


class Effect(NamedTuple):
    """What a flush has written, attribute by attribute, as far as the Session knows it (dbx.transaction.effect)."""

    changes: Lines
    remarks: list[str]

    def rows(self) -> Rows:
        return Rows.of(*CHANGES, rows=self.changes)

    def record(self) -> dict[str, Any]:
        return {"changes": [dict(zip(CHANGES, line, strict=True)) for line in self.changes]}


def no_steps() -> Steps | None:
    return None


def no_check(flush: Flush) -> None:
    """Nothing is known that a flush should not write."""


class Flush:
    """Of a Session, as a step (dbx.transaction.step): `undo` when the server has gone back to before it."""

    def __init__(self, work: Work, *, begins: bool) -> None:
        self._work = work
        self.begins = begins
        """Whether the transaction is its own."""
        self._wrote = Written()
        self._back: Callable[[], None] | None = None
        self.text = "flush"
        """What it has sent, in a few words."""
        self.rows = 0
        """How many it has written."""
        self.effect = Effect([], [])

    def tables(self) -> list[str]:
        """Those of the objects that it would write."""
        session = self._work.session
        objects = (*session.new, *session.dirty, *session.deleted)
        return sorted({str(table.name) for each in objects for table in inspect(each).mapper.tables})

    def do(self) -> int:
        """Write; how many rows. Raises Refused when there is nothing to, and the server's error, after which the
        Session is as before."""
        work = self._work
        if not work.unwritten:
            raise Refused("the Session has nothing to write", hint="\\skip leaves the flush out")
        described = work.describe()
        changes = [line for lines in described[:LIMIT] for line in lines]
        more = [f"the first {LIMIT} of {len(described):,} objects"] if len(described) > LIMIT else []
        try:
            work.on_worker(self.write)
        except BaseException:
            if self._back is not None:  # it had ended, and is taken back all the same
                self.undo()
            raise
        self.effect = Effect(changes, more)
        work.part.done(self)
        return self.rows

    def write(self) -> None:
        """The flush itself, on the worker. When it fails, the Session is as before, and the server may not be."""
        work = self._work
        session = work.session
        new = [(each, dict(inspect(each).dict)) for each in session.new]
        gone, changed = list(session.deleted), [each for each in session.dirty if session.is_modified(each)]
        snapshot = Snapshot(session)
        work.log.cause, before = "flush", len(work.log.sent)
        try:
            session.flush()
        except BaseException:
            session.rollback()
            snapshot.restore()
            raise
        ended(session)
        sent = [each for each in work.log.sent[before:] if each.cause == "flush"]
        kinds = Counter(_kind(each.text) for each in sent)
        self.text = "flush: " + ", ".join(f"{count:,} × {kind}" if count > 1 else kind for kind, count in kinds.items())
        self.rows = sum(len(each.parameters) if isinstance(each.parameters, list) else 1 for each in sent)
        self._wrote = Written()
        for each in (self._wrote, work.written):
            each.add(new, gone, changed)
        self._back = snapshot.restore

    def undo(self) -> None:
        """What it has written is still to be written: the Session is as it was before it."""
        if self._back is None:
            return
        for each in (self._work.written, self._work.handed):
            each.leave(self._wrote)
        self._wrote.give_back(self._work.session)
        self._back()
        self._back = None
        self._work.part.undone(self)
        self._work.notes.append("what the flush wrote is still to be written: \\session")


def _kind(text: str) -> str:
    """INSERT artist"""
    words = text.split()
    places = {"INSERT": 2, "DELETE": 2, "UPDATE": 1}
    name: Any = words[places[words[0]]] if words[0] in places else ""
    return f"{words[0]} {name}".rstrip()
