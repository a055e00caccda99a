"""The cache is believed only while it is true, the user's own, and whole."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbx import config, redact, target
from dbx.database import Database
from dbx.rows import Statement
from dbx.schema import cache, read
from dbx.schema.kept import Unmade
from dbx.schema.model import Schema


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "x.db"
    change(path, "create table t (id integer primary key, x text default 'CANARY')", "create view v as select 1 as n")
    return path


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    opened = Database(target.parse(str(file), config.Config()))
    yield opened
    opened.close()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for every time the database itself was read."""
    found: list[int] = []
    really = read.schema

    def counted(*arguments: Any) -> Schema:
        found.append(1)
        return really(*arguments)

    monkeypatch.setattr(read, "schema", counted)
    return found


def change(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def names(schema: Schema) -> list[str]:
    return [table.name for table in schema.tables]


def test_the_second_time_it_is_read_from_the_cache(database: Database, reads: list[int]) -> None:
    first, second = cache.schema(database), cache.schema(database)
    assert first == second
    assert names(first) == ["t", "v"]
    assert len(reads) == 1


def test_what_was_held_last_is_there_without_asking(database: Database, file: Path, reads: list[int]) -> None:
    assert cache.held(database) is None
    found = cache.schema(database)
    change(file, "create table u (x)")
    held = cache.held(database)
    assert held and held[0] != read.fingerprint(database)
    assert [table.made() for table in held[1].tables.values() if isinstance(table, Unmade)] == list(found.tables)
    assert held[1].rest == found._replace(tables=())
    cache.place(database).write_bytes(b'["no head"]\n{}')
    assert cache.held(database) is None
    assert len(reads) == 1


def test_a_change_is_seen_at_once(database: Database, file: Path, reads: list[int]) -> None:
    cache.schema(database)
    change(file, "create table u (x)")
    assert names(cache.schema(database)) == ["t", "u", "v"]
    change(file, "drop table u")
    assert names(cache.schema(database)) == ["t", "v"]
    assert len(reads) == 3


def test_a_change_that_leaves_the_size_is_seen(database: Database, file: Path) -> None:
    cache.schema(database)
    change(file, "alter table t rename column x to y")
    assert [column.name for column in cache.schema(database).tables[0].columns] == ["id", "y"]


def test_temporary_tables_are_seen_and_not_kept(database: Database) -> None:
    cache.schema(database)
    database.connection.run(Statement("create temp table mine (x)"))
    assert names(cache.schema(database)) == ["t", "v", "mine"]
    database.connection.run(Statement("drop table mine"))
    assert names(cache.schema(database)) == ["t", "v"]


def test_only_rows_changed_is_no_change(database: Database, file: Path, reads: list[int]) -> None:
    cache.schema(database)
    change(file, "insert into t default values")
    cache.schema(database)
    assert len(reads) == 1


def test_another_file_in_its_place_is_another_database(file: Path, reads: list[int]) -> None:
    first = Database(target.parse(str(file), config.Config()))
    cache.schema(first)
    first.close()
    other = file.with_name("y.db")
    change(other, "create table t (id integer primary key, x text default 'CANARY')", "create view v as select 1 as m")
    other.replace(file)
    second = Database(target.parse(str(file), config.Config()))
    assert cache.schema(second).tables[1].columns[0].name == "m"
    second.close()
    assert len(reads) == 2


def test_a_transaction_is_neither_kept_nor_answered_from_it(database: Database, reads: list[int]) -> None:
    cache.schema(database)
    database.connection.run(Statement("begin"))
    database.connection.run(Statement("create table mine (x)"))
    assert names(cache.schema(database)) == ["mine", "t", "v"]
    database.connection.run(Statement("rollback"))
    assert names(cache.schema(database)) == ["t", "v"]
    assert len(reads) == 2


def test_what_was_missing_is_asked_for_again(database: Database, file: Path, reads: list[int]) -> None:
    change(file, "create view w as select * from nowhere")
    assert [each.name for each in cache.schema(database).missing] == ["w"]
    cache.schema(database)
    assert len(reads) == 2


def test_nobody_else_can_read_it_and_it_has_no_texts(database: Database) -> None:
    cache.schema(database)
    path = cache.place(database)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert "x.db" not in path.name
    assert b"create view" not in path.read_bytes().lower()


def test_what_looks_like_a_secret_is_not_kept(database: Database, file: Path) -> None:
    change(file, "create table link (url text default 'postgresql://app:hunter22@db/x')")
    assert "link" in names(cache.schema(database))
    assert not cache.place(database).exists()
    redact.forget()


def test_the_password_of_this_session_is_not_kept(database: Database) -> None:
    redact.remember("CANARY")
    cache.schema(database)
    redact.forget()
    assert not cache.place(database).exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b'"t"', b'"z"'),
        lambda data: data.replace(b'"dbx": "', b'"dbx": "9.'),
        lambda data: b"\xff\x00" + data,
        lambda data: b"{}\n" + data.partition(b"\n")[2],
        lambda data: data.partition(b"\n")[0] + b"\n" + json.dumps({"format": "dbx schema"}).encode(),
    ],
)
def test_a_damaged_or_foreign_file_is_ignored_and_replaced(database: Database, reads: list[int], damage: Any) -> None:
    good = cache.schema(database)
    path = cache.place(database)
    path.write_bytes(damage(path.read_bytes()))
    assert cache.schema(database) == good
    assert cache.schema(database) == good
    assert len(reads) == 2


def test_a_file_open_to_others_is_ignored(database: Database, reads: list[int]) -> None:
    cache.schema(database)
    cache.place(database).chmod(0o644)
    cache.schema(database)
    assert len(reads) == 2
    assert stat.S_IMODE(cache.place(database).stat().st_mode) == 0o600


def test_without_a_place_for_it_all_goes_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert names(cache.schema(database)) == ["t", "v"]


def test_nothing_is_kept_of_what_has_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    database = Database(target.parse(":memory:", config.Config()))
    database.connection.run(Statement("create table t (x)"))
    assert names(cache.schema(database)) == ["t"]
    assert list(tmp_path.iterdir()) == []
    database.close()


def test_user_and_host_have_files_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    urls = [
        "postgresql://a@h/x",
        "postgresql://b@h/x",
        "postgresql://a@i/x",
        "postgresql://a@h:1/x",
        "postgresql://a@h/y",
    ]
    places = {cache.place(Database(target.parse(url, config.Config()))) for url in urls}
    assert len(places) == len(urls)
