"""+ - * / // % ** and the bitwise ones."""

from __future__ import annotations

import ast
import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Double, and_, case, func, not_

from dbx.language.operators import documents, truth
from dbx.language.operators.folding import fold
from dbx.language.operators.sets import combine_queries
from dbx.language.operators.spans import span_arithmetic
from dbx.language.refusal import Unfit
from dbx.language.server.text import ONE, ZERO
from dbx.language.values.kinds import Literal, Query, Scalar, Selected, Sequence, Span, Sql, TableValue, Value, describe
from dbx.language.values.scalars import derive
from dbx.language.values.types import NUMBERS, family_of

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator

SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
}  # fmt: skip

MAX_REPEAT = 10_000


def binary(evaluator: Evaluator, sign: str, left: Value, right: Value) -> Value:
    if isinstance(left, Literal) and isinstance(right, Literal):
        return fold(sign, left, right)
    if _is_query(left) and _is_query(right):
        return combine_queries(evaluator, sign, left, right)
    if (_is_query(left) or _is_query(right)) and isinstance(left, Sequence) != isinstance(right, Sequence):
        return combine_queries(evaluator, sign, left, right)
    if isinstance(left, Sequence) and isinstance(right, Sequence) and sign == "+":
        return Sequence((*left.items, *right.items))
    if isinstance(left, Sequence) or isinstance(right, Sequence):
        raise Unfit("E-TYPE", f"cannot use {sign} on {describe(left)} and {describe(right)}")
    if sign in ("&", "|") and _conditions(left, right):
        parts = [truth.truth(evaluator, value) for value in (left, right)]
        return truth.combined(parts, conjunction=sign == "&")
    spanned = span_arithmetic(evaluator, sign, left, right)
    if spanned is not None:
        return spanned
    a, b = pair(evaluator, left, right)
    return arithmetic(evaluator, sign, a, b)


def _is_query(value: Value) -> bool:
    return isinstance(value, (TableValue, Selected)) or (isinstance(value, Query) and not value.single)


def _conditions(left: Value, right: Value) -> bool:
    return all(isinstance(v, (Scalar, Literal)) and v.family in ("bool", "unknown") for v in (left, right)) and any(
        isinstance(v, Scalar) and (v.predicate or v.family == "bool") for v in (left, right)
    )


def pair(evaluator: Evaluator, left: Value, right: Value) -> tuple[Scalar, Scalar]:
    """Two values beside each other; a literal is read in the light of the other."""
    if isinstance(left, Literal):
        b = documents.beside(evaluator, evaluator.scalar(right), left.family)
        return evaluator.scalar(left, b.family), b
    a = evaluator.scalar(left)
    if isinstance(right, Literal):
        a = documents.beside(evaluator, a, right.family)
        return a, evaluator.scalar(right, a.family)
    b = evaluator.scalar(right, a.family)
    return documents.beside(evaluator, a, b.family), documents.beside(evaluator, b, a.family)


def arithmetic(evaluator: Evaluator, sign: str, a: Scalar, b: Scalar) -> Scalar:
    if sign not in _BITWISE and sign != "^":
        a, b = _as_number(evaluator, a), _as_number(evaluator, b)
    families = (a.family, b.family)
    if "str" in families:
        return _text(evaluator, sign, a, b)
    for scalar in (a, b):
        if scalar.family not in NUMBERS | {"unknown", "bool", "null", "json"}:
            raise Unfit("E-TYPE", f"cannot use {sign} on {describe(a)} and {describe(b)}")
    if sign in _PLAIN:
        return derive(_PLAIN[sign](a.sql, b.sql), widest(*families), a, b)
    if a.core and (b.core or b.constant) and sign in ("/", "//", "%"):
        sql: Sql = a.sql / b.sql if sign == "/" else a.sql // b.sql if sign == "//" else a.sql % b.sql
        return derive(sql, family_of(sql.type), a, b)
    found: Scalar = _NUMERIC[sign](evaluator, a, b)
    return found


def _as_number(evaluator: Evaluator, scalar: Scalar) -> Scalar:
    """A truth is 1 or 0, as in Python; not every server takes it for that."""
    if scalar.family != "bool":
        return scalar
    return truth.as_value(evaluator, truth.truth(evaluator, scalar))


_PLAIN: dict[str, Any] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def widest(*families: str) -> str:
    for family in ("float", "decimal", "unknown"):
        if family in families:
            return family
    return "int" if families else "unknown"


def _text(evaluator: Evaluator, sign: str, a: Scalar, b: Scalar) -> Scalar:
    if sign == "*" and {a.family, b.family} == {"str", "int"}:
        text, count = (a, b) if a.family == "str" else (b, a)
        if count.literal is None or count.literal.value > MAX_REPEAT:
            raise Unfit("E-LIMIT", f"a string repeated more than {MAX_REPEAT:,} times, or by a column")
        return _repeated(evaluator, text, count.literal.value)
    if sign != "+" or not {a.family, b.family} <= {"str", "unknown", "null", "enum", "json"}:
        hint = "convert it with str(…)" if sign == "+" else ""
        raise Unfit("E-TYPE", f"cannot use {sign} on {describe(a)} and {describe(b)}", hint)
    return derive(a.sql.concat(b.sql), "str", a, b)


def _repeated(evaluator: Evaluator, text: Scalar, count: int) -> Scalar:
    if count <= 0:
        return derive(case((text.sql.is_not(None), evaluator.scalar(Literal("", "str")).sql)), "str", text)
    return derive(evaluator.write("repeat", text, evaluator.scalar(Literal(count, "int"))), "str", text)


def _true_division(evaluator: Evaluator, a: Scalar, b: Scalar) -> Scalar:
    exact = {a.family, b.family} & {"decimal"} and not {a.family, b.family} & {"float"}
    left = a.sql if exact else evaluator.write("double", a) if "float" not in (a.family,) else a.sql
    sql: Sql = left.op("/", precedence=8, return_type=Double())(b.sql)
    return derive(sql, "decimal" if exact else "float", a, b, nullable=True)


def _floor_division(evaluator: Evaluator, a: Scalar, b: Scalar) -> Scalar:
    if {a.family, b.family} <= {"int", "bool"}:
        down = case((_crossing(a, b), ONE), else_=ZERO)
        return derive(evaluator.write("quotient", a, b) - down, "int", a, b, nullable=True)
    divided = _true_division(evaluator, a, b)
    return derive(evaluator.write("floor", divided), "int", a, b, nullable=True)


def _crossing(a: Scalar, b: Scalar) -> Sql:
    """Whether the rest has another sign than the divisor: then rounding to zero is not rounding down."""
    rest = a.sql.op("%", precedence=8, return_type=BigInteger())(b.sql)
    if b.literal is not None:
        return rest < ZERO if b.literal.value > 0 else rest > ZERO
    return and_(rest != ZERO, (a.sql < ZERO) != (b.sql < ZERO))


def _modulo(evaluator: Evaluator, a: Scalar, b: Scalar) -> Scalar:
    whole = {a.family, b.family} <= {"int", "bool"}
    if not whole and not evaluator.server.can("% of fractions"):
        quotient = _floor_division(evaluator, a, b)
        return derive(a.sql - quotient.sql * b.sql, widest(a.family, b.family), a, b, nullable=True)
    rest = a.sql.op("%", precedence=8, return_type=a.sql.type)(b.sql)
    if b.literal is not None and isinstance(b.literal.value, (int, float, Decimal)):
        wrong = rest < ZERO if b.literal.value > 0 else rest > ZERO
    else:
        wrong = and_(rest != ZERO, (rest < ZERO) != (b.sql < ZERO))
    sql = rest + case((wrong, b.sql), else_=ZERO)
    return derive(sql, widest(a.family, b.family), a, b, nullable=True)


def _power(evaluator: Evaluator, a: Scalar, b: Scalar) -> Scalar:
    return derive(func.pow(a.sql, b.sql, type_=Double()), "float", a, b)


def _bits(sign: str) -> Any:
    def apply(evaluator: Evaluator, a: Scalar, b: Scalar) -> Scalar:
        if not {a.family, b.family} <= {"int", "unknown"}:
            raise Unfit("E-TYPE", f"cannot use {sign} on {describe(a)} and {describe(b)}")
        if sign == "^":
            xor = (a.sql.bitwise_or(b.sql)) - (a.sql.bitwise_and(b.sql))
            return derive(xor, "int", a, b)
        return derive(_BITWISE[sign](a.sql, b.sql), "int", a, b)

    return apply


_BITWISE: dict[str, Any] = {
    "&": lambda a, b: a.bitwise_and(b),
    "|": lambda a, b: a.bitwise_or(b),
    "<<": lambda a, b: a.bitwise_lshift(b),
    ">>": lambda a, b: a.bitwise_rshift(b),
}

_NUMERIC: dict[str, Any] = {
    "/": _true_division,
    "//": _floor_division,
    "%": _modulo,
    "**": _power,
    **{sign: _bits(sign) for sign in ("&", "|", "^", "<<", ">>")},
}


def unary(evaluator: Evaluator, operator: ast.unaryop, value: Value) -> Value:
    if isinstance(value, Literal) and not isinstance(operator, ast.Invert):
        if value.family in NUMBERS:
            text = f"-{value.text}" if value.text and isinstance(operator, ast.USub) else value.text
            return Literal(-value.value if isinstance(operator, ast.USub) else value.value, value.family, text)
        if value.family == "interval" and isinstance(operator, ast.USub):
            return Literal(-value.value, "interval")
    if isinstance(operator, ast.Invert):
        return _invert(evaluator, value)
    if isinstance(value, Span) and value.seconds is not None and isinstance(operator, ast.USub):
        return Span(derive(-value.seconds.sql, "float", value.seconds))
    scalar = evaluator.scalar(value)
    if scalar.family not in NUMBERS | {"unknown"}:
        raise Unfit("E-TYPE", f"cannot negate {describe(value)}")
    return derive(-scalar.sql, scalar.family, scalar) if isinstance(operator, ast.USub) else scalar


def _invert(evaluator: Evaluator, value: Value) -> Value:
    if isinstance(value, Literal) and value.family == "int":
        return Literal(~value.value, "int")
    scalar = evaluator.scalar(value)
    if scalar.family == "bool" or scalar.predicate:
        return derive(not_(scalar.sql), "bool", scalar, predicate=True)
    if scalar.family not in ("int", "unknown"):
        raise Unfit("E-TYPE", f"cannot invert {describe(value)}")
    signed = evaluator.server.can("~ with a sign")
    return derive(scalar.sql.bitwise_not() if signed else -scalar.sql - ONE, "int", scalar)


def duration(value: dt.timedelta) -> float:
    return value.total_seconds()
