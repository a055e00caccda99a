"""Values of MySQL and MariaDB on their way."""

from __future__ import annotations

from dbx.dialects.copying import Copying, Taken


class MySQLCopying(Copying):
    # a zero is a zero, and what does not fit is an error
    settings = (
        "SET time_zone = '+00:00'",
        "SET sql_mode = CONCAT_WS(',', @@sql_mode, 'NO_AUTO_VALUE_ON_ZERO', 'STRICT_ALL_TABLES')",
    )
    strict = True
    snapshot = (
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT",
    )

    automatic = "AUTO_INCREMENT"
    key_text = "varchar(255)"

    def read(self, kind: str, name: str, *, size: int | None, zoned: bool, same: bool) -> str:
        if kind == "bit":
            return f"LPAD(BIN({name} + 0), {size or 1}, '0')"
        if kind == "float" and size == 4:  # as itself it is told with six digits
            return f"CAST({name} AS DOUBLE)"
        return name

    def taken(self, kind: str) -> Taken | None:
        return (
            (lambda cell: int(cell or "0", 2) if isinstance(cell, str) else cell) if kind in ("bit", "varbit") else None
        )
