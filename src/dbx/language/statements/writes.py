"""insert(), update(), delete() as Core has them, and what makes a write legal."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, Grouping, Null

from dbx.language.functions.calls import Call, Method
from dbx.language.names.tables import Entry, match
from dbx.language.operators import truth
from dbx.language.refusal import Unfit, suggestion
from dbx.language.values.kinds import (
    Columns,
    Literal,
    Query,
    Record,
    Scalar,
    Selected,
    Sequence,
    TableValue,
    Value,
    Write,
    describe,
)
from dbx.language.values.types import comparable
from dbx.schema.model import Column

ALL_ROWS = "add a condition, or .all_rows() if every row is meant"


def checked(write: Write) -> Any:
    """A write as it may run: whole, and not of every row unless that was said."""
    if not write.bounded:
        raise Unfit("E-WRITE", f"this {write.verb.upper()} has no condition and would change every row", ALL_ROWS)
    return write.statement


def real(sql: Any) -> bool:
    """Whether a condition can leave a row out, as far as its words tell: it looks at one, and not at its own key only
    to find it there."""
    if isinstance(sql, Grouping):
        return real(sql.element)
    if isinstance(sql, BooleanClauseList):
        return (any if sql.operator is operators.and_ else all)(real(part) for part in sql.clauses)
    if isinstance(sql, BinaryExpression) and isinstance(sql.left, sa.Column) and not sql.left.nullable:
        if sql.operator is operators.is_not and isinstance(sql.right, Null):
            return False
        if sql.operator in _REFLEXIVE and sql.left.compare(sql.right):
            return False
    return any(isinstance(part, sa.Column) for part in visitors.iterate(sql))


_REFLEXIVE = (operators.eq, operators.le, operators.ge, operators.is_not_distinct_from)


def table_of(call: Call, value: Value, node: ast.AST | None = None) -> Entry:
    if not isinstance(value, TableValue):
        raise Unfit("E-TYPE", f"{describe(value)} is no table", node=node)
    if value.entry.model.is_view:
        raise Unfit("E-WRITE", f"'{value.entry.shown}' is a view", "write to its table, or use SQL", node)
    return value.entry


def insert_into(call: Call, entry: Entry) -> Any:
    """The dialect's own INSERT, which knows what to do on a conflict."""
    key = call.evaluator.server.key
    maker: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert, "mysql": mysql.insert,
                  "mariadb": mysql.insert}.get(key, sa.insert)  # fmt: skip
    # inline: no key is fetched back, so that the statement is all there is to run.
    return maker(entry.sql).inline()


def column_of(entry: Entry, name: str, node: ast.AST | None = None) -> Column:
    names = [column.name for column in entry.model.columns]
    found = match(name, names)
    column = entry.model.column(found) if found else None
    if column is None:
        raise Unfit("E-ATTR", f"'{entry.shown}' has no column '{name}'", suggestion(name, names, "columns"), node)
    if column.generated:
        raise Unfit("E-WRITE", f"'{name}' is computed by the server", node=node)
    return column


def fitting(call: Call, column: Column, value: Value, node: ast.AST | None = None) -> Scalar:
    """A value for a column, refused when the families cannot go together."""
    scalar = call.evaluator.scalar(value, column.family)
    if not comparable(scalar.family, column.family):
        raise Unfit("E-TYPE", f"'{column.name}' is {column.family}, not {describe(scalar)}", node=node)
    return scalar


def _insert(call: Call) -> Value:
    (node,) = call.take("table")
    assert node is not None
    entry = table_of(call, call.value(node), node)
    return Write(insert_into(call, entry), "insert", pending=entry)


def _update(call: Call) -> Value:
    (node,) = call.take("table")
    assert node is not None
    entry = table_of(call, call.value(node), node)
    return Write(sa.update(entry.sql), "update", pending=entry, bounded=False)


def _delete(call: Call) -> Value:
    (node,) = call.take("table")
    assert node is not None
    entry = table_of(call, call.value(node), node)
    return Write(sa.delete(entry.sql), "delete", pending=entry, bounded=False)


def _owner(owner: Value) -> Write:
    assert isinstance(owner, Write)
    return owner


def pairs(call: Call, entry: Entry) -> dict[str, Scalar]:
    """column=value, **{'odd name': value}, or one dict"""
    found: dict[str, Scalar] = {}
    for keyword in call.node.keywords:
        if keyword.arg is not None:
            column = column_of(entry, keyword.arg, keyword)
            found[column.name] = fitting(call, column, call.value(keyword.value), keyword.value)
        elif isinstance(keyword.value, ast.Dict):
            found.update(of_record(call, entry, call.value(keyword.value), keyword.value))
        else:
            raise Unfit("E-CALL", "** is for a dict as written", node=keyword)
    return found


def of_record(call: Call, entry: Entry, value: Value, node: ast.AST) -> dict[str, Scalar]:
    if not isinstance(value, Record) or not value.names:
        raise Unfit("E-TYPE", "a row to write is a dict of its columns", "{'name': value, …}", node)
    columns = [column_of(entry, name, node) for name in value.names]
    return {c.name: fitting(call, c, item, node) for c, item in zip(columns, value.items, strict=True)}


def _values(call: Call, owner: Value) -> Value:
    write = _owner(owner)
    entry: Entry = write.pending
    statement: Any = write.statement
    if write.verb == "delete":
        raise Unfit("E-CALL", "a DELETE has no values")
    if not call.node.args:
        row = {name: scalar.sql for name, scalar in pairs(call, entry).items()}
        if not row:
            raise Unfit("E-CALL", "values() takes column=value")
        return replace(write, statement=statement.values(row))
    if isinstance(call.node.args[0], ast.Dict) and write.verb == "update" and not call.node.keywords:
        return replace(write, statement=statement.values(_by_column(call, entry, call.node.args[0])))
    if len(call.node.args) > 1 or call.node.keywords:
        raise Unfit("E-CALL", "values() takes column=value, a dict, or a list of dicts")
    rows = rows_of(call, entry, call.value(call.node.args[0]), call.node.args[0])
    many = rows if len(rows) > 1 else rows[0]
    return replace(write, statement=statement.values(many))


def _by_column(call: Call, entry: Entry, node: ast.Dict) -> dict[Any, Any]:
    """{column: value}; a column of another table is for servers that change several at once."""
    found: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant):
            column = column_of(entry, str(key.value), key)
        else:
            target = call.value(key) if key is not None else None
            sql = target.sql if isinstance(target, Scalar) else None
            if not isinstance(sql, sa.Column) or not isinstance(target, Scalar):
                raise Unfit("E-TYPE", "the names of columns are strings as written, or columns", node=key or value)
            if sql.table is not entry.sql:
                call.evaluator.server.require("UPDATE of several tables", "one UPDATE for each table")
                found[sql] = call.scalar(value, target.family).sql
                continue
            column = column_of(entry, sql.name, key)
        found[entry.sql.c[column.name]] = fitting(call, column, call.value(value), value).sql
    return found


def rows_of(call: Call, entry: Entry, value: Value, node: ast.AST) -> list[dict[str, Any]]:
    items = value.items if isinstance(value, Sequence) else (value,)
    rows = [{name: s.sql for name, s in of_record(call, entry, item, node).items()} for item in items]
    if not rows or not rows[0]:
        raise Unfit("E-VALUE", "there is no row to write", node=node)
    if any(set(row) != set(rows[0]) for row in rows):
        raise Unfit("E-TYPE", "the rows must have the same columns", node=node)
    return rows


def _where(call: Call, owner: Value) -> Value:
    write = _owner(owner)
    if write.verb == "insert":
        raise Unfit("E-CALL", "an INSERT has no conditions")
    call.options()
    statement: Any = write.statement
    bounded = write.bounded
    for node, value in call.each():
        try:
            test = truth.truth(call.evaluator, value)
        except Unfit as unfit:
            unfit.node = unfit.node or node
            raise
        _check_sources(call, write, test.sql)
        statement = statement.where(test.sql)
        bounded = bounded or (test.literal is None and real(test.sql))
    return replace(write, statement=statement, bounded=bounded)


def _check_sources(call: Call, write: Write, test: Any) -> None:
    """Other tables beside the one that is written to."""
    others = [source for source in sa.select(test).get_final_froms() if source is not write.pending.sql]
    if others:
        feature = "DELETE with a USING" if write.verb == "delete" else "UPDATE with a FROM"
        call.evaluator.server.require(feature, "in_(select(…)), or exists()")


def _all_rows(call: Call, owner: Value) -> Value:
    call.take()
    return replace(_owner(owner), bounded=True)


def _from_select(call: Call, owner: Value) -> Value:
    names, query = call.take("names", "select")
    assert names is not None and query is not None
    write = _owner(owner)
    listed, source = call.value(names), call.value(query)
    items = listed.items if isinstance(listed, (Sequence, Record)) else ()
    if write.verb != "insert" or not items or not isinstance(source, (Selected, Query, TableValue)):
        raise Unfit("E-CALL", "from_select() takes the names of columns and a query")
    columns = [column_of(write.pending, str(getattr(item, "value", "")), names).name for item in items]
    statement: Any = write.statement
    return replace(write, statement=statement.from_select(columns, call.evaluator.statement(source)))


def _returning(call: Call, owner: Value) -> Value:
    write = _owner(owner)
    call.options()
    article = "a" if write.verb == "delete" else "an"
    call.evaluator.server.require(f"RETURNING of {article} {write.verb}", "select the rows afterwards")
    columns: list[Any] = []
    for node, value in call.each():
        if isinstance(value, TableValue):
            columns.append(value.entry.sql)
        elif isinstance(value, Columns):
            columns += [scalar.sql for scalar in value.columns.values()]
        else:
            columns.append(call.evaluator.core(value, node).sql)
    statement: Any = write.statement
    return replace(write, statement=statement.returning(*columns))


def _on_conflict(call: Call, owner: Value) -> Value:
    """on_conflict_do_nothing(index_elements=), on_conflict_do_update(index_elements=, set_={…})"""
    write = _owner(owner)
    statement: Any = write.statement
    call.evaluator.server.require("ON CONFLICT", "t.upsert(rows)")
    if write.verb != "insert":
        raise Unfit("E-CALL", f"{call.name}() is for an INSERT")
    options = call.options("index_elements", "set_")
    elements = call.value(options["index_elements"]) if "index_elements" in options else Sequence(())
    items = elements.items if isinstance(elements, (Sequence, Record)) else ()
    key = [column_of(write.pending, str(getattr(item, "value", getattr(item, "name", "")))).name for item in items]
    if call.name == "on_conflict_do_nothing":
        return replace(write, statement=statement.on_conflict_do_nothing(index_elements=key or None))
    if "set_" not in options or not key:
        raise Unfit("E-CALL", "on_conflict_do_update() needs index_elements= and set_=")
    changes = of_record(call, write.pending, call.value(options["set_"]), options["set_"])
    made = statement.on_conflict_do_update(index_elements=key, set_={n: s.sql for n, s in changes.items()})
    return replace(write, statement=made)


def _ordered_values(call: Call, owner: Value) -> Value:
    """ordered_values((column, value), …): SET in this order, which MySQL goes by."""
    write = _owner(owner)
    found = []
    for node, value in call.each():
        items = value.items if isinstance(value, Record) else ()
        if write.verb != "update" or len(items) != 2:
            raise Unfit("E-CALL", "ordered_values() takes pairs: (column, value)", node=node)
        first = items[0]
        name = first.value if isinstance(first, Literal) else first.name if isinstance(first, Scalar) else ""
        column = column_of(write.pending, str(name), node)
        found.append((write.pending.sql.c[column.name], fitting(call, column, items[1], node).sql))
    statement: Any = write.statement
    return replace(write, statement=statement.ordered_values(*found))


def _table_update(call: Call, owner: Value) -> Value:
    call.take()
    return Write(sa.update(table_of(call, owner).sql), "update", table_of(call, owner), bounded=False)


def _table_delete(call: Call, owner: Value) -> Value:
    call.take()
    return Write(sa.delete(table_of(call, owner).sql), "delete", table_of(call, owner), bounded=False)


FUNCTIONS: dict[str, Callable[[Call], Value]] = {"insert": _insert, "update": _update, "delete": _delete}

TABLE: dict[str, Method] = {"update": _table_update, "delete": _table_delete}

WRITE: dict[str, Method] = {
    "values": _values,
    "where": _where,
    "filter": _where,
    "all_rows": _all_rows,
    "ordered_values": _ordered_values,
    "from_select": _from_select,
    "returning": _returning,
    "on_conflict_do_nothing": _on_conflict,
    "on_conflict_do_update": _on_conflict,
}
