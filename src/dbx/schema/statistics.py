"""What a server has counted of tables and indexes by itself: rows, bytes, dead rows, how often an index was used.

Only the catalog is read: nothing is scanned, no file is looked at, no lock is waited for. Sizes are those of the last
VACUUM or ANALYZE; what a server does not count is None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dbx.database import Database
from dbx.errors import StatementFailed
from dbx.rows import Cell, Statement
from dbx.schema import read
from dbx.schema.objects import Name


class TableCount(NamedTuple):
    """`bytes` are those of the rows, with what stands apart from them, without indexes."""

    rows: int | None = None
    bytes: int | None = None
    index_bytes: int | None = None
    dead: int | None = None


class IndexCount(NamedTuple):
    bytes: int | None = None
    scans: int | None = None


class Statistics(NamedTuple):
    """`indexes` by table and name; `since` when scans have been counted, in words."""

    tables: Mapping[Name, TableCount] = {}
    indexes: Mapping[tuple[Name, str], IndexCount] = {}
    since: str = ""


def statistics(database: Database) -> Statistics:
    """What there is to know. A server that closes a part of its catalog says nothing of it."""
    queries = _QUERIES.get(database.dialect.name)
    if queries is None:
        return Statistics({name: TableCount(rows) for name, rows in read.estimates(database).items()})
    tables = {
        Name(str(row[1]), _text(row[0])): TableCount(*map(_number, row[2:])) for row in _rows(database, queries[0])
    }
    indexes = {
        (Name(str(row[1]), _text(row[0])), str(row[2])): IndexCount(*map(_number, row[3:]))
        for row in _rows(database, queries[1])
    }
    since = [str(row[0]) for row in _rows(database, queries[2]) if row[0] is not None]
    return Statistics(tables, indexes, since[0] if since else "")


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell)


def _number(cell: Cell) -> int | None:
    return None if cell is None or cell == "" else int(cell)


def _rows(database: Database, text: str) -> Sequence[tuple[Cell, ...]]:
    try:
        outcome = database.connection.run(Statement(text))
        return [row for batch in outcome.rows or () for row in batch]
    except StatementFailed:
        return ()


_BLOCK = "current_setting('block_size')::bigint"
_POSTGRESQL = (
    f"""
    SELECT n.nspname, c.relname, CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint END,
           CASE WHEN c.reltuples >= 0 THEN (c.relpages + coalesce(t.relpages, 0)) * {_BLOCK} END,
           CASE WHEN c.reltuples >= 0 THEN (SELECT coalesce(sum(i.relpages), 0) * {_BLOCK} FROM pg_catalog.pg_index AS x
            JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid) END,
           pg_catalog.pg_stat_get_dead_tuples(c.oid)
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid
    WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'""",
    f"""
    SELECT n.nspname, c.relname, i.relname, i.relpages * {_BLOCK}, pg_catalog.pg_stat_get_numscans(i.oid)
    FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE i.relkind = 'i' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'""",
    "SELECT coalesce(stats_reset, pg_catalog.pg_postmaster_start_time())::timestamp(0)"
    " FROM pg_catalog.pg_stat_database WHERE datname = pg_catalog.current_database()",
)
_HOME = "CASE WHEN {0} = database() THEN NULL ELSE {0} END"
_OWN = "{0} NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')"
_MYSQL = (
    f"SELECT {_HOME.format('table_schema')}, table_name, table_rows, data_length, index_length, NULL"
    " FROM information_schema.tables WHERE table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')"
    f" AND {_OWN.format('table_schema')}",
    f"SELECT {_HOME.format('object_schema')}, object_name, index_name, NULL, count_star"
    " FROM performance_schema.table_io_waits_summary_by_index_usage"
    f" WHERE index_name IS NOT NULL AND {_OWN.format('object_schema')} AND @@performance_schema = 1",
    "SELECT now() - INTERVAL variable_value SECOND FROM performance_schema.global_status"
    " WHERE variable_name = 'Uptime'",
)
_QUERIES = {"postgresql": _POSTGRESQL, "mysql": _MYSQL}
"""Tables, indexes and since when, by the name of a dialect."""
