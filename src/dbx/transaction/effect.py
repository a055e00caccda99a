"""What a step has changed: how many rows, and of the first of them every cell before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from dbx.rows import Cell, Column, Rows

Cells = tuple[Cell, ...]


class Change(NamedTuple):
    """One row: its key, and its cells before and after; None where there was, or is, no such row."""

    key: Cells
    before: Cells | None
    after: Cells | None


class Told(Protocol):
    """What there is to show of a step's effect."""

    @property
    def changes(self) -> Sequence[tuple[Any, ...]]: ...

    @property
    def remarks(self) -> list[str]: ...

    def rows(self) -> Rows: ...

    def record(self) -> dict[str, Any]: ...


class Effect(NamedTuple):
    """What a write has done. `unknown` is why its rows are not known, '' when `changes` are the truth.

    `total` is how many rows it has changed; `changes` holds the first of them. `elsewhere` is what triggers and
    cascades have changed in other tables, each with a count; "" stands for tables that are not known.
    """

    table: str
    key: tuple[Column, ...] = ()
    columns: tuple[Column, ...] = ()
    changes: tuple[Change, ...] = ()
    total: int | None = None
    unknown: str = ""
    elsewhere: tuple[tuple[str, int | None], ...] = ()

    @property
    def remarks(self) -> list[str]:
        """What there is to say beside the changes."""
        said = [f"before not known: {self.unknown}"] if self.unknown else []
        if not self.unknown and self.total is not None and self.total > len(self.changes):
            said.append(f"the first {len(self.changes):,} of {self.total:,} rows")
        for table, count in self.elsewhere:
            where = table or "other tables"
            told = "what triggers and cascades changed in" if count is None else f"{count:,} rows changed in"
            said.append(f"{told} {where}" + (" is not known" if count is None else " by triggers or cascades"))
        return said

    def record(self) -> dict[str, Any]:
        """The effect for machines: of each row its key, and its cells before and after."""
        names = [column.name for column in self.columns]
        changes = [
            {
                "key": dict(zip([column.name for column in self.key], change.key, strict=True)),
                "before": None if change.before is None else dict(zip(names, map(_plain, change.before), strict=True)),
                "after": None if change.after is None else dict(zip(names, map(_plain, change.after), strict=True)),
            }
            for change in self.changes
        ]
        known = {"changes": changes} if not self.unknown else {"unknown": self.unknown}
        return {"table": self.table, **known, "elsewhere": [{"table": t or None, "rows": n} for t, n in self.elsewhere]}

    def rows(self) -> Rows:
        """The changes as rows: of an update one for each cell that differs, else the rows themselves."""
        if all(change.before is not None and change.after is not None for change in self.changes):
            return Rows.of(*self.key, "column", "before", "after", rows=self._cells())
        sign = {change.before is None for change in self.changes}
        name = "inserted" if sign == {True} else "deleted" if sign == {False} else "change"
        shown = ((change.before or change.after or ()) for change in self.changes)
        marks = ("+" if change.before is None else "-" for change in self.changes)
        return Rows.of(name, *self.columns, rows=((mark, *cells) for mark, cells in zip(marks, shown, strict=True)))

    def _cells(self) -> Iterator[Cells]:
        for key, before, after in self.changes:
            for column, old, new in zip(self.columns, before or (), after or (), strict=True):
                if not _same(old, new):
                    yield (*key, column.name, old, new)


def _plain(cell: Cell) -> str | int | float | None:
    return f"\\x{cell.hex()}" if isinstance(cell, bytes) else cell


def _same(one: Cell, other: Cell) -> bool:
    """To SQLite 1 and 1.0 are two values."""
    return one == other and type(one) is type(other)
