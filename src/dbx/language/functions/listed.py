"""Lists as written, of values of a row: any([a, b]), all([a, b]), sum([a, b])."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbx.language.operators.arithmetic import binary
from dbx.language.operators.truth import combined, truth
from dbx.language.values.kinds import Literal, Scalar, Sequence, Value

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def some_of(evaluator: Evaluator, values: Sequence) -> Value:
    """any([a, b]) is a or b"""
    return _all_or_any(evaluator, values, conjunction=False)


def all_of(evaluator: Evaluator, values: Sequence) -> Value:
    """all([a, b]) is a and b"""
    return _all_or_any(evaluator, values, conjunction=True)


def _all_or_any(evaluator: Evaluator, values: Sequence, *, conjunction: bool) -> Value:
    if not values.items:
        return Literal(conjunction, "bool")
    tests: list[Scalar] = [truth(evaluator, value) for value in values.items]
    return combined(tests, conjunction=conjunction) if len(tests) > 1 else tests[0]


def sum_of(evaluator: Evaluator, values: Sequence) -> Value:
    """sum([a, b]) is a + b"""
    total: Value = Literal(0, "int")
    for index, value in enumerate(values.items):
        total = binary(evaluator, "+", total, value) if index else value
    return total
