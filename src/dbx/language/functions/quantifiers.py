"""any() and all() of queries, collections and lists; exists()."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import exists, not_, true

from dbx.language.functions import listed
from dbx.language.functions.aggregates import is_query
from dbx.language.functions.calls import Call
from dbx.language.operators.truth import existence, truth
from dbx.language.queries.comprehension import comprehension
from dbx.language.refusal import Unfit
from dbx.language.select.assemble import as_source, whole
from dbx.language.values.kinds import Query, Record, Scalar, Selected, Sequence, Value

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def _any(call: Call) -> Value:
    value = _truths(call)
    if isinstance(value, Sequence):
        return listed.some_of(call.evaluator, value)
    if isinstance(value, Selected):
        return existence(call.evaluator, value)
    query = _tested(call.evaluator, value)
    if isinstance(query.element, Record):
        return existence(call.evaluator, query)
    test = truth(call.evaluator, query.element)
    if test.literal is None:
        query.frame.home.where.append(test.sql)
        query.frame.home.require(test.rejects)
    return existence(call.evaluator, query)


def _all(call: Call) -> Value:
    """NOT EXISTS of one that is not so; NULL is not so."""
    value = _truths(call)
    if isinstance(value, Sequence):
        return listed.all_of(call.evaluator, value)
    query = _tested(call.evaluator, value)
    if isinstance(query.element, Record):
        return Scalar(true(), "bool", nullable=False, predicate=True)
    test = truth(call.evaluator, query.element)
    failed = test.sql.is_not(true()) if test.nullable else not_(test.sql)
    query.frame.home.where.append(failed)
    return existence(call.evaluator, query, negate=True)


def _truths(call: Call) -> Value:
    """The argument of any() and all(): of a comprehension, only whether its items are true matters."""
    (node,) = call.take("x")
    assert node is not None
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        return comprehension(call.evaluator, node, call.scope, tested=True)
    return call.value(node)


def _tested(evaluator: Evaluator, value: Value) -> Query:
    query = evaluator.query(value)
    if not whole(evaluator, query):
        query = as_source(evaluator, query)
    return replace(query, distinct=False)


def _exists(call: Call) -> Value:
    """exists(q), as Core has it too."""
    found = call.each()
    call.options()
    if not found:
        return Scalar(exists(), "bool", nullable=False, core=True, predicate=True, made=exists())
    if len(found) == 1 and is_query(found[0][1]):
        scalar = existence(call.evaluator, found[0][1])
        scalar.core = True
        return scalar
    if found and isinstance(found[0][1], Scalar):
        scalars = [call.evaluator.scalar(value) for _, value in found]
        sql = exists(*(scalar.sql for scalar in scalars))
        return Scalar(sql, "bool", nullable=False, core=True, predicate=True, made=sql)
    raise Unfit("E-CALL", "exists() takes a query")


FUNCTIONS: dict[str, Callable[[Call], Value]] = {"any": _any, "all": _all, "exists": _exists}
