"""A schema in terms that all servers have: what only one kind of server says, and what it always says so, is left out.

One schema ("public", the current database), no names of constraints, unique keys as unique indexes, counting columns
as `automatic` whatever makes them count, defaults and expressions in one spelling.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from dbx.schema.diff.values import default, expression
from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Schema, Table
from dbx.schema.objects import Check, Name, Routine, Trigger
from dbx.schema.types.vocabulary import Type, Vocabulary, parse, vocabulary

_MYSQL = ("mysql", "mariadb")
_UNSAID = ("btree", "")


def neutral(schema: Schema) -> Schema:
    """Namespaces, types and grants are left out; columns say the types of domains and enums in their own words."""
    home, known = _home(schema), vocabulary(schema)
    return Schema(
        schema.dialect,
        tuple([_table(table, schema.dialect, home, known) for table in schema.tables]),
        routines=tuple(_routines(schema, home)),
        triggers=tuple(_triggers(schema, home)),
        sequences=tuple([each._replace(schema=_at(each.schema, home)) for each in _own_sequences(schema)]),
        policies=tuple([each._replace(schema=_at(each.schema, home)) for each in schema.policies]),
        events=schema.events,
        servers=schema.servers,
        others=tuple(
            [each._replace(schema=_at(each.schema, home), owner="") for each in schema.others if each.kind != "grant"]
        ),
    )


def _home(schema: Schema) -> str | None:
    """The schema that most tables are in."""
    counted = Counter(table.schema for table in schema.tables)
    if None in counted or not counted:
        return None
    return "public" if "public" in counted else counted.most_common(1)[0][0]


def _at(schema: str | None, home: str | None) -> str | None:
    return None if schema == home else schema


def _own_sequences(schema: Schema) -> list[Any]:
    """Those that stand behind no column."""
    used = " ".join(column.default or "" for table in schema.tables for column in table.columns)
    return [each for each in schema.sequences if each.owned_by is None and each.name not in used]


def _table(table: Table, dialect: str, home: str | None, known: Vocabulary) -> Table:
    if table.is_view:
        return Table(table.name, _at(table.schema, home), (), kind="view", comment=table.comment or None)
    keys = frozenset(table.primary_key)
    columns = tuple(
        [_column(column, parse(column.type, dialect, known), column.name in keys) for column in table.columns]
    )
    foreign = tuple([_foreign_key(key, home) for key in table.foreign_keys])
    return Table(
        table.name,
        _at(table.schema, home),
        columns,
        Key("", tuple([Part(name) for name in table.primary_key])) if table.primary else None,
        foreign,
        kind="table",
        checks=tuple(_checks(table)),
        indexes=tuple(_indexes(table)),
        parents=tuple([Name(each.name, _at(each.schema, home)) for each in table.parents]),
        bound=table.bound,
        comment=table.comment or None,
    )


def _column(column: Column, meant: Type, is_key: bool) -> Column:
    counting = column.automatic or column.identity is not None
    given = None if counting or column.generated else default(column.default, column.family)
    options = [("labels", "\n".join(meant.labels))] if meant.kind == "enum" else []
    options += [("on update", "current_timestamp")] if "on update" in dict(column.options) else []
    return Column(
        column.name,
        column.type,
        column.nullable and not is_key,
        default=given,
        generated="stored" if column.generated else "",
        automatic=counting or "nextval(" in (column.default or ""),
        expression=expression(column.expression) if column.expression else None,
        comment=column.comment or None,
        options=tuple(options),
    )


def _foreign_key(key: ForeignKey, home: str | None) -> ForeignKey:
    """RESTRICT differs from NO ACTION only within a transaction that defers."""
    update, delete = ("NO ACTION" if action == "RESTRICT" else action for action in (key.on_update, key.on_delete))
    return ForeignKey(
        "",
        key.columns,
        _at(key.target_schema, home),
        key.target_table,
        key.target_columns,
        update,
        delete,
        deferrable=key.deferrable,
    )


def _checks(table: Table) -> list[Check]:
    """Those that stand for a type that the server has not (JSON) say nothing of their own."""
    texts = [expression(check.expression) for check in table.checks]
    return [Check("", text) for text in sorted(texts) if text and not text.startswith("json_valid(")]


def _indexes(table: Table) -> list[Index]:
    """Unique keys are unique indexes, and one is enough of each kind."""
    found = [_index(each.parts, True, None, "") for each in table.unique]
    found += [_index(each.parts, each.unique, each.predicate, each.method) for each in table.indexes if each.valid]
    return list(dict.fromkeys(found))


def _index(parts: tuple[Part, ...], unique: bool, predicate: str | None, method: str) -> Index:
    plain = [
        Part(part.column, expression(part.expression) if part.expression else None, part.descending) for part in parts
    ]
    kind = "" if method in _UNSAID else method
    return Index("", tuple(plain), unique, kind, expression(predicate) if predicate else None)


def _triggers(schema: Schema, home: str | None) -> list[Trigger]:
    """What fires when; bodies are of different languages."""
    found = [
        Trigger(each.name, _at(each.schema, home), each.table, each.timing, tuple(sorted(each.events)), each.level)
        for each in schema.triggers
        if ("inherited", "") not in each.options
    ]
    return [each._replace(level="ROW") if schema.dialect in (*_MYSQL, "sqlite") else each for each in found]


def _routines(schema: Schema, home: str | None) -> list[Routine]:
    """By name: types of arguments and bodies are of different languages. What only a trigger calls belongs to it."""
    called = {each.function.rpartition(".")[2].strip('"') for each in schema.triggers}
    found = {
        (each.name, each.kind): Routine(each.name, _at(each.schema, home), each.kind)
        for each in schema.routines
        if not (each.returns == "trigger" or each.name in called)
    }
    return list(found.values())
