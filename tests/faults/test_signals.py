"""Signals and time limits: the query is gone from the server, the lock is free, the exit code says which it was."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from run_dbx import DBX, driver, environment, execute, existing, finish, good, run, start, until
from watching import ENDLESS, STREAM, Watch, backend

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}
LOCK = "update t set x = 2 where x = 1"


@pytest.fixture
def url(any_url: str) -> str:
    """A table with one row, that somebody may lock."""
    execute(existing(any_url), "create table t (x int primary key)", "insert into t values (1)")
    return any_url


def await_running(url: str, process: subprocess.Popen[bytes], text: str) -> None:
    """Until the last statement runs; before it dbx has to have written a row."""
    if backend(url) == "sqlite":
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        before = _cpu(process.pid)
        until(lambda: _cpu(process.pid) > before + 10, "the query keeps the processor busy")
    else:
        with Watch(url) as watch:
            watch.wait_running(text)


def _cpu(pid: int) -> int:
    """Clock ticks that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def assert_gone(url: str, text: str) -> None:
    if backend(url) != "sqlite":
        with Watch(url) as watch:
            watch.wait_gone(text)


def assert_free(url: str) -> None:
    """The row can be locked at once, and is what it was."""
    with closing(driver(url)) as other:
        cursor = other.cursor()
        if backend(url) == "sqlite":
            cursor.execute("pragma busy_timeout = 0")
            cursor.execute("begin immediate")
            cursor.execute("select x from t")
        else:
            cursor.execute("begin")
            cursor.execute("select x from t for update nowait")
        assert list(cursor.fetchall()) == [(1,)]


READY = ("--no-header", "select 'ready' as x")


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_a_signal_ends_a_query_in_a_transaction(url: str, number: signal.Signals) -> None:
    process = start(url, *READY, LOCK, "select 'ready' as x", ENDLESS[backend(url)])
    await_running(url, process, "sleep")
    process.send_signal(number)
    done = finish(process)
    assert (done.code, done.err) == (CODES[number], f"{WORDS[number]}: all of it was rolled back\n")
    assert_free(url)
    assert_gone(url, "sleep")


def test_interrupted_while_rows_stream(url: str) -> None:
    """The reader keeps its end open and does not read: the program is blocked in writing."""
    process = start(url, LOCK, STREAM[backend(url)])
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert (done.code, done.err) == (130, "")
    assert_free(url)
    assert_gone(url, "100000000")


def test_interrupted_in_a_later_result(maria_url: str) -> None:
    execute(maria_url, "create procedure slow() begin select 1 as a; select sleep(60) as b; end")
    process = start(maria_url, "call slow()")
    with Watch(maria_url) as watch:
        watch.wait_running("sleep")
        process.send_signal(signal.SIGINT)
        assert finish(process).code == 130
        watch.wait_gone("sleep")


def test_interrupted_while_waiting_for_a_lock(pg_url: str, maria_url: str) -> None:
    for url in (pg_url, maria_url):
        execute(url, "create table t (x int primary key)", "insert into t values (1)")
        with closing(driver(url)) as other:
            other.cursor().execute("begin")
            other.cursor().execute(LOCK)
            process = start(url, LOCK)
            await_running(url, process, LOCK)
            process.send_signal(signal.SIGINT)
            assert finish(process).code == 130


def test_a_time_limit(url: str) -> None:
    process = start(url, LOCK, ENDLESS[backend(url)], "--timeout", "0.5")
    done = finish(process)
    assert done.code == 4
    assert done.err.startswith("dbx: E-TIMEOUT no answer within 0.5 s: cancelled\n")
    assert_free(url)
    assert_gone(url, "sleep")


def test_a_time_limit_on_rows(url: str) -> None:
    process = start(url, LOCK, STREAM[backend(url)], "--timeout", "0.5", stdout=subprocess.DEVNULL)
    done = finish(process)
    assert done.code == 4
    assert "E-TIMEOUT" in done.err
    assert_free(url)
    assert_gone(url, "100000000")


def test_a_time_limit_that_is_kept(url: str) -> None:
    assert good(run(url, "select 1 as a", "select 2 as b", "--timeout", "30")).err == ""


def test_a_time_limit_of_the_server(pg_url: str, maria_url: str) -> None:
    """Not dbx's: the server said no, exit 1."""
    count = "select sum(a.seq * b.seq) from seq_1_to_1000000 a, seq_1_to_1000000 b"
    for url, texts in (
        (pg_url, ("set statement_timeout = 200", ENDLESS["postgresql"])),
        (maria_url, ("set max_statement_time = 0.2", count)),
    ):
        done = run(url, *texts)
        assert done.code == 1
        assert "57014" in done.err or "max_statement_time exceeded" in done.err


def test_a_signal_that_was_ignored_stays_so(sqlite_url: str) -> None:
    """nohup: the parent does not want its child to hang up."""
    execute(sqlite_url, "create table t (x int)")
    program = (
        "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    )
    count = "with recursive r(n) as (select 1 union all select n + 1 from r limit 3000000) select count(*) as n from r"
    argv = [sys.executable, "-c", program, DBX, "query", "@", *READY, count]
    process = subprocess.Popen(argv, env=environment(sqlite_url), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGHUP)
    done = finish(process)
    assert (done.code, done.out) == (0, b"3000000\n")
