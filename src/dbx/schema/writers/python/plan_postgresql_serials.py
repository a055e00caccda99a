"""PostgreSQL's serial columns, which SQLAlchemy makes with a sequence of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from dbx.schema.model import Column, Table
from dbx.schema.objects import Name, Sequence
from dbx.schema.text.postgresql import dotted
from dbx.schema.writers.python.plan import Plan

MOST = {"integer": 2**31 - 1, "bigint": 2**63 - 1, "smallint": 2**15 - 1}
"""What the sequence of a type counts to."""


def settle(made: Plan, verbatim: Callable[[Table], bool]) -> None:
    """SERIAL is what SQLAlchemy makes of a primary key without default: its sequence is not made by itself."""
    gone: set[tuple[str | None, str]] = set()
    by_owner: dict[Any, Sequence] = {
        (each.schema, each.owned_by): each for each in made.schema.sequences if each.owned_by
    }
    defaults = Counter(
        column.default for table in made.tables.values() for column in table.columns if not column.inherited
    )
    for name, table in made.tables.items():
        if verbatim(table) or table.primary is None:
            continue
        first = next(
            (
                column
                for column in table.columns
                # a sequence that another table counts with too has to be there before both
                if column.name in table.primary_key
                and defaults[column.default] == 1
                and _is_serial(column, table, by_owner)
            ),
            None,
        )
        if first is not None:
            sequence = by_owner[table.schema, (table.name, first.name)]
            gone.add((sequence.schema, sequence.name))
            plain = first._replace(default=None, automatic=True, options=(*first.options, ("serial", "")))
            columns = tuple(
                plain if column is first else column._replace(automatic=False) if column.default is not None else column
                for column in table.columns
            )
            made.tables[name] = table._replace(columns=columns)
    listed = tuple(each for each in made.schema.sequences if (each.schema, each.name) not in gone)
    replaced = tuple(
        table._replace(depends=tuple(each for each in table.depends if (each.schema, each.name) not in gone))
        for table in made.tables.values()
    )
    made.schema = made.schema._replace(sequences=listed, tables=replaced)
    made.tables = {Name(table.name, table.schema): table for table in replaced}


def _is_serial(column: Column, table: Table, by_owner: dict[Any, Sequence]) -> bool:
    sequence = by_owner.get((table.schema, (table.name, column.name)))
    most = MOST.get(column.type)
    if sequence is None or most is None or column.nullable or sequence.comment is not None:
        return False
    if "unlogged" in dict(table.options):  # its sequence would be unlogged too, and is not
        return False
    usual = (f"{table.name}_{column.name}_seq", column.type, 1, 1, 1, most, 1, False)
    found = (
        sequence.name,
        sequence.type,
        sequence.start,
        sequence.increment,
        sequence.minimum,
        sequence.maximum,
        sequence.cache,
        sequence.cycle,
    )
    called = dotted(sequence.schema, sequence.name).replace("'", "''")
    return found == usual and not sequence.options and column.default == f"nextval('{called}'::regclass)"
