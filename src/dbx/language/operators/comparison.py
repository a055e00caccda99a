"""== != < <= > >= is, chained; rows and tuples compare part by part."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from sqlalchemy import false, null, true

from dbx.language.operators import documents
from dbx.language.operators.alike import moments
from dbx.language.operators.arithmetic import pair
from dbx.language.operators.membership import contains, key_parts
from dbx.language.operators.quantified import quantified
from dbx.language.operators.spans import seconds_of
from dbx.language.operators.truth import combined
from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.values.kinds import Literal, Query, Record, Row, Scalar, Span, Sql, Value, describe
from dbx.language.values.objects import Instance, key_of, same
from dbx.language.values.scalars import derive
from dbx.language.values.types import beside, comparable

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip

_COMPARE: dict[str, Any] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def compare(evaluator: Evaluator, node: ast.Compare, scope: Scope) -> Value:
    left = evaluator.evaluate(node.left, scope)
    parts: list[Value] = []
    for operator, right_node in zip(node.ops, node.comparators, strict=True):
        right = evaluator.evaluate(right_node, scope)
        parts.append(one(evaluator, _SIGNS[type(operator)], left, right, node))
        left = right
    if len(parts) == 1:
        return parts[0]
    scalars = [evaluator.scalar(part) for part in parts]
    return combined(scalars, conjunction=True)


def one(evaluator: Evaluator, sign: str, left: Value, right: Value, node: ast.AST | None = None) -> Value:
    if sign in ("in", "not in"):
        return contains(evaluator, left, right, negate=sign == "not in")
    if isinstance(left, Instance) or isinstance(right, Instance):
        if not isinstance(left, (Row, Query, Scalar)) and not isinstance(right, (Row, Query, Scalar)):
            return same(left, right, sign)
        left, right = (key_of(evaluator, v) if isinstance(v, Instance) else v for v in (left, right))
    if isinstance(left, Literal) and isinstance(right, Literal):
        return _folded(sign, left, right)
    if isinstance(left, Record) or isinstance(right, Record):
        if isinstance(left, (Scalar, Literal)) or isinstance(right, (Scalar, Literal)):
            raise Unfit("E-TYPE", f"cannot compare {describe(left)} with {describe(right)}")
        return _tuples(evaluator, sign, left, right)
    if isinstance(left, Row) or isinstance(right, Row):
        return _rows(evaluator, sign, left, right)
    if isinstance(left, Span) or isinstance(right, Span):
        return derive(
            _COMPARE[sign]((a := _length(evaluator, left)).sql, (b := _length(evaluator, right)).sql),
            "bool", a, b, predicate=True)  # fmt: skip
    return scalars(evaluator, sign, *_pair(evaluator, left, right), node)


def _pair(evaluator: Evaluator, left: Value, right: Value) -> tuple[Scalar, Scalar]:
    """As beside any operator, except that a date is compared with a datetime as the midnight it begins with."""
    return moments(evaluator, *pair(evaluator, left, right))


def _length(evaluator: Evaluator, value: Value) -> Scalar:
    return seconds_of(evaluator, value)


def scalars(evaluator: Evaluator, sign: str, a: Scalar, b: Scalar, node: ast.AST | None = None) -> Scalar:
    for one_, other in ((a, b), (b, a)):
        if other.family == "null":
            return _null(evaluator, sign, one_)
    if not comparable(a.family, b.family):
        raise Unfit("E-TYPE", f"cannot compare {describe(a)} with {describe(b)}", _advice(evaluator, a, b, node, sign))
    if sign in ("is", "is not"):
        return _same(sign, a, b)
    if sign in ("<", "<=", ">", ">=") and {a.family, b.family} & {"bool"} and {a.family, b.family} - {"bool", "int"}:
        raise Unfit("E-TYPE", f"cannot order {describe(a)} and {describe(b)}")
    other_way = quantified(evaluator, _COMPARE[sign], sign, a, b)
    sql = other_way if other_way is not None else _COMPARE[sign](_tested(a), _tested(b))
    return derive(sql, "bool", a, b, predicate=True)


def _tested(scalar: Scalar) -> Sql:
    """A comparison that is compared again needs its brackets on every server."""
    sql: Any = scalar.sql
    return sql.self_group() if scalar.predicate else scalar.sql


def _null(evaluator: Evaluator, sign: str, scalar: Scalar) -> Scalar:
    if sign not in ("==", "!=", "is", "is not"):
        raise Unfit("E-TYPE", f"cannot order {describe(scalar)} and None")
    denied = sign in ("!=", "is not")
    if scalar.family == "null":
        return Scalar(false() if denied else true(), "bool", nullable=False, predicate=True)
    if scalar.family == "json" and not scalar.core:
        return documents.nothing(evaluator, scalar, negate=denied)
    sql = scalar.sql.is_not(null()) if denied else scalar.sql.is_(null())
    return derive(sql, "bool", scalar, predicate=True, nullable=False, strict=denied)


def _same(sign: str, a: Scalar, b: Scalar) -> Scalar:
    """Null-safe, always. IS TRUE and IS FALSE where the other side is one of them."""
    denied = sign == "is not"
    for one_, other in ((a, b), (b, a)):
        if other.literal is not None and other.family == "bool":
            constant = true() if other.literal.value else false()
            sql: Sql = one_.sql.is_not(constant) if denied else one_.sql.is_(constant)
            return derive(sql, "bool", one_, predicate=True, nullable=False, strict=not denied)
    sql = a.sql.is_distinct_from(b.sql) if denied else a.sql.is_not_distinct_from(b.sql)
    return derive(sql, "bool", a, b, predicate=True, nullable=False, strict=False)


def _folded(sign: str, left: Literal, right: Literal) -> Literal:
    a, b = beside(left, right.family).value, beside(right, left.family).value
    try:
        if sign in ("is", "is not"):
            return Literal((type(a) is type(b) and a == b) == (sign == "is"), "bool")
        if (a is None or b is None) and sign in ("==", "!="):
            return Literal((a is b) == (sign == "=="), "bool")
        return Literal(bool(_COMPARE[sign](a, b)), "bool")
    except TypeError:
        raise Unfit("E-TYPE", f"cannot compare {describe(left)} with {describe(right)}") from None


def _rows(evaluator: Evaluator, sign: str, left: Value, right: Value) -> Value:
    if sign not in ("==", "!=", "is", "is not"):
        raise Unfit("E-TYPE", "rows have no order", "compare a column of each")
    for row, other in ((left, right), (right, left)):
        if isinstance(row, Row) and isinstance(other, Literal) and other.value is None:
            first = keys.key(row)[0]
            return _null(evaluator, sign, first)
    a, b = _parts(evaluator, left), _parts(evaluator, right)
    if isinstance(left, Row) and isinstance(right, Row):
        one_, other_ = keys.model(left), keys.model(right)
        if one_ != other_:
            raise Unfit("E-TYPE", f"a row of '{one_.name if one_ else '?'}' is never one of "
                                  f"'{other_.name if other_ else '?'}'")  # fmt: skip
    return _every(evaluator, sign, a, b)


def _parts(evaluator: Evaluator, value: Value) -> list[Value]:
    if isinstance(value, Row):
        return list(keys.key(value))
    if isinstance(value, Record):
        return list(value.items)
    if isinstance(value, Query) and value.single and isinstance(value.element, Row):
        return list(key_parts(evaluator, value))
    return [value]


def _tuples(evaluator: Evaluator, sign: str, left: Value, right: Value) -> Value:
    a, b = _parts(evaluator, left), _parts(evaluator, right)
    if sign in ("==", "!=", "is", "is not"):
        return _every(evaluator, sign, a, b)
    # (a, b) < (c, d): a < c, or a == c and b < d
    strict = sign[0]
    terms = []
    for index in range(len(a)):
        last = index == len(a) - 1
        equal = [one(evaluator, "==", x, y) for x, y in zip(a[:index], b[:index], strict=True)]
        rest = one(evaluator, sign if last else strict, a[index], b[index])
        terms.append(combined([evaluator.scalar(part) for part in (*equal, rest)], conjunction=True))
    return combined(terms, conjunction=False)


def _every(evaluator: Evaluator, sign: str, a: list[Value], b: list[Value]) -> Value:
    if len(a) != len(b):
        raise Unfit("E-TYPE", f"{len(a)} values compared with {len(b)}")
    denied = sign in ("!=", "is not")
    parts = [evaluator.scalar(one(evaluator, sign, x, y)) for x, y in zip(a, b, strict=True)]
    return parts[0] if len(parts) == 1 else combined(parts, conjunction=not denied)


_CONVERSIONS = {"str": "str", "int": "int", "float": "float", "decimal": "Decimal"}


def _advice(evaluator: Evaluator, a: Scalar, b: Scalar, node: ast.AST | None, sign: str) -> str:
    """The comparison as it could be written: with a conversion of the side that is no literal."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not {a.family, b.family} <= set(_CONVERSIONS):
        return ""
    left, right = evaluator.source.text(node.left), evaluator.source.text(node.comparators[0])
    if a.literal is None and b.family in _CONVERSIONS:
        return f"{_CONVERSIONS[b.family]}({left}) {sign} {right}"
    if a.family in _CONVERSIONS:
        return f"{left} {sign} {_CONVERSIONS[a.family]}({right})"
    return ""
