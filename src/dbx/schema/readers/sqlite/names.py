"""The names of a SQLite database (see dbx.schema.catalog). A bare name means a temporary table first, then main's."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from dbx.schema.readers.sqlite.reader import quoted

_NAMES = "SELECT name FROM {}.sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"


def schemas(connection: sqlite3.Connection) -> tuple[str, tuple[str, ...]]:
    return "main", tuple([name for _, name, _ in connection.execute("PRAGMA database_list")])


NAMELESS = True
"""Whether the schema that bare names mean is without a name in the model."""

SEARCHED = True
"""Whether bare names find what is the server's own."""


def unread(connection: sqlite3.Connection) -> Sequence[str]:
    """The schemas that are read only if they are asked for."""
    return ()


def names(connection: sqlite3.Connection, schema: str | None) -> dict[str, str]:
    return {
        name: place
        for place in (["main", "temp"] if schema is None else [schema])
        for (name,) in connection.execute(_NAMES.format(quoted(place)))
    }


def references(connection: sqlite3.Connection, schema: str | None) -> Sequence[tuple[str, None, str]]:
    """A key leads to a table of its own schema, wherever the names of both are looked for."""
    found = []
    for place in ["main", "temp"] if schema is None else [schema]:
        text = (
            f'SELECT m.name, f."table" FROM {quoted(place)}.sqlite_master m, pragma_foreign_key_list(m.name, ?) f'
            " WHERE m.type = 'table' AND f.seq = 0"
        )
        found += [(name, None, target) for name, target in connection.execute(text, [place])]
    return found
