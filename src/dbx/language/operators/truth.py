"""Truth as Python has it: two-valued for values, three-valued for comparisons, each with its exact complement."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, exists, false, not_, or_, true

from dbx.language.operators import documents
from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.select.assemble import build, whole
from dbx.language.server.text import EMPTY, ONE, ZERO
from dbx.language.values.kinds import (
    Literal,
    Query,
    Range,
    Record,
    Row,
    Scalar,
    Selected,
    Sequence,
    Span,
    Sql,
    TableValue,
    Value,
    describe,
)
from dbx.language.values.objects import Instance
from dbx.language.values.scalars import derive

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope


def condition(evaluator: Evaluator, node: ast.expr, scope: Scope, *, negate: bool = False) -> Scalar:
    """A node in condition place. `not` is carried inwards, so that what it denies is denied exactly."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return condition(evaluator, node.operand, scope, negate=not negate)
    if isinstance(node, ast.BoolOp):
        parts = [condition(evaluator, value, scope, negate=negate) for value in node.values]
        return combined(parts, conjunction=isinstance(node.op, ast.And) != negate)
    if negate and isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        # `not x in q` is `x not in q`: NULLs inside q count for neither.
        turned: ast.cmpop = ast.NotIn() if isinstance(node.ops[0], ast.In) else ast.In()
        node, negate = ast.copy_location(ast.Compare(node.left, [turned], node.comparators), node), False
    value = evaluator.evaluate(node, scope)
    try:
        return truth(evaluator, value, negate=negate)
    except Unfit as unfit:
        raise evaluator.source.error(unfit, node) from None


def combined(parts: list[Scalar], *, conjunction: bool) -> Scalar:
    joined = derive((and_ if conjunction else or_)(*(part.sql for part in parts)), "bool", *parts, predicate=True)
    sets = [part.rejects for part in parts]
    joined.rejects = frozenset().union(*sets) if conjunction else sets[0].intersection(*sets[1:])
    return joined


def truth(evaluator: Evaluator, value: Value, *, negate: bool = False) -> Scalar:
    if isinstance(value, Scalar) and value.predicate:
        return derive(not_(value.sql), "bool", value, predicate=True) if negate else value
    if isinstance(value, (Literal, Sequence, Record, Span, Range)):
        return _constant(_known(value) != negate)
    if isinstance(value, Instance):
        return _constant(not negate)
    if isinstance(value, (Query, TableValue, Selected)) and not (isinstance(value, Query) and value.single):
        return existence(evaluator, value, negate=negate)
    if isinstance(value, Row):
        return _row(value, negate)
    scalar = evaluator.scalar(value)
    if scalar.literal is not None:
        return _constant(bool(scalar.literal.value) != negate)
    return _value(evaluator, scalar, negate)


def _constant(value: bool) -> Scalar:
    return Scalar(true() if value else false(), "bool", nullable=False, predicate=True, literal=Literal(value, "bool"))


def _known(value: Value) -> bool:
    if isinstance(value, Literal):
        return bool(value.value)
    return bool(value.items) if isinstance(value, (Sequence, Record)) else True


def _row(row: Row, negate: bool) -> Scalar:
    if row.anchor is not None and not row.anchor.optional:
        return _constant(not negate)
    first = keys.key(row)[0]
    if not first.nullable:
        return _constant(not negate)
    return derive(first.sql.is_(None) if negate else first.sql.is_not(None), "bool", first, predicate=True,
                  nullable=False, strict=not negate)  # fmt: skip


def _value(evaluator: Evaluator, scalar: Scalar, negate: bool) -> Scalar:
    """True when there is a value and it is not empty, zero or false."""
    sql = scalar.sql
    if scalar.family == "json" and not scalar.core:
        return documents.nothing(evaluator, scalar, negate=not negate)
    if scalar.family == "bool":
        tested: Sql = sql.is_not(true()) if negate else sql.is_(true())
    else:
        empty = _empty(evaluator, scalar)
        if empty is None:
            tested = sql.is_(None) if negate else sql.is_not(None)
        elif negate:
            tested = or_(sql.is_(None), empty) if scalar.nullable else empty
        else:
            tested = and_(sql.is_not(None), not_(empty)) if scalar.nullable else not_(empty)
    return derive(tested, "bool", scalar, predicate=True, nullable=False, strict=not negate)


def _empty(evaluator: Evaluator, scalar: Scalar) -> Sql | None:
    if scalar.family == "str":
        return scalar.sql == EMPTY
    if scalar.family in ("int", "decimal", "float"):
        return scalar.sql == ZERO
    if scalar.family == "bytes":
        return evaluator.write("byte length", scalar) == ZERO
    if scalar.family == "array":
        return documents.length(evaluator, scalar).sql == ZERO
    return None


def existence(evaluator: Evaluator, value: Value, *, negate: bool = False) -> Scalar:
    """EXISTS, by the rows alone."""
    evaluator.count_query()
    if isinstance(value, Selected):
        found: Sql = exists(value.statement)
    else:
        query = evaluator.query(value)
        if whole(evaluator, query):
            found = exists(build(evaluator, query, Scalar(ONE, "int"), ordered=False))
        else:
            found = exists(build(evaluator, query, ordered=False))
    return Scalar(not_(found) if negate else found, "bool", nullable=False, predicate=True)


def as_value(evaluator: Evaluator, test: Scalar) -> Scalar:
    """A condition as 1 or 0 for counting: what is unknown counts as not."""
    return derive(case((test.sql, ONE), else_=ZERO), "int", test, nullable=False)


def refuse_bare(value: Value) -> None:
    """Kinds that have no truth."""
    raise Unfit("E-TYPE", f"{describe(value)} is neither true nor false")
