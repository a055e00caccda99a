"""Where rows come from: the tables of a database, each with its columns' types and the SELECT that reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dbx.database import Database
from dbx.dialects.copying import Taken
from dbx.errors import Refused
from dbx.rows import Rows, Statement
from dbx.schema import read
from dbx.schema.ddl.generic import in_order
from dbx.schema.model import Column, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.select import Wish
from dbx.schema.types.vocabulary import Type, Vocabulary, parse, vocabulary

_ROWS = ("table", "view", "matview", "foreign", "virtual")


class Field(NamedTuple):
    """A column on its way. `type` is what it means, `text` the source's own words for it, `sent` as in
    dbx.dialects.copying."""

    name: str
    type: Type
    text: str
    nullable: bool = True
    automatic: bool = False
    sent: Taken | None = None


class Origin(NamedTuple):
    """Something with rows. `rows(names, same)` reads these columns; `same`: for a database of the source's kind.
    `strict` as in dbx.dialects.copying."""

    name: Name
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    dialect: str
    rows: Callable[[Sequence[str], bool], Rows]
    strict: bool = False
    schema: Schema | None = None
    """Where it is from a database: that of all that is copied."""


def tables(database: Database, names: Sequence[str]) -> list[Origin]:
    """The tables of these names, or all of them, each behind those that its foreign keys need.

    Raises UsageError for a name that is nothing's, Refused when there is nothing to copy.
    """
    schema = read.wanted(database, Wish(tuple(names), kinds=_ROWS if names else ("table",)))
    # the rows of a partition are its parent's as well
    found = {Name(t.name, t.schema): t for t in schema.tables if names or t.bound is None}
    if not found:
        raise Refused("there is no table to copy")
    order = in_order({name: [Name(key.target_table, key.target_schema) for key in table.foreign_keys]
                      for name, table in found.items()})  # fmt: skip
    known = vocabulary(schema)
    return [_origin(database, schema, found[name], known) for name in order]


def _origin(database: Database, schema: Schema, table: Table, known: Vocabulary) -> Origin:
    fields = tuple(_field(database, column, parse(column.type, schema.dialect, known)) for column in table.columns
                   if not column.hidden)  # fmt: skip
    types = {field.name: field.type for field in fields}
    quoted = database.dialect.transactions.quoted

    def rows(names: Sequence[str], same: bool) -> Rows:
        said = ", ".join(_said(database, quoted(name), types[name], same) for name in names)
        place = ".".join(quoted(part) for part in (table.schema, table.name) if part)
        outcome = database.connection.run(Statement(f"SELECT {said} FROM {place}"))
        assert outcome.rows is not None
        return outcome.rows

    return Origin(
        Name(table.name, table.schema),
        fields,
        table.primary_key,
        schema.dialect,
        rows,
        database.dialect.copying.strict,
        schema,
    )


def _field(database: Database, column: Column, found: Type) -> Field:
    sent = database.dialect.copying.sent(found.kind)
    return Field(column.name, found, column.type, column.nullable, column.automatic, sent)


def _said(database: Database, name: str, found: Type, same: bool) -> str:
    said = database.dialect.copying.read(found.kind, name, size=found.size, zoned=found.zoned, same=same)
    return said if said == name else f"{said} AS {name}"
