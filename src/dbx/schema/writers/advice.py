"""The writers of advice and of sizes, as plain rows."""

from __future__ import annotations

from dbx.rows import Column, Rows
from dbx.schema.advice import findings
from dbx.schema.model import Schema
from dbx.schema.objects import Name
from dbx.schema.statistics import TableCount
from dbx.schema.writers import Look


def advice(schema: Schema, look: Look) -> Rows:
    """A row for each finding, with the statement for those who agree."""
    return Rows.of("finding", "object", "why", "statement", rows=findings(schema, look.statistics))


def sizes(schema: Schema, look: Look) -> Rows:
    """A row for each table, the largest first: rows as estimated, bytes, dead rows; nothing where nobody counts."""
    tables = [table for table in schema.tables if table.kind != "view"]
    counted = [(table, look.statistics.tables.get(Name(table.name, table.schema), TableCount())) for table in tables]
    counted.sort(key=lambda pair: (-(pair[1].bytes or 0) - (pair[1].index_bytes or 0), -(pair[1].rows or 0)))
    numbers = [Column(name, kind="number") for name in ("rows", "bytes", "index bytes", "dead rows")]
    return Rows.of("schema", "table", *numbers, rows=[(table.schema, table.name, *count) for table, count in counted])
