"""len count sum avg min max any all first: of a query a subquery, of a scalar an aggregate of this SELECT."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Table, case, func, literal_column

from dbx.language.functions import listed
from dbx.language.functions.calls import Call
from dbx.language.operators import documents
from dbx.language.operators.alike import alike
from dbx.language.operators.truth import truth
from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.select.assemble import as_source, flat, scalar_query, whole
from dbx.language.select.ordering import ordered
from dbx.language.server.text import ONE
from dbx.language.values.kinds import (
    Literal,
    Query,
    Record,
    Row,
    Scalar,
    Selected,
    Sequence,
    Sql,
    TableValue,
    Value,
    describe,
)
from dbx.language.values.scalars import derive
from dbx.language.values.types import NUMBERS

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator

Fold = Callable[["Evaluator", Scalar], Scalar]


def is_query(value: Value) -> bool:
    return isinstance(value, (TableValue, Selected)) or (isinstance(value, Query) and not value.single)


def count_rows(evaluator: Evaluator, value: Value) -> Scalar:
    """len(q): all its items, NULL among them counted as any other."""
    query = evaluator.query(value)
    if query.distinct and whole(evaluator, replace(query, distinct=False)):
        only = _single(evaluator, query.element) if not isinstance(query.element, Row) else None
        if only is not None:
            return folded(evaluator, replace(query, distinct=False), lambda _: _different(only), nullable=False)
    rows = Scalar(func.count(literal_column("*")), "int", nullable=False, aggregate=True, name="count")
    return folded(evaluator, query, lambda _: rows, nullable=False)


def _different(scalar: Scalar) -> Scalar:
    """How many different values there are, NULL being one: COUNT(DISTINCT) leaves that out."""
    sql: Sql = func.count(scalar.sql.distinct())
    if scalar.nullable:
        sql = sql + func.count(case((scalar.sql.is_(None), ONE)).distinct())
    return derive(sql, "int", scalar, nullable=False, aggregate=True, name="count")


def folded(
    evaluator: Evaluator, query: Query, fold: Callable[[Scalar | None], Scalar], *, nullable: bool = True
) -> Scalar:
    """A query folded to one value, inside a subquery of its own."""
    if not whole(evaluator, query):
        order = query.limit is not None or query.offset is not None
        if not order:
            query.frame.home.order.clear()
        query = as_source(evaluator, query)
    element = None if isinstance(query.element, Row) else _single(evaluator, query.element)
    result = scalar_query(evaluator, query, fold(element))
    return replace(result, nullable=nullable)


def _single(evaluator: Evaluator, element: Value) -> Scalar | None:
    columns = flat(evaluator, element)
    return columns[0] if len(columns) == 1 else None


def _len(call: Call) -> Value:
    (node,) = call.take("x")
    assert node is not None
    value = call.value(node)
    if is_query(value):
        return count_rows(call.evaluator, value)
    if isinstance(value, (Sequence, Record)):
        return Literal(len(value.items), "int")
    if isinstance(value, Literal) and value.family in ("str", "bytes"):
        return Literal(len(value.value), "int")
    if isinstance(value, Row):
        raise Unfit("E-TYPE", "a row has no length", "count(row) counts rows")
    scalar = call.evaluator.scalar(value)
    if scalar.family == "bytes":
        return derive(call.evaluator.write("byte length", scalar), "int", scalar, name="len")
    if scalar.family in ("json", "array"):
        return documents.length(call.evaluator, scalar)
    if scalar.family not in ("str", "unknown"):
        raise Unfit("E-TYPE", f"{describe(scalar)} has no length", f"len(str({call.evaluator.source.text(node)}))")
    return derive(call.evaluator.write("length", scalar), "int", scalar, name="len")


def _count(call: Call) -> Value:
    (node,) = call.take("x?")
    if node is None:
        return Scalar(func.count(literal_column("*")), "int", nullable=False, aggregate=True, name="count")
    inner, distinct = _distinct(call, node)
    value = call.value(inner)
    if is_query(value):
        query = call.evaluator.query(value)
        if distinct:
            return count_rows(call.evaluator, replace(query, distinct=True))
        return folded(call.evaluator, query, lambda item: _counted(call.evaluator, item), nullable=False)
    if isinstance(value, Row):
        return _count_rows(value, distinct)
    return _counted(call.evaluator, call.evaluator.scalar(value), distinct)


def _counted(evaluator: Evaluator, scalar: Scalar | None, distinct: bool = False) -> Scalar:
    """Of rows all, of values those that are there, of truths those that are true."""
    if scalar is None:
        return Scalar(func.count(literal_column("*")), "int", nullable=False, aggregate=True, name="count")
    if distinct:
        sql: Sql = func.count(scalar.sql.distinct())
    elif scalar.predicate or scalar.family == "bool":
        sql = func.count(case((truth(evaluator, scalar).sql, ONE)))
    else:
        sql = func.count(scalar.sql)
    return derive(sql, "int", scalar, nullable=False, aggregate=True, name="count")


def _count_rows(row: Row, distinct: bool) -> Scalar:
    anchor = keys.joined(row)
    if distinct or anchor.optional:
        key = keys.key(row)
        if len(key) > 1 and distinct:
            raise Unfit("E-TYPE", "distinct rows with a key of several columns", "len({…})")
        sql = func.count(key[0].sql.distinct() if distinct else key[0].sql)
    else:
        sql = func.count(literal_column("*"))
    return Scalar(sql, "int", nullable=False, aggregate=True, name="count")


def _distinct(call: Call, node: ast.expr) -> tuple[ast.expr, bool]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "distinct":
        if len(node.args) != 1 or node.keywords:
            raise Unfit("E-CALL", "distinct() takes one value here", node=node)
        return node.args[0], True
    return node, False


def fold_sum(evaluator: Evaluator, scalar: Scalar, distinct: bool = False) -> Scalar:
    if scalar.predicate or scalar.family == "bool":
        tested = func.count(case((truth(evaluator, scalar).sql, ONE)))
        return derive(tested, "int", scalar, nullable=False, aggregate=True, name="sum")
    if scalar.family not in NUMBERS | {"unknown", "null"}:
        raise Unfit("E-TYPE", f"sum of {describe(scalar)}", "sum takes numbers")
    zero = evaluator.scalar(Literal(0, "int")).sql
    summed: Sql = func.sum(scalar.sql.distinct() if distinct else scalar.sql)
    made = derive(func.coalesce(summed, zero), scalar.family, scalar, nullable=False, aggregate=True, name="sum")
    made.made, made.otherwise = summed, zero
    return made


def fold_avg(evaluator: Evaluator, scalar: Scalar, distinct: bool = False) -> Scalar:
    if scalar.family not in NUMBERS | {"unknown", "bool"}:
        raise Unfit("E-TYPE", f"avg of {describe(scalar)}", "avg takes numbers")
    sql = evaluator.write("averaged", scalar) if scalar.family == "int" else scalar.sql
    family = "decimal" if scalar.family == "decimal" else "float"
    return derive(func.avg(sql.distinct() if distinct else sql), family, scalar, nullable=True, aggregate=True,
                  name="avg")  # fmt: skip


def _extreme(which: Any, name: str) -> Callable[..., Scalar]:
    def fold(evaluator: Evaluator, scalar: Scalar, distinct: bool = False) -> Scalar:
        if scalar.family in ("bytes", "json"):
            raise Unfit("E-TYPE", f"{name} of {describe(scalar)}")
        return derive(which(scalar.sql), scalar.family, scalar, nullable=True, aggregate=True, name=name)

    return fold


def _folding(name: str, fold: Callable[..., Scalar]) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        (node,) = call.take("x")
        assert node is not None
        inner, distinct = _distinct(call, node)
        value = call.value(inner)
        if isinstance(value, Sequence):
            return _of_list(call, name, value)
        if is_query(value):
            return _of_query(call, fold, value, distinct, name)
        if isinstance(value, Literal):
            raise Unfit("E-TYPE", f"{name} of {describe(value)}", f"{name} takes a query, or a column of a row")
        if isinstance(value, Row):
            raise Unfit("E-TYPE", f"{name} of a row", "name a column")
        _check_place(call, value, inner)
        return fold(call.evaluator, call.evaluator.scalar(value), distinct)

    return handler


def _check_place(call: Call, value: Value, node: ast.expr) -> None:
    """A table's own column is no row's of a comprehension: its table is not among what is read there."""
    column = value.sql if isinstance(value, Scalar) else None
    if isinstance(column, Column) and isinstance(column.table, Table) and any(call.scope.frames()):
        text = call.evaluator.source.text(node)
        hint = f"{call.name}(x.{column.name} for x in {column.table.name})"
        raise Unfit("E-TYPE", f"'{text}' is a column of the whole table, not of a row here", hint, node)


def _of_query(call: Call, fold: Callable[..., Scalar], value: Value, distinct: bool, name: str) -> Scalar:
    evaluator = call.evaluator
    query = evaluator.query(value)

    def apply(scalar: Scalar | None) -> Scalar:
        if scalar is None:
            raise Unfit("E-TYPE", f"{name} of rows", f"{name}(x.column for x in …)")
        return fold(evaluator, scalar, distinct)

    return folded(evaluator, query, apply, nullable=name != "sum")


def _of_list(call: Call, name: str, values: Sequence) -> Value:
    if name in ("min", "max"):
        return extreme_of(call, name, list(values.items))
    if name == "sum":
        return listed.sum_of(call.evaluator, values)
    raise Unfit("E-TYPE", f"{name} of a literal list", f"{name}(x for x in […])")


def extreme_of(call: Call, name: str, values: list[Value]) -> Value:
    """The greatest or least of several values; NULL if one of them is."""
    family = next((v.family for v in values if isinstance(v, Scalar)), "")
    scalars = [call.evaluator.scalar(value, family) for value in values]
    if len(scalars) < 2:
        raise Unfit("E-CALL", f"{name}() takes a query, or several values")
    scalars, family = alike(call.evaluator, scalars, f"{name}() of")
    operation = "greatest" if name in ("max", "greatest") else "least"
    return derive(call.evaluator.write(operation, *scalars), family, *scalars, name=name)


def _min_max(name: str) -> Callable[[Call], Value]:
    fold = _folding(name, _extreme(func.max if name == "max" else func.min, name))

    def handler(call: Call) -> Value:
        if len(call.node.args) > 1:
            call.options()
            return extreme_of(call, name, [value for _, value in call.each()])
        if any(keyword.arg == "key" for keyword in call.node.keywords):
            return _by_key(call, name)
        return fold(call)

    return handler


def _by_key(call: Call, name: str) -> Value:
    """max(q, key=…): the item that has the greatest, as one row."""
    node, key = call.take("x", "key")
    assert node is not None and key is not None
    evaluator = call.evaluator
    query = ordered(evaluator.query(call.value(node)), call, key, descending=name == "max", nulls="last")
    return replace(query, limit=evaluator.scalar(Literal(1, "int")).sql, single=True)


def _first(call: Call) -> Value:
    node, by, key = call.take("q", "by?", "key?")
    assert node is not None
    evaluator = call.evaluator
    query = evaluator.query(call.value(node))
    chosen = by or key
    if not query.open:
        query = as_source(evaluator, query)
    if chosen is not None:
        query = ordered(query, call, chosen)
    return replace(query, limit=evaluator.scalar(Literal(1, "int")).sql, single=True)


FOLDS: dict[str, Callable[..., Scalar]] = {
    "sum": fold_sum,
    "avg": fold_avg,
    "mean": fold_avg,
    "min": _extreme(func.min, "min"),
    "max": _extreme(func.max, "max"),
    "count": lambda evaluator, scalar: _counted(evaluator, scalar),
}

FUNCTIONS: dict[str, Callable[[Call], Value]] = {
    "len": _len,
    "count": _count,
    "sum": _folding("sum", fold_sum),
    "avg": _folding("avg", fold_avg),
    "mean": _folding("avg", fold_avg),
    "min": _min_max("min"),
    "max": _min_max("max"),
    "first": _first,
}
