"""A comparison with ANY or ALL of a query, on a server that has no word for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dbx.language.server.text import ONE
from dbx.language.values.kinds import Scalar, Sql

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


@dataclass(slots=True, eq=False)
class Quantified:
    """ANY or ALL of a query, kept so that a server without them can be told another way."""

    which: str
    statement: Any


def quantified(evaluator: Evaluator, compare: Callable[[Any, Any], Any], sign: str, a: Scalar, b: Scalar) -> Sql | None:
    """A comparison with any_() or all_() where the server has no word for it: IN, or what it means exactly."""
    quantity, other, turned = (b.made, a, False) if isinstance(b.made, Quantified) else (a.made, b, True)
    if not isinstance(quantity, Quantified) or evaluator.server.can("ANY and ALL of a query"):
        return None
    if (sign, quantity.which) == ("==", "any"):
        return other.sql.in_(quantity.statement)
    if (sign, quantity.which) == ("!=", "all"):
        return other.sql.not_in(quantity.statement)
    sub = quantity.statement.subquery(evaluator.short_alias("sub"))
    (column,) = sub.c
    test = compare(column, other.sql) if turned else compare(other.sql, column)
    decided = test if quantity.which == "any" else sa.not_(test)
    answer, rest = (sa.true(), sa.false()) if quantity.which == "any" else (sa.false(), sa.true())
    some, unknown = (sa.exists(sa.select(ONE).select_from(sub).where(each)) for each in (decided, test.is_(None)))
    return sa.case((some, answer), (unknown, sa.null()), else_=rest)
