"""The shell reads the schema in the background on real servers: all of it, over one connection, out of everybody's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from run_dbx import execute, existing, until
from watching import Watch

from dbx import config, target
from dbx.database import Database
from dbx.dialects.base import State
from dbx.errors import StatementFailed
from dbx.rows import Statement
from dbx.schema import apart, kept, read, referenced
from dbx.schema.known import Known, Unread
from dbx.schema.model import Schema
from dbx.shell import background
from dbx.shell.background import Background

WAIT = 30


@pytest.fixture(params=["pg_url", "maria_url"])
def remote(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(background, "PAUSE", 0.0)
    url: str = request.getfixturevalue(request.param)
    execute(
        existing(url),
        "create table artist (id int primary key, name varchar(40))",
        "create table album (id int primary key, artist_id int, foreign key (artist_id) references artist (id))",
    )
    return url


class Reads:
    """A Background on a database of its own, and what it has learnt."""

    def __init__(self, url: str) -> None:
        self.database = Database(target.parse(url, config.Config()))
        self.known = Known()
        self.learnt = Event()
        self.known.learnt = self.learnt.set
        self.background = Background(self.database, self.known)

    def until(self, condition: Callable[[], Any]) -> None:
        with self.background.idle():
            while not condition():
                assert self.learnt.wait(WAIT), "nothing more was learnt"
                self.learnt.clear()

    def run(self, text: str) -> None:
        self.database.connection.run(Statement(text))
        self.database.connection.finish()


@pytest.fixture
def reads(remote: str) -> Iterator[Reads]:
    made = Reads(remote)
    yield made
    made.database.close()


def test_everything_is_read_over_the_one_connection(remote: str, reads: Reads) -> None:
    with Watch(remote) as watch:
        reads.background.start()
        reads.until(lambda: reads.known.whole)
        until(lambda: len(watch.clients()) == 1, "only that one is left")
    assert {"album", "artist"} <= set(reads.known.tables())
    assert list(reads.known.references()) == [("album", None, "artist")]
    album = reads.known.table("album")
    assert album and album.schema is None and album.foreign_keys[0].target_schema is None
    assert reads.database.connection.state is State.IDLE


def test_many_tables_are_read_by_a_session_that_is_gone_when_it_has_read(
    remote: str, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "_LARGE", 1)
    monkeypatch.setattr(apart, "_PATIENCE", 60)
    brought, received = [], apart.Apart._received
    monkeypatch.setattr(apart.Apart, "_received", lambda *given: brought.append(received(*given)) or brought[-1])
    with Watch(remote) as watch:
        reads.background.start()
        reads.until(lambda: reads.known.whole)
        until(lambda: len(watch.clients()) == 1, "only the shell's own session is left")
    assert brought and {"album", "artist"} <= set(kept.names(brought[0].lines))
    album = reads.known.table("album")
    assert album and album.schema is None and album.foreign_keys[0].target_schema is None
    assert list(reads.known.references()) == [("album", None, "artist")]


def test_what_was_just_made_is_known_soon(reads: Reads) -> None:
    reads.background.start()
    reads.until(lambda: reads.known.whole)
    for text in ("create table song (id int primary key)", "alter table album add column title varchar(40)"):
        reads.run(text)
        reads.background.changed(text)
    reads.until(lambda: "song" in reads.known.tables())
    for name, column in (("song", "id"), ("album", "title")):
        try:
            reads.known.table(name)
        except Unread:
            pass
        reads.until(lambda name=name, column=column: (table := reads.known.peek(name)) and table.column(column))


def test_the_keys_of_a_small_table_are_read_when_they_are_wanted(reads: Reads) -> None:
    reads.run("insert into artist values (2, 'AC/DC'), (10, null)")
    reads.background.start()
    reads.until(lambda: reads.known.whole)
    album = reads.known.peek("album")
    goal = referenced.goal(album.columns[1], album, reads.known.peek) if album else None
    assert goal == referenced.Goal(None, "artist", "id", "name")
    asked = reads.known.referenced
    reads.until(lambda: asked.values(goal) == {"2": "AC/DC", "10": ""})
    reads.run("begin")
    reads.run("insert into artist values (11, 'mine')")
    reads.learnt.clear()
    with reads.background.idle():
        assert asked.values(goal) == {"2": "AC/DC", "10": ""}  # of an open transaction nothing is read
        assert not reads.learnt.wait(0.3)
    reads.run("rollback")
    if reads.database.dialect.name != "postgresql":
        reads.run("set autocommit = 0")
    reads.run("delete from artist where id = 10")
    reads.run("commit")
    reads.until(lambda: asked.values(goal) == {"2": "AC/DC"})
    assert reads.database.connection.state is State.IDLE
    reads.run("drop table album")
    reads.run("drop table artist")
    reads.learnt.clear()
    with reads.background.idle():
        asked.values(goal)
        assert reads.learnt.wait(WAIT)
    assert asked.values(goal) == {}


def test_the_user_does_not_wait_for_it(reads: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL is asked to cancel; on MySQL the reader stops between packets, because KILL would take a second login."""
    started = Event()

    def endless(given: Database, *_: object) -> Schema:
        def job(raw: Any) -> None:
            if given.dialect.name == "postgresql":
                started.set()
                raw.execute("select pg_sleep(1000)")
            else:
                with import_module("dbx.schema.readers.mysql.session").session(raw) as asked:
                    started.set()
                    while True:
                        asked.ask([("select 1", lambda answer: None)] * 100)

        given.connection.call(job)
        raise AssertionError("this never ends by itself")

    monkeypatch.setattr(read, "schema", endless)
    reads.background.start()
    with reads.background.idle():
        assert started.wait(WAIT)
    outcome = reads.database.connection.run(Statement("select 42 as n"))
    assert outcome.rows is not None and [str(row[0]) for batch in outcome.rows for row in batch] == ["42"]
    assert reads.database.connection.state is State.IDLE


def test_a_failed_transaction_is_left_alone(pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    reads = Reads(pg_url)
    reads.run("begin")
    with pytest.raises(StatementFailed):
        reads.run("select nothing")
    assert reads.database.connection.state is State.FAILED
    reads.background.changed("create table nothing ()")
    reads.learnt.clear()
    reads.background.start()
    with reads.background.idle():
        reads.known.asked()
        assert not reads.learnt.wait(0.3)
    reads.run("rollback")
    reads.until(lambda: reads.known.whole)
    reads.database.close()
