"""SELECT DISTINCT ON for servers that have none: the first row of each group, by row_number()."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

NUMBER = "row_number"


def first_rows(statement: Select[Any], on: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """The rows that DISTINCT ON would leave, in the statement's own order, limit and offset kept."""
    order: list[Any] = list(statement._order_by_clauses)
    count = len(statement.selected_columns)
    numbered = func.row_number().over(partition_by=list(on), order_by=order or None).label(NUMBER)
    keys = [_value(term).label(f"order_{index}") for index, term in enumerate(order, 1)]
    inner = statement.order_by(None).limit(None).offset(None).add_columns(numbered, *keys).subquery("firsts")
    columns = list(inner.c)
    outer = select(*columns[:count]).where(columns[count] == 1)
    outer = outer.order_by(*(_as(term, column) for term, column in zip(order, columns[count + 1 :], strict=True)))
    if statement._limit_clause is not None:
        outer = outer.limit(statement._limit_clause)
    return outer.offset(statement._offset_clause) if statement._offset_clause is not None else outer


def _value(term: Any) -> Any:
    """What is sorted by, without its direction."""
    while getattr(term, "modifier", None) is not None:
        term = term.element
    return term


def _as(term: Any, column: Any) -> Any:
    """The same direction, of a column."""
    if getattr(term, "modifier", None) is None:
        return column
    inner = _as(term.element, column)
    return {"desc_op": inner.desc, "asc_op": inner.asc, "nulls_last_op": inner.nulls_last,
            "nulls_first_op": inner.nulls_first}[term.modifier.__name__]()  # fmt: skip
