"""The schema is read in the pauses, over the one connection, and gives way to whatever the user runs."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from dbx import config, target
from dbx.database import Database
from dbx.rows import Statement
from dbx.schema import cache, read
from dbx.schema.known import Known, Unread
from dbx.schema.model import Schema
from dbx.shell import background
from dbx.shell.background import Background

WAIT = 20


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(background, "PAUSE", 0.0)
    change(tmp_path / "x.db", "create table t (id integer primary key, x text)")
    return tmp_path / "x.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    opened = Database(target.parse(str(file), config.Config()))
    yield opened
    opened.close()


def change(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


class Reads:
    """What a Background reads; `until` waits in its idle time."""

    def __init__(self, database: Database) -> None:
        self.known = Known()
        self.learnt = Event()
        self.known.learnt = self.learnt.set
        self.background = Background(database, self.known)
        self.background.start()

    def until(self, condition: Callable[[], Any]) -> None:
        with self.background.idle():
            while not condition():
                assert self.learnt.wait(WAIT), "nothing more was learnt"
                self.learnt.clear()


def names(known: Known) -> list[str]:
    try:
        return sorted(known.tables())
    except Unread:
        return []


def test_all_is_read_while_nothing_else_runs_and_kept_for_the_next_time(database: Database) -> None:
    reads = Reads(database)
    reads.until(lambda: reads.known.whole and cache.held(database))
    assert names(reads.known) == ["t"]
    table = reads.known.table("t")
    assert table and [column.name for column in table.columns] == ["id", "x"]


def test_what_was_kept_is_there_before_the_connection_is_free(database: Database) -> None:
    cache.schema(database)
    reads = Reads(database)
    assert reads.learnt.wait(WAIT)
    assert names(reads.known) == ["t"] and reads.known.whole


def test_what_is_still_true_is_not_read_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.schema(database)
    monkeypatch.setattr(read, "schema", lambda *_: pytest.fail("read again"))
    checked, really = Event(), read.fingerprint

    def fingerprint(given: Database) -> str:
        try:
            return really(given)
        finally:
            checked.set()

    monkeypatch.setattr(read, "fingerprint", fingerprint)
    reads = Reads(database)
    with reads.background.idle():
        assert checked.wait(WAIT)
    assert names(reads.known) == ["t"] and reads.known.peek("t")


def test_what_was_kept_is_looked_at_again(database: Database, file: Path) -> None:
    cache.schema(database)
    change(file, "create table elsewhere (y)")
    reads = Reads(database)
    reads.until(lambda: "elsewhere" in names(reads.known) and reads.known.peek("elsewhere"))


def test_what_is_read_is_not_looked_through_for_garbage(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each such look at the tuples of thousands of tables would stop the keys for a tenth of a second."""
    meanwhile, really = [], read.schema

    def reading(given: Database) -> Schema:
        meanwhile.append(gc.isenabled())
        return really(given)

    monkeypatch.setattr(read, "schema", reading)
    monkeypatch.setattr(read, "_MANY", 0)  # this one is small
    gc.unfreeze()
    reads = Reads(database)
    with reads.background.idle():
        assert reads.background.settled.wait(WAIT)
    assert meanwhile == [False] and gc.isenabled()
    table = reads.known.peek("t")
    assert table and not any(each is table.columns for each in gc.get_objects())


def test_a_reading_that_waits_for_the_connection_keeps_nobody_from_collecting(database: Database) -> None:
    """A statement may run for hours before it is the reader's turn."""
    reads = Reads(database)
    waits, really = Event(), reads.background._next

    class Turn:
        def __enter__(self) -> None:
            enabled.append(gc.isenabled())
            waits.set()

        def __exit__(self, *_: object) -> None:
            pass

    enabled: list[bool] = []
    reads.background._turn.release()
    reads.background._turn = Turn()  # type: ignore[assignment]
    reads.background._next = lambda: really() if not enabled else None  # type: ignore[method-assign]
    reads.background._idle.set()
    reads.background._work.set()
    assert waits.wait(WAIT) and enabled == [True]
    assert reads.background.settled.wait(WAIT)  # nothing of it goes on into the next test


def test_nobody_collects_while_another_thread_makes_what_stays() -> None:
    one, other = read.lasting(), read.lasting()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert not gc.isenabled()
    other.__exit__(None, None, None)
    assert gc.isenabled()


def test_a_statement_that_changes_the_schema_is_followed_by_a_look(database: Database) -> None:
    reads = Reads(database)
    reads.until(lambda: reads.known.whole)
    database.connection.run(Statement("alter table t add column z int"))
    reads.background.changed("alter table t add column z int")
    with pytest.raises(Unread):
        reads.known.table("t")
    reads.until(lambda: (table := reads.known.peek("t")) and table.column("z"))


def test_within_a_transaction_only_its_own_tables_are_looked_for(database: Database) -> None:
    reads = Reads(database)
    reads.until(lambda: reads.known.whole)
    database.connection.run(Statement("begin"))
    database.connection.run(Statement("create table mine (x)"))
    reads.background.changed("create table mine (x)")
    reads.until(lambda: "mine" in names(reads.known))
    with pytest.raises(Unread):
        reads.known.table("mine")
    reads.until(lambda: reads.known.peek("mine"))
    database.connection.run(Statement("rollback"))
    reads.background.changed("rollback")
    reads.until(lambda: "mine" not in names(reads.known))


def test_a_transaction_of_the_user_is_left_alone(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = Reads(database)
    database.connection.run(Statement("begin"))
    monkeypatch.setattr(read, "schema", lambda *_: pytest.fail("read within the transaction"))
    with reads.background.idle():
        reads.known.asked()
        assert not reads.learnt.wait(0.2)


def test_the_user_does_not_wait_for_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading that would never end is given up, and the statement runs; later it is begun again."""
    started, kept = Event(), read.schema
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"

    def slow(given: Database, *_: object) -> Schema:
        given.connection.call(lambda raw: (started.set(), raw.execute(endless).fetchall()))
        raise AssertionError("this never ends by itself")

    monkeypatch.setattr(read, "schema", slow)
    reads = Reads(database)
    with reads.background.idle():
        assert started.wait(WAIT)
    outcome = database.connection.run(Statement("select 42"))
    assert outcome.rows is not None and [row for batch in outcome.rows for row in batch] == [(42,)]
    monkeypatch.setattr(read, "schema", kept)
    reads.until(lambda: reads.known.whole)


def test_a_reading_that_fails_is_not_tried_without_end(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from dbx.errors import StatementFailed

    tried, again = Event(), Event()

    def fails(*_: object) -> str:
        (again if tried.is_set() else tried).set()
        raise StatementFailed("no rights")

    monkeypatch.setattr(read, "fingerprint", fails)
    reads = Reads(database)
    with reads.background.idle():
        assert tried.wait(WAIT)
        reads.known.asked()
        assert not again.wait(0.2)
    assert names(reads.known) == ["t"]


def test_throwing_away_what_was_typed_interrupts_no_reading(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C needs no connection; the reading goes on through as many prompts as it takes."""
    started, go_on, really = Event(), Event(), read.schema

    def slow(given: Database, *_: object) -> Schema:
        started.set()
        assert go_on.wait(WAIT)
        return really(given)

    monkeypatch.setattr(read, "schema", slow)
    reads = Reads(database)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), reads.background.idle():
            assert started.wait(WAIT)
            raise KeyboardInterrupt
    go_on.set()
    reads.until(lambda: reads.known.whole)
    assert database.connection.run(Statement("select 1")).rows is not None
