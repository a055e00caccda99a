"""The frozen, comparable description of a database's tables, and of all it holds. No reader's library shows here.

Values are the server's own words; beside them stand the few facts that have to be compared between servers, in one
form for all (`nullable`, `family`, `automatic`, actions in upper case). Names, columns and order are those of
`dbx.schema.objects`; its kinds of objects are found here too.
"""

from __future__ import annotations

from typing import NamedTuple

from dbx.schema.objects import (
    Check,
    Composite,
    Domain,
    Enum,
    Event,
    Extension,
    Grant,
    Missing,
    Name,
    Namespace,
    Options,
    Other,
    Policy,
    Range,
    Reference,
    Routine,
    Sequence,
    Server,
    Trigger,
)


class Part(NamedTuple):
    """What an index or key is of, one by one: a column or an expression. `nulls` is 'first' or 'last', `collation` and
    `opclass` are named, only where they are not what the column and the order would give anyway."""

    column: str | None
    expression: str | None = None
    descending: bool = False
    nulls: str = ""
    collation: str | None = None
    opclass: str | None = None
    prefix: int | None = None
    options: Options = ()


class Key(NamedTuple):
    """A primary key or a UNIQUE constraint. `name` '' is none of its own; `deferrable` is '', 'DEFERRABLE' or
    'INITIALLY DEFERRED', as in every constraint here."""

    name: str
    parts: tuple[Part, ...]
    include: tuple[str, ...] = ()
    deferrable: str = ""
    nulls_distinct: bool = True
    method: str = ""
    comment: str | None = None
    options: Options = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple([part.column or part.expression or "" for part in self.parts])


class ForeignKey(NamedTuple):
    """`target_schema` as in Name; `target_columns` is () where the table they are in is not there. A key to an
    unnamed target means its primary key, whose columns are named here."""

    name: str
    columns: tuple[str, ...]
    target_schema: str | None
    target_table: str
    target_columns: tuple[str, ...]
    on_update: str = "NO ACTION"
    on_delete: str = "NO ACTION"
    set_columns: tuple[str, ...] = ()
    """The columns that SET NULL and SET DEFAULT are limited to."""
    match: str = "SIMPLE"
    deferrable: str = ""
    validated: bool = True
    enforced: bool = True
    inherited: bool = False
    comment: str | None = None
    options: Options = ()


class Exclusion(NamedTuple):
    """PostgreSQL's EXCLUDE: `operators` belong to `parts` one by one."""

    name: str
    method: str
    parts: tuple[Part, ...]
    operators: tuple[str, ...]
    include: tuple[str, ...] = ()
    predicate: str | None = None
    deferrable: str = ""
    comment: str | None = None
    options: Options = ()


class Index(NamedTuple):
    """An index that is no constraint's. `method` '' is the server's default; `definition` its CREATE statement where
    the server keeps one. MySQL's UNIQUE KEY is such an index: the server makes no difference."""

    name: str
    parts: tuple[Part, ...]
    unique: bool = False
    method: str = ""
    predicate: str | None = None
    include: tuple[str, ...] = ()
    nulls_distinct: bool = True
    valid: bool = True
    definition: str | None = None
    comment: str | None = None
    parent: Name | None = None
    """The index of the partitioned table that this one is a part of."""
    options: Options = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple([part.column or part.expression or "" for part in self.parts])


class Identity(NamedTuple):
    """GENERATED … AS IDENTITY, and how it counts."""

    always: bool
    start: int | None = None
    increment: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    cache: int | None = None
    cycle: bool = False
    options: Options = ()
    grants: tuple[Grant, ...] = ()
    """On the sequence behind it, where that is an object of its own."""


class Column(NamedTuple):
    """`type` is the server's own text; `family` is what it amounts to (see `dbx.schema.types.families`)."""

    name: str
    type: str
    nullable: bool = True
    family: str = "unknown"
    default: str | None = None
    generated: str = ""
    """'stored' or 'virtual'; what from is `expression`."""
    automatic: bool = False
    """The server gives a value when an INSERT leaves the column out: identity, serial, AUTO_INCREMENT, rowid."""
    expression: str | None = None
    identity: Identity | None = None
    collation: str | None = None
    """Where it is another than the table's or the database's."""
    hidden: bool = False
    """Not part of `*`."""
    inherited: bool = False
    """Only there because a parent has it."""
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    options: Options = ()
    """autoincrement, on conflict · storage, compression, statistics · on update, charset, compressed, srid, …"""


class Partition(NamedTuple):
    """Where partitions are no tables of their own (MySQL)."""

    name: str
    bound: str = ""
    comment: str | None = None
    options: Options = ()
    parts: tuple[tuple[str, Options], ...] = ()
    """Subpartitions: name and options."""


class Partitioning(NamedTuple):
    """`by` is the server's clause behind PARTITION BY, without the partitions."""

    by: str
    subpartition: str = ""
    partitions: tuple[Partition, ...] = ()


class Table(NamedTuple):
    """Whatever has rows. `kind` is table, view, matview, foreign, virtual (SQLite's), shadow (what a virtual table
    keeps its rows in) or system.

    `schema` as in Name. `definition` is the whole CREATE statement and `query` a view's SELECT, where the server has
    them; `bound` makes it a partition of its one parent.
    """

    name: str
    schema: str | None
    columns: tuple[Column, ...]
    primary: Key | None = None
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique: tuple[Key, ...] = ()
    kind: str = "table"
    checks: tuple[Check, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    indexes: tuple[Index, ...] = ()
    partitioning: Partitioning | None = None
    parents: tuple[Name, ...] = ()
    bound: str | None = None
    definition: str | None = None
    query: str | None = None
    owner: str = ""
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    depends: tuple[Reference, ...] = ()
    """What a view, or an expression of a table, needs to be there first."""
    options: Options = ()
    """strict, without rowid · unlogged, of, tablespace, row security, server · engine, charset, row_format, …"""

    @property
    def primary_key(self) -> tuple[str, ...]:
        return self.primary.columns if self.primary else ()

    @property
    def is_view(self) -> bool:
        return self.kind in ("view", "matview")

    @property
    def unique_columns(self) -> tuple[tuple[str, ...], ...]:
        """Every list of columns that no two rows agree in: of keys, and of unique indexes over whole columns."""
        parts = [key.parts for key in ([self.primary] if self.primary else []) + list(self.unique)]
        parts += [each.parts for each in self.indexes if each.unique and each.valid and each.predicate is None]
        return tuple(
            tuple(part.column or "" for part in each)
            for each in parts
            if all(part.column is not None and part.prefix is None for part in each)
        )

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


class Schema(NamedTuple):
    """Everything that was asked for, sorted (`dbx.schema.listing.ordered`). `dialect` says whose words these are:
    sqlite, postgresql, mysql, mariadb, or SQLAlchemy's name of another one."""

    dialect: str
    tables: tuple[Table, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    extensions: tuple[Extension, ...] = ()
    enums: tuple[Enum, ...] = ()
    domains: tuple[Domain, ...] = ()
    composites: tuple[Composite, ...] = ()
    ranges: tuple[Range, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    routines: tuple[Routine, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()
    events: tuple[Event, ...] = ()
    servers: tuple[Server, ...] = ()
    others: tuple[Other, ...] = ()
    missing: tuple[Missing, ...] = ()
    options: Options = ()
    """Of the database itself: charset, collation, encoding."""
