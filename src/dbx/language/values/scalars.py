"""Making SQL values from SQL values, with what is known about them carried along."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from itertools import islice

from sqlalchemy import BindParameter, ClauseElement, bindparam, null
from sqlalchemy.sql import visitors

from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Literal, Scalar, Sql
from dbx.language.values.types import literal_type


class Parameters:
    """The bound literals of one statement: equal ones are one object, or GROUP BY would not know them again."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], BindParameter[object]] = {}

    def bind(self, literal: Literal) -> Scalar:
        if literal.value is None:
            return Scalar(null(), "null", nullable=True, literal=literal)
        type_ = literal_type(literal)
        key = (type(literal.value), str(literal.value), repr(type_), literal.family)
        if key not in self._known:
            self._known[key] = bindparam(None, literal.value, type_=type_, unique=True)
        return Scalar(self._known[key], literal.family, nullable=False, literal=literal)


MAX_ELEMENTS = 20_000
MAX_WIDTH = 2_000
"""Columns of one FROM element: each name that is used twice may double them."""

UNCHECKED = 12
"""So few operations are not worth counting what they come to; beyond, each is counted."""


def check_size(sql: ClauseElement) -> int:
    """Refuse a tree whose SQL would be enormous: what is written once may stand in it many times."""
    size = sum(1 for _ in islice(visitors.iterate(sql), MAX_ELEMENTS))
    if size == MAX_ELEMENTS:
        raise Unfit("E-LIMIT", "this makes too large a statement", "split it into statements")
    return size


def check_width(columns: Sized) -> None:
    if len(columns) > MAX_WIDTH:
        raise Unfit("E-LIMIT", f"a query of more than {MAX_WIDTH:,} columns", "name the columns that are wanted")


def derive(
    sql: Sql,
    family: str,
    *parts: Scalar,
    nullable: bool | None = None,
    predicate: bool = False,
    strict: bool = True,
    name: str = "",
    aggregate: bool = False,
) -> Scalar:
    """A value computed from `parts`. `strict`: it is NULL as soon as one of them is.

    With `aggregate`, this is where rows are folded: the parts are inside and no longer loose.
    """
    size = 1 + sum(part.size for part in parts)
    if size > UNCHECKED:
        size = check_size(sql)
    variable = [part for part in parts if not part.constant]
    folded = aggregate or any(part.aggregate for part in parts)
    return Scalar(
        sql,
        family,
        nullable=any(part.nullable for part in parts) if nullable is None else nullable,
        core=bool(variable) and all(part.core for part in variable),
        predicate=predicate,
        aggregate=folded,
        window=any(part.window for part in parts),
        nested=any(part.nested or (aggregate and part.aggregate) for part in parts),
        loose=() if aggregate or not folded else _loose(parts),
        rejects=frozenset().union(*(part.rejects for part in parts)) if strict and not folded else frozenset(),
        name=name,
        size=size,
    )


def _loose(parts: Iterable[Scalar]) -> tuple[Sql, ...]:
    found: list[Sql] = []
    for part in parts:
        found += part.loose if part.aggregate else () if part.constant else (part.sql,)
    return tuple(found)
