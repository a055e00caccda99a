"""The catalog of PostgreSQL in one state, without waiting for anybody.

Queries go out together. Where one of them fails they are asked again one by one, and what prints expressions (the one
thing that waits for locks, or stumbles over what is broken) goes around the objects that it fails for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus

from dbx.dialects.postgresql.cursor import pipelined_rows

Rows = list[Any]
Parameters = dict[str, Any]


class Fact(NamedTuple):
    """A query of the catalog alone: it waits for no lock. `catalog` is what is told as missing where it is closed, ''
    where nothing is lost by it."""

    catalog: str
    sql: str


class Text(NamedTuple):
    """A query that has the server print something: rows of (key, owner, texts…).

    `owner` is the object that misses something when a row cannot be read, of the catalog `of`. `waits` says for which
    rows the server locks a relation.
    """

    catalog: str
    key: str
    owner: str
    columns: str
    source: str
    of: str = "pg_class"
    waits: str = "true"

    @property
    def sql(self) -> str:
        return f"SELECT {self.key}, {self.owner}, {self.columns} {self.source}"

    @property
    def keys(self) -> str:
        return f"SELECT {self.key}, {self.owner}, {self.waits} {self.source}"

    @property
    def some(self) -> str:
        return f"{self.sql} AND {self.key} = ANY(%(only)s::pg_catalog.oid[])"


_SETTINGS = {
    "search_path": "pg_catalog, pg_temp",  # so that every text says the schema of what it names
    "lock_timeout": "300ms",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # to start a worker takes longer than to read a catalog
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "bytea_output": "hex",
}
_SET = "SELECT " + ", ".join(f"pg_catalog.set_config('{name}', '{value}', true)" for name, value in _SETTINGS.items())

# A lock that somebody waits for holds up those who come later as well. What a view, rule or function reads is locked
# with it.
_LOCKED = """
WITH locked AS (
  SELECT relation FROM pg_locks WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock' AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
SELECT 'pg_class', relation FROM locked
UNION SELECT 'pg_class', r.ev_class FROM pg_rewrite r
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid JOIN locked l ON l.relation = d.refobjid
WHERE d.refclassid = 'pg_class'::regclass
UNION SELECT 'pg_proc', d.objid FROM pg_depend d JOIN locked l ON l.relation = d.refobjid
WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_class'::regclass
"""
_HASTE = "SELECT set_config('lock_timeout', '30ms', true)"
"""When it is known that there are locks, not much time is given to those that were not foreseen."""

LOCKED = "locked by another session"


class Snapshot:
    """`missing`: why an object (its catalog and oid) could not be read whole. `closed`: why a catalog could not be."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.missing: dict[tuple[str, int], str] = {}
        self.closed: dict[str, str] = {}
        self._first: list[tuple[str, Any]] = []
        self._inside = connection.info.transaction_status is not TransactionStatus.IDLE

    def rows(self, queries: Sequence[Fact | Text], parameters: Parameters) -> Iterator[Rows]:
        """The rows of each query, in their order. Raises psycopg.Error for what ends the connection or the work."""
        if not queries:
            return
        done = 0
        first, self._first = self._first, []
        try:
            answers = pipelined_rows(self.connection, first + [(query.sql, parameters) for query in queries])
            for _ in first:
                next(answers)
            for rows in answers:
                done += 1
                yield rows
        except psycopg.Error as error:
            if not _can_go_on(error):
                raise
            self._again()
            for query in queries[done:]:
                yield self._carefully(query, parameters)

    def begin(self) -> None:
        """Goes out with the first queries."""
        start = "SAVEPOINT dbx_reads" if self._inside else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        self._first = [(start, None), (_SET, None)]

    def end(self) -> None:
        """Back to the state before, settings included."""
        if self._first:  # nothing was asked
            return
        last = "ROLLBACK TO SAVEPOINT dbx_reads; RELEASE SAVEPOINT dbx_reads" if self._inside else "ROLLBACK"
        self.connection.execute(last)

    def _again(self) -> None:
        self.end()
        self.begin()
        for text, _ in [*self._first, (_HASTE, None)]:
            self.connection.execute(text)
        self._first = []

    def _one(self, sql: str, parameters: Parameters) -> Rows:
        """The rows of one query, whose failure ends nothing but itself."""
        self.connection.execute("SAVEPOINT dbx_query")
        try:
            return self.connection.execute(sql, parameters).fetchall()
        except psycopg.Error as error:
            if not _can_go_on(error):
                raise
            self.connection.execute("ROLLBACK TO SAVEPOINT dbx_query")
            raise
        finally:
            with suppress(psycopg.Error):
                self.connection.execute("RELEASE SAVEPOINT dbx_query")

    def _carefully(self, query: Fact | Text, parameters: Parameters) -> Rows:
        try:
            return self._one(query.sql, parameters) if isinstance(query, Fact) else self._around(query, parameters)
        except psycopg.Error as error:
            if not _can_go_on(error):
                raise
            if query.catalog:
                self.closed[query.catalog] = reason(error)
            return []

    def _locked_now(self) -> set[tuple[str, int]]:
        try:
            return set(self._one(_LOCKED, {}))
        except psycopg.Error as error:
            if not _can_go_on(error):
                raise
            return set()  # where a catalog is closed, what is locked is found out by waiting for it

    def _around(self, text: Text, parameters: Parameters) -> Rows:
        """The texts of all but those that are locked now, or broken."""
        locked = self._locked_now()
        owners = {}
        for key, owner, waits in self._one(text.keys, parameters):
            if waits and (text.of, owner) in locked:
                self.missing[text.of, owner] = LOCKED
            else:
                owners[key] = owner
        return list(self._halved(text, parameters, owners, list(owners)))

    def _halved(self, text: Text, parameters: Parameters, owners: dict[int, int], keys: list[int]) -> Iterator[Any]:
        """What fails is looked for in halves: a few failures among many cost few queries."""
        if not keys:
            return
        try:
            yield from self._one(text.some, parameters | {"only": keys})
        except psycopg.Error as error:
            if not _can_go_on(error):
                raise
            if len(keys) == 1:
                self.missing[text.of, owners[keys[0]]] = LOCKED if _is_lock(error) else reason(error)
                return
            middle = len(keys) // 2
            yield from self._halved(text, parameters, owners, keys[:middle])
            yield from self._halved(text, parameters, owners, keys[middle:])

    def identity(self, catalog: str, oid: int) -> tuple[str, str | None, str]:
        """Name, schema and kind of an object of which no more is known."""
        asked = "SELECT type, identity FROM pg_identify_object(%(catalog)s::regclass, %(oid)s::oid, 0)"
        with suppress(psycopg.DatabaseError):
            for kind, name in self._one(asked, {"catalog": catalog, "oid": oid}):
                return name or str(oid), None, kind
        return f"{catalog} {oid}", None, ""


@contextmanager
def snapshot(connection: psycopg.Connection[Any]) -> Iterator[Snapshot]:
    """One state of the catalog, with settings that make texts the same in every session. A transaction that is open
    goes on as it was; else there is none afterwards."""
    found = Snapshot(connection)
    found.begin()
    try:
        yield found
    finally:
        with suppress(psycopg.Error):  # of a connection that is lost, the first error says it
            found.end()


def reason(error: psycopg.Error) -> str:
    return error.diag.message_primary or str(error).partition("\n")[0]


def _is_lock(error: psycopg.Error) -> bool:
    return isinstance(error, errors.LockNotAvailable)


def _can_go_on(error: psycopg.Error) -> bool:
    """Whether the server refused a query, and not the work: no cancel, shutdown, lost connection."""
    code = error.sqlstate or ""
    return bool(code) and not code.startswith(("08", "25", "53", "57", "58"))
