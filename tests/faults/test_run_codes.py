"""Every exit code of `dbx run` on every server, with the words that belong to it and what the database holds then."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from proxy import Proxy
from run_dbx import execute, existing, finish, good, until
from scripts import BAD, NUMBERS, ONE, QUERY, THREE, TWO, begun, called, ended, kept, ran, script, tell
from servers import MariaDB, PostgreSQL
from watching import ENDLESS, Watch, backend

from dbx.target import parse_url

GONE = "nothing of it was committed"
BACK = "all of it was rolled back"


@pytest.fixture
def url(any_url: str) -> str:
    """A database with an empty table t."""
    execute(existing(any_url), "create table t (x int)")
    return any_url


@pytest.fixture(params=["pg_url", "maria_url"])
def remote(request: pytest.FixtureRequest) -> str:
    fresh: str = request.getfixturevalue(request.param)
    execute(fresh, "create table t (x int)")
    return fresh


def test_0_done(url: str, tmp_path: Path) -> None:
    done = good(ran(url, tmp_path, ONE + TWO + QUERY))
    assert (done.text, done.err) == ("n\n2\n", "3 statements · 2 rows changed · committed\n")
    assert good(ran(url, tmp_path, THREE, "--quiet")).err == ""
    assert good(ran(url, tmp_path, "-- nothing\n")).text == ""
    assert kept(url) == [1, 2, 3]


def test_1_a_statement_failed(url: str, tmp_path: Path) -> None:
    done = ended(ran(url, tmp_path, ONE + TWO + BAD + THREE), 1, "a.sql:3:", "nope", f"hint: {BACK}")
    assert done.out == b""
    assert kept(url) == []


def test_1_an_expectation_failed(url: str, tmp_path: Path) -> None:
    done = ran(url, tmp_path, f"{ONE}\\expect rows = 2\nselect * from t;\n{TWO}")
    ended(done, 1, "a.sql:2:1: E-EXPECT expected rows = 2, got 1", "1 of 1 check not met", BACK)
    assert kept(url) == []


def test_1_a_text_that_is_never_closed(url: str, tmp_path: Path) -> None:
    ended(ran(url, tmp_path, f"{ONE}{TWO}insert into t values ('3);\n{THREE}"), 1, "a.sql:3:", "E-SYNTAX")
    assert kept(url) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.sql"], "nowhere.sql: No such file"),
        (["."], "s a "),
        (["a.sql", "--no-such-option"], "No such option"),
        (["a.sql", "--on-error", "ignore"], "--on-error"),
        (["a.sql", "-p", "unused=1"], "the parameter unused is used nowhere"),
        (["a.sql", "-p", "unused=1", "--autocommit"], "the parameter unused is used nowhere"),
        (["a.sql", "--params", "nowhere.csv"], "nowhere.csv: No such file"),
        (["a.sql", "--params", "a.sql"], "neither .csv nor .jsonl"),
        (["a.sql", "--resume-from", "a.sql"], "is not FILE:LINE"),
        (["a.sql", "--resume-from", "a.sql:77"], "no statement begins at a.sql:77"),
        ([], "Missing argument"),
    ],
)
def test_2_wrong_usage(sqlite_url: str, tmp_path: Path, arguments: list[str], words: str, monkeypatch: Any) -> None:
    execute(sqlite_url, "create table t (x int)")
    monkeypatch.chdir(tmp_path)
    script(tmp_path, ONE + TWO)
    ended(called(sqlite_url, *arguments), 2, words)
    assert kept(sqlite_url) == []


def test_2_is_told_before_or_taken_back(remote: str, tmp_path: Path) -> None:
    ended(ran(remote, tmp_path, ONE + TWO, "-p", "unused=1"), 2, "used nowhere", BACK)
    ended(ran(remote, tmp_path, ONE + TWO, "-p", "unused=1", "--autocommit"), 2, "used nowhere")
    (tmp_path / "p.csv").write_text("x:int\n1\n2\nthree\n")
    done = ran(remote, tmp_path, "insert into t values (:x);\n", "--params", str(tmp_path / "p.csv"))
    ended(done, 2, "p.csv:4: the parameter x is no int: 'three'", BACK)
    assert kept(remote) == []


def test_3_no_connection(any_url: str, tmp_path: Path) -> None:
    port = parse_url(any_url).port
    nowhere = any_url.replace(f":{port}/", ":1/") if port else any_url  # its file has not been made
    report = tmp_path / "r.json"
    ended(ran(nowhere, tmp_path, ONE, "--report", str(report)), 3)
    assert '"outcome": "nothing is kept"' in report.read_text()
    if port:
        ended(ran(any_url.replace("://", "://nobody").replace(f":{port}", f":{port}"), tmp_path, ONE), 3)


def test_4_killed_between_statements(remote: str) -> None:
    process = begun(remote)
    with Watch(remote) as watch:
        tell(process, f"{ONE}select 1 as a;\n")
        assert process.stdout is not None
        assert process.stdout.readline() == b"a\n"
        watch.kill(watch.clients()[0])
        until(lambda: not watch.clients(), "the connection is gone")
        tell(process, f"{TWO}select 2 as b;\n")
        ended(finish(process), 4, GONE)
    assert kept(remote) == []


def test_4_killed_during_one(remote: str, tmp_path: Path) -> None:
    process = begun(remote, script(tmp_path, f"{ONE}{ENDLESS[backend(remote)]};\n{TWO}"))
    with Watch(remote) as watch:
        watch.kill(watch.wait_running("sleep"))
        ended(finish(process), 4, "a.sql:2:", GONE)
    assert kept(remote) == []


@pytest.mark.parametrize("own", [PostgreSQL, MariaDB])
def test_4_the_server_is_stopped(own: Any, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(own.__name__.lower())  # skips where there is none
    with own() as server:
        url = server.url(database=server.create_database())
        execute(url, "create table t (x int)")
        process = begun(url, script(tmp_path, f"{ONE}{ENDLESS[backend(url)]};\n{TWO}"))
        with Watch(url) as watch:
            watch.wait_running("sleep")
            server.halt()
        ended(finish(process), 4, GONE)
        server.start()
        assert kept(url) == []


def test_4_a_time_limit(url: str, tmp_path: Path) -> None:
    text = f"{ONE}{ENDLESS[backend(url)]};\n{TWO}"
    ended(ran(url, tmp_path, text, "--timeout", "0.5"), 4, "E-TIMEOUT no answer within 0.5 s: cancelled", BACK)
    assert kept(url) == []


def test_4_a_time_limit_at_commit(remote: str, tmp_path: Path) -> None:
    """Nobody knows: neither the message nor the report says otherwise."""
    with Proxy(parse_url(remote).port or 0) as proxy:
        proxy.arm("freeze", pattern=b"COMMIT")
        report = tmp_path / "r.json"
        done = ran(proxy.through(remote), tmp_path, ONE + TWO, "--timeout", "1", "--report", str(report))
        ended(done, 4, "E-TIMEOUT", "COMMIT was sent and not answered: whether it took effect is unknown")
        assert "rolled back" not in done.err + report.read_text()
        assert "is unknown" in report.read_text()


REFUSED = {
    "postgresql": ("\\c other\n", "\\c"),
    "mysql": ("source other.sql\n", "source"),
    "sqlite": (".read other.sql\n", ".read"),
}


def test_6_refused_before_anything_is_sent(url: str, tmp_path: Path) -> None:
    text, command = REFUSED[backend(url)]
    ended(ran(url, tmp_path, ONE + TWO + text), 6, "a.sql:3:", command)
    assert kept(url) == []


def test_6_too_many_rows(url: str, tmp_path: Path) -> None:
    ended(ran(url, tmp_path, ONE + TWO + THREE, "--max-rows", "2"), 6, "3 rows changed", BACK)
    assert kept(url) == []


@pytest.mark.parametrize("word", ["COMMIT", "ROLLBACK", "BEGIN"])
def test_6_transaction_control_in_the_middle(url: str, tmp_path: Path, word: str) -> None:
    done = ran(url, tmp_path, f"{ONE}{TWO}{word};\n{THREE}")
    ended(done, 6, "a.sql:3:1", f"{word} in the middle", "--autocommit", BACK)
    assert kept(url) == []


def test_6_no_dry_run_of_what_stays(maria_url: str, tmp_path: Path) -> None:
    execute(maria_url, "create table t (x int)")
    for text, words in (("create table u (y int);\n", "cannot roll CREATE back"), ("set global x = 1;\n", "for all")):
        ended(ran(maria_url, tmp_path, ONE + text, "--dry-run"), 6, words, "so it has no dry run")
    assert kept(maria_url) == []


@pytest.fixture
def stream(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A run in the middle of a result of many rows, behind a change; the reader has read one line."""
    process = begun(url)
    tell(process, f"{ONE}{TWO}{NUMBERS.format(900, 1)}, r as s;\n")
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.stdout.close()


@pytest.mark.parametrize(
    ("number", "word"), [(signal.SIGHUP, "hung up"), (signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")]
)
def test_128_and_the_signal(stream: subprocess.Popen[bytes], url: str, number: signal.Signals, word: str) -> None:
    """129, 130, 143: the program is blocked in writing, because the reader does not read."""
    stream.send_signal(number)
    done = ended(finish(stream), 128 + number)
    assert done.err == f"{word}: {BACK}\n"
    assert kept(url) == []


def test_141_the_reader_has_gone(stream: subprocess.Popen[bytes], url: str) -> None:
    assert stream.stdout is not None
    stream.stdout.close()
    assert stream.wait(60) == 141
    assert stream.stderr is not None
    assert stream.stderr.read() == b""
    assert kept(url) == []
