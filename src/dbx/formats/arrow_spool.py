"""Columns without a type, as SQLite's are: every cell has its own, and the last may be another than all before.

So all rows are kept in a temporary file until each column's types are known, and none decides for the others:

- integers are int64 if they fit, reals float64, blobs binary;
- integers among reals are float64 if each is exactly a real, which it is up to 2**53;
- anything else is text: every value as the text formats write it, numbers with all their digits;
- a column without a value is text, because nothing speaks against it;
- blobs among other values are refused, because no type tells which were blobs.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO

from dbx.errors import OutputFailed
from dbx.formats.arrow_types import BINARY, INTEGER, REAL, TEXT, Kind
from dbx.formats.cells import turned
from dbx.formats.visible import visible
from dbx.rows import Batch, Cell, Column


def learned(
    columns: Sequence[Column], kinds: Sequence[Kind | None], batches: Iterator[Batch]
) -> tuple[list[Kind], Iterable[Batch]]:
    """A kind for every column, and the rows again. Nothing is read when all kinds are known."""
    known = [kind for kind in kinds if kind is not None]
    if len(known) == len(kinds):
        return known, batches
    file = TemporaryFile()  # noqa: SIM115 - read on until the rows have been written
    seen = [_Seen(column) for column in columns]
    try:
        for batch in filter(None, batches):
            pickle.dump(batch, file, pickle.HIGHEST_PROTOCOL)
            for column, cells in zip(seen, turned(batch, len(seen)), strict=True):
                column.see(cells)
        file.seek(0)
    except OSError as error:
        raise OutputFailed(f"the rows' temporary file: {error.strerror}") from None
    return [kind or column.kind() for kind, column in zip(kinds, seen, strict=True)], _again(file)


def _again(file: IO[bytes]) -> Iterator[Batch]:
    with file:
        while file.peek(1):  # type: ignore[attr-defined]
            yield pickle.load(file)


class _Seen:
    """What a column has held so far: each type with the row that had it first, and the range of the integers."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.rows = 0
        self.first: dict[type, int] = {}
        self.lowest = self.highest = 0

    def see(self, cells: Sequence[Cell]) -> None:
        for kind in set(map(type, cells)) - self.first.keys() - {type(None)}:
            self.first[kind] = self.rows + 1 + next(index for index, cell in enumerate(cells) if type(cell) is kind)
        if int in self.first:
            integers = [cell for cell in cells if type(cell) is int]
            self.lowest, self.highest = min([self.lowest, *integers]), max([self.highest, *integers])
        self.rows += len(cells)

    def kind(self) -> Kind:
        kinds = set(self.first)
        if bytes in kinds and len(kinds) > 1:
            other = min(row for kind, row in self.first.items() if kind is not bytes)
            raise OutputFailed(
                f"column '{visible(self.column.name)}' holds a blob in row {self.first[bytes]:,} and none in {other:,}",
                hint="quote(column) in the statement writes both as text, each so that it can be told",
            )
        if kinds == {bytes}:
            return BINARY
        if kinds == {int} and self.lowest >= -(2**63) and self.highest < 2**63:
            return INTEGER
        if kinds == {float} or (kinds == {int, float} and self.lowest >= -(2**53) and self.highest <= 2**53):
            return REAL
        return TEXT
