"""recurse(base, lambda up: step): a recursive common table expression."""

from __future__ import annotations

from collections.abc import Callable

from dbx.language.assemble import build, flat, rebuilt
from dbx.language.calls import Call
from dbx.language.frame import Frame
from dbx.language.kinds import LambdaValue, Query, Value
from dbx.language.refusal import Unfit
from dbx.language.scope import Scope


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
    statement = build(evaluator, again)
    whole = start.union(statement) if base.distinct else start.union_all(statement)
    result = Frame()
    element = rebuilt(evaluator, base.element, whole, iter(list(whole.c)), result)
    return Query(result, element)


FUNCTIONS: dict[str, Callable[[Call], Value]] = {"recurse": _recurse}
