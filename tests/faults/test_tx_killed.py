"""dbx tx, ended at every point of a script: all of it or nothing, and the message and the exit code say which."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from proxy import Proxy
from run_dbx import DBX, environment, execute, existing, finish, until
from servers import MariaDB, PostgreSQL
from watching import ENDLESS, Watch, backend

from dbx.target import parse_url

STEPS = 3
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}


@pytest.fixture
def url(any_url: str) -> str:
    execute(existing(any_url), "create table t (x int)")
    return any_url


@pytest.fixture(params=["pg_url", "maria_url"])
def remote(request: pytest.FixtureRequest) -> str:
    fresh: str = request.getfixturevalue(request.param)
    execute(fresh, "create table t (x int)")
    return fresh


def kept(url: str) -> int:
    return len(execute(url, "select x from t"))


def script(folder: Path, url: str, point: int) -> str:
    """STEPS inserts, and before one of them, or behind the last, a statement that never ends."""
    lines = [f"insert into t values ({number});" for number in range(STEPS)]
    lines.insert(point, ENDLESS[backend(url)] + ";")
    (folder / "script.sql").write_text("\n".join(lines))
    return str(folder / "script.sql")


def start(url: str, *arguments: str) -> subprocess.Popen[bytes]:
    argv = [DBX, "tx", "@", *arguments, "--commit"]
    return subprocess.Popen(
        argv, env=environment(url), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def wait_stuck(url: str, process: subprocess.Popen[bytes], point: int) -> None:
    """Until the endless statement runs; SQLite's keeps the processor busy."""
    if backend(url) != "sqlite":
        with Watch(url) as watch:
            watch.wait_running("sleep")
        return
    assert process.stderr is not None
    for _ in range(point):
        process.stderr.readline()
    stat = Path(f"/proc/{process.pid}/stat")
    until(lambda: int(stat.read_text().rpartition(")")[2].split()[11]) > 40, "the query keeps the processor busy")


@pytest.mark.parametrize("point", range(STEPS + 1))
@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_a_signal_at_every_step(url: str, tmp_path: Path, number: signal.Signals, point: int) -> None:
    process = start(url, script(tmp_path, url, point))
    wait_stuck(url, process, point)
    process.send_signal(number)
    done = finish(process)
    assert done.code == CODES[number], done.err
    if number is not signal.SIGKILL and point:
        assert "all of it was rolled back" in done.err
    if backend(url) != "sqlite":
        with Watch(url) as watch:
            if number is signal.SIGKILL:
                watch.kill_clients()  # the server itself would find out when the statement ends
            until(lambda: not watch.clients(), "the session has gone")
    assert kept(url) == 0


@pytest.mark.parametrize("point", range(STEPS + 1))
def test_the_connection_is_killed_at_every_step(remote: str, tmp_path: Path, point: int) -> None:
    process = start(remote, script(tmp_path, remote, point))
    with Watch(remote) as watch:
        watch.kill(watch.wait_running("sleep"))
        done = finish(process)
    assert done.code == 4, done.err
    assert "nothing of it was committed" in done.err or "rolled back" in done.err
    assert kept(remote) == 0


LASTING = {PostgreSQL: {"synchronous_commit": "on"}, MariaDB: {"innodb-flush-log-at-trx-commit": "2"}}
"""What is committed outlives the server's process: in tests, for speed, it does not otherwise."""


@pytest.mark.parametrize("kind", [PostgreSQL, MariaDB])
@pytest.mark.parametrize("how", ["kill", "halt"])
def test_the_server_is_stopped(kind: type[PostgreSQL], how: str, tmp_path: Path) -> None:
    with kind(**LASTING[kind]) as server:
        url = server.url(database=server.create_database())
        execute(url, "create table t (x int)")
        process = start(url, script(tmp_path, url, 2))
        with Watch(url) as watch:
            watch.wait_running("sleep")
        if how == "kill":
            server.kill()
        else:
            server.halt()
        done = finish(process)
        assert done.code == 4, done.err
        assert "nothing of it was committed" in done.err or "rolled back" in done.err
        server.start()
        assert kept(url) == 0


@pytest.mark.parametrize("verb", ["reset", "freeze"])
def test_a_commit_that_is_not_answered_is_unknown(remote: str, tmp_path: Path, verb: str) -> None:
    """COMMIT went out; whether it arrived nobody knows. It is never called rolled back."""
    (tmp_path / "script.sql").write_text("insert into t values (1);\n")
    with Proxy(parse_url(remote).port or 0) as proxy:
        proxy.arm(verb, pattern=b"COMMIT")
        process = start(proxy.through(remote), str(tmp_path / "script.sql"), "--timeout", "3")
        done = finish(process)
    assert done.code == 4, done.err
    assert "outcome unknown: COMMIT was sent and not answered" in done.err
    assert "rolled back" not in done.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_at_any_moment(url: str, tmp_path: Path, number: signal.Signals) -> None:
    """Whenever it comes, all of it is there or nothing; exit 0 means all of it."""
    (tmp_path / "script.sql").write_text("".join(f"insert into t values ({x});\n" for x in range(STEPS)))
    begun = time.monotonic()
    assert finish(start(url, str(tmp_path / "script.sql"))).code == 0
    whole, seen = time.monotonic() - begun, set()
    for part in (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1):
        execute(url, "delete from t")
        process = start(url, str(tmp_path / "script.sql"))
        try:
            process.wait(whole * part)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, number)
        done = finish(process)
        rows = kept(url)
        assert rows in (0, STEPS)
        if done.code == 0 or "everything had been committed" in done.err:
            assert rows == STEPS
        if "rolled back" in done.err:
            assert rows == 0
        if "Fatal Python error" not in done.err:  # Python itself was starting, and ends with 1
            seen.add(done.code)
    assert seen <= {0, CODES[number], -number}


def test_a_full_disk_under_the_rows_rolls_back(url: str, tmp_path: Path) -> None:
    (tmp_path / "script.sql").write_text("insert into t values (1);\nselect * from t;\n")
    done = finish(start(url, str(tmp_path / "script.sql"), "-o", "/dev/full"))
    assert done.code == 5, done.err
    assert kept(url) == 0
