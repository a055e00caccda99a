"""A schema as SQL that replays in the order it is printed: one function for each kind of server, by its name.

    statements(schema) -> Iterator[str]

Each text is a whole statement with what ends it (`;`, or the client's delimiter commands where a body needs them), in
the server's own words wherever the schema has them. It may need a statement before, never one after it: tables first,
foreign keys behind all tables where the server would miss them, what calls a function behind the function.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from dbx.schema.model import Schema

DDL = {
    "sqlite": "dbx.schema.ddl.sqlite",
    "postgresql": "dbx.schema.ddl.postgresql",
    "mysql": "dbx.schema.ddl.mysql",
    "mariadb": "dbx.schema.ddl.mysql",
}
"""By `Schema.dialect`; any other one is written in standard SQL by `GENERIC`."""

GENERIC = "dbx.schema.ddl.generic"


def statements(schema: Schema) -> Iterator[str]:
    """The statements that make the schema in an empty database."""
    found: Iterator[str] = _module(schema).statements(schema)
    return found


def is_self_contained(schema: Schema) -> bool:
    """Whether the statements of one object alone can be run before those of the others that it needs, and bring the
    settings along that they were made with."""
    return getattr(_module(schema), "SELF_CONTAINED", False)


def _module(schema: Schema) -> ModuleType:
    return import_module(DDL.get(schema.dialect, GENERIC))
