"""Two PostgreSQL databases that differ in one thing of each kind: the difference has that name, and the statements it
gives make them equal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from diff_cases_postgresql import CASES
from run_dbx import run
from servers import PostgreSQL

from dbx import config, target
from dbx.database import Database
from dbx.schema import migrate, read
from dbx.schema.diff import changes, words
from dbx.schema.model import Schema


def names(number: int, text: str) -> str:
    return text.replace("{k}", f"k{number:03}")


class Found(NamedTuple):
    """Lines by the number of their case; what the statements came to, and what they left."""

    lines: dict[int, list[str]]
    script: str
    left: dict[int, list[str]]
    code: int
    error: str


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
    urls = [postgresql.url(database=name) for name in (one, two)]
    wanted = schema(urls[1])
    difference = changes.compare(schema(urls[0]), wanted)
    script = "\n".join(migrate.statements(difference))
    done = run(urls[0], "-", stdin=script.encode(), command="run")
    left = changes.compare(schema(urls[0]), wanted)
    yield Found(by_case(difference), script, by_case(left), done.code, done.err)
    for name in (one, two):
        postgresql.drop_database(name)
    postgresql.execute("DROP ROLE diff_other")


def schema(url: str) -> Schema:
    database = Database(target.parse(url, config.Config()))
    try:
        return read.schema(database)
    finally:
        database.close()


def by_case(difference: changes.Diff) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for change in difference.changes:
        number = re.search(r"\bk(\d{3})", change.name)
        assert number is not None, change
        found.setdefault(int(number[1]), []).append(words.line(change))
    return found


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
