"""Sort keys: from what a key comes to, to the terms of an ORDER BY."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.select.assemble import as_source, directions, flat
from dbx.language.values.kinds import LambdaValue, Literal, Ordering, Query, Record, Row, Scalar, Sequence, Sql, Value

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.functions.calls import Call


def terms(evaluator: Evaluator, value: Value) -> list[Ordering]:
    """What a sort key comes to: one direction, or one for each part of a tuple."""
    if isinstance(value, (Record, Sequence)):
        return [term for item in value.items for term in terms(evaluator, item)]
    if isinstance(value, Ordering) and value.scalar is not None:
        return [value]
    if isinstance(value, Row):
        return [Ordering(scalar) for scalar in keys.key(value)]
    scalar = evaluator.scalar(value)
    return [] if scalar.constant else [Ordering(scalar)]


def ordered(query: Query, call: Call, key: ast.expr | None, *, descending: bool = False, nulls: str = "") -> Query:
    """The query in the order of `key`, which is a lambda of its items or one of their columns."""
    evaluator = call.evaluator
    if query.limit is not None or query.offset is not None or (query.distinct and key is not None):
        query = as_source(evaluator, query)
    if key is None:
        found = _own_terms(evaluator, query)
    else:
        if isinstance(key, ast.Name) and call.scope.lookup(key.id) is None:
            raise Unfit("E-NODE", "a key is a lambda or a column", "key=lambda x: x.name", key)
        value = call.value(key)
        if isinstance(value, Literal):
            raise Unfit("E-NODE", "a key is a lambda or a column", "key=lambda x: x.name", key)
        if isinstance(value, LambdaValue):
            value = evaluator.apply(value, query.element)
        elif isinstance(value, Scalar) and value.core:
            value = _own_column(query, value)
        found = terms(evaluator, value)
    if descending:
        found = [replace(term, descending=not term.descending) for term in found]
    # Sorting is stable: what was the order before decides between equals.
    before = query.frame.home.order
    query.frame.home.order = [*(replace(term, nulls=term.nulls or nulls) for term in found), *before]
    return query


def _own_column(query: Query, column: Scalar) -> Scalar:
    """key=track.c.name means that column of the rows sorted, which go by an alias."""
    if isinstance(query.element, Row) and column.name in keys.names(query.element):
        return keys.column(query.element, column.name)
    raise Unfit("E-TYPE", "a key is a column of what is sorted", "key=lambda x: x.name")


def _own_terms(evaluator: Evaluator, query: Query) -> list[Ordering]:
    if isinstance(query.element, Row):
        return [Ordering(scalar) for scalar in keys.key(query.element)]
    return [Ordering(scalar) for scalar in flat(evaluator, query.element)]


def term_list(call: Call, node: ast.expr) -> list[Sql]:
    """The terms of a window's PARTITION BY or ORDER BY."""
    return directions(call.evaluator, terms(call.evaluator, call.value(node)))
