"""How a name has to be written in SQL, so that the server reads just that name."""

from __future__ import annotations

import re

from dbx.dialects.base import Dialect
from dbx.dialects.traits import traits
from dbx.shell.completion.vocabulary import RESERVED, RESERVED_MYSQL

_PLAIN = {
    "postgresql": re.compile(r"[a-z_][a-z0-9_$]*"),
    "mysql": re.compile(r"(?!\d+\Z)[0-9a-zA-Z$_]+"),
    "sqlite": re.compile(r"[A-Za-z_][A-Za-z0-9_$]*"),
}
_RESERVED = {"mysql": RESERVED_MYSQL}
_OTHER = re.compile(r"[a-z_][a-z0-9_]*")
_CLOSING = {"[": "]"}


def quoted(name: str, dialect: Dialect, opening: str = "") -> str:
    """The name as it is, or between quotes where it needs some: those that were opened, or the dialect's."""
    if not opening:
        reserved = name.lower() in RESERVED or name.lower() in _RESERVED.get(dialect.name, ())
        if _PLAIN.get(dialect.name, _OTHER).fullmatch(name) and not reserved:
            return name
        opening = traits(dialect.name).tables.quote
    closing = _CLOSING.get(opening, opening)
    return opening + name.replace(closing, closing * 2) + closing


def string(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
