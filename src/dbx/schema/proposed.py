"""Foreign keys that nobody declared: columns of views, and of tables without keys, that are called like another
table's primary key and are of its type. They are proposals, for a name proves nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dbx.schema.model import Column, Table
from dbx.schema.relations import plural, stem


class Proposal(NamedTuple):
    table: Table
    column: str
    target: Table
    key: str

    @property
    def text(self) -> str:
        r"""As `\fk` takes it."""
        ends = ((self.table, self.column), (self.target, self.key))
        return " -> ".join(
            ".".join(_quoted(part) for part in (table.schema, table.name, column) if part) for table, column in ends
        )


def proposed(tables: Iterable[Table]) -> Iterator[Proposal]:
    """In the order of the tables; of a column that could lead to several tables, none."""
    listed = list(tables)
    targets: dict[str, list[Table]] = defaultdict(list)
    for table in listed:
        if len(table.primary_key) == 1 and table.kind == "table":
            for name in _names(table):
                targets[name].append(table)
    for table in listed:
        taken = {column for key in table.foreign_keys for column in key.columns} | set(table.primary_key)
        for column in table.columns:
            found = [each for each in targets.get(column.name.lower(), ()) if each is not table]
            if len(found) == 1 and column.name not in taken and _alike(column, found[0]):
                yield Proposal(table, column.name, found[0], found[0].primary_key[0])


def _names(table: Table) -> set[str]:
    """What a column is called that leads to a table: artist_id, if its key is artist_id, or id."""
    key = table.primary_key[0].lower()
    name = table.name.lower()
    singular = {name} | {short for short in (name[:-1], f"{name[:-3]}y") if plural(short) == name}
    names = {f"{each}_{key}" for each in singular}
    return names | {key} if stem((key,)) in singular else names


def _alike(column: Column, target: Table) -> bool:
    key = next(each for each in target.columns if each.name == target.primary_key[0])
    return column.family == key.family


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f'"{name}"'
