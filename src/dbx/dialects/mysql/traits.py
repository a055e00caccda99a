"""What is known of MySQL and MariaDB without asking one."""

from __future__ import annotations

from dbx.dialects.traits import Tables, Traits


def _takes(name: str) -> bool:
    return 0 < len(name) <= 64 and name == name.rstrip() and max(name) < "\U00010000"


_TABLES = Tables(
    kept_as_statement=True,
    takes=_takes,
    quote="`",
    same="<=>",
    exact_time=True,
    deferrable=False,
    feasible_actions=True,
    aligned=True,
    steady=True,
    sure=False,
    columns=1_017,
    moments=("1970-01-01 00:00:01", "2038-01-19 03:14:07"),
    key_length=768,  # 3,072 bytes, and a character has four
    row_bytes=65_000,  # of 65,535
    partial_indexes=False,
    shared_names=False,
)

_WITHOUT = frozenset({"policy", "rule", "foreign server"})
_MARIADB = Traits("MariaDB", "mysql", follows=False, without=_WITHOUT, tables=_TABLES)
_MYSQL = _MARIADB._replace(
    title="MySQL", without=_WITHOUT | {"aggregate", "sequence"}, tables=_TABLES._replace(bracketed_defaults=True)
)

TRAITS = {"mysql": _MYSQL, "mariadb": _MARIADB}
