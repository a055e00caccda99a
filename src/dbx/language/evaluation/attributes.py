"""Attributes, by the kind of value they are asked of."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dbx.language.core.func import check_name
from dbx.language.evaluation.callables import METHODS
from dbx.language.evaluation.dispatch import kinds_of
from dbx.language.names.tables import match
from dbx.language.operators import spans
from dbx.language.queries import navigation
from dbx.language.refusal import Unfit, suggestion
from dbx.language.select.assemble import as_source, folded, scalar_query, whole
from dbx.language.server.time import PARTS
from dbx.language.values.columns import columns_of, scalars_of
from dbx.language.values.kinds import (
    AliasValue,
    Columns,
    Database,
    FunctionName,
    Literal,
    Namespace,
    Query,
    Record,
    Row,
    Scalar,
    Selected,
    TableValue,
    Value,
    describe,
)
from dbx.language.values.objects import Held, followed
from dbx.language.values.objects import attribute as _object
from dbx.language.values.scalars import derive

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope

Getter = Callable[["Evaluator", Any, str], Value]


def attribute(evaluator: Evaluator, node: ast.Attribute, scope: Scope) -> Value:
    name = node.attr
    if name.startswith("_"):
        raise Unfit("E-ATTR", f"'{name}' begins with an underscore", "such names are reserved")
    owner = evaluator.evaluate(node.value, scope)
    getter = KINDS.get(owner.kind)
    if getter is None:
        raise Unfit("E-ATTR", f"{describe(owner)} has no attribute '{name}'", _called(owner, name))
    evaluator.owner = evaluator.source.text(node.value)
    return getter(evaluator, owner, name)


def _called(owner: Value, name: str) -> str:
    is_method = any(name in METHODS.get(kind, {}) for kind in kinds_of(owner))
    return f"'{name}' is a method: write .{name}(…)" if is_method else ""


def _row(evaluator: Evaluator, row: Row, name: str) -> Value:
    return navigation.attribute(evaluator, row, name)


def _query(evaluator: Evaluator, query: Query, name: str) -> Value:
    """An attribute of a collection is lifted to each of its items; of a single row, it is that row's."""
    if name in ("c", "columns"):
        return _select_columns(evaluator, Selected(evaluator.statement(query)))
    row = query.element
    cut = query.limit is not None and not query.distinct and query.grouped is None
    if isinstance(row, Row) and cut and not folded(evaluator, query):
        # A column, or one along a foreign key, is one for each row: what cuts the rows may stay where it is.
        found = navigation.find(evaluator, row, name)
        if isinstance(found, (Scalar, Row)):
            return _lifted(evaluator, query, found)
    if not whole(evaluator, query):
        query = replace(as_source(evaluator, query), single=query.single, collection=True)
    found = _item_attribute(evaluator, query.element, name)
    if isinstance(found, Query):
        query.frame.home.absorb(found.frame.home)
        return replace(found, frame=query.frame, collection=True)
    return _lifted(evaluator, query, found)


def _lifted(evaluator: Evaluator, query: Query, found: Value) -> Value:
    lifted = Query(query.frame, found, limit=query.limit, offset=query.offset, single=query.single, collection=True)
    return scalar_query(evaluator, lifted) if query.single and isinstance(found, Scalar) else lifted


def _item_attribute(evaluator: Evaluator, element: Value, name: str) -> Value:
    if isinstance(element, Row):
        return navigation.attribute(evaluator, element, name)
    if isinstance(element, Record):
        return _record(evaluator, element, name)
    if isinstance(element, Scalar):
        return _scalar(evaluator, element, name)
    raise Unfit("E-ATTR", f"{describe(element)} has no attribute '{name}'")


def _record(evaluator: Evaluator, record: Record, name: str) -> Value:
    names = record.names or tuple(i.name if isinstance(i, Scalar) else "" for i in record.items)
    found = match(name, names)
    if not found:
        known = [each for each in names if each]
        raise Unfit("E-ATTR", f"a tuple has no '{name}'", suggestion(name, known, "columns") or "[0], [1], …")
    return record.items[names.index(found)]


def _scalar(evaluator: Evaluator, scalar: Scalar, name: str) -> Value:
    if scalar.reference is not None:
        row, key = scalar.reference
        target = navigation.follow(evaluator, row, key, scalar.name)
        found = navigation.find(evaluator, target, name)
        if found is not None:
            return found
    for kind in kinds_of(scalar):
        if name in SCALAR_ATTRIBUTES.get(kind, {}):
            return SCALAR_ATTRIBUTES[kind][name](evaluator, scalar, name)
    hint = _called(scalar, name)
    if scalar.reference is not None and not hint:
        return navigation.attribute(evaluator, navigation.follow(evaluator, *scalar.reference, scalar.name), name)
    known = [each for kind in kinds_of(scalar) for each in SCALAR_ATTRIBUTES.get(kind, {})]
    raise Unfit("E-ATTR", f"{describe(scalar)} has no attribute '{name}'", hint or suggestion(name, known))


def _part(evaluator: Evaluator, scalar: Scalar, name: str) -> Value:
    return derive(evaluator.write("part", scalar, detail=name), "int", scalar, name=name)


def _time_part(evaluator: Evaluator, scalar: Scalar, name: str) -> Value:
    return _part(evaluator, scalar, name)


SCALAR_ATTRIBUTES: dict[str, dict[str, Getter]] = {
    "date": dict.fromkeys(PARTS[:3], _part),
    "datetime": dict.fromkeys(PARTS, _part),
    "time": dict.fromkeys(PARTS[3:], _time_part),
}


def _span(evaluator: Evaluator, span: Value, name: str) -> Value:
    if name == "days":
        return spans.days(evaluator, span)
    raise Unfit("E-ATTR", f"a length of time has no attribute '{name}'", ".days, .total_seconds()")


def _literal(evaluator: Evaluator, value: Literal, name: str) -> Value:
    if value.family == "interval":
        return _span(evaluator, value, name)
    if isinstance(value, Held) and value.key:
        return followed(evaluator, value, name)
    return _scalar(evaluator, evaluator.scalar(value), name)


def _table(evaluator: Evaluator, table: TableValue | AliasValue, name: str) -> Value:
    columns = columns_of(table)
    if name in ("c", "columns"):
        return Columns(columns, _shown(table))
    if name == "name":
        if "name" in columns:
            # Core has the table's own name here. Nobody compares that with anything, so the column is asked for.
            hint = f"{evaluator.owner}.c.name is the column; of a loop variable: [x.name for x in {evaluator.owner}]"
            message = f"'{evaluator.owner}.name' is a column and, in SQLAlchemy, the table's own name"
            raise Unfit("E-AMBIG", message, hint)
        return Literal(_shown(table), "str")
    found = match(name, list(columns))
    if found is None:
        hint = _called(table, name) or suggestion(name, columns, "columns")
        raise Unfit("E-ATTR", f"'{_shown(table)}' has no column '{name}'", hint)
    return columns[found]


def _shown(table: TableValue | AliasValue) -> str:
    name = table.entry.shown if isinstance(table, TableValue) else str(getattr(table.selectable, "name", "this"))
    return "this query" if name.startswith("%(") else name  # what nobody has named yet


def _columns(evaluator: Evaluator, space: Columns, name: str) -> Value:
    found = match(name, list(space.columns))
    if found is None:
        message = f"'{space.owner}' has no column '{name}'"
        raise Unfit("E-ATTR", message, suggestion(name, space.columns, "columns"))
    return space.columns[found]


def _select(evaluator: Evaluator, query: Selected, name: str) -> Value:
    if name in ("c", "columns", "selected_columns"):
        return _select_columns(evaluator, query)
    raise Unfit("E-ATTR", f"a query has no attribute '{name}'", _called(query, name) or f".subquery().c.{name}")


def _select_columns(evaluator: Evaluator, query: Selected) -> Columns:
    return Columns(scalars_of(query.statement.subquery(evaluator.short_alias("query")), core=True), "this query")


def _func(evaluator: Evaluator, space: Namespace, name: str) -> Value:
    check_name(name)
    return FunctionName(name)


def _function_name(evaluator: Evaluator, function: FunctionName, name: str) -> Value:
    raise Unfit("E-CALL", f"'func.{function.name}.{name}': a server function has no dots")


def _database(evaluator: Evaluator, database: Database, name: str) -> Value:
    return member(evaluator, database, name)


def member(evaluator: Evaluator, database: Database, name: str) -> Value:
    """db.table, db.schema, db.schema.table"""
    if database.schema is None:
        schema = evaluator.names.schema(name)
        if schema is not None:
            return Database(schema)
    entry = evaluator.names.find(name, database.schema)
    if entry is None:
        known = [*evaluator.names.tables(database.schema), *(evaluator.names.schemas() if not database.schema else ())]
        where = f"schema '{database.schema}'" if database.schema else "this database"
        raise Unfit("E-ATTR", f"{where} has no '{name}'", suggestion(name, known, "tables"))
    return TableValue(entry)


KINDS: dict[str, Getter] = {
    "row": _row,
    "object": _object,
    "query": _query,
    "tuple": _record,
    "scalar": _scalar,
    "literal": _literal,
    "interval": _span,
    "table": _table,
    "alias": _table,
    "columns": _columns,
    "select": _select,
    "func": _func,
    "function name": _function_name,
    "db": _database,
}
