"""Foreign keys and the types of both their ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbx.schema.model import Column, ForeignKey, Table

Types = Mapping[tuple[str, str], str]


def with_equal_types(
    tables: list[Table], lose: Callable[[Table, str, str], None], filled: Callable[[Table, Column], Column]
) -> list[Table]:
    """The tables, what refers being of the type of what is referred to. A key whose columns would have to be of two
    types at once is left out. `filled` gives a column of another type its default."""
    types = {(table.name, column.name): column.type for table in tables for column in table.columns}
    for _ in range(3):  # a key may refer to what refers itself
        for table in tables:
            for key in table.foreign_keys:
                for mine, theirs in zip(key.columns, key.target_columns, strict=True):
                    types[table.name, mine] = types.get((key.target_table, theirs), types[table.name, mine])
    made = []
    for table in tables:
        columns = []
        for column in table.columns:
            text = types[table.name, column.name]
            if text != column.type:
                lose(table, f"column {column.name}, its own type", "it has that of what it refers to")
                column = filled(table, column._replace(type=text))
            columns.append(column)
        kept = tuple(key for key in table.foreign_keys if _is_aligned(table, key, types))
        for key in table.foreign_keys:
            if key not in kept:
                lose(table, f"foreign key {key.name or ', '.join(key.columns)}", "what it refers to is of another type")
        made.append(table._replace(columns=tuple(columns), foreign_keys=kept))
    return made


def _is_aligned(table: Table, key: ForeignKey, types: Types) -> bool:
    ends = zip(key.columns, key.target_columns, strict=True)
    return all(types[table.name, mine] == types.get((key.target_table, theirs)) for mine, theirs in ends)
