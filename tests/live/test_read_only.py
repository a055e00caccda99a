"""Read-only in layers: what gets through the read-only of other shells fails here, and leaves no trace."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from run_dbx import connected, execute, existing, read, run

from dbx import config, target
from dbx.connection import Connection
from dbx.database import Database
from dbx.errors import DbxError, Refused
from dbx.rows import Statement
from dbx.sql import readonly

EVERYWHERE = [
    "insert into t values (2)",
    "update t set x = 2",
    "delete from t",
    "drop table t",
    "create table u (x int)",
    "alter table t add y int",
    "with c as (select 1 as x) insert into t select x from c",
    "/* a comment */ delete from t",
    "explain analyze delete from t",
]
POSTGRESQL = [
    "select set_config('default_transaction_read_only', 'off', false)",
    "select pg_catalog . \"set_config\" /* x */ ('default_transaction_read_only', 'off', false)",
    "select set_config('default_transaction_' || 'read_only', 'off', false)",
    "select set_config(U&'default\\005ftransaction_read_only', 'off', false)",
    "set default_transaction_read_only = off",
    'set "default_transaction_read_only" to off',
    "set session characteristics as transaction read write",
    "set session characteristics as transaction read/**/write",
    "reset all",
    "discard all",
    "begin read write",
    "start transaction isolation level serializable, read write",
    "do $$ begin delete from t; end $$",
    "call p()",
    "copy t to '{folder}/out'",
    "copy (select 1) to program 'touch {folder}/out'",
    "select lo_from_bytea(0, 'x')",
    "select lo_import('/etc/hostname')",
    "with d as (delete from t returning x) select * from d",
    "select pg_terminate_backend(0)",
    "prepare p as delete from t",
    "prepare p as select set_config($1, 'off', false)",
    "load 'plpgsql'",
    "vacuum t",
]
MARIADB = [
    "set session transaction read write",
    "set @@session.tx_read_only = 0",
    "set session `tx_read_only` = off",
    "set /*! session */ transaction read /* x */ write",
    "start transaction read write",
    "select x into outfile '{folder}/out' from t",
    "select x from t into dumpfile '{folder}/out'",
    "set global max_connections = 100",
    "set password = 'CANARY-9f3b'",
    "prepare p from 'delete from t'",
    "execute immediate 'delete from t'",
    "call p()",
    "kill 1",
    "flush tables",
    "load data infile '/etc/hostname' into table t",
    "set statement max_statement_time = 1 for delete from t",
    "begin not atomic delete from t; end",
    "/*! delete from t */",
    "truncate table t",
    "handler t open",
]
SQLITE = [
    "attach '{folder}/out' as y",
    "vacuum into '{folder}/out'",
    "pragma query_only = 0",
    "pragma writable_schema = 1",
    "pragma journal_mode = wal",
    "pragma user_version = 5",
    "pragma main.user_version(5)",
    "select load_extension('x')",
    "select \"load_extension\"('x')",
    "create temp table u (x int)",
    "reindex",
]
READS = [
    "select x from t",
    "select 'delete from t; set_config(' as \"update\"",
    "with c as (select x from t) select * from c",
    "values (1)",
    "explain select x from t",
]


@pytest.fixture
def prepared(any_url: str) -> str:
    execute(existing(any_url), "create table t (x int)", "insert into t values (1)")
    if any_url.startswith("postgresql"):
        execute(any_url, "create procedure p() language sql as 'delete from t'")
        execute(any_url, "create function f() returns void language sql as 'delete from t'")
    elif any_url.startswith("mysql"):
        execute(any_url, "create procedure p() delete from t")
        execute(any_url, "create function f() returns int begin delete from t; return 1; end")
    return any_url


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    goal = target.parse(url, config.Config())
    database = Database(goal._replace(profile=goal.profile._replace(read_only=True)))
    try:
        yield database.connection
    finally:
        database.close()


def attacks(url: str, folder: Path) -> list[str]:
    own = {"postgresql": POSTGRESQL, "mysql": MARIADB, "sqlite": SQLITE}[url.partition(":")[0].partition("+")[0]]
    return [text.replace("{folder}", str(folder)) for text in [*EVERYWHERE, *own]]


def test_the_statement_is_refused_before_it_is_sent(prepared: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir(mode=0o777)
    with reading(prepared) as connection:
        for text in attacks(prepared, folder):
            with pytest.raises(Refused, match="read-only"):
                connection.run(Statement(text))
            assert connection.state.value == "idle", text
        for text in READS:
            read(connection, text)
    assert list(folder.iterdir()) == []
    assert execute(prepared, "select x from t") == [(1,)]


def test_the_server_refuses_what_gets_past_that(prepared: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the check of statements, writes fail all the same; and so do those that only a function makes."""
    monkeypatch.setattr(readonly, "refuse", lambda connection, statement: None)
    first = ["select f()"] if not prepared.startswith("sqlite") else []
    if prepared.startswith("postgresql"):  # switched off, it is switched on again before the next statement
        first.append("select set_config('default_transaction_read_only', 'off', false)")
    with reading(prepared) as connection:
        for text in [*first, *EVERYWHERE, *first, *EVERYWHERE]:
            with suppress(DbxError):
                read(connection, text)
            connection.finish()
    assert execute(prepared, "select x from t") == [(1,)]


def test_sqlalchemys_connections_are_read_only_too(prepared: str) -> None:
    goal = target.parse(prepared, config.Config())
    database = Database(goal._replace(profile=goal.profile._replace(read_only=True)))
    try:
        with pytest.raises(Exception, match=r"read-only|not authorized|READ ONLY"), database.engine.begin() as core:
            core.exec_driver_sql("delete from t")
    finally:
        database.close()
    assert execute(prepared, "select x from t") == [(1,)]


def test_from_the_command_line(prepared: str, tmp_path: Path) -> None:
    refused = run(prepared, "select x from t; delete from t", "--read-only")
    assert (refused.code, "read-only" in refused.err) == (6, True)
    assert run(prepared, "[r.update(x=2) for r in t if r.x == 1]", "--read-only").code == 6
    read_well = run(prepared, "[r.x for r in t]", "--read-only", "--no-header")
    assert (read_well.code, read_well.out) == (0, b"1\n")
    reflected = run(prepared, "--read-only", "-f", "json", command="reflect")
    assert reflected.code == 0, reflected.err
    with connected(prepared) as connection:
        read(connection, "delete from t")
    assert execute(prepared, "select count(*) from t") == [(0,)]
