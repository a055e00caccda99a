"""What leaves as insert, parquet or arrow is what comes back: on the same server, in pyarrow and in DuckDB."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing

import pytest
from run_dbx import driver, execute, existing, good, run, values
from servers import MariaDB, PostgreSQL, Server
from test_values import POSTGRESQL, maria_zoo
from test_values_sqlite import BLOBS, REALS, SQLITE

__all__ = ["maria_zoo"]

AWKWARD = (
    "it's", '"', "`", "\\", "\\'", "'; select 1; --\\", "a\nb", "a\r\nb", "a\rb", "tab\t", "\x1b[31m", "\x07\x08\x0c\x0b\x7f",
    "-- no comment", "/* neither */", "# nor this", "$$ $a$", ":a %s {} ?", "\\.", "\\N", "NULL", "", " ", "naïve 東京 🙂",
    "\u202e\ufeff\u0085\u2028", "delimiter //", ".quit", "x" * 5000, "é\\", "\\é'",
)  # fmt: skip
"""Texts that some reader of SQL takes for more than text."""

# --- insert ----------------------------------------------------------------------------------------------------------

COLUMNLESS = {"composite", "record of booleans", "void"}
"""What no table of PostgreSQL can hold."""


@pytest.fixture
def pg_zoo(postgresql: PostgreSQL, pg_url: str) -> str:
    types = ["create type mood as enum ('ok', 'so so')", "create type pair as (a text, b int)"]
    types += ["create domain small as int check (value < 10)", "create extension if not exists hstore"]
    columns = ", ".join(f'{text} as "{name}"' for name, text in POSTGRESQL.items() if name not in COLUMNLESS)
    execute(pg_url, *types, f"create table zoo as select {columns}", "insert into zoo default values")
    return pg_url


def _replayed(server: Server, url: str, script: bytes, *options: str, **environment: str) -> None:
    """Run a script in the server's own client."""
    argv, own = server.client(url.rpartition("/")[2])
    done = subprocess.run([*argv, *options], env=own | environment, input=script, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def _inserts(url: str, table: str, *options: str) -> bytes:
    return good(run(url, f"select * from {table}", "-f", "insert", "--table", "back", *options)).out


@pytest.mark.parametrize("conforming", ["on", "off"])
def test_insert_replays_on_postgresql(postgresql: PostgreSQL, pg_zoo: str, conforming: str) -> None:
    execute(pg_zoo, "create table back (like zoo)")
    setting = f"-c standard_conforming_strings={conforming} -c escape_string_warning=off"
    _replayed(postgresql, pg_zoo, _inserts(pg_zoo, "zoo"), "-q", "-v", "ON_ERROR_STOP=1", PGOPTIONS=setting)
    assert values(pg_zoo, "select * from back") == values(pg_zoo, "select * from zoo")
    good(run(pg_zoo, "delete from back", "-"))
    good(run(pg_zoo, "-", stdin=_inserts(pg_zoo, "zoo")))
    assert values(pg_zoo, "select * from back") == values(pg_zoo, "select * from zoo")


def test_insert_of_bytea_in_the_old_spelling(pg_url: str) -> None:
    execute(pg_url, "create table back (a bytea)", r"create table t as select '\x00275c61ff'::bytea as a")
    script = good(run(pg_url, "set bytea_output = 'escape'; select * from t", "-f", "insert", "--table", "back")).out
    good(run(pg_url, "-", stdin=script))
    assert values(pg_url, "select * from back") == [[r"\x00275c61ff"]]


@pytest.mark.parametrize("mode", ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES"])
@pytest.mark.parametrize("charset", ["utf8mb4", "latin1"])
def test_insert_replays_on_mariadb(mariadb: MariaDB, maria_zoo: str, mode: str, charset: str) -> None:
    execute(maria_zoo, "create table back like zoo", "set sql_mode = ''", "insert into zoo () values ()")
    options = (f"--init-command=set sql_mode='{mode}'", f"--default-character-set={charset}")
    _replayed(mariadb, maria_zoo, _inserts(maria_zoo, "zoo"), *options)
    assert values(maria_zoo, "select * from back") == values(maria_zoo, "select * from zoo")
    good(run(maria_zoo, "delete from back", f"set sql_mode = '{mode}'", "-", stdin=_inserts(maria_zoo, "zoo")))
    assert values(maria_zoo, "select * from back") == values(maria_zoo, "select * from zoo")


@pytest.mark.parametrize("through", ["client", "dbx"])
def test_awkward_texts_replay(any_url: str, request: pytest.FixtureRequest, through: str) -> None:
    backend = any_url.partition(":")[0]
    existing(any_url)
    mark = "?" if backend == "sqlite" else "%s"
    texts = [*AWKWARD, *(["a\0b", "␀\0␍\r"] if backend != "postgresql" else [])]
    with closing(driver(any_url)) as connection:
        cursor = connection.cursor()
        for name in ("t", "back"):
            cursor.execute(f"create table {name} (n int, s {'longtext' if backend == 'mysql' else 'text'})")
        cursor.executemany(f"insert into t values ({mark}, {mark})", list(enumerate(texts)))
    script = _inserts(any_url, "t")
    if through == "dbx":
        good(run(any_url, "-", stdin=script))
    elif backend == "sqlite":
        subprocess.run(["sqlite3", "-bail", any_url.removeprefix("sqlite:///")], input=script, check=True)
    else:
        server = request.getfixturevalue({"mysql": "mariadb", "postgresql": "postgresql"}[backend])
        _replayed(server, any_url, script)
    assert [text for _, text in execute(any_url, "select n, s from back order by n")] == texts


def test_insert_replays_on_sqlite(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    cells = [*SQLITE.values(), *REALS, *BLOBS]
    with closing(sqlite3.connect(path)) as connection:
        names = ", ".join(f"c{number}" for number in range(len(cells)))
        connection.execute(f"create table zoo ({names})")
        connection.execute(f"create table back ({names})")
        connection.execute(f"insert into zoo select {', '.join(cells)}")
        connection.commit()
    script = _inserts(sqlite_url, "zoo")
    subprocess.run(["sqlite3", "-bail", path], input=script, check=True)
    good(run(sqlite_url, "-", stdin=script))
    columns = [f"typeof(c{number}), hex(cast(c{number} as blob)), c{number}" for number in range(len(cells))]
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        told = connection.execute(f"select {', '.join(columns)} from zoo").fetchone()
        for row in connection.execute(f"select {', '.join(columns)} from back"):
            assert list(map(repr, row)) == list(map(repr, told))


def test_insert_from_one_server_into_another(pg_zoo: str, sqlite_url: str) -> None:
    existing(sqlite_url)
    query = (
        "select 1 as i, 12.50 as n, 0.1::float8 as f, true as b, 'it''s'::text as t, '\\x00ff'::bytea as r, null as z"
    )
    script = good(run(pg_zoo, query, "-f", "insert", "--table", "main.back", "--dialect", "sqlite")).out
    execute(sqlite_url, "create table back (i, n, f, b, t, r, z)")
    good(run(sqlite_url, "-", stdin=script))
    assert execute(sqlite_url, "select * from back") == [(1, 12.5, 0.1, 1, "it's", b"\x00\xff", None)]


def test_a_dialect_that_nobody_knows_is_told_before_anything_runs(any_url: str) -> None:
    execute(existing(any_url), "create table t (x int)")
    statements = ("insert into t values (1)", "select 1 as a", "--autocommit")
    done = run(any_url, *statements, "-f", "insert", "--dialect", "oracle")
    assert (done.code, done.out) == (2, b"")
    assert "mariadb, mysql, postgresql, sqlite" in done.err
    assert list(execute(any_url, "select * from t")) == []
