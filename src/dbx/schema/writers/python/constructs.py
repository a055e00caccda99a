"""What only some dialects say of a table in SQLAlchemy's words: a class for each, by `Schema.dialect`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dbx.schema.ddl import postgresql_tables
from dbx.schema.model import Index, Part, Table
from dbx.schema.text.mysql import quoted as backticks
from dbx.schema.text.standard import quoted
from dbx.schema.writers.python.layout import Keywords, Node, array, call, pairs, sql, string


class Constructs:
    """Of any dialect without a class of its own."""

    home: ClassVar[str | None] = None
    """The schema that a bare name means, so that no code names it."""
    key_name: ClassVar[str] = ""
    """What the server calls the primary key of the table {} by itself."""
    stored: ClassVar[bool] = False
    """What is shared goes through a function of the module's own."""

    def index(self, index: Index) -> Keywords:
        return {"sqlite_where": sql(index.predicate)} if index.predicate is not None else {}

    def options(self, table: Table) -> Keywords:
        return {}

    def shared_index(self, index: Index) -> Keywords:
        """What stands under the names of several dialects, without their names; so `shared_options`."""
        return {}

    def shared_options(self, table: Table) -> Keywords:
        return {}

    def unpacked(self, shared: Keywords) -> Node:
        """What is shared, as one dictionary."""
        return pairs(shared)

    def part(self, part: Part) -> str:
        """A part of an index that is more than a column, in SQL."""
        found = self.quoted(part.column) if part.column is not None else f"({part.expression})"
        found += f"({part.prefix})" if part.prefix else ""
        return found + (" DESC" if part.descending else "") + (f" NULLS {part.nulls.upper()}" if part.nulls else "")

    def quoted(self, name: str) -> str:
        return quoted(name)


class SQLite(Constructs):
    def options(self, table: Table) -> Keywords:
        found = dict(table.options)
        given: Keywords = {"sqlite_strict": "True"} if "strict" in found else {}
        given |= {"sqlite_with_rowid": "False"} if "without rowid" in found else {}
        if any(name == "autoincrement" for column in table.columns for name, _ in column.options):
            given["sqlite_autoincrement"] = "True"
        return given


class PostgreSQL(Constructs):
    home = "public"
    key_name = "{}_pkey"

    def index(self, index: Index) -> Keywords:
        given: Keywords = {}
        if index.method not in ("", "btree"):
            given["postgresql_using"] = string(index.method)
        if index.include:
            given["postgresql_include"] = array(map(string, index.include))
        if not index.nulls_distinct:
            given["postgresql_nulls_not_distinct"] = "True"
        if index.predicate is not None:
            given["postgresql_where"] = sql(index.predicate)
        return given | _stored(dict(index.options))

    def options(self, table: Table) -> Keywords:
        found = dict(table.options)
        given: Keywords = {"prefixes": array([string("UNLOGGED")])} if "unlogged" in found else {}
        return given | _stored(found)

    def part(self, part: Part) -> str:
        return postgresql_tables.part_text(part)


def _stored(options: Mapping[str, Any]) -> Keywords:
    """Where and with which parameters PostgreSQL stores a table or an index."""
    given: Keywords = {}
    if with_ := {name[5:]: string(value) for name, value in options.items() if name.startswith("with ")}:
        given["postgresql_with"] = pairs(with_)
    if "tablespace" in options:
        given["postgresql_tablespace"] = string(options["tablespace"])
    return given


class MySQL(Constructs):
    """SQLAlchemy's dialects mysql and mariadb have the same options, each under its own name."""

    _options = {"engine": "engine", "charset": "default_charset", "collation": "collate", "row_format": "row_format"}

    def index(self, index: Index) -> Keywords:
        return {}

    def shared_index(self, index: Index) -> Keywords:
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

    def shared_options(self, table: Table) -> Keywords:
        found = dict(table.options)
        return {word: string(found[name]) for name, word in self._options.items() if name in found}

    def unpacked(self, shared: Keywords) -> Node:
        return pairs({f"mysql_{name}": value for name, value in shared.items()})

    def quoted(self, name: str) -> str:
        return backticks(name)


class MariaDB(MySQL):
    stored = True

    def unpacked(self, shared: Keywords) -> Node:
        return call("stored", **shared)


_OTHER = Constructs()
_KNOWN: Mapping[str, Constructs] = {
    "sqlite": SQLite(),
    "postgresql": PostgreSQL(),
    "mysql": MySQL(),
    "mariadb": MariaDB(),
}


def constructs_of(dialect: str) -> Constructs:
    return _KNOWN.get(dialect, _OTHER)
