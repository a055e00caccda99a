"""Values of several families in one place: what they are there together, and each of them written for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import case, false, true

from dbx.language.refusal import Unfit
from dbx.language.server.text import ONE, ZERO
from dbx.language.values.kinds import Scalar, describe
from dbx.language.values.scalars import derive
from dbx.language.values.types import MOMENTS, NUMBERS, comparable

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def alike(evaluator: Evaluator, scalars: Sequence[Scalar], place: str) -> tuple[list[Scalar], str]:
    """The values of one place and the family of what it gives. Raises Unfit for what cannot be in one `place`."""
    known = [scalar.family for scalar in scalars if scalar.family != "null"] or ["null"]
    for scalar in scalars:
        if not comparable(scalar.family, known[0]):
            raise Unfit("E-TYPE", f"{place} {known[0]} and {describe(scalar)}")
    family = widest(known)
    return [written(evaluator, scalar, family) for scalar in scalars], family


def widest(families: Sequence[str]) -> str:
    for family in ("datetime", "float", "decimal", "int"):
        if family in families and set(families) <= (MOMENTS if family == "datetime" else NUMBERS | {"bool"}):
            return family
    return next((family for family in families if family != "unknown"), "unknown")


def written(evaluator: Evaluator, scalar: Scalar, family: str) -> Scalar:
    """A value beside one of another family: a date as the midnight it begins with, a truth as 1 or 0."""
    if scalar.literal is not None:
        return evaluator.scalar(scalar, family)
    if scalar.family == "date" and family == "datetime" and not scalar.core:
        return derive(evaluator.write("midnight", scalar), family, scalar, name=scalar.name)
    if scalar.family == "bool" and family in NUMBERS and not scalar.core:
        number = case((scalar.sql.is_(true()), ONE), (scalar.sql.is_(false()), ZERO))
        return derive(number, "int", scalar, name=scalar.name)
    return scalar


def moments(evaluator: Evaluator, a: Scalar, b: Scalar) -> tuple[Scalar, Scalar]:
    """Two values that are compared: dates and datetimes as moments, everything else as it is."""
    if {a.family, b.family} == MOMENTS and not (a.core and b.core):
        return written(evaluator, a, "datetime"), written(evaluator, b, "datetime")
    return a, b
