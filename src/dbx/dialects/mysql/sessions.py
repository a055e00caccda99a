"""Sessions of MySQL and MariaDB: the process list, the variables that bound them, and the grants of a user."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from dbx.dialects.sessions import Sessions

_HASH = re.compile(r"(\b(?:BY|AS|USING)(?: PASSWORD)?) '[^']*'", re.IGNORECASE)
_VARIABLES = ("max_connections", "max_user_connections", "wait_timeout", "interactive_timeout")
_COUNTERS = ("Threads_connected", "Max_used_connections", "Aborted_clients", "Aborted_connects")


class MySQLSessions(Sessions):
    # without the right PROCESS it lists the user's own
    listing = (
        "SELECT id, user, db, host, '', lower(command), time FROM information_schema.processlist"
        " WHERE command NOT IN ('Daemon', 'Binlog Dump') ORDER BY id"
    )
    limits = (
        " UNION ALL ".join(f"SELECT '{name}', CAST(@@{name} AS CHAR)" for name in _VARIABLES),
        f"SHOW GLOBAL STATUS WHERE Variable_name IN ({', '.join(map(repr, _COUNTERS))})",
    )
    idle = "wait_timeout"
    about = (
        ("user", "SELECT CONCAT(CURRENT_USER(), IF(USER() <> CURRENT_USER(), CONCAT(', known as ', USER()), ''))"),
        ("encryption", "SHOW SESSION STATUS WHERE Variable_name IN ('Ssl_version', 'Ssl_cipher') AND Value <> ''"),
        ("database", "SELECT CONCAT(COALESCE(DATABASE(), 'none chosen'), ' · ', @@character_set_database, ' · ',"
         " @@collation_database)"),
        ("tables", "SELECT CONCAT(COUNT(*), ' that can be seen') FROM information_schema.tables"
         " WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')"),
        ("grants", "SHOW GRANTS"),
        ("sql mode", "SELECT @@sql_mode"),
        ("mode", "SELECT IF(@@read_only, 'the server is read only', 'read and write')"),
    )  # fmt: skip

    verify = "ssl_ca=FILE"

    def verified(self, options: Mapping[str, Any]) -> bool:
        return not options.keys().isdisjoint(("ssl_ca", "ssl_verify_cert", "ssl_verify_identity"))

    def number(self, connection: Any) -> int:
        return int(connection.thread_id())

    def present(self, numbers: Collection[int]) -> str:
        listed = ", ".join(map(str, numbers)) or "0"
        return f"SELECT id FROM information_schema.processlist WHERE id IN ({listed})"

    def told(self, line: str) -> str:
        """A grant without the hash of the password, which MariaDB shows."""
        return _HASH.sub(r"\1 '***'", line)

    def end(self, number: int) -> str:
        return f"KILL {number}"
