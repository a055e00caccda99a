"""Values of SQLite on their way: what is a number there becomes one here, not by SQLite's own reading of its text."""

from __future__ import annotations

from math import isfinite

from dbx.dialects.copying import Copying, Taken
from dbx.rows import Cell


def _real(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    try:
        value = float(cell)
    except ValueError:
        return cell
    return value if isfinite(value) else cell


class SqliteCopying(Copying):
    def taken(self, kind: str) -> Taken | None:
        return _real if kind == "float" else None
