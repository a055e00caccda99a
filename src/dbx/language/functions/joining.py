"""sep.join(x): the strings of a group, a collection or a query as one, in an order where one is asked for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from sqlalchemy import select

from dbx.language.functions.aggregates import is_query
from dbx.language.refusal import Unfit
from dbx.language.select.assemble import as_source, build, correlated, directions, flat, whole
from dbx.language.select.frame import Frame
from dbx.language.values.kinds import Ordering, Query, Row, Scalar, Sql, Value, describe
from dbx.language.values.scalars import derive

if TYPE_CHECKING:
    from dbx.language.functions.calls import Call

ORDER = "order inside an aggregate"


def joined_text(call: Call, separator: Value, node: ast.expr) -> Scalar:
    evaluator = call.evaluator
    mark = evaluator.scalar(separator)
    scalar, descending, sort = _in_group(call, node)
    if scalar is None:
        value = call.value(node)
        if is_query(value):
            return _of_query(call, mark, evaluator.query(value))
        scalar = evaluator.scalar(value)
    _check(scalar)
    terms = [Ordering(scalar, descending=descending)] if sort else []
    frame = next(call.scope.frames(), None)
    return _aggregate(call, mark, scalar, terms, frame)


def _in_group(call: Call, node: ast.expr) -> tuple[Scalar | None, bool, bool]:
    """sorted(x) of a column: not a query, but the order in which the group is put together."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sorted"):
        return None, False, False
    if len(node.args) != 1 or any(keyword.arg != "reverse" for keyword in node.keywords):
        return None, False, False
    if isinstance(node.args[0], (ast.ListComp, ast.GeneratorExp, ast.SetComp)):
        return None, False, False
    value = call.value(node.args[0])
    if not isinstance(value, Scalar):
        return None, False, False
    return value, call.flag("reverse", node.keywords[0].value if node.keywords else None), True


def _check(scalar: Scalar) -> None:
    if scalar.family not in ("str", "unknown", "enum"):
        raise Unfit("E-TYPE", f"join of {describe(scalar)}", "str(…) makes text of it")


def _aggregate(call: Call, mark: Scalar, scalar: Scalar, terms: list[Ordering], frame: Frame | None) -> Scalar:
    evaluator = call.evaluator
    if terms and not evaluator.server.can(ORDER):
        if frame is None:
            raise Unfit("E-TYPE", "sorted() of a column belongs in a comprehension")
        frame.presort += terms
        terms = []
    order: list[Sql] = directions(evaluator, terms)
    return derive(evaluator.write("join", scalar, mark, *order), "str", scalar, aggregate=True, name="joined")


def _of_query(call: Call, mark: Scalar, query: Query) -> Scalar:
    """A subquery of its own; its order inside the aggregate, or below it where that cannot be said."""
    evaluator = call.evaluator
    evaluator.count_query()
    columns = [] if isinstance(query.element, Row) else flat(evaluator, query.element)
    if len(columns) != 1:
        raise Unfit("E-TYPE", "join takes strings", "sep.join(x.name for x in …)")
    _check(columns[0])
    old = not evaluator.server.can(ORDER)
    if not whole(evaluator, query) or (old and query.frame.home.order):
        if old:
            sub = build(evaluator, query).subquery(evaluator.short_alias("part"))
            found = select(evaluator.write("join", next(iter(sub.c)), mark).label("joined")).select_from(sub)
            return Scalar(found.correlate_except(sub).scalar_subquery(), "str", name="joined", whole=found)
        query = as_source(evaluator, query)
        columns = flat(evaluator, query.element)
    frame = query.frame.home
    terms, frame.order = frame.order, []
    folded = _aggregate(call, mark, columns[0], terms, frame)
    statement = correlated(build(evaluator, query, folded), frame)
    return Scalar(statement.scalar_subquery(), "str", name="joined", whole=statement)
