"""The ON condition of a Core join that names none: the one foreign key between the two sides."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from sqlalchemy import Column, ColumnElement, FromClause, Join, and_
from sqlalchemy import Table as SqlTable

from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Sql
from dbx.schema.model import ForeignKey, Table


def on_clause(lefts: Sequence[FromClause], right: FromClause, node: ast.AST) -> Sql:
    found = [
        condition
        for left in lefts
        for one in parts_of(left)
        for other in parts_of(right)
        for condition in _conditions(one, other)
    ]
    if len(found) != 1:
        many = "several foreign keys" if found else "no foreign key"
        raise Unfit("E-TYPE", f"there is {many} between these", "name the condition: .join(t, a == b)", node)
    return found[0]


def parts_of(selectable: FromClause) -> Iterator[FromClause]:
    """The tables that a join is of; of anything else, itself."""
    if isinstance(selectable, Join):
        yield from parts_of(selectable.left)
        yield from parts_of(selectable.right)
    else:
        yield selectable


def _conditions(one: FromClause, other: FromClause) -> Iterator[Sql]:
    yield from _from_to(one, other)
    if _tables(one) != _tables(other):
        yield from _from_to(other, one)


def _from_to(child: FromClause, parent: FromClause) -> Iterator[Sql]:
    """A foreign key whose columns both sides still have, however many subqueries deep."""
    for table in _tables(child):
        for key in table.foreign_keys:
            ours, theirs = _held(child, table, key.columns), _target(parent, key)
            if ours and theirs:
                yield and_(*(b == a for a, b in zip(ours, theirs, strict=True)))


def _target(parent: FromClause, key: ForeignKey) -> list[ColumnElement[object]]:
    for table in _tables(parent):
        if table.name == key.target_table:
            return _held(parent, table, key.target_columns or table.primary_key)
    return []


def _held(selectable: FromClause, table: Table, names: Sequence[str]) -> list[ColumnElement[object]]:
    found = [next((c for c in selectable.c if (table, name) in _bases(c)), None) for name in names]
    columns: list[ColumnElement[object]] = [column for column in found if column is not None]
    return columns if len(columns) == len(found) else []


def _tables(selectable: FromClause) -> list[Table]:
    return list(dict.fromkeys(table for column in selectable.c for table, _ in _bases(column)))


def _bases(column: ColumnElement[object]) -> list[tuple[Table, str]]:
    """The columns of tables that one of a subquery comes from."""
    found = []
    for base in column.base_columns:
        table = base.table if isinstance(base, Column) else None
        model = table.info.get("model") if isinstance(table, SqlTable) else None
        if isinstance(model, Table) and isinstance(base, Column):
            found.append((model, base.name))
    return found
