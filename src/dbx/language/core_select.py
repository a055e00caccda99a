"""Core's select(): its functions, and the methods of a query and of FROM objects."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import FromClause, Select
from sqlalchemy.dialects.postgresql import distinct_on

from dbx.language import truth
from dbx.language.assemble import directions
from dbx.language.calls import Call, Method
from dbx.language.core_expressions import directed
from dbx.language.core_joins import on_clause
from dbx.language.kinds import (
    AliasValue,
    Columns,
    Literal,
    Query,
    Record,
    Row,
    Scalar,
    Selected,
    Sql,
    TableValue,
    Value,
    describe,
)
from dbx.language.names import match
from dbx.language.refusal import Unfit, suggestion
from dbx.language.types import family_of


def selectable(call: Call, value: Value, node: ast.AST | None = None) -> FromClause:
    """What can stand in FROM."""
    if isinstance(value, TableValue):
        return value.entry.sql
    if isinstance(value, AliasValue):
        return value.selectable
    if isinstance(value, (Selected, Query)):
        statement = call.evaluator.statement(value) if isinstance(value, Query) else value.statement
        return statement.subquery(call.evaluator.short_alias("query"))
    raise Unfit("E-TYPE", f"{describe(value)} cannot stand in FROM", node=node)


def _column(call: Call, node: ast.AST, value: Value) -> list[Any]:
    """What an argument of select() comes to."""
    if isinstance(value, (TableValue, AliasValue)):
        return [selectable(call, value)]
    if isinstance(value, Columns):
        return [scalar.sql for scalar in value.columns.values()]
    if isinstance(value, Record):
        return [sql for item in value.items for sql in _column(call, node, item)]
    if isinstance(value, (Query, Row)) and not (isinstance(value, Query) and value.single):
        raise Unfit("E-TYPE", "a query as a column", "fold it: len(…), sum(…); or .scalar_subquery()", node)
    scalar = call.evaluator.core(value, node)
    if isinstance(value, Literal):
        return [scalar.sql.label("value")]
    return [scalar.sql.label(scalar.name) if scalar.made is not None and scalar.name else scalar.sql]


def _select(call: Call) -> Value:
    call.options()
    found = call.each()
    if not found:
        raise Unfit("E-CALL", "select() takes columns, tables or values")
    columns = [sql for node, value in found for sql in _column(call, node, value)]
    return Selected(sa.select(*columns))


def _compound(operation: Any) -> Callable[[Call], Value]:
    def handler(call: Call) -> Value:
        call.options()
        return compound(call, operation, [value for _, value in call.each()])

    return handler


def compound(call: Call, operation: Any, values: list[Value]) -> Selected:
    statements = []
    for value in values:
        if not isinstance(value, (Selected, Query, TableValue)):
            raise Unfit("E-TYPE", f"{describe(value)} is no query")
        statements.append(
            value.statement if isinstance(value, Selected) else call.evaluator.statement(call.evaluator.query(value))
        )
    if len(statements) < 2:
        raise Unfit("E-CALL", f"{call.name}() takes two queries or more")
    widths = {len(statement.selected_columns) for statement in statements}
    if len(widths) > 1:
        raise Unfit("E-TYPE", f"queries of {' and '.join(map(str, sorted(widths)))} columns")
    return Selected(operation(*statements))


def _plain(owner: Value, name: str) -> Select[Any]:
    statement = owner.plain if isinstance(owner, Selected) else None
    if statement is None:
        raise Unfit("E-TYPE", f"{name}() is for a select, not for a union", f"select(q.subquery()).{name}(…)")
    return statement


def _where(call: Call, owner: Value) -> Value:
    call.options()
    parts = [test_of(call, node, value) for node, value in call.each()]
    if not parts:
        raise Unfit("E-CALL", f"{call.name}() takes conditions")
    return Selected(_plain(owner, call.name).where(*parts))


def test_of(call: Call, node: ast.AST, value: Value) -> Sql:
    try:
        scalar = truth.truth(call.evaluator, value)
    except Unfit as unfit:
        unfit.node = unfit.node or node
        raise
    return scalar.sql


def _filter_by(call: Call, owner: Value) -> Value:
    statement = _plain(owner, "filter_by")
    if call.node.args or not call.node.keywords:
        raise Unfit("E-CALL", "filter_by() takes column=value")
    froms = statement.get_final_froms()
    columns = {str(column.name): column for column in froms[-1].c} if froms else {}
    tests = []
    for keyword in call.node.keywords:
        name = match(keyword.arg or "", list(columns))
        if name is None:
            raise Unfit("E-ATTR", f"no column '{keyword.arg}'", suggestion(keyword.arg or "", columns), keyword)
        column = Scalar(columns[name], family_of(columns[name].type), core=True)
        value = call.scalar(keyword.value, column.family)
        tests.append(column.sql.is_(None) if value.family == "null" else column.sql == value.sql)
    return Selected(statement.where(*tests))


def resolve(call: Call, statement: Any, value: Value, node: ast.AST) -> list[Sql]:
    """A term of ORDER BY or GROUP BY; a string has to be the name of an output."""
    term = directed(call, value, None)
    scalar = term.scalar
    if scalar is None:
        outputs = {str(column.name): column for column in statement.selected_columns if getattr(column, "name", None)}
        if term.label not in outputs:
            raise Unfit("E-NAME", f"no output is called {term.label!r}", suggestion(term.label, outputs, "outputs"),
                        node)  # fmt: skip
        scalar = Scalar(outputs[term.label])
    return directions(call.evaluator, [replace(term, scalar=scalar)])


def _order_by(call: Call, owner: Value) -> Value:
    statement: Any = owner.statement if isinstance(owner, Selected) else None
    call.options()
    found: list[Sql] = []
    for node, value in call.each():
        if isinstance(value, Literal) and value.value is None:
            return Selected(statement.order_by(None))
        found += resolve(call, statement, value, node)
    return Selected(statement.order_by(*found))


def _group_by(call: Call, owner: Value) -> Value:
    statement = _plain(owner, "group_by")
    call.options()
    found: list[Sql] = []
    for node, value in call.each():
        if isinstance(value, Columns):
            found += [scalar.sql for scalar in value.columns.values()]
            continue
        found += resolve(call, statement, value, node)
    return Selected(statement.group_by(*found))


def _having(call: Call, owner: Value) -> Value:
    call.options()
    return Selected(_plain(owner, "having").having(*(test_of(call, node, value) for node, value in call.each())))


def _cut(call: Call, owner: Value) -> Value:
    (node,) = call.take("n")
    statement: Any = owner.statement if isinstance(owner, Selected) else None
    count = call.number(node, 0)
    if not 0 <= count < 2**62:
        raise Unfit("E-VALUE", f"{call.name} is 0 or more", node=node)
    return Selected(statement.limit(count) if call.name == "limit" else statement.offset(count))


def _distinct(call: Call, owner: Value) -> Value:
    call.options()
    columns = [call.evaluator.core(value, node).sql for node, value in call.each()]
    if columns and call.evaluator.server.key != "postgresql":
        raise Unfit("E-DIALECT", "DISTINCT ON is for PostgreSQL", "first(q, by=…), or distinct() without columns")
    statement = _plain(owner, "distinct")
    return Selected(statement.ext(distinct_on(*columns)) if columns else statement.distinct())


def _join(outer: bool) -> Method:
    def method(call: Call, owner: Value) -> Value:
        target, on, is_outer, full = call.take("target", "onclause?", "isouter?", "full?")
        assert target is not None
        statement, other = _plain(owner, call.name), call.value(target)
        options = join_kinds(call, is_outer, full, outer)
        right = selectable(call, other, target)
        lefts = statement.get_final_froms()
        condition = test_of(call, on, call.value(on)) if on is not None else on_clause(lefts, right, target)
        return Selected(_joined(lambda: statement.join(right, condition, **options), target))

    return method


def join_kinds(call: Call, is_outer: ast.expr | None, full: ast.expr | None, outer: bool) -> dict[str, bool]:
    options = {"isouter": call.flag("isouter", is_outer, outer), "full": call.flag("full", full)}
    if options["full"] and call.evaluator.server.mysql:
        raise Unfit("E-DIALECT", "a FULL JOIN cannot be said on MySQL", "two outer joins and a union")
    return options


def _joined(make: Callable[[], Any], node: ast.AST) -> Any:
    try:
        return make()
    except sa.exc.SQLAlchemyError:
        raise Unfit("E-TYPE", "there is no single foreign key between these", "name the condition: .join(t, a == b)",
                    node) from None  # fmt: skip


def _join_from(outer: bool) -> Method:
    def method(call: Call, owner: Value) -> Value:
        left, target, on, is_outer, full = call.take("left", "target", "onclause?", "isouter?", "full?")
        assert left is not None and target is not None
        statement = _plain(owner, call.name)
        one, other = (selectable(call, call.value(node), node) for node in (left, target))
        condition = test_of(call, on, call.value(on)) if on is not None else on_clause([one], other, target)
        options = join_kinds(call, is_outer, full, outer)
        return Selected(_joined(lambda: statement.join_from(one, other, condition, **options), target))

    return method


def _select_from(call: Call, owner: Value) -> Value:
    call.options()
    froms = [selectable(call, value, node) for node, value in call.each()]
    return Selected(_plain(owner, "select_from").select_from(*froms))


def _columns(add: bool) -> Method:
    def method(call: Call, owner: Value) -> Value:
        call.options()
        found = [sql for node, value in call.each() for sql in _column(call, node, value)]
        statement = _plain(owner, call.name)
        if add:
            return Selected(statement.add_columns(*found))
        return Selected(statement.with_only_columns(*found))

    return method


def _correlate(call: Call, owner: Value) -> Value:
    call.options()
    froms = [selectable(call, value, node) for node, value in call.each()]
    statement = _plain(owner, call.name)
    return Selected(statement.correlate(*froms) if call.name == "correlate" else statement.correlate_except(*froms))


def _subquery(call: Call, owner: Value) -> Value:
    (name,) = call.take("name?")
    statement = call.evaluator.statement(owner)
    label = call.string(name) if name is not None else call.evaluator.short_alias("query")
    return AliasValue(statement.subquery(label))


def _cte(call: Call, owner: Value) -> Value:
    name, recursive = call.take("name?", "recursive?")
    statement: Any = call.evaluator.statement(owner)
    label = call.string(name) if name is not None else call.evaluator.short_alias("cte")
    made = statement.cte(label, recursive=call.flag("recursive", recursive))
    return AliasValue(made, cte=made)


def _scalar_subquery(call: Call, owner: Value) -> Value:
    call.take()
    return replace(call.evaluator.scalar(Selected(call.evaluator.statement(owner))), core=True)


def _label(call: Call, owner: Value) -> Value:
    (name,) = call.take("name")
    assert name is not None
    scalar = call.evaluator.scalar(Selected(call.evaluator.statement(owner)))
    label = call.string(name)
    return replace(scalar, sql=scalar.sql.label(label), name=label, core=True)


def _exists(call: Call, owner: Value) -> Value:
    call.take()
    sql = sa.exists(call.evaluator.statement(owner))
    return Scalar(sql, "bool", nullable=False, core=True, predicate=True)


def _set_method(operation: Any) -> Method:
    def method(call: Call, owner: Value) -> Value:
        call.options()
        if isinstance(owner, AliasValue) and owner.cte is not None:
            return _recursive(call, owner, operation)
        return compound(call, operation, [owner, *(value for _, value in call.each())])

    return method


def _recursive(call: Call, owner: AliasValue, operation: Any) -> Value:
    """cte.union_all(select(…)): the recursive part."""
    assert owner.cte is not None
    others: list[Any] = [call.evaluator.statement(value) for _, value in call.each()]
    made = owner.cte.union_all(*others) if operation is sa.union_all else owner.cte.union(*others)
    return AliasValue(made, cte=made)


FUNCTIONS: dict[str, Callable[[Call], Value]] = {
    "select": _select,
    "union": _compound(sa.union),
    "union_all": _compound(sa.union_all),
    "intersect": _compound(sa.intersect),
    "intersect_all": _compound(sa.intersect_all),
    "except_": _compound(sa.except_),
    "except_all": _compound(sa.except_all),
}

SET_METHODS: dict[str, Method] = {
    "union": _set_method(sa.union),
    "union_all": _set_method(sa.union_all),
    "intersect": _set_method(sa.intersect),
    "except_": _set_method(sa.except_),
}

SHARED: dict[str, Method] = {
    "subquery": _subquery, "cte": _cte, "scalar_subquery": _scalar_subquery, "label": _label, "as_scalar":
    _scalar_subquery, "exists": _exists,
}  # fmt: skip

SELECT: dict[str, Method] = {
    "where": _where, "filter": _where, "filter_by": _filter_by, "order_by": _order_by, "group_by": _group_by,
    "having": _having, "limit": _cut, "offset": _cut, "distinct": _distinct, "join": _join(False),
    "outerjoin": _join(True), "join_from": _join_from(False), "outerjoin_from": _join_from(True),
    "select_from": _select_from, "add_columns": _columns(True), "with_only_columns": _columns(False),
    "correlate": _correlate, "correlate_except": _correlate, **SHARED, **SET_METHODS,
}  # fmt: skip
