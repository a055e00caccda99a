"""The reader of MySQL and MariaDB: names from a few flat lists, then SHOW CREATE of everything, hundreds in a packet.
That is both the whole truth and the fastest: the server opens each table once, and says all it knows of it.

Nothing is locked, and nothing waited for longer than a second: SHOW CREATE passes LOCK TABLES and open transactions,
and what somebody holds for himself alone (a CREATE TABLE … AS that still runs) is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dbx.schema.model import ForeignKey, Schema, Table
from dbx.schema.objects import Name, Namespace
from dbx.schema.read import SYSTEM
from dbx.schema.readers.mysql.database import FIELDS, Reading
from dbx.schema.readers.mysql.session import Session, session
from dbx.schema.text.mysql import literal


def read(connection: Any, names: Sequence[str] = (), schemas: Sequence[str] = ()) -> Schema:
    """As dbx.schema.read says. A schema is a database. The current one is without a name, and where there is one it is
    all that is read for () `schemas`."""
    with session(connection) as asked:
        found = [Reading(asked, database, names) for database in _databases(asked, schemas)]
        for each in found:
            each.read()
    own = [each.options for each in found if each.schema is None and not names]
    lists: dict[str, Any] = {field: [each for one in found for each in one.lists[field]] for field in FIELDS}
    return Schema(
        "mariadb" if asked.mariadb else "mysql",
        namespaces=tuple([Namespace(each.schema, options=each.options) for each in found if each.schema is not None]),
        options=own[0] if own else (),
        **{field: tuple(spelled(each) if field == "tables" else each) for field, each in lists.items()},
    )


def spelled(tables: list[Table]) -> list[Table]:
    """With foreign keys that name what they refer to as it is called: one that is older than its target is kept in
    whatever case somebody wrote it."""
    known = {(table.schema, table.name): table for table in tables}
    for number, table in enumerate(tables):
        for key in table.foreign_keys:
            target = known.get((key.target_schema, key.target_table))
            if target is not None and any(target.column(name) is None for name in key.target_columns):
                tables[number] = table._replace(
                    foreign_keys=tuple([_spelled(each, known) for each in table.foreign_keys])
                )
                break
    return tables


def _spelled(key: ForeignKey, known: Mapping[tuple[str | None, str], Table]) -> ForeignKey:
    target = known.get((key.target_schema, key.target_table))
    names = {column.name.lower(): column.name for column in target.columns} if target else {}
    return key._replace(target_columns=tuple([names.get(name.lower(), name) for name in key.target_columns]))


def system(connection: Any, names: Sequence[str] = ()) -> Schema:
    """The server's own databases."""
    with session(connection) as asked:
        rows = asked.rows("SELECT schema_name FROM information_schema.schemata")
    return read(connection, names, [name for (name,) in rows if name.lower() in SYSTEM])


def estimates(connection: Any, schemas: Sequence[str] = ()) -> dict[Name, int]:
    """Rows as the engines guess them."""
    found: dict[Name, int] = {}
    with session(connection) as asked:
        for database in _databases(asked, schemas):
            rows = asked.rows(
                "SELECT table_name, table_rows FROM information_schema.tables"
                f" WHERE table_schema = {literal(database)} AND table_type NOT IN ('VIEW', 'SEQUENCE')"
            )
            schema = None if database == asked.home else database
            found.update({Name(name, schema): int(count) for name, count in rows if count is not None})
    return found


def fingerprint(connection: Any) -> str:
    """How many statements that change a schema the server has begun since its start; '' while one may still run, whose
    end no counter tells."""
    with session(connection) as asked:
        place = "information_schema" if asked.mariadb else "performance_schema"
        rows = asked.rows(
            "SELECT lower(variable_name), variable_value, unix_timestamp(), @@hostname, @@port, database(),"
            f" current_user(), current_role() FROM {place}.global_status WHERE variable_name REGEXP '{_COUNTERS}'"
            " AND variable_name NOT LIKE '%temporary%' ORDER BY 1"
        )
        if not rows or _may_change(asked, {name: int(value) for name, value, *_ in rows}):
            return ""
    count = sum(int(value) for name, value, *_ in rows if name.startswith("com_"))
    starts = [int(now) - int(value) for name, value, now, *_ in rows if name.startswith("uptime")]
    return " ".join(map(str, [asked.version, *rows[0][3:], *starts, count]))


_COUNTERS = "^(com_(alter|create|drop|rename|grant|revoke).*|uptime.*|threads_running)$"
_HARMLESS = (
    "select",
    "show",
    "set",
    "insert",
    "update",
    "delete",
    "replace",
    "commit",
    "rollback",
    "begin",
    "start",
    "use",
)


def _may_change(asked: Session, status: dict[str, int]) -> bool:
    """Whether anything runs but plain reading and writing of rows. A user may see only his own; what else runs may be
    anything. (Who sees the server's own threads, which are not always counted as running, sees everybody's.)"""
    harmless = 0
    for number, command, text in asked.rows(_RUNNING):
        if number == "own" or (text and text.split(maxsplit=1)[0].lower() in _HARMLESS):
            harmless += 1
        elif text or command == "Query":
            return True
        else:
            harmless += command != "Sleep"
    return status["threads_running"] > harmless


_RUNNING = (
    "SELECT CASE WHEN id = connection_id() THEN 'own' END, command, trim(info) FROM information_schema.processlist"
)


def _databases(asked: Session, schemas: Sequence[str]) -> Sequence[str]:
    if schemas or asked.home:
        return schemas or [asked.home]
    rows = asked.rows("SELECT schema_name FROM information_schema.schemata")
    return [name for (name,) in rows if name.lower() not in SYSTEM]
