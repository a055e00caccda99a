"""The table of the terminal: header, rule, rows; widths come from a sample, so rows stream in constant memory.

What is wider than the terminal is cut with `…`, folded within its column, or left to be scrolled sideways, as the style
says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

from dbx.formats import Format, Style
from dbx.formats.cells import Marked, all_numbers, texts
from dbx.formats.vertical import BOLD, DIM, MARK, RESET, blocks, cut
from dbx.formats.visible import visible
from dbx.rows import Batch, Cell, Column, Rows

SAMPLE = 500
"""Rows of the first batch that are measured before the header is written."""

NARROW = 6
"""A column that would be cut to fewer cells than this tells nothing: such rows are shown vertically."""

_GAP = "  "


def write(rows: Rows, style: Style) -> Iterator[bytes]:
    """Rows fit the terminal, if there is one; those that cannot, or should not, are shown vertically."""
    batches = rows.here()
    first = next(batches, ())
    table = _Table(rows.columns, style, first[:SAMPLE])
    if table.vertical:
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
        room = None if style.width is None else style.width - len(_GAP) * (len(columns) - 1)
        self.room = None if style.wide == "scroll" else room
        fitted = _fitted(self.wanted, self.room)
        self.vertical = style.expanded == "on" or (
            room is not None
            and ((style.expanded == "auto" and sum(self.wanted) > room) or (style.expanded == "fit" and fitted is None))
        )
        if fitted is None:
            self.room, fitted = None, list(self.wanted)
        self.widths = fitted

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
        if self.style.width is not None and self.style.wide == "cut":
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
        if self.style.wide == "wrap" and self._overflows(shown, start, end):
            return self._folded(shown, start, end)
        columns = []
        for index, (cells, column, lengths) in enumerate(shown):
            padded = self._padded(index, column[start:end], lengths[start:end])
            if self.style.colour:
                padded = list(map(_coloured, padded, cells[start:end]))
            columns.append(padded)
        return map(_GAP.join, zip(*columns, strict=True))

    def _overflows(self, shown: list[_Shown], start: int, end: int) -> bool:
        return any(
            max(column.lengths[start:end], default=0) > width for column, width in zip(shown, self.widths, strict=True)
        )

    def _folded(self, shown: list[_Shown], start: int, end: int) -> Iterator[str]:
        """Rows of several lines: a long cell goes on below itself."""
        for row in range(start, end):
            pieces = [
                chop_cells(column.texts[row], width) if column.lengths[row] > width else [column.texts[row]]
                for column, width in zip(shown, self.widths, strict=True)
            ]
            for line in zip_longest(*pieces, fillvalue=""):
                padded = [self._padded(index, [text], [cell_len(text)])[0] for index, text in enumerate(line)]
                if self.style.colour:
                    padded = list(map(_coloured, padded, [column.cells[row] for column in shown]))
                yield _GAP.join(padded).rstrip()

    def _padded(self, index: int, column: list[str], lengths: list[int]) -> list[str]:
        """Every cell in the column's width; nothing stands behind the last column, so it needs no blanks."""
        width = self.widths[index]
        pairs = zip(column, lengths, strict=True)
        if self.right[index]:
            return [" " * (width - length) + text if length <= width else cut(text, width) for text, length in pairs]
        if index == len(self.widths) - 1:
            return [text if length <= width else cut(text, width) for text, length in pairs]
        return [text + " " * (width - length) if length <= width else cut(text, width) for text, length in pairs]


def _coloured(text: str, cell: Cell) -> str:
    """NULL dimmed, so that it is no text; marked what is marked."""
    return f"{DIM}{text}{RESET}" if cell is None else f"{MARK}{text}{RESET}" if type(cell) is Marked else text


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
