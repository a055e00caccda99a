"""The names of MySQL and MariaDB (see dbx.schema.catalog). A schema is a database; bare names mean the current one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbx.schema.read import SYSTEM
from dbx.schema.text.mysql import literal


def schemas(connection: Any) -> tuple[str | None, tuple[str, ...]]:
    rows = _rows(connection, "SELECT schema_name, schema_name = database() FROM information_schema.schemata ORDER BY 1")
    home = [name for name, is_home in rows if str(is_home) == "1"]
    return (home[0] if home else None), tuple([name for name, _ in rows])


NAMELESS = True
"""Whether the schema that bare names mean is without a name in the model."""

SEARCHED = False
"""Whether bare names find what is the server's own."""


def unread(connection: Any) -> Sequence[str]:
    """The schemas that are read only if they are asked for."""
    home, known = schemas(connection)
    return [name for name in known if name != home] if home else [name for name in known if name.lower() in SYSTEM]


def names(connection: Any, schema: str | None) -> dict[str, str | None]:
    place = "database()" if schema is None else literal(schema)
    text = f"SELECT table_name FROM information_schema.tables WHERE table_schema = {place} AND table_type <> 'SEQUENCE'"
    return {name: schema for (name,) in _rows(connection, f"{text} ORDER BY 1")}


def references(connection: Any, schema: str | None) -> Sequence[tuple[str, str | None, str]]:
    place = "database()" if schema is None else literal(schema)
    rows = _rows(
        connection,
        "SELECT table_name, unique_constraint_schema, referenced_table_name, unique_constraint_schema = database()"
        f" FROM information_schema.referential_constraints WHERE constraint_schema = {place}",
    )
    return [(name, None if str(here) == "1" else target, table) for name, target, table, here in rows]


def _rows(connection: Any, text: str) -> Sequence[Any]:
    cursor = connection.cursor()
    cursor.execute(text)
    return cursor.fetchall()  # type: ignore[no-any-return]
