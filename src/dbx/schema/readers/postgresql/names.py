"""The names of a PostgreSQL database (see dbx.schema.catalog). Bare names are those the search path leads to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

_SCHEMAS = (
    "SELECT nspname, nspname = current_schema() FROM pg_catalog.pg_namespace"
    " WHERE nspname !~ '^pg_(toast|temp)' OR nspname = current_schema() ORDER BY 1"
)
_ROWS = "c.relkind IN ('r', 'p', 'v', 'm', 'f')"
_BARE = "pg_catalog.pg_table_is_visible(c.oid) AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
_NAMES = """
SELECT c.relname, n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE {rows} AND {condition} ORDER BY 1"""
_REFERENCES = """
SELECT c.relname, CASE WHEN NOT pg_catalog.pg_table_is_visible(t.oid) THEN tn.nspname END, t.relname
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class t ON t.oid = k.confrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE k.contype = 'f' AND {condition} ORDER BY k.oid"""


def schemas(connection: psycopg.Connection[Any]) -> tuple[str | None, tuple[str, ...]]:
    rows = connection.execute(_SCHEMAS).fetchall()
    home = [name for name, is_home in rows if is_home in (True, "t")]
    return (home[0] if home else None), tuple([name for name, _ in rows])


NAMELESS = False
"""Whether the schema that bare names mean is without a name in the model."""

SEARCHED = True
"""Whether bare names find what is the server's own."""


def unread(connection: psycopg.Connection[Any]) -> Sequence[str]:
    """The schemas that are read only if they are asked for."""
    return ("pg_catalog", "information_schema")


def names(connection: psycopg.Connection[Any], schema: str | None) -> dict[str, str]:
    return dict(connection.execute(_NAMES.format(rows=_ROWS, condition=_within(schema)), _values(schema)).fetchall())


def references(connection: psycopg.Connection[Any], schema: str | None) -> Sequence[tuple[str, str | None, str]]:
    return connection.execute(_REFERENCES.format(condition=_within(schema)), _values(schema)).fetchall()


def _within(schema: str | None) -> str:
    return _BARE if schema is None else "n.nspname = %(schema)s"


def _values(schema: str | None) -> dict[str, str] | None:
    return None if schema is None else {"schema": schema}
