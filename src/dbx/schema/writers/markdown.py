"""Markdown: the schema as a page to read, with its diagrams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from dbx.formats.markdown import escaped
from dbx.rows import Rows
from dbx.schema.listing import KINDS, objects
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Name
from dbx.schema.writers import Look, described, mermaid, of_lines
from dbx.schema.writers.losses import Loss, kept, lost
from dbx.schema.writers.tables import kept as wanted

_EXPRESSED = """
Table: columns primary foreign_keys unique checks exclusions indexes query comment bound parents
Table: partitioning options kind
Column: type nullable default generated automatic expression identity collation hidden comment
Key: parts name include deferrable
Part: column expression descending nulls collation opclass prefix
ForeignKey: columns target_schema target_table target_columns on_update on_delete deferrable validated
ForeignKey: enforced name
Exclusion: parts name
Index: parts unique method predicate include nulls_distinct valid name
Check: expression validated enforced no_inherit name
Partitioning: by partitions
Partition: name bound
Namespace: comment
Extension: comment
Enum: labels comment
Domain: comment
Composite: comment
Range: comment
Sequence: comment
Routine: arguments definition comment
Trigger: timing events comment
Policy: command using check comment
Event: comment
Server: comment
Other: definition comment
Schema:
"""


def write(schema: Schema, look: Look) -> Rows:
    """One page."""
    return of_lines(_lines(schema, look))


def losses(schema: Schema, look: Look) -> Iterable[Loss]:
    """What the page does not say."""
    yield from lost(schema, kept(_EXPRESSED), "the page has no place for it")
    if look.columns != "all":
        for table in schema.tables:
            shown = {column.name for column in wanted(table, look.columns)}
            for column in table.columns:
                if column.name not in shown:
                    name = Name(table.name, table.schema).shown
                    yield Loss(f"{table.kind} {name}", f"column {column.name}", "left out by --columns")


def _lines(schema: Schema, look: Look) -> Iterator[str]:
    head, tail = _diagrams(schema, look), _others(schema)
    yield from head
    for table in schema.tables:
        yield from page(table, schema, look)
    yield from tail


def rest(schema: Schema, look: Look) -> Iterator[str]:
    """All but the tables."""
    yield from _diagrams(schema, look)
    yield from _others(schema)


def _diagrams(schema: Schema, look: Look) -> Iterator[str]:
    yield "# Schema"
    for text in mermaid.diagrams(schema, look):
        yield ""
        yield from _fenced(text, "mermaid")


def _others(schema: Schema) -> Iterator[str]:
    others = list(objects(schema._replace(tables=())))
    if others:
        yield from _heading("Other objects")
        shown = [(kind, found.name, getattr(found, "schema", None), _of(found), getattr(found, "comment", None) or "")
                 for kind, found in others]  # fmt: skip
        yield from _rows(("kind", "name", "schema", "of", "comment"), shown)
    for kind, each in others:
        if getattr(each, "definition", None):
            yield from _heading(f"{KINDS.get(kind, kind)} {Name(each.name, each.schema).shown}", 3)
            yield from _fenced(each.definition, "sql")


def _of(found: Any) -> str:
    labels = getattr(found, "labels", None)
    if labels is not None:
        return ", ".join(labels)
    timing = [getattr(found, "timing", ""), " or ".join(getattr(found, "events", ())), getattr(found, "command", "")]
    on = f"on {found.table}" if getattr(found, "table", None) else ""
    return " ".join(filter(None, [*timing, on, getattr(found, "arguments", "")]))


def page(table: Table, schema: Schema, look: Look) -> Iterator[str]:
    """A table with what belongs to it."""
    yield from _heading(f"{KINDS.get(table.kind, table.kind)} {Name(table.name, table.schema).shown}")
    notes = [table.comment or ""]
    notes += [f"partition of {', '.join(each.shown for each in table.parents)}: {table.bound}"] if table.bound else []
    notes += (
        [f"inherits {', '.join(each.shown for each in table.parents)}"] if table.parents and not table.bound else []
    )
    notes += [f"partitioned by {table.partitioning.by}"] if table.partitioning else []
    notes += [f"{name} {value}".strip() for name, value in table.options]
    if any(notes):
        yield from (escaped(" · ".join(filter(None, notes))), "")
    chosen = table._replace(columns=tuple(wanted(table, look.columns)))
    if chosen.columns:
        yield from _of_rows(described.columns(chosen))
    alone = schema._replace(tables=())
    found = described.parts(table, alone, alone)
    if found is not None:
        yield ""
        yield from _of_rows(found)
    if table.query:
        yield ""
        yield from _fenced(table.query, "sql")


def _of_rows(rows: Rows) -> Iterator[str]:
    names = tuple(column.name for column in rows.columns)
    yield from _rows(names, (row for batch in rows for row in batch))


def _rows(names: tuple[str, ...], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join('' if cell is None else escaped(str(cell)) for cell in row)} |"


def _heading(text: str, level: int = 2) -> Iterator[str]:
    yield ""
    yield f"{'#' * level} {escaped(text)}"
    yield ""


def _fenced(text: str, language: str) -> Iterator[str]:
    """A block of code, whose fence is longer than any within."""
    longest = max((len(each) for each in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    yield f"{fence}{language}"
    yield text
    yield fence
