"""Rows stream: constant memory, first rows before the last, and a connection that can be used again whatever happened."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyarrow import parquet
from run_dbx import DBX, connected, environment, execute, existing, good, read, run, start, values
from watching import Watch, backend

from dbx.dialects.base import State
from dbx.errors import Refused, StatementFailed
from dbx.rows import BATCH, Statement

MEGABYTE = 1024
"""ru_maxrss counts kilobytes."""

ROWS = {
    "postgresql": "select n, 'row number ' || n as name, n * 1.5 as price, md5(n::text) as hash, null as absent from generate_series(1, {}) as n",
    "mysql": "select seq as n, concat('row number ', seq) as name, seq * 1.5 as price, md5(seq) as hash, null as absent from seq_1_to_{}",
    "sqlite": "with recursive r(n) as (select 1 union all select n + 1 from r limit {}) "
    "select n, 'row number ' || n as name, n * 1.5 as price, hex(n) as hash, null as absent from r",
}


# A small parent: the kernel counts what a process was before exec, which for a child of the tests is all of the tests.
_MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak(url: str, rows: int, out: Path, name: str = "csv") -> int:
    """The most memory the program has had, while it wrote so many rows to a file."""
    query = ROWS[backend(url)].format(rows)
    argv = [DBX, "query", "@", query, "-f", name, "-o", str(out)]
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, *argv],
        env=environment(url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    assert _counted(out, name) == rows
    return int(done.stdout)


def _counted(path: Path, name: str) -> int:
    if name == "parquet":
        return int(parquet.read_metadata(path).num_rows)
    with path.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        file.seek(0)
        return lines - (1 if name == "csv" else sum(line.startswith(b"INSERT") for line in file))


def test_memory_does_not_grow_with_the_rows(any_url: str, tmp_path: Path) -> None:
    url = existing(any_url)
    few, many = (peak(url, rows, tmp_path / "rows.csv") for rows in (200_000, 1_000_000))
    assert many < 80 * MEGABYTE
    assert many - few < 8 * MEGABYTE


@pytest.mark.parametrize(("name", "most"), [("parquet", 220 * MEGABYTE), ("insert", 80 * MEGABYTE)])
def test_memory_does_not_grow_with_the_rows_of_a_typed_file(any_url: str, tmp_path: Path, name: str, most: int) -> None:
    """Groups of rows are held until they are written; SQLite's rows wait on the disk until their types are known."""
    url = existing(any_url)
    few, many = (peak(url, rows, tmp_path / "rows", name) for rows in (300_000, 900_000))
    assert many < most
    assert many - few < 24 * MEGABYTE


SLOW = {
    "postgresql": "select n, case when n = {last} then pg_sleep(60) end as s from generate_series(1, {last}) as n",
    "mysql": "select seq as n, if(seq = {last}, sleep(60), 0) as s from seq_1_to_{last}",
}


def test_first_rows_come_before_the_last_is_made(pg_url: str, maria_url: str) -> None:
    """The last row takes a minute; many batches have been written before."""
    for url in (pg_url, maria_url):
        process = start(url, SLOW[backend(url)].format(last=50_000), "-f", "tsv")
        assert process.stdout is not None
        for _ in range(20_000):
            assert process.stdout.readline() != b""
        with Watch(url) as watch:
            watch.wait_running("sleep")
            process.terminate()
            process.communicate()
            watch.wait_gone("sleep")


def test_the_server_is_not_far_ahead_of_the_reader(any_url: str) -> None:
    """A reader that stops stops the making of rows: a bounded number of batches is under way."""
    with connected(any_url) as connection:
        rows = connection.run(Statement(ROWS[backend(any_url)].format(1_000_000))).rows
        assert rows is not None
        batches = iter(rows)
        next(batches)
        time.sleep(0.5)  # time for hundreds of batches
        assert rows.count <= 8 * BATCH
        batches.close()  # type: ignore[attr-defined]
        assert rows.count <= 8 * BATCH
        assert read(connection, "select 1 as a") in ([("1",)], [(1,)])


def test_a_stopped_stream_keeps_the_transaction(any_url: str) -> None:
    """On PostgreSQL the savepoint before it does that, which is the guard's work; here it is told as failed."""
    with connected(any_url) as connection:
        read(connection, "begin")
        rows = connection.run(Statement(ROWS[backend(any_url)].format(1_000_000))).rows
        assert rows is not None
        next(iter(rows))
        connection.finish()
        expected = State.FAILED if backend(any_url) == "postgresql" else State.OPEN
        assert connection.state is expected


# --- several results, and what a server says beside them -------------------------------------------------------------


def test_the_results_of_a_procedure(maria_url: str) -> None:
    execute(
        maria_url,
        "create procedure three() begin select 1 as a; select seq as b from seq_1_to_5000; select 3 as c; end",
        "create procedure broken() begin select 1 as a; select * from nowhere; end",
        "create procedure warns() begin select 1/0 as a; select 2 as b; end",
    )
    done = good(run(maria_url, "call three()"))
    assert done.lines() == ["a", "1", "b", *map(str, range(1, 5001)), "c", "3"]
    done = good(run(maria_url, "set autocommit = 0; call three(); rollback", "--limit", "1"))
    assert done.lines() == ["a", "1", "b", "1", "c", "3"]
    assert good(run(maria_url, "call warns()")).lines() == ["a", r"\N", "b", "2"]
    done = run(maria_url, "call broken()")
    assert (done.code, done.lines()) == (1, ["a", "1"])
    assert "nowhere" in done.err
    with connected(maria_url) as connection:
        connection.run(Statement("call three()"))  # nobody reads it
        assert read(connection, "select 7 as x") == [("7",)]
        assert connection.more() is None


def test_notices(pg_url: str) -> None:
    text = "do $$ begin raise notice 'first %', 1; raise warning 'second'; raise info 'third \x1b[31m'; end $$"
    done = good(run(pg_url, text, "drop table if exists nowhere"))
    assert done.err.splitlines()[:3] == ["notice: first 1", "warning: second (01000)", r"info: third \x1b[31m"]
    assert "nowhere" in done.err.splitlines()[3]
    assert good(run(pg_url, text, "--quiet")).err == "warning: second (01000)\n"


@pytest.fixture(params=["mysql", "mysql+mysqldb"])
def each_driver(request: pytest.FixtureRequest, maria_url: str) -> str:
    if request.param != "mysql":
        pytest.importorskip("MySQLdb")
    return maria_url.replace("mysql://", f"{request.param}://")


def test_a_result_that_is_left_alone_is_ended(each_driver: str) -> None:
    with connected(each_driver) as connection:
        found = connection.run(Statement("select seq from seq_1_to_100000000000"))
        assert found.rows is not None
        assert list(next(iter(found.rows.first(1)))) == [("1",)]
        assert read(connection, "select 7 as x") == [("7",)]


def test_warnings(each_driver: str) -> None:
    done = good(run(each_driver, "select 1/0 as a, cast('12abc' as int) as b"))
    assert done.err.splitlines() == [
        "warning: Division by 0 (1365)",
        "warning: Truncated incorrect INTEGER value: '12abc' (1292)",
    ]


def test_copy_without_rows_is_refused(pg_url: str) -> None:
    """It would wait for them; afterwards the connection is as usable as before."""
    execute(pg_url, "create table t (x int)")
    with connected(pg_url) as connection:
        for first in ("select 1 as a", "begin"):
            read(connection, first)
            before = connection.state
            with pytest.raises(Refused, match="COPY … FROM stdin has its rows in the script"):
                read(connection, "copy t from stdin")
            assert connection.state in (before, State.FAILED)
            read(connection, "rollback")
            assert read(connection, "select 2 as a") == [("2",)]
    assert run(pg_url, "insert into t values (1)", "copy t from stdin").code == 6
    assert execute(pg_url, "select x from t") == []


def test_copy_to_standard_output(pg_url: str) -> None:
    """As the server writes it, whatever format other results have; COPY's text is what -f tsv writes."""
    query = "select i, nullif('x' || i, 'x2') || e'\\t' from generate_series(1, 50000) i"
    done = good(run(pg_url, f"copy ({query}) to stdout", "select 1 as one", "-f", "json"))
    rows = good(run(pg_url, query, "--no-header")).out
    assert done.out == rows + b'[\n{"one":1}\n]\n'
    assert (
        good(run(pg_url, f"copy ({query}) to stdout with (format csv, header)", "select 1")).lines()[0] == "i,?column?"
    )
    with connected(pg_url) as connection:
        outcome = connection.run(Statement(f"copy ({query}) to stdout"))
        assert outcome.rows is not None
        connection.finish()  # nobody reads it
        assert read(connection, "select 7 as x") == [("7",)]


def test_an_error_in_the_middle_of_rows(pg_url: str) -> None:
    done = run(pg_url, "select 1 / (n - 5000) as x from generate_series(1, 9000) as n", "-f", "tsv")
    assert done.code == 1
    assert "22012 division by zero" in done.err
    with connected(pg_url) as connection:
        with pytest.raises(StatementFailed, match="division by zero"):
            read(connection, "select 1 / (n - 5000) as x from generate_series(1, 9000) as n")
        assert read(connection, "select 2 as a") == [("2",)]


def test_tags_and_counts(pg_url: str) -> None:
    """The tag comes with the last rows, or after them."""
    with connected(pg_url) as connection:
        for text, tag, changed in (
            ("create table t (x int)", "CREATE TABLE", None),
            (f"insert into t select generate_series(1, {BATCH}) returning x", f"INSERT 0 {BATCH}", BATCH),
            ("insert into t select 1 where false returning x", "INSERT 0 0", 0),
            (f"select x from t limit {BATCH}", f"SELECT {BATCH}", None),
            (f"select x from t limit {BATCH - 1}", f"SELECT {BATCH - 1}", None),
            ("update t set x = 1 where x < 3", "UPDATE 2", 2),
            ("select 1 where false", "SELECT 0", None),
            ("", "", None),
        ):
            outcome = connection.run(Statement(text))
            count = sum(len(batch) for batch in outcome.rows) if outcome.rows else 0
            assert (outcome.tag, outcome.changed) == (tag, changed)
            assert outcome.rows is None or outcome.rows.count == count
            assert (outcome.rows is not None) == (text.startswith("select") or "returning" in text)


def test_a_column_of_text_is_text_after_an_empty_result(pg_url: str) -> None:
    assert good(run(pg_url, "select 1 as a where false", "-f", "csv")).text == "a\n"
    assert values(pg_url, "select 'x' as a where false") == []
