"""Names and strings as the SQL standard has them."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name that nothing in it can end."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
