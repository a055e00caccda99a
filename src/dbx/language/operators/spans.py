"""Dates and lengths of time: date - date, date ± timedelta."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Literal, Scalar, Span, Value, describe
from dbx.language.values.scalars import derive
from dbx.language.values.types import MOMENTS

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def span_arithmetic(evaluator: Evaluator, sign: str, left: Value, right: Value) -> Value | None:
    """None when neither side has to do with time."""
    families = [value.family for value in (left, right) if isinstance(value, (Scalar, Literal))]
    spans = [value for value in (left, right) if isinstance(value, Span) or _family(value) == "interval"]
    if not spans and not set(families) & MOMENTS:
        return None
    if not spans and sign == "-" and _moment(left) and _moment(right):
        a, b = evaluator.scalar(left, _family(right)), evaluator.scalar(right, _family(left))
        seconds = derive(evaluator.write("seconds between", a, b), "float", a, b)
        return Span(seconds)
    if len(spans) == 1 and sign in ("+", "-") and (_moment(left) or (_moment(right) and sign == "+")):
        moment = evaluator.scalar(left if _moment(left) else right)
        length = spans[0]
        if moment.family == "date" and isinstance(length, Literal):
            # Whole days, as Python takes them: a date has no hours to lose.
            length = Literal(dt.timedelta(days=length.value.days), "interval")
        amount = seconds_of(evaluator, length, negate=sign == "-")
        sql = evaluator.write("moved", moment, amount, detail=moment.family)
        return derive(sql, moment.family, moment, amount)
    raise Unfit("E-TYPE", f"cannot use {sign} on {describe(left)} and {describe(right)}", _hint(left, right))


def _hint(left: Value, right: Value) -> str:
    return "timedelta(days=…)" if "int" in (_family(left), _family(right)) else ""


def _family(value: Value) -> str:
    return value.family if isinstance(value, (Scalar, Literal)) else ""


def _moment(value: Value) -> bool:
    return _family(value) in MOMENTS


def seconds_of(evaluator: Evaluator, value: Value, *, negate: bool = False) -> Scalar:
    if isinstance(value, Literal) and value.family == "interval":
        seconds = value.value.total_seconds() * (-1 if negate else 1)
        whole = int(seconds) == seconds
        return evaluator.scalar(Literal(int(seconds) if whole else seconds, "int" if whole else "float"))
    if isinstance(value, Span) and value.seconds is not None:
        return derive(-value.seconds.sql, "float", value.seconds) if negate else value.seconds
    raise Unfit("E-TYPE", f"{describe(value)} is no length of time", "timedelta(days=…)")


def total_seconds(evaluator: Evaluator, value: Value) -> Scalar:
    return seconds_of(evaluator, value)


def days(evaluator: Evaluator, value: Value) -> Scalar:
    """Whole days, rounded down as Python's are."""
    seconds = seconds_of(evaluator, value)
    day = evaluator.scalar(Literal(86400.0, "float"))
    return derive(evaluator.write("floor", seconds.sql / day.sql), "int", seconds)
