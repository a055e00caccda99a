"""The ON condition of a Core join that names none: the one foreign key between the two sides."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from sqlalchemy import Alias, FromClause, Join, and_
from sqlalchemy import Table as SqlTable

from dbx.language.kinds import Sql
from dbx.language.refusal import Unfit
from dbx.schema.model import Table


def on_clause(lefts: Sequence[FromClause], right: FromClause, node: ast.AST) -> Sql:
    found = [
        condition
        for left in lefts for one in _parts(left) for other in _parts(right) for condition in _conditions(one, other)
    ]  # fmt: skip
    if len(found) != 1:
        many = "several foreign keys" if found else "no foreign key"
        raise Unfit("E-TYPE", f"there is {many} between these", "name the condition: .join(t, a == b)", node)
    return found[0]


def _parts(selectable: FromClause) -> Iterator[FromClause]:
    if isinstance(selectable, Join):
        yield from _parts(selectable.left)
        yield from _parts(selectable.right)
    else:
        yield selectable


def _model(selectable: FromClause) -> Table | None:
    table = selectable.element if isinstance(selectable, Alias) else selectable
    model = table.info.get("model") if isinstance(table, SqlTable) else None
    return model if isinstance(model, Table) else None


def _conditions(one: FromClause, other: FromClause) -> Iterator[Sql]:
    first, second = _model(one), _model(other)
    if first is None or second is None:
        return
    for child, parent, key in ((one, other, key) for key in first.foreign_keys):
        if key.target_table == second.name:
            yield _equal(child, parent, key.columns, key.target_columns)
    if first == second:
        return
    for key in second.foreign_keys:
        if key.target_table == first.name:
            yield _equal(other, one, key.columns, key.target_columns)


def _equal(child: FromClause, parent: FromClause, ours: Sequence[str], theirs: Sequence[str]) -> Sql:
    return and_(*(child.c[a] == parent.c[b] for a, b in zip(ours, theirs, strict=True)))
