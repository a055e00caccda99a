"""What tables are called on another server."""

from __future__ import annotations

from itertools import count

from dbx.dialects.traits import traits
from dbx.schema.model import Schema
from dbx.schema.objects import Name


def names_of(schema: Schema, target: str) -> dict[Name, Name]:
    """The names of the tables that `target` can have. A schema is left out where there is one only, and else becomes
    part of the name; of two that would be one there, the second has a number."""
    homes = {table.schema for table in schema.tables if table.kind == "table"}
    there = traits(target).tables
    found: dict[Name, Name] = {}
    used: set[str] = set()

    def told_by(name: str) -> str:
        return name if there.cased else name.lower()

    for table in schema.tables:
        columns = [column.name for column in table.columns]
        apart = len({*map(told_by, columns)}) == len(columns) > 0
        apart = apart and len(columns) <= (there.columns or len(columns))
        inside = len(homes) > 1 and table.schema and table.schema != traits(schema.dialect).home
        plain = f"{table.schema}_{table.name}" if inside else table.name
        if table.kind == "table" and table.bound is None and apart and all(map(there.takes, [plain, *columns])):
            names = (f"{plain}_{number}" if number > 1 else plain for number in count(1))
            name = next(each for each in names if told_by(each) not in used)
            used.add(told_by(name))
            found[Name(table.name, table.schema)] = Name(name, traits(target).home)
    return found
