"""`dbx run` ended at any point: the database holds all of it or nothing, and what it says is true."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from proxy import Proxy
from run_dbx import driver, execute, existing, finish, until
from scripts import ONE, THREE, TWO, begun, called, ended, kept, script, tell
from watching import ENDLESS, Watch, backend

from dbx.target import parse_url

SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}
BACK = "all of it was rolled back"
UNKNOWN = "COMMIT was sent and not answered: whether it took effect is unknown"
MANY = 500


@pytest.fixture
def url(any_url: str) -> str:
    """A database with an empty table t."""
    execute(existing(any_url), "create table t (x int primary key)")
    return any_url


@pytest.fixture(params=["pg_url", "maria_url"])
def remote(request: pytest.FixtureRequest) -> str:
    fresh: str = request.getfixturevalue(request.param)
    execute(fresh, "create table t (x int primary key)")
    return fresh


@pytest.fixture
def proxy(remote: str) -> Iterator[Proxy]:
    with Proxy(parse_url(remote).port or 0) as running:
        yield running


# --- between statements, and in one ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_between_statements(url: str, number: signal.Signals) -> None:
    """It waits for the rest of its script."""
    process = begun(url)
    tell(process, f"{ONE}{TWO}select 'ready' as x;\n")
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in "xx"] == [b"x\n", b"ready\n"]
    process.send_signal(number)
    done = ended(finish(process), 128 + number)
    assert done.err == f"{SIGNALS[number]}: {BACK}\n"
    assert kept(url) == []


@pytest.mark.parametrize("number", [*SIGNALS, signal.SIGKILL], ids=lambda number: number.name)
def test_in_a_long_statement(remote: str, tmp_path: Path, number: signal.Signals) -> None:
    process = begun(remote, script(tmp_path, f"{ONE}{TWO}{ENDLESS[backend(remote)]};\n{THREE}"))
    with Watch(remote) as watch:
        running = watch.wait_running("sleep")
        process.send_signal(number)
        done = finish(process)
        if number == signal.SIGKILL:
            assert done.code == -signal.SIGKILL
            watch.kill(running)  # the server notices only when its statement has ended
        else:
            assert (done.code, done.err) == (128 + number, f"{SIGNALS[number]}: {BACK}\n")
        watch.wait_gone("sleep")
        until(lambda: not watch.clients(), "the connection is gone")
    assert kept(remote) == []


@pytest.mark.parametrize("end", [*SIGNALS, signal.SIGKILL, "kill"], ids=lambda end: getattr(end, "name", end))
def test_in_a_copy_block(pg_url: str, end: signal.Signals | str) -> None:
    execute(pg_url, "create table t (x int primary key)")
    process = begun(pg_url)
    with Watch(pg_url) as watch:
        tell(process, f"{ONE}copy t from stdin;\n" + "".join(f"{number}\n" for number in range(2, 30_000)))
        running = watch.wait_running("copy t")
        if end == "kill":
            watch.kill(running)
            until(lambda: not watch.clients(), "the connection is gone")
            tell(process, "30000\n\\.\n")
            ended(finish(process), 4, "nothing of it was committed")
        else:
            process.send_signal(int(end))
            done = finish(process)
            assert done.code == (-9 if end == signal.SIGKILL else 128 + int(end)), done.err
            assert end == signal.SIGKILL or BACK in done.err
        until(lambda: not watch.clients(), "the connection is gone")
    assert kept(pg_url) == []


@pytest.mark.parametrize("end", [*SIGNALS, signal.SIGKILL, "kill"], ids=lambda end: getattr(end, "name", end))
def test_in_a_group_of_statements_sent_together(remote: str, tmp_path: Path, end: signal.Signals | str) -> None:
    """The second of a hundred waits for the lock of somebody else."""
    path = script(tmp_path, "".join(f"insert into t values ({number});\n" for number in range(100)))
    with Watch(remote) as watch, closing(driver(remote)) as other:
        other.cursor().execute("begin")
        other.cursor().execute("insert into t values (1)")
        process = begun(remote, path)
        running = watch.wait_running("insert into t values (1)")
        if end == "kill":
            watch.kill(running)
            ended(finish(process), 4, "nothing of it was committed")
        else:
            process.send_signal(int(end))
            done = finish(process)
            assert done.code == (-9 if end == signal.SIGKILL else 128 + int(end)), done.err
            assert end == signal.SIGKILL or BACK in done.err
        other.cursor().execute("rollback")
        until(lambda: len(watch.clients()) == 1, "the connection is gone")
    assert kept(remote) == []


# --- at COMMIT -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["reset", "fin"])
@pytest.mark.parametrize("deliver", [True, False])
def test_the_answer_to_commit_never_arrives(
    remote: str, proxy: Proxy, tmp_path: Path, verb: str, deliver: bool
) -> None:
    proxy.arm(verb, pattern=b"COMMIT", deliver=deliver)
    report = tmp_path / "r.json"
    done = called(proxy.through(remote), script(tmp_path, ONE + TWO), "--report", str(report))
    ended(done, 4, UNKNOWN)
    assert "rolled back" not in done.err
    assert json.loads(report.read_text())["outcome"] == UNKNOWN
    if not deliver:
        assert kept(remote) == []


def test_a_signal_while_commit_is_answered_late(remote: str, proxy: Proxy, tmp_path: Path) -> None:
    """The server has done it before it hears of the signal."""
    proxy.arm("delay", pattern=b"COMMIT", seconds=1)
    report = tmp_path / "r.json"
    process = begun(proxy.through(remote), script(tmp_path, ONE + TWO), "--report", str(report))
    proxy.wait()
    process.send_signal(signal.SIGINT)
    done = ended(finish(process), 130)
    assert done.err == "interrupted: but everything had been committed\n"
    assert json.loads(report.read_text())["outcome"] == "committed"
    assert kept(remote) == [1, 2]


def test_a_signal_cancels_commit(pg_url: str, tmp_path: Path) -> None:
    """A deferred trigger keeps COMMIT busy, which is still nothing lasting."""
    body = "begin perform pg_sleep(60); return null; end"
    execute(
        pg_url,
        "create table t (x int)",
        f"create function slow() returns trigger language plpgsql as '{body}'",
        "create constraint trigger slow after insert on t deferrable initially deferred for each row execute function slow()",
    )
    for number in SIGNALS:
        process = begun(pg_url, script(tmp_path, ONE + TWO))
        with Watch(pg_url) as watch:
            watch.wait_running("COMMIT")
            process.send_signal(number)
            done = ended(finish(process), 128 + number, "rolled")
            assert "committed" not in done.err
            watch.wait_gone("COMMIT")
        assert kept(pg_url) == []


def test_a_signal_while_commit_is_never_answered(remote: str, proxy: Proxy, tmp_path: Path) -> None:
    """Who terminates asks once; what cannot be reached is cut, and then nobody knows."""
    proxy.arm("freeze", pattern=b"COMMIT")
    process = begun(proxy.through(remote), script(tmp_path, ONE + TWO))
    proxy.wait()
    process.send_signal(signal.SIGTERM)
    done = ended(finish(process), 143)
    assert done.err == f"terminated: {UNKNOWN}\n"


def test_a_statement_of_its_own_is_not_answered(remote: str, proxy: Proxy, tmp_path: Path) -> None:
    """Under --autocommit it is its own COMMIT; to run it again could do it twice, so that is not offered."""
    proxy.arm("reset", pattern=b"values (2)")
    done = called(proxy.through(remote), script(tmp_path, ONE + TWO + THREE), "--autocommit")
    ended(
        done,
        4,
        "INSERT was sent and not answered: whether it took effect is unknown",
        "what went before line 2 is kept",
    )
    assert "--resume-from" not in done.err
    assert 3 not in kept(remote)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_under_autocommit(remote: str, tmp_path: Path, number: signal.Signals) -> None:
    path = script(tmp_path, f"{ONE}{TWO}{ENDLESS[backend(remote)]};\n{THREE}")
    process = begun(remote, path, "--autocommit")
    with Watch(remote) as watch:
        watch.wait_running("sleep")
        process.send_signal(number)
        done = ended(finish(process), 128 + number)
    told = f"what went before line 3 is kept; to go on there: --resume-from {path}:3"
    assert done.err == f"{SIGNALS[number]}: {told}\n"
    assert kept(remote) == [1, 2]


# --- at any moment ---------------------------------------------------------------------------------------------------


MOMENTS = {0.1: 2, 0.4: 15, 0.7: 9, 0.9: 1, 0.99: 15, 1.1: 2}
"""Parts of the report that have been written, and the signal that comes then."""


def test_at_any_moment(url: str, tmp_path: Path) -> None:
    """All or nothing; who is told which finds it so; the report is whole and says the same."""
    everything = list(range(MANY))
    path = script(tmp_path, "".join(f"insert into t values ({number});\n" for number in everything))
    hit, whole = 0, MANY * 174
    for part, number in MOMENTS.items():
        report = tmp_path / str(part) / "r.json"
        report.parent.mkdir()
        process = begun(url, path, "--report", str(report))
        while process.poll() is None and size(report.parent) < part * whole:
            time.sleep(0.001)
        hit += process.poll() is None
        process.send_signal(number)
        done = finish(process)
        assert done.code in (0, 128 + number, -number), done.err
        if backend(url) != "sqlite":
            with Watch(url) as watch:
                until(lambda watch=watch: not watch.clients(), "the connection is gone")
        rows = kept(url)
        assert rows in ([], everything)
        if number != signal.SIGKILL:
            assert ("committed" in done.err) == (rows == everything), (done, len(rows))
        if report.exists():
            whole = max(whole, report.stat().st_size if rows else 0)
            outcome = json.loads(report.read_text())["outcome"]
            assert (outcome == "committed") == (rows == everything), outcome
        else:
            assert number == signal.SIGKILL or rows == []
        execute(url, "delete from t")
    assert hit


def size(folder: Path) -> int:
    """Of the report, under whatever name it has."""
    with suppress(FileNotFoundError):
        return sum(path.stat().st_size for path in folder.iterdir())
    return 0
