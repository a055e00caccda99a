r"""The lists of the \d family: a row for each object of one kind, with the same columns on every database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from dbx.dialects.traits import traits
from dbx.rows import Cell, Column, Rows
from dbx.schema.listing import HIDDEN, objects
from dbx.schema.lists import readable_size
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Composite, Domain, Enum, Grant, Name, Range
from dbx.schema.writers import Look
from dbx.schema.writers.tables import part_list

Row = tuple[Cell, ...]
Columns = tuple[str | Column, ...]


class Family(NamedTuple):
    """`rows` gives the rows with all columns; the last `more` of them are shown only when more is asked for."""

    kinds: tuple[str, ...]
    columns: Columns
    more: int
    rows: Callable[[Schema, Look], Iterator[Row]]

    def write(self, schema: Schema, look: Look, *, more: bool) -> Rows:
        """The list of a schema in which only these kinds are left."""
        width = len(self.columns) - (0 if more else self.more)
        rows = [tuple(["" if cell is None else cell for cell in row[:width]]) for row in self.rows(schema, look)]
        return Rows.of(*self.columns[:width], rows=rows)


def _of(schema: Schema, *kinds: str) -> Iterator[tuple[str, Any]]:
    return ((kind, found) for kind, found in objects(schema) if kind in kinds)


def _tables(schema: Schema, look: Look) -> Iterator[Row]:
    for kind, found in _of(schema, *WITH_ROWS, *HIDDEN):
        name = Name(found.name, found.schema)
        columns = len(found.columns) if isinstance(found, Table) else None
        size = readable_size(look.sizes.get(name))
        yield found.name, found.schema, kind, columns, look.estimates.get(name), size, found.owner, found.comment


def _indexes(schema: Schema, look: Look) -> Iterator[Row]:
    for table in schema.tables:
        keys = [("primary key", table.primary)] if table.primary else []
        keys += [("unique key", key) for key in table.unique]
        for kind, key in keys:
            yield key.name, table.schema, kind, table.name, part_list(key.parts), None, None, key.comment
        for each in table.indexes:
            kind = "unique index" if each.unique else "index"
            size = readable_size(look.sizes.get(Name(each.name, table.schema)))
            where = each.predicate
            yield each.name, table.schema, kind, table.name, part_list(each.parts), where, size, each.comment


def _sequences(schema: Schema, look: Look) -> Iterator[Row]:
    for found in schema.sequences:
        owner = ".".join(found.owned_by) if found.owned_by else None
        yield found.name, found.schema, found.type, found.start, found.increment, owner, found.comment


def _routines(schema: Schema, look: Look) -> Iterator[Row]:
    for found in schema.routines:
        about = found.language, found.owner, found.comment
        yield found.name, found.schema, found.kind, found.arguments, found.returns, *about


def _types(schema: Schema, look: Look) -> Iterator[Row]:
    for kind, found in _of(schema, "enum", "domain", "composite", "range"):
        yield found.name, found.schema, kind, _made_of(found), found.owner, found.comment


def _made_of(found: Any) -> str:
    if isinstance(found, Enum):
        return ", ".join(found.labels)
    if isinstance(found, Domain):
        words = [found.type, *([f"collate {found.collation}"] if found.collation else [])]
        words += [f"default {found.default}"] if found.default is not None else []
        words += [] if found.nullable else ["not null"]
        return " ".join([*words, *(f"check ({check.expression})" for check in found.checks)])
    if isinstance(found, Composite):
        return ", ".join(f"{each.name} {each.type}" for each in found.attributes)
    return found.subtype if isinstance(found, Range) else ""


def _schemas(schema: Schema, look: Look) -> Iterator[Row]:
    return ((found.name, found.owner, found.comment) for found in schema.namespaces)


def _extensions(schema: Schema, look: Look) -> Iterator[Row]:
    return ((found.name, found.version, found.schema, found.comment) for found in schema.extensions)


def _triggers(schema: Schema, look: Look) -> Iterator[Row]:
    for found in schema.triggers:
        when = " ".join([found.timing, " or ".join(found.events)]).strip()
        about = found.enabled or "yes", found.comment
        yield found.name, found.schema, found.table, when, found.level.lower(), found.function, *about


def _privileges(schema: Schema, look: Look) -> Iterator[Row]:
    granted = traits(schema.dialect).granted
    for kind, found in objects(schema):
        owner = getattr(found, "owner", "") if granted is not None else ""
        grants = getattr(found, "grants", ())
        if owner and hasattr(found, "grants") and not grants and granted is not None:
            everybody = [Grant("", (f"{granted[kind]}, by default",))] if kind in granted else []
            grants = [*everybody, Grant(owner, ("everything, by default",))]
        for part, each in [("", grants), *_of_columns(found)]:
            for grant in each:
                words = ", ".join(grant.privileges)
                again = "yes" if grant.grantable or (owner and grant.grantee == owner) else "no"
                yield found.name, getattr(found, "schema", None), kind, part, grant.grantee or "PUBLIC", words, again


def _of_columns(found: Any) -> Iterator[tuple[str, tuple[Grant, ...]]]:
    return ((column.name, column.grants) for column in found.columns) if isinstance(found, Table) else iter(())


_COUNTS = (Column("columns", kind="number"), Column("rows", kind="number"))
_SIZE = Column("size", kind="number")
_TABLE_COLUMNS: Columns = ("name", "schema", "kind", *_COUNTS, _SIZE, "owner", "comment")
WITH_ROWS = ("table", "view", "matview", "foreign", "virtual", "sequence")
"""And the hidden ones, if they were selected."""

TABLES = Family(("table", "foreign", "virtual"), _TABLE_COLUMNS, 3, _tables)
VIEWS = TABLES._replace(kinds=("view", "matview"))
MATERIALISED = TABLES._replace(kinds=("matview",))
RELATIONS = TABLES._replace(kinds=WITH_ROWS)
INDEXES = Family((), ("name", "schema", "kind", "table", "of", "where", _SIZE, "comment"), 2, _indexes)
SEQUENCES = Family(
    ("sequence",), ("name", "schema", "type", "start", "increment", "owned by", "comment"), 1, _sequences
)
ROUTINES = Family(
    ("routine",), ("name", "schema", "kind", "arguments", "returns", "language", "owner", "comment"), 3, _routines
)
TYPES = Family(("type",), ("name", "schema", "kind", "what", "owner", "comment"), 2, _types)
SCHEMAS = Family(("schema",), ("name", "owner", "comment"), 1, _schemas)
EXTENSIONS = Family(("extension",), ("name", "version", "schema", "comment"), 0, _extensions)
TRIGGERS = Family(
    ("trigger",), ("name", "schema", "table", "when", "for each", "function", "enabled", "comment"), 2, _triggers
)
PRIVILEGES = Family((), ("name", "schema", "kind", "column", "grantee", "may", "may grant"), 0, _privileges)
