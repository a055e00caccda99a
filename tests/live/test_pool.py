"""dbx pool against real servers: what it says of its connections is what the server says, at every moment."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from run_dbx import DBX, SECONDS, Done, environment, existing, finish, good, run, until
from watching import Watch, backend

from dbx import config, target
from dbx.database import Database
from dbx.pool import report
from dbx.pool.load import Load, Work
from dbx.pool.observer import Observer


@pytest.fixture(params=["pg_url", "maria_url"])
def remote(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@contextmanager
def loaded(
    url: str, workers: int, size: int, overflow: int, pause: float = 0
) -> Iterator[tuple[Load, Observer, Callable[[], set[int]]]]:
    """Workers that use a pool until the block ends, its observer, and the server's own list of sessions, asked on a
    connection that dbx knows nothing of."""
    goal = target.parse(url, config.Config())
    pool = config.Pool(size=size, max_overflow=overflow, timeout=30)
    work = Work(workers, SECONDS, "SELECT 1", pause, pause)
    with Watch(url) as oracle:
        with closing(Database(goal._replace(profile=config.Profile(pool=pool)))) as database:
            observer = report.observed(database)
            load = Load(database.engine, observer, work, database.dialect.cancel)
            load.start()
            try:
                yield load, observer, lambda: set(oracle.clients())
            finally:
                load.end(30)
        until(lambda: not oracle.clients(), "the server has no session of the pool any more")


def test_a_full_pool_agrees_with_the_server_at_every_moment(remote: str) -> None:
    with loaded(remote, workers=8, size=5, overflow=0) as (load, observer, sessions):
        until(lambda: observer.now().open == 5, "the pool is full")
        for _ in range(100):
            assert sessions() == observer.now().sessions
            assert observer.now().out <= observer.now().open == 5
        assert load.done > 0
        assert load.wrong.total() == 0


def test_a_pool_that_opens_and_closes_never_knows_less_or_more_than_the_server(remote: str) -> None:
    """Connections beyond the size are closed as soon as they come back. One side knows first of each: the server of
    what is being opened, for which a thread is asking, and the pool of what it has closed."""
    with loaded(remote, workers=4, size=1, overflow=3, pause=0.002) as (load, observer, sessions):
        until(lambda: observer.counts.get("close", 0), "the pool closes connections")
        for _ in range(100):
            before = observer.now()
            seen = sessions()
            known, after = set(observer.sessions), observer.now()
            assert before.sessions & after.sessions <= seen
            assert len(seen - known) <= 4
            assert after.open <= 4
        until(lambda: observer.counts["close"] > 20, "the pool closes more of them")
        assert load.wrong.total() == 0
        load.end(30)
        until(lambda: sessions() == observer.now().sessions, "both know the same")


def test_after_the_server_has_ended_all_connections_the_pool_recovers_and_says_so(remote: str) -> None:
    with loaded(remote, workers=4, size=4, overflow=0) as (load, observer, sessions):
        until(lambda: observer.now().open == 4, "the pool is full")
        first = observer.now().sessions
        with Watch(remote) as administrator:
            for session in first:
                administrator.kill(session)
        until(lambda: observer.now().open == 4 and not observer.now().sessions & first, "all connections are new")
        before = load.done
        until(lambda: load.done > before + 100, "the workers work")
        until(lambda: sessions() == observer.now().sessions, "both know the same")
    notes = [event.note for event in observer.events if event.name == "invalidate"]
    words = {"postgresql": ("terminating connection", "server closed the connection"), "mysql": ("Lost connection",)}
    assert any(word in note for note in notes for word in words[backend(remote)]), notes
    assert 1 <= load.failed <= 4


# --- the program


def records(done: Done) -> list[list[dict[str, Any]]]:
    """The results of a run with -f jsonl, told apart by their columns."""
    found: list[list[dict[str, Any]]] = []
    for line in good(done).lines():
        record = json.loads(line)
        if not found or found[-1][0].keys() != record.keys():
            found.append([])
        found[-1].append(record)
    return found


def values(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {row["name"]: row["value"] for row in rows}


def test_the_pool_beside_its_server(remote: str) -> None:
    lines, connections, sessions = records(run(remote, "-f", "jsonl", "--size", "3", command="pool"))
    found = values(lines)
    assert (found["class"], found["size"], found["max overflow"]) == ("QueuePool", 3, 10)
    assert (found["open"], found["checked out"], found["idle"]) == (1, 0, 1)
    assert found["to connect"] > found["to check out"] > 0
    assert found["saved"] > 1
    (connection,) = connections
    assert connection["state"] == "idle"
    assert connection["protection"] == "no TLS"
    mine = [row for row in sessions if row["whose"] == "the pool"]
    assert [row["session"] for row in mine] == [connection["session"]]
    assert [row["whose"] for row in sessions].count("the look at the server") == 1


def test_a_load_with_exhaustion_and_a_drop(remote: str) -> None:
    options = ["--load", "6", "--seconds", "2", "--size", "2", "--max-overflow", "1", "--pool-timeout", "0.1"]
    options += ["--hold", "0.25", "--drop", "-f", "jsonl"]
    summary, waits, course, *_ = records(run(remote, *options, command="pool"))
    found = values(summary)
    assert found["timeouts"] > 0
    assert found["most open"] == found["most out"] == 3
    assert 1 <= found["dropped"] <= 3  # the pool closes the others itself as soon as one is found broken
    assert found["failed by that"] + found["thrown away"] > 0
    assert found["recovered"] is not None
    assert found["differences"] == 0
    assert sum(row["in vain"] for row in waits) == found["timeouts"]
    assert all(row["up to ms"] > 100 for row in waits if row["in vain"])
    assert {row["agree"] for row in course} == {"yes"}
    assert all(row["open"] == row["server"] and row["out"] <= 3 for row in course)


def test_events_stream(remote: str) -> None:
    with closing(Watching(remote)) as watching:
        first = [watching.next() for _ in range(3)]
        assert [event["event"] for event in first[:2]] == ["connect", "checkout"]
        session = first[0]["session"]
        with Watch(remote) as administrator:
            assert session in administrator.clients()
            administrator.kill(session)
        while (event := watching.next())["event"] != "invalidate":
            pass
        assert event["session"] == session
        while (event := watching.next())["event"] != "connect":
            pass
        assert event["session"] != session
        assert watching.interrupted().code == 130


class Watching:
    def __init__(self, url: str) -> None:
        argv = [DBX, "pool", "@", "--watch", "-f", "jsonl"]
        self.process = subprocess.Popen(
            argv, env=environment(url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        )

    def next(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        event: dict[str, Any] = json.loads(self.process.stdout.readline())
        return event

    def interrupted(self) -> Done:
        self.process.send_signal(signal.SIGINT)
        return finish(self.process)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


PROGRAM = """
from sqlalchemy import text
import sys

def fetch():
    connection = engine.connect()
    kept.append(connection)
    return connection.execute(text("select 1")).scalar()

def good():
    with engine.connect() as connection:
        return connection.execute(text("select 1")).scalar()

kept = []
good()
if "leak" in sys.argv:
    fetch()
if "fail" in sys.argv:
    raise ValueError("no \\x1b[31m good")
"""


def test_a_leak_is_named_with_its_place(any_url: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PROGRAM)
    program = str(tmp_path / "app.py")
    done = run(existing(any_url), "--run", program, "leak", "-f", "jsonl", command="pool")
    (leak,) = map(json.loads, done.lines())
    assert done.code == 1
    assert leak["what became of it"] == "not returned"
    assert leak["checked out by"] == f"{program}:6 in fetch < {program}:17 in <module>"
    assert "checkouts: 2 · connections made: 1 · out at once: 1 · leaked: 1" in done.err
    done = good(run(any_url, "--run", program, "-f", "jsonl", command="pool"))
    assert (done.text, "leaked: 0" in done.err) == ("", True)


def test_a_program_that_fails_says_where(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PROGRAM)
    done = run(existing(sqlite_url), "--run", str(tmp_path / "app.py"), "fail", command="pool")
    assert done.code == 1
    assert "app.py:19:1: E-PROGRAM ValueError: no" in done.err
    assert "\x1b" not in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--drop"], 2, "--drop needs --load"),
        (["--hold", "1"], 2, "--hold needs --load"),
        (["x"], 2, "arguments belong to a program"),
        (["--load", "2", "--drop"], 6, "has no sessions"),
        (["--load", "2", "--seconds", "0.3", "--statement", "selct"], 1, "nothing went well"),
        (["--run", "nowhere.py"], 2, "no file nowhere.py"),
    ],
)
def test_what_cannot_be(sqlite_url: str, options: list[str], code: int, words: str) -> None:
    done = run(existing(sqlite_url), *options, command="pool")
    assert (done.code, words in done.err) == (code, True), done.err


def test_a_memory_database_has_another_pool() -> None:
    done = run(":memory:", "-f", "tsv", command="pool")
    assert "class\tSingletonThreadPool" in good(done).text
    done = run(":memory:", "--max-overflow", "3", command="pool")
    assert done.code == 2
    assert "max_overflow" in done.err


def test_no_secret_is_shown(remote: str) -> None:
    password = str(target.parse(remote, config.Config()).url.password)
    for options in (["-f", "jsonl"], ["--load", "2", "--seconds", "0.3"], ["--watch", "--seconds", "0.3"]):
        done = good(run(remote, *options, command="pool"))
        assert password not in done.text + done.err


def test_production_is_not_loaded_unasked(sqlite_url: str, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(f'[profiles.p]\nurl = "{existing(sqlite_url)}"\nproduction = true\n')
    how = {"command": "pool", "DBX_CONFIG": str(settings)}
    done = run("@p", "--load", "2", "--seconds", "0.2", **how)
    assert (done.code, "this is production" in done.err) == (6, True)
    good(run("@p", "--load", "2", "--seconds", "0.2", "--yes", **how))
