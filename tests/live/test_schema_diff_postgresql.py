"""Two PostgreSQL databases that differ in one thing of each kind: the difference has that name, and the statements it
gives make them equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torture_postgresql
from diff_cases_postgresql import CASES
from differing import Found, made_equal, names
from reading import schema
from run_dbx import good, run
from servers import PostgreSQL

from dbx.schema import migrate
from dbx.schema.diff import changes


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


def test_all_of_a_schema_goes_and_comes_back(postgresql: PostgreSQL) -> None:
    torture_postgresql.make_roles(postgresql)
    full, empty, changed = (postgresql.create_database() for _ in range(3))
    try:
        for name in (full, changed):
            with postgresql.connect(name) as connection:
                connection.execute(torture_postgresql.SCHEMA.encode())
        for name in (empty, full):
            wanted, there = schema(postgresql.url(database=name)), postgresql.url(database=changed)
            script = "\n".join(migrate.statements(changes.compare(schema(there), wanted)))
            good(run(there, "-", stdin=script.encode(), command="run"))
            assert changes.compare(schema(there), wanted).changes == ()
    finally:
        for name in (full, empty, changed):
            postgresql.drop_database(name)
