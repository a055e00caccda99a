"""Operations whose SQL differs from server to server, under one name each.

Written while the query is built, so that a server that cannot is named at the place in the text that asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect

from dbx.dialects.traits import traits
from dbx.language.server import capabilities
from dbx.language.values.kinds import Sql

Writer = Callable[..., Sql]
_WRITERS: dict[str, dict[str, Writer]] = {}


def writes(operation: str, *keys: str) -> Callable[[Writer], Writer]:
    """Registers how an operation is written; without keys, for every server that has no way of its own."""

    def register(function: Writer) -> Writer:
        _WRITERS.setdefault(operation, {}).update(dict.fromkeys(keys or ("",), function))
        return function

    return register


class Server:
    """What a dialect writes. MariaDB is "mariadb" however its URL was spelled, and follows "mysql" where not itself."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.key = "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name

    @property
    def version(self) -> tuple[int, ...]:
        """The server's version, or nothing when the dialect has not seen one."""
        known = getattr(self.dialect, "server_version_info", None)
        known = known or getattr(self.dialect.dbapi, "sqlite_version_info", None)
        return tuple(part for part in known or () if isinstance(part, int))

    def can(self, feature: str) -> bool:
        """Whether it has what the table of capabilities calls so."""
        return capabilities.can(feature, self.key, self.version)

    def require(self, feature: str, hint: str = "") -> None:
        if not self.can(feature):
            raise capabilities.cannot(feature, self.key, hint)

    def write(self, operation: str, *parts: Sql, detail: Any = None) -> Sql:
        known = _WRITERS[operation]
        chosen = known.get(self.key) or known.get(traits(self.key).family) or known.get("")
        if chosen is None:
            raise capabilities.cannot(operation, self.key)
        return chosen(*parts) if detail is None else chosen(*parts, detail)
