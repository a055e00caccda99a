"""JSON and arrays: x["a"][0], x.get("a"), "k" in x, len(x); their values read in the light of what is beside them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, any_, case, cast, func, not_, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from dbx.language.refusal import Unfit
from dbx.language.server.json import Step, json_path
from dbx.language.server.text import ONE, ZERO
from dbx.language.values.kinds import Literal, Scalar, Sql, Value, describe
from dbx.language.values.scalars import derive
from dbx.language.values.types import sql_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.functions.calls import Call


@dataclass(frozen=True, slots=True)
class Path:
    """Where in which document a value is, so that one step more is still one path."""

    base: Scalar
    steps: tuple[Step, ...]


def path_of(scalar: Scalar) -> Path:
    return scalar.made if isinstance(scalar.made, Path) else Path(scalar, ())


def element(evaluator: Evaluator, document: Scalar, index: Value, node: ast.AST) -> Scalar:
    if not isinstance(index, Literal) or index.family not in ("str", "int"):
        raise Unfit("E-TYPE", "a key of JSON is a string or a number, as written", node=node)
    if document.core:
        sql: Any = document.sql
        return derive(sql[index.value], "json", document, nullable=True)
    path = path_of(document)
    path = replace(path, steps=(*path.steps, index.value))
    found = derive(_written(evaluator, "json element", path), "json", path.base, nullable=True, name=_name(path))
    found.made = path
    return found


def _name(path: Path) -> str:
    return next((step for step in reversed(path.steps) if isinstance(step, str)), path.base.name)


def _written(evaluator: Evaluator, operation: str, path: Path) -> Sql:
    key = evaluator.server.key
    steps: tuple[Step, ...] = path.steps if key == "postgresql" else (json_path(path.steps, key),)
    bound = [evaluator.scalar(Literal(step, "str" if isinstance(step, str) else "int")) for step in steps]
    # What is kept in a column of text has to become JSON where the two are different things.
    text = path.base.family != "json" and key == "postgresql"
    return evaluator.write(operation, cast(path.base.sql, JSONB()) if text else path.base, *bound)


def as_text(evaluator: Evaluator, document: Scalar) -> Scalar:
    path = path_of(document)
    return derive(_written(evaluator, "json text", path), "str", path.base, nullable=True, name=document.name)


def nothing(evaluator: Evaluator, document: Scalar, *, negate: bool = False) -> Scalar:
    """Neither there nor null."""
    path = path_of(document)
    test = _written(evaluator, "json nothing", path)
    return derive(not_(test) if negate else test, "bool", path.base, predicate=True, nullable=False, strict=negate)


def beside(evaluator: Evaluator, scalar: Scalar, family: str) -> Scalar:
    """A value of JSON next to one of another family is one of that family."""
    if scalar.family != "json" or scalar.core or family in ("json", "array", "null", "unknown", ""):
        return scalar
    text = as_text(evaluator, scalar)
    if family in ("str", "enum", "uuid", "bytes"):
        return text
    if family == "bool":
        return derive(evaluator.write("json truth", text), "bool", text)
    if family == "int":
        return derive(evaluator.write("integer from text", text), "int", text, name=text.name)
    if family == "float":
        return derive(evaluator.write("double", text), "float", text, name=text.name)
    return derive(cast(text.sql, sql_type(family)), family, text, name=text.name)


def length(evaluator: Evaluator, scalar: Scalar) -> Scalar:
    if scalar.family == "array":
        return derive(func.cardinality(scalar.sql), "int", scalar, name="len")
    return derive(evaluator.write("json length", scalar), "int", scalar, name="len")


def holds(evaluator: Evaluator, scalar: Scalar, item: Value, negate: bool) -> Scalar:
    """A key of an object, an element of a list, an element of an array."""
    if scalar.family == "array":
        wanted = evaluator.scalar(item, scalar.element)
        test: Sql = wanted.sql == any_(scalar.sql)
        return derive(not_(test) if negate else test, "bool", scalar, wanted, predicate=True)
    if not isinstance(item, Literal) or item.family != "str":
        raise Unfit("E-TYPE", f"'in' of JSON for {describe(item)}", "a string as written")
    key = evaluator.server.key
    path = evaluator.scalar(Literal(json_path((item.value,), key), "str"))
    test = evaluator.write("json holds", scalar, evaluator.scalar(item), path)
    return derive(not_(test) if negate else test, "bool", scalar, predicate=True)


def array_element(evaluator: Evaluator, array: Scalar, node: ast.expr, value: Callable[[ast.expr], Scalar]) -> Scalar:
    """Counted from 0 and from the end, as Python does; Core's own arrays as SQLAlchemy has them."""
    typed: Any = type_coerce(array.sql, ARRAY(sql_type(array.element)))
    if isinstance(node, ast.Slice):
        low = _place(array, value(node.lower)) + ONE if node.lower else None
        high = _place(array, value(node.upper)) if node.upper else None
        sql = typed[slice(low if low is not None else ONE, high if high is not None else func.cardinality(array.sql))]
        return replace(derive(sql, "array", array, nullable=True, name=array.name), element=array.element)
    index = value(node)
    if index.family not in ("int", "unknown"):
        raise Unfit("E-TYPE", f"a place in an array is int, not {describe(index)}", node=node)
    sql = typed[index.sql if array.core else _place(array, index) + ONE]
    return derive(sql, array.element, array, index, nullable=True, name=array.name)


def _place(array: Scalar, index: Scalar) -> Sql:
    from_end = func.cardinality(array.sql) + index.sql
    if index.literal is not None:
        return from_end if index.literal.value < 0 else index.sql
    return case((index.sql >= ZERO, index.sql), else_=from_end)


def _get(call: Call, owner: Value) -> Value:
    """.get("a"), which is ["a"]"""
    (node,) = call.take("key")
    assert node is not None
    return element(call.evaluator, call.evaluator.scalar(owner), call.value(node), node)


def _as(which: str, family: str) -> Callable[[Call, Value], Value]:
    """Core's as_string(), as_integer(), …"""

    def method(call: Call, owner: Value) -> Value:
        call.take()
        own = call.evaluator.scalar(owner)
        if not own.core:
            return beside(call.evaluator, own, family)
        sql: Any = own.sql
        made = {"as_string": sql.as_string, "as_integer": sql.as_integer, "as_float": sql.as_float,
                "as_boolean": sql.as_boolean, "as_json": sql.as_json}[which]()  # fmt: skip
        return derive(made, family, own, nullable=True)

    return method


METHODS: dict[str, Callable[[Call, Value], Value]] = {
    "get": _get,
    "as_string": _as("as_string", "str"),
    "as_integer": _as("as_integer", "int"),
    "as_float": _as("as_float", "float"),
    "as_boolean": _as("as_boolean", "bool"),
    "as_json": _as("as_json", "json"),
}
