"""What SQLite's pragmas told of one database, and how a table of the model is made of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Table
from dbx.schema.objects import Check, Options, Trigger
from dbx.schema.text import sqlite as sqlite_text
from dbx.schema.text.sqlite import Clause
from dbx.schema.types import families

if TYPE_CHECKING:
    from dbx.schema.readers.sqlite.plain import Plain

# What stands in a CREATE TABLE that says more than the pragmas.
_TELLING = ("constraint", "check", "collate", "conflict", "autoincrement", "deferr", "match", "strict", "rowid")
_GENERATED = {2: "virtual", 3: "stored"}  # in table_xinfo's column `hidden`; 1 is hidden itself
_EXPRESSION = -2  # in index_xinfo's column `cid`

_family = cache(families.family)


class Entry(NamedTuple):
    """A row of sqlite_master."""

    number: int
    type: str
    name: str
    sql: str | None
    table: str

    @property
    def kind(self) -> str:
        virtual = self.type == "table" and (self.sql or "")[:20].lower() == "create virtual table"
        return "virtual" if virtual else self.type

    @property
    def computed(self) -> bool:
        """Whether what its columns are is found by running something."""
        return self.kind != "table"


class Parent(NamedTuple):
    """What a foreign key has to know of the table it leads to: its columns, and those of its primary key."""

    name: str
    columns: Iterable[str]
    key: tuple[str, ...]

    def column(self, name: str) -> str:
        """The column as it is declared; a name in any case finds it."""
        return next((each for each in self.columns if each.lower() == name.lower()), name)


def plain_parent(name: str, found: Plain) -> Parent:
    return Parent(name, [column.name for column in found.columns], found.primary.columns if found.primary else ())


def parent(name: str, columns: list[Any]) -> Parent:
    """`columns` as in Facts; once for each of several keys that lead there."""
    key = sorted({(row[5], row[1]) for row in columns if row[5]})
    return Parent(name, dict.fromkeys([row[1] for row in columns]), tuple([column for _, column in key]))


class Facts:
    """The rows of the pragmas by the number of their table, which each begins with."""

    def __init__(self, schema: str | None) -> None:
        self.schema = schema
        self.columns: dict[int, list[Any]] = {}
        self.index_parts: dict[int, list[Any]] = {}
        self.key_parts: dict[int, list[Any]] = {}
        self.index_sql: dict[str, str | None] = {}
        self.plain: dict[int, Plain] = {}
        """The tables that no pragma was asked of."""
        self.parents: dict[str, Parent] = {}
        self.shadows: set[str] = set()

    def table(self, entry: Entry) -> Table:
        plain = self.plain.get(entry.number)
        if plain:
            return self._plain(entry, plain)
        columns = self.columns.get(entry.number, [])
        if entry.computed:
            return self._computed(entry, columns)
        clauses = sqlite_text.table(entry.sql) if entry.sql and _is_telling(entry.sql, columns) else []
        own = _by_column(clauses)
        indexes = self._indexes(entry.number, own)
        table = Table(
            entry.name,
            self.schema,
            (),
            _primary(columns, clauses, indexes),
            self._foreign_keys(entry.number, clauses),
            tuple([_unique(index, clauses) for index in indexes if index.origin == "u"]),
            "shadow" if entry.name in self.shadows else "table",
            indexes=tuple([self._index(index) for index in indexes if index.origin == "c"]),
            definition=entry.sql,
        )
        if clauses:
            table = table._replace(
                checks=tuple([Check(each.name, each.text, each.column) for each in clauses if each.kind == "check"]),
                options=tuple(sorted((each.text, "") for each in clauses if each.kind == "option")),
            )
        # the one key without an index is the rowid itself
        alias = table.primary is not None and not any(index.origin == "pk" for index in indexes)
        alias = alias and ("without rowid", "") not in table.options
        return table._replace(
            columns=tuple([column(row, own.get(row[1].lower()) if own else None, alias) for row in columns])
        )

    def _computed(self, entry: Entry, columns: list[Any]) -> Table:
        sql = entry.sql or ""
        return Table(
            entry.name,
            self.schema,
            tuple([column(row, None, False) for row in columns]),
            kind=entry.kind,
            definition=entry.sql,
            query=sqlite_text.query(sql) if entry.kind == "view" else None,
            options=(("using", sqlite_text.module(sql) or ""),) if entry.kind == "virtual" else (),
        )

    def trigger(self, entry: Entry) -> Trigger:
        found = sqlite_text.trigger(entry.sql or "")
        return Trigger(
            entry.name,
            self.schema,
            entry.table,
            found.timing,
            (found.event,),
            condition=found.condition,
            definition=entry.sql,
        )

    def _indexes(self, table: int, own: dict[str, dict[str, Clause]]) -> list[_Index]:
        found: dict[str, _Index] = {}
        for _, name, unique, origin, cid, column, descending, collation in self.index_parts.get(table, ()):
            if collation != "BINARY" or own:
                natural = _collation(own.get(column.lower())) if column is not None and own else None
                collation = None if collation.upper() == (natural or "BINARY").upper() else collation
            else:
                collation = None
            expression = "" if cid == _EXPRESSION else None
            part = Part(column, expression, bool(descending), collation=collation)
            if name not in found:
                found[name] = _Index(name, bool(unique), origin, [])
            found[name].parts.append(part)
        return list(found.values())

    def _index(self, index: _Index) -> Index:
        sql = self.index_sql.get(index.name)
        parts, predicate = tuple(index.parts), None
        if sql and ("where" in sql.lower() or any(part.column is None for part in parts)):
            text = sqlite_text.index(sql)
            predicate = text.predicate
            if len(text.parts) == len(parts):
                pairs = zip(parts, text.parts, strict=True)
                parts = tuple([part._replace(expression=own) if part.column is None else part for part, own in pairs])
        return Index(index.name, parts, index.unique, predicate=predicate, definition=sql)

    def _foreign_keys(self, table: int, clauses: list[Clause]) -> tuple[ForeignKey, ...]:
        rows = self.key_parts.get(table)
        if not rows:
            return ()
        keys = [list(group) for _, group in groupby(rows, itemgetter(1))]
        written = [clause for clause in clauses if clause.kind == "foreign"]
        if len(written) != len(keys):
            written = [Clause("foreign")] * len(keys)
        # the pragma begins with the one that is written last
        return tuple([self._foreign_key(parts, clause) for parts, clause in zip(keys, reversed(written), strict=True)])

    def _foreign_key(self, parts: list[Any], clause: Clause) -> ForeignKey:
        _, _, target, _, _, on_update, on_delete = parts[0]
        columns, targets = [part[3] for part in parts], [part[4] for part in parts]
        return ForeignKey(
            clause.name,
            tuple(columns),
            self.schema,
            *self._target(target, () if None in targets else targets, len(columns)),
            on_update,
            on_delete,
            match=clause.flag if clause.flag not in ("", "NONE") else "SIMPLE",
            deferrable=clause.deferrable,
        )

    def _target(self, table: str, columns: Sequence[str], count: int) -> tuple[str, tuple[str, ...]]:
        """The table and columns that a key of `count` columns leads to, as they are declared."""
        known = self.parents.get(table.lower())
        if not known:
            return table, tuple(columns)
        if not columns:
            return known.name, known.key if len(known.key) == count else ()
        columns = tuple(columns)
        return known.name, columns if columns == known.key else tuple(map(known.column, columns))

    def _plain(self, entry: Entry, found: Plain) -> Table:
        keys = [
            ForeignKey(
                key.name,
                key.columns,
                self.schema,
                *self._target(key.target, key.targets, len(key.columns)),
                key.on_update,
                key.on_delete,
            )
            for key in found.foreign_keys
        ]
        return Table(
            entry.name,
            self.schema,
            found.columns,
            found.primary,
            tuple(keys),
            found.unique,
            "shadow" if entry.name in self.shadows else "table",
            indexes=found.indexes,
            definition=entry.sql,
        )


class _Index(NamedTuple):
    """`origin` is c for CREATE INDEX, u for UNIQUE, pk for PRIMARY KEY."""

    name: str
    unique: bool
    origin: str
    parts: list[Part]


def _low(name: str | None) -> str:
    return (name or "").lower()


def _is_telling(sql: str, columns: list[Any]) -> bool:
    """Whether a CREATE TABLE says what the pragmas do not; most do not, and to read them all would take longest."""
    text = sql.lower()
    for word in _TELLING:
        if word in text:
            return True
    return "as" in text and any(row[6] in _GENERATED for row in columns)


def _by_column(clauses: list[Clause]) -> dict[str, dict[str, Clause]]:
    """The constraints written at columns: by the column's name in lower case, then by kind."""
    found: dict[str, dict[str, Clause]] = defaultdict(dict)
    for clause in clauses:
        if clause.column is not None:
            found[clause.column.lower()][clause.kind] = clause
    return found


def _collation(own: dict[str, Clause] | None) -> str | None:
    return own["collate"].text if own and "collate" in own else None


def column(row: Any, own: dict[str, Clause] | None = None, alias: bool = False) -> Column:
    """`alias`: the primary key is the rowid, which is never NULL and given by SQLite."""
    _, name, type_, not_null, default, pk, hidden = row
    given = alias and pk > 0
    column = Column(name, type_, not (not_null or given), _family(type_, "sqlite"), default, "", given)
    if not own and not hidden:
        return column
    own = own or {}
    return column._replace(
        generated=_GENERATED.get(hidden, ""),
        expression=own["generated"].text if "generated" in own else None,
        collation=_collation(own),
        hidden=hidden == 1,
        options=_column_options(own),
    )


def _column_options(own: dict[str, Clause]) -> Options:
    found = []
    if "primary" in own and own["primary"].flag == "AUTOINCREMENT":
        found.append(("autoincrement", ""))
    if "not null" in own:
        found += [("not null", own["not null"].name)] if own["not null"].name else []
        found += [("not null on conflict", own["not null"].conflict)] if own["not null"].conflict else []
    return tuple(sorted(found))


def _primary(columns: list[Any], clauses: list[Clause], indexes: list[_Index]) -> Key | None:
    parts = next((index.parts for index in indexes if index.origin == "pk"), None)
    if parts is None:
        parts = [Part(name) for _, name in sorted((row[5], row[1]) for row in columns if row[5])]
    clause = next((clause for clause in clauses if clause.kind == "primary"), Clause("primary"))
    return Key(clause.name, tuple(parts), options=_conflict(clause)) if parts else None


def _unique(index: _Index, clauses: list[Clause]) -> Key:
    columns = [_low(part.column) for part in index.parts]
    same = (each for each in clauses if each.kind == "unique" and [_low(name) for name in each.columns] == columns)
    clause = next(same, Clause("unique"))
    return Key(clause.name, tuple(index.parts), options=_conflict(clause))


def _conflict(clause: Clause) -> Options:
    return (("on conflict", clause.conflict),) if clause.conflict else ()
