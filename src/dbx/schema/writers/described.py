r"""What \d shows of an object: rows of what it is made of, with the same columns on every database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dbx.rows import Cell, Rows
from dbx.schema.listing import objects
from dbx.schema.model import Column, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.writers import Look, families, tables


def table(found: Table, schema: Schema, whole: Schema | None) -> Iterator[Rows]:
    """The columns of a table or view, its parts, and who refers to it as far as `whole` is known; triggers and policies
    are looked for in `schema`."""
    if found.columns:
        yield columns(found)
    everything = whole or schema
    rows = parts(found, schema, everything)
    if rows is not None:
        yield rows
    referring = list(_referring(found, everything))
    if referring:
        yield Rows.of("referred to by", "with", "to", "on delete", rows=referring)


def columns(found: Table) -> Rows:
    """The columns of one table."""
    rows = (_column(found, column) for column in found.columns)
    return Rows.of("column", "type", "null", "default", "key", "references", "comment", rows=rows)


def parts(found: Table, schema: Schema, everything: Schema) -> Rows | None:
    """What it has beside columns, if anything; its partitions are looked for in `everything`."""
    rows = [*_constraints(found), *_belonging(found, schema), *_inheritance(found, everything)]
    return Rows.of("kind", "name", "what", rows=rows) if rows else None


def others(schema: Schema) -> Iterator[Rows]:
    """What has no columns: sequences, types and routines with all there is to say of each, the rest as a list."""
    if schema.sequences:
        yield Rows.of(*_OF_A_SEQUENCE, rows=map(_sequence, schema.sequences))
    if schema.tables:
        return
    types = Schema(
        schema.dialect,
        enums=schema.enums,
        domains=schema.domains,
        composites=schema.composites,
        ranges=schema.ranges,
    )
    for family, chosen in (
        (families.TYPES, types),
        (families.ROUTINES, Schema(schema.dialect, routines=schema.routines)),
    ):
        if any(objects(chosen)):
            yield family.write(chosen, Look(), more=True)
    rest = schema._replace(sequences=(), enums=(), domains=(), composites=(), ranges=(), routines=())
    if any(objects(rest)):
        yield tables.listing(rest, Look())


def unread(schema: Schema) -> Iterator[Rows]:
    """What could not be read of it, and why."""
    rows = [(each.kind, Name(each.name, each.schema).shown, each.reason) for each in schema.missing]
    if rows:
        yield Rows.of("kind", "not read", "why", rows=rows)


def _column(found: Table, column: Column) -> tuple[Cell, ...]:
    """As every list of columns has it, with what the server does besides."""
    name, type_, null, default, *rest = tables.column_row(found, column)
    if column.collation:
        type_ = f"{column.type} collate {column.collation}"
    update = dict(column.options).get("on update")
    words = [default, f"on update {update}" if update else "", "invisible" if column.hidden else ""]
    return name, type_, null, " ".join(str(word) for word in words if word) or None, *rest


def _constraints(found: Table) -> Iterator[tuple[Cell, ...]]:
    for kind, keys in (("primary", [found.primary] if found.primary else []), ("unique", found.unique)):
        for each in keys:
            include = f"include ({', '.join(each.include)})" if each.include else ""
            nulls = "" if each.nulls_distinct else "nulls not distinct"
            yield kind, each.name or None, _words(tables.part_list(each.parts), nulls, include, each.deferrable.lower())
    for key in found.foreign_keys:
        actions = {"on delete": key.on_delete, "on update": key.on_update}
        words = [f"{event} {action.lower()}" for event, action in actions.items() if action != "NO ACTION"]
        arrow = f"({', '.join(key.columns)}) → {tables.target(key, found.schema)}"
        yield "foreign", key.name or None, _words(arrow, *words, key.deferrable.lower(), *_state(key))
    for check in found.checks:
        alone = "no inherit" if check.no_inherit else ""
        yield "check", check.name or None, _words(check.expression, alone, *_state(check))
    yield from (("exclude", each.name, tables.exclusion_text(each)) for each in found.exclusions)
    for index in found.indexes:
        yield "unique index" if index.unique else "index", index.name, tables.index_text(index)


def _state(constraint: Any) -> tuple[str, str]:
    """Whether the server holds to it, for old rows and for new ones."""
    return "" if constraint.validated else "not valid", "" if constraint.enforced else "not enforced"


def _belonging(found: Table, schema: Schema) -> Iterator[tuple[Cell, ...]]:
    """Triggers, policies, rules."""
    for kind, each in objects(schema):
        if (getattr(each, "table", None), getattr(each, "schema", None)) == (found.name, found.schema):
            using, check = getattr(each, "using", None), getattr(each, "check", None)
            yield (
                kind,
                each.name,
                _words(
                    getattr(each, "timing", ""),
                    " or ".join(getattr(each, "events", ())),
                    getattr(each, "command", ""),
                    f"when {each.condition}" if getattr(each, "condition", None) else "",
                    f"using {using}" if using else "",
                    f"with check {check}" if check else "",
                    getattr(each, "function", ""),
                    getattr(each, "enabled", ""),
                ),
            )


def _inheritance(found: Table, everything: Schema) -> Iterator[tuple[Cell, ...]]:
    """What it is a partition of or inherits from, and its own partitions and heirs."""
    for parent in found.parents:
        yield "partition of" if found.bound else "inherits", parent.shown, found.bound
    if found.partitioning:
        yield "partitioned", None, f"by {found.partitioning.by}"
        yield from (("partition", each.name, each.bound) for each in found.partitioning.partitions)
    name = Name(found.name, found.schema)
    for each in everything.tables:
        if name in each.parents:
            yield "partition" if each.bound else "inherited by", Name(each.name, each.schema).shown, each.bound


def _referring(found: Table, everything: Schema) -> Iterator[tuple[Cell, ...]]:
    for other in everything.tables:
        for key in other.foreign_keys:
            if (key.target_table, key.target_schema) == (found.name, found.schema):
                place = Name(other.name, other.schema if other.schema != found.schema else None).shown
                yield place, ", ".join(key.columns), ", ".join(key.target_columns), key.on_delete.lower()


_OF_A_SEQUENCE = ("sequence", "type", "start", "increment", "minimum", "maximum", "cache", "cycle", "owned by", "owner")


def _sequence(found: Any) -> tuple[Cell, ...]:
    numbers = found.start, found.increment, found.minimum, found.maximum, found.cache
    owned = ".".join(found.owned_by) if found.owned_by else None
    name = Name(found.name, found.schema).shown
    return name, found.type, *numbers, "yes" if found.cycle else "no", owned, found.owner


def _words(*words: str | None) -> str | None:
    return " ".join(word for word in words if word) or None


def with_indexes(schema: Schema, wanted: Sequence[str]) -> Schema:
    """The tables that have indexes or keys of these names (SCHEMA.NAME too), with nothing but those."""

    def chosen(found: Table, keys: Sequence[Any]) -> tuple[Any, ...]:
        return tuple([key for key in keys if key.name in wanted or f"{found.schema}.{key.name}" in wanted])

    kept = [
        each._replace(
            primary=next(iter(chosen(each, [each.primary] if each.primary else [])), None),
            unique=chosen(each, each.unique),
            indexes=chosen(each, each.indexes),
        )
        for each in schema.tables
    ]
    return Schema(schema.dialect, tables=tuple([each for each in kept if each.primary or each.unique or each.indexes]))
