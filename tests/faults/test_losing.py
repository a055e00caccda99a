"""A connection that ends while it is used: exit 4, what is known of the outcome, nothing half done."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from proxy import Proxy
from run_dbx import connected, execute, finish, read, run, start, until
from watching import ENDLESS, STREAM, Watch, backend

from dbx.dialects.base import State
from dbx.errors import ConnectionLost
from dbx.target import parse_url

ONE, TWO = "insert into t values (1)", "insert into t values (2)"


@pytest.fixture(params=["pg_url", "maria_url"])
def url(request: pytest.FixtureRequest) -> str:
    """A database with an empty table t."""
    fresh: str = request.getfixturevalue(request.param)
    execute(fresh, "create table t (x int)")
    return fresh


@pytest.fixture
def proxy(url: str) -> Iterator[Proxy]:
    with Proxy(parse_url(url).port or 0) as running:
        yield running


def kept(url: str) -> list[int]:
    return [row[0] for row in execute(url, "select x from t order by x")]


# --- in the middle of rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["reset", "fin", "half"])
def test_the_connection_breaks_while_rows_stream(url: str, proxy: Proxy, verb: str, tmp_path: Path) -> None:
    """The rows before it are delivered; a file is not, and nothing is left beside it."""
    proxy.arm(verb, after=1_000_000)
    done = run(proxy.through(url), ONE, STREAM[backend(url)], "-f", "csv")
    assert done.code == 4, done.err
    assert "E-LOST" in done.err or "57P0" in done.err
    assert len(done.lines()) > 1000
    assert kept(url) == []
    proxy.arm(verb, after=1_000_000)
    done = run(proxy.through(url), STREAM[backend(url)], "-f", "csv", "-o", str(tmp_path / "rows.csv"))
    assert (done.code, done.out, list(tmp_path.iterdir())) == (4, b"", []), done.err


def test_an_older_file_survives(url: str, proxy: Proxy, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("old\n")
    proxy.arm("reset", after=1_000_000)
    assert run(proxy.through(url), STREAM[backend(url)], "-o", str(file)).code == 4
    assert [(path, path.read_text()) for path in tmp_path.iterdir()] == [(file, "old\n")]


def test_two_interrupts_end_a_frozen_connection(url: str, proxy: Proxy) -> None:
    """The first asks the server, which cannot be reached; the second does not wait for it."""
    with Watch(url) as watch:
        process = start(proxy.through(url), ONE, ENDLESS[backend(url)])
        watch.wait_running("sleep")
        proxy.arm("freeze")
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert process.poll() is None, "one interrupt does not cut a connection"
        while process.poll() is None:  # two that come as one are the first
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.5)
        assert finish(process).code == 130
    assert kept(url) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_is_told_to_end_asks_once(url: str, proxy: Proxy, number: signal.Signals) -> None:
    """Nobody sends SIGTERM twice: what cannot be cancelled is cut."""
    with Watch(url) as watch:
        process = start(proxy.through(url), ONE, ENDLESS[backend(url)])
        watch.wait_running("sleep")
        proxy.arm("freeze")
        process.send_signal(number)
        assert finish(process).code == 128 + number
    assert kept(url) == []


def test_a_timeout_ends_a_frozen_connection(url: str, proxy: Proxy) -> None:
    proxy.arm("freeze", pattern=b"sleep")
    process = start(proxy.through(url), ENDLESS[backend(url)], "--timeout", "1")
    done = finish(process)
    assert done.code == 4
    assert "E-TIMEOUT" in done.err


# --- between the statements of a transaction -------------------------------------------------------------------------


def test_killed_while_the_first_statement_waits(url: str) -> None:
    with Watch(url) as watch:
        process = start(url, ONE, ENDLESS[backend(url)], TWO)
        watch.kill(watch.wait_running("sleep"))
        done = finish(process)
    assert done.code == 4
    assert "the open transaction is gone: nothing of it was committed" in done.err
    assert kept(url) == []


def test_killed_between_two_statements(url: str) -> None:
    """The second half of a transaction never runs alone."""
    with connected(url) as connection, Watch(url) as watch:
        read(connection, "begin")
        read(connection, ONE)
        watch.kill(watch.clients()[0])
        until(lambda: not watch.clients(), "the connection is gone")
        with pytest.raises(ConnectionLost) as caught:
            read(connection, TWO)
        assert (caught.value.exit_code, caught.value.lost_work, connection.state) == (4, True, State.LOST)
        assert "nothing of it was committed" in caught.value.hint
        with pytest.raises(ConnectionLost, match="the connection is closed"):
            read(connection, TWO)
    assert kept(url) == []


def test_killed_outside_a_transaction(url: str) -> None:
    with connected(url) as connection, Watch(url) as watch:
        read(connection, ONE)
        watch.kill(watch.clients()[0])
        until(lambda: not watch.clients(), "the connection is gone")
        with pytest.raises(ConnectionLost) as caught:
            read(connection, TWO)
        assert not caught.value.lost_work
        assert connection.state is State.LOST
    assert kept(url) == [1]


# --- at its end ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deliver", [True, False])
@pytest.mark.parametrize("own", [True, False])
def test_commit_is_not_answered(url: str, proxy: Proxy, deliver: bool, own: bool) -> None:
    """Whether the server got it or not: dbx cannot know, and says so."""
    proxy.arm("reset", pattern=b"COMMIT", deliver=deliver)
    done = run(proxy.through(url), *((f"begin; {ONE}; COMMIT",) if own else (ONE, TWO)))
    assert done.code == 4, done.err
    assert "COMMIT was sent and not answered: whether it took effect is unknown" in done.err
    assert "rolled back" not in done.err
    if not deliver:
        assert kept(url) == []


def test_a_write_alone_is_not_answered(url: str, proxy: Proxy) -> None:
    """Without a transaction the statement is its own COMMIT."""
    proxy.arm("reset", pattern=b"insert")
    done = run(proxy.through(url), ONE)
    assert done.code == 4, done.err
    assert "unknown" in done.err


def test_the_server_goes_away_before_commit(url: str, proxy: Proxy) -> None:
    proxy.arm("reset", pattern=b"insert into t values (2)", deliver=False)
    done = run(proxy.through(url), ONE, TWO)
    assert done.code == 4
    assert "nothing of it was committed" in done.err
    assert kept(url) == []
