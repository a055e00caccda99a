"""Transactions of MySQL and MariaDB: a savepoint set again moves, DDL commits, some engines have no transactions."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

from dbx.dialects.transactions import (
    DEADLOCK,
    LOCK_TIMEOUT,
    SERIALIZATION,
    Ended,
    Layout,
    Query,
    Traces,
    Transactions,
)  # fmt: skip

_CONFLICTS = {1213: DEADLOCK, 1205: LOCK_TIMEOUT, 3572: LOCK_TIMEOUT, 1020: SERIALIZATION}
PLAIN = frozenset(
    {"SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES", "SHOW", "EXPLAIN", "DESCRIBE", "DESC"}
    | {"SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "USE", "DO"}
)
"""What commits nothing unseen: in what it calls, a function or a trigger, the server forbids that."""
# of the statements that a session counts by their kinds
_COMMITS = re.compile(
    r"Com_(?:alter|analyze|backup|begin|change_master|check|commit|create|drop|flush|grant|install|lock_tables|optimize"
    r"|rename|repair|reset|revoke|start|stop|truncate|uninstall|xa_commit)(?:_(?!temporary_table)\w+)?"
)
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
        "SELECT 1 FROM information_schema.triggers WHERE event_object_table = :name AND event_manipulation = :verb"
        " UNION ALL SELECT 1 FROM information_schema.referential_constraints WHERE referenced_table_name = :name"
        " AND (CASE :verb WHEN 'DELETE' THEN delete_rule WHEN 'UPDATE' THEN update_rule END) IN ('CASCADE', 'SET NULL')"
        " LIMIT 1"
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

    permanent = frozenset(
        {"CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", "GRANT", "REVOKE", "LOCK", "UNLOCK", "OPTIMIZE", "REPAIR"}
        | {"ANALYZE TABLE", "ANALYZE LOCAL", "ANALYZE NO_WRITE_TO_BINLOG", "CHECK TABLE", "CHECK VIEW"}
        | {"FLUSH", "RESET", "BACKUP", "INSTALL", "UNINSTALL", "SET PASSWORD", "SET DEFAULT ROLE"}
        | {"CHANGE", "START ALL", "START REPLICA", "START SLAVE", "STOP"}
    )

    def commits(self, words: Sequence[str]) -> str:
        return "" if ("TEMPORARY", "TABLE") in itertools.pairwise(words) else super().commits(words)

    def commits_unseen(self, first: str) -> bool:
        return first not in PLAIN

    def traces(self, connection: Any, first: str) -> Traces | None:
        if first in PLAIN or first in self.permanent:
            return None
        cursor = connection.cursor()
        try:
            cursor.execute("SHOW SESSION STATUS LIKE 'Com\\_%'")
            counts = {str(name): int(count) for name, count in cursor.fetchall()}
        finally:
            cursor.close()
        return Traces(sum(n for name, n in counts.items() if _COMMITS.fullmatch(name)), counts.get("Com_rollback", 0))

    def ended(self, first: str, before: Traces | None, after: Traces | None, *, failed: bool, conflict: str) -> Ended:
        if before is None or after is None:
            return Ended.COMMITTED if first in self.permanent else Ended.ROLLED_BACK
        committed, rolled_back = after.commits != before.commits, after.rollbacks != before.rollbacks
        if committed or rolled_back:
            known = Ended.COMMITTED if committed else Ended.ROLLED_BACK
            return Ended.UNKNOWN if committed and rolled_back else known
        # SET PASSWORD and SET DEFAULT ROLE are counted as settings
        return Ended.COMMITTED if first == "SET" else Ended.ROLLED_BACK if conflict else Ended.UNKNOWN

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
