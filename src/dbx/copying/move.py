"""What is to be done for each table: where its rows go, in which columns, and what its values become there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dbx.copying.made import Made, made
from dbx.copying.origin import Field, Origin
from dbx.database import Database
from dbx.dialects.copying import Taken
from dbx.errors import UsageError
from dbx.nearest import nearest
from dbx.rows import Batch, Cell
from dbx.schema import read
from dbx.schema.model import Schema, Table
from dbx.schema.types.vocabulary import parse, vocabulary
from dbx.schema.types.written import Words, converted, written

_BINARY = ("blob", "binary", "varbinary", "geometry", "bit", "varbit")


class Move(NamedTuple):
    """`place` is the target's table as its SQL has it, `taken` how each value is turned, `create` the statements
    that make the table, `counters` the columns that count by themselves there, `losses` what its types cannot hold,
    `left` what of the table is not made."""

    origin: Origin
    place: str
    columns: tuple[str, ...]
    taken: tuple[Taken | None, ...]
    create: tuple[str, ...] = ()
    counters: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def turned(self, batch: Batch) -> Batch:
        """The rows as the target takes them."""
        if not any(self.taken):
            return batch
        columns = [
            cells if take is None else list(map(take, cells))
            for take, cells in zip(self.taken, zip(*batch, strict=True), strict=True)
        ]
        return list(zip(*columns, strict=True))


def moves(origins: Sequence[Origin], target: Database, *, create: bool) -> list[Move]:
    """One for each origin. Raises UsageError for a table or a column that the target has not."""
    names = {origin.name.name for origin in origins}
    if create:
        tables = {each for origin in origins if origin.schema for each in origin.schema.tables}
        names |= {key.target_table for table in tables for key in table.foreign_keys}
    schema = read.schema(target, sorted(names))
    there: dict[str, Table | None] = {table.name: table for table in schema.tables}
    found = []
    for origin in origins:
        found.append(_move(origin, target, schema, there, create=create))
        there.setdefault(origin.name.name, None)
    return found


def _move(origin: Origin, target: Database, schema: Schema, there: dict[str, Table | None], *, create: bool) -> Move:
    qualified = origin.dialect == schema.dialect == "postgresql"
    found = [
        table
        for table in schema.tables
        if table.name == origin.name.name and (not qualified or table.schema == origin.name.schema)
    ]
    quoted = target.dialect.transactions.quoted
    schema_name = found[0].schema if found else origin.name.schema if qualified else None
    place = ".".join(quoted(part) for part in (schema_name, origin.name.name) if part)
    if found:
        return _into(origin, target, schema, found[0], place)
    if not create:
        near = nearest(origin.name.name, [table.name for table in schema.tables])
        hint = f"did you mean {near}?" if near else "--create makes it"
        raise UsageError(f"{target.target.label} has no table {origin.name.name}", hint=hint)
    early = "CREATE" in target.dialect.transactions.permanent
    table = made(origin, schema.dialect, schema_name, there, early=early)
    return _translated(origin, target, table, place) if table else _new(origin, target, schema, place)


def _translated(origin: Origin, target: Database, made: Made, place: str) -> Move:
    """Into a table that is made as the source has it."""
    fields = [field for field in origin.fields if not made.table.column(field.name).generated]  # type: ignore[union-attr]
    kinds, losses = [], []
    for field in fields:
        column = made.table.column(field.name)
        assert column is not None
        kinds.append(parse(column.type, made.dialect, vocabulary(origin.schema) if origin.schema else {}).kind)
        if loss := _words(field, origin, made.dialect).loss:
            losses.append(f"{field.name}: {loss}")
    return Move(
        origin, place, tuple(field.name for field in fields),
        tuple(_taken(origin, field, target, kind) for field, kind in zip(fields, kinds, strict=True)),
        made.statements, tuple(each.name for each in made.table.columns if each.automatic), tuple(losses), made.left,
    )  # fmt: skip


def _into(origin: Origin, target: Database, schema: Schema, table: Table, place: str) -> Move:
    """Into a table that is there, column by column of the same name."""
    theirs = {column.name: column for column in table.columns}
    if missing := [field.name for field in origin.fields if field.name not in theirs]:
        raise UsageError(f"{table.name} of {target.target.label} has no column {', '.join(missing)}")
    known = vocabulary(schema)
    fields = [field for field in origin.fields if not theirs[field.name].generated]
    types = [parse(theirs[field.name].type, schema.dialect, known) for field in fields]
    counters = tuple(field.name for field in fields if theirs[field.name].automatic)
    taken = tuple(_taken(origin, field, target, kind.kind) for field, kind in zip(fields, types, strict=True))
    return Move(origin, place, tuple(field.name for field in fields), taken, counters=counters)


def _new(origin: Origin, target: Database, schema: Schema, place: str) -> Move:
    """Into a table that is made for a file, or a view: columns, NOT NULL and primary key."""
    quoted = target.dialect.transactions.quoted
    lines, types, losses, counters = [], [], [], []
    for field in origin.fields:
        words = _words(field, origin, schema.dialect)
        text = words.text
        kind = parse(text, schema.dialect).kind
        if field.name in origin.key and kind in ("text", "blob"):
            text = target.dialect.copying.key_text or text
        counts = field.automatic and kind == "int" and origin.key == (field.name,)
        counters += [field.name] * counts
        parts = (
            quoted(field.name),
            text,
            "" if field.nullable else "NOT NULL",
            counts * target.dialect.copying.automatic,
        )
        lines.append(" ".join(filter(None, parts)))
        losses += [f"{field.name}: {words.loss}"] if words.loss else []
        types.append(kind)
    if origin.key:
        lines.append(f"PRIMARY KEY ({', '.join(map(quoted, origin.key))})")
    body = ",\n".join(f"    {line}" for line in lines)
    columns = tuple(field.name for field in origin.fields)
    taken = tuple(_taken(origin, field, target, kind) for field, kind in zip(origin.fields, types, strict=True))
    return Move(origin, place, columns, taken, (f"CREATE TABLE {place} (\n{body}\n)",), tuple(counters), tuple(losses))


def _words(field: Field, origin: Origin, dialect: str) -> Words:
    if not field.text or field.type.labels:  # a file's column, or a type that only the source has a name for
        return written(field.type, dialect) if origin.dialect != dialect else Words(field.text)
    return converted(field.text, origin.dialect, dialect)


def _taken(origin: Origin, field: Field, target: Database, kind: str) -> Taken | None:
    """How a value is made what the target's column takes: its own way, else bytes for bytes, and text for text."""
    sent = field.sent if origin.dialect != target.dialect.name else None
    if own := target.dialect.copying.taken(kind):
        return own
    binary = field.type.kind in _BINARY
    if origin.strict and binary == (kind in _BINARY):
        return sent
    other = _octets if kind in _BINARY else _characters
    return other if sent is None else lambda cell: other(sent(cell))


def _characters(cell: Cell) -> Cell:
    return cell.decode() if isinstance(cell, bytes) else cell


def _octets(cell: Cell) -> Cell:
    return cell.encode("utf-8", "surrogateescape") if isinstance(cell, str) else cell


def batches(move: Move, same: bool) -> Iterator[Batch]:
    """The rows of a move, read and turned."""
    for batch in move.origin.rows(move.columns, same):
        yield move.turned(batch)
