"""Functions of queries that give queries: sorted, distinct, reversed, outer, refs and their kin."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import union_all

from dbx.language.functions.aggregates import is_query
from dbx.language.functions.calls import Call
from dbx.language.names.scope import Scope
from dbx.language.operators.sets import joined
from dbx.language.queries import navigation
from dbx.language.queries.comprehension import conjuncts, require
from dbx.language.refusal import Unfit, suggestion
from dbx.language.select import keys
from dbx.language.select.assemble import as_source, folded
from dbx.language.select.keyed import keyed
from dbx.language.select.ordering import ordered, terms
from dbx.language.values.kinds import (
    LambdaValue,
    Literal,
    Outer,
    Query,
    Range,
    Record,
    Row,
    Sequence,
    TableValue,
    Value,
    describe,
)
from dbx.schema.relations import stem

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def _sorted(call: Call) -> Value:
    node, key, reverse = call.take("q", "key?", "reverse?")
    assert node is not None
    value = call.value(node)
    if not is_query(value):
        hint = "sep.join(sorted(x)), or sorted((x.name for x in t))"
        raise Unfit("E-TYPE", f"sorted of {describe(value)}", hint)
    descending = call.flag("reverse", reverse)
    return ordered(call.evaluator.query(value), call, key, descending=descending)


def _reversed(call: Call) -> Value:
    (node,) = call.take("q")
    assert node is not None
    query = call.evaluator.query(call.value(node))
    if not query.frame.home.order:
        raise Unfit("E-TYPE", "reversed() needs an order", "sorted(…, reverse=True)")
    if query.limit is not None or query.offset is not None:
        query = as_source(call.evaluator, query)
    frame = query.frame.home
    frame.order = [replace(term, descending=not term.descending) for term in frame.order]
    return query


def _distinct(call: Call) -> Value:
    (node,) = call.take("x")
    assert node is not None
    value = call.value(node)
    if is_query(value):
        return _unique(call.evaluator, value)
    scalar = call.evaluator.scalar(value)
    if not scalar.core:
        raise Unfit("E-TYPE", f"distinct of {describe(scalar)}", "count(distinct(x)), or {x for …}")
    return replace(scalar, sql=scalar.sql.distinct())


def _unique(evaluator: Evaluator, value: Value) -> Query:
    query = evaluator.query(value)
    if query.limit is not None or query.offset is not None or query.grouped is not None:
        query = as_source(evaluator, query)
    return replace(query, distinct=True)


def _set(call: Call) -> Value:
    (node,) = call.take("q")
    assert node is not None
    value = call.value(node)
    if isinstance(value, Sequence):
        return replace(value, unique=True)
    return _unique(call.evaluator, value)


def _list(call: Call) -> Value:
    (node,) = call.take("q")
    assert node is not None
    value = call.value(node)
    return value if isinstance(value, Sequence) else call.evaluator.query(value)


def _outer(call: Call) -> Value:
    (node,) = call.take("q")
    assert node is not None
    return Outer(call.evaluator.query(call.value(node)))


def _range(call: Call) -> Value:
    first, second, third = call.take("start", "stop?", "step?")
    assert first is not None
    start = call.value(first)
    if second is None:
        return Range(Literal(0, "int"), start)
    step = call.number(third, 1)
    if step < 1:
        raise Unfit("E-VALUE", "a step is 1 or more", node=third)
    return Range(start, call.value(second), step)


def _ref(call: Call) -> Value:
    """ref(u, "constraint or column")"""
    node, name = call.take("row", "name")
    assert node is not None and name is not None
    row, wanted = _row(call, node), call.string(name)
    model = keys.model(row)
    for key in model.foreign_keys if model else ():
        if key.name == wanted or key.columns == (wanted,):
            return navigation.follow(call.evaluator, row, key, stem(key.columns) or key.columns[0])
    known = [key.name or key.columns[0] for key in model.foreign_keys] if model else []
    raise Unfit("E-ATTR", f"no foreign key '{wanted}'", suggestion(wanted, known, "there are"), name)


def _refs(call: Call) -> Value:
    """refs(p, child, "constraint or column")"""
    node, child, name = call.take("row", "child", "name?")
    assert node is not None and child is not None
    row, table = _row(call, node), call.value(child)
    model = keys.model(row)
    if not isinstance(table, TableValue) or model is None:
        raise Unfit("E-TYPE", "refs(row, table)", node=child)
    wanted = call.string(name) if name is not None else ""
    found = [
        (entry, key) for entry, key in call.evaluator.names.children(model)
        if entry.model == table.entry.model and wanted in ("", key.name, *key.columns)
    ]  # fmt: skip
    if len(found) != 1:
        known = [key.name or key.columns[0] for _, key in found]
        code = "E-AMBIG" if found else "E-ATTR"
        raise Unfit(code, f"{len(found)} foreign keys lead here from '{table.entry.shown}'", ", ".join(known))
    return navigation.gather(call.evaluator, row, *found[0], None)


def _row(call: Call, node: ast.expr) -> Row:
    value = call.value(node)
    if not isinstance(value, Row):
        raise Unfit("E-TYPE", f"{describe(value)} is no row", node=node)
    return value


def _get(call: Call) -> Value:
    """get(t, key, …): the row with that key, strings among them."""
    if len(call.node.args) < 2:
        raise Unfit("E-CALL", "get() takes a table and its key")
    (_, table), *rest = call.each()
    if not isinstance(table, TableValue):
        raise Unfit("E-TYPE", f"{describe(table)} is no table")
    parts = [part for _, value in rest for part in (value.items if isinstance(value, Record) else (value,))]
    return keyed(call.evaluator, table, parts)


def _union_all(call: Call) -> Value:
    values = [value for _, value in call.each()]
    call.options()
    if len(values) < 2 or not all(is_query(value) for value in values):
        raise Unfit("E-CALL", "union_all() takes two queries or more")
    return joined(call.evaluator, union_all, *(call.evaluator.query(value) for value in values))


def _nulls(where: str) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        (node,) = call.take("x")
        assert node is not None
        (term,) = terms(call.evaluator, call.value(node))
        return replace(term, nulls=where)

    return handler


def _filter(call: Call, owner: Value) -> Value:
    """q.filter(lambda x: …)"""
    (node,) = call.take("condition")
    assert node is not None
    query = call.evaluator.query(owner)
    if query.limit is not None or query.offset is not None or folded(call.evaluator, query):
        query = as_source(call.evaluator, query)
    condition = call.value(node)
    if not isinstance(condition, LambdaValue) or len(condition.node.args.args) != 1:
        raise Unfit("E-CALL", "filter() takes a lambda of one item", "q.filter(lambda x: …)", node)
    scope = Scope(condition.scope, query.frame.home, {condition.node.args.args[0].arg: query.element})
    for part in conjuncts(condition.node.body):
        require(call.evaluator, part, scope, query.frame.home)
    return query


def _order_by(call: Call, owner: Value) -> Value:
    """q.order_by(lambda x: …)"""
    (node,) = call.take("key")
    return ordered(call.evaluator.query(owner), call, node)


def _dict_part(which: str) -> Callable[[Call, Value], Value]:
    """.items() .keys() .values() of a dict comprehension"""

    def method(call: Call, owner: Value) -> Value:
        call.take()
        query = call.evaluator.query(owner)
        element = query.element
        if not isinstance(element, Record) or not element.keyed:
            raise Unfit("E-ATTR", f".{which}() is for a dict comprehension")
        if which == "items":
            return query
        inner = as_source(call.evaluator, query)
        record = inner.element
        assert isinstance(record, Record)
        items = record.items[: element.keyed] if which == "keys" else record.items[element.keyed :]
        return Query(inner.frame, items[0] if len(items) == 1 else Record(items))

    return method


def _limit(call: Call, owner: Value) -> Value:
    (node,) = call.take("n")
    query = call.evaluator.query(owner)
    if query.limit is not None or query.offset is not None:
        query = as_source(call.evaluator, query)
    count = call.number(node, 0)
    if count < 0:
        raise Unfit("E-VALUE", "a limit is 0 or more", node=node)
    return replace(query, limit=call.evaluator.scalar(Literal(count, "int")).sql)


def _distinct_method(call: Call, owner: Value) -> Value:
    call.take()
    return _unique(call.evaluator, owner)


FUNCTIONS: dict[str, Callable[[Call], Value]] = {
    "sorted": _sorted,
    "reversed": _reversed,
    "distinct": _distinct,
    "set": _set,
    "list": _list,
    "outer": _outer,
    "range": _range,
    "ref": _ref,
    "refs": _refs,
    "get": _get,
    "nulls_last": _nulls("last"),
    "nulls_first": _nulls("first"),
    "nullslast": _nulls("last"),
    "nullsfirst": _nulls("first"),
}

METHODS: dict[str, Callable[[Call, Value], Value]] = {
    "filter": _filter,
    "order_by": _order_by,
    "items": _dict_part("items"),
    "keys": _dict_part("keys"),
    "values": _dict_part("values"),
    "limit": _limit,
    "distinct": _distinct_method,
}
