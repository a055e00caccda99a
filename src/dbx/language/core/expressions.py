"""Core's functions of columns: and_, or_, not_, cast, case, literal, desc, tuple_, text, …"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from dbx.language.core.types import read_type
from dbx.language.functions.calls import Call
from dbx.language.operators import truth
from dbx.language.operators.truth import combined
from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Literal, Ordering, Record, Scalar, Sequence, Value, describe
from dbx.language.values.scalars import derive
from dbx.language.values.types import comparable
from dbx.language.values.types import literal as literal_of


def _junction(conjunction: bool) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        call.options()
        parts = [truth.truth(call.evaluator, value) for _, value in call.each()]
        if not parts:
            raise Unfit("E-CALL", f"{call.name}() takes conditions")
        found = combined(parts, conjunction=conjunction)
        found.core = True
        return found

    return handler


def _not(call: Call) -> Value:
    (node,) = call.take("condition")
    assert node is not None
    return truth.truth(call.evaluator, call.value(node), negate=True)


def _constant(value: Any, literal: Literal) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        call.take()
        family = "null" if literal.value is None else "bool"
        return Scalar(value(), family, nullable=literal.value is None, core=True, predicate=family == "bool",
                      literal=literal)  # fmt: skip

    return handler


def _cast(which: Any) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        node, type_node = call.take("expression", "type_")
        assert node is not None and type_node is not None
        held = call.value(node)
        if isinstance(held, (Record, Sequence)):
            return _document(node, held, type_node)
        value = call.evaluator.core(held, node)
        type_, family = read_type(type_node)
        if family == "json" and isinstance(held, Literal):
            # Python's own value, which SQLAlchemy writes as JSON.
            return Scalar(which(held.value, type_), "json", core=True)
        found = derive(which(value.sql, type_), family, value, name=value.name)
        found.core = True
        return found

    return handler


def _try_cast(call: Call) -> Value:
    raise Unfit("E-DIALECT", "try_cast is for SQL Server", "cast(x, type)")


def _literal(call: Call) -> Value:
    node, type_node = call.take("value", "type_?")
    assert node is not None
    value = call.value(node)
    if isinstance(value, (Record, Sequence)) and type_node is not None:
        return _document(node, value, type_node)
    if not isinstance(value, Literal):
        raise Unfit("E-TYPE", "literal() takes a value as written", node=node)
    found = call.evaluator.scalar(value)
    if type_node is not None:
        type_, family = read_type(type_node)
        found = Scalar(sa.literal(value.value, type_), family, nullable=value.value is None)
    return Scalar(found.sql, found.family, nullable=found.nullable, core=True, name="literal")


def _document(node: ast.expr, value: Value, type_node: ast.expr) -> Scalar:
    """A dict or list as written, as JSON."""
    type_, family = read_type(type_node)
    if family != "json":
        raise Unfit("E-TYPE", "a dict or a list as written can be JSON", "literal({…}, JSON)", node)
    return Scalar(sa.literal(plain(value, node), type_), "json", nullable=False, core=True)


def plain(value: Value, node: ast.expr) -> Any:
    """A document of literals as Python has it."""
    if isinstance(value, Literal) and value.family in ("str", "int", "float", "bool", "null"):
        return value.value
    if isinstance(value, Record):
        items = [plain(item, node) for item in value.items]
        return dict(zip(value.names, items, strict=True)) if value.names else items
    if isinstance(value, Sequence):
        return [plain(item, node) for item in value.items]
    raise Unfit("E-TYPE", f"{describe(value)} in a document of JSON", "strings, numbers, True, False, None", node)


def _bindparam(call: Call) -> Value:
    name, value, type_node = call.take("key", "value?", "type_?")
    assert name is not None
    word = call.string(name)
    if value is None:
        # What has no value of its own is a parameter of the session: -p name=…
        known = call.evaluator.session.get(word)
        if word not in call.evaluator.session:
            raise Unfit("E-NAME", f"the parameter '{word}' was not given", f"-p {word}=…", name)
        held = known if isinstance(known, Value) else literal_of(known)
    else:
        held = call.value(value)
    if not isinstance(held, Literal):
        raise Unfit("E-TYPE", "bindparam() takes a value as written", node=value)
    found = call.evaluator.scalar(held)
    if type_node is not None:
        type_, family = read_type(type_node)
        return Scalar(sa.literal(held.value, type_), family, core=True)
    return found


def _direction(descending: bool | None, nulls: str = "") -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        (node,) = call.take("column")
        assert node is not None
        return directed(call, call.value(node), descending, nulls)

    return handler


def directed(call: Call, value: Value, descending: bool | None, nulls: str = "") -> Ordering:
    if isinstance(value, Literal) and value.family == "str":
        return Ordering(None, value.value, bool(descending), nulls)
    if isinstance(value, Ordering):
        down = value.descending if descending is None else descending
        return Ordering(value.scalar, value.label, down, nulls or value.nulls)
    return Ordering(call.evaluator.scalar(value), descending=bool(descending), nulls=nulls)


def _case(call: Call) -> Value:
    """case((test, value), …, else_=…), or case({value: result}, value=column)"""
    options = call.options("else_", "value")
    evaluator = call.evaluator
    if "value" in options:
        return _case_of(call, options)
    pairs = []
    for node in call.node.args:
        if not isinstance(node, ast.Tuple) or len(node.elts) != 2:
            raise Unfit("E-CALL", "case() takes pairs: (condition, value)", node=node)
        pairs.append((truth.condition(evaluator, node.elts[0], call.scope), call.value(node.elts[1])))
    return _built(call, pairs, options, None)


def _case_of(call: Call, options: dict[str, ast.expr]) -> Value:
    subject = call.scalar(options["value"])
    node = call.node.args[0] if len(call.node.args) == 1 else None
    if not isinstance(node, ast.Dict) or any(key is None for key in node.keys):
        raise Unfit("E-CALL", "case(…, value=) takes a dict of results", node=node)
    pairs = [
        (call.scalar(key, subject.family), call.value(value))
        for key, value in zip(node.keys, node.values, strict=True) if key is not None
    ]  # fmt: skip
    return _built(call, pairs, options, subject)


def _built(
    call: Call, pairs: list[tuple[Scalar, Value]], options: dict[str, ast.expr], subject: Scalar | None
) -> Scalar:
    if not pairs:
        raise Unfit("E-CALL", "case() takes pairs: (condition, value)")
    last = call.value(options["else_"]) if "else_" in options else Literal(None, "null")
    known = next((v.family for _, v in pairs if isinstance(v, Scalar) and v.family != "null"), "")
    results = [(test, call.evaluator.scalar(value, known)) for test, value in pairs]
    otherwise = call.evaluator.scalar(last, known or results[0][1].family)
    for _, result in [*results, (None, otherwise)]:
        if not comparable(result.family, results[0][1].family):
            raise Unfit("E-TYPE", f"case() of {describe(results[0][1])} and {describe(result)}")
    extra = {} if otherwise.family == "null" else {"else_": otherwise.sql}
    if subject is not None:
        extra["value"] = subject.sql
    sql: Any = sa.case(*((test.sql, result.sql) for test, result in results), **extra)
    parts = [part for pair in results for part in pair] + [otherwise] + ([subject] if subject else [])
    nullable = any(result.nullable for _, result in results) or otherwise.nullable
    found = derive(sql, results[0][1].family, *parts, nullable=nullable, strict=False)
    found.core = True
    return found


def _tuple(call: Call) -> Value:
    call.options()
    return Record(tuple(value for _, value in call.each()))


def _between(call: Call) -> Value:
    node, low, high = call.take("column", "low", "high")
    assert node is not None and low is not None and high is not None
    value = call.scalar(node)
    first, last = (call.scalar(bound, value.family) for bound in (low, high))
    return derive(value.sql.between(first.sql, last.sql), "bool", value, first, last, predicate=True)


def _extract(call: Call) -> Value:
    field, node = call.take("field", "expression")
    assert field is not None and node is not None
    name = call.string(field)
    if name not in _FIELDS:
        raise Unfit("E-VALUE", f"'{name}' is no part of a date", ", ".join(sorted(_FIELDS)), field)
    value = call.scalar(node)
    found = derive(sa.extract(name, value.sql), "int", value, name=name)
    found.core = True
    return found


_FIELDS = frozenset(
    ("year", "month", "day", "hour", "minute", "second", "quarter", "week", "dow", "doy", "epoch", "isodow")
)


def _text(call: Call) -> Value:
    (node,) = call.take("text")
    assert node is not None
    # A ':' begins no parameter here; there is nowhere to give its value.
    text: Any = sa.text(call.string(node).replace("\\:", ":").replace(":", "\\:"))
    return Scalar(text, "unknown", core=True, predicate=True)


def _literal_column(call: Call) -> Value:
    node, type_node = call.take("text", "type_?")
    assert node is not None
    type_, family = read_type(type_node) if type_node is not None else (None, "unknown")
    return Scalar(sa.literal_column(call.string(node), type_), family, core=True)


def _collate(call: Call) -> Value:
    node, name = call.take("expression", "collation")
    assert node is not None and name is not None
    value = call.scalar(node)
    return derive(sa.collate(value.sql, collation(call, name)), "str", value)


def collation(call: Call, node: ast.expr) -> str:
    name = call.string(node)
    if not name.replace("_", "").replace("-", "").replace(".", "").isalnum() or len(name) > 63:
        raise Unfit("E-VALUE", f"{name!r} is no collation", node=node)
    return name


FUNCTIONS: dict[str, Callable[[Call], Value]] = {
    "and_": _junction(True),
    "or_": _junction(False),
    "not_": _not,
    "null": _constant(sa.null, Literal(None, "null")),
    "true": _constant(sa.true, Literal(True, "bool")),
    "false": _constant(sa.false, Literal(False, "bool")),
    "cast": _cast(sa.cast),
    "type_coerce": _cast(sa.type_coerce),
    "try_cast": _try_cast,
    "literal": _literal,
    "bindparam": _bindparam,
    "desc": _direction(True),
    "asc": _direction(False),
    "case": _case,
    "tuple_": _tuple,
    "between": _between,
    "extract": _extract,
    "collate": _collate,
    "text": _text,
    "literal_column": _literal_column,
}
