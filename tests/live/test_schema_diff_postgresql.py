"""Two PostgreSQL databases that differ in one thing of each kind: the difference has that name, and the statements it
gives make them equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from diff_cases_postgresql import CASES
from differing import Found, made_equal, names
from servers import PostgreSQL


@pytest.fixture(scope="module")
def found(postgresql: PostgreSQL) -> Iterator[Found]:
    """All cases in two databases, compared at once, changed at once."""
    postgresql.execute("CREATE ROLE diff_other")
    one, two = postgresql.create_database(), postgresql.create_database()
    for database in (one, two):
        with postgresql.connect(database) as connection:
            for number, case in enumerate(CASES):
                connection.execute(names(number, f"create schema {{k}}; {case.before}").encode())
                if database == two:
                    connection.execute(names(number, case.change).encode())
    yield made_equal(*(postgresql.url(database=name) for name in (one, two)))
    for name in (one, two):
        postgresql.drop_database(name)
    postgresql.execute("DROP ROLE diff_other")


def ids(number: int) -> Any:
    return f"{number}: {CASES[number].line}"


@pytest.mark.parametrize("number", range(len(CASES)), ids=ids)
def test_the_difference_is_named_and_nothing_else(found: Found, number: int) -> None:
    assert found.lines.get(number) == [names(number, CASES[number].line)]


def test_the_statements_run(found: Found) -> None:
    assert found.code == 0, found.error


@pytest.mark.parametrize("number", range(len(CASES)), ids=ids)
def test_the_statements_make_them_equal(found: Found, number: int) -> None:
    kept = [names(number, CASES[number].line)] if "order of columns" in CASES[number].line else None
    assert found.left.get(number) == kept
