"""What dbx promises about writes, where servers make it hard to keep."""

import os
from pathlib import Path

import pytest
from run_dbx import execute, run


def test_an_error_at_the_commit_of_a_lone_statement_is_told(pg_url: str) -> None:
    """PostgreSQL reports it after the statement's tag: a deferred constraint is checked at COMMIT."""
    execute(pg_url, "create table parent (id int primary key)")
    execute(pg_url, "create table child (p int references parent deferrable initially deferred)")
    for options in ((), ("--autocommit",)):
        done = run(pg_url, "insert into child values (42)", *options)
        assert done.code == 1
        assert "23503" in done.err
    assert execute(pg_url, "select count(*) from child") == [(0,)]


WRITES_UNCOUNTED = {
    "postgresql": (
        "with x as (delete from t returning 1) select count(*) from x",
        "do $$ begin delete from t; end $$",
        "truncate t",
        "drop table t",
    ),
    "mysql": ("truncate t", "drop table t"),
    "sqlite": ("with x as (select 1) delete from t", "with x as (select 1) delete from t returning a", "drop table t"),
}


def test_max_rows_refuses_what_it_cannot_count(any_url: str) -> None:
    execute(any_url, "create table t (a int)")
    execute(any_url, "insert into t values (1), (2), (3)")
    for statement in WRITES_UNCOUNTED[any_url.partition(":")[0]]:
        done = run(any_url, statement, "--max-rows", "1")
        assert (statement, done.code) == (statement, 6)
        assert execute(any_url, "select count(*) from t") == [(3,)]


def test_a_dry_run_takes_settings_of_the_file_back(sqlite_url: str) -> None:
    execute(sqlite_url, "create table t (a int)")
    assert run(sqlite_url, "pragma user_version=7", "--dry-run").code == 0
    assert execute(sqlite_url, "pragma user_version") == [(0,)]


def test_a_dry_run_says_when_the_server_has_committed(maria_url: str) -> None:
    execute(maria_url, "create table t (a int)")
    done = run(maria_url, "execute immediate 'drop table t'", "--dry-run")
    assert done.code == 6
    assert "cannot take it back" in done.err


def test_a_temporary_table_commits_nothing_and_no_warning_says_so(maria_url: str) -> None:
    execute(maria_url, "create table t (a int)")
    done = run(maria_url, "insert into t values (1)", "create temporary table x (a int)", "select nope")
    assert done.code == 1
    assert "warning" not in done.err
    assert execute(maria_url, "select count(*) from t") == [(0,)]


@pytest.fixture
def production(any_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles.p]\nurl = "{any_url}"\nproduction = true\n')
    monkeypatch.setenv("DBX_CONFIG", str(config))
    execute(any_url, "create table t (a int)")
    return any_url


@pytest.mark.parametrize("options", [(), ("--autocommit",)])
def test_in_production_nothing_stays_that_nobody_has_confirmed(production: str, options: tuple[str, ...]) -> None:
    config = os.environ["DBX_CONFIG"]
    refused = run("@p", "insert into t values (1)", *options, DBX_CONFIG=config)
    assert refused.code == 6
    assert "--yes" in refused.err
    assert execute(production, "select count(*) from t") == [(0,)]
    assert run("@p", "insert into t values (1)", "--yes", *options, DBX_CONFIG=config).code == 0
    assert execute(production, "select count(*) from t") == [(1,)]


def test_rows_are_not_written_over_their_own_database(sqlite_url: str) -> None:
    execute(sqlite_url, "create table t (a int)")
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    before = path.read_bytes()
    assert run(sqlite_url, "select 1", "-o", str(path)).code == 6
    assert path.read_bytes() == before
