"""Two MariaDB databases that differ in one thing of each kind, as in test_schema_diff_postgresql."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from diff_cases_mariadb import CASES
from differing import Found, made_equal, names
from servers import MariaDB


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
    yield made_equal(*(mariadb.url(database=name) for name in (one, two)), "--autocommit")
    for name in (one, two):
        mariadb.drop_database(name)
    mariadb.execute("DROP USER diff_other@localhost")


def statements(text: str) -> list[str]:
    """Those of a case; a body's semicolons end nothing."""
    return [each for each in re.split(r";\s*(?![^;]*\bend\b)", text) if each.strip()]


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
