"""Transactions of MySQL and MariaDB: a savepoint set again moves, DDL commits, some engines have no transactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbx.dialects.transactions import DEADLOCK, LOCK_TIMEOUT, SERIALIZATION, Layout, Query, Transactions

_CONFLICTS = {1213: DEADLOCK, 1205: LOCK_TIMEOUT, 3572: LOCK_TIMEOUT, 1020: SERIALIZATION}
_SESSIONS = (
    "SELECT p.id, p.user, p.command, coalesce(p.info, '') FROM {waits}"
    " JOIN information_schema.processlist AS p ON p.id = {blocking} WHERE {requesting} = :number ORDER BY p.id"
)


class MySQLTransactions(Transactions):
    savepoints = "replaced"
    levels = ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")
    # MariaDB before 11.1 calls it tx_isolation, MySQL 8 transaction_isolation
    level = "SHOW VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')"
    parser = "mysql"
    quotes = "``"
    keeps = {"UPDATE": "FOR UPDATE", "DELETE": "FOR UPDATE"}
    returning = "MariaDB"
    elsewhere = (
        "SELECT 1 FROM information_schema.triggers WHERE event_object_table = :name UNION ALL"
        " SELECT 1 FROM information_schema.referential_constraints WHERE referenced_table_name = :name"
        " AND (delete_rule IN ('CASCADE', 'SET NULL') OR update_rule IN ('CASCADE', 'SET NULL')) LIMIT 1"
    )
    lasting = (
        "SELECT t.table_name, t.engine FROM information_schema.tables AS t"
        " JOIN information_schema.engines AS e ON e.engine = t.engine"
        " WHERE t.table_name IN ({names}) AND e.transactions = 'NO' AND t.table_schema NOT IN"
        " ('information_schema', 'performance_schema', 'mysql', 'sys') ORDER BY 1"
    )
    number = "SELECT CONNECTION_ID()"
    holds = (
        "SELECT 'has', CONCAT(trx_rows_locked, ' rows locked, ', trx_rows_modified, ' changed'),"
        " CONCAT(trx_tables_locked, ' tables', IF(trx_state = 'LOCK WAIT', ', waiting for a lock', ''))"
        " FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = :number"
    )

    def conflict(self, error: Exception) -> str:
        return _CONFLICTS.get(error.args[0], "") if error.args and isinstance(error.args[0], int) else ""

    def blockers(self, server: str) -> str:
        if server.startswith("MariaDB"):
            waits = (
                "information_schema.innodb_lock_waits AS w"
                " JOIN information_schema.innodb_trx AS r ON r.trx_id = w.requesting_trx_id"
                " JOIN information_schema.innodb_trx AS b ON b.trx_id = w.blocking_trx_id"
            )
            return _SESSIONS.format(waits=waits, blocking="b.trx_mysql_thread_id", requesting="r.trx_mysql_thread_id")
        return _SESSIONS.format(
            waits="sys.innodb_lock_waits AS w", blocking="w.blocking_pid", requesting="w.waiting_pid"
        )

    def idle_limit(self, server: str, seconds: float) -> str:
        setting = f"SET SESSION idle_transaction_timeout = {max(1, round(seconds))}"
        return setting if server.startswith("MariaDB") else ""

    def table(self, schema: str | None, name: str) -> Query:
        # SHOW knows temporary tables too, which may hide others of their name
        return f"SHOW COLUMNS FROM {'.'.join(self.quoted(part) for part in (schema, name) if part)}", {}

    def layout(self, rows: Sequence[tuple[Any, ...]]) -> Layout | None:
        columns = tuple(self.quoted(row[0]) for row in rows)
        key = tuple(self.quoted(row[0]) for row in rows if row[3] == "PRI")
        return Layout(columns, key, key) if key else None
