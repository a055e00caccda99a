"""SQLite files that are missing, damaged, locked, or no databases at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from run_dbx import execute, good, run, values


def connect(path: Path, options: str = "") -> str:
    return f"sqlite:///{path}{options}"


@pytest.mark.parametrize("name", ["missing.db", "nowhere/missing.db", "with space %20 # ü ?.db"])
def test_a_missing_file_is_not_created(tmp_path: Path, name: str) -> None:
    done = run(str(tmp_path / name), "select 1 as a")
    assert (done.code, done.out) == (3, b"")
    assert "mode=rwc" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_created_when_asked(tmp_path: Path) -> None:
    url = connect(tmp_path / "new.db", "?mode=rwc")
    good(run(url, "create table t (x)", "insert into t values (1)"))
    assert values(url, "select x from t") == [["1"]]


@pytest.mark.parametrize(
    "content", [b"this is not a database, and long enough to have a header" * 40, b"x", b"\0" * 4096]
)
def test_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "garbage.db"
    path.write_bytes(content)
    for url in (connect(path), str(path)):
        done = run(url, "select 1 as a")
        assert (done.code, done.out) == (3, b""), done.err
        assert "SQLITE_NOTADB" in done.err
    assert path.read_bytes() == content


def test_a_folder(tmp_path: Path) -> None:
    assert run(str(tmp_path), "select 1 as a").code == 3


def test_an_empty_file_is_an_empty_database(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    assert values(str(path), "select count(*) as n from sqlite_schema") == [["0"]]
    assert path.read_bytes() == b""


def test_a_file_that_is_damaged_in_the_middle(tmp_path: Path) -> None:
    """What was read before it is delivered; then the error, and what to do about it."""
    path = tmp_path / "damaged.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table t (n integer primary key, x text)")
        connection.executemany("insert into t (x) values (?)", [("y" * 500,)] * 20_000)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096 * 50] = b"\xa5" * 4096 * 50
    path.write_bytes(data)
    done = run(str(path), "select n from t", "-f", "tsv", "--no-header")
    assert done.code == 1
    assert done.err.startswith("dbx: SQLITE_CORRUPT database disk image is malformed\nhint: ")
    assert ".recover" in done.err
    assert done.lines() == [str(number) for number in range(1, len(done.lines()) + 1)]
    assert 4_000 < len(done.lines()) < 16_000


def test_a_locked_database(sqlite_url: str) -> None:
    execute(sqlite_url, "create table t (x)", "insert into t values (1)")
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("begin exclusive")
        for statements in (
            ("insert into t values (2)",),
            ("insert into t values (2)", "select 1 as a"),
            ("select x from t",),
        ):
            done = run(f"{sqlite_url}?timeout=0.2", *statements)
            assert done.code in (1, 3), done.err
            assert "SQLITE_BUSY database is locked" in done.err
            assert "timeout=SECONDS" in done.err
    assert execute(sqlite_url, "select x from t") == [(1,)]


def test_a_lock_that_comes_in_the_middle(sqlite_url: str) -> None:
    """A reader that cannot become a writer: everything is rolled back."""
    execute(sqlite_url, "create table t (x)")
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("begin immediate")
        done = run(f"{sqlite_url}?timeout=0.2", "select count(*) as n from t", "insert into t values (2)")
        assert (done.code, done.text) == (1, "n\n0\n")
        assert "SQLITE_BUSY" in done.err


def test_a_file_that_is_only_read(sqlite_url: str) -> None:
    execute(sqlite_url, "create table t (x)")
    done = run(f"{sqlite_url}?mode=ro", "insert into t values (2)")
    assert done.code == 1
    assert "SQLITE_READONLY" in done.err
