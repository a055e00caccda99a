"""Tables that a copy makes: as the schema layer translates them, and what of them does not come along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dbx.copying.origin import Origin
from dbx.schema.ddl import statements
from dbx.schema.model import Column, ForeignKey, Key, Part, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.translate.definition import defined
from dbx.schema.translate.tables import plain
from dbx.schema.types.vocabulary import parse, vocabulary
from dbx.schema.types.written import converted
from dbx.schema.writers.losses import Loss

_MAKES = ("CREATE ", "ALTER ", "COMMENT ")


class Made(NamedTuple):
    """The `statements` that make a table, and what is `left` out of it."""

    dialect: str
    table: Table
    statements: tuple[str, ...]
    left: tuple[str, ...]


def made(
    origin: Origin, dialect: str, home: str | None, there: Mapping[str, Table | None], *, early: bool
) -> Made | None:
    """The table of an origin in another database, in the schema `home`; None for what is no table of its own.

    It may refer to the tables that are `there`, None for those that are copied too, and to itself unless it is made
    `early`, before the transaction: then each row is held against those that have come so far.
    """
    if origin.schema is None:
        return None
    schema = origin.schema
    source = next(each for each in schema.tables if Name(each.name, each.schema) == origin.name)
    whole, losses = plain(_with_targets(schema, source), dialect)
    found = next((each for each in whole.tables if each.name == origin.name.name), None)
    if found is None or [each.name for each in found.columns] != [each.name for each in origin.fields]:
        return None
    keys, left = [], []
    for key in found.foreign_keys:
        if why := _unfit(key, found, there, dialect, early=early):
            left.append(f"the foreign key ({', '.join(key.columns)}) → {key.target_table} ({why})")
        else:
            keys.append(key._replace(target_schema=home))
    types = {each.name: each.type for each in source.columns}
    columns = tuple(_roomy(each, types[each.name], schema, dialect) for each in found.columns)
    left += [f"that column {each.name} counts ({each.type} does not)"
             for each, before in zip(columns, found.columns, strict=True) if each is not before]  # fmt: skip
    if schema.dialect == dialect:  # its own words for a type are the best
        columns = tuple(each._replace(type=types[each.name]) for each in columns)
    table = defined(found._replace(schema=home, columns=columns, foreign_keys=tuple(keys)), dialect)
    left += _lost(losses, f"{source.kind} {origin.name.shown}")
    texts = tuple(
        text.rstrip().rstrip(";") for text in statements(Schema(dialect, (table,))) if text.startswith(_MAKES)
    )
    return Made(dialect, table, texts, tuple(left))


def _with_targets(schema: Schema, source: Table) -> Schema:
    """What a table refers to and is not copied is there as far as a reference needs it."""
    known = {Name(each.name, each.schema) for each in schema.tables}
    stubs = [_stub(source, key) for key in source.foreign_keys]
    return schema._replace(
        tables=(*schema.tables, *(each for each in stubs if Name(each.name, each.schema) not in known))
    )


def _lost(losses: Iterable[Loss], shown: str) -> list[str]:
    """Of one table, but for what is told beside it, and for a server's own settings."""
    mine = [loss for loss in losses if loss.object == shown and loss.what not in ("", "options")]
    return [f"{loss.what} ({loss.why})" for loss in mine if not _type(loss.what)]


def _roomy(column: Column, type_: str, schema: Schema, dialect: str) -> Column:
    """A counter, unless its numbers are more than a counter there has room for."""
    text = converted(type_, schema.dialect, dialect, vocabulary(schema)).text
    if column.identity is None or parse(text, dialect).kind == "int":
        return column
    return column._replace(type=text, identity=None, automatic=False)


def _type(what: str) -> bool:
    """Whether a loss is one of types, which are told of beside it."""
    return what.startswith("column ") and not what.rpartition(", ")[2].startswith(("default", "what", "that"))


def _stub(table: Table, key: ForeignKey) -> Table:
    """What is referred to and not copied, as far as a reference needs it."""
    mine = (table.column(name) for name in key.columns)
    columns = tuple(
        Column(name, each.type if each else "", True, each.family if each else "")
        for name, each in zip(key.target_columns, mine, strict=False)
    )
    return Table(key.target_table, key.target_schema, columns, Key("", tuple(map(Part, key.target_columns))))


def _unfit(key: ForeignKey, table: Table, there: Mapping[str, Table | None], dialect: str, *, early: bool) -> str:
    """Why a reference cannot be made, '' if it can."""
    if key.target_table == table.name:
        return "to itself" if early else ""
    if key.target_table not in there:
        return "it is not there yet"
    target = there[key.target_table]
    for ours, theirs in zip(key.columns, key.target_columns, strict=True) if target else ():
        column, other = table.column(ours), target.column(theirs) if target else None
        if column is None or other is None or parse(column.type, dialect) != parse(other.type, dialect):
            return "its type is another one there"
    return ""
