"""dbx tx --lab: the four anomalies, and who waits for whom."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from run_dbx import DBX, Done, environment, execute, existing, finish, good, run
from watching import Watch, backend

LAB = Path(__file__).with_name("lab")
WORDS = {
    "postgresql": {
        "SET_READ_COMMITTED": "begin isolation level read committed",
        "BEGIN_REPEATABLE_READ": "begin isolation level repeatable read",
    },
    # the default is REPEATABLE READ; consistent reads begin with the transaction
    "mysql": {"SET_READ_COMMITTED": "set session transaction isolation level read committed\na: begin", "BEGIN_REPEATABLE_READ": "begin"},
    "sqlite": {},
}  # fmt: skip


@pytest.fixture(params=["pg_url", "maria_url"])
def remote(request: pytest.FixtureRequest) -> str:
    return prepared(request.getfixturevalue(request.param))


def prepared(url: str) -> str:
    execute(
        existing(url),
        "create table account (id int primary key, balance int)",
        "insert into account values (1, 100), (2, 100)",
    )
    return url


def lab(url: str, folder: Path, name: str) -> Done:
    text = (LAB / f"{name}.lab").read_text()
    for word, meaning in WORDS[backend(url)].items():
        text = text.replace(word, meaning)
    (folder / "script.lab").write_text(text)
    return run(url, str(folder / "script.lab"), "--lab", command="tx")


@pytest.mark.parametrize("name", ["lost_update", "phantom", "write_skew", "deadlock"])
def test_an_anomaly(remote: str, tmp_path: Path, name: str) -> None:
    done = good(lab(remote, tmp_path, name))
    assert "not as expected" not in done.err
    if name == "lost_update":
        assert "b · waits for a, session" in done.err
        assert "b · goes on: 1 row changed" in done.err
    if name == "deadlock":
        assert done.err.count("deadlock: ") == 1


@pytest.mark.parametrize("name", ["lost_update_refused", "write_skew_refused"])
def test_an_anomaly_that_postgresql_prevents(pg_url: str, tmp_path: Path, name: str) -> None:
    done = good(lab(prepared(pg_url), tmp_path, name))
    assert "b · serialization failure: 40001" in done.err or "goes on: serialization failure: 40001" in done.err


def test_sqlite_has_one_writer(sqlite_url: str, tmp_path: Path) -> None:
    assert "b · goes on: 1 row changed" in good(lab(prepared(sqlite_url), tmp_path, "one_writer")).err


def test_what_is_not_as_expected_fails(remote: str, tmp_path: Path) -> None:
    (tmp_path / "script.lab").write_text("\\expect waits\na: select 1\n\\expect value = 2\nb: select 1 as x\n")
    done = run(remote, str(tmp_path / "script.lab"), "--lab", command="tx")
    assert done.code == 1
    assert "a does not wait" in done.err
    assert "expected value = 2, got 1" in done.err
    assert "2 expectations not met" in done.err


@pytest.mark.parametrize(
    ("script", "options", "code"),
    [
        ("a: select nosuch\nb: select 1\n", (), 1),
        ("\\expect error\na: select nosuch\n", (), 0),
        ("a: SLEEP\nb: select 1\n", ("--timeout", "3"), 4),
        ("a: insert into account values (9, 9)\n", ("--read-only",), 6),
    ],
)
def test_what_fails_unasked_is_an_error(
    remote: str, tmp_path: Path, script: str, options: tuple[str, ...], code: int
) -> None:
    sleep = "select pg_sleep(30)" if backend(remote) == "postgresql" else "select sleep(30)"
    (tmp_path / "script.lab").write_text(script.replace("SLEEP", sleep))
    done = run(remote, str(tmp_path / "script.lab"), "--lab", *options, command="tx")
    assert done.code == code, done.err
    assert ("1 statement failed" in done.err) == bool(code)


def test_a_line_without_a_session(remote: str, tmp_path: Path) -> None:
    (tmp_path / "script.lab").write_text("select 1\n")
    done = run(remote, str(tmp_path / "script.lab"), "--lab", command="tx")
    assert (done.code, "line 1 names no session" in done.err) == (1, True)


def test_what_still_waits_at_the_end_is_cancelled(remote: str, tmp_path: Path) -> None:
    (tmp_path / "script.lab").write_text(
        "a: begin\na: update account set balance = 1 where id = 1\nb: update account set balance = 2 where id = 1\n"
    )
    done = good(run(remote, str(tmp_path / "script.lab"), "--lab", command="tx"))
    assert "b · still waits, and is cancelled" in done.err
    assert "a · its transaction is open, and is rolled back" in done.err
    assert execute(remote, "select balance from account order by id") == [(100,), (100,)]


def test_a_signal_while_all_wait(remote: str, tmp_path: Path) -> None:
    (tmp_path / "script.lab").write_text(
        "a: select pg_sleep(60)\n" if backend(remote) == "postgresql" else "a: select sleep(60)\n"
    )
    argv = [DBX, "tx", "@", str(tmp_path / "script.lab"), "--lab"]
    process = subprocess.Popen(
        argv, env=environment(remote), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with Watch(remote) as watch:
        watch.wait_running("sleep")
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert (done.code, "a · cancelled" in done.err) == (0, True), done.err


@pytest.mark.parametrize("option", ["--dry-run", "--rollback", "--no-raw", "--max-rows=0", "--isolation=SERIALIZABLE"])
def test_what_the_lab_would_not_keep_to_is_refused(sqlite_url: str, tmp_path: Path, option: str) -> None:
    execute(sqlite_url, "create table t (x int)")
    (tmp_path / "script.lab").write_text("a: insert into t values (1)\n")
    done = run(sqlite_url, str(tmp_path / "script.lab"), "--lab", option, command="tx")
    assert (done.code, execute(sqlite_url, "select count(*) from t")) == (2, [(0,)])
    assert f"--lab takes no {option.partition('=')[0]}" in done.err
