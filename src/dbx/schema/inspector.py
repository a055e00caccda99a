"""The generic reader: one table at a time, through SQLAlchemy's Inspector."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, inspect, quoted_name
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedForeignKeyConstraint
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError
from sqlalchemy.types import ARRAY, Boolean, Enum, NullType, TypeEngine

from dbx.schema.families import family
from dbx.schema.model import Column, ForeignKey, Table

T = TypeVar("T")


def default_schema(connection: Connection) -> str | None:
    """The schema that bare names mean."""
    return inspect(connection).default_schema_name


def schemas(connection: Connection) -> tuple[str, ...]:
    return tuple(inspect(connection).get_schema_names())


def tables(connection: Connection, schema: str | None = None) -> tuple[str, ...]:
    """The names of tables and views, materialised and foreign ones included."""
    return tuple(dict.fromkeys((*_base(connection, schema), *views(connection, schema))))


def views(connection: Connection, schema: str | None = None) -> tuple[str, ...]:
    inspector = inspect(connection)
    found = list(inspector.get_view_names(schema=schema))
    try:
        found += inspector.get_materialized_view_names(schema=schema)
    except NotImplementedError:
        pass
    return tuple(found)


def read(connection: Connection, name: str, schema: str | None = None) -> Table | None:
    """One table or view, or None when there is none of that name (it may be gone since it was listed)."""
    inspector = inspect(connection)
    with warnings.catch_warnings():
        # "Did not recognize type": such a column simply has an unknown type here.
        warnings.simplefilter("ignore")
        try:
            reflected = inspector.get_columns(name, schema=schema)
        except NoSuchTableError:
            return None
        key = _tolerant(lambda: inspector.get_pk_constraint(name, schema=schema))
        foreign = _tolerant(lambda: inspector.get_foreign_keys(name, schema=schema))
        unique = _tolerant(lambda: inspector.get_unique_constraints(name, schema=schema))
    own = _own_types(connection, name, schema)
    primary = tuple(key["constrained_columns"]) if key else ()
    return Table(
        name=str(name),
        schema=schema,
        columns=tuple(_column(connection.dialect, column, own, primary) for column in reflected),
        primary_key=primary,
        foreign_keys=tuple(_foreign_key(each) for each in foreign or ()),
        unique=tuple(tuple(each["column_names"]) for each in unique or ()),
        kind="view" if name in views(connection, schema) else "table",
    )


def foreign_keys(connection: Connection, schema: str | None = None) -> Mapping[str, tuple[ForeignKey, ...]]:
    """The foreign keys of all tables of a schema, by table: what points at a table is found no other way."""
    found = inspect(connection).get_multi_foreign_keys(schema=schema)
    return {name: tuple(_foreign_key(each) for each in keys) for (_, name), keys in found.items() if keys}


def _base(connection: Connection, schema: str | None) -> Sequence[str]:
    inspector = inspect(connection)
    names = list(inspector.get_table_names(schema=schema))
    if connection.dialect.name == "postgresql":
        # Only PostgreSQL's dialect lists foreign tables apart; SQLAlchemy has no common call for them.
        names += [str(row[0]) for row in connection.exec_driver_sql(
            "SELECT foreign_table_name FROM information_schema.foreign_tables WHERE foreign_table_schema = "
            "coalesce(%(schema)s::text, current_schema())", {"schema": schema})]  # fmt: skip
    return names


def _tolerant(call: Callable[[], T]) -> T | None:
    """Views and virtual tables have no keys, and some dialects say so by raising."""
    try:
        return call()
    except (NotImplementedError, SQLAlchemyError):
        return None


def _own_types(connection: Connection, name: str, schema: str | None) -> dict[str, str]:
    """SQLite's declared types as written: SQLAlchemy rewrites them (INT to INTEGER, unknown ones to NUMERIC)."""
    if connection.dialect.name != "sqlite":
        return {}
    quote = connection.dialect.identifier_preparer.quote_identifier
    prefix = f"{quote(schema)}." if schema else ""
    rows = connection.exec_driver_sql(f"PRAGMA {prefix}table_xinfo({quote(name)})")
    return {str(row[1]): str(row[2] or "") for row in rows}


def _column(dialect: Dialect, column: ReflectedColumn, own: Mapping[str, str], primary: tuple[str, ...]) -> Column:
    name = str(column["name"])
    text = own.get(name, "") if own else _type_text(column["type"], dialect)
    default = column.get("default")
    rowid = dialect.name == "sqlite" and primary == (name,) and text.upper() == "INTEGER"
    automatic = rowid or column.get("autoincrement") is True or "identity" in column or "nextval(" in (default or "")
    return Column(
        name=name,
        type=text,
        # SQLite lets NULL into every other primary key that does not say NOT NULL.
        nullable=bool(column["nullable"]) and (name not in primary if dialect.name != "sqlite" else not rowid),
        family=_family(dialect, text, column["type"]),
        default=default,
        generated="computed" in column,
        automatic=automatic,
    )


def _family(dialect: Dialect, text: str, type_: TypeEngine[Any]) -> str:
    """The text decides; only what it cannot tell (a type that somebody named) is asked of the type object."""
    inner: Any = type_
    if type_.__visit_name__ == "DOMAIN":
        return family(_type_text(inner.data_type, dialect), dialect.name)
    if isinstance(type_, Enum) and not isinstance(type_, Boolean):
        return "enum"
    if isinstance(type_, ARRAY):
        return "array"
    return family(text, dialect.name)


def _type_text(type_: TypeEngine[Any], dialect: Dialect) -> str:
    if isinstance(type_, NullType):
        return ""
    try:
        return type_.compile(dialect=dialect)
    except SQLAlchemyError:
        return type(type_).__name__


def _foreign_key(key: ReflectedForeignKeyConstraint) -> ForeignKey:
    name = key["name"]
    return ForeignKey(
        name=str(name) if isinstance(name, (str, quoted_name)) else "",
        columns=tuple(key["constrained_columns"]),
        target_schema=key["referred_schema"],
        target_table=str(key["referred_table"]),
        target_columns=tuple(key["referred_columns"]),
    )
