"""The reader of SQLite: sqlite_master, and its pragmas joined to it, so that a fact of all tables is one statement.

Everything is linear: what the pragmas do not tell is read from the text of the one object it stands in.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbx.schema.model import Schema, Table
from dbx.schema.objects import Missing, Name, Trigger
from dbx.schema.readers.sqlite.facts import Entry, Facts, Parent, column, parent, plain_parent

if TYPE_CHECKING:
    from dbx.schema.readers.sqlite.plain import Plain

PLAIN = "dbx.schema.readers.sqlite.plain"
"""By name: whose tables are asked for by theirs, has no need of the grammar."""


def read(connection: sqlite3.Connection, names: Sequence[str] = (), schemas: Sequence[str] = ()) -> Schema:
    """As dbx.schema.read says. Attached databases are schemas; main is the one without a name."""
    lenient = connection.text_factory
    connection.text_factory = str  # decoding in C saves a third of the time; names that are no UTF-8 are rare
    try:
        with _one_state(connection):
            return _read(connection, names, schemas)
    except sqlite3.OperationalError as error:
        if not _is_coding(error):
            raise
    finally:
        connection.text_factory = lenient
    with _one_state(connection):
        return _read(connection, names, schemas)


@contextmanager
def _one_state(connection: sqlite3.Connection) -> Iterator[None]:
    """A block that sees one state of the schema, whoever changes it meanwhile."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:  # some errors end it
            connection.execute("ROLLBACK")


def _is_coding(error: Exception) -> bool:
    return str(error).startswith("Could not decode to UTF-8")


def _read(connection: sqlite3.Connection, names: Sequence[str], schemas: Sequence[str]) -> Schema:
    wanted = [schema for schema in _attached(connection) if not schemas or schema in schemas]
    found = [_Database(connection, schema, names) for schema in wanted]
    for database in found:
        database.read()
    ((encoding,),) = connection.execute("PRAGMA encoding")
    return Schema(
        "sqlite",
        tables=tuple(table for database in found for table in database.tables),
        triggers=tuple(trigger for database in found for trigger in database.triggers),
        missing=tuple(missing for database in found for missing in database.missing),
        options=() if encoding == "UTF-8" else (("encoding", str(encoding)),),
    )


def system(connection: sqlite3.Connection, names: Sequence[str] = ()) -> Schema:
    """The tables that SQLite itself keeps, of the kind system."""
    wanted = {name.lower() for name in names}
    found = []
    for schema in _attached(connection):
        master = "sqlite_temp_master" if schema == "temp" else "sqlite_master"
        listed = connection.execute(f"SELECT name FROM {quoted(schema)}.sqlite_master WHERE {_IS_SYSTEM}").fetchall()
        for name in (master, *[name for (name,) in listed]):
            if not wanted or name.lower() in wanted:
                rows = connection.execute(_COLUMNS_OF, [name, schema]).fetchall()
                found.append(Table(name, _named(schema), tuple([column(row) for row in rows]), kind="system"))
    return Schema("sqlite", tables=tuple(found))


def fingerprint(connection: sqlite3.Connection) -> str:
    """Version and size of every schema, and which file it is in; '' for what no file keeps.

    The version alone would be the same in a copy that went another way.
    """
    parts = []
    for _, name, file in connection.execute("PRAGMA database_list").fetchall():
        schema = quoted(name)
        ((version,),) = connection.execute(f"PRAGMA {schema}.schema_version")
        ((count, size),) = connection.execute(f"SELECT count(*), total(length(sql)) FROM {schema}.sqlite_master")
        if not file and not count:
            continue  # the empty temp
        if not file:
            return ""
        try:
            status = Path(file).stat()
        except (OSError, ValueError):
            return ""
        parts.append(f"{name}:{version}:{count}:{size:.0f}:{status.st_dev}:{status.st_ino}")
    return f"{sqlite3.sqlite_version} {' '.join(parts)}" if parts else ""


def estimates(connection: sqlite3.Connection, schemas: Sequence[str] = ()) -> dict[Name, int]:
    """What the last ANALYZE counted; without one nothing is known."""
    found = {}
    for schema in _attached(connection):
        if schemas and schema not in schemas:
            continue
        try:
            rows = connection.execute(f"SELECT tbl, stat FROM {quoted(schema)}.sqlite_stat1").fetchall()
        except sqlite3.OperationalError:
            continue
        for table, stat in rows:
            number = str(stat).partition(" ")[0]
            if number.isdecimal():
                found[Name(table, _named(schema))] = int(number)
    return found


def _attached(connection: sqlite3.Connection) -> list[str]:
    return [str(name) for _, name, _ in connection.execute("PRAGMA database_list")]


def quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _named(schema: str) -> str | None:
    return None if schema == "main" else schema


class _Database:
    """One attached database on its way into the model."""

    def __init__(self, connection: sqlite3.Connection, schema: str, names: Sequence[str]) -> None:
        self.connection = connection
        self.schema = schema
        # as bytes: a name may be no UTF-8; compared in any case, as SQLite does
        self.wanted = [name.encode("utf-8", "surrogateescape") for name in names]
        self.tables: list[Table] = []
        self.triggers: list[Trigger] = []
        self.missing: list[Missing] = []

    def read(self) -> None:
        facts = Facts(_named(self.schema))
        entries = self._entries()
        facts.index_sql = {entry.name: entry.sql for entry in entries if entry.type == "index"}
        if not self.wanted:
            facts.plain = _plain(entries)
        self._ask(facts, entries)
        tables = [entry for entry in entries if entry.type in ("table", "view")]
        facts.parents = self._parents(facts, tables)
        self._read_computed(facts, [entry for entry in tables if entry.computed])
        self.tables = [facts.table(entry) for entry in tables]
        self.triggers = [facts.trigger(entry) for entry in entries if entry.type == "trigger"]

    def _ask(self, facts: Facts, entries: Sequence[Entry]) -> None:
        """The pragmas of the tables that are not plain."""
        rest = [entry.number for entry in entries if entry.type == "table" and entry.number not in facts.plain]
        if not rest:
            return
        where = self._among(rest)
        facts.columns = self._joined(_COLUMNS, f"{where} AND NOT {_IS_VIRTUAL}")
        facts.index_parts = self._joined(_INDEXES, where)
        facts.key_parts = self._joined(_FOREIGN_KEYS, where)

    def _among(self, numbers: Sequence[int]) -> str:
        """That a row of sqlite_master (m) is one of these tables; where they are very many, any table."""
        return f"m.rowid IN ({', '.join(map(str, numbers))})" if len(numbers) <= _LISTED else "m.type = 'table'"

    def _entries(self) -> list[Entry]:
        """The rows of sqlite_master, or those of the names that are wanted."""
        condition = f"NOT {_IS_OWN}"
        if self.wanted:
            marks = ", ".join(["CAST(? AS TEXT)"] * len(self.wanted))
            condition += f" AND (tbl_name COLLATE NOCASE IN ({marks}) OR name COLLATE NOCASE IN ({marks}))"
        master = f"{quoted(self.schema)}.sqlite_master"
        text = f"SELECT rowid, type, name, sql, tbl_name FROM {master} WHERE {condition}"
        return list(map(Entry._make, self.connection.execute(text, self.wanted * 2)))

    def _joined(self, fact: tuple[str, str], where: str) -> dict[int, list[Any]]:
        """The rows of a pragma by the number of their table; they come table by table."""
        columns, pragmas = fact
        schema = self.schema.replace("'", "''")
        master = f"{quoted(self.schema)}.sqlite_master"
        joined = pragmas.format(schema=f"'{schema}'", master=master)
        rows = self.connection.execute(f"SELECT {columns} FROM {master} m{joined} WHERE {where}")
        return {number: list(group) for number, group in groupby(rows, itemgetter(0))}

    def _parents(self, facts: Facts, tables: Sequence[Entry]) -> dict[str, Parent]:
        """The tables that foreign keys lead to, by their name in lower case."""
        if self.wanted:
            found = self._joined(_PARENTS, self._among([entry.number for entry in tables if entry.type == "table"]))
            named = [(rows[0][-1], rows) for rows in found.values()]
        else:
            targets = {row[2].lower() for rows in facts.key_parts.values() for row in rows}
            targets |= {key.target.lower() for each in facts.plain.values() for key in each.foreign_keys}
            kept = [entry for entry in tables if entry.name.lower() in targets]
            return {entry.name.lower(): self._parent(facts, entry) for entry in kept}
        return {name.lower(): parent(name, rows) for name, rows in named}

    def _parent(self, facts: Facts, entry: Entry) -> Parent:
        found = facts.plain.get(entry.number)
        return plain_parent(entry.name, found) if found else parent(entry.name, facts.columns.get(entry.number, []))

    def _read_computed(self, facts: Facts, entries: Sequence[Entry]) -> None:
        """The columns of views and virtual tables, each by itself: one that is broken would end the whole statement."""
        for entry in entries:
            try:
                facts.columns |= self._joined(_COLUMNS, self._among([entry.number]))
            except sqlite3.DatabaseError as error:
                if _is_coding(error):
                    raise
                self.missing.append(Missing(entry.name, facts.schema, entry.kind, str(error)))
        facts.shadows = self._shadows()

    def _shadows(self) -> set[str]:
        """The tables that virtual ones keep their rows in. To be told of them SQLite looks at every view."""
        master = f"{quoted(self.schema)}.sqlite_master"
        if not self.connection.execute(f"SELECT 1 FROM {master} m WHERE {_IS_VIRTUAL} LIMIT 1").fetchall():
            return set()
        try:
            rows = self.connection.execute(
                "SELECT name FROM pragma_table_list WHERE schema = ? AND type = 'shadow'", [self.schema]
            )
            return {name for (name,) in rows}
        except sqlite3.OperationalError:  # older than 3.37
            return set()


def _plain(entries: Sequence[Entry]) -> dict[int, Plain]:
    """The tables whose texts tell everything."""
    plain: Any = import_module(PLAIN)
    if not plain.KNOWN:
        return {}
    indexes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in entries:
        if entry.type == "index":
            indexes[entry.table].append((entry.name, entry.sql or ""))
    found = {
        entry.number: plain.table(entry.sql or "", indexes.get(entry.name, ()))
        for entry in entries
        if entry.type == "table"
    }
    return {number: each for number, each in found.items() if each}


_LISTED = 10_000
"""As many numbers of tables go into a statement."""
_IS_OWN = "(name LIKE 'sqlite~_%' ESCAPE '~')"
_IS_SYSTEM = f"type = 'table' AND {_IS_OWN}"
_COLUMNS_OF = 'SELECT 0, name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?, ?)'
_IS_VIRTUAL = "(m.sql LIKE 'create virtual table %')"
_COLUMNS = (
    'm.rowid, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden',
    ", pragma_table_xinfo(m.name, {schema}) x",
)
_INDEXES = (
    'm.rowid, l.name, l."unique", l.origin, x.cid, x.name, x."desc", x.coll',
    ", pragma_index_list(m.name, {schema}) l, pragma_index_xinfo(l.name, {schema}) x ON x.key",
)
_FOREIGN_KEYS = (
    'm.rowid, f.id, f."table", f."from", f."to", f.on_update, f.on_delete',
    ", pragma_foreign_key_list(m.name, {schema}) f",
)
_PARENTS = (  # CROSS: in this order, else every table's keys are asked for
    'p.rowid, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden, p.name',
    ', pragma_foreign_key_list(m.name, {schema}) f CROSS JOIN {master} p ON p.name = f."table" COLLATE NOCASE'
    ", pragma_table_xinfo(p.name, {schema}) x",
)
