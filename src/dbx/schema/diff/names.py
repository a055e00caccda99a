"""Names of two databases that are one but for case and underscores: AlbumId and album_id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from dbx.schema.model import ForeignKey, Index, Key, Part, Schema, Table


def folded(name: str) -> str:
    return name.replace("_", "").lower()


def aligned(one: Schema, two: Schema) -> tuple[Schema, list[tuple[str, str]]]:
    """The second schema in the names of the first, and the pairs of those that differ."""
    tables = _pairs([table.name for table in one.tables], [table.name for table in two.tables])
    first = {table.name: table for table in one.tables}
    columns: dict[str, Mapping[str, str]] = {}
    for table in two.tables:
        other = first.get(tables.get(table.name, table.name))
        names = [column.name for column in other.columns] if other else []
        columns[table.name] = _pairs(names, [column.name for column in table.columns])
    renamed = {(new, old) for old, new in tables.items()}
    renamed |= {(new, old) for pairs in columns.values() for old, new in pairs.items()}
    changed = [_table(table, tables, columns) for table in two.tables]
    lists: dict[str, Any] = {
        field: tuple([each._replace(table=tables.get(each.table or "", each.table)) for each in getattr(two, field)])
        for field in ("triggers", "policies", "others")
    }
    return two._replace(tables=tuple(changed), **lists), sorted(renamed)


def _pairs(known: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """For a name that is not known, the one known name that it folds to."""
    known, names = list(known), list(names)
    by_fold = {folded(name): name for name in known}
    counted = Counter(map(folded, known)) + Counter(dict.fromkeys(by_fold, 0))
    mine = Counter(map(folded, names))
    return {
        name: by_fold[folded(name)]
        for name in names
        if name not in known and counted[folded(name)] == 1 and mine[folded(name)] == 1
    }


def _table(table: Table, tables: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]) -> Table:
    own = columns[table.name]
    return table._replace(
        name=tables.get(table.name, table.name),
        columns=tuple([column._replace(name=own.get(column.name, column.name)) for column in table.columns]),
        primary=table.primary and Key("", _parts(table.primary.parts, own)),
        foreign_keys=tuple([_foreign_key(key, own, tables, columns) for key in table.foreign_keys]),
        indexes=tuple([_index(index, own) for index in table.indexes]),
        parents=tuple([parent._replace(name=tables.get(parent.name, parent.name)) for parent in table.parents]),
    )


def _index(index: Index, own: Mapping[str, str]) -> Index:
    return index._replace(parts=_parts(index.parts, own))


def _parts(parts: Iterable[Part], own: Mapping[str, str]) -> tuple[Part, ...]:
    return tuple([part._replace(column=own.get(part.column or "", part.column)) for part in parts])


def _foreign_key(
    key: ForeignKey, own: Mapping[str, str], tables: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]
) -> ForeignKey:
    theirs = columns.get(key.target_table, {})
    return key._replace(
        columns=tuple([own.get(name, name) for name in key.columns]),
        target_table=tables.get(key.target_table, key.target_table),
        target_columns=tuple([theirs.get(name, name) for name in key.target_columns]),
    )
