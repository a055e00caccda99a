"""The reader of every database without one of its own, through SQLAlchemy's Inspector: its bulk calls, and never
MetaData.reflect, whose Table objects cost four times the reading. Also the names and single tables of expressions."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, inspect
from sqlalchemy.engine.reflection import Inspector, ObjectKind, ObjectScope
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError

from dbx.database import Database
from dbx.engine import on_connection
from dbx.schema.catalog import Reference
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Missing
from dbx.schema.objects import Sequence as SequenceObject
from dbx.schema.readers import reflected

T = TypeVar("T")

_KEYS = ("pk_constraint", "foreign_keys", "unique_constraints", "indexes")
_OF_TABLES = (*_KEYS, "check_constraints", "table_comment", "table_options")
_NAMELESS = ("sqlite", "mysql", "mariadb")
"""Where the default schema's name is no part of what it holds (see dbx.schema.objects.Name)."""


def default_schema(connection: Connection) -> str | None:
    """The schema that bare names mean."""
    return inspect(connection).default_schema_name


def schemas(connection: Connection) -> tuple[str, ...]:
    return tuple(inspect(connection).get_schema_names())


def tables(connection: Connection, schema: str | None = None) -> tuple[str, ...]:
    """The names of tables and views, materialised and foreign ones included."""
    return tuple(dict.fromkeys((*_base(connection, schema), *views(connection, schema))))


def views(connection: Connection, schema: str | None = None) -> dict[str, str]:
    """The names of views with their kind, view or matview."""
    inspector = inspect(connection)
    found = dict.fromkeys(inspector.get_view_names(schema=schema), "view")
    try:
        found |= dict.fromkeys(inspector.get_materialized_view_names(schema=schema), "matview")
    except NotImplementedError:
        pass
    return found


def read(connection: Connection, name: str, schema: str | None = None) -> Table | None:
    """One table or view with its columns and keys; None when there is none (it may be gone since it was listed)."""
    inspector = inspect(connection)
    with warnings.catch_warnings():
        # "Did not recognize type": such a column simply has an unknown type here.
        warnings.simplefilter("ignore")
        try:
            columns = inspector.get_columns(name, schema=schema)
        except NoSuchTableError:
            return None
        facts = {
            fact: _tolerant(lambda fact=fact: getattr(inspector, f"get_{fact}")(name, schema=schema))  # type: ignore[misc]
            for fact in _KEYS
        }
        if connection.dialect.name == "sqlite":
            # SQLAlchemy finds UNIQUE in the text of CREATE TABLE, but not all of it; SQLite has an index for each.
            facts["indexes"] = _tolerant(lambda: inspector.get_indexes(name, schema=schema, include_auto_indexes=True))
    return _table(connection, name, schema, columns, facts, views(connection, schema))


def references(connection: Connection, schema: str | None = None) -> list[Reference]:
    """(table, schema of its target, target) for each foreign key of a schema's tables."""
    found = inspect(connection).get_multi_foreign_keys(schema=schema)
    return [
        (name, key["referred_schema"], str(key["referred_table"]))
        for (_, name), keys in found.items()
        for key in keys or ()
    ]


class Inspected:
    """The catalog (dbx.schema.catalog) as Inspector tells it. `run` runs a function of a Connection."""

    def __init__(self, run: Callable[[Callable[[Connection], Any]], Any]) -> None:
        self._run = run

    def schemas(self) -> tuple[str | None, tuple[str, ...]]:
        return self._run(lambda connection: (default_schema(connection), schemas(connection)))  # type: ignore[no-any-return]

    def tables(self, schema: str | None) -> tuple[str, ...]:
        return self._run(lambda connection: tables(connection, schema))  # type: ignore[no-any-return]

    def table(self, name: str, schema: str | None) -> Table | None:
        return self._run(lambda connection: read(connection, name, schema))  # type: ignore[no-any-return]

    def references(self, schema: str | None) -> Sequence[Reference]:
        return self._run(lambda connection: references(connection, schema))  # type: ignore[no-any-return]


def catalog(database: Database) -> Inspected:
    return Inspected(on_connection(database.connection, database.engine))


def read_all(database: Database, names: Sequence[str] = (), schemas: Sequence[str] = ()) -> Schema:
    """What Inspector can tell of a database (arguments as in dbx.schema.read.Reader)."""

    def job(connection: Connection) -> Schema:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parts = [_read_schema(connection, names, schema) for schema in schemas or (None,)]
        return Schema(
            connection.dialect.name,
            tables=tuple(table for part in parts for table in part.tables),
            sequences=tuple(sequence for part in parts for sequence in part.sequences),
            missing=tuple(missing for part in parts for missing in part.missing),
        )

    return on_connection(database.connection, database.engine)(job)  # type: ignore[no-any-return]


def _read_schema(connection: Connection, names: Sequence[str], schema: str | None) -> Schema:
    inspector = inspect(connection)
    listed = [name for name in tables(connection, schema) if not names or name in names]
    found_views = views(connection, schema)
    asked = listed if names else None
    facts = {fact: _bulk(inspector, fact, schema, listed, asked)[0] for fact in _OF_TABLES}
    columns, failed = _bulk(inspector, "columns", schema, listed, asked)
    home, default = _home(connection, schema), _home(connection, None)
    found = []
    for name in listed:
        own = {fact: values.get(name) for fact, values in facts.items()}
        table = _table(connection, name, schema, columns.get(name, ()), own, found_views, default)
        if name in found_views:
            table = table._replace(query=_tolerant(lambda name=name: inspector.get_view_definition(name, schema)))  # type: ignore[misc]
        found.append(table._replace(schema=home))
    sequences = _tolerant(lambda: inspector.get_sequence_names(schema=schema)) or []
    return Schema(
        connection.dialect.name,
        tables=tuple(found),
        sequences=tuple(SequenceObject(name, home) for name in sequences if not names or name in names),
        missing=tuple(Missing(name, home, found_views.get(name, "table"), why) for name, why in failed.items()),
    )


def _home(connection: Connection, schema: str | None) -> str | None:
    """The schema as the model names it."""
    default = default_schema(connection)
    if connection.dialect.name in _NAMELESS:
        return None if schema == default else schema
    return schema or default


def _bulk(
    inspector: Inspector, fact: str, schema: str | None, listed: list[str], asked: list[str] | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """A fact of all tables by table, and why those are missing that could not be read."""
    try:
        found = getattr(inspector, f"get_multi_{fact}")(
            schema=schema, filter_names=asked, kind=ObjectKind.ANY, scope=ObjectScope.ANY
        )
        return {str(name): value for (_, name), value in found.items()}, {}
    except (NotImplementedError, SQLAlchemyError):  # of one table, say a broken view: then one by one
        pass
    values, failed = {}, {}
    for name in listed:
        try:
            values[name] = getattr(inspector, f"get_{fact}")(name, schema=schema)
        except NotImplementedError:
            break
        except SQLAlchemyError as error:
            failed[name] = str(getattr(error, "orig", None) or error).partition("\n")[0] or type(error).__name__
    return values, failed


def _table(
    connection: Connection,
    name: str,
    schema: str | None,
    columns: Sequence[Any],
    facts: Mapping[str, Any],
    found_views: Mapping[str, str],
    home: str | None = None,
) -> Table:
    own = _own_types(connection, name, schema)
    key = reflected.primary_key(facts["pk_constraint"])
    primary = key.columns if key else ()
    indexes = [each for each in facts["indexes"] or () if not each.get("duplicates_constraint")]
    unique = [each for each in facts["unique_constraints"] or () if not each.get("duplicates_index")]
    return Table(
        name=str(name),
        schema=schema,
        columns=tuple(reflected.column(connection.dialect, column, own, primary) for column in columns),
        primary=key,
        foreign_keys=tuple(reflected.foreign_key(each, home) for each in facts["foreign_keys"] or ()),
        unique=tuple(map(reflected.unique, unique)),
        kind=found_views.get(name, "table"),
        checks=tuple(map(reflected.check, facts.get("check_constraints") or ())),
        indexes=tuple(map(reflected.index, indexes)),
        comment=(facts.get("table_comment") or {}).get("text"),
        options=reflected.options(facts.get("table_options") or {}),
    )


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
    rows = _tolerant(lambda: connection.exec_driver_sql(f"PRAGMA {prefix}table_xinfo({quote(name)})"))
    return {str(row[1]): str(row[2] or "") for row in rows or ()}
