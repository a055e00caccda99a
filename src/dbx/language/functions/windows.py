"""Window functions, and .over() of any aggregate."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import func, over

from dbx.language.functions.calls import Call, Method
from dbx.language.refusal import Unfit
from dbx.language.select.ordering import term_list
from dbx.language.values.kinds import Literal, Record, Scalar, Sequence, Value

_RANKS: dict[str, Any] = {
    "row_number": func.row_number, "rank": func.rank, "dense_rank": func.dense_rank,
    "percent_rank": func.percent_rank, "cume_dist": func.cume_dist,
}  # fmt: skip
_OFFSETS: dict[str, Any] = {
    "lag": func.lag, "lead": func.lead, "first_value": func.first_value, "last_value": func.last_value,
    "nth_value": func.nth_value,
}  # fmt: skip


def _rank(call: Call) -> Value:
    call.take()
    family = "float" if call.name in ("percent_rank", "cume_dist") else "int"
    sql = _RANKS[call.name]()
    return Scalar(sql, family, nullable=False, aggregate=True, name=call.name, made=sql)


def _ntile(call: Call) -> Value:
    (node,) = call.take("n")
    assert node is not None
    sql: Any = func.ntile(call.scalar(node).sql)
    return Scalar(sql, "int", nullable=False, aggregate=True, name="ntile", made=sql)


def _offset(call: Call) -> Value:
    node, *rest = call.take("x", "n?", "default?")
    assert node is not None
    value = call.scalar(node)
    if len(rest) > 1 and rest[1] is not None:
        call.evaluator.server.require("a default of lag and lead", f"coalesce({call.name}(…).over(…), …)")
    extra = [call.scalar(each, value.family if i else "int").sql for i, each in enumerate(rest) if each is not None]
    sql = _OFFSETS[call.name](value.sql, *extra)
    return Scalar(sql, value.family, aggregate=True, name=call.name, made=sql)


def check_windows(nodes: Iterable[ast.AST]) -> None:
    """Refuse a window function that stands without its window."""
    nodes = [node for node in nodes if isinstance(node, (ast.Call, ast.Attribute))]
    owners = {id(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr == "over"}
    for node in nodes:
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if name in FUNCTIONS and id(node) not in owners:
            raise Unfit("E-CALL", f"{name}() needs a window", f"{name}(…).over(order_by=x.column)", node)


def window(call: Call, owner: Value, *, free: bool = False) -> Scalar:
    """.over(partition_by=, order_by=, rows=, range_=, groups=)"""
    options = call.options("partition_by", "order_by", "rows", "range_", "groups")
    own = call.evaluator.scalar(owner)
    if not own.aggregate:
        raise Unfit("E-TYPE", "over() belongs to an aggregate or a window function", "row_number().over(…)")
    if "groups" in options:
        call.evaluator.server.require("GROUPS in a window", "rows=(…)")
    if call.node.args and not free:
        raise Unfit("E-CALL", "over() takes keywords: partition_by=, order_by=, rows=")
    frames: dict[str, Any] = {
        name: _span(call, options[name]) for name in ("rows", "range_", "groups") if name in options
    }
    parts: dict[str, Any] = {
        name: term_list(call, options[name]) for name in ("partition_by", "order_by") if name in options
    }
    folded: Any = own.made if own.made is not None else own.sql
    sql: Any = over(folded, **parts, **frames)
    if own.otherwise is not None:
        sql = func.coalesce(sql, own.otherwise, type_=own.sql.type)
    return replace(own, sql=sql, aggregate=False, window=True, loose=(), made=None, rejects=frozenset())


def _span(call: Call, node: ast.expr) -> tuple[int | None, int | None]:
    value = call.value(node)
    items = value.items if isinstance(value, (Record, Sequence)) else ()
    numbers = [item.value for item in items if isinstance(item, Literal) and item.family in ("int", "null")]
    if len(items) != 2 or len(numbers) != 2:
        raise Unfit("E-CALL", "a frame is two numbers or None: (-1, 1)", node=node)
    return (numbers[0], numbers[1])


FUNCTIONS: dict[str, Callable[[Call], Value]] = {
    **dict.fromkeys(_RANKS, _rank),
    **dict.fromkeys(_OFFSETS, _offset),
    "ntile": _ntile,
}

METHODS: dict[str, Method] = {"over": window}
