"""Vertical: a block of `name  value` lines for each row, for rows that are wider than the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len, chop_cells, set_cell_size

from dbx.formats import Format, Style
from dbx.formats.cells import Marked, written
from dbx.formats.visible import visible
from dbx.rows import Batch, Cell, Column, Rows

DIM, BOLD, MARK, RESET = "\x1b[2m", "\x1b[1m", "\x1b[1;33m", "\x1b[0m"


def write(rows: Rows, style: Style) -> Iterator[bytes]:
    """A block for each row. Long values are folded to the terminal's width, never cut."""
    return blocks(rows.columns, rows.here(), style)


def blocks(columns: Sequence[Column], batches: Iterable[Batch], style: Style) -> Iterator[bytes]:
    """The bytes of `write`; without rows it is the names alone, so that something is shown."""
    layout = _Layout(columns, style)
    number = 0
    for batch in batches:
        lines: list[str] = []
        for number, row in enumerate(batch, number + 1):  # noqa: B020 - it counts on from batch to batch
            lines += layout.block(number, row)
        if columns and lines:
            yield ("\n".join(lines) + "\n").encode()
    if not number and columns and style.header:
        yield ("\n".join(layout.names()) + "\n").encode()


class _Layout:
    """How wide names and values are; the same for every row."""

    def __init__(self, columns: Sequence[Column], style: Style) -> None:
        self.columns = [visible(column.name) for column in columns]
        label, gap = max(map(cell_len, self.columns), default=0), 2
        self.room: int | None = None
        if style.width is not None:
            self.width = max(style.width, 2)  # one wide character must fit
            label, gap = min(label, self.width // 3), min(gap, self.width // 6)
            self.room = self.width - label - gap
        self.heading = style.header
        self.null = visible("NULL" if style.null is None else style.null)
        self.dim, self.bold, self.mark, self.reset = (DIM, BOLD, MARK, RESET) if style.colour else ("", "", "", "")
        self.indent = " " * (label + gap)
        self.labels = [f"{self.bold}{_sized(name, label)}{self.reset}{' ' * gap}" for name in self.columns]

    def names(self) -> Iterator[str]:
        """The names, a line each."""
        for name in self.columns:
            yield f"{self.bold}{self._fitting(name)}{self.reset}"

    def block(self, number: int, row: Sequence[Cell]) -> Iterator[str]:
        """The row's lines."""
        if self.heading:
            yield f"{self.dim}{self._fitting(f'── row {number} ──')}{self.reset}"
        elif number > 1:
            yield ""
        for label, cell in zip(self.labels, row, strict=True):
            before = label
            for line in self._value(cell):
                yield before + line if line else before.rstrip(" ")
                before = self.indent

    def _value(self, cell: Cell) -> Iterator[str]:
        """The lines of a value, folded."""
        text = self.null if cell is None else visible(written(cell), keep="\n")
        colour = self.dim if cell is None else self.mark if type(cell) is Marked else ""
        for line in text.split("\n"):
            for piece in self._folded(line):
                yield f"{colour}{piece}{self.reset}" if colour else piece

    def _folded(self, line: str) -> list[str]:
        return [line] if self.room is None or cell_len(line) <= self.room else chop_cells(line, self.room)

    def _fitting(self, line: str) -> str:
        return line if self.room is None or cell_len(line) <= self.width else cut(line, self.width)


def cut(text: str, width: int) -> str:
    """The text in exactly `width` cells, with `…` for what is missing."""
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def _sized(text: str, width: int) -> str:
    length = cell_len(text)
    return text + " " * (width - length) if length <= width else cut(text, width)


VERTICAL = Format("vertical", write, human=True, between=b"\n")
