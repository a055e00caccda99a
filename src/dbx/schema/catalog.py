"""What is asked of a schema by name, a little at a time: which tables there are, one of them, which lead to which.

An expression needs the tables that it names and no others, so a database of thousands answers as fast as a small one.
Here the schema that bare names mean has no name: None stands for all that a statement may call by its bare name, and
what it holds has `schema` None, as has a foreign key's target that is found by its bare name.

The readers of the built-in dialects have a module of names each, with three functions of the DBAPI connection:

    schemas(connection) -> (the schema that bare names mean, the names of all)
    names(connection, schema) -> {name: the schema to read it from}; of tables, views and whatever else has rows
    references(connection, schema) -> [(table, schema of the target or None for its own, target)], for each foreign key
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol, TypeVar

from dbx.database import Database
from dbx.schema import read
from dbx.schema.model import Schema, Table

T = TypeVar("T")

Reference = tuple[str, str | None, str]


class Catalog(Protocol):
    """Schemas are named as above; what is asked for again is read again."""

    def schemas(self) -> tuple[str | None, tuple[str, ...]]:
        """The schema that bare names mean, and all that there are."""

    def tables(self, schema: str | None) -> tuple[str, ...]:
        """Whatever has rows."""

    def table(self, name: str, schema: str | None) -> Table | None:
        """None when there is none; it may be gone since it was listed."""

    def references(self, schema: str | None) -> Sequence[Reference]:
        """(table, schema of its target, target) for each foreign key of a schema's tables."""


class Own:
    """The catalog through a dialect's own reader. `call` runs a function of the DBAPI connection, and tells errors."""

    def __init__(self, dialect: str, call: Callable[[Callable[[Any], Any]], Any]) -> None:
        self._reader: read.Reader = import_module(read.READERS[dialect])
        self._names: Any = import_module(read.NAMES[dialect])
        self._call = call
        self._bare: Mapping[str, str | None] = {}

    def schemas(self) -> tuple[str | None, tuple[str, ...]]:
        return self._call(self._names.schemas)  # type: ignore[no-any-return]

    def tables(self, schema: str | None) -> tuple[str, ...]:
        return tuple(self._places(schema))

    def table(self, name: str, schema: str | None) -> Table | None:
        places = self._places(None) if schema is None and name not in self._bare else self._bare
        place = places.get(name) if schema is None else schema
        within = () if place is None else (place,)
        found: Schema = self._call(lambda connection: self._reader.read(connection, (name,), within))
        return next((self._seen(table, schema) for table in found.tables if table.name == name), None)

    def references(self, schema: str | None) -> Sequence[Reference]:
        return self._call(lambda connection: self._names.references(connection, schema))  # type: ignore[no-any-return]

    def _places(self, schema: str | None) -> Mapping[str, str | None]:
        found: Mapping[str, str | None] = self._call(lambda connection: self._names.names(connection, schema))
        if schema is None:
            self._bare = found
        return found

    def _seen(self, table: Table, schema: str | None) -> Table:
        """A table as it is named from here: without its schema, and so its targets, where bare names mean them."""
        bare = self._bare
        keys = [
            key._replace(target_schema=None) if bare.get(key.target_table, "") == key.target_schema else key
            for key in table.foreign_keys
        ]
        return table._replace(schema=schema, foreign_keys=tuple(keys))


class Held:
    """The catalog of a schema that was read before: nothing is asked of any server. `home` is the schema that bare
    names mean, where the model says it."""

    def __init__(self, schema: Schema, home: str | None = None) -> None:
        self._home = home
        self._tables = {(table.schema, table.name): table for table in schema.tables if table.schema != home}
        own = [table._replace(schema=None, foreign_keys=self._keys(table)) for table in schema.tables]
        self._tables |= {
            (None, table.name): table
            for table, model in zip(own, schema.tables, strict=True)
            if model.schema in (None, home)
        }

    def _keys(self, table: Table) -> tuple[Any, ...]:
        return tuple(
            [key._replace(target_schema=None) if key.target_schema == self._home else key for key in table.foreign_keys]
        )

    def schemas(self) -> tuple[str | None, tuple[str, ...]]:
        named = {schema for schema, _ in self._tables if schema is not None}
        return self._home, tuple(sorted(named | ({self._home} if self._home else set())))

    def tables(self, schema: str | None) -> tuple[str, ...]:
        return tuple([name for place, name in self._tables if place == schema])

    def table(self, name: str, schema: str | None) -> Table | None:
        return self._tables.get((schema, name))

    def references(self, schema: str | None) -> Sequence[Reference]:
        return _references(table for (place, _), table in self._tables.items() if place == schema)


def _references(tables: Iterable[Table]) -> list[Reference]:
    return [(table.name, key.target_schema, key.target_table) for table in tables for key in table.foreign_keys]


def catalog(database: Database) -> Catalog:
    """The catalog of a database, asked on its connection. Its functions raise the connection's errors."""
    if database.dialect.name in read.NAMES:
        return Own(database.dialect.name, lambda work: read.on_worker(database, work))
    found: Catalog = import_module(read.GENERIC).catalog(database)
    return found
