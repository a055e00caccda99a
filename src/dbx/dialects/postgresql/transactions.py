"""PostgreSQL's transactions: savepoints nested, counts of what each table has had, and who waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbx.dialects.transactions import DEADLOCK, LOCK_TIMEOUT, SERIALIZATION, Layout, Query, Transactions

_CONFLICTS = {"40P01": DEADLOCK, "40001": SERIALIZATION, "55P03": LOCK_TIMEOUT}


class PostgreSQLTransactions(Transactions):
    savepoints = "nested"
    levels = ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")
    level = "SHOW transaction_isolation"
    parser = "postgres"
    folds = True
    keeps = {"UPDATE": "FOR NO KEY UPDATE", "DELETE": "FOR UPDATE"}
    returning = "PostgreSQL"
    changes = (
        "SELECT coalesce(pg_partition_root(relid), relid)::regclass::text, sum(n_tup_ins + n_tup_upd + n_tup_del),"
        " CASE WHEN bool_or(pg_partition_root(relid) IS NOT NULL) THEN 1 ELSE 0 END FROM pg_stat_xact_user_tables"
        " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 GROUP BY 1"
    )
    number = "SELECT pg_backend_pid()"
    holds = (
        "SELECT CASE WHEN granted THEN 'holds' ELSE 'waits for' END, mode,"
        " coalesce(relation::regclass::text || coalesce(' row (' || page || ',' || tuple || ')', ''),"
        " 'transaction ' || coalesce(transactionid::text, virtualxid)) FROM pg_locks"
        " WHERE pid = CAST(:number AS integer) AND locktype <> 'virtualxid'"
        " AND (relation IS NULL OR relation NOT IN"
        " (SELECT oid FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace))"
        " ORDER BY granted, 3, 2"
    )

    def conflict(self, error: Exception) -> str:
        return _CONFLICTS.get(getattr(error, "sqlstate", None) or "", "")

    def blockers(self, server: str) -> str:
        return (
            "SELECT pid, usename, state, query FROM pg_stat_activity"
            " WHERE pid = ANY (pg_blocking_pids(CAST(:number AS integer))) ORDER BY pid"
        )

    def idle_limit(self, server: str, seconds: float) -> str:
        return f"SET idle_in_transaction_session_timeout = {round(seconds * 1000)}"

    def table(self, schema: str | None, name: str) -> Query:
        # with children or rules, or as a view, more or other rows are changed than the table's own
        return (
            "SELECT a.attname, coalesce(array_position(i.indkey::smallint[], a.attnum), -1), c.oid::regclass::text"
            " FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
            " JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary"
            " WHERE c.oid = to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped AND NOT c.relhasrules"
            " AND (c.relkind = 'p' OR c.relkind = 'r' AND NOT EXISTS"
            " (SELECT 1 FROM pg_inherits AS h WHERE h.inhparent = c.oid)) ORDER BY a.attnum",
            {"name": ".".join(self.quoted(part) for part in (schema, name) if part)},
        )

    def layout(self, rows: Sequence[tuple[Any, ...]]) -> Layout | None:
        columns = tuple(self.quoted(name) for name, *_ in rows)
        ranked = sorted((int(place), self.quoted(name)) for name, place, _ in rows if int(place) >= 0)
        key = tuple(name for _, name in ranked)
        return Layout(columns, key, key, rows[0][2]) if key else None
