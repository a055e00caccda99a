"""The law of the language: a comprehension gives the rows that Python gives over objects, on every server.

Left out, as the language says: round, text made of floats, collations that take different strings for equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from generated import Row, World, conditions, items, python, queries, worlds
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from music import Music, plain
from servers import MariaDB, PostgreSQL

EXAMPLES = 30
BATCH = 6
"""Queries for each schema, which takes a server longer to make than to ask."""


class Servers:
    """One database on each server, its tables made anew for every example."""

    def __init__(self, urls: dict[str, str]) -> None:
        self.urls = urls

    def shops(self, world: World) -> Iterator[Music]:
        for url in self.urls.values():
            shop = Music(url, world.ddl, world.rows)
            try:
                yield shop
            finally:
                with shop.engine.begin() as connection:
                    connection.exec_driver_sql("drop table item")
                    connection.exec_driver_sql("drop table owner")
                shop.close()


@pytest.fixture(scope="module")
def servers(postgresql: PostgreSQL, mariadb: MariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    names = [(server, server.create_database()) for server in (postgresql, mariadb)]
    urls = {server.name.lower(): server.url(database=name) for server, name in names}
    yield Servers({"sqlite": f"sqlite:///{tmp_path_factory.mktemp('laws') / 'laws.db'}", **urls})
    for server, name in names:
        server.drop_database(name)


def bag(values: list[Any]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(map(plain, flat(value))) for value in values)


def flat(value: Any) -> list[Any]:
    """A tuple in a tuple is its columns."""
    return [part for item in value for part in flat(item)] if isinstance(value, tuple) else [value]


def in_python(text: str, tables: dict[str, list[Row]]) -> Counter[tuple[Any, ...]]:
    found = eval(text, dict(tables))
    return bag(list(found) if isinstance(found, (list, set)) else [found])


@seed(20240224)
@settings(
    max_examples=EXAMPLES, deadline=None, database=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.large_base_example],
)  # fmt: skip
@given(world=worlds(), texts=st.lists(queries, min_size=BATCH, max_size=BATCH))
def test_a_comprehension_gives_the_same_rows_in_python_and_on_every_server(
    servers: Servers, world: World, texts: list[str]
) -> None:
    tables = python(world)
    expected = {text: in_python(text, tables) for text in texts}
    for shop in servers.shops(world):
        for text in texts:
            assert bag(shop.rows(text)) == expected[text], f"{shop.key}: {text}"


def test_what_is_generated_can_be_said_at_all() -> None:
    """The law would hold emptily if nothing of any interest were made."""
    assert {"item", "owner"} <= set(
        python(World(((1, "a", 1),), ((1, 1, None, 1, 1, "a", "a", 0.5, True, None),), False))
    )
    assert conditions is not None and items is not None
