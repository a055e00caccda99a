"""Which objects, as SQLAlchemy has it: the SELECT of a condition, an order and the ways to load relationships."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Table as SqlTable
from sqlalchemy import inspect, orm, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from dbx.language.names.tables import match
from dbx.language.refusal import Unfit, suggestion
from dbx.language.values.objects import Wanted
from dbx.unit import shown
from dbx.unit.models import Model


def objects(model: Model, wanted: Wanted) -> Any:
    """SELECT … of whole objects; relationships loaded as was said."""
    table = model.mapper.local_table
    statement = select(model.class_)
    keys = list(model.mapper.primary_key)
    if wanted.keys is not None:
        statement = statement.where((keys[0] if len(keys) == 1 else tuple_(*keys)).in_(wanted.keys))
    moved = _moved(table, wanted)
    if wanted.where is not None:
        statement = statement.where(moved(wanted.where))
    statement = statement.order_by(*map(moved, wanted.order))
    for strategy, paths in wanted.strategies.items():
        for path in paths:
            statement = statement.options(_option(model, strategy, path))
    return statement


def _moved(table: Any, wanted: Wanted) -> Callable[[Any], Any]:
    """Conditions were made on the language's own table; the Session has another, of the same columns."""
    columns = {id(sql): name for sql, name in wanted.columns.items()}

    def replace(element: Any, **_: Any) -> Any:
        return table.c[columns[id(element)]] if id(element) in columns else None

    return lambda sql: visitors.replacement_traverse(sql, {}, replace)


def _option(model: Model, strategy: str, path: str) -> Any:
    """selectinload(Track.album).selectinload(Album.artist)"""
    option: Any = None
    mapper = model.mapper
    for part in path.split("."):
        names = list(mapper.relationships.keys())
        found = match(part, names)
        if found is None:
            message = f"{mapper.class_.__name__} has no relationship '{part}'"
            raise Unfit("E-ATTR", message, suggestion(part, names, "relationships"))
        attribute = mapper.relationships[found].class_attribute
        option = _LOADERS[strategy](option if option is not None else orm, attribute)
        mapper = mapper.relationships[found].mapper
    return option


_LOADERS: dict[str, Callable[[Any, Any], Any]] = {
    "joinedload": lambda on, attribute: on.joinedload(attribute),
    "selectinload": lambda on, attribute: on.selectinload(attribute),
    "subqueryload": lambda on, attribute: on.subqueryload(attribute),
    "lazyload": lambda on, attribute: on.lazyload(attribute),
    "raiseload": lambda on, attribute: on.raiseload(attribute),
}


def rows(wanted: Wanted) -> Any:
    """SELECT … of rows without a key: values, and no objects."""
    columns: list[Any] = list(wanted.columns)
    statement = select(*columns).order_by(*wanted.order)
    return statement if wanted.where is None else statement.where(wanted.where)


def unflushed(session: Session, statement: Any, default_schema: str | None) -> bool:
    """Whether a statement reads a table to which a flush would write."""
    written = {_place(table, default_schema) for each in shown.unwritten(session) for table in _tables(each)}
    read = (each for each in visitors.iterate(statement) if isinstance(each, SqlTable))
    return any(_place(table, default_schema) in written for table in read)


def _tables(instance: Any) -> Iterator[Any]:
    """Those of an object, and those that only connect it to others."""
    found: Any = inspect(instance)
    yield from found.mapper.tables
    for relation in found.mapper.relationships:
        if relation.secondary is not None and found.attrs[relation.key].history.has_changes():
            yield relation.secondary


def _place(table: Any, default_schema: str | None) -> tuple[str, str | None]:
    return table.name, table.schema or default_schema
