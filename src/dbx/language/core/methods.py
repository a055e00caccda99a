"""Core's methods of columns, exactly as SQLAlchemy has them."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from sqlalchemy import Exists, ScalarSelect, collate, tuple_

from dbx.language.core.expressions import collation, directed
from dbx.language.core.functions import CORE as FUNCTION_METHODS
from dbx.language.core.functions import filtered, label_name, within
from dbx.language.core.sources import selectable
from dbx.language.core.types import read_type
from dbx.language.functions.calls import Call, Method
from dbx.language.functions.windows import window
from dbx.language.operators import membership, truth
from dbx.language.operators.comparison import one
from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Query, Record, Selected, Sequence, TableValue, Value, describe
from dbx.language.values.scalars import derive
from dbx.language.values.types import comparable

OPERATORS = frozenset(
    (
        "||", "@>", "<@", "?", "?|", "?&", "->", "->>", "#>", "#>>", "~", "~*", "!~", "!~*", "&&", "<->", "@@", "%",
        "+", "-", "*", "/", "&", "|", "#", "<<", ">>", "=", "<>", "!=", "<", "<=", ">", ">=", "<=>", "^",
        "LIKE", "ILIKE", "NOT LIKE", "GLOB", "REGEXP", "RLIKE", "SOUNDS LIKE", "MATCH", "DIV", "SIMILAR TO", "IS",
        "IS NOT",
    )
)  # fmt: skip


def _compared(sign: str) -> Method:
    def method(call: Call, owner: Value) -> Value:
        (node,) = call.take("other")
        assert node is not None
        return one(call.evaluator, sign, owner, call.value(node))

    return method


def _in(negate: bool) -> Method:
    """Core's own NOT IN: NULLs inside a query are not left out."""

    def method(call: Call, owner: Value) -> Value:
        (node,) = call.take("other")
        assert node is not None
        other = call.value(node)
        if isinstance(other, Selected) and not isinstance(owner, Record):
            left = call.evaluator.scalar(owner)
            statement: Any = other.statement
            return derive(left.sql.not_in(statement) if negate else left.sql.in_(statement), "bool", left,
                          predicate=True)  # fmt: skip
        if isinstance(other, Selected) and isinstance(owner, Record):
            parts = [call.evaluator.scalar(item) for item in owner.items]
            row: Any = tuple_(*(part.sql for part in parts))
            return derive(row.not_in(other.statement) if negate else row.in_(other.statement), "bool", *parts,
                          predicate=True)  # fmt: skip
        if not isinstance(other, (Sequence, Record, Query, TableValue)):
            raise Unfit("E-TYPE", f"{call.name} of {describe(other)}", "a list or a query", node)
        return membership.contains(call.evaluator, owner, other, negate=negate)

    return method


def _like(call: Call, owner: Value) -> Value:
    pattern, escape = call.take("other", "escape?")
    assert pattern is not None
    own, other = call.evaluator.scalar(owner), call.scalar(pattern)
    mark = call.mark(escape)
    which = {"like": own.sql.like, "ilike": own.sql.ilike, "not_like": own.sql.not_like, "notlike": own.sql.not_like,
             "not_ilike": own.sql.not_ilike, "notilike": own.sql.not_ilike}[call.name]  # fmt: skip
    return derive(which(other.sql, escape=mark), "bool", own, other, predicate=True)


def _part(call: Call, owner: Value) -> Value:
    """startswith contains endswith: LIKE, wildcards in it working unless autoescape=True."""
    pattern, escape, auto = call.take("other", "escape?", "autoescape?")
    assert pattern is not None
    own = call.evaluator.scalar(owner)
    if own.family not in ("str", "unknown", "enum"):
        raise Unfit("E-TYPE", f"{call.name} of {describe(own)}")
    options: dict[str, Any] = {}
    if escape is not None:
        options["escape"] = call.mark(escape)
    if call.flag("autoescape", auto):
        options["autoescape"] = True
        other: Any = call.string(pattern)
        parts = [own]
    else:
        scalar = call.scalar(pattern)
        if not comparable(scalar.family, "str"):
            raise Unfit("E-TYPE", f"{call.name} of {describe(scalar)}", node=pattern)
        other, parts = scalar.sql, [own, scalar]
    which: Any = {"startswith": own.sql.startswith, "contains": own.sql.contains, "endswith": own.sql.endswith,
             "istartswith": own.sql.istartswith, "icontains": own.sql.icontains,
             "iendswith": own.sql.iendswith}[call.name]  # fmt: skip
    return derive(which(other, **options), "bool", *parts, predicate=True)


def _between(call: Call, owner: Value) -> Value:
    low, high = call.take("low", "high")
    assert low is not None and high is not None
    own = call.evaluator.scalar(owner)
    first, last = (call.scalar(node, own.family) for node in (low, high))
    for bound in (first, last):
        if not comparable(bound.family, own.family):
            raise Unfit("E-TYPE", f"{describe(own)} between {describe(bound)}")
    return derive(own.sql.between(first.sql, last.sql), "bool", own, first, last, predicate=True)


def _label(call: Call, owner: Value) -> Value:
    (node,) = call.take("name")
    assert node is not None
    name = label_name(call, node)
    scalar = call.evaluator.scalar(owner)
    return replace(scalar, sql=scalar.sql.label(name), name=name, labelled=True, core=True)


def _direction(descending: bool | None, nulls: str = "") -> Method:
    def method(call: Call, owner: Value) -> Value:
        call.take()
        return directed(call, owner, descending, nulls)

    return method


def _nulls(where: str) -> Method:
    def method(call: Call, owner: Value) -> Value:
        call.take()
        return directed(call, owner, None, where)

    return method


def _cast(call: Call, owner: Value) -> Value:
    (node,) = call.take("type_")
    assert node is not None
    own = call.evaluator.scalar(owner)
    type_, family = read_type(node)
    return derive(own.sql.cast(type_), family, own, name=own.name)


def _distinct(call: Call, owner: Value) -> Value:
    call.take()
    own = call.evaluator.scalar(owner)
    return replace(own, sql=own.sql.distinct())


def _concat(call: Call, owner: Value) -> Value:
    (node,) = call.take("other")
    assert node is not None
    own, other = call.evaluator.scalar(owner), call.scalar(node)
    return derive(own.sql.concat(other.sql), "str", own, other)


def _collate(call: Call, owner: Value) -> Value:
    (node,) = call.take("collation")
    assert node is not None
    own = call.evaluator.scalar(owner)
    return derive(collate(own.sql, collation(call, node)), "str", own)


def _op(call: Call, owner: Value) -> Value:
    """x.op('->>')(y): an operator from the list; with a call around it, so it arrives as a lambda would."""
    raise Unfit("E-CALL", ".op('…') is followed at once by (value)")


def operated(call: Call, owner: Value, sign: str, node: ast.expr) -> Value:
    if sign.upper() not in OPERATORS:
        raise Unfit("E-VALUE", f"the operator {sign!r} is not on the list")
    own, other = call.evaluator.scalar(owner), call.scalar(node)
    tested = call.name == "bool_op"
    sql = own.sql.bool_op(sign)(other.sql) if tested else own.sql.op(sign)(other.sql)
    found = derive(sql, "bool" if tested else "unknown", own, other, predicate=tested)
    found.core = True
    return found


def _over(call: Call, owner: Value) -> Value:
    return replace(window(call, owner), core=True)


def _filter(call: Call, owner: Value) -> Value:
    call.options()
    return filtered(call, owner, [value for _, value in call.each()])


def _within_group(call: Call, owner: Value) -> Value:
    call.options()
    return within(call, owner, [value for _, value in call.each()])


def _bool_op(sign: str) -> Method:
    def method(call: Call, owner: Value) -> Value:
        (node,) = call.take("other")
        assert node is not None
        own, other = call.evaluator.scalar(owner), call.scalar(node)
        if sign == "bitwise_xor" and not call.evaluator.server.can("^ of bits"):
            return derive(own.sql.bitwise_or(other.sql) - own.sql.bitwise_and(other.sql), "int", own, other)
        which = {"bitwise_and": own.sql.bitwise_and, "bitwise_or": own.sql.bitwise_or,
                 "bitwise_xor": own.sql.bitwise_xor, "bitwise_lshift": own.sql.bitwise_lshift,
                 "bitwise_rshift": own.sql.bitwise_rshift}[sign]  # fmt: skip
        return derive(which(other.sql), "int", own, other)

    return method


def _bitwise_not(call: Call, owner: Value) -> Value:
    call.take()
    own = call.evaluator.scalar(owner)
    return derive(own.sql.bitwise_not(), "int", own)


def _regexp(call: Call, owner: Value) -> Value:
    (node,) = call.take("pattern")
    assert node is not None
    own, other = call.evaluator.scalar(owner), call.scalar(node)
    return derive(own.sql.regexp_match(other.sql), "bool", own, other, predicate=True)


def _correlate(call: Call, owner: Value) -> Value:
    """select(…).scalar_subquery().correlate(t)"""
    made: Any = call.evaluator.scalar(owner).sql
    if not isinstance(made, ScalarSelect):
        raise Unfit("E-ATTR", f"{describe(owner)} has no method '{call.name}'", "it is for a scalar_subquery()")
    call.options()
    froms = [selectable(call, value, node) for node, value in call.each()]
    found = made.correlate(*froms) if call.name == "correlate" else made.correlate_except(*froms)
    return replace(call.evaluator.scalar(owner), sql=found, whole=None)


def _regexp_replace(call: Call, owner: Value) -> Value:
    pattern, replacement, flags = call.take("pattern", "replacement", "flags?")
    assert pattern is not None and replacement is not None
    call.evaluator.server.require("a regular expression that replaces", "replace(old, new)")
    own, old, new = call.evaluator.scalar(owner), call.scalar(pattern), call.scalar(replacement)
    marks = call.string(flags) if flags is not None else None
    if marks is not None and not marks.isalpha():
        raise Unfit("E-VALUE", f"{marks!r} are no flags", node=flags)
    return derive(own.sql.regexp_replace(old.sql, new.sql, flags=marks), "str", own, old, new)


def _exists_where(call: Call, owner: Value) -> Value:
    """exists().where(…)"""
    own = call.evaluator.scalar(owner)
    if not isinstance(own.made, Exists):
        raise Unfit("E-ATTR", f"{describe(owner)} has no method 'where'")
    call.options()
    tests = [truth.truth(call.evaluator, value).sql for _, value in call.each()]
    made = own.made.where(*tests)
    return replace(own, sql=made, made=made)


_COMPARISONS = {
    "is_": "is", "is_not": "is not", "isnot": "is not", "is_distinct_from": "is not",
    "is_not_distinct_from": "is", "isnot_distinct_from": "is",
}  # fmt: skip

CORE: dict[str, Method] = {
    **{name: _compared(sign) for name, sign in _COMPARISONS.items()},
    "in_": _in(False), "not_in": _in(True), "notin_": _in(True),
    **dict.fromkeys(("like", "ilike", "not_like", "notlike", "not_ilike", "notilike"), _like),
    **dict.fromkeys(("startswith", "contains", "endswith", "istartswith", "icontains", "iendswith"), _part),
    "where": _exists_where, "correlate": _correlate, "correlate_except": _correlate,
    "between": _between, "label": _label, "cast": _cast, "distinct": _distinct, "concat": _concat,
    "collate": _collate, "op": _op, "bool_op": _op, "over": _over, "filter": _filter, "within_group": _within_group,
    "desc": _direction(True), "asc": _direction(False),
    "nulls_last": _nulls("last"), "nulls_first": _nulls("first"),
    "nullslast": _nulls("last"), "nullsfirst": _nulls("first"),
    **{name: _bool_op(name) for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_lshift",
                                         "bitwise_rshift")},
    "bitwise_not": _bitwise_not, "regexp_match": _regexp, "regexp_replace": _regexp_replace, **FUNCTION_METHODS,
}  # fmt: skip

ORDERING: dict[str, Method] = {
    name: CORE[name] for name in ("desc", "asc", "nulls_last", "nulls_first", "nullslast", "nullsfirst")
}

TUPLE: dict[str, Method] = {"in_": CORE["in_"], "not_in": CORE["not_in"], "notin_": CORE["notin_"]}
