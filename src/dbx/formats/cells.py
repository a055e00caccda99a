"""Cells as text: what every text format shows of bytes, and of the integers and reals SQLite hands over.

And what the formats share that are read back by machines: bytes out of text, and how a value that cannot be written is
told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import Any, cast

from dbx.errors import OutputFailed, Refused
from dbx.formats.visible import visible
from dbx.rows import Batch, Cell, Column


class Marked(str):
    """A cell that should catch the eye where people read it; to every other format it is its text."""

    __slots__ = ()


def texts(cells: Sequence[Cell]) -> Sequence[str | None]:
    """The cells of a column as text; NULL stays None."""
    kinds = set(map(type, cells))
    if kinds <= _TEXT:
        return cells  # type: ignore[return-value]
    if kinds == {float} and isfinite(sum(cast("Sequence[float]", cells))):
        return list(map(repr, cells))
    if len(kinds) == 1:
        return list(map(_WRITERS.get(kinds.pop(), str), cells))
    return [cell if cell is None or type(cell) is str else written(cell) for cell in cells]


def written(cell: Cell) -> str:
    r"""A cell that is not NULL as text: bytes as `\x` and hex, reals as the shortest text that reads back."""
    return _WRITERS.get(type(cell), str)(cell)


def turned(batch: Batch, width: int) -> list[tuple[Cell, ...]]:
    """The columns of a batch that has rows. Raises ValueError if one has more or fewer cells than there are columns."""
    return [cells for _, cells in zip(range(width), zip(*batch, strict=True), strict=True)]


def all_numbers(cells: Sequence[Cell]) -> bool:
    """Whether there are cells that bring their type with them, and it is a number's."""
    kinds = set(map(type, cells)) - {type(None)}
    return bool(kinds) and kinds <= {int, float}


def octets(text: str) -> bytes:
    r"""The bytes of PostgreSQL's text for them: `\x00ff`, or with bytea_output = 'escape' `\000` and `\\`."""
    if text.startswith(r"\x"):
        return bytes.fromhex(text[2:])
    return _OCTAL.sub(lambda found: b"\\" if found[1] == b"\\" else bytes([int(found[1], 8)]), text.encode())


_OCTAL = re.compile(rb"\\(\\|[0-3][0-7]{2})")


def refuse_twice(names: Iterable[str], form: str) -> None:
    """Raises Refused when two columns have one name: a reader that asks for columns by name would miss one."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            hint = f"name one of them otherwise: … AS {visible(name)}_2"
            raise Refused(f"{form} needs different column names, and there are two '{visible(name)}'", hint=hint)
        seen.add(name)


def misfit(column: Column, cells: Sequence[Cell], before: int, write: Callable[[Cell], object]) -> OutputFailed | None:
    """The error of the first cell, behind `before` rows, that `write` has no way to write."""
    for row, cell in enumerate(cells, before + 1):
        try:
            write(cell)
        except (ValueError, TypeError, ArithmeticError) as error:
            text = visible(written(cell)) if cell is not None else "NULL"
            value = text if len(text) <= _LONG else f"{text[:_LONG]}…"
            return OutputFailed(
                f"column '{visible(column.name)}', row {row:,}: {value} {error}",
                hint="cast the column in the statement: to text, or a text that cannot be written to a blob",
            )
    return None


_LONG = 60
"""Characters of a value that an error quotes."""


def _real(value: float) -> str:
    """As Python writes it, but for the three that PostgreSQL's names are better known for."""
    if isfinite(value):
        return repr(value)
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _binary(value: bytes) -> str:
    return rf"\x{value.hex()}"


def _truth(value: bool) -> str:
    return "true" if value else "false"


_TEXT = {str, type(None)}
_WRITERS: dict[type, Callable[[Any], str]] = {float: _real, bytes: _binary, bool: _truth}
