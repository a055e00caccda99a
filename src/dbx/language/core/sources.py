"""What stands in FROM in Core: tables, joins, subqueries, common table expressions, values(), samples, LATERAL."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import FromClause, Select

from dbx.language.core.joins import on_clause
from dbx.language.core.types import read_type
from dbx.language.functions.calls import Call, Method
from dbx.language.operators import truth
from dbx.language.refusal import Unfit, suggestion
from dbx.language.values.kinds import (
    AliasValue,
    Literal,
    Query,
    Record,
    Scalar,
    Selected,
    Sequence,
    Sql,
    TableValue,
    Value,
    describe,
)
from dbx.language.values.scalars import check_width


def selectable(call: Call, value: Value, node: ast.AST | None = None) -> FromClause:
    """What can stand in FROM."""
    if isinstance(value, TableValue):
        return value.entry.sql
    if isinstance(value, AliasValue):
        check_width(value.selectable.c)
        return value.selectable
    if isinstance(value, (Selected, Query)):
        return call.evaluator.statement(value).subquery(call.evaluator.short_alias("sub"))
    if isinstance(value, Scalar) and isinstance(value.sql, sa.TextClause):
        return value.sql
    raise Unfit("E-TYPE", f"{describe(value)} cannot stand in FROM", node=node)


def plain(owner: Value, name: str) -> Select[Any]:
    statement = owner.plain if isinstance(owner, Selected) else None
    if statement is None:
        raise Unfit("E-TYPE", f"{name}() is for a select, not for a union", f"select(q.subquery()).{name}(…)")
    return statement


def onward(owner: Value, statement: Any) -> Selected:
    """What a method of a select returns: the next select, with what the last one was told to be."""
    assert isinstance(owner, Selected)
    return Selected(statement, owner.on)


def test_of(call: Call, node: ast.AST, value: Value) -> Sql:
    """A condition of Core; a column of truths stands as it is, as SQLAlchemy has it."""
    if isinstance(value, Scalar) and value.core and value.family == "bool":
        return value.sql
    if isinstance(value, Literal) and value.family == "str":
        raise Unfit("E-TYPE", "a string is no condition", "compare columns; SQL as text is text('…')", node)
    try:
        scalar = truth.truth(call.evaluator, value)
    except Unfit as unfit:
        unfit.node = unfit.node or node
        raise
    return scalar.sql


def join_kinds(call: Call, is_outer: ast.expr | None, full: ast.expr | None, outer: bool) -> dict[str, bool]:
    options = {"isouter": call.flag("isouter", is_outer, outer), "full": call.flag("full", full)}
    if options["full"]:
        call.evaluator.server.require("FULL JOIN", "two outer joins and a union")
    return options


def _joined(make: Callable[[], Any], node: ast.AST) -> Any:
    try:
        return make()
    except sa.exc.SQLAlchemyError:
        raise Unfit("E-TYPE", "there is no single foreign key between these", "name the condition: .join(t, a == b)",
                    node) from None  # fmt: skip


def _join(outer: bool) -> Method:
    def method(call: Call, owner: Value) -> Value:
        target, on, is_outer, full = call.take("target", "onclause?", "isouter?", "full?")
        assert target is not None
        statement, other = plain(owner, call.name), call.value(target)
        options = join_kinds(call, is_outer, full, outer)
        right = selectable(call, other, target)
        lefts = statement.get_final_froms()
        condition = test_of(call, on, call.value(on)) if on is not None else on_clause(lefts, right, target)
        return onward(owner, _joined(lambda: statement.join(right, condition, **options), target))

    return method


def _join_from(outer: bool) -> Method:
    def method(call: Call, owner: Value) -> Value:
        left, target, on, is_outer, full = call.take("left", "target", "onclause?", "isouter?", "full?")
        assert left is not None and target is not None
        statement = plain(owner, call.name)
        one, other = (selectable(call, call.value(node), node) for node in (left, target))
        condition = test_of(call, on, call.value(on)) if on is not None else on_clause([one], other, target)
        options = join_kinds(call, is_outer, full, outer)
        return onward(owner, _joined(lambda: statement.join_from(one, other, condition, **options), target))

    return method


def table_join(outer: bool) -> Method:
    """a.join(b, …), which join(a, b, …) is too"""

    def method(call: Call, owner: Value) -> Value:
        target, on, is_outer, full = call.take("right", "onclause?", "isouter?", "full?")
        assert target is not None
        return _join_of(call, selectable(call, owner), target, on, join_kinds(call, is_outer, full, outer))

    return method


def _join_function(outer: bool) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        source, target, on, is_outer, full = call.take("left", "right", "onclause?", "isouter?", "full?")
        assert source is not None and target is not None
        left = selectable(call, call.value(source), source)
        return _join_of(call, left, target, on, join_kinds(call, is_outer, full, outer))

    return handler


def _join_of(
    call: Call, left: FromClause, target: ast.expr, on: ast.expr | None, options: dict[str, bool]
) -> AliasValue:
    right = selectable(call, call.value(target), target)
    condition = test_of(call, on, call.value(on)) if on is not None else on_clause([left], right, target)
    return AliasValue(left.join(right, condition, **options))


def _select_from(call: Call, owner: Value) -> Value:
    call.options()
    froms = [selectable(call, value, node) for node, value in call.each()]
    return onward(owner, plain(owner, "select_from").select_from(*froms))


def _name_of(call: Call, node: ast.expr | None) -> str | None:
    """What the user calls it, else nothing: SQLAlchemy numbers them, over all that end up in one statement."""
    return call.string(node) if node is not None else None


def _subquery(call: Call, owner: Value) -> Value:
    (name,) = call.take("name?")
    return AliasValue(call.evaluator.statement(owner).subquery(_name_of(call, name)))


def _lateral(call: Call, owner: Value) -> Value:
    (name,) = call.take("name?")
    call.evaluator.server.require("LATERAL", "a window function, or first(…) as a column")
    statement: Any = call.evaluator.statement(owner)
    return AliasValue(statement.lateral(_name_of(call, name)))


def _cte(call: Call, owner: Value) -> Value:
    name, recursive, nesting = call.take("name?", "recursive?", "nesting?")
    call.flag("nesting", nesting)
    statement: Any = call.evaluator.statement(owner)
    made = statement.cte(_name_of(call, name), recursive=call.flag("recursive", recursive))
    return AliasValue(made, cte=made)


def _as_function(method: Method) -> Callable[[Call], Value]:
    """subquery(q, 'name') for q.subquery('name')"""

    def handler(call: Call) -> Value:
        if not call.node.args:
            raise Unfit("E-CALL", f"{call.name}() takes a query")
        owner = call.value(call.node.args[0])
        if not isinstance(owner, (Selected, Query)):
            raise Unfit("E-TYPE", f"{describe(owner)} is no query", node=call.node.args[0])
        rest = ast.copy_location(ast.Call(call.node.func, call.node.args[1:], call.node.keywords), call.node)
        return method(Call(call.evaluator, rest, call.scope, call.name), owner)

    return handler


def _sampled(call: Call, source: FromClause, nodes: list[ast.expr | None]) -> Value:
    percent, name = nodes
    assert percent is not None
    value = call.value(percent)
    if not isinstance(value, Literal) or value.family not in ("int", "float") or not 0 <= value.value <= 100:
        raise Unfit("E-VALUE", "a sample is a number from 0 to 100, as written", node=percent)
    call.evaluator.server.require("TABLESAMPLE", "sample(t, n)")
    amount: Any = call.evaluator.scalar(value).sql
    return AliasValue(sa.tablesample(source, amount, name=_name_of(call, name)))


def _tablesample(call: Call) -> Value:
    source, *rest = call.take("selectable", "sampling", "name?")
    assert source is not None
    return _sampled(call, selectable(call, call.value(source), source), rest)


def _tablesample_method(call: Call, owner: Value) -> Value:
    return _sampled(call, selectable(call, owner), call.take("sampling", "name?"))


def _column(call: Call) -> Value:
    """column('name', Type): a name in lower case of nothing in particular, quoted where it has to be."""
    name, type_node = call.take("text", "type_?")
    assert name is not None
    type_, family = read_type(type_node) if type_node is not None else (None, "unknown")
    word = call.string(name)
    if not word:
        raise Unfit("E-VALUE", "a column has a name", node=name)
    return Scalar(sa.column(word, type_), family, core=True, name=word)


def _table(call: Call) -> Value:
    """table('name', column('x'), …); without columns, the table that there is, with its own."""
    options = call.options("schema")
    if not call.node.args:
        raise Unfit("E-CALL", "table() takes a name and columns")
    first, *rest = call.node.args
    name, schema = call.string(first), call.string(options["schema"]) if "schema" in options else None
    columns: list[Any] = [call.scalar(node).sql for node in rest]
    names = call.evaluator.names
    known = names.find(name, schema) if schema is None or names.schema(schema) else None
    if known is None and (call.evaluator.strict or not columns):
        # What no catalogue lists is the server's own business, and not a stranger's.
        hint = suggestion(name, names.tables(), "tables")
        hint = hint if call.evaluator.strict else f"its columns are not known: table({name!r}, column('x'), …)"
        raise Unfit("E-NAME", f"there is no '{name}'", hint, first)
    return AliasValue(sa.table(name, *columns, schema=schema)) if known is None or columns else TableValue(known)


def _values(call: Call) -> Value:
    """values(column('x', Integer), …, name='v'); its rows come with .data([…])"""
    options = call.options("name", "literal_binds")
    columns = [call.evaluator.core(value, node) for node, value in call.each()]
    if not columns or not all(isinstance(scalar.sql, sa.ColumnClause) for scalar in columns):
        raise Unfit("E-CALL", "values() takes columns: column('x', Integer), …")
    name = call.string(options["name"]) if "name" in options else call.evaluator.short_alias("values")
    return AliasValue(sa.values(*(s.sql for s in columns), name=name), values=tuple(columns))


def _data(call: Call, owner: Value) -> Value:
    (node,) = call.take("values")
    assert node is not None and isinstance(owner, AliasValue)
    if not owner.values:
        raise Unfit("E-ATTR", "data() belongs to values(…)")
    given = call.value(node)
    rows = [item.items for item in given.items if isinstance(item, Record)] if isinstance(given, Sequence) else []
    if not rows or any(len(row) != len(owner.values) for row in rows):
        raise Unfit("E-TYPE", f"data() takes a list of tuples of {len(owner.values)}", node=node)
    found = [[call.evaluator.scalar(v, c.family) for v, c in zip(row, owner.values, strict=True)] for row in rows]
    if call.evaluator.server.can("VALUES"):
        made: Any = owner.selectable
        return AliasValue(made.data([tuple(scalar.sql for scalar in row) for row in found]))
    parts = [
        sa.select(*(s.sql.label(c.name) for s, c in zip(row, owner.values, strict=True))) for row in found
    ]  # fmt: skip
    union: Any = sa.union_all(*parts) if len(parts) > 1 else parts[0]
    return AliasValue(union.subquery(str(getattr(owner.selectable, "name", "values"))))


FUNCTIONS: dict[str, Callable[[Call], Value]] = {
    "join": _join_function(False), "outerjoin": _join_function(True), "subquery": _as_function(_subquery),
    "cte": _as_function(_cte), "lateral": _as_function(_lateral), "tablesample": _tablesample, "column": _column,
    "table": _table, "values": _values,
}  # fmt: skip

SHARED: dict[str, Method] = {"subquery": _subquery, "cte": _cte, "lateral": _lateral}

SELECT: dict[str, Method] = {
    "join": _join(False), "outerjoin": _join(True), "join_from": _join_from(False),
    "outerjoin_from": _join_from(True), "select_from": _select_from,
}  # fmt: skip

ALIAS: dict[str, Method] = {
    "join": table_join(False), "outerjoin": table_join(True), "tablesample": _tablesample_method, "data": _data,
}  # fmt: skip
