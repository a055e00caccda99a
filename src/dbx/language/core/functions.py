"""Core's functions of functions: over, within_group, funcfilter, any_, all_, label, and functions as tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Function, FunctionElement
from sqlalchemy.dialects import postgresql

from dbx.language.core.expressions import directed
from dbx.language.core.sources import test_of
from dbx.language.functions.calls import Call, Method
from dbx.language.functions.windows import window
from dbx.language.operators.quantified import Quantified
from dbx.language.refusal import Unfit
from dbx.language.server.text import ONE
from dbx.language.values.kinds import AliasValue, Literal, Query, Scalar, Selected, Value, describe
from dbx.language.values.scalars import derive
from dbx.language.values.types import family_of

if TYPE_CHECKING:
    pass

MAX_LABEL = 63


def _quantifier(which: str) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        (node,) = call.take("query")
        assert node is not None
        value, evaluator = call.value(node), call.evaluator
        made = sa.any_ if which == "any" else sa.all_
        if isinstance(value, Scalar) and value.whole is None:
            evaluator.server.require("arrays")
            return Scalar(made(value.sql), value.element, core=True)
        if isinstance(value, Scalar):
            statement: Any = value.whole
        elif isinstance(value, (Selected, Query)):
            statement = evaluator.statement(value)
        else:
            raise Unfit("E-TYPE", f"{call.name} of {describe(value)}", f"{call.name}(select(…))", node)
        columns = list(statement.selected_columns)
        if len(columns) != 1:
            raise Unfit("E-TYPE", f"{call.name} of {len(columns)} columns", node=node)
        sql = made(statement.scalar_subquery())
        return Scalar(sql, family_of(columns[0].type), core=True, made=Quantified(which, statement))

    return handler


def label_name(call: Call, node: Any) -> str:
    name = call.string(node)
    if not name or len(name) > MAX_LABEL or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in name):
        raise Unfit("E-VALUE", f"a label has 1 to {MAX_LABEL} characters, none of them control characters", node=node)
    return name


def _label(call: Call) -> Value:
    name, node = call.take("name", "element")
    assert name is not None and node is not None
    word, scalar = label_name(call, name), call.scalar(node)
    return replace(scalar, sql=scalar.sql.label(word), name=word, labelled=True, core=True)


def _over(call: Call) -> Value:
    """over(func.sum(x), partition_by=…) is func.sum(x).over(partition_by=…)"""
    if len(call.node.args) != 1:
        raise Unfit("E-CALL", "over() takes a function, and keywords")
    owner = call.value(call.node.args[0])
    return replace(window(call, owner, free=True), core=True)


def _funcfilter(call: Call) -> Value:
    found = call.each()
    call.options()
    if len(found) < 2:
        raise Unfit("E-CALL", "funcfilter() takes a function and conditions")
    return filtered(call, found[0][1], [value for _, value in found[1:]])


def filtered(call: Call, owner: Value, tests: list[Value]) -> Scalar:
    """An aggregate over some rows only; by CASE where the server has no FILTER."""
    own = call.evaluator.scalar(owner)
    conditions = [test_of(call, call.node, value) for value in tests]
    if own.made is None or not own.aggregate:
        raise Unfit("E-TYPE", "filter() belongs to an aggregate of func")
    if call.evaluator.server.can("an aggregate's FILTER"):
        sql: Any = own.made.filter(*conditions)
        return replace(own, sql=sql, made=sql)
    if not isinstance(own.made, FunctionElement) or own.name in ("aggregate_strings", "group_concat"):
        raise Unfit("E-DIALECT", "this aggregate's FILTER cannot be said here", "an aggregate of case((test, x))")
    first, *rest = list(own.made.clauses) or [ONE]
    distinct = getattr(first, "operator", None) is sa.sql.operators.distinct_op
    inner = first.element if distinct else first
    star = isinstance(inner, sa.ColumnClause) and inner.is_literal and inner.name == "*"
    some: Any = sa.case((sa.and_(*conditions), ONE if star else inner))
    sql = Function(str(own.made.name), some.distinct() if distinct else some, *rest, type_=own.made.type)
    return replace(own, sql=sql, made=sql)


def _within_group(call: Call) -> Value:
    found = call.each()
    call.options()
    if len(found) < 2:
        raise Unfit("E-CALL", "within_group() takes a function and what it is ordered by")
    return within(call, found[0][1], [value for _, value in found[1:]])


def within(call: Call, owner: Value, values: list[Value]) -> Scalar:
    own = call.evaluator.scalar(owner)
    call.evaluator.server.require("WITHIN GROUP", "a window function: ntile(n), percent_rank()")
    if not isinstance(own.made, FunctionElement):
        raise Unfit("E-TYPE", "within_group() belongs to an aggregate of func")
    terms = [directed(call, value, None) for value in values]
    scalars = [t.scalar.sql.desc() if t.descending else t.scalar.sql for t in terms if t.scalar is not None]
    sql: Any = own.made.within_group(*scalars)
    return replace(own, sql=sql, made=sql)


def _function(call: Call, owner: Value) -> Any:
    made = owner.made if isinstance(owner, Scalar) else None
    if not isinstance(made, FunctionElement):
        raise Unfit("E-TYPE", f"{call.name}() belongs to a function of func")
    call.evaluator.server.require("functions of tables", "a table, or a list: for x in [1, 2]")
    return made


def _table_valued(call: Call, owner: Value) -> Value:
    """func.json_each(x).table_valued('value'): a function as a table, by the names of its columns."""
    options = call.options("name", "with_ordinality", "joins_implicitly")
    made = _function(call, owner)
    names: list[Any] = []
    for node, value in call.each():
        if isinstance(value, Literal):
            names.append(label_name(call, node))
        elif isinstance(value, Scalar) and isinstance(value.sql, sa.ColumnClause):
            names.append(value.sql)
        else:
            raise Unfit("E-CALL", "table_valued() takes the names of columns", node=node)
    extra: dict[str, Any] = {}
    if "with_ordinality" in options:
        extra["with_ordinality"] = label_name(call, options["with_ordinality"])
    if "joins_implicitly" in options:
        extra["joins_implicitly"] = call.flag("joins_implicitly", options["joins_implicitly"])
    name = label_name(call, options["name"]) if "name" in options else None
    return AliasValue(made.table_valued(*names, name=name, **extra))


def _column_valued(call: Call, owner: Value) -> Value:
    name, implicitly = call.take("name?", "joins_implicitly?")
    made = _function(call, owner)
    word = label_name(call, name) if name is not None else None
    column = made.column_valued(word, joins_implicitly=call.flag("joins_implicitly", implicitly))
    return Scalar(column, family_of(made.type), core=True, name=word or "")


def _render_derived(call: Call, owner: Value) -> Value:
    name, with_types = call.take("name?", "with_types?")
    made: Any = owner.selectable if isinstance(owner, AliasValue) else None
    if not isinstance(made, sa.TableValuedAlias):
        raise Unfit("E-TYPE", "render_derived() belongs to table_valued(…)")
    word = label_name(call, name) if name is not None else None
    return AliasValue(made.render_derived(name=word, with_types=call.flag("with_types", with_types)))


def _ordered(call: Call) -> Value:
    """aggregate_order_by(x, y): the order in which an aggregate takes its values (PostgreSQL)."""
    found = call.each()
    call.options()
    if len(found) < 2:
        raise Unfit("E-CALL", "aggregate_order_by() takes a value and what to order by")
    if call.evaluator.server.key != "postgresql":
        raise Unfit("E-DIALECT", "aggregate_order_by() is PostgreSQL's", "sep.join(sorted(x))")
    scalars = [call.evaluator.scalar(value) for _, value in found[:1]]
    terms = [directed(call, value, None) for _, value in found[1:]]
    order = [t.scalar.sql.desc() if t.descending else t.scalar.sql for t in terms if t.scalar is not None]
    return derive(postgresql.aggregate_order_by(scalars[0].sql, *order), scalars[0].family, *scalars)


FUNCTIONS: dict[str, Callable[[Call], Value]] = {
    "any_": _quantifier("any"), "all_": _quantifier("all"), "label": _label, "over": _over,
    "funcfilter": _funcfilter, "within_group": _within_group, "aggregate_order_by": _ordered,
}  # fmt: skip

CORE: dict[str, Method] = {"table_valued": _table_valued, "column_valued": _column_valued}
ALIAS: dict[str, Method] = {"render_derived": _render_derived}
