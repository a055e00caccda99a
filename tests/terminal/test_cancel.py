"""Ctrl-C in the shell costs the statement and nothing else; a lost transaction is never continued by its second half."""

from __future__ import annotations

import re
import termios
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from proxy import Proxy
from pty_screen import Terminal
from run_dbx import DBX, environment, execute, existing, until
from watching import ENDLESS, STREAM, Watch, backend, wait_busy

from dbx.target import parse_url

CTRL_C = "\x03"
SETTING = {
    "postgresql": ("set work_mem = '77MB'", "show work_mem", "77MB"),
    "mysql": ("set @mine = 4711", "select @mine as mine", "4711"),
    "sqlite": ("pragma cache_size = 4711", "pragma cache_size", "4711"),
}


class Shell(Terminal):
    """The shell on a terminal."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__([DBX, "@"], env=environment(url, XDG_STATE_HOME=str(folder)))
        self.wait_for(r"> *$")

    def enter(self, text: str, *patterns: str) -> str:
        """Type a line, and wait until all patterns and a prompt have come."""
        return self.ask(text, *patterns, r"> *\Z")


@pytest.fixture
def url(any_url: str) -> str:
    execute(existing(any_url), "create table t (x int primary key)")
    return any_url


@pytest.fixture(params=["pg_url", "maria_url"])
def remote(request: pytest.FixtureRequest) -> str:
    fresh: str = request.getfixturevalue(request.param)
    execute(fresh, "create table t (x int primary key)")
    return fresh


@pytest.fixture
def shell(url: str, tmp_path: Path) -> Iterator[Shell]:
    with Shell(url, tmp_path) as shell:
        yield shell


def watching(url: str) -> Any:
    return nullcontext() if backend(url) == "sqlite" else Watch(url)


def kept(url: str) -> list[int]:
    return [row[0] for row in execute(url, "select x from t order by x")]


def test_a_cancelled_query_costs_nothing_but_itself(url: str, shell: Shell) -> None:
    setting, question, answer = SETTING[backend(url)]
    with watching(url) as watch:
        shell.enter("begin", r"\[tx[^\]]*\]> *$")
        shell.enter("insert into t values (41)", r"1 row changed")
        shell.enter(setting)
        shell.begin(ENDLESS[backend(url)])
        wait_busy(shell, watch, "sleep")
        shell.send(CTRL_C)
        shell.expect("cancelled; the transaction is still open", r"\[tx[^\]]*\]> *\Z")
        if watch is not None:
            watch.wait_gone("sleep")
        shell.enter("select x + 100 as y from t", r"^ *141$", r"\[tx[^\]]*\]> *\Z")
        shell.enter(question, answer)
        assert kept(url) == []
        shell.enter("commit", r"(?<!\])> *\Z")
    assert kept(url) == [41]


def test_cancelled_while_rows_stream(url: str, shell: Shell) -> None:
    with watching(url) as watch:
        shell.enter("\\f csv")
        shell.enter("begin", r"\[tx[^\]]*\]> *$")
        shell.enter("insert into t values (41)", r"1 row changed")
        shell.begin(STREAM[backend(url)].replace("100000000", "100000000 "))
        shell.expect("(?s)first 1,000 rows", r"\[tx[^\]]*\]> *\Z")
        if watch is not None:
            watch.wait_gone("100000000")
        shell.enter("select x + 100 as y from t", r"^141$", r"\[tx[^\]]*\]> *\Z")


def test_cancelling_again_and_again(url: str, shell: Shell) -> None:
    """Ctrl-C at the prompt, between statements and twice in a row never sticks."""
    with watching(url) as watch:
        for number in range(3):
            shell.type(CTRL_C)
            shell.begin(ENDLESS[backend(url)])
            wait_busy(shell, watch, "sleep")
            shell.send(CTRL_C)
            shell.expect("cancelled", r"> *\Z")
            shell.enter(f"select {number} + 700 as y", rf"^ *{number + 700}$")


def test_an_interrupted_write_of_sqlite_is_told(sqlite_url: str, tmp_path: Path) -> None:
    """SQLite itself gives the whole transaction up."""
    execute(sqlite_url, "create table t (x int)")
    endless = (
        "insert into t with recursive r(n) as (select 1 union all select n + 1 from r) select n from r where n < 0"
    )
    with Shell(sqlite_url, tmp_path) as shell:
        shell.enter("begin", r"\[tx[^\]]*\]> *$")
        shell.enter("insert into t values (41)", r"1 row changed")
        shell.begin(endless)
        wait_busy(shell, None, "")
        shell.send(CTRL_C)
        shell.expect("cancelled; the (transaction is still open|open transaction was rolled back)", r"> *\Z")
        is_open = "still open" in shell.below()
        assert (re.search(r"\[tx[^\]]*\]> *\Z", shell.below()) is not None) is is_open
        shell.enter("select count(*) + 100 as y from t", rf"^ *{101 if is_open else 100}$")


def test_a_failed_statement_leaves_the_transaction(url: str, shell: Shell) -> None:
    shell.enter("begin", r"\[tx[^\]]*\]> *$")
    shell.enter("insert into t values (41)", r"1 row changed")
    shell.enter("select * from nowhere", "nowhere", r"\[tx[^\]]*\]> *\Z")
    shell.enter("insert into t values (41)", r"\[tx[^\]]*\]> *\Z")
    shell.enter("commit", r"(?<!\])> *\Z")
    assert kept(url) == [41]


# --- connections that are gone ---------------------------------------------------------------------------------------


def test_a_frozen_connection_is_given_up(remote: str, tmp_path: Path) -> None:
    """The second Ctrl-C is back at the prompt, whatever the network does; the transaction's second half is refused."""
    with Proxy(parse_url(remote).port or 0) as proxy, Shell(proxy.through(remote), tmp_path) as shell:
        shell.enter("begin", r"\[tx[^\]]*\]> *$")
        shell.enter("insert into t values (41)", r"1 row changed")
        proxy.arm("freeze", pattern=b"sleep")
        shell.begin(ENDLESS[backend(remote)])
        proxy.wait()
        shell.send(CTRL_C)
        shell.settle(0.5)
        assert "cancelled" not in shell.below()

        def cut() -> bool:
            """Pressed once more; two that come as one are the first."""
            shell.send(CTRL_C)
            shell.settle(0.5)
            return re.search(r"\[not connected\]> *\Z", shell.below()) is not None

        shell.wait_until(cut, "not cut")
        shell.expect("cut")
        proxy.disarm()
        refused_until_begin(shell)
    assert kept(remote) == [44]


def test_a_killed_connection_takes_its_transaction_along(remote: str, tmp_path: Path) -> None:
    with Watch(remote) as watch, Shell(remote, tmp_path) as shell:
        shell.enter("begin", r"\[tx[^\]]*\]> *$")
        shell.enter("insert into t values (41)", r"1 row changed")
        watch.kill_clients()
        shell.enter("insert into t values (42)", "the open transaction is gone", r"\[not connected\]> *\Z")
        refused_until_begin(shell)
    assert kept(remote) == [44]


def refused_until_begin(shell: Shell) -> None:
    """Nothing runs in the place of the transaction that is gone, until the user begins another."""
    shell.enter(
        "insert into t values (42)", "not connected: the transaction that was open is gone", r"\[not connected\]"
    )
    shell.enter("commit", "not connected", r"\[not connected\]> *\Z")
    shell.enter("begin", "connected again", r"\[tx[^\]]*\]> *\Z")
    shell.enter("insert into t values (44)", "1 row changed", r"\[tx[^\]]*\]> *\Z")
    shell.enter("commit", r"(?<!\])> *\Z")


def test_a_connection_killed_outside_a_transaction(remote: str, tmp_path: Path) -> None:
    """The statement that finds out is not run again by itself; the next one connects. The shell may find out first,
    while it waits: then the first statement connects."""
    with Watch(remote) as watch, Shell(remote, tmp_path) as shell:
        shell.enter("insert into t values (41)", r"1 row changed")
        watch.kill_clients()
        answer = shell.enter("insert into t values (42)", r"(?:not connected\]|1 row changed[^>]*)> *\Z")
        first = kept(remote)
        assert first == ([41, 42] if "connected again" in answer else [41])
        again = ["connected again"] if first == [41] else []
        shell.enter("insert into t values (43)", *again, "1 row changed", r"(?<!\])> *\Z")
    assert kept(remote) == [*first, 43]


@pytest.mark.parametrize("number", [15, 1])
def test_a_signal_ends_the_shell(remote: str, tmp_path: Path, number: int) -> None:
    """Terminated or hung up, at the prompt and in a query: nothing runs on, nothing stays open."""
    with Watch(remote) as watch:
        for query in ("", ENDLESS[backend(remote)]):
            with Shell(remote, tmp_path) as shell:
                shell.enter("begin", r"\[tx[^\]]*\]> *$")
                shell.enter("insert into t values (41)", r"1 row changed")
                if query:
                    shell.begin(query)
                    watch.wait_running("sleep")
                shell.signal(number)
                assert shell.wait() == 128 + number
                assert termios.tcgetattr(shell.fd)[3] & termios.ECHO, "the terminal is as it was"
            watch.wait_gone("sleep")
            until(lambda: not watch.clients(), "the connection has ended")
    assert kept(remote) == []
