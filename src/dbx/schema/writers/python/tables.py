"""The parts of a table as SQLAlchemy's constructs: columns, constraints, indexes, options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dbx.schema.ddl import postgresql_tables
from dbx.schema.ddl.generic import quoted
from dbx.schema.model import Column, ForeignKey, Identity, Index, Key, Part, Table
from dbx.schema.text.mysql import quoted as backticks
from dbx.schema.text.postgresql import ident
from dbx.schema.types.vocabulary import Vocabulary
from dbx.schema.writers.python.layout import Group, Node, array, call, pairs, string, text
from dbx.schema.writers.python.types import MYSQL, Typed, typed


class Words(NamedTuple):
    """What columns are written with: whose words, what types are known, and the variables of the module's own."""

    dialect: str
    known: Vocabulary
    variables: Mapping[str, str]

    def typed(self, column: Column) -> Typed:
        return typed(column, self.dialect, self.known, self.variables)


Keywords = dict[str, Node]

Silent = frozenset[ForeignKey]
"""The foreign keys of a table that are there to be joined by, and made by statements."""


# --- SQL in strings -------------------------------------------------------------------------------------------------

_BIND = re.compile(r"(?<![:\w\\]):\w+(?![:\w])|\\:")


def sql(found: str) -> Node:
    """A text of SQL; where SQLAlchemy's text() would see a parameter, as it stands."""
    return call("sa.literal_column" if _BIND.search(found) else "sa.text", text(found))


def sql_or_string(found: str) -> Node:
    return sql(found) if _BIND.search(found) else text(found)


# --- columns --------------------------------------------------------------------------------------------------------


def column_arguments(table: Table, column: Column, words: Words, silent: Silent) -> tuple[list[Node], Keywords]:
    """What stands behind the name of a column."""
    arguments: list[Node] = [words.typed(column).code]
    keywords: Keywords = {}
    for key in table.foreign_keys:
        if is_inline(table, key, silent) and key.columns == (column.name,):
            arguments.append(call("sa.ForeignKey", string(_target(key, words.dialect)[0]), **_key_keywords(key)))
    if column.generated:
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
    refers = any(column.name in key.columns for key in table.foreign_keys)
    guessed = table.primary_key == (column.name,) and column.family == "int" and not refers and column.default is None
    return None if guessed == column.automatic or column.default is not None else str(column.automatic)


def primary_inline(table: Table, dialect: str) -> bool:
    """Whether `primary_key=True` at the columns says all of the key."""
    key = table.primary
    if key is None:
        return False
    usual = f"{table.name}_pkey" if dialect == "postgresql" else ""
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
    return {**given, **_validated(key.validated), **_comment(key.comment)}


def place(schema: str | None, dialect: str) -> str | None:
    """The schema that code names: not the one that a bare name means anyway."""
    return None if dialect == "postgresql" and schema == "public" else schema


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
    parts = [_part(part, dialect) for part in index.parts]
    given: Keywords = {"unique": "True"} if index.unique else {}
    if dialect == "postgresql":
        given |= _postgresql_index(index)
    elif dialect not in MYSQL and index.predicate is not None:
        given["sqlite_where"] = sql(index.predicate)
    found = call("sa.Index", string(index.name), *parts, **given)
    own = _mysql_index(index) if dialect in MYSQL else {}
    return added(found, unpack=unpacked(own, dialect)) if own else found


def _part(part: Part, dialect: str) -> Node:
    if part.column is not None and not (
        part.descending or part.nulls or part.collation or part.opclass or part.options
    ):
        return string(part.column)
    if dialect == "postgresql":
        return sql(postgresql_tables.part_text(part))
    quote = backticks if dialect in MYSQL else quoted
    found = quote(part.column) if part.column is not None else f"({part.expression})"
    found += f"({part.prefix})" if part.prefix else ""
    return sql(found + (" DESC" if part.descending else "") + (f" NULLS {part.nulls.upper()}" if part.nulls else ""))


def _postgresql_index(index: Index) -> Keywords:
    given: Keywords = {}
    if index.method not in ("", "btree"):
        given["postgresql_using"] = string(index.method)
    if index.include:
        given["postgresql_include"] = array(map(string, index.include))
    if not index.nulls_distinct:
        given["postgresql_nulls_not_distinct"] = "True"
    if index.predicate is not None:
        given["postgresql_where"] = sql(index.predicate)
    options = dict(index.options)
    if stored := {name[5:]: string(value) for name, value in options.items() if name.startswith("with ")}:
        given["postgresql_with"] = pairs(stored)
    if "tablespace" in options:
        given["postgresql_tablespace"] = string(options["tablespace"])
    return given


def _mysql_index(index: Index) -> Keywords:
    given: Keywords = {}
    lengths = {
        part.column: str(part.prefix) for part in index.parts if part.column and part.prefix and not part.descending
    }
    if lengths:
        given["length"] = pairs(lengths)
    method = index.method.lower()
    if method in ("fulltext", "spatial"):
        given["prefix"] = string(method.upper())
    elif method:
        given["using"] = string(method)
    return given


# --- options --------------------------------------------------------------------------------------------------------

_MYSQL = {"engine": "engine", "charset": "default_charset", "collation": "collate", "row_format": "row_format"}


def options(table: Table, dialect: str) -> tuple[Keywords, Keywords]:
    """Options of a table as keywords, and those of MySQL, which stand under the names of two dialects."""
    found = dict(table.options)
    given: Keywords = {}
    if home := place(table.schema, dialect):
        given["schema"] = string(home)
    if table.comment is not None:
        given["comment"] = text(table.comment)
    if dialect == "postgresql":
        given |= {"prefixes": array([string("UNLOGGED")])} if "unlogged" in found else {}
        given |= {"postgresql_tablespace": string(found["tablespace"])} if "tablespace" in found else {}
        if stored := {name[5:]: string(value) for name, value in found.items() if name.startswith("with ")}:
            given["postgresql_with"] = pairs(stored)
    elif dialect == "sqlite":
        given |= {"sqlite_strict": "True"} if "strict" in found else {}
        given |= {"sqlite_with_rowid": "False"} if "without rowid" in found else {}
        if any(name == "autoincrement" for column in table.columns for name, _ in column.options):
            given["sqlite_autoincrement"] = "True"
    elif dialect in MYSQL:
        return given, {word: string(found[name]) for name, word in _MYSQL.items() if name in found}
    return given, {}


def _prefixed(given: Mapping[str, Any]) -> dict[str, Any]:
    return {f"mysql_{name}": value for name, value in given.items()}


def unpacked(found: Keywords, dialect: str) -> Node:
    """MySQL's options as one dictionary."""
    return call("stored", **found) if dialect == "mariadb" else pairs(_prefixed(found))


def added(group: Group, *arguments: Node, unpack: Node | None = None, **keywords: Node) -> Group:
    """A call with more arguments."""
    items = [("", each) for each in arguments] + [(f"{name}=", each) for name, each in keywords.items()]
    items += [("**", unpack)] if unpack is not None else []
    return group._replace(items=(*group.items, *items))


def needs_stored(tables: Iterable[Table], dialect: str) -> bool:
    if dialect != "mariadb":
        return False
    return any(options(table, dialect)[1] or any(map(_mysql_index, table.indexes)) for table in tables)
