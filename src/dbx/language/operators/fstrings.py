"""f-strings: parts put together as text, NULL as nothing, formats from a short list."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from sqlalchemy import String, case, func, literal_column, not_

from dbx.language.operators import documents
from dbx.language.refusal import Unfit
from dbx.language.server.text import EMPTY
from dbx.language.server.time import strftime_format
from dbx.language.values.kinds import Literal, Scalar, Sql, Value, describe
from dbx.language.values.scalars import derive
from dbx.language.values.types import MOMENTS, NUMBERS

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope

_FIXED = re.compile(r"(,?)\.([0-9]{1,2})f$")
_ZEROS = re.compile(r"0([0-9]{1,2})d?$")
_DATE = re.compile(r"(?:%[YmdHMSj]|[^%])+$")


def formatted(evaluator: Evaluator, node: ast.JoinedStr, scope: Scope) -> Value:
    parts = [_part(evaluator, each, scope) for each in node.values]
    if all(isinstance(part, Literal) for part in parts):
        return Literal("".join(str(part.value) for part in parts if isinstance(part, Literal)), "str")
    scalars = [evaluator.scalar(part) for part in parts]
    sql = scalars[0].sql
    for scalar in scalars[1:]:
        sql = sql.concat(scalar.sql)
    if len(scalars) == 1:
        return scalars[0]
    return derive(sql, "str", *scalars, nullable=False, strict=False)


def _part(evaluator: Evaluator, node: ast.expr, scope: Scope) -> Value:
    if isinstance(node, ast.Constant):
        return Literal(str(node.value), "str")
    if not isinstance(node, ast.FormattedValue):
        raise Unfit("E-NODE", "this is no part of an f-string", node=node)
    if node.conversion not in (-1, 115):
        raise Unfit("E-NODE", f"the conversion !{chr(node.conversion)} is not in this language", "!s, or none", node)
    spec = _spec(node)
    value = evaluator.evaluate(node.value, scope)
    if isinstance(value, Literal) and not spec:
        return Literal("" if value.value is None else str(value.value), "str")
    scalar = evaluator.scalar(value)
    text = _formatted(evaluator, scalar, spec, node) if spec else as_text(evaluator, scalar)
    if text.nullable:
        text = derive(func.coalesce(text.sql, EMPTY), "str", text, nullable=False, strict=False)
    return text


def _spec(node: ast.FormattedValue) -> str:
    if node.format_spec is None:
        return ""
    parts = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else []
    if not all(isinstance(part, ast.Constant) for part in parts):
        raise Unfit("E-NODE", "a format inside a format is not in this language", "", node)
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))


def as_text(evaluator: Evaluator, scalar: Scalar) -> Scalar:
    if scalar.family == "str":
        return scalar
    if scalar.family == "json" and not scalar.core:
        return documents.as_text(evaluator, scalar)
    if scalar.family == "bool":
        return derive(_spelt(scalar), "str", scalar)
    if scalar.family in ("bytes", "interval", "array"):
        raise Unfit("E-TYPE", f"{describe(scalar)} has no text")
    return derive(evaluator.write("text", scalar), "str", scalar)


def _spelt(scalar: Scalar) -> Sql:
    """True or False as Python has them: servers say 1, t or true."""
    yes, no = literal_column("'True'", String()), literal_column("'False'", String())
    return case((scalar.sql, yes), (not_(scalar.sql), no)) if scalar.nullable else case((scalar.sql, yes), else_=no)


def _formatted(evaluator: Evaluator, scalar: Scalar, spec: str, node: ast.FormattedValue) -> Scalar:
    fixed, zeros = _FIXED.match(spec), _ZEROS.match(spec)
    if fixed and scalar.family in NUMBERS:
        operation = "thousands and decimals" if fixed[1] else "decimals"
        value = evaluator.write("exact", scalar) if scalar.family == "float" else scalar
        return _there(evaluator, scalar, evaluator.write(operation, value, detail=int(fixed[2])))
    if zeros and scalar.family in ("int", "unknown"):
        width, fill = Literal(int(zeros[1]), "int"), Literal("0", "str")
        text = as_text(evaluator, scalar)
        sql = evaluator.write("padded", text, evaluator.scalar(width), evaluator.scalar(fill), detail="left")
        return derive(sql, "str", scalar)
    if spec == "," and scalar.family == "int":
        return _there(evaluator, scalar, evaluator.write("thousands", scalar))
    if scalar.family in MOMENTS | {"time"} and _DATE.match(spec):
        pattern = evaluator.scalar(Literal(strftime_format(spec, evaluator.server.key), "str"))
        return derive(evaluator.write("strftime", scalar, pattern), "str", scalar)
    hint = "for numbers .2f 05d ,  for dates %Y %m %d %H %M %S %j"
    raise Unfit("E-NODE", f"the format '{spec}' is not in this language for {describe(scalar)}", hint, node)


def _there(evaluator: Evaluator, scalar: Scalar, text: Sql) -> Scalar:
    return derive(evaluator.write("formatted", scalar, text) if scalar.nullable else text, "str", scalar)
