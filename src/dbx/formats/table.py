"""The table of the terminal: header, rule, rows; widths come from a sample, so rows stream in constant memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from rich.cells import cell_len

from dbx.formats import Format, Style
from dbx.formats.cells import all_numbers, texts
from dbx.formats.vertical import BOLD, DIM, RESET, blocks, cut
from dbx.formats.visible import visible
from dbx.rows import Batch, Cell, Column, Rows

SAMPLE = 500
"""Rows of the first batch that are measured before the header is written."""

NARROW = 6
"""A column that would be cut to fewer cells than this tells nothing: such rows are shown vertically."""

_GAP = "  "


def write(rows: Rows, style: Style) -> Iterator[bytes]:
    """Cells are cut to fit the terminal, if there is one; rows that cannot fit are shown vertically."""
    batches = rows.here()
    first = next(batches, ())
    table = _Table(rows.columns, style, first[:SAMPLE])
    if table.too_wide:
        yield from blocks(rows.columns, chain([first], batches), style)
        return
    yield from table.header()
    for batch in chain([first], batches):
        if batch and rows.columns:
            yield table.lines(batch)


class _Shown(NamedTuple):
    """A column of a batch, ready to be laid out."""

    cells: Sequence[Cell]
    texts: list[str]
    lengths: list[int]


class _Table:
    """The widths of the columns, now and as they would like to be."""

    def __init__(self, columns: Sequence[Column], style: Style, sample: Batch) -> None:
        self.style = style
        self.null = visible("NULL" if style.null is None else style.null)
        self.names = [visible(column.name) for column in columns]
        shown = self._shown(sample) if sample else []
        self.right = [column.numeric for column in columns]
        for index, column in enumerate(shown):
            self.right[index] |= all_numbers(column.cells)
        self.wanted = [cell_len(name) if style.header else 0 for name in self.names]
        for index, column in enumerate(shown):
            self.wanted[index] = max(self.wanted[index], *column.lengths)
        self.room = None if style.width is None else style.width - len(_GAP) * (len(columns) - 1)
        fitted = _fitted(self.wanted, self.room)
        self.too_wide = fitted is None
        self.widths = fitted or []

    def header(self) -> Iterator[bytes]:
        """Names and rule."""
        if not self.style.header or not self.names:
            return
        last = len(self.names) - 1
        names = [self._padded(index, [name], [cell_len(name)])[0] for index, name in enumerate(self.names)]
        line = _GAP.join(names)
        rule = "─" * (sum(self.widths) + len(_GAP) * last)
        if self.style.colour:
            line, rule = f"{BOLD}{line}{RESET}", f"{DIM}{rule}{RESET}"
        yield f"{line}\n{rule}\n".encode()

    def lines(self, batch: Batch) -> bytes:
        """The rows. A row with a wider cell is where its column widens, however the rows were batched."""
        shown = self._shown(batch)
        written: list[str] = []
        start = 0
        while start < len(batch):
            end = self._first_wider(shown, start)
            written += self._laid_out(shown, start, end)
            start = end
            if start < len(batch):
                self._widen([column.lengths[start] for column in shown])
        return ("\n".join(written) + "\n").encode()

    def _shown(self, batch: Batch) -> list[_Shown]:
        return [self._column(cells) for cells in zip(*batch, strict=True)]

    def _column(self, cells: Sequence[Cell]) -> _Shown:
        """Plain text, which is most of it, needs one look for the whole column."""
        column = [self.null if text is None else text for text in texts(cells)]
        if self.style.width is not None:
            # What can never be seen need not be made visible: a cell may hold megabytes.
            most = 32 * max(self.style.width, 1)
            column = [text[:most] for text in column]
        joined = "".join(column)
        if joined.isascii() and joined.isprintable():
            return _Shown(cells, column, list(map(len, column)))
        column = list(map(visible, column))
        return _Shown(cells, column, list(map(cell_len, column)))

    def _first_wider(self, shown: list[_Shown], start: int) -> int:
        """The first row from `start` on with a cell wider than its column ever wanted to be."""
        end = len(shown[0].lengths)
        for column, wanted in zip(shown, self.wanted, strict=True):
            if max(column.lengths[start:end], default=0) > wanted:
                end = next(index for index in range(start, end) if column.lengths[index] > wanted)
        return end

    def _widen(self, lengths: list[int]) -> None:
        """Columns take what is left of the terminal; none gives back what it has."""
        for index, length in enumerate(lengths):
            self.wanted[index] = max(self.wanted[index], length)
            spare = length if self.room is None else self.room - sum(self.widths)
            self.widths[index] = min(max(self.widths[index], length), self.widths[index] + spare)

    def _laid_out(self, shown: list[_Shown], start: int, end: int) -> Iterator[str]:
        columns = []
        for index, (cells, column, lengths) in enumerate(shown):
            padded = self._padded(index, column[start:end], lengths[start:end])
            if self.style.colour:
                padded = [
                    f"{DIM}{text}{RESET}" if cell is None else text
                    for text, cell in zip(padded, cells[start:end], strict=True)
                ]
            columns.append(padded)
        return map(_GAP.join, zip(*columns, strict=True))

    def _padded(self, index: int, column: list[str], lengths: list[int]) -> list[str]:
        """Every cell in the column's width; nothing stands behind the last column, so it needs no blanks."""
        width = self.widths[index]
        pairs = zip(column, lengths, strict=True)
        if self.right[index]:
            return [" " * (width - length) + text if length <= width else cut(text, width) for text, length in pairs]
        if index == len(self.widths) - 1:
            return [text if length <= width else cut(text, width) for text, length in pairs]
        return [text + " " * (width - length) if length <= width else cut(text, width) for text, length in pairs]


def _fitted(wanted: list[int], room: int | None) -> list[int] | None:
    """Widths that fit: narrow columns keep theirs, the widest share what is left evenly. None if that is too little."""
    if room is None or sum(wanted) <= room:
        return list(wanted)
    left, share, sharing = room, 0, len(wanted)
    for width in sorted(wanted):
        share = left // sharing
        if width > share:
            break
        left, sharing = left - width, sharing - 1
    if share < NARROW:
        return None
    widths = [min(width, share) for width in wanted]
    for index, width in enumerate(wanted):
        if width > share and sum(widths) < room:
            widths[index] += 1
    return widths


TABLE = Format("table", write, human=True, between=b"\n")
