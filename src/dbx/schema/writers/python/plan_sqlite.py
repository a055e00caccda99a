"""SQLite: it keeps the text of every statement, so whatever SQLAlchemy would write otherwise is made by that text."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.schema.ddl import sqlite as ddl_sqlite
from dbx.schema.ddl.generic import in_order, shown
from dbx.schema.model import Column, ForeignKey, Index, Key, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.writers.losses import Loss
from dbx.schema.writers.python.plan import Plan, without_missing_targets
from dbx.schema.writers.python.types import typed

_SAID = {"strict", "without rowid"}


def plan(schema: Schema) -> Plan:
    """The plan of a schema that SQLite holds."""
    made = Plan(schema, ("sqlite",))
    broken = {Name(each.name, each.schema) for each in schema.missing if each.kind in ("view", "virtual")}
    for table in schema.tables:
        name = Name(table.name, table.schema)
        if name in broken:  # whoever asks whether it is there gets an error
            made.last.append(_statement(table.definition, table.schema))
            made.gone += [f"DROP VIEW IF EXISTS {shown(table)}"] if table.is_view else []
        elif table.kind not in ("shadow", "system"):
            made.tables[name] = table
    for name, table in made.tables.items():
        if table.definition is not None and verbatim(table):
            made.created[name] = _statement(table.definition, table.schema)
            made.losses += _respelled_types(table) if table.is_view else ()
        else:
            made.losses += _respelled(table)
        made.last += [
            _statement(index.definition, table.schema)
            for index in table.indexes
            if index.definition and (name in made.created or not expressible_index(index))
        ]
    _views(made)
    made.last += [_statement(each.definition, each.schema) for each in schema.triggers if each.definition]
    without_missing_targets(made)
    _without_circles(made)
    for name, table in made.tables.items():
        made.tables[name] = said = _said(table, created=name in made.created)
        made.silent[name] = frozenset(said.foreign_keys if name in made.created else ())
    return made


def _statement(text: str | None, schema: str | None) -> str:
    return ddl_sqlite.ended(text, schema).removesuffix(";")


def _respelled(table: Table) -> Iterator[Loss]:
    """SQLite keeps what it was told word by word, and SQLAlchemy has words of its own."""
    shown, why = f"table {Name(table.name, table.schema).shown}", "SQLAlchemy writes its own"
    yield Loss(shown, "statement text", why)
    for index in table.indexes:
        if expressible_index(index):
            yield Loss(shown, f"index {index.name}, statement text", why)
    yield from _respelled_types(table)


def _respelled_types(table: Table) -> Iterator[Loss]:
    for column in table.columns:
        if not typed(column, "sqlite", {}, {}).exact:
            shown = f"{table.kind} {Name(table.name, table.schema).shown}"
            yield Loss(shown, f"column {column.name}, type spelling", "SQLAlchemy writes its own")


def _said(table: Table, *, created: bool) -> Table:
    if not created:
        return table._replace(indexes=tuple(index for index in table.indexes if expressible_index(index)))
    keys = tuple(key for key in table.foreign_keys if not _has_dots(key))
    columns = tuple(column for column in table.columns if column.name)
    return table._replace(columns=columns, foreign_keys=keys, checks=(), unique=(), indexes=(), options=())


def _has_dots(key: ForeignKey) -> bool:
    return any("." in name for name in (key.target_table, *key.target_columns))


def _views(made: Plan) -> None:
    """A view may be made before what it shows is there; each stands behind all tables all the same."""
    tables = [name for name, table in made.tables.items() if not table.is_view]
    for name, table in made.tables.items():
        if table.is_view:
            made.needs[name] = [each for each in tables if each.name.lower() in (table.query or "").lower()]


def verbatim(table: Table) -> bool:
    """Whether only the stored statement makes this table."""
    keys = [*([table.primary] if table.primary else []), *table.unique]
    automatic = [column for column in table.columns if column.automatic]
    rowid = [column for column in automatic if table.primary_key == (column.name,)]
    return (
        table.kind != "table"
        or not {name for name, _ in table.options} <= _SAID
        or not table.columns
        or any(map(_odd_key, keys))
        or any(map(_odd_column, table.columns))
        or any(check.column is not None or check.options for check in table.checks)
        or automatic != rowid
        or (table.primary is not None and bool(table.primary.name) and any(column.options for column in rowid))
        or (table.primary is not None and _integer_key(table) and not rowid)
        or any(key.match != "SIMPLE" or key.options or not key.target_columns for key in table.foreign_keys)
        or any(map(_has_dots, table.foreign_keys))
        or not all(column.name for column in table.columns)
    )


def _without_circles(made: Plan) -> None:
    """Keys that close a circle are marked, else SQLAlchemy would find no order to drop the tables in."""
    names = {
        name: [Name(key.target_table, key.target_schema) for key in table.foreign_keys]
        for name, table in made.tables.items()
    }
    place = {name: number for number, name in enumerate(in_order(names))}
    for name, table in made.tables.items():
        keys = tuple(
            key._replace(options=(*key.options, ("use_alter", "")))
            if place[Name(key.target_table, key.target_schema)] > place[name]
            else key
            for key in table.foreign_keys
        )
        made.tables[name] = table._replace(foreign_keys=keys)


def _integer_key(table: Table) -> bool:
    """INTEGER PRIMARY KEY is the rowid to SQLAlchemy's DDL; where it is none here, the text says why."""
    found = table.column(table.primary_key[0]) if len(table.primary_key) == 1 else None
    return found is not None and found.type.upper() == "INTEGER"


def _odd_key(key: Key) -> bool:
    parts = any(part.column is None or part.descending or part.collation for part in key.parts)
    return parts or bool(key.options or key.deferrable)


def _odd_column(column: Column) -> bool:
    names = {name for name, _ in column.options}
    return column.hidden or column.collation is not None or not names <= {"autoincrement"} or not column.type


def expressible_index(index: Index) -> bool:
    return all(part.column is not None and not part.collation for part in index.parts) and not index.options
