"""The rows of PostgreSQL's catalog that a table is made of, by name: the columns of the queries of
dbx.schema.readers.postgresql.sql."""

from __future__ import annotations

from typing import NamedTuple


class Relation(NamedTuple):
    """A row of pg_class."""

    oid: int
    namespace: int
    name: str
    kind: str
    owner: str
    persistence: str
    options: list[str] | None
    toast_options: list[str] | None
    tablespace: str | None
    method: str | None
    row_security: bool
    forced: bool
    replica_identity: str
    of: str | None
    populated: bool
    is_partition: bool
    type: int


class Constraint(NamedTuple):
    """A row of pg_constraint."""

    oid: int
    name: str
    kind: str
    table: int
    backing: int
    """Its index."""
    target: int
    columns: str | None
    target_columns: str | None
    on_update: str
    on_delete: str
    match: str
    deferrable: bool
    deferred: bool
    validated: bool
    local: bool
    no_inherit: bool
    parent: int
    set_columns: str | None
    enforced: bool
    period: bool
    operators: str | None


class IndexRow(NamedTuple):
    """A row of pg_index."""

    oid: int
    name: str
    table: int
    unique: bool
    valid: bool
    nulls_not_distinct: bool
    clustered: bool
    replica_identity: bool
    columns: str
    keys: int
    opclasses: str
    collations: str
    orders: str
    method: str
    options: list[str] | None
    tablespace: str | None
    parent: int | None
