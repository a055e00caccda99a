"""What a server has beside the schema of one database: its databases, its users, and how large tables are.

One statement for each list and reader, with the same columns everywhere; none where a server has no such thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbx.database import Database
from dbx.errors import DbxError, Refused
from dbx.rows import Cell, Column, Rows, Statement
from dbx.schema.objects import Name

Lists = Mapping[str, str]

_POSTGRESQL = {
    "databases": """
        SELECT d.datname, pg_get_userbyid(d.datdba), pg_encoding_to_char(d.encoding), d.datcollate,
               CASE WHEN d.datname = current_database() THEN '*' END,
               CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) END,
               shobj_description(d.oid, 'pg_database')
        FROM pg_database AS d WHERE d.datallowconn ORDER BY 1""",
    "roles": """
        SELECT r.rolname, CASE WHEN r.rolcanlogin THEN 'yes' ELSE 'no' END,
               concat_ws(', ', CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolcreatedb THEN 'createdb' END,
                         CASE WHEN r.rolcreaterole THEN 'createrole' END,
                         CASE WHEN r.rolreplication THEN 'replication' END,
                         CASE WHEN r.rolbypassrls THEN 'bypassrls' END),
               (SELECT string_agg(m.rolname, ', ' ORDER BY m.rolname) FROM pg_auth_members AS a
                JOIN pg_roles AS m ON m.oid = a.roleid WHERE a.member = r.oid),
               shobj_description(r.oid, 'pg_authid')
        FROM pg_roles AS r WHERE r.rolname !~ '^pg_' ORDER BY 1""",
    "set path": "SET search_path TO ",
    "path": "SELECT unnest(current_schemas(false))",
    "sizes": """
        SELECT n.nspname, c.relname, pg_total_relation_size(c.oid)
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm', 't', 'i') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'""",
}
_MYSQL = {
    "databases": """
        SELECT s.schema_name, NULL, s.default_character_set_name, s.default_collation_name,
               CASE WHEN s.schema_name = database() THEN '*' END,
               (SELECT sum(t.data_length + t.index_length) FROM information_schema.tables AS t
                WHERE t.table_schema = s.schema_name), NULL
        FROM information_schema.schemata AS s ORDER BY 1""",
    "roles": """
        SELECT grantee, 'yes', coalesce(group_concat(CASE WHEN words <> 'USAGE' THEN concat(words, place) END
                                            ORDER BY place SEPARATOR '; '), 'USAGE'), NULL, NULL
        FROM (SELECT grantee, '' AS place, group_concat(privilege_type ORDER BY privilege_type SEPARATOR ', ') AS words
              FROM information_schema.user_privileges GROUP BY 1, 2
              UNION ALL
              SELECT grantee, concat(' on ', table_schema, '.*'),
                     group_concat(privilege_type ORDER BY privilege_type SEPARATOR ', ')
              FROM information_schema.schema_privileges GROUP BY 1, 2
              UNION ALL
              SELECT grantee, concat(' on ', table_schema, '.', table_name),
                     group_concat(privilege_type ORDER BY privilege_type SEPARATOR ', ')
              FROM information_schema.table_privileges GROUP BY 1, 2
              UNION ALL
              SELECT grantee, concat(' on ', table_schema, '.', table_name, '.', column_name),
                     group_concat(privilege_type ORDER BY privilege_type SEPARATOR ', ')
              FROM information_schema.column_privileges GROUP BY 1, 2) AS granted
        GROUP BY grantee ORDER BY 1""",
    "set path": "USE ",
    "path": "SELECT database() WHERE database() IS NOT NULL",
    "sizes": """
        SELECT CASE WHEN table_schema = database() THEN NULL ELSE table_schema END, table_name,
               data_length + index_length
        FROM information_schema.tables
        WHERE table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')""",
}
_SQLITE = {
    "databases": """
        SELECT l.name, NULL, (SELECT encoding FROM pragma_encoding), NULL, CASE WHEN l.seq = 0 THEN '*' END,
               (SELECT p.page_count * s.page_size FROM pragma_page_count(l.name) AS p, pragma_page_size(l.name) AS s),
               l.file
        FROM pragma_database_list AS l ORDER BY l.seq""",
    "path": "SELECT name FROM pragma_database_list ORDER BY seq",
    "sizes": "SELECT NULL, name, sum(pgsize) FROM dbstat GROUP BY name",
}
_LISTS: Mapping[str, Lists] = {"postgresql": _POSTGRESQL, "mysql": _MYSQL, "sqlite": _SQLITE}
_COLUMNS = {
    "databases": ("name", "owner", "encoding", "collation", "now", Column("size", kind="number"), "comment"),
    "roles": ("name", "login", "may", "member of", "comment"),
}


def databases(database: Database) -> Rows:
    """The databases of the server; of SQLite the files that are attached, which `comment` names."""
    rows = [(*row[:5], readable_size(row[5]), row[6]) for row in _rows(database, "databases")]
    return Rows.of(*_COLUMNS["databases"], rows=rows)


def roles(database: Database) -> Rows:
    """Who may come in, and what they may. Raises Refused where there are no users."""
    return Rows.of(*_COLUMNS["roles"], rows=_rows(database, "roles"))


def sizes(database: Database) -> Mapping[Name, int]:
    """Bytes of tables and indexes, with all that belongs to them; nothing where the server does not say."""
    try:
        rows = _rows(database, "sizes")
    except DbxError:
        return {}
    return {Name(str(name), None if schema is None else str(schema)): int(size) for schema, name, size in rows if size}


def path(database: Database) -> list[str]:
    """The schemas in which bare names are looked for, in order."""
    return [str(name) for name, *_ in _rows(database, "path")]


def set_path(database: Database, names: Sequence[str]) -> None:
    """Look for bare names in these from now on. Raises Refused where that cannot be set."""
    text = _LISTS.get(database.dialect.name, {}).get("set path")
    if text is None:
        raise Refused(f"{database.dialect.title} has no schema path to set")
    database.connection.run(Statement(text + ", ".join(map(database.dialect.transactions.quoted, names))))


def readable_size(size: Cell) -> str:
    """Bytes as people say them: 8 kB, 1.2 MB; '' for what is not known."""
    if size is None or size == "":
        return ""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TB"


def _rows(database: Database, what: str) -> list[tuple[Cell, ...]]:
    text = _LISTS.get(database.dialect.name, {}).get(what)
    if text is None:
        raise Refused(f"{database.dialect.title} has no list of {what}")
    statement = Statement(text)
    outcome = database.connection.run(statement)
    return [row for batch in outcome.rows or () for row in batch]
