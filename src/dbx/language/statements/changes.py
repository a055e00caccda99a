"""Writes in Python's form: t.insert(…), t.upsert(…), [x.update(…) for x in t if …], [x.delete() for …]."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from dbx.language.functions.calls import Call, Method
from dbx.language.names.tables import Entry
from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.select.assemble import build
from dbx.language.select.frame import Anchor, Frame
from dbx.language.statements.writes import column_of, insert_into, pairs, real, rows_of, table_of
from dbx.language.values.kinds import (
    Change,
    Literal,
    Query,
    Record,
    Row,
    Scalar,
    Sequence,
    Sql,
    TableValue,
    Value,
    Write,
)

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def _insert(call: Call, owner: Value) -> Value:
    """t.insert() is Core's; with arguments, the rows: columns, a dict, a list of dicts, or a query of dicts."""
    entry = table_of(call, owner)
    statement = insert_into(call, entry)
    if call.node.keywords:
        if call.node.args:
            raise Unfit("E-CALL", "insert() takes column=value, or rows")
        return Write(statement.values({n: s.sql for n, s in pairs(call, entry).items()}), "insert", entry)
    if not call.node.args:
        return Write(statement, "insert", entry)
    (node,) = call.take("rows")
    assert node is not None
    return Write(_filled(call, entry, statement, call.value(node), node), "insert", entry)


def _filled(call: Call, entry: Entry, statement: Any, value: Value, node: ast.AST) -> Any:
    if isinstance(value, Query):
        element = value.element
        if not isinstance(element, Record) or not element.names:
            raise Unfit("E-TYPE", "rows to insert are dicts", "[{'name': x.name} for x in …]", node)
        names = [column_of(entry, name, node).name for name in element.names]
        return statement.from_select(names, build(call.evaluator, value))
    rows = rows_of(call, entry, value, node)
    return statement.values(rows if len(rows) > 1 else rows[0])


def _upsert(call: Call, owner: Value) -> Value:
    node, key_node, update_node = call.take("rows", "key?", "update?")
    assert node is not None
    entry = table_of(call, owner)
    key = _names(call, entry, key_node) or list(entry.model.primary_key)
    if not key:
        raise Unfit("E-WRITE", f"'{entry.shown}' has no primary key", "key=['column', …]")
    if set(key) not in map(set, entry.model.unique_columns):
        code = "E-WRITE" if call.evaluator.server.can("ON CONFLICT") else "E-DIALECT"
        raise Unfit(code, f"({', '.join(key)}) is no unique key of '{entry.shown}'", node=key_node)
    value = call.value(node)
    statement = _filled(call, entry, insert_into(call, entry), value, node)
    given = _given(entry, value)
    changed = _names(call, entry, update_node) if update_node is not None else [n for n in given if n not in key]
    return Write(_on_conflict(call, statement, key, changed), "insert", entry)


def _on_conflict(call: Call, statement: Any, key: list[str], changed: list[str]) -> Any:
    if call.evaluator.server.can("ON DUPLICATE KEY") and hasattr(statement, "on_duplicate_key_update"):
        # Setting the key to itself is how MySQL says "do nothing".
        columns = changed or key[:1]
        return statement.on_duplicate_key_update({name: statement.inserted[name] for name in columns})
    if not hasattr(statement, "on_conflict_do_update"):
        raise Unfit("E-DIALECT", "upsert() cannot be said here")
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=key)
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in changed}
    )


def _given(entry: Entry, value: Value) -> list[str]:
    first = value.items[0] if isinstance(value, Sequence) else value.element if isinstance(value, Query) else value
    assert isinstance(first, Record)
    return [column_of(entry, name).name for name in first.names]


def _names(call: Call, entry: Entry, node: ast.expr | None) -> list[str]:
    if node is None:
        return []
    value = call.value(node)
    items = value.items if isinstance(value, (Sequence, Record)) else (value,)
    if not all(isinstance(item, Literal) and item.family == "str" for item in items):
        raise Unfit("E-CALL", "the names of columns are strings", node=node)
    return [column_of(entry, str(item.value), node).name for item in items if isinstance(item, Literal)]


def _row_update(call: Call, owner: Value) -> Value:
    row, entry = _written(call, owner)
    if call.node.args or not call.node.keywords:
        raise Unfit("E-CALL", "update() takes column=value")
    return Change(row, "update", pairs(call, entry))


def _row_delete(call: Call, owner: Value) -> Value:
    call.take()
    row, _ = _written(call, owner)
    return Change(row, "delete")


def _written(call: Call, owner: Value) -> tuple[Row, Entry]:
    assert isinstance(owner, Row)
    model = keys.model(owner)
    entry = call.evaluator.names.find(model.name, model.schema) if model else None
    if entry is None:
        raise Unfit("E-WRITE", "only a row of a table can be changed")
    return owner, table_of(call, TableValue(entry))


def _all_rows(call: Call, owner: Value) -> Value:
    call.take()
    assert isinstance(owner, Change)
    return replace(owner, all_rows=True)


def changed(evaluator: Evaluator, change: Change) -> Write:
    """The whole comprehension as one UPDATE or DELETE."""
    frame = change.frame
    if frame is None:
        hint = f"[x.{change.verb}(…) for x in table if …]"
        raise Unfit("E-WRITE", f"{change.verb}() belongs in a comprehension, alone", hint)
    model = keys.model(change.row)
    entry = evaluator.names.find(model.name, model.schema) if model else None
    assert entry is not None
    if frame.having or frame.windowed or any(scalar.aggregate for scalar in change.values.values()):
        raise Unfit("E-WRITE", "rows that are changed cannot be folded", "a collection: len(x.children), sum(…)")
    anchor = keys.joined(change.row)
    statement: Any = sa.update(entry.sql) if change.verb == "update" else sa.delete(entry.sql)
    if change.verb == "update":
        statement = statement.values({n: _value(entry, anchor, frame, s) for n, s in change.values.items()})
    key = keys.key(change.row) if entry.model.primary_key else []
    _prune(frame, [*frame.where, *frame.correlated(), *(scalar.sql for scalar in key)], anchor)
    tests = _conditions(evaluator, key, entry, anchor, frame)
    cut = not isinstance(anchor.selectable, sa.Alias)
    bounded = cut or len(list(frame.anchors())) > 1 or any(real(test) for test in [*frame.where, *frame.correlated()])
    return Write(statement.where(*tests) if tests else statement, change.verb, entry, bounded or change.all_rows)


def _tables(sql: Sql) -> set[Any]:
    return {part.table for part in visitors.iterate(sql) if isinstance(part, sa.ColumnClause)}


def _prune(frame: Frame, conditions: list[Sql], target: Anchor) -> None:
    """Leave out the joins that only new values look at: those have subqueries of their own."""
    used = set().union(*(_tables(sql) for sql in conditions)) | {target.selectable}
    kept: set[int] = set()
    for anchor in frame.anchors():
        if not anchor.hop or anchor.selectable in used:
            here: Anchor | None = anchor
            while here is not None:
                kept.add(id(here))
                here = here.base
    for root in frame.roots:
        root.joined = [anchor for anchor in root.joined if id(anchor) in kept]


def _conditions(evaluator: Evaluator, key: list[Scalar], entry: Entry, anchor: Anchor, frame: Frame) -> list[Sql]:
    selectable = anchor.selectable
    alone = list(frame.anchors()) == [anchor]
    if alone and isinstance(selectable, sa.Alias) and selectable.element is entry.sql:
        return [_moved(anchor, entry, test) for test in [*frame.correlated(), *frame.where]]
    if not key:
        raise Unfit("E-WRITE", f"'{entry.shown}' has no primary key to find its rows by")
    chosen: Any = build(evaluator, Query(frame, Record(tuple(key))), ordered=False)
    if not evaluator.server.can("the table a write is to in its own subquery"):
        # Such a server reads the table it changes only by way of a derived one.
        chosen = sa.select(chosen.subquery(evaluator.short_alias("chosen")))
    own = [entry.sql.c[scalar.name] for scalar in key]
    return [own[0].in_(chosen)] if len(own) == 1 else [sa.tuple_(*own).in_(chosen)]


def _moved(anchor: Anchor, entry: Entry, sql: Sql) -> Sql:
    """A condition on the loop variable's alias, of the table itself: UPDATE and DELETE have no alias everywhere."""

    def swap(element: Any, **_: Any) -> Any:
        if isinstance(element, sa.ColumnClause) and element.table is anchor.selectable:
            return entry.sql.c[element.name]
        return None

    moved: Sql = visitors.replacement_traverse(sql, {}, swap)
    return moved


def _value(entry: Entry, anchor: Anchor, frame: Frame, scalar: Scalar) -> Sql:
    """A new value: what another table holds becomes a subquery that follows the keys of the row."""
    others = {each.selectable: each for each in frame.anchors() if each is not anchor}

    def swap(element: Any, **_: Any) -> Any:
        if isinstance(element, sa.ColumnClause) and element.table in others:
            return _looked_up(entry, anchor, others[element.table], element)
        return None

    found: Sql = visitors.replacement_traverse(scalar.sql, {}, swap)
    return _moved(anchor, entry, found)


def _looked_up(entry: Entry, anchor: Anchor, far: Anchor, column: Sql) -> Sql:
    way = [far]
    while way[0].base is not None and way[0].base is not anchor:
        way.insert(0, way[0].base)
    first = way[0]
    if first.base is not anchor or not all(each.hop for each in way) or first.on is None:
        raise Unfit("E-WRITE", "a new value comes from the row itself or along its foreign keys")
    source: Any = first.selectable
    for each in way[1:]:
        source = source.join(each.selectable, each.on)
    statement = sa.select(column).select_from(source).where(_moved(anchor, entry, first.on))
    return statement.correlate(entry.sql).scalar_subquery()


TABLE: dict[str, Method] = {"insert": _insert, "upsert": _upsert}
CHANGE: dict[str, Method] = {"all_rows": _all_rows}
ROW: dict[str, Method] = {"update": _row_update, "delete": _row_delete}
