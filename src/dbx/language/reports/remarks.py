"""What a reader may want to be told of a query that does what it says: rows left out for a NULL, multiplied rows.

Looked for in the statement itself, so that it is all one in which form it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Alias, ColumnClause, Delete, Dialect, FromClause, Join, Select, Update
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.compiler import COLLECT_CARTESIAN_PRODUCTS
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList, Grouping, Null
from sqlalchemy.sql.functions import FunctionElement

from dbx.language.core.joins import parts_of
from dbx.schema.model import Table

_LEAVES_OUT = {operators.ne: "!=", operators.not_in_op: "not in"}
_COUNTING = ("sum", "count", "avg", "group_concat", "string_agg", "aggregate_strings", "total")

Edges = Mapping[FromClause, Mapping[FromClause, bool]]
"""Which sources are joined, and whether one row of the first may find several of the second."""


def hinted(statement: Any, dialect: Dialect) -> list[str]:
    """At most one of each kind for each place, in no hurry: it costs a compilation."""
    found: list[str] = []
    for query in visitors.iterate(statement):
        if isinstance(query, (Select, Update, Delete)):
            found += _left_out(query)
        if isinstance(query, Select):
            found += _fanned_out(query)
    if dialect.name == "sqlite":
        found += _plain_letters(statement)
    return list(dict.fromkeys([*found, *_combined(statement, dialect)]))


def _plain_letters(statement: Any) -> Iterator[str]:
    """Where the letters that SQLite does not know would decide."""
    parts = list(visitors.iterate(statement))
    names = {str(each.name).lower() for each in parts if isinstance(each, FunctionElement) and hasattr(each, "name")}
    values = (value for each in parts if isinstance(each, BindParameter) for value in _each(each.value))
    if any(isinstance(value, str) and not value.isascii() for value in values):
        for name in sorted(names & {"lower", "upper"}):
            yield f"SQLite's {name}() knows the letters of ASCII alone: others stay as they are"


def _each(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else (value,)


# --- NULLs -----------------------------------------------------------------------------------------------------------


def _left_out(query: Any) -> Iterator[str]:
    """`x != 'a'` is not true of a NULL: neither, mostly, was it meant so."""
    conditions = [part for each in query._where_criteria for part in _conjuncts(each)]
    asked = {_column(part.left) for part in conditions if _asks_for_null(part)}
    optional = {side for source in _sources(query) for side in _optional(source)}
    for part in conditions:
        sign = _LEAVES_OUT.get(part.operator, "") if isinstance(part, BinaryExpression) else ""
        column = _column(part.left) if sign else None
        if column is None or column in asked or not _is_bound(part.right):
            continue
        if column.nullable or column.table in optional:
            better = "'is not'" if sign == "!=" else "'or … is None'"
            yield f"rows without {_named(column)} are left out by {sign}; {better} keeps them"


def _conjuncts(condition: Any) -> Iterator[Any]:
    condition = condition.element if isinstance(condition, Grouping) else condition
    if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for part in condition.clauses:
            yield from _conjuncts(part)
    else:
        yield condition


def _asks_for_null(part: Any) -> bool:
    return isinstance(part, BinaryExpression) and part.operator is operators.is_not and isinstance(part.right, Null)


def _column(element: Any) -> Any:
    """A column of a table, whose model knows whether it may be NULL."""
    if isinstance(element, ColumnClause) and element.table is not None and hasattr(element, "nullable"):
        return element
    return None


def _is_bound(element: Any) -> bool:
    inner = element.element if isinstance(element, Grouping) else element
    return isinstance(inner, BindParameter) or (hasattr(inner, "clauses") and all(map(_is_bound, inner.clauses)))


def _named(column: Any) -> str:
    return f"{getattr(column.table, 'name', '')}.{column.name}"


def _sources(query: Any) -> list[Any]:
    return list(query.get_final_froms()) if isinstance(query, Select) else []


def _optional(source: Any) -> Iterator[Any]:
    if isinstance(source, Join):
        yield from _optional(source.left)
        yield from _optional(source.right)
        if source.isouter or _may_miss(source):
            yield from parts_of(source.right)


def _may_miss(join: Join) -> bool:
    """Whether it follows a foreign key that may be NULL, and is inner only because a condition asks for the row.

    A join that somebody wrote in Core is of tables as they are, and meant so.
    """
    if not isinstance(join.right, Alias) or join.onclause is None:
        return False
    columns = [_column(side) for part in _conjuncts(join.onclause) for side in (part.left, part.right)]
    return any(column is not None and column.table is not join.right and column.nullable for column in columns)


# --- cartesian products ----------------------------------------------------------------------------------------------


def _combined(statement: Any, dialect: Dialect) -> Iterator[str]:
    """SQLAlchemy's own look at what no condition joins."""
    try:
        compiled: Any = statement.compile(dialect=dialect, linting=COLLECT_CARTESIAN_PRODUCTS)
    except (SQLAlchemyError, TypeError):
        return
    linter = getattr(compiled, "from_linter", None)
    if linter is None or not linter.froms:
        return
    first = next(iter(linter.froms))
    apart, _ = linter.lint(first)
    if apart:
        others = ", ".join(str(name) for each, name in linter.froms.items() if each in apart)
        yield f"each row of {linter.froms[first]} is combined with every row of {others}: no condition joins them"


# --- fan-out ---------------------------------------------------------------------------------------------------------


def _fanned_out(query: Select[Any]) -> Iterator[str]:
    """An aggregate over one table of a join, when another of its tables multiplies the rows."""
    edges = _edges(query)
    for part in (part for column in query.selected_columns for part in visitors.iterate(column)):
        name = str(getattr(part, "name", "")) if isinstance(part, FunctionElement) else ""
        if name not in _COUNTING or _distinct(part):
            continue
        for source in {_column(each).table for each in visitors.iterate(part) if _column(each) is not None}:
            other = _multiplied(source, edges)
            if other is not None:
                yield (
                    f"{name}() takes a row of {source.name} once for each row of {other.name}: "
                    f"fold one of them in a query of its own"
                )


def _distinct(part: Any) -> bool:
    return any(getattr(each, "operator", None) is operators.distinct_op for each in visitors.iterate(part))


def _edges(query: Select[Any]) -> dict[FromClause, dict[FromClause, bool]]:
    conditions = [part for each in query._where_criteria for part in _conjuncts(each)]
    conditions += [part for source in _sources(query) for on in _conditions(source) for part in _conjuncts(on)]
    pairs: dict[tuple[FromClause, FromClause], set[str]] = {}
    own = {table for source in _sources(query) for table in parts_of(source)}
    for part in conditions:
        if isinstance(part, BinaryExpression) and part.operator is operators.eq:
            left, right = _column(part.left), _column(part.right)
            if left is not None and right is not None and left.table in own and right.table in own:
                pairs.setdefault((left.table, right.table), set()).add(str(right.name))
                pairs.setdefault((right.table, left.table), set()).add(str(left.name))
    edges: dict[FromClause, dict[FromClause, bool]] = {}
    for (one, other), columns in pairs.items():
        edges.setdefault(one, {})[other] = not _is_key(other, columns)
    return edges


def _conditions(source: Any) -> Iterator[Any]:
    if isinstance(source, Join):
        yield from _conditions(source.left)
        yield from _conditions(source.right)
        if source.onclause is not None:
            yield source.onclause


def _is_key(source: FromClause, columns: set[str]) -> bool:
    """Whether at most one row has the same values there. Of what is no table nothing is known, and nothing is said."""
    table: Any = source.element if isinstance(source, Alias) else source
    model = table.info.get("model") if isinstance(table, SqlTable) else None
    return not isinstance(model, Table) or any(set(key) <= columns for key in model.unique_columns)


def _multiplied(source: Any, edges: Edges) -> Any:
    """The source that a row of this one may find several rows of, if any: nothing beyond it matters."""
    seen, pending = {source}, [source]
    while pending:
        for other, several in edges.get(pending.pop(), {}).items():
            if several and other not in seen:
                return other
            if other not in seen:
                seen.add(other)
                pending.append(other)
    return None
