"""The schema of a large database is read by a process of its own; where that is no good, over the shell's connection."""

from __future__ import annotations

import os
import pickle
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from dbx import config, target
from dbx.database import Database
from dbx.errors import ConnectFailed
from dbx.rows import Statement
from dbx.schema import apart, cache, read
from dbx.schema.apart import Apart
from dbx.schema.known import Known
from dbx.shell import background
from dbx.shell.background import Background

WAIT = 60
PYTHON = sys.executable


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(background, "PAUSE", 0.0)
    monkeypatch.setattr(background, "_LARGE", 2)
    monkeypatch.setattr(apart, "_PATIENCE", 60)  # on a busy machine the process may be slow to begin
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table artist (id integer primary key, name text)")
        connection.execute("create table album (id integer primary key, artist_id references artist)")
    connection.close()
    return path


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    opened = Database(target.parse(str(file), config.Config()))
    yield opened
    opened.close()


class Reads:
    """What a Background reads, and by whom: `own` counts the readings over the one connection, `processes` the others."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.own = 0
        self.processes: list[subprocess.Popen[bytes]] = []
        really, popen = read.schema, subprocess.Popen
        self.happened = Event()

        def reading(given: Database) -> Any:
            self.own += 1
            return really(given)

        def process(*arguments: Any, **named: Any) -> Any:
            self.processes.append(popen(*arguments, **named))
            self.happened.set()
            return self.processes[-1]

        monkeypatch.setattr(read, "schema", reading)
        monkeypatch.setattr(apart.subprocess, "Popen", process)
        self.known = Known()
        self.known.learnt = self.happened.set
        self.background = Background(database, self.known)
        self.background.start()

    def until(self, condition: Callable[[], Any]) -> None:
        with self.background.idle():
            while not condition():
                assert self.happened.wait(WAIT), "nothing more happened"
                self.happened.clear()


def program(path: Path, text: str) -> str:
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o700)
    return str(path)


@pytest.fixture
def deaf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of Python stands what never says anything."""
    monkeypatch.setattr(sys, "executable", program(tmp_path / "deaf", "import time\ntime.sleep(1000)"))


def test_many_tables_are_read_by_a_process_that_ends(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = Reads(database, monkeypatch)
    reads.until(lambda: reads.known.whole)
    assert reads.own == 0 and [each.returncode for each in reads.processes] == [0]
    album = reads.known.table("album")
    assert album and [column.name for column in album.columns] == ["id", "artist_id"]
    assert list(reads.known.references()) == [("album", None, "artist")]
    with reads.background.idle():
        assert reads.background.settled.wait(WAIT)
    kept = cache.held(database)  # for the next time
    assert kept and kept[0] == read.fingerprint(database) and len(kept[1].tables) == 2
    assert reads.own == 0 and len(reads.processes) == 1


def test_a_small_database_is_worth_no_process(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_LARGE", 11)
    reads = Reads(database, monkeypatch)
    reads.until(lambda: reads.known.whole)
    assert reads.own == 1 and not reads.processes


def test_what_runs_waits_for_no_process_and_none_is_left(
    deaf: None, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Reads(database, monkeypatch)
    reads.until(lambda: reads.processes)
    assert reads.processes[0].returncode == -9  # already: it may hold a lock
    database.connection.run(Statement("create table song (id)"))
    database.connection.finish()
    monkeypatch.setattr(sys, "executable", PYTHON)
    reads.until(lambda: reads.known.whole)
    assert reads.known.table("song") and reads.own == 0


@pytest.mark.parametrize(
    "text", ["import sys\nsys.exit(3)", "import time\ntime.sleep(1000)", "print('nonsense')", "import os\nos.close(0)"]
)
def test_what_no_process_can_read_is_read_over_the_connection(
    text: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that takes no second login, a pool with one connection."""
    monkeypatch.setattr(sys, "executable", program(tmp_path / "bad", text))
    monkeypatch.setattr(apart, "_PATIENCE", 0.2)
    reads = Reads(database, monkeypatch)
    reads.until(lambda: reads.known.whole)
    assert reads.own == 1 and len(reads.processes) == 1
    database.connection.run(Statement("create table song (id)"))
    reads.background.changed("create table song (id)")
    reads.until(lambda: reads.known.whole and "song" in reads.known.tables() and reads.known.peek("song"))
    assert len(reads.processes) == 1  # it is not tried again


def test_a_schema_that_changes_meanwhile_is_read_over_the_connection(
    database: Database, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys,
        "executable",
        program(
            tmp_path / "slow",
            "import sqlite3, subprocess, sys\n"
            f"done = subprocess.run([{sys.executable!r}, *sys.argv[1:]])\n"
            f"sqlite3.connect({str(file)!r}).execute('create table late (id)')\n"
            "sys.exit(done.returncode)\n",
        ),
    )
    reads = Reads(database, monkeypatch)
    reads.until(lambda: reads.known.whole)
    assert reads.known.table("late") and reads.own == 1


def test_what_only_this_session_sees_is_read_by_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    database.connection.run(Statement("create temp table mine (id)"))
    reads = Reads(database, monkeypatch)
    reads.until(lambda: reads.known.whole)
    assert reads.known.table("mine") and not reads.processes


def test_nobody_signs_in_twice_with_what_may_be_good_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    goal = target.parse("postgresql://app@db.example/shop", config.Config())

    def can_read(**profile: Any) -> bool:
        return Apart(Database(goal._replace(profile=config.Profile(**profile))), lambda: None).can_read

    assert can_read() and can_read(password_file="secret")
    assert not can_read(password_command=["token"])
    assert can_read(startup=["set search_path = shop", " SET jit = off ; "])
    assert not can_read(startup=["set jit = off; insert into visit values (1)"])
    assert not can_read(startup=["set jit = off", "insert into visit values (1)"])
    typed = Database(goal, lambda question: "TELLTALE")

    def refused(*_: object) -> object:
        error = ConnectFailed("no")
        error.password = True
        raise error

    monkeypatch.setattr("dbx.database.Connection", refused)
    with pytest.raises(ConnectFailed):
        typed.connect()
    assert not Apart(typed, lambda: None).can_read


def test_the_process_has_no_secret_to_show_and_ends_with_its_pipe() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # which takes a connection, and never answers
        port = server.getsockname()[1]
        goal = target.parse(f"postgresql://app:TELLTALE@127.0.0.1:{port}/shop", config.Config())
        command = [sys.executable, "-P", "-m", "dbx.schema.apart"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        assert process.stdin is not None
        process.stdin.write(pickle.dumps(goal))
        process.stdin.flush()
        accepted, _ = server.accept()
        with accepted:
            for name in ("cmdline", "environ"):
                assert b"TELLTALE" not in Path(f"/proc/{process.pid}/{name}").read_bytes()
            process.stdin.close()
            assert process.wait(WAIT) == 1


ENDLESS = """
import sys
from dbx.database import Database
from dbx.schema import apart, read

def schema(database):
    print("reading", flush=True)
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    database.connection.call(lambda raw: raw.execute(endless).fetchall())

read.schema, close, apart._POLITE = schema, Database.close, 60
Database.close = lambda database: (close(database), print("closed", flush=True))
apart.main(sys.stdin.buffer, sys.stdout.buffer)
"""


def test_what_the_process_runs_is_cancelled_and_its_session_closed(file: Path) -> None:
    """A server logs a client that has vanished, and works on for it."""
    command = [sys.executable, "-c", ENDLESS]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdin is not None and process.stdout is not None
    with process.stdout as said:
        process.stdin.write(pickle.dumps(target.parse(str(file), config.Config())))
        process.stdin.flush()
        assert said.readline() and said.readline() == b"reading\n"
        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(own + 10, 19)
        process.stdin.close()
        assert said.read() == b"closed\n"
    assert process.wait(WAIT) == 1
