"""[…]: columns by name, rows by key, slices of queries and strings, elements of JSON."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import case

from dbx.language.evaluation import here
from dbx.language.evaluation.attributes import member
from dbx.language.names.tables import match
from dbx.language.operators.documents import array_element, element
from dbx.language.queries import navigation
from dbx.language.refusal import Unfit, suggestion
from dbx.language.select import keys
from dbx.language.select.assemble import as_source
from dbx.language.select.keyed import keyed
from dbx.language.server.text import ONE, ZERO
from dbx.language.values.columns import columns_of
from dbx.language.values.kinds import (
    AliasValue,
    Columns,
    Database,
    Literal,
    Pieces,
    Query,
    Record,
    Row,
    Scalar,
    Selected,
    Sequence,
    TableValue,
    Value,
    describe,
)
from dbx.language.values.objects import Held, Instance, Objects, attribute
from dbx.language.values.scalars import derive

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope

MAX_ROWS = 2**62
MAX_PIECES = 16


def subscript(evaluator: Evaluator, node: ast.Subscript, scope: Scope) -> Value:
    owner = evaluator.evaluate(node.value, scope)
    handler = KINDS.get(owner.kind)
    if handler is None:
        raise Unfit("E-TYPE", f"{describe(owner)} has no elements")
    if isinstance(node.slice, ast.Slice) and owner.kind in ("columns", "db"):
        raise Unfit("E-TYPE", f"{describe(owner)} have no slices" if owner.kind == "columns" else "'db' has no slices")
    if isinstance(node.slice, ast.Slice) and node.slice.step is not None:
        raise Unfit("E-TYPE", f"a step is not supported in {evaluator.source.text(node)}", "", node.slice)
    return handler(evaluator, owner, node, scope)


def _bound(evaluator: Evaluator, node: ast.expr | None, scope: Scope) -> int | None:
    if node is None:
        return None
    value = evaluator.evaluate(node, scope)
    if isinstance(value, Literal) and value.value is None:
        return None
    if not isinstance(value, Literal) or value.family != "int":
        raise Unfit("E-TYPE", "a bound of rows is a number", node=node)
    return int(value.value)


def _table(evaluator: Evaluator, table: TableValue | AliasValue, node: ast.Subscript, scope: Scope) -> Value:
    if isinstance(node.slice, ast.Slice):
        if isinstance(table, AliasValue):
            raise Unfit("E-TYPE", "an alias has no slices", "select(…).limit(n)")
        return _query(evaluator, evaluator.query(table), node, scope)
    value = evaluator.evaluate(node.slice, scope)
    if isinstance(value, Literal) and value.family == "str":
        columns = columns_of(table)
        found = match(value.value, list(columns))
        if found is None:
            raise Unfit("E-ATTR", f"no column '{value.value}'", suggestion(value.value, columns, "columns"))
        return columns[found]
    if isinstance(table, AliasValue):
        raise Unfit("E-TYPE", "an alias has no rows by key")
    if isinstance(value, Literal) and value.family == "int" and value.value < 0:
        name = evaluator.source.text(node.value)
        hint = f"sorted({name})[{value.value}] counts from the end; get({name}, {value.value}) is the row with that key"
        raise Unfit("E-TYPE", "a table has no last row: [ ] takes its primary key", hint)
    return keyed(evaluator, table, list(value.items) if isinstance(value, Record) else [value])


def _row(evaluator: Evaluator, row: Row, node: ast.Subscript, scope: Scope) -> Value:
    """u["order date"], or the nth column of a row without a table."""
    if isinstance(node.slice, ast.Slice):
        raise Unfit("E-TYPE", "a row has no slices")
    value = evaluator.evaluate(node.slice, scope)
    if isinstance(value, Literal) and value.family == "str":
        found = match(value.value, keys.names(row))
        if found is None:
            raise Unfit("E-ATTR", f"no column '{value.value}'", suggestion(value.value, keys.names(row), "columns"))
        return navigation.plain(row, found)
    if isinstance(value, Literal) and value.family == "int":
        names = keys.names(row)
        if -len(names) <= value.value < len(names):
            return navigation.plain(row, names[value.value])
    raise Unfit("E-TYPE", "a row is read by the name of a column", "columns: " + ", ".join(keys.names(row)))


def _object(evaluator: Evaluator, value: Instance, node: ast.Subscript, scope: Scope) -> Value:
    """x["order date"]"""
    index = evaluator.evaluate(node.slice, scope) if not isinstance(node.slice, ast.Slice) else None
    if not isinstance(index, Literal) or index.family != "str":
        raise Unfit("E-TYPE", "an object is read by the name of an attribute")
    return attribute(evaluator, value, index.value)


def _literal(evaluator: Evaluator, value: Literal, node: ast.Subscript, scope: Scope) -> Value:
    found = here.element(evaluator, value, node, scope) if isinstance(value, Held) else None
    return _scalar(evaluator, value, node, scope) if found is None else found


def _record(evaluator: Evaluator, record: Record | Sequence, node: ast.Subscript, scope: Scope) -> Value:
    if isinstance(node.slice, ast.Slice):
        low, high = (_bound(evaluator, each, scope) for each in (node.slice.lower, node.slice.upper))
        part = record.items[low:high]
        if isinstance(record, Objects):
            return Objects(part, entry=record.entry)
        return Record(part) if isinstance(record, Record) else replace(record, items=part)
    value = evaluator.evaluate(node.slice, scope)
    if isinstance(value, Literal) and value.family == "str" and isinstance(record, Record):
        if value.value in record.names:
            return record.items[record.names.index(value.value)]
        raise Unfit("E-ATTR", f"no column '{value.value}'", suggestion(value.value, record.names, "columns"))
    items: tuple[Value, ...] = record.items
    if isinstance(record, Record) and 0 < record.keyed < len(items):
        items = record.pair
    if isinstance(value, Literal) and value.family == "int" and -len(items) <= value.value < len(items):
        return items[int(value.value)]
    raise Unfit("E-TYPE", f"a tuple of {len(items)} has no such element")


def _query(evaluator: Evaluator, query: Query, node: ast.Subscript, scope: Scope) -> Value:
    if query.single and isinstance(query.element, (Row, Record)):
        raise Unfit("E-TYPE", "one row is read by its attributes")
    if query.limit is not None or query.offset is not None:
        query = as_source(evaluator, query)
    if isinstance(node.slice, ast.Slice):
        low, high = (_bound(evaluator, each, scope) for each in (node.slice.lower, node.slice.upper))
        return sliced(evaluator, query, low, high)
    value = evaluator.evaluate(node.slice, scope)
    if isinstance(value, Literal) and value.family == "str":
        raise Unfit("E-TYPE", "a query has no columns by name here", f"[x[{value.value!r}] for x in …]")
    if not isinstance(value, Literal) or value.family != "int":
        raise Unfit("E-TYPE", "a row of a query is a number")
    index = value.value
    if index >= 0:
        return replace(sliced(evaluator, query, index, index + 1), single=True)
    turned = _reversed(query)
    return replace(sliced(evaluator, turned, -index - 1, -index), single=True)


def sliced(evaluator: Evaluator, query: Query, low: int | None, high: int | None) -> Query:
    """LIMIT and OFFSET. Bounds from the end turn an ordered query round, cut, and turn it back."""
    low, high = (None if low == 0 else low), high
    if (low or 0) < 0 or (high or 0) < 0:
        return _from_end(evaluator, query, low, high)
    count = None if high is None else max(high - (low or 0), 0)
    return replace(
        query,
        limit=None if count is None else evaluator.scalar(Literal(min(count, MAX_ROWS), "int")).sql,
        offset=None if not low else evaluator.scalar(Literal(low, "int")).sql,
    )


def _from_end(evaluator: Evaluator, query: Query, low: int | None, high: int | None) -> Query:
    turned = _reversed(query)
    if low is not None and low < 0 and (high is None or high < 0):
        skip, stop = -(high or 0), -low
        cut = sliced(evaluator, turned, skip, max(stop, skip))
    elif low is None or low >= 0:
        if low:
            query = as_source(evaluator, sliced(evaluator, _reversed(turned), low, None))
            turned = _reversed(query)
        cut = sliced(evaluator, turned, -(high or 0), None)
    else:
        raise Unfit("E-TYPE", "one bound from the start and one from the end", "take the slice in two steps")
    again = as_source(evaluator, cut)
    frame = again.frame.home
    frame.order = [replace(term, descending=not term.descending) for term in frame.order]
    return again


def _reversed(query: Query) -> Query:
    frame = query.frame.home
    if not frame.order:
        raise Unfit("E-TYPE", "counting from the end needs an order", "sorted(…, key=…)")
    frame.order = [replace(term, descending=not term.descending, nulls=_TURNED[term.nulls]) for term in frame.order]
    return query


_TURNED = {"": "", "first": "last", "last": "first"}


def _select(evaluator: Evaluator, query: Selected, node: ast.Subscript, scope: Scope) -> Value:
    if not isinstance(node.slice, ast.Slice) or query.plain is None:
        raise Unfit("E-TYPE", "a select is read by .subquery(), or cut by [a:b]")
    low, high = (_bound(evaluator, each, scope) for each in (node.slice.lower, node.slice.upper))
    if (low or 0) < 0 or (high or 0) < 0:
        raise Unfit("E-TYPE", "counting from the end needs sorted(…)")
    statement = query.plain
    if high is not None:
        statement = statement.limit(max(high - (low or 0), 0))
    return Selected(statement.offset(low) if low else statement)


def _scalar(evaluator: Evaluator, value: Scalar | Literal, node: ast.Subscript, scope: Scope) -> Value:
    if isinstance(value, Literal) and value.family == "str" and not isinstance(node.slice, ast.Slice):
        index = evaluator.evaluate(node.slice, scope)
        if isinstance(index, Literal) and index.family == "int" and -len(value.value) <= index.value < len(value.value):
            return Literal(value.value[index.value], "str")
    text = evaluator.scalar(value)
    if text.family == "json" and not isinstance(node.slice, ast.Slice):
        return element(evaluator, text, evaluator.evaluate(node.slice, scope), node.slice)
    if text.family == "array":
        return array_element(evaluator, text, node.slice, lambda each: evaluator.value_of(each, scope))
    if text.family not in ("str", "unknown"):
        raise Unfit("E-TYPE", f"{describe(text)} has no elements")
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        # A string has no element of that name; JSON in a column of text has (all of MariaDB's is).
        return element(evaluator, text, evaluator.evaluate(node.slice, scope), node.slice)
    if not isinstance(node.slice, ast.Slice):
        return _character(evaluator, text, evaluator.value_of(node.slice, scope))
    low = evaluator.value_of(node.slice.lower, scope) if node.slice.lower else None
    high = evaluator.value_of(node.slice.upper, scope) if node.slice.upper else None
    return _substring(evaluator, text, low, high)


def _position(evaluator: Evaluator, text: Scalar, bound: Scalar) -> Scalar:
    """A bound as an offset from the start, never before it."""
    if bound.family not in ("int", "unknown"):
        raise Unfit("E-TYPE", f"a bound of a string is int, not {describe(bound)}")
    if bound.literal is not None and bound.literal.value >= 0:
        return bound
    from_end = evaluator.write("length", text) + bound.sql
    before = [] if bound.literal is not None else [(bound.sql >= ZERO, bound.sql)]
    sql = case(*before, (from_end > ZERO, from_end), else_=ZERO)
    return derive(sql, "int", text, bound)


def _substring(evaluator: Evaluator, text: Scalar, low: Scalar | None, high: Scalar | None) -> Scalar:
    parts = [part for part in (text, low, high) if part is not None]
    start = _position(evaluator, text, low) if low is not None else evaluator.scalar(Literal(0, "int"))
    known = start.literal.value if start.literal is not None else None
    first = evaluator.scalar(Literal(known + 1, "int")).sql if known is not None else start.sql + ONE
    if high is None:
        return derive(evaluator.write("substr", text.sql, first), "str", *parts)
    stop = _position(evaluator, text, high)
    if known is not None and stop.literal is not None:
        size: Any = evaluator.scalar(Literal(max(stop.literal.value - known, 0), "int")).sql
    elif known == 0:
        size = stop.sql
    else:
        length = stop.sql - start.sql
        size = case((length > ZERO, length), else_=ZERO)
    return derive(evaluator.write("substr", text.sql, first, size), "str", *parts)


def _character(evaluator: Evaluator, text: Scalar, index: Scalar) -> Scalar:
    if index.family not in ("int", "unknown"):
        raise Unfit("E-TYPE", f"a place in a string is int, not {describe(index)}")
    if index.literal is not None and index.literal.value >= 0:
        first = evaluator.scalar(Literal(index.literal.value + 1, "int"))
        return derive(evaluator.write("substr", text.sql, first.sql, ONE), "str", text)
    from_end = evaluator.write("length", text) + index.sql + ONE
    place = from_end if index.literal is not None else case((index.sql >= ZERO, index.sql + ONE), else_=from_end)
    empty = evaluator.scalar(Literal("", "str")).sql
    sql = case((place >= ONE, evaluator.write("substr", text.sql, place, ONE)), else_=empty)
    return derive(sql, "str", text, index)


def _pieces(evaluator: Evaluator, pieces: Pieces, node: ast.Subscript, scope: Scope) -> Value:
    """x.split(sep)[i]; what is not there is NULL."""
    value = evaluator.evaluate(node.slice, scope) if not isinstance(node.slice, ast.Slice) else None
    if not isinstance(value, Literal) or value.family != "int" or not -MAX_PIECES < value.value < MAX_PIECES:
        raise Unfit("E-TYPE", f"a piece is a number below {MAX_PIECES}, as written", "x.split(sep)[0]", node.slice)
    sql = evaluator.write("piece", pieces.text, pieces.separator, detail=value.value)
    return derive(sql, "str", pieces.text, nullable=True, name=pieces.text.name)


def _columns(evaluator: Evaluator, space: Columns, node: ast.Subscript, scope: Scope) -> Value:
    value = evaluator.evaluate(node.slice, scope)
    if isinstance(value, Record):
        # Core's table.c["a", "b"]
        found = [_one_column(space, item) for item in value.items]
        return Columns({scalar.name: scalar for scalar in found}, space.owner)
    return _one_column(space, value)


def _one_column(space: Columns, value: Value) -> Scalar:
    word = value.value if isinstance(value, Literal) and value.family == "str" else ""
    found = match(word, list(space.columns))
    if found is None:
        message = f"'{space.owner}' has no column {word!r}"
        raise Unfit("E-ATTR", message, suggestion(word, space.columns, "columns"))
    return space.columns[found]


def _database(evaluator: Evaluator, database: Database, node: ast.Subscript, scope: Scope) -> Value:
    value = evaluator.evaluate(node.slice, scope)
    if not isinstance(value, Literal) or value.family != "str":
        raise Unfit("E-TYPE", "a table is named by a string", 'db["table"]')
    return member(evaluator, database, value.value)


KINDS: dict[str, Callable[[Evaluator, Any, ast.Subscript, Scope], Value]] = {
    "table": _table,
    "alias": _table,
    "row": _row,
    "tuple": _record,
    "list": _record,
    "objects": _record,
    "object": _object,
    "query": _query,
    "select": _select,
    "scalar": _scalar,
    "literal": _literal,
    "pieces": _pieces,
    "columns": _columns,
    "db": _database,
}
