"""What is said of PostgreSQL's tables and views when they are there, without terminators: storage, statistics, row
security, and defaults that differ from a parent's."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.schema.ddl.postgresql_tables import Tables, parameter, shown
from dbx.schema.model import Column, Table
from dbx.schema.text.postgresql import ident, literal


def extras(table: Table, tables: Tables) -> Iterator[str]:
    """Of one table, where `tables` has its parents."""
    start = f"ALTER {'FOREIGN ' if table.kind == 'foreign' else ''}TABLE ONLY {shown(table)}"
    for column in table.columns:
        start_of_column = f"{start} ALTER COLUMN {ident(column.name)}"
        yield from column_extras(column, start_of_column, of_query=table.kind == "matview")
    if table.is_view:
        yield from (
            f"ALTER VIEW {shown(table)} ALTER COLUMN {ident(each.name)} SET DEFAULT {each.default}"
            for each in table.columns
            if each.default is not None
        )
    elif table.parents and table.bound is None:
        yield from _differing(table, tables, start)
    options = dict(table.options)
    if "replica identity" in options:
        word, _, index = options["replica identity"].partition(" ")
        yield f"{start} REPLICA IDENTITY " + (f"USING INDEX {ident(index)}" if index else word.upper())
    if "cluster on" in options:
        yield f"ALTER TABLE {shown(table)} CLUSTER ON {ident(options['cluster on'])}"
    if "row security" in options:
        yield f"ALTER TABLE {shown(table)} ENABLE ROW LEVEL SECURITY"
    if "force row security" in options:
        yield f"{start} FORCE ROW LEVEL SECURITY"


def column_extras(column: Column, start: str, *, of_query: bool = False) -> Iterator[str]:
    """`of_query`: the column was not written with its table."""
    parameters = []
    for name, value in column.options:
        if name == "storage":
            yield f"{start} SET STORAGE {value.upper()}"
        elif name == "compression" and of_query:
            yield f"{start} SET COMPRESSION {value}"
        elif name == "statistics":
            yield f"{start} SET STATISTICS {value}"
        elif name.startswith("with "):
            parameters.append(f"{parameter(name[5:])}={literal(value)}")
    if parameters:
        yield f"{start} SET ({', '.join(parameters)})"


def _differing(table: Table, tables: Tables, start: str) -> Iterator[str]:
    """Where an inherited column is not as its parent has it."""
    known: dict[str, Column] = {}
    for parent in table.parents:
        for column in tables[parent].columns if parent in tables else ():
            known.setdefault(column.name, column)
    for column in table.columns:
        above = known.get(column.name)
        if not column.inherited or above is None:
            continue
        change = f"{start} ALTER COLUMN {ident(column.name)}"
        if column.default != above.default:
            yield f"{change} SET DEFAULT {column.default}" if column.default is not None else f"{change} DROP DEFAULT"
        if above.nullable != column.nullable:
            yield f"{change} {'DROP' if column.nullable else 'SET'} NOT NULL"
