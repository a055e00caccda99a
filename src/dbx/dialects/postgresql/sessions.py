"""PostgreSQL's sessions: pg_stat_activity, the settings that bound them, and the rights of a role."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dbx.dialects.sessions import Sessions


class PostgreSQLSessions(Sessions):
    listing = (
        "SELECT pid, usename, datname, coalesce(host(client_addr) || ':' || client_port, 'socket'), application_name,"
        " coalesce(state, 'not told'), round(extract(epoch FROM now() - coalesce(state_change, backend_start)))::int"
        " FROM pg_stat_activity WHERE backend_type = 'client backend' ORDER BY backend_start, pid"
    )
    limits = (
        "SELECT name, CASE WHEN unit = 'ms' THEN setting::float8 / 1000 ELSE setting::float8 END::text"
        " FROM pg_settings WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections',"
        " 'idle_session_timeout', 'idle_in_transaction_session_timeout', 'statement_timeout') ORDER BY name",
        "SELECT 'limit of the role', rolconnlimit FROM pg_roles WHERE rolname = current_user AND rolconnlimit >= 0",
        "SELECT 'limit of the database', datconnlimit FROM pg_database"
        " WHERE datname = current_database() AND datconnlimit >= 0",
    )
    reserved = ("superuser_reserved_connections", "reserved_connections")
    idle = "idle_session_timeout"
    about = (
        ("user", "SELECT concat_ws(' as ', session_user, nullif(current_user, session_user))"),
        ("encryption", "SELECT CASE WHEN ssl THEN version || ' · ' || cipher ELSE 'none' END FROM pg_stat_ssl"
         " WHERE pid = pg_backend_pid()"),
        ("database", "SELECT current_database() || ' · ' || pg_encoding_to_char(encoding) || ' · ' || datcollate"
         " FROM pg_database WHERE datname = current_database()"),
        ("schemas", "SELECT coalesce(nullif(array_to_string(current_schemas(false), ', '), ''), 'none')"),
        ("role", "SELECT concat_ws(', ', CASE WHEN rolsuper THEN 'superuser' END, CASE WHEN rolcreatedb THEN"
         " 'creates databases' END, CASE WHEN rolcreaterole THEN 'creates roles' END, CASE WHEN rolreplication THEN"
         " 'replicates' END, CASE WHEN rolbypassrls THEN 'passes row security' END, CASE WHEN NOT rolsuper THEN"
         " 'no superuser' END) FROM pg_roles WHERE rolname = current_user"),
        ("may create", "SELECT concat_ws(', ', CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN"
         " 'schemas' END, CASE WHEN has_schema_privilege(current_schema(), 'CREATE') THEN 'tables in ' ||"
         " current_schema() END, CASE WHEN has_database_privilege(current_database(), 'TEMPORARY') THEN"
         " 'temporary tables' END)"),
        ("may", "SELECT concat_ws(', ', 'read ' || count(*) FILTER (WHERE has_table_privilege(oid, 'SELECT')),"
         " 'insert into ' || count(*) FILTER (WHERE has_table_privilege(oid, 'INSERT')),"
         " 'update ' || count(*) FILTER (WHERE has_table_privilege(oid, 'UPDATE')),"
         " 'delete from ' || count(*) FILTER (WHERE has_table_privilege(oid, 'DELETE'))) || ' of ' || count(*) ||"
         " ' tables' FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = ANY ("
         " SELECT oid FROM pg_namespace WHERE nspname = ANY (current_schemas(false)))"),
        ("mode", "SELECT CASE WHEN pg_is_in_recovery() THEN 'a standby: read only' WHEN"
         " current_setting('default_transaction_read_only') = 'on' THEN 'read only' ELSE 'read and write' END"),
    )  # fmt: skip

    verify = "sslmode=verify-full"

    def verified(self, options: Mapping[str, Any]) -> bool:
        return options.get("sslmode") in ("verify-full", "verify-ca")

    def number(self, connection: Any) -> int:
        return 0 if connection.closed else int(connection.pgconn.backend_pid)

    def present(self, numbers: Collection[int]) -> str:
        listed = ", ".join(map(str, numbers)) or "0"
        return f"SELECT pid FROM pg_stat_activity WHERE pid IN ({listed})"

    def end(self, number: int) -> str:
        return f"SELECT pg_terminate_backend({number})"
