"""REGEXP on SQLite: found anywhere, NULL stays NULL, and no pattern takes forever."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from dbx.dialects.sqlite import regexp as sqlite_regexp


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(":memory:") as found:
        sqlite_regexp.register(found)
        yield found
    found.close()


@pytest.mark.parametrize(("text", "pattern", "found"), [
    ("abc", "b", 1), ("abc", "^b", 0), ("Björk", "ö.k$", 1), (None, "a", None), ("a", None, None), (12, "^1", 1),
])  # fmt: skip
def test_found(connection: sqlite3.Connection, text: object, pattern: object, found: int | None) -> None:
    assert connection.execute("select ? regexp ?", (text, pattern)).fetchone() == (found,)


def test_a_pattern_that_would_take_forever(connection: sqlite3.Connection) -> None:
    assert connection.execute("select ? regexp '(x+x+)+y'", ("x" * 50_000,)).fetchone() == (0,)


def test_what_is_no_pattern(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("select 'a' regexp '('").fetchone()
