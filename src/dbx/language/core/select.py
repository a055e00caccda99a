"""Core's select(): its functions, and the methods of a query and of FROM objects."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from dbx.language.core.expressions import directed
from dbx.language.core.joins import parts_of
from dbx.language.core.sources import SELECT as FROM
from dbx.language.core.sources import SHARED as NAMED
from dbx.language.core.sources import onward, plain, selectable, test_of
from dbx.language.functions.calls import Call, Method
from dbx.language.names.tables import match
from dbx.language.refusal import Unfit, suggestion
from dbx.language.select.assemble import directions
from dbx.language.values.kinds import (
    AliasValue,
    Columns,
    Literal,
    Query,
    Record,
    Row,
    Scalar,
    Selected,
    Sequence,
    Sql,
    TableValue,
    Value,
    describe,
)
from dbx.language.values.types import family_of


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
    if operation in (sa.intersect, sa.except_):
        call.evaluator.server.require("INTERSECT and EXCEPT", "in, not in")
    if operation in (sa.intersect_all, sa.except_all):
        call.evaluator.server.require("INTERSECT ALL and EXCEPT ALL", "intersect, except_")
    if len(statements) < 2:
        raise Unfit("E-CALL", f"{call.name}() takes two queries or more")
    widths = {len(statement.selected_columns) for statement in statements}
    if len(widths) > 1:
        raise Unfit("E-TYPE", f"queries of {' and '.join(map(str, sorted(widths)))} columns")
    return Selected(operation(*statements))


def _where(call: Call, owner: Value) -> Value:
    call.options()
    parts = [test_of(call, node, value) for node, value in call.each()]
    if not parts:
        raise Unfit("E-CALL", f"{call.name}() takes conditions")
    return onward(owner, plain(owner, call.name).where(*parts))


def _filter_by(call: Call, owner: Value) -> Value:
    statement = plain(owner, "filter_by")
    if call.node.args or not call.node.keywords:
        raise Unfit("E-CALL", "filter_by() takes column=value")
    columns: dict[str, list[Any]] = {}
    for part in (part for source in statement.get_final_froms() for part in parts_of(source)):
        for each in part.c:
            columns.setdefault(str(each.name), []).append(each)
    tests = []
    for keyword in call.node.keywords:
        name = match(keyword.arg or "", list(columns))
        if name is None:
            raise Unfit("E-ATTR", f"no column '{keyword.arg}'", suggestion(keyword.arg or "", columns), keyword)
        if len(columns[name]) > 1:
            raise Unfit("E-AMBIG", f"several tables have a column '{name}'", "where(table.c.column == …)", keyword)
        column = Scalar(columns[name][0], family_of(columns[name][0].type), core=True)
        value = call.scalar(keyword.value, column.family)
        tests.append(column.sql.is_(None) if value.family == "null" else column.sql == value.sql)
    return onward(owner, statement.where(*tests))


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
    statement: Any = owner.built if isinstance(owner, Selected) else None
    call.options()
    found: list[Sql] = []
    for node, value in call.each():
        if isinstance(value, Literal) and value.value is None:
            return onward(owner, statement.order_by(None))
        found += resolve(call, statement, value, node)
    return onward(owner, statement.order_by(*found))


def _group_by(call: Call, owner: Value) -> Value:
    statement = plain(owner, "group_by")
    call.options()
    found: list[Sql] = []
    for node, value in call.each():
        if isinstance(value, Columns):
            found += [scalar.sql for scalar in value.columns.values()]
            continue
        found += resolve(call, statement, value, node)
    return onward(owner, statement.group_by(*found))


def _having(call: Call, owner: Value) -> Value:
    call.options()
    return onward(owner, plain(owner, "having").having(*(test_of(call, node, value) for node, value in call.each())))


def _cut(call: Call, owner: Value) -> Value:
    (node,) = call.take("n")
    assert isinstance(owner, Selected) and node is not None
    statement: Any = owner.built
    if isinstance(node, ast.Constant) and node.value is None:
        return onward(owner, statement.limit(None) if call.name == "limit" else statement.offset(None))
    count = _amount(call, node)
    return onward(owner, statement.limit(count) if call.name == "limit" else statement.offset(count))


def _amount(call: Call, node: ast.expr) -> int:
    count = call.number(node, 0)
    if not 0 <= count < 2**62:
        raise Unfit("E-VALUE", f"{call.name} is 0 or more", node=node)
    return count


def _fetch(call: Call, owner: Value) -> Value:
    """fetch(n): LIMIT by its name in the standard; with_ties takes those in as well that are equal to the last."""
    node, ties, percent = call.take("count", "with_ties?", "percent?")
    assert node is not None and isinstance(owner, Selected)
    count, statement = _amount(call, node), owner.built
    if call.flag("percent", percent):
        raise Unfit("E-DIALECT", "FETCH PERCENT cannot be said here", "limit(n)", percent)
    if not call.flag("with_ties", ties):
        made: Any = statement
        return onward(owner, made.limit(count))
    call.evaluator.server.require("FETCH WITH TIES", "rank().over(…) <= n as a condition")
    made = statement
    return onward(owner, made.fetch(count, with_ties=True))


def _slice(call: Call, owner: Value) -> Value:
    start, stop = call.take("start", "stop")
    assert start is not None and stop is not None and isinstance(owner, Selected)
    statement: Any = owner.built
    return onward(owner, statement.slice(_amount(call, start), _amount(call, stop)))


def _for_update(call: Call, owner: Value) -> Value:
    """Locks the rows: flags as written, and tables. SQLite has one lock for all, so there is nothing to say there."""
    nowait, read, of, skip, key_share = call.take("nowait?", "read?", "of?", "skip_locked?", "key_share?")
    options: dict[str, Any] = {
        "nowait": call.flag("nowait", nowait), "read": call.flag("read", read),
        "skip_locked": call.flag("skip_locked", skip), "key_share": call.flag("key_share", key_share),
    }  # fmt: skip
    if of is not None:
        value = call.value(of)
        items = value.items if isinstance(value, (Record, Sequence)) else (value,)
        options["of"] = [selectable(call, item, of) for item in items]
    return onward(owner, plain(owner, "with_for_update").with_for_update(**options))


def _raw(call: Call, owner: Value) -> Value:
    """prefix_with, suffix_with, with_hint, with_statement_hint: SQL text, which strict mode has refused by now."""
    *tables, text = call.node.args[:2] or [call.node]
    statement: Any = plain(owner, call.name)
    words = call.string(text) if isinstance(text, ast.expr) else ""
    if not words:
        raise Unfit("E-CALL", f"{call.name}() takes SQL as a string")
    if call.name == "with_hint":
        source = selectable(call, call.value(tables[0]), tables[0]) if tables else None
        return onward(owner, statement.with_hint(source, words))
    which = {"prefix_with": statement.prefix_with, "suffix_with": statement.suffix_with,
             "with_statement_hint": statement.with_statement_hint}[call.name]  # fmt: skip
    return onward(owner, which(words))


def _distinct(call: Call, owner: Value) -> Value:
    call.options()
    columns = [call.evaluator.core(value, node).sql for node, value in call.each()]
    statement = plain(owner, "distinct")
    if not columns:
        return onward(owner, statement.distinct())
    if call.evaluator.server.can("DISTINCT ON"):
        return onward(owner, statement.ext(distinct_on(*columns)))
    return Selected(statement, tuple(columns))


def _columns(add: bool) -> Method:
    def method(call: Call, owner: Value) -> Value:
        call.options()
        found = [sql for node, value in call.each() for sql in _column(call, node, value)]
        statement = plain(owner, call.name)
        if add:
            return onward(owner, statement.add_columns(*found))
        return onward(owner, statement.with_only_columns(*found))

    return method


def _correlate(call: Call, owner: Value) -> Value:
    call.options()
    values = call.each()
    nothing = len(values) == 1 and isinstance(values[0][1], Literal) and values[0][1].value is None
    froms = [None] if nothing else [selectable(call, value, node) for node, value in values]
    statement: Any = plain(owner, call.name)
    return onward(
        owner, statement.correlate(*froms) if call.name == "correlate" else statement.correlate_except(*froms)
    )


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
    "intersect_all": _set_method(sa.intersect_all),
    "except_": _set_method(sa.except_),
    "except_all": _set_method(sa.except_all),
}

SHARED: dict[str, Method] = {
    "scalar_subquery": _scalar_subquery, "label": _label, "as_scalar": _scalar_subquery, "exists": _exists, **NAMED,
}  # fmt: skip

SELECT: dict[str, Method] = {
    "where": _where, "filter": _where, "filter_by": _filter_by, "order_by": _order_by, "group_by": _group_by,
    "having": _having, "limit": _cut, "offset": _cut, "fetch": _fetch, "slice": _slice, "distinct": _distinct,
    "add_columns": _columns(True), "with_only_columns": _columns(False), "correlate": _correlate,
    "correlate_except": _correlate, "with_for_update": _for_update,
    **dict.fromkeys(("prefix_with", "suffix_with", "with_hint", "with_statement_hint"), _raw),
    **FROM, **SHARED, **SET_METHODS,
}  # fmt: skip
