"""SQLite's transactions: one writer at a time, serializable, savepoints nested."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dbx.dialects.transactions import LOCK_TIMEOUT, SERIALIZATION, Layout, Query, Transactions

_SQL = "SELECT sql FROM {}.sqlite_master WHERE type = 'table' AND lower(name) = lower(:name)"
_MAIN, _TEMP = _SQL.format("main"), _SQL.format("temp")
_REPLACES = re.compile(r"\bon\s+conflict\s+replace\b", re.IGNORECASE)
_ROWID = ("rowid", "_rowid_", "oid")


class SqliteTransactions(Transactions):
    savepoints = "nested"
    savepoint_begins = True
    levels = ("SERIALIZABLE",)
    parser = "sqlite"
    returning = "SQLite"
    outside = frozenset({"PRAGMA FOREIGN_KEYS"})
    reading = frozenset(
        f"PRAGMA {name}_{what}"
        for name, whats in {
            "TABLE": ("INFO", "XINFO", "LIST"),
            "INDEX": ("INFO", "XINFO", "LIST"),
            "FOREIGN_KEY": ("LIST", "CHECK"),
            "INTEGRITY": ("CHECK",),
            "QUICK": ("CHECK",),
        }.items()
        for what in whats
    )
    acting = frozenset({"PRAGMA INCREMENTAL_VACUUM", "PRAGMA OPTIMIZE", "PRAGMA WAL_CHECKPOINT"})

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
        own = f" ELSE ({_SQL.format(self.quoted(schema))})" if schema else ""
        definition = f"CASE t.schema WHEN 'main' THEN ({_MAIN}) WHEN 'temp' THEN ({_TEMP}){own} END"
        return (
            f"SELECT c.name, c.pk, t.wr, {definition}"
            " FROM pragma_table_list AS t, pragma_table_xinfo(t.name, t.schema) AS c"
            f" WHERE lower(t.name) = lower(:name) AND t.schema = ({found}) AND t.type = 'table' AND c.hidden <> 1"
            " ORDER BY c.cid",
            {"schema": schema, "name": name},
        )

    def layout(self, rows: Sequence[tuple[Any, ...]]) -> Layout | None:
        """Rows are told apart by their rowid, because SQLite lets a primary key be NULL."""
        columns = tuple(self.quoted(row[0]) for row in rows)
        key = tuple(self.quoted(row[0]) for row in sorted(rows, key=lambda row: row[1]) if row[1])
        displaces = bool(rows) and (not rows[0][3] or _REPLACES.search(rows[0][3]) is not None)
        if not rows or rows[0][2]:
            return Layout(columns, key, key, displaces=displaces) if key else None
        taken = {row[0].lower() for row in rows}
        free = [name for name in _ROWID if name not in taken]
        return Layout(columns, (free[0],), key or (free[0],), displaces=displaces) if free else None
