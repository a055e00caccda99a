"""Databases through SQLAlchemy's own dialects: DuckDB, and the built-in ones by the foreign way."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from run_dbx import execute, existing, finish, good, read, run, start, values
from watching import backend

from dbx import config
from dbx.connection import Connection
from dbx.dialects import generic
from dbx.dialects.base import State
from dbx.errors import StatementFailed
from dbx.target import Target, parse_url

ONE, TWO, BAD = "insert into t values (1)", "insert into t values (2)", "insert into nope values (3)"


@pytest.fixture
def duck(tmp_path: Path) -> str:
    """A DuckDB file with an empty table t."""
    pytest.importorskip("duckdb_sqlalchemy")
    url = f"duckdb:///{tmp_path / 'test.duckdb'}"
    good(run(url, "create table t (x int)"))
    return url


def kept(url: str) -> list[list[str | None]]:
    return values(url, "select x from t order by x")


def test_select(duck: str) -> None:
    done = good(run(duck, "select 1 as a, null as b, '' as c", "select 'x' as d", "-f", "csv"))
    assert (done.text, done.err) == ('a,b,c\n1,,""\nd\nx\n', "")


def test_values(duck: str) -> None:
    expected = {
        "1.50::decimal(5,2)": "1.50",
        "170141183460469231731687303715884105727::hugeint": "170141183460469231731687303715884105727",
        "12345678901234567890.123456789::decimal(38,9)": "12345678901234567890.123456789",
        "true": "true",
        "null::int": None,
        "'-infinity'::float": "-Infinity",
        "'nan'::double": "NaN",
        "1e-300::double": "1e-300",
        r"'\xff\x00'::blob": r"\xff00",
        "date '2020-02-29'": "2020-02-29",
        "timestamp '2020-02-29 01:02:03.5'": "2020-02-29 01:02:03.500000",
        "time '01:02:03'": "01:02:03",
        "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "[1, 2]": "[1, 2]",
        "'tab\t newline\n back\\slash 😀'": "tab\t newline\n back\\slash 😀",
        "'100 % %s :b ? $1'": "100 % %s :b ? $1",
    }
    (row,) = values(duck, f"select {', '.join(f'{text} as c{number}' for number, text in enumerate(expected))}")
    assert dict(zip(expected, row, strict=True)) == expected


def test_one_transaction(duck: str) -> None:
    assert good(run(duck, ONE, TWO)).out == b""
    assert kept(duck) == [["1"], ["2"]]
    done = run(duck, ONE, BAD)
    assert done.code == 1
    assert "nope does not exist" in done.err
    good(run(duck, ONE, "--dry-run"))
    assert run(duck, ONE, ONE, "--max-rows", "1").code == 6
    assert kept(duck) == [["1"], ["2"]]
    assert run(duck, f"begin; {ONE}; commit; begin; {ONE}").code == 1
    assert kept(duck) == [["1"], ["1"], ["2"]]


def test_parameters(duck: str) -> None:
    for hostile in ("' OR 1=1 --", "%s $1 :v ?", "\\' x", ""):
        shown = values(
            duck,
            "select :v as a, ':v' as b, '1'::int as c, :w + 1 as d, :v as e",
            "-p",
            f"v={hostile}",
            "-p",
            "w:int=5",
        )
        assert shown == [[hostile, ":v", "1", "6", hostile]]


def test_expressions(duck: str) -> None:
    good(run(duck, ONE, TWO))
    assert values(duck, "[r.x for r in t if r.x > 1]") == [["2"]]


def test_rows_stream_and_are_cancelled(duck: str) -> None:
    count = (
        "select count(*) from range(1000000) a, range(1000000) b, range(1000) c where a.range + b.range = c.range + 7"
    )
    process = start(duck, "--no-header", "select 'ready' as x", "select 'ready' as x", count)
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    assert finish(process, 20).code == 143
    done = good(run(duck, "select range as n from range(100000)", "--no-header"))
    assert len(done.lines()) == 100_000


def test_a_duckdb_file_needs_no_url(duck: str) -> None:
    assert values(duck.removeprefix("duckdb:///"), "select count(*) as n from t") == [["0"]]


def test_a_missing_folder(tmp_path: Path) -> None:
    pytest.importorskip("duckdb_sqlalchemy")
    assert run(f"duckdb:///{tmp_path}/nowhere/test.duckdb", "select 1 as a").code == 3


@pytest.mark.parametrize(
    ("url", "package"),
    [
        ("trino://user:CANARY-9f3b@host/catalog", "trino[sqlalchemy]>=0.340"),
        ("snowflake://user:CANARY-9f3b@host/db", "snowflake-sqlalchemy>=2.1"),
        ("mssql+pyodbc://user:CANARY-9f3b@host/db", "pyodbc>=5.2"),
        ("postgresql+asyncpg://user:CANARY-9f3b@host/db", "asyncpg>=0.30"),
    ],
)
def test_what_is_missing_is_named_with_its_command(url: str, package: str) -> None:
    done = run(url, "select 1 as a")
    assert (done.code, done.out) == (2, b"")
    command = re.search(r"^hint: install: (\S+) -m pip install '(.*)'$", done.err, re.MULTILINE)
    assert command
    assert command[2] == package
    assert Path(command[1]).samefile(sys.executable)
    assert Path(command[1]).parent.samefile(Path(sys.executable).parent)
    assert "CANARY-9f3b" not in done.err


def test_a_mistyped_scheme() -> None:
    assert "did you mean duckdb://?" in run("duckdbb:///x", "select 1 as a").err
    assert "did you mean postgresql://?" in run("postgrsql://h/x", "select 1 as a").err


# --- the built-in ones, through SQLAlchemy's dialects: drivers that begin transactions by themselves -------------------


@contextmanager
def foreign(url: str) -> Iterator[Connection]:
    """A connection that the generic dialect has made."""
    parts = parse_url(existing(url))
    names = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlite": "sqlite"}
    target = Target(parts.replace(driver=names[parts.backend]), "x", config.Profile())
    connection = Connection(target, generic.dialect)
    try:
        yield connection
    finally:
        connection.close()


def test_a_statement_alone_lasts(any_url: str) -> None:
    with foreign(any_url) as connection:
        read(connection, "create table t (x int)")
        read(connection, ONE)
        assert connection.state is State.IDLE
        assert execute(any_url, "select x from t") == [(1,)]


def test_an_error_leaves_no_transaction(any_url: str) -> None:
    with foreign(any_url) as connection:
        read(connection, "create table t (x int)")
        with pytest.raises(StatementFailed):
            read(connection, BAD)
        assert connection.state is State.IDLE
        assert len(read(connection, "select 1 as a")) == 1
        read(connection, ONE)
        assert execute(any_url, "select x from t") == [(1,)]


def test_a_transaction_is_rolled_back_or_kept(any_url: str) -> None:
    with foreign(any_url) as connection:
        read(connection, "create table t (x int)")
        for ending, count in (("rollback", 0), ("commit", 1)):
            read(connection, "begin")
            read(connection, ONE)
            assert connection.state is State.OPEN
            if backend(any_url) != "sqlite":
                assert execute(any_url, "select x from t") == []
            read(connection, ending)
            assert connection.state is State.IDLE
            assert len(execute(any_url, "select x from t")) == count
