"""recurse(base, lambda up: step): a recursive common table expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import BinaryExpression, BindParameter, ColumnClause
from sqlalchemy.sql import operators

from dbx.language.functions.calls import Call
from dbx.language.names.scope import Scope
from dbx.language.operators.alike import widest
from dbx.language.refusal import Unfit
from dbx.language.select.assemble import build, flat, rebuilt
from dbx.language.select.frame import Frame
from dbx.language.values.kinds import LambdaValue, Query, Scalar, Value

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def _recurse(call: Call) -> Value:
    base_node, step_node = call.take("base", "step")
    assert base_node is not None and step_node is not None
    evaluator = call.evaluator
    base = evaluator.query(call.value(base_node))
    step = call.value(step_node)
    if not isinstance(step, LambdaValue) or len(step.node.args.args) != 1:
        raise Unfit("E-CALL", "recurse() takes a query and a lambda of one row", node=step_node)
    name = step.node.args.args[0].arg
    start = build(evaluator, base).cte(evaluator.alias(name), recursive=True)
    frame = Frame()
    up = rebuilt(evaluator, base.element, start, iter(list(start.c)), frame)
    scope = Scope(step.scope, variables={name: up}, pending=frame)
    again = evaluator.evaluate(step.node.body, scope)
    if not isinstance(again, Query) or len(flat(evaluator, again.element)) != len(list(start.c)):
        raise Unfit("E-TYPE", "the step has to be a query of as many columns as the base", node=step.node.body)
    _widen(evaluator, start, flat(evaluator, base.element), flat(evaluator, again.element))
    statement = build(evaluator, again)
    whole = start.union(statement) if base.distinct else start.union_all(statement)
    result = Frame()
    element = rebuilt(evaluator, base.element, whole, iter(list(whole.c)), result)
    return Query(result, element)


def _widen(evaluator: Evaluator, start: Any, base: list[Scalar], step: list[Scalar]) -> None:
    """Give the columns of the base types that hold what the steps make of them: most servers look at the base alone."""
    columns, own = list(start.element.selected_columns), list(start.c)
    grown = [i for i, each in enumerate(step) if not isinstance(each.sql, (ColumnClause, BindParameter))
             and not _is_counted(each.sql)]  # fmt: skip
    for place in grown:
        # A column that the next step takes from one that grows, grows too.
        grown += [i for i, each in enumerate(step) if each.sql is own[place] and i not in grown]
        family = widest([base[place].family, step[place].family])
        if family in ("str", "int", "decimal", "float"):
            wide = evaluator.write("recursive", base[place], detail=family)
            columns[place] = wide.label(columns[place].name) if wide is not base[place].sql else columns[place]
    start.element = start.element.with_only_columns(*columns)


def _is_counted(sql: Any) -> bool:
    """x + 1, which no type is too small for."""
    operands = (sql.left, sql.right) if isinstance(sql, BinaryExpression) else ()
    return any(isinstance(each, BindParameter) and isinstance(each.value, int) for each in operands) and (
        sql.operator in (operators.add, operators.sub)
    )


FUNCTIONS: dict[str, Callable[[Call], Value]] = {"recurse": _recurse}
