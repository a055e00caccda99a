"""Where a user may have one connection and no more, as behind poolers and with passwords for one use, everything works
that the user's own connection can do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from run_dbx import execute, run, until
from sqlalchemy import make_url

SCRIPT = b"""begin;
insert into one values (2);
[t.x for t in one if t.x > 1]
commit;
"""

LISTED = {
    "postgresql": "select 1 from pg_stat_activity where usename = 'single'",
    "mariadb": "select 1 from information_schema.processlist where user = 'single'",
}


@contextmanager
def limited(kind: str, url: str) -> Iterator[str]:
    """The same database for a user with one connection."""
    create = {
        "postgresql": ["create role single login password 'alone' connection limit 1", "grant all on one to single"],
        "mariadb": [
            "create user single identified by 'alone' with max_user_connections 1",
            "grant all on *.* to single",
        ],
    }
    execute(url, *create[kind])
    try:
        yield make_url(url).set(username="single", password="alone").render_as_string(hide_password=False)
    finally:
        gone = {"postgresql": ["drop owned by single", "drop role single"], "mariadb": ["drop user single"]}
        execute(url, *gone[kind])


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_expressions_and_sessions(kind: str, databases: Callable[[str], str]) -> None:
    url = databases(kind)
    execute(url, "create table one (x int primary key)", "insert into one values (1)")

    def alone(own: str, *arguments: str, **how: Any) -> list[str]:
        done = run(own, *arguments, **how)
        until(lambda: not execute(url, LISTED[kind]), "the server has let go of the connection")
        assert done.code == 0, done.err
        return done.lines()

    with limited(kind, url) as own:
        assert alone(own, "[t.x for t in one]") == ["x", "1"]
        assert alone(own, "-", command="session", stdin=SCRIPT) == ["x", "2"]
        assert alone(own, "-", command="session", stdin=b"one.get(2)\n") == ["state\tx", "persistent\t2"]


@pytest.mark.parametrize(
    ("kind", "set_up", "asked", "last"),
    [
        ("mariadb", "set sql_mode='ANSI_QUOTES'", "select @@sql_mode", "set sql_mode=''"),
        ("postgresql", "begin; set local search_path = pg_catalog, public", "show search_path", "commit"),
    ],
)
def test_what_the_session_has_set_is_neither_taken_for_the_servers_nor_lost(
    kind: str, set_up: str, asked: str, last: str, databases: Callable[[str], str]
) -> None:
    url, quote = databases(kind), {"mariadb": "`", "postgresql": '"'}[kind]
    execute(url, f"create table one ({quote}order{quote} int)", "insert into one values (7)")
    script = f"{set_up};\n{asked};\n[r.order for r in one]\n{asked};\n{last};\n[r.order for r in one]\n"
    done = run(url, "-", command="session", stdin=script.encode())
    (name, value, *rows) = done.lines()
    assert (done.code, rows) == (0, ["order", "7", name, value, "order", "7"]), done.err
