"""SQLite's DDL: the texts it keeps itself. It looks at nothing that a table or view names before it is used, so tables
come first, then virtual ones (which bring their shadow tables), views and triggers."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.schema.ddl import generic
from dbx.schema.model import Index, Schema, Table
from dbx.schema.text import sqlite as sqlite_text
from dbx.schema.text.standard import quoted


def statements(schema: Schema) -> Iterator[str]:
    """As dbx.schema.ddl says."""
    for option, value in schema.options:
        if option == "encoding":
            yield f"PRAGMA encoding = '{value}';"
    for kind in ("table", "virtual"):
        for table in schema.tables:
            if table.kind == kind:
                yield from _table(table)
    for table in schema.tables:
        if table.kind == "view":
            yield ended(table.definition, table.schema)
    for trigger in schema.triggers:
        yield ended(trigger.definition, trigger.schema)


def _table(table: Table) -> Iterator[str]:
    if table.definition is None:  # as the generic reader leaves it
        yield generic.create_table(table)
    else:
        yield ended(table.definition, table.schema)
    for index in table.indexes:
        yield create_index(table, index)


def create_index(table: Table, index: Index) -> str:
    return ended(index.definition, table.schema) if index.definition else generic.create_index(table, index)


def ended(text: str | None, schema: str | None) -> str:
    """The statement with its semicolon, which no comment at its end may swallow; its name with its schema, which
    SQLite does not keep."""
    if text is None:
        return ""
    if schema is not None:
        at = sqlite_text.name_place(text)
        text = f"{text[:at]}{quoted(schema)}.{text[at:]}"
    match sqlite_text.last_comment(text):
        case "":
            return f"{text};"
        case comment if comment.startswith("--"):
            return f"{text}\n;"
        case comment if comment.endswith("*/") and len(comment) > 3:
            return f"{text};"
    return f"{text} */;"
