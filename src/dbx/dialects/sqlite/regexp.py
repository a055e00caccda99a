"""x REGEXP y for SQLite, which has the operator and leaves the function to others.

By RE2, whose time grows with the text and not with the pattern: no pattern can hold up the session. It is imported
with the first pattern.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from importlib import import_module
from typing import Any

MAX_MEMORY = 8 << 20


def register(connection: sqlite3.Connection) -> None:
    connection.create_function("regexp", 2, matches, deterministic=True)


def matches(pattern: object, text: object) -> bool | None:
    """Whether the pattern is found anywhere in the text; NULL if either is."""
    if pattern is None or text is None:
        return None
    return _compiled(str(pattern)).search(str(text)) is not None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    re2: Any = import_module("re2")
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    return re2.compile(pattern, options)
