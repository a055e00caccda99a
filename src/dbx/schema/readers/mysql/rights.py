"""Privileges of MySQL and MariaDB: who may do what with the objects of a database, and what the reader may not see.

The server hides what a user has no right to as if it were not there, so the user's own rights tell what may be hidden.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from dbx.schema.objects import Grant, Missing, Other
from dbx.schema.text.mysql import NAME, literal, quoted, unquoted

_TABLE_RIGHTS = frozenset(
    [
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "CREATE",
        "DROP",
        "REFERENCES",
        "INDEX",
        "ALTER",
        "CREATE VIEW",
        "SHOW VIEW",
    ]
)
_ROUTINE_RIGHTS = frozenset({"EXECUTE", "ALTER ROUTINE", "CREATE ROUTINE", "SHOW CREATE ROUTINE"})
_CLOSED = (
    ("tables", _TABLE_RIGHTS, "no privilege"),
    ("routines", _ROUTINE_RIGHTS, "no EXECUTE"),
    ("triggers", frozenset({"TRIGGER"}), "no TRIGGER"),
    ("events", frozenset({"EVENT"}), "no EVENT"),
)
_GRANT = re.compile(rf"GRANT (.*?) ON (?:(\*)|({NAME}))\.\* TO ", re.DOTALL)
_OF_ROUTINES = re.compile(r"GRANT (?:SELECT|ALL PRIVILEGES)\b.* ON `mysql`\.(?:\*|`proc`) TO ")


def closed(grants: Iterable[str], database: str, schema: str | None) -> list[Missing]:
    """The parts of a database that its user sees only so much of as single privileges show. `grants`: SHOW GRANTS."""
    held: set[str] = set()
    for text in grants:
        if _OF_ROUTINES.match(text):
            held.add("SHOW CREATE ROUTINE")
        found = _GRANT.match(text)
        if found and (found[2] or _fits(unquoted(found[3]), database)):
            words = found[1].split(", ")
            held.update(words)
            if found[2] and not {"SELECT", "SHOW_ROUTINE"}.isdisjoint(words):  # which also opens the routines
                held.add("SHOW CREATE ROUTINE")
    if "ALL PRIVILEGES" in held:
        return []
    return [
        Missing(part, schema, "", f"others may be hidden: the user has {lacking} on the database")
        for part, wanted, lacking in _CLOSED
        if held.isdisjoint(wanted)
    ]


def _fits(pattern: str, database: str) -> bool:
    """Whether a privilege's database, in which % and _ stand for any characters, is this one."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    signs = {"%": ".*", "_": "."}
    expression = "".join(signs.get(part) or re.escape(part[-1]) for part in parts)
    return re.fullmatch(expression, database, re.DOTALL) is not None


OF_TABLES = "host, user, table_name, table_priv"
OF_COLUMNS = "host, user, table_name, column_name, column_priv"
OF_ROUTINES = "host, user, routine_name, routine_type, proc_priv"
"""Columns of mysql.tables_priv, columns_priv and procs_priv."""

OF_DATABASE = (
    "SELECT grantee, privilege_type, is_grantable FROM information_schema.schema_privileges WHERE table_schema"
)

_WORDS = {"DELETE VERSIONING ROWS": "DELETE HISTORY"}


def by_object(rows: Iterable[Sequence[Any]]) -> dict[tuple[str, ...], tuple[Grant, ...]]:
    """Grants by what they are of; rows are host, user, the object's names, and a SET of privileges."""
    found: dict[tuple[str, ...], list[Grant]] = defaultdict(list)
    for host, user, *names, privileges in rows:
        words = [_WORDS.get(word, word) for word in privileges.upper().split(",") if word]
        if not words:  # of columns alone
            continue
        held = tuple(sorted(word for word in words if word != "GRANT"))
        found[tuple(names)].append(Grant(grantee(user, host), held or ("USAGE",), "GRANT" in words))
    return {names: tuple(sorted(grants)) for names, grants in found.items()}


def grantee(user: str, host: str) -> str:
    """As it stands in a GRANT: a role has no host."""
    return f"{literal(user)}@{literal(host)}" if host else literal(user)


def of_database(rows: Iterable[Sequence[Any]], schema: str | None) -> list[Other]:
    """Privileges on the database as a whole; `*` is the current one."""
    held: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for who, privilege, grantable in rows:
        held[who, grantable == "YES"].append(privilege)
    where = "*" if schema is None else f"{quoted(schema)}.*"
    return [
        Other(who, schema, "grant", grant_text(Grant(who, tuple(sorted(words)), grantable), where))
        for (who, grantable), words in held.items()
    ]


def grant_text(grant: Grant, what: str, columns: str = "") -> str:
    words = ", ".join(word + columns for word in grant.privileges)
    return f"GRANT {words} ON {what} TO {grant.grantee}{' WITH GRANT OPTION' if grant.grantable else ''}"
