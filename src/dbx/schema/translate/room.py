"""Rows that have room for all their columns, where a server limits how many bytes they take."""

from __future__ import annotations

import re

from dbx.schema.model import Column, Table
from dbx.schema.translate.expression import default

_APART = 12
"""The bytes in a row of a text that stands apart from it."""


def with_room(table: Table, row: int, target: str) -> tuple[Table, list[str]]:
    """The table with its longest texts apart, if a row of `row` bytes has no room for them, and their names. What is in
    a key stays."""
    keyed = {name for key in (table.primary, *table.unique, *table.indexes) if key for name in key.columns}
    keyed |= {name for key in table.foreign_keys for name in key.columns}
    columns = {each.name: each for each in table.columns}
    sizes = {each.name: _bytes(each) for each in table.columns}
    moved = []
    for name in sorted(columns, key=lambda name: -sizes[name]):
        column = columns[name]
        if sum(sizes.values()) <= row:
            break
        if name not in keyed and column.type.startswith("varchar(") and not column.generated:
            columns[name] = column._replace(type="text", default=default(column, "text", target, target))
            sizes[name] = _APART
            moved.append(name)
    return table._replace(columns=tuple(columns.values())), moved


def _bytes(column: Column) -> int:
    found = re.match(r"(?:var)?(char|binary)\((\d+)\)", column.type)
    if found is None:
        return _APART
    return int(found[2]) * (4 if found[1] == "char" else 1) + 3
