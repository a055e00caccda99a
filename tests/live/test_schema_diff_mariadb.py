"""Two MariaDB databases that differ in one thing of each kind, as in test_schema_diff_postgresql."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from diff_cases_mariadb import CASES
from run_dbx import run
from servers import MariaDB
from test_schema_diff_postgresql import names, schema

from dbx.schema import migrate
from dbx.schema.diff import changes, words


class Found(NamedTuple):
    lines: dict[int, list[str]]
    left: dict[int, list[str]]
    code: int
    error: str
    script: str


@pytest.fixture(scope="module")
def found(mariadb: MariaDB) -> Iterator[Found]:
    """All cases in two databases, compared at once, changed at once."""
    mariadb.execute("CREATE USER diff_other@localhost")
    one, two = mariadb.create_database(), mariadb.create_database()
    for database in (one, two):
        connection = mariadb.connect(database)
        with connection.cursor() as cursor:
            for number, case in enumerate(CASES):
                for text in statements(case.before) + (statements(case.change) if database == two else []):
                    cursor.execute(names(number, text))
        connection.close()
    urls = [mariadb.url(database=name) for name in (one, two)]
    wanted = schema(urls[1])
    difference = changes.compare(schema(urls[0]), wanted)
    script = "\n".join(migrate.statements(difference))
    done = run(urls[0], "-", "--autocommit", stdin=script.encode(), command="run")
    left = changes.compare(schema(urls[0]), wanted)
    yield Found(by_case(difference), by_case(left), done.code, done.err, script)
    for name in (one, two):
        mariadb.drop_database(name)
    mariadb.execute("DROP USER diff_other@localhost")


def statements(text: str) -> list[str]:
    """Those of a case; a body's semicolons end nothing."""
    return [each for each in re.split(r";\s*(?![^;]*\bend\b)", text) if each.strip()]


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
    assert found.left.get(number) is None
