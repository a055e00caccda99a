"""In production nothing is made lasting at the prompt that nobody was asked about, whatever opens the transaction."""

from pathlib import Path

import pytest
from run_dbx import connected, execute
from stepping import unit
from typing_in import typing

from dbx.dialects.base import State
from dbx.errors import Refused
from dbx.sql.examine import examine

WRITES = {
    "sqlite": [
        ["savepoint s1", "update t set a = 2", "release s1"],
        ["savepoint s1", "savepoint s2", "update t set a = 2", "release s2", "release savepoint S1"],
        ["savepoint s1", "update t set a = 2", "commit"],
        ["pragma user_version = 7"],
        ["pragma journal_mode = wal"],
        ["vacuum"],
        ["with x as (select 2) update t set a = 2"],
    ],
    "postgresql": [
        ["explain (analyze) update t set a = 2"],
        ["select * into u from t"],
        ["with x as (update t set a = 2 returning a) select * from x"],
        ["vacuum t"],
        ["begin", "update t set a = 2", "commit"],
    ],
    "mariadb": [
        ["set statement max_statement_time = 5 for update t set a = 2"],
        ["set autocommit = 0", "select a from t", "update t set a = 2", "set autocommit = 1"],
        ["set autocommit = 0", "select a from t", "update t set a = 2", "start transaction"],
        ["xa start 'x'", "update t set a = 2", "xa end 'x'", "xa commit 'x' one phase"],
        ["prepare p from 'create table u (x int)'", "execute p"],
        ["/*! create table u (x int) */"],
        ["set global max_error_count = 33"],
        ["analyze update t set a = 2"],
    ],
}
READS = {
    "sqlite": [
        "select * from t",
        "pragma table_info(t)",
        "pragma user_version",
        "pragma foreign_keys = on",
        "explain select 1",
    ],
    "postgresql": ["select * from t", "show search_path", "explain analyze select 1", "set work_mem = '5MB'"],
    "mariadb": ["select * from t", "show tables", "explain select 1", "set @x = 1", "desc t"],
}


def kind(url: str) -> str:
    return "mariadb" if url.startswith(("mysql", "mariadb")) else url.split(":")[0].split("+")[0]


def left(url: str) -> list[object]:
    rows = execute(url, "select a from t")
    if kind(url) == "sqlite":
        return [rows, *(execute(url, f"pragma {name}") for name in ("user_version", "journal_mode"))]
    return [rows, execute(url, "select count(*) from information_schema.tables where table_name = 'u'")]


def test_what_writes_is_asked_about(any_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    execute(any_url, "create table t (a int)", "insert into t values (1)")
    before = left(any_url)
    for lines in WRITES[kind(any_url)]:
        with typing(any_url, tmp_path, monkeypatch, production=True) as typed:
            typed(*lines)
            assert typed.asked, lines
            if typed.state is State.IDLE:
                assert left(any_url) == before, lines
            if lines[0].startswith("xa"):
                typed("xa rollback 'x'")
            typed("rollback")
        assert left(any_url) == before, lines


def test_what_reads_is_not(any_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    execute(any_url, "create table t (a int)")
    with typing(any_url, tmp_path, monkeypatch, production=True) as typed:
        for line in READS[kind(any_url)]:
            assert (typed(line), typed.asked) == ("", []), line


def test_a_savepoint_opens_a_transaction_of_steps_on_sqlite(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with typing(sqlite_url, tmp_path, monkeypatch, production=True) as typed:
        typed.answers = ["y", "y"]
        typed("create table t (a int)")
        assert len(typed.asked) == 1
        typed("savepoint s1", "insert into t values (1)", "savepoint s1", "insert into t values (2)", "release s1")
        assert (typed.prompt, typed.state, len(typed.asked)) == (" [tx 4 steps]", State.OPEN, 1)
        typed("rollback to s1")
        assert (typed.prompt, typed.state) == (" [tx 1 step]", State.OPEN)
        typed("insert into t values (3)", "release s1")
        assert (typed.state, typed.asked[1:]) == (State.IDLE, ["1 changed"])
    assert execute(sqlite_url, "select a from t") == [(3,)]


def test_vacuum_runs_in_production_once_it_is_confirmed(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with typing(sqlite_url, tmp_path, monkeypatch, production=True) as typed:
        assert "not confirmed" in typed("vacuum")
        typed.answers = ["y"]
        assert typed("vacuum;") == ""


def test_what_would_help_vacuum_in_production_is_said() -> None:
    with connected("sqlite:///:memory:") as connection, pytest.raises(Refused) as refused:
        examine(connection, unit(connection, "vacuum"), asks=True)
    assert refused.value.hint == "say --yes, and run it alone"
