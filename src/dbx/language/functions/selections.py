"""Functions that choose rows or turn them: distinct_on, sample, pivot."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import case, func

from dbx.language.functions.aggregates import FOLDS, is_query
from dbx.language.functions.calls import Call
from dbx.language.refusal import Unfit
from dbx.language.select.assemble import as_source, directions, flat, labels, whole
from dbx.language.select.ordering import terms
from dbx.language.server.text import ONE
from dbx.language.values.kinds import LambdaValue, Literal, Ordering, Query, Record, Scalar, Sequence, Value, describe
from dbx.language.values.scalars import derive
from dbx.language.values.types import comparable

MAX_COLUMNS = 100


def _source(call: Call, node: ast.expr | None) -> Query:
    """A query to which conditions can be added."""
    assert node is not None
    value = call.value(node)
    if not is_query(value):
        raise Unfit("E-TYPE", f"{call.name} of {describe(value)}", f"{call.name}(table, …)", node)
    query = call.evaluator.query(value)
    return query if whole(call.evaluator, query) else as_source(call.evaluator, query)


def _distinct_on(call: Call) -> Value:
    """distinct_on(q, key): of each group the first row, in the order of q. DISTINCT ON by a window, on every server."""
    node, key = call.take("q", "key")
    assert key is not None
    query = _source(call, node)
    value = call.value(key)
    if not isinstance(value, LambdaValue):
        raise Unfit("E-CALL", "a key is a lambda", "distinct_on(t, lambda x: x.kind)", key)
    groups = terms(call.evaluator, call.evaluator.apply(value, query.element))
    frame = query.frame.home
    number = func.row_number().over(
        partition_by=directions(call.evaluator, groups), order_by=directions(call.evaluator, frame.order) or None
    )
    frame.windowed.append(Scalar(number == ONE, "bool", nullable=False, predicate=True, window=True))
    return query


def _sample(call: Call) -> Value:
    """sample(q, n): some n rows, others each time."""
    node, count = call.take("q", "n?")
    query = _source(call, node)
    size = call.number(count, 10)
    if size < 0:
        raise Unfit("E-VALUE", "a sample is 0 or more rows", node=count)
    random = Scalar(call.evaluator.write("random"), "float", nullable=False)
    query.frame.home.order = [Ordering(random)]
    return replace(query, limit=call.evaluator.scalar(Literal(size, "int")).sql)


def _pivot(call: Call) -> Value:
    """pivot(q, rows=lambda x: …, columns=lambda x: …, values=[…], cell=lambda x: sum(…)): one column for each value."""
    node, rows, columns, values, cell = call.take("q", "rows", "columns", "values?", "cell?")
    query = _source(call, node)
    if values is None:
        hint = "values=[…] names the columns; {x.column for x in table} lists what there is"
        raise Unfit("E-CALL", "pivot() needs values=, because a statement has the columns it was written with", hint)
    key = _applied(call, rows, query)
    (test,) = flat(call.evaluator, _applied(call, columns, query))
    chosen = call.value(values)
    items = chosen.items if isinstance(chosen, (Sequence, Record)) else ()
    if not items or len(items) > MAX_COLUMNS or not all(isinstance(item, Literal) for item in items):
        raise Unfit("E-CALL", f"values= is a list of 1 to {MAX_COLUMNS} values as written", node=values)
    folded = [_cell(call, query, test, item, cell) for item in items if isinstance(item, Literal)]
    keys = flat(call.evaluator, key)
    named = [scalar.named(name) for scalar, name in zip(keys, labels(keys), strict=True)]
    return Query(
        query.frame, Record((*named, *folded), keyed=len(keys)),
        grouped=tuple(scalar.sql for scalar in keys if not scalar.constant),
    )  # fmt: skip


def _applied(call: Call, node: ast.expr | None, query: Query) -> Value:
    value = call.value(node) if node is not None else None
    if not isinstance(value, LambdaValue):
        raise Unfit("E-CALL", "pivot() takes lambdas of a row", "rows=lambda x: x.year", node)
    return call.evaluator.apply(value, query.element)


def _cell(call: Call, query: Query, test: Scalar, item: Literal, cell: ast.expr | None) -> Scalar:
    """What stands under one value: a fold of what those rows have that hold it."""
    evaluator = call.evaluator
    wanted = evaluator.scalar(item, test.family)
    if not comparable(wanted.family, test.family):
        raise Unfit("E-TYPE", f"a column for {describe(wanted)} of {describe(test)}")
    condition = test.sql.is_(item.value) if item.family in ("null", "bool") else test.sql == wanted.sql
    name = "None" if item.value is None else str(item.text or item.value)
    if cell is None:
        counted = derive(func.count(case((condition, ONE))), "int", test, nullable=False, aggregate=True)
        return counted.named(name)
    node = cell.body if isinstance(cell, ast.Lambda) else cell
    if not isinstance(cell, ast.Lambda) or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise Unfit("E-CALL", "cell= is a lambda of a fold", "cell=lambda x: sum(x.total)", cell)
    fold = FOLDS.get(node.func.id)
    if fold is None or len(node.args) != 1 or node.keywords:
        raise Unfit("E-CALL", "cell= folds one value", "sum, avg, min, max or count", node)
    inner = ast.Lambda(cell.args, node.args[0])
    value = evaluator.scalar(evaluator.apply(LambdaValue(inner, call.scope), query.element))
    some = derive(case((condition, value.sql)), value.family, value, test, nullable=True)
    return fold(evaluator, some).named(name)


FUNCTIONS: dict[str, Callable[[Call], Value]] = {"distinct_on": _distinct_on, "sample": _sample, "pivot": _pivot}
