"""The parts of a table as SQLAlchemy's constructs: columns, constraints, indexes, options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dbx.schema.model import Column, ForeignKey, Identity, Index, Key, Part, Table
from dbx.schema.text.postgresql import ident
from dbx.schema.types.vocabulary import Vocabulary
from dbx.schema.writers.python.constructs import constructs_of
from dbx.schema.writers.python.layout import Group, Keywords, Node, array, call, sql, sql_or_string, string, text
from dbx.schema.writers.python.types import Typed, typed


class Words(NamedTuple):
    """What columns are written with: whose words, what types are known, and the variables of the module's own."""

    dialect: str
    known: Vocabulary
    variables: Mapping[str, str]

    def typed(self, column: Column) -> Typed:
        return typed(column, self.dialect, self.known, self.variables)


Silent = frozenset[ForeignKey]
"""The foreign keys of a table that are there to be joined by, and made by statements."""


# --- columns --------------------------------------------------------------------------------------------------------


def column_arguments(table: Table, column: Column, words: Words, silent: Silent) -> tuple[list[Node], Keywords]:
    """What stands behind the name of a column."""
    arguments: list[Node] = [words.typed(column).code]
    keywords: Keywords = {}
    for key in table.foreign_keys:
        if is_inline(table, key, silent) and key.columns == (column.name,):
            arguments.append(call("sa.ForeignKey", string(_target(key, words.dialect)[0]), **_key_keywords(key)))
    if column.generated and column.expression is not None:
        persisted = {"persisted": "True" if column.generated == "stored" else "False"}
        arguments.append(call("sa.Computed", sql_or_string(column.expression or ""), **persisted))
    elif column.identity is not None:
        arguments.append(_identity(column.identity))
    primary = primary_inline(table, words.dialect) and column.name in table.primary_key
    if primary:
        keywords["primary_key"] = "True"
    if (automatic := _autoincrement(table, column)) is not None:
        keywords["autoincrement"] = automatic
    if column.nullable == (column.name in table.primary_key):
        keywords["nullable"] = "True" if column.nullable else "False"
    if column.default is not None and not column.generated:
        update = dict(column.options).get("on update")
        keywords["server_default"] = sql(column.default + (f" ON UPDATE {update}" if update else ""))
    elif update := dict(column.options).get("on update"):
        keywords["server_default"] = sql(f"NULL ON UPDATE {update}")
    if column.comment is not None:
        keywords["comment"] = text(column.comment)
    return arguments, keywords


def _identity(identity: Identity) -> Group:
    given: Keywords = {"always": "True"} if identity.always else {}
    named = {"start": "start", "increment": "increment", "minimum": "minvalue", "maximum": "maxvalue", "cache": "cache"}
    given |= {word: str(value) for field, word in named.items() if (value := getattr(identity, field)) is not None}
    return call("sa.Identity", **given, **({"cycle": "True"} if identity.cycle else {}))


def _autoincrement(table: Table, column: Column) -> str | None:
    """What SQLAlchemy would not find out by itself: it counts in an integer that is the key and no reference."""
    if column.name not in table.primary_key or column.identity is not None or column.generated:
        return None
    if column.automatic and column.family not in ("int", "bool"):
        return None  # MariaDB counts in floats too, SQLAlchemy does not
    refers = any(column.name in key.columns for key in table.foreign_keys)
    guessed = table.primary_key == (column.name,) and column.family == "int" and not refers and column.default is None
    return None if guessed == column.automatic or column.default is not None else str(column.automatic)


def primary_inline(table: Table, dialect: str) -> bool:
    """Whether `primary_key=True` at the columns says all of the key."""
    key = table.primary
    if key is None:
        return False
    usual = constructs_of(dialect).key_name.format(table.name)
    order = [column.name for column in table.columns if column.name in key.columns]
    plain = key == Key(key.name, tuple(Part(name) for name in key.columns))
    counted = [column.name for column in table.columns if column.automatic and column.name in key.columns]
    first = not counted or counted[0] == key.columns[0]  # SQLAlchemy would put it first
    return plain and first and key.name in (usual, "") and order == list(key.columns)


# --- constraints and indexes ----------------------------------------------------------------------------------------


def constraints(table: Table, words: Words, silent: Silent) -> Iterator[Node]:
    """What a table has beside columns, in the order of the model."""
    if table.primary is not None and not primary_inline(table, words.dialect):
        yield _key("sa.PrimaryKeyConstraint", table.primary)
    yield from (_key("sa.UniqueConstraint", key) for key in table.unique)
    for check in table.checks:
        given = {**_named(check.name), **_comment(check.comment)}
        yield call("sa.CheckConstraint", sql_or_string(check.expression), **given)
    for key in table.foreign_keys:
        if not is_inline(table, key, silent):
            columns, targets = array(map(string, key.columns)), array(map(string, _target(key, words.dialect)))
            function = "reference" if key in silent else "sa.ForeignKeyConstraint"
            yield call(function, columns, targets, **_key_keywords(key))
    yield from (_index(index, words.dialect) for index in table.indexes)


def is_inline(table: Table, key: ForeignKey, silent: Silent) -> bool:
    """Whether a key is written at its column, where several have no order."""
    alone = sum(each.columns == key.columns for each in table.foreign_keys) == 1
    return len(key.columns) == 1 and alone and key not in silent


def _key(function: str, key: Key) -> Group:
    given: Keywords = {**_named(key.name), **_deferrable(key.deferrable)}
    if key.include:
        given["postgresql_include"] = array(map(string, key.include))
    if not key.nulls_distinct:
        given["postgresql_nulls_not_distinct"] = "True"
    return call(function, *map(string, key.columns), **given, **_comment(key.comment))


def _key_keywords(key: ForeignKey) -> Keywords:
    given: Keywords = _named(key.name)
    if key.on_update != "NO ACTION":
        given["onupdate"] = string(key.on_update)
    if key.on_delete != "NO ACTION":
        listed = f" ({', '.join(map(ident, key.set_columns))})" if key.set_columns else ""
        given["ondelete"] = string(key.on_delete + listed)
    given |= _deferrable(key.deferrable)
    if key.match != "SIMPLE":
        given["match"] = string(key.match)
    if ("use_alter", "") in key.options:
        given["use_alter"] = "True"
    return {**given, **_validated(key.validated), **_comment(key.comment)}


def place(schema: str | None, dialect: str) -> str | None:
    """The schema that code names: not the one that a bare name means anyway."""
    return None if schema == constructs_of(dialect).home else schema


def _target(key: ForeignKey, dialect: str) -> list[str]:
    schema = place(key.target_schema, dialect)
    home = f"{schema}." if schema else ""
    return [f"{home}{key.target_table}.{column}" for column in key.target_columns]


def _named(name: str) -> Keywords:
    return {"name": string(name)} if name else {}


def _comment(comment: str | None) -> Keywords:
    return {"comment": text(comment)} if comment is not None else {}


def _validated(validated: bool) -> Keywords:
    return {} if validated else {"postgresql_not_valid": "True"}


def _deferrable(deferrable: str) -> Keywords:
    if not deferrable:
        return {}
    given: Keywords = {"deferrable": "True"}
    return given | ({"initially": string("DEFERRED")} if deferrable == "INITIALLY DEFERRED" else {})


def _index(index: Index, dialect: str) -> Group:
    constructs = constructs_of(dialect)
    parts = [
        string(part.column)
        if part.column is not None and part._replace(prefix=None) == Part(part.column)
        else sql(constructs.part(part))
        for part in index.parts
    ]
    given: Keywords = {"unique": "True"} if index.unique else {}
    found = call("sa.Index", string(index.name), *parts, **given, **constructs.index(index))
    shared = constructs.shared_index(index)
    return added(found, unpack=constructs.unpacked(shared)) if shared else found


# --- options --------------------------------------------------------------------------------------------------------


def options(table: Table, dialect: str) -> tuple[Keywords, Keywords]:
    """Options of a table as keywords, and those that stand under the names of several dialects."""
    constructs = constructs_of(dialect)
    given: Keywords = {}
    if home := place(table.schema, dialect):
        given["schema"] = string(home)
    if table.comment is not None:
        given["comment"] = text(table.comment)
    return given | constructs.options(table), constructs.shared_options(table)


def unpacked(found: Keywords, dialect: str) -> Node:
    return constructs_of(dialect).unpacked(found)


def added(group: Group, *arguments: Node, unpack: Node | None = None, **keywords: Node) -> Group:
    """A call with more arguments."""
    items = [("", each) for each in arguments] + [(f"{name}=", each) for name, each in keywords.items()]
    items += [("**", unpack)] if unpack is not None else []
    return group._replace(items=(*group.items, *items))


def needs_stored(tables: Iterable[Table], dialect: str) -> bool:
    """Whether the module has options that it gives to several dialects by a function of its own."""
    constructs = constructs_of(dialect)
    if not constructs.stored:
        return False
    return any(constructs.shared_options(table) or any(map(constructs.shared_index, table.indexes)) for table in tables)
