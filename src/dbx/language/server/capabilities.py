"""What each server can, which SQLAlchemy would write without asking: one table, from which version on.

A feature that stands here is asked for with Server.can() and either written another way or refused with E-DIALECT.
A server that is no row of the table is taken to follow the SQL standard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbx.dialects.traits import traits
from dbx.language.refusal import Unfit

if TYPE_CHECKING:
    from collections.abc import Mapping

Version = tuple[int, ...]
ANY: Version = ()

CAPABILITIES: Mapping[str, Mapping[str, Version]] = {
    "NULLS LAST": {"sqlite": (3, 30), "postgresql": ANY},
    "FULL JOIN": {"sqlite": (3, 39), "postgresql": ANY},
    "an aggregate's FILTER": {"sqlite": (3, 30), "postgresql": ANY},
    "DISTINCT ON": {"postgresql": ANY},
    "INTERSECT and EXCEPT": {"sqlite": ANY, "postgresql": ANY, "mysql": (8, 0, 31), "mariadb": (10, 3)},
    "INTERSECT ALL and EXCEPT ALL": {"postgresql": ANY, "mysql": (8, 0, 31), "mariadb": (10, 5)},
    "VALUES": {"postgresql": ANY},
    "RETURNING of an insert": {"sqlite": (3, 35), "postgresql": ANY, "mariadb": (10, 5)},
    "RETURNING of an update": {"sqlite": (3, 35), "postgresql": ANY},
    "RETURNING of a delete": {"sqlite": (3, 35), "postgresql": ANY, "mariadb": (10, 0, 5)},
    "ON CONFLICT": {"sqlite": (3, 24), "postgresql": ANY},
    "ON DUPLICATE KEY": {"mysql": ANY, "mariadb": ANY},
    "LATERAL": {"postgresql": ANY, "mysql": (8, 0, 14)},
    "a query inside FROM that looks outside": {"sqlite": ANY, "postgresql": ANY, "mysql": (8, 0, 14)},
    "ANY and ALL of a query": {"postgresql": ANY, "mysql": ANY, "mariadb": ANY},
    "WITHIN GROUP": {"postgresql": ANY},
    "order inside an aggregate": {"sqlite": (3, 44), "postgresql": ANY, "mysql": ANY, "mariadb": ANY},
    "TABLESAMPLE": {"postgresql": ANY},
    "FETCH WITH TIES": {"postgresql": (13,), "mariadb": (10, 6)},
    "FOR UPDATE": {"postgresql": ANY, "mysql": ANY, "mariadb": ANY},
    "a default of lag and lead": {"sqlite": ANY, "postgresql": ANY, "mysql": ANY},
    "GROUPS in a window": {"sqlite": (3, 28), "postgresql": (11,)},
    "arrays": {"postgresql": ANY},
    "UPDATE of several tables": {"mysql": ANY, "mariadb": ANY},
    "UPDATE with a FROM": {"sqlite": (3, 33), "postgresql": ANY, "mysql": ANY, "mariadb": ANY},
    "DELETE with a USING": {"postgresql": ANY, "mysql": ANY, "mariadb": ANY},
    "the table a write is to in its own subquery": {"sqlite": ANY, "postgresql": ANY, "mariadb": (10, 3)},
    "a regular expression that replaces": {"postgresql": ANY, "mysql": (8, 0, 4), "mariadb": ANY},
    "~ with a sign": {"sqlite": ANY, "postgresql": ANY},
    "^ of bits": {"postgresql": ANY, "mysql": ANY, "mariadb": ANY},
    "% of fractions": {"mysql": ANY, "mariadb": ANY},
    "LIMIT in a query for IN": {"sqlite": ANY, "postgresql": ANY},
    "a letter as a separator": {"postgresql": ANY, "mysql": ANY, "mariadb": ANY},
    "all places of an average": {"sqlite": ANY, "postgresql": ANY},
    "functions of tables": {"sqlite": ANY, "postgresql": ANY},
}

KNOWN = frozenset(("sqlite", "postgresql", "mysql", "mariadb"))


def can(feature: str, key: str, version: Version) -> bool:
    """Whether a server has it. One whose version nobody has seen is taken for a new one."""
    since = CAPABILITIES[feature]
    if key not in KNOWN:
        return True
    return key in since and (not version or version >= since[key])


def cannot(feature: str, key: str, hint: str = "") -> Unfit:
    return Unfit("E-DIALECT", f"{feature} cannot be said on {traits(key).title}", hint)
