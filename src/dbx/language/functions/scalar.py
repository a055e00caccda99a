"""Functions of single values: abs, round, int, str, date, coalesce, …"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import case, cast, func

from dbx.language.functions.aggregates import extreme_of
from dbx.language.functions.calls import Call
from dbx.language.operators import documents, truth
from dbx.language.operators.alike import alike
from dbx.language.operators.fstrings import as_text
from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Literal, Scalar, Value, describe
from dbx.language.values.scalars import derive
from dbx.language.values.types import NUMBERS, exact, sql_type
from dbx.language.values.types import literal as make


def _number(call: Call, node: ast.expr) -> Scalar:
    value = call.scalar(node)
    if value.family not in NUMBERS | {"unknown", "null", "bool"}:
        raise Unfit("E-TYPE", f"{call.name} of {describe(value)}", node=node)
    return value


def _only(call: Call) -> ast.expr:
    (node,) = call.take("x")
    assert node is not None
    return node


def _abs(call: Call) -> Value:
    value = _number(call, _only(call))
    return derive(func.abs(value.sql, type_=value.sql.type), value.family, value, name="abs")


def _round(call: Call) -> Value:
    node, places = call.take("x", "places?")
    assert node is not None
    value = _number(call, node)
    count = call.scalar(places) if places is not None else call.evaluator.scalar(Literal(0, "int"))
    sql = call.evaluator.write("round", value, count)
    family = value.family
    if places is None:
        sql, family = call.evaluator.write("truncate", sql), "int"
    return derive(sql, family, value, count, name=value.name or "round")


def _written(operation: str, family: str) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        value = _number(call, _only(call))
        return derive(call.evaluator.write(operation, value), family, value, name=call.name)

    return handler


_PLAIN: dict[str, Any] = {"sqrt": func.sqrt, "exp": func.exp, "sign": func.sign}


def _plain(name: str, family: str) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        value = _number(call, _only(call))
        return derive(_PLAIN[name](value.sql, type_=sql_type(family)), family, value, nullable=True, name=name)

    return handler


def _log(call: Call) -> Value:
    node, base = call.take("x", "base?")
    assert node is not None
    value = _number(call, node)
    natural = func.ln(value.sql, type_=sql_type("float"))
    if base is None:
        return derive(natural, "float", value, nullable=True, name="log")
    other = _number(call, base)
    return derive(natural / func.ln(other.sql, type_=sql_type("float")), "float", value, other, nullable=True)


def _pow(call: Call) -> Value:
    left, right = (_number(call, node) for node in call.take("x", "y") if node is not None)
    return derive(func.pow(left.sql, right.sql, type_=sql_type("float")), "float", left, right, name="pow")


def _int(call: Call) -> Value:
    node = _only(call)
    value = call.value(node)
    if isinstance(value, Literal):
        return _converted(int, value)
    scalar = documents.beside(call.evaluator, call.evaluator.scalar(value), "int")
    if scalar.predicate or scalar.family == "bool":
        tested = truth.truth(call.evaluator, scalar)
        return truth.as_value(call.evaluator, tested)
    if scalar.family in ("float", "decimal"):
        return derive(call.evaluator.write("truncate", scalar), "int", scalar, name=scalar.name)
    if scalar.family == "int":
        return scalar
    return derive(call.evaluator.write("integer from text", scalar), "int", scalar, name=scalar.name)


def _float(call: Call) -> Value:
    value = call.value(_only(call))
    if isinstance(value, Literal):
        return _converted(float, value)
    scalar = documents.beside(call.evaluator, call.evaluator.scalar(value), "float")
    return derive(call.evaluator.write("double", scalar), "float", scalar, name=scalar.name)


def _converted(type_: Any, value: Literal) -> Literal:
    try:
        return make(None if value.value is None else type_(value.value))
    except (ValueError, TypeError, OverflowError):
        raise Unfit("E-VALUE", f"{value.value!r} is no {type_.__name__}") from None


def _str(call: Call) -> Value:
    value = call.value(_only(call))
    if isinstance(value, Literal):
        return Literal(None, "null") if value.value is None else make(str(value.text or value.value))
    scalar = call.evaluator.scalar(value)
    found = as_text(call.evaluator, scalar)
    return derive(found.sql, "str", scalar, name=scalar.name)


def _bool(call: Call) -> Value:
    node = _only(call)
    test = truth.condition(call.evaluator, node, call.scope)
    if test.literal is not None:
        return test.literal
    if not test.nullable:
        return test
    return derive(case((test.sql, True), else_=False), "bool", test, nullable=False)


def _decimal(call: Call) -> Value:
    value = call.value(_only(call))
    if isinstance(value, Literal):
        return exact(value.text or str(value.value))
    scalar = documents.beside(call.evaluator, call.evaluator.scalar(value), "decimal")
    return derive(cast(scalar.sql, sql_type("decimal")), "decimal", scalar, name=scalar.name)


def _coalesce(call: Call) -> Value:
    values = [value for _, value in call.each()]
    call.options()
    if not values:
        raise Unfit("E-CALL", "coalesce() takes values")
    known = next((v.family for v in values if isinstance(v, Scalar) and v.family not in ("null", "unknown")), "")
    scalars = [call.evaluator.scalar(value, known) for value in values]
    scalars, family = alike(call.evaluator, scalars, "coalesce of")
    nullable = all(scalar.nullable for scalar in scalars)
    sql: Any = func.coalesce(*(scalar.sql for scalar in scalars))
    return derive(sql, family, *scalars, nullable=nullable, strict=False, name="coalesce")


def _nullif(call: Call) -> Value:
    left, right = call.take("x", "y")
    assert left is not None and right is not None
    one = call.scalar(left)
    other = call.scalar(right, one.family)
    sql = func.nullif(one.sql, other.sql, type_=one.sql.type)
    return derive(sql, one.family, one, other, nullable=True, strict=False, name="nullif")


def _extreme(call: Call) -> Value:
    call.options()
    return extreme_of(call, call.name, [value for _, value in call.each()])


def _moment(type_: Any, parameters: tuple[str, ...]) -> Callable[[Call], Value]:
    """date(2024, 12, 31) is a literal; date(x) is the date of a datetime."""

    def handler(call: Call) -> Value:
        if len(call.node.args) == 1 and not call.node.keywords and not _is_hour(call.node.args[0]):
            return _from(call, call.node.args[0])
        numbers = [call.number(node, 0) for node in call.take(*parameters)]
        try:
            return make(type_(*numbers))
        except (ValueError, OverflowError) as error:
            raise Unfit("E-VALUE", str(error)) from None

    def _is_hour(node: ast.expr) -> bool:
        return type_ is dt.time and isinstance(node, ast.Constant) and type(node.value) is int

    def _from(call: Call, node: ast.expr) -> Value:
        value = call.value(node)
        if isinstance(value, Literal) and value.family == "str":
            try:
                return make(type_.fromisoformat(value.value))
            except ValueError:
                raise Unfit("E-VALUE", f"{value.value!r} is no {type_.__name__}", node=node) from None
        scalar = call.evaluator.scalar(value)
        if scalar.family not in ("datetime", "date", "unknown", "str"):
            raise Unfit("E-TYPE", f"{call.name} of {describe(scalar)}", node=node)
        family = type_.__name__
        if scalar.family == family:
            return scalar
        return derive(call.evaluator.write(f"{family} of", scalar), family, scalar, name=scalar.name)

    return handler


def _timedelta(call: Call) -> Value:
    names = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
    amounts: dict[str, Any] = {}
    for name, node in zip(names, call.take(*(f"{name}?" for name in names)), strict=True):
        if node is not None:
            value = call.value(node)
            if not isinstance(value, Literal) or value.family not in NUMBERS:
                raise Unfit("E-TYPE", "timedelta takes numbers as written", node=node)
            amounts[name] = float(value.value)
    try:
        return Literal(dt.timedelta(**amounts), "interval")
    except OverflowError:
        raise Unfit("E-VALUE", "a length of time beyond a billion days") from None


def _moment_now(operation: str, family: str) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        call.take()
        return Scalar(call.evaluator.write(operation), family, nullable=False, name=operation)

    return handler


def _param(call: Call) -> Value:
    """param('n'): a name that whoever runs this has to give."""
    (node,) = call.take("name")
    assert node is not None
    name = call.string(node)
    if name not in call.evaluator.session:
        raise Unfit("E-NAME", f"the parameter '{name}' was not given", f"-p {name}=…", node)
    return call.evaluator.evaluate(ast.copy_location(ast.Name(name, ast.Load()), node), call.scope)


FUNCTIONS: dict[str, Callable[[Call], Value]] = {
    "abs": _abs,
    "round": _round,
    "floor": _written("floor", "int"),
    "ceil": _written("ceil", "int"),
    "sqrt": _plain("sqrt", "float"),
    "exp": _plain("exp", "float"),
    "sign": _plain("sign", "int"),
    "log": _log,
    "pow": _pow,
    "int": _int,
    "float": _float,
    "str": _str,
    "bool": _bool,
    "Decimal": _decimal,
    "coalesce": _coalesce,
    "nullif": _nullif,
    "greatest": _extreme,
    "least": _extreme,
    "date": _moment(dt.date, ("year", "month", "day")),
    "datetime": _moment(dt.datetime, ("year", "month", "day", "hour?", "minute?", "second?", "microsecond?")),
    "time": _moment(dt.time, ("hour?", "minute?", "second?", "microsecond?")),
    "timedelta": _timedelta,
    "param": _param,
    "now": _moment_now("now", "datetime"),
    "today": _moment_now("today", "date"),
}
