"""What stands after `in` of a comprehension: the rows it reads, and what one of them is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnClause, FromClause, and_, func, select, union_all
from sqlalchemy.sql import visitors

from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.select.assemble import as_source, looks_outside, whole
from dbx.language.select.frame import Anchor, Frame
from dbx.language.values.columns import scalars_of
from dbx.language.values.kinds import (
    AliasValue,
    Literal,
    Outer,
    Query,
    Range,
    Record,
    Row,
    Scalar,
    Selected,
    Sequence,
    TableValue,
    Value,
    describe,
)

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope

MAX_VALUES = 1000


def iterate(evaluator: Evaluator, value: Value, scope: Scope, frame: Frame, wanted: str) -> Value:
    """Make `value` a source of `frame`; the item of it. `wanted` is the loop variable's name."""
    if isinstance(value, Outer):
        return _outer(evaluator, value.query, frame)
    if isinstance(value, TableValue):
        evaluator.count_source()
        anchor = keys.table_anchor(evaluator, value.entry, _alias(evaluator, wanted, value, scope))
        frame.add(anchor)
        return Row(anchor)
    if isinstance(value, Query):
        if value.single:
            raise Unfit("E-TYPE", "one row is no source", "use one of its collections, or leave out the index")
        return _query(evaluator, value, scope, frame, wanted)
    if isinstance(value, (AliasValue, Selected)):
        evaluator.count_source()
        return _core(evaluator, value, scope, frame, wanted)
    if isinstance(value, Scalar) and value.family == "array":
        return _unnested(evaluator, value, frame, evaluator.alias(wanted or "item", scope))
    if isinstance(value, Range):
        value = _counted(value)
    if isinstance(value, Sequence) or (isinstance(value, Record) and value.items and not value.names):
        return _values(evaluator, value.items, frame, evaluator.alias(wanted or "item", scope))
    raise Unfit("E-TYPE", f"{describe(value)} is no source", "a table, a query, a collection or a list of literals")


def _alias(evaluator: Evaluator, wanted: str, value: TableValue, scope: Scope) -> str:
    return evaluator.alias(wanted, scope) if wanted else evaluator.short_alias(value.entry.model.name)


def _query(evaluator: Evaluator, query: Query, scope: Scope, frame: Frame, wanted: str) -> Value:
    if not whole(evaluator, query):
        evaluator.count_query()
        name = evaluator.alias(wanted, scope) if wanted else ""
        query = _beside(evaluator, query, name, frame)
    anchor = query.element.anchor if isinstance(query.element, Row) else None
    if anchor is not None and wanted:
        evaluator.rename(anchor, wanted, scope)
    if query.collection:
        evaluator.count_source()
    frame.absorb(query.frame.home)
    return query.element


def _beside(evaluator: Evaluator, query: Query, name: str, frame: Frame) -> Query:
    """A query as a source. One that speaks of the rows beside it is computed for each of them."""
    if not (frame.roots and looks_outside(query.frame.home)):
        return as_source(evaluator, query, name)
    hint = "row_number().over(partition_by=…, order_by=…) <= n as a condition"
    evaluator.server.require("LATERAL", hint)
    return as_source(evaluator, query, source=lambda s: s.lateral(name or evaluator.short_alias("query")))


def _outer(evaluator: Evaluator, query: Query, frame: Frame) -> Value:
    """LEFT JOIN, on the collection's key or on the conditions of the comprehension inside."""
    inner = query.frame.home
    root = inner.roots[0] if len(inner.roots) == 1 else None
    if root is None or not whole(evaluator, query) or inner.order:
        raise Unfit("E-TYPE", "outer() takes a table, a collection, or a comprehension over one of them")
    _as_one(root)
    conditions = [*inner.correlated(), *inner.where]
    if not frame.roots:
        raise Unfit("E-TYPE", "outer() needs something before it to stay", "[… for a in x for b in outer(y)]")
    inner.merged = frame
    if root.base is not None and root.base.frame.home is frame and not inner.where:
        root.left = root.optional = True
        root.base.root.joined.append(root)
    else:
        frame.attach(root, and_(True, *conditions), left=True)
    return query.element


def _as_one(root: Anchor) -> None:
    """What is joined inside outer() is there or missing as a whole: LEFT JOIN (a JOIN b ON …) ON …"""
    for anchor in root.joined:
        root.selectable = root.selectable.join(anchor.selectable, anchor.on, isouter=anchor.left)
        anchor.optional = True
    root.joined.clear()


def _core(evaluator: Evaluator, value: AliasValue | Selected, scope: Scope, frame: Frame, wanted: str) -> Value:
    if isinstance(value, Selected):
        selectable: FromClause = value.statement.subquery(evaluator.alias(wanted or "query", scope))
        model = None
    else:
        selectable, model = value.selectable, value.entry.model if value.entry else None
    columns = scalars_of(selectable, core=False)
    anchor = Anchor(frame, selectable, columns, model)
    frame.add(anchor)
    if isinstance(value, Selected) and len(columns) == 1:
        return next(iter(columns.values()))
    return Row(anchor)


def _values(evaluator: Evaluator, items: tuple[Value, ...], frame: Frame, alias: str) -> Value:
    """A literal list as rows: one SELECT for each, which every server reads."""
    if not items or len(items) > MAX_VALUES:
        raise Unfit("E-LIMIT" if items else "E-TYPE", f"a list of {len(items):,} items as a source")
    rows = [_fields(evaluator, item) for item in items]
    _check_constant(scalar for row in rows for scalar in row.values())
    names = list(rows[0])
    if any(list(row) != names for row in rows):
        raise Unfit("E-TYPE", "the items of a list of rows must have the same parts")
    parts = [select(*(row[name].sql.label(name) for name in names)) for row in rows]
    sub = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery(alias)
    columns = {
        name: Scalar(sub.c[name], _family(row[name].family for row in rows), name=name,
                     nullable=any(row[name].nullable for row in rows)) for name in names
    }  # fmt: skip
    anchor = Anchor(frame, sub, columns)
    frame.add(anchor)
    first = items[0]
    if isinstance(first, Record):
        return Row(anchor) if first.names else Record(tuple(columns.values()))
    return columns[names[0]]


def _unnested(evaluator: Evaluator, array: Scalar, frame: Frame, alias: str) -> Value:
    """The elements of an array as rows (PostgreSQL)."""
    evaluator.count_source()
    unnested: Any = func.unnest(array.sql).column_valued(alias)
    frame.add(Anchor(frame, unnested.scalar_alias, {}))
    return Scalar(unnested, array.element, name=alias)


def _check_constant(scalars: Iterable[Scalar]) -> None:
    """The rows of a list are the same whatever row is outside: LATERAL is not everywhere."""
    for scalar in scalars:
        if any(isinstance(part, ColumnClause) and part.table is not None for part in visitors.iterate(scalar.sql)):
            raise Unfit("E-TYPE", "a list of columns is no source", "any([…]), all([…]), max(…), sum([…])")


def _counted(span: Range) -> Sequence:
    bounds = [value.value for value in (span.start, span.stop) if isinstance(value, Literal) and value.family == "int"]
    if len(bounds) != 2:
        raise Unfit("E-TYPE", "a range of columns is no source", "numbers as written, or recurse(…)")
    numbers = range(bounds[0], bounds[1], span.step)
    if not 0 < len(numbers) <= MAX_VALUES:
        raise Unfit("E-LIMIT" if numbers else "E-TYPE", f"a list of {len(numbers):,} items as a source")
    return Sequence(tuple(Literal(number, "int") for number in numbers))


def _family(families: object) -> str:
    found = {family for family in families if family != "null"}  # type: ignore[attr-defined]
    if len(found) > 1 and not found <= {"int", "float", "decimal"}:
        raise Unfit("E-TYPE", f"a column of {' and '.join(sorted(found))}")
    return next((family for family in ("float", "decimal") if family in found), next(iter(found), "null"))


def _fields(evaluator: Evaluator, item: Value) -> Mapping[str, Scalar]:
    if isinstance(item, Literal):
        return {"value": evaluator.scalar(item)}
    if isinstance(item, Record):
        names = item.names or tuple(f"value_{i}" for i in range(1, len(item.items) + 1))
        return {name: evaluator.scalar(part) for name, part in zip(names, item.items, strict=True)}
    return {"value": evaluator.scalar(item)}
