"""The objects of a schema one after another, and the one order that all of them are in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from dbx.schema.model import Schema, Table

# The fields of Schema that hold objects, in the order they are listed; None where each object says its own kind.
FIELDS: dict[str, str | None] = {
    "namespaces": "schema",
    "extensions": "extension",
    "servers": "server",
    "enums": "enum",
    "domains": "domain",
    "composites": "composite",
    "ranges": "range",
    "sequences": "sequence",
    "tables": None,
    "routines": None,
    "triggers": "trigger",
    "policies": "policy",
    "events": "event",
    "others": None,
}

KINDS = {
    "table": "table",
    "view": "view",
    "matview": "materialised view",
    "foreign": "foreign table",
    "virtual": "virtual table",
    "shadow": "shadow table",
    "system": "system table",
    "sequence": "sequence",
    "enum": "enum",
    "domain": "domain",
    "composite": "composite type",
    "range": "range type",
    "function": "function",
    "procedure": "procedure",
    "aggregate": "aggregate",
    "window": "window function",
    "trigger": "trigger",
    "policy": "policy",
    "event": "event",
    "extension": "extension",
    "server": "foreign server",
    "schema": "schema",
}
"""The kinds of objects, and what people call one. `Schema.others` has further kinds, in their server's words."""

GROUPS = {
    "type": ("enum", "domain", "composite", "range"),
    "routine": ("function", "procedure", "aggregate", "window"),
}
"""Words for several kinds at once."""

HIDDEN = ("shadow", "system")
"""Kinds that are not shown unless they are asked for."""


def objects(schema: Schema) -> Iterator[tuple[str, Any]]:
    """(kind, object) for every object, in the order of `FIELDS`. Columns, keys and indexes are parts of their table."""
    for field, kind in FIELDS.items():
        for found in getattr(schema, field):
            yield kind or found.kind, found


def merged(schemas: Sequence[Schema]) -> Schema:
    """One schema with the objects of all, unsorted; what is in several once."""
    lists: dict[str, Any] = {
        field: tuple(dict.fromkeys(found for each in schemas for found in getattr(each, field)))
        for field in (*FIELDS, "missing")
    }
    return schemas[0]._replace(**lists)


def without_texts(schema: Schema) -> Schema:
    """The schema without the statements that make its objects: names, types, keys, and what leads where."""
    return schema._replace(
        tables=tuple([_plain_table(table) for table in schema.tables]),
        routines=tuple([routine._replace(definition=None) for routine in schema.routines]),
        triggers=tuple([trigger._replace(definition=None) for trigger in schema.triggers]),
        events=tuple([event._replace(definition=None) for event in schema.events]),
        others=tuple([other._replace(definition=None) for other in schema.others]),
    )


def _plain_table(table: Table) -> Table:
    indexes = tuple([index._replace(definition=None) for index in table.indexes])
    return table._replace(definition=None, query=None, indexes=indexes)


def shared(table: Table, same: dict[Any, Any]) -> Table:
    """The table, with one object for what is equal in many: most of a large schema is repetition. `same` keeps what was
    seen."""

    def one(value: Any) -> Any:
        return same.setdefault((type(value), value), value)

    return table._replace(
        columns=tuple(map(one, table.columns)),
        primary=one(table.primary),
        indexes=tuple([each._replace(parts=one(each.parts)) for each in table.indexes]),
        foreign_keys=tuple(
            [
                each._replace(columns=one(each.columns), target_columns=one(each.target_columns))
                for each in table.foreign_keys
            ]
        ),
    )


def ordered(schema: Schema) -> Schema:
    """The schema with everything sorted that has no order of its own, so that equal databases read as equal.

    Columns keep their order, and so do the parts of keys, labels of enums and partitions.
    """
    sorted_fields: dict[str, Any] = {
        field: tuple(sorted(getattr(schema, field), key=_place)) for field in FIELDS if field != "tables"
    }
    return schema._replace(
        tables=tuple(sorted(map(_ordered_table, schema.tables), key=_table_place)),
        missing=tuple(sorted(schema.missing, key=_place)),
        options=tuple(sorted(schema.options)),
        **sorted_fields,
    )


def _ordered_table(table: Table) -> Table:
    lists: dict[str, Any] = {}
    for place, found in enumerate(_unordered(table)):
        if len(found) > 1:
            field, key = _ORDERED[place]
            placed = found if key and _ascends(found) else tuple(sorted(found, key=key))
            if placed != found:
                lists[field] = placed
    return table._replace(**lists) if lists else table


def _ascends(found: Sequence[Any]) -> bool:
    """Whether names alone say that these are in order: most of what a server lists is."""
    before = ""
    for each in found:
        name = getattr(each, "name", "")
        if not name > before:
            return False
        before = name
    return True


def _place(found: Any) -> tuple[str, ...]:
    more = [getattr(found, name, None) or "" for name in ("table", "kind", "arguments")]
    return (getattr(found, "schema", None) or "", found.name, *more)


def _table_place(table: Table) -> tuple[str, ...]:
    return (table.schema or "", table.name, "", table.kind)


def _key_place(key: Any) -> tuple[str, ...]:
    return (key.name, *(part.column or part.expression or "" for part in key.parts))


def _foreign_key_place(key: Any) -> tuple[str, ...]:
    more = (key.on_update, key.on_delete, key.match, key.deferrable)
    return (key.name, *key.columns, "", key.target_schema or "", key.target_table, *key.target_columns, "", *more)


_ORDERED: tuple[tuple[str, Any], ...] = (
    ("foreign_keys", _foreign_key_place),
    ("unique", _key_place),
    ("checks", lambda check: (check.name, check.expression)),
    ("exclusions", _key_place),
    ("indexes", _key_place),
    ("grants", None),
    ("options", None),
)
"""The parts of a table that have no order of their own, and what they are sorted by."""

_unordered = attrgetter(*[field for field, _ in _ORDERED])
