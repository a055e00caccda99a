"""What completion offers, whatever the language."""

from __future__ import annotations

from typing import NamedTuple

from dbx.schema.model import Column, Table

STYLES = {
    "key": "bold",
    "reference": "fg:ansiblue",
    "collection": "fg:ansimagenta",
    "schema": "italic",
    "value": "fg:ansigreen",
    "method": "fg:ansicyan",
    "function": "fg:ansicyan",
}
"""How the kinds look that look different from the rest."""


class Candidate(NamedTuple):
    """`text` is put in the place of what was typed; `label` is what the menu shows, where it is not that."""

    text: str
    kind: str
    meta: str = ""
    label: str = ""


def described(column: Column, table: Table | None) -> str:
    """A column in a few words: its type, whether it may be NULL, and its part in keys, the arrow to where it leads."""
    parts = [column.type or column.family]
    if column.nullable:
        parts[0] += "?"
    if table is not None:
        if column.name in table.primary_key:
            parts.append("key")
        elif any(unique == (column.name,) for unique in table.unique_columns):
            parts.append("unique")
        for key in table.foreign_keys:
            if column.name in key.columns:
                target = dict(zip(key.columns, key.target_columns, strict=False)).get(column.name, "")
                parts.append(f"→ {key.target_table}{'.' + target if target else ''}")
        if len(parts) == 1 and any(index.parts and index.parts[0].column == column.name for index in table.indexes):
            parts.append("indexed")
    if column.comment:
        parts.append(f"· {column.comment.splitlines()[0][:60]}" if column.comment.strip() else "")
    return " ".join(part for part in parts if part)


def is_key(column: Column, table: Table | None) -> bool:
    return table is not None and (
        column.name in table.primary_key or any(column.name in key.columns for key in table.foreign_keys)
    )
