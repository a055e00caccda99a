"""SQLite's transactions: one writer at a time, serializable, savepoints nested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbx.dialects.transactions import LOCK_TIMEOUT, SERIALIZATION, Layout, Query, Transactions

_ROWID = ("rowid", "_rowid_", "oid")


class SqliteTransactions(Transactions):
    savepoints = "nested"
    levels = ("SERIALIZABLE",)
    parser = "sqlite"
    returning = "SQLite"

    def counted(self, connection: Any) -> int:
        return int(connection.total_changes)

    def conflict(self, error: Exception) -> str:
        code = getattr(error, "sqlite_errorname", None) or ""
        if code == "SQLITE_BUSY_SNAPSHOT":
            return SERIALIZATION
        return LOCK_TIMEOUT if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) else ""

    def table(self, schema: str | None, name: str) -> Query:
        # in the order in which SQLite itself looks a name up; a virtual table has shadows that it changes too
        found = (
            "SELECT schema FROM pragma_table_list WHERE lower(name) = lower(:name)"
            " AND (:schema IS NULL OR lower(schema) = lower(:schema))"
            " ORDER BY schema <> 'temp', schema <> 'main' LIMIT 1"
        )
        return (
            "SELECT c.name, c.pk, t.wr FROM pragma_table_list AS t, pragma_table_xinfo(t.name, t.schema) AS c"
            f" WHERE lower(t.name) = lower(:name) AND t.schema = ({found}) AND t.type = 'table' AND c.hidden <> 1"
            " ORDER BY c.cid",
            {"schema": schema, "name": name},
        )

    def layout(self, rows: Sequence[tuple[Any, ...]]) -> Layout | None:
        """Rows are told apart by their rowid, because SQLite lets a primary key be NULL."""
        columns = tuple(self.quoted(name) for name, _, _ in rows)
        key = tuple(self.quoted(name) for name, place, _ in sorted(rows, key=lambda row: row[1]) if place)
        if not rows or rows[0][2]:
            return Layout(columns, key, key) if key else None
        taken = {name.lower() for name, _, _ in rows}
        free = [name for name in _ROWID if name not in taken]
        return Layout(columns, (free[0],), key or (free[0],)) if free else None
