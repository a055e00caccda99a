"""Cells of a result as values for another statement: numbers as numbers, the rest as the server wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from dbx.rows import Cell, Column


def as_values(columns: Sequence[Column], rows: Iterable[tuple[Cell, ...]]) -> list[tuple[Any, ...]]:
    """The rows with each cell as what its column says it is; NULL is None."""
    convert = [_CONVERT.get(column.kind) for column in columns]
    return [
        tuple([one(cell) if one and isinstance(cell, str) else cell for one, cell in zip(convert, row, strict=True)])
        for row in rows
    ]


def _number(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return Decimal(text) if Decimal(text).is_finite() else text
    except InvalidOperation:
        return text


def _truth(text: str) -> Any:
    return {"t": True, "true": True, "f": False, "false": False}.get(text, text)


def _binary(text: str) -> Any:
    return bytes.fromhex(text[2:]) if text.startswith("\\x") else text


_CONVERT: dict[str, Callable[[str], Any]] = {"number": _number, "boolean": _truth, "binary": _binary}
"""By a column's kind; text is what it is."""
