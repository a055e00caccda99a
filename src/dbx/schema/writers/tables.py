"""The writers of plain rows: columns, objects, counts. Every database has the same columns here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from dbx.rows import Cell, Column, Rows
from dbx.schema.listing import objects
from dbx.schema.model import Column as TableColumn
from dbx.schema.model import Exclusion, ForeignKey, Index, Part, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.text.standard import quoted
from dbx.schema.writers import Look


def table(schema: Schema, look: Look) -> Rows:
    """What `write` gives, for people."""
    return readable(write(schema, look))


def readable(rows: Rows) -> Rows:
    """The rows with nothing where NULL stands: it means no more than that here."""
    return Rows(
        rows.columns, ([tuple(["" if cell is None else cell for cell in row]) for row in batch] for batch in rows)
    )


def write(schema: Schema, look: Look) -> Rows:
    """A row for every column of every table; with `look.columns` none, a row for every object."""
    return listing(schema, look) if look.columns == "none" else columns(schema, look)


def columns(schema: Schema, look: Look) -> Rows:
    """Columns of tables and views: `null` is yes or no, `key` says which keys a column is in."""
    rows = (
        (table.schema, table.name, table.kind, *column_row(table, column))
        for table in schema.tables
        for column in kept(table, look.columns)
    )
    return Rows.of(
        "schema", "table", "kind", "column", "type", "null", "default", "key", "references", "comment", rows=rows
    )


def index_text(index: Index) -> str:
    """What an index is of, and how."""
    words = [index.method, part_list(index.parts)]
    words += [f"include ({', '.join(index.include)})"] if index.include else []
    words += [] if index.nulls_distinct else ["nulls not distinct"]
    words += [f"where {index.predicate}"] if index.predicate else []
    words += [] if index.valid else ["(invalid)"]
    return " ".join(filter(None, words))


def exclusion_text(found: Exclusion) -> str:
    """What two rows may not have at once, and how."""
    pairs = zip(found.parts, found.operators, strict=False)
    words = [found.method, f"({', '.join(f'{part_list((part,))[1:-1]} with {operator}' for part, operator in pairs)})"]
    words += [f"include ({', '.join(found.include)})"] if found.include else []
    words += [f"where {found.predicate}"] if found.predicate else []
    return " ".join([*words, *([found.deferrable.lower()] if found.deferrable else [])])


def part_list(found: Sequence[Part]) -> str:
    """What an index or key is of, as a list in parentheses."""
    texts = [
        (part.column if part.column is not None else part.expression or "")
        + (f"({part.prefix})" if part.prefix else "")
        + (f" collate {part.collation}" if part.collation else "")
        + (f" {part.opclass}" if part.opclass else "")
        + (" desc" if part.descending else "")
        + (f" nulls {part.nulls}" if part.nulls else "")
        for part in found
    ]
    return f"({', '.join(texts)})"


def listing(schema: Schema, look: Look) -> Rows:
    """The objects, one a row. `of` is the table that a trigger or policy belongs to, or what a routine takes."""
    return Rows.of(
        "name",
        "kind",
        "schema",
        "of",
        Column("columns", kind="number"),
        Column("rows", kind="number"),
        "comment",
        rows=(_object(kind, found, look) for kind, found in objects(schema)),
    )


def summary(schema: Schema, look: Look) -> Rows:
    """How many there are of each kind."""
    counted = Counter((getattr(found, "schema", None) or "", kind) for kind, found in objects(schema))
    rows = ((schema_name or None, kind, count) for (schema_name, kind), count in sorted(counted.items()))
    return Rows.of("schema", "kind", Column("count", kind="number"), rows=rows)


def kept(table: Table, wanted: str) -> Iterator[TableColumn]:
    """The columns that `--columns` leaves: all, those in a key, or none."""
    if wanted == "none":
        return
    keyed = {name for names in (table.primary_key, *(key.columns for key in table.unique)) for name in names}
    keyed |= {name for key in table.foreign_keys for name in key.columns}
    for column in table.columns:
        if wanted == "all" or column.name in keyed:
            yield column


def key_words(table: Table, column: TableColumn) -> str:
    words = ["primary"] if column.name in table.primary_key else []
    words += ["unique"] if any(column.name in key.columns for key in table.unique) else []
    words += ["foreign"] if any(column.name in key.columns for key in table.foreign_keys) else []
    return " ".join(words)


def target(key: ForeignKey, home: str | None, column: str | None = None) -> str:
    """Where a foreign key leads: table(columns), or table.column for one of its columns."""
    name = Name(key.target_table, key.target_schema if key.target_schema != home else None).shown
    if column is not None and len(key.target_columns) == len(key.columns):
        return f"{name}.{key.target_columns[key.columns.index(column)]}"
    return f"{name}({', '.join(key.target_columns)})" if key.target_columns and column is None else name


def _reference(key: ForeignKey, column: str) -> str:
    """Where one of its columns leads, with the schema and with quotes around what is no plain word, so that a program
    can take it apart."""
    names = [key.target_schema, key.target_table]
    if len(key.target_columns) == len(key.columns):
        names.append(key.target_columns[key.columns.index(column)])
    return ".".join(name if _PLAIN.fullmatch(name) else quoted(name) for name in names if name is not None)


_PLAIN = re.compile(r"[^\W\d]\w*")


def default(column: TableColumn) -> str | None:
    """What the server puts in: a default, what is computed, or 'automatic'."""
    if column.generated:
        return f"{column.generated} ({'…' if column.expression is None else column.expression})"
    if column.default is not None:
        return column.default
    return "automatic" if column.automatic else None


def column_row(table: Table, column: TableColumn) -> tuple[Cell, ...]:
    targets = [_reference(key, column.name) for key in table.foreign_keys if column.name in key.columns]
    return (
        column.name,
        column.type,
        "yes" if column.nullable else "no",
        default(column),
        key_words(table, column) or None,
        ", ".join(targets) or None,
        column.comment,
    )


def _object(kind: str, found: Any, look: Look) -> tuple[Cell, ...]:
    is_table = isinstance(found, Table)
    of = getattr(found, "table", getattr(found, "arguments", None))
    return (
        found.name,
        kind,
        getattr(found, "schema", None),
        of,
        len(found.columns) if is_table else None,
        look.estimates.get(Name(found.name, found.schema)) if is_table else None,
        getattr(found, "comment", None),
    )
