"""What is known of a kind of server without asking one: a schema may come from a file, or be made for a server that
nobody is connected to. The module of each loads no driver."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import NamedTuple


class Traits(NamedTuple):
    """`family` is the dialect whose statements it takes: mysql for MariaDB."""

    title: str
    family: str
    main: str = ""
    """How the schema without a name is called."""
    home: str | None = None
    """The schema that bare names mean, as long as nobody has asked."""
    placed: bool = False
    """Whatever is in a schema says so: a cast or a publication, which says none, is in none."""
    granted: Mapping[str, str] | None = None
    """What everybody may, by the kind of object, where nothing was granted or revoked, the owner being free to do
    everything; None where that is not so."""


_MODULES = {
    "sqlite": "dbx.dialects.sqlite_traits",
    "postgresql": "dbx.dialects.postgresql_traits",
    "mysql": "dbx.dialects.mysql_traits",
    "mariadb": "dbx.dialects.mysql_traits",
}


@cache
def traits(dialect: str) -> Traits:
    """Those of a Schema's dialect; of one that is not built in, what nearly every server has."""
    found: Traits = (
        import_module(_MODULES[dialect]).TRAITS[dialect] if dialect in _MODULES else Traits(dialect, dialect)
    )
    return found
