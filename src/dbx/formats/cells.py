"""Cells as text: what every text format shows of bytes, and of the integers and reals SQLite hands over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, cast

from dbx.rows import Cell


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
