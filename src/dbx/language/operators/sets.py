"""Queries combined: + | & - of two of them, union_all() and its kin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import CompoundSelect, SelectBase, except_, intersect, select, union, union_all

from dbx.language.operators.alike import widest, written
from dbx.language.refusal import Unfit
from dbx.language.select.assemble import build, flat, name_of, rebuilt
from dbx.language.select.frame import Frame
from dbx.language.values.kinds import Query, Record, Scalar, Selected, Sequence, Value
from dbx.language.values.types import comparable

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator

_SETS: dict[str, Any] = {"|": union, "&": intersect, "-": except_, "+": union_all}


def combine_queries(evaluator: Evaluator, sign: str, left: Value, right: Value) -> Value:
    if isinstance(left, Selected) and isinstance(right, Selected):
        raise Unfit("E-TYPE", f"cannot use {sign} on two selects", "union(a, b), union_all(a, b), intersect, except_")
    a, b = (_query(evaluator, value) for value in (left, right))
    if sign not in _SETS:
        raise Unfit("E-TYPE", f"cannot use {sign} on two queries", "| union  & intersection  - difference  + both")
    distinct = all(query.distinct or query.united for query in (a, b))
    if (sign == "+") == distinct:
        hint = "{…} is a set" if sign != "+" else "use | for sets"
        raise Unfit("E-TYPE", f"cannot use {sign} on {'sets' if distinct else 'lists'}", hint)
    return replace(joined(evaluator, _SETS[sign], a, b), united=distinct)


def _query(evaluator: Evaluator, value: Value) -> Query:
    query = evaluator.query(value)
    return replace(query, distinct=True) if isinstance(value, Sequence) and value.unique else query


def joined(evaluator: Evaluator, operation: Any, *queries: Query) -> Query:
    """The rows of several queries as one: read from a subquery, so that anything can follow."""
    columns = [flat(evaluator, query.element) for query in queries]
    families = [widest([scalar.family for scalar in place]) for place in zip(*columns, strict=False)]
    for other in columns[1:]:
        if len(other) != len(columns[0]):
            raise Unfit("E-TYPE", f"{len(columns[0])} columns beside {len(other)}")
        for one, two in zip(columns[0], other, strict=True):
            if not comparable(one.family, two.family):
                raise Unfit("E-TYPE", f"a column of {one.family} beside one of {two.family}")
    parts: list[SelectBase] = []
    shapes: list[Value] = []
    for query, own in zip(queries, columns, strict=True):
        cut = query.limit is not None or query.offset is not None
        made = [written(evaluator, scalar, family) for scalar, family in zip(own, families, strict=True)]
        element = _written(query.element, made) if made != own else query.element
        shapes.append(element)
        statement: SelectBase = build(evaluator, replace(query, distinct=query.distinct and cut), element, ordered=cut)
        parts.append(select(statement.subquery(evaluator.short_alias("part"))) if cut else statement)
    compound: CompoundSelect[Any] = operation(*parts)
    frame = Frame()
    sub = compound.subquery(evaluator.short_alias("query"))
    element = rebuilt(evaluator, shapes[0], sub, iter(list(sub.c)), frame)
    return Query(frame, element, compound=compound)


def _written(element: Value, columns: list[Scalar]) -> Value:
    if isinstance(element, Record) and len(element.items) == len(columns):
        return replace(element, items=tuple(columns))
    return columns[0] if len(columns) == 1 else Record(tuple(columns))


def column_names(statement: SelectBase) -> list[str]:
    return [name_of(column) for column in statement.selected_columns]
