"""One invocation is one transaction: all of it happened or none of it, and the exit code says which."""

from __future__ import annotations

import threading

import pytest
from run_dbx import Done, connected, execute, existing, finish, good, read, run, start, until
from servers import MariaDB, PostgreSQL
from watching import Watch

from dbx.dialects.base import State
from dbx.errors import RolledBack, StatementFailed

ONE, TWO, BAD = "insert into t values (1)", "insert into t values (2)", "insert into nope values (3)"


@pytest.fixture
def url(any_url: str) -> str:
    """A database with an empty table t."""
    execute(existing(any_url), "create table t (x int)")
    return any_url


@pytest.fixture
def sqlite(sqlite_url: str) -> str:
    execute(sqlite_url, "create table t (x int)")
    return sqlite_url


@pytest.fixture
def postgres(pg_url: str) -> str:
    execute(pg_url, "create table t (x int)")
    return pg_url


def kept(url: str) -> list[int]:
    return [row[0] for row in execute(url, "select x from t order by x")]


def refused(done: Done, words: str) -> None:
    assert (done.code, done.out) == (6, b""), done.err
    assert words in done.err


# --- all or nothing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("texts", [(ONE, TWO), (f"{ONE}; {TWO};",)])
def test_all(url: str, texts: tuple[str, ...]) -> None:
    assert good(run(url, *texts)).err == ""
    assert kept(url) == [1, 2]


@pytest.mark.parametrize(
    "texts", [(ONE, BAD), (f"{ONE};\n{BAD};\n{TWO}",), (ONE, "select 1 as a", "select x from nope")]
)
def test_nothing_when_a_later_statement_fails(url: str, texts: tuple[str, ...]) -> None:
    done = run(url, *texts)
    assert done.code == 1
    assert "nope" in done.err
    assert kept(url) == []


def test_the_error_has_its_place_in_the_text(url: str) -> None:
    assert run(url, f"{ONE};\n{BAD}").err.startswith("text:2:")


def test_standard_input_is_one_transaction_too(url: str) -> None:
    assert run(url, "-", stdin=f"{ONE};\n{BAD};\n".encode()).err.startswith("stdin:2:")
    assert kept(url) == []
    good(run(url, command="connect", stdin=f"{ONE};\n{TWO}\n".encode()))
    assert kept(url) == [1, 2]


def test_a_text_without_an_end_is_not_sent(url: str) -> None:
    done = run(url, f"{ONE}; insert into t values ('2")
    assert done.code == 1
    assert kept(url) == []


def test_one_statement_needs_no_transaction(pg_url: str, sqlite: str) -> None:
    for url, statement in ((pg_url, "vacuum"), (pg_url, "create database another_one"), (sqlite, "vacuum")):
        good(run(url, statement))
    execute(pg_url, "drop database another_one")


@pytest.mark.parametrize(
    "statement",
    ["vacuum", "create database another_one", "alter system reset all", "create index concurrently on t (x)"],
)
def test_what_postgresql_forbids_in_a_transaction_is_not_sent(postgres: str, statement: str) -> None:
    done = run(postgres, ONE, statement)
    refused(done, "in no transaction")
    assert "--autocommit" in done.err
    assert kept(postgres) == []


def test_what_sqlite_forbids_in_a_transaction_is_not_sent(sqlite: str) -> None:
    refused(run(sqlite, ONE, "vacuum"), "SQLite runs VACUUM in no transaction")
    assert kept(sqlite) == []


# --- transactions of the script's own --------------------------------------------------------------------------------


def test_a_script_with_its_own_transactions_keeps_them(url: str) -> None:
    done = run(url, f"begin; {ONE}; commit; begin; {TWO}; {BAD}; commit")
    assert done.code == 1
    assert "the script begins its own transactions" in done.err
    assert kept(url) == [1]


def test_its_rollback_is_its_own_too(url: str) -> None:
    good(run(url, f"begin; {ONE}; rollback; begin; {TWO}; savepoint a; {ONE}; rollback to savepoint a; commit"))
    assert kept(url) == [2]


def test_a_script_left_open_is_rolled_back_and_told(url: str) -> None:
    done = run(url, f"begin; {ONE}")
    assert done.code == 1
    assert "E-OPEN the script ended inside its own transaction: it is rolled back" in done.err
    assert kept(url) == []


@pytest.mark.parametrize("word", ["commit", "rollback", "begin"])
def test_transaction_control_in_the_middle_is_not_sent(url: str, word: str) -> None:
    done = run(url, f"{ONE}; {word}; {TWO}")
    refused(done, f"{word.upper()} in the middle")
    assert "--autocommit" in done.err
    assert kept(url) == []


def test_autocommit(url: str) -> None:
    assert run(url, ONE, BAD, TWO, "--autocommit").code == 1
    assert kept(url) == [1]
    good(run(url, f"{TWO}; begin; {ONE}; rollback; begin; {TWO}; commit", "--autocommit"))
    assert kept(url) == [1, 2, 2]


# --- changes that are not wanted -------------------------------------------------------------------------------------


def test_a_dry_run_shows_and_keeps_nothing(url: str) -> None:
    done = good(run(url, ONE, "select count(*) as n from t", "--dry-run"))
    assert done.text == "n\n1\n"
    good(run(url, TWO, "--dry-run"))
    assert kept(url) == []


@pytest.mark.parametrize("option", ["", "--autocommit"])
def test_no_dry_run_of_a_script_that_commits(url: str, option: str) -> None:
    texts = (ONE, option) if option else (f"begin; {ONE}; commit",)
    refused(run(url, *texts, "--dry-run"), "a dry run cannot roll back")
    assert kept(url) == []


def test_a_dry_run_of_what_can_be_rolled_back(pg_url: str, sqlite_url: str) -> None:
    for url in (pg_url, existing(sqlite_url)):
        good(run(url, "create table t (x int)", ONE, "--dry-run"))
        assert run(url, "select * from t").code == 1


def test_max_rows(url: str) -> None:
    done = run(url, "insert into t values (1), (2), (3)", "--max-rows", "2")
    refused(done, "3 rows changed, more than --max-rows 2: rolled back")
    refused(run(url, ONE, TWO, ONE, "--max-rows", "2"), "3 rows changed")
    assert kept(url) == []
    good(run(url, ONE, TWO, "--max-rows", "2"))
    assert kept(url) == [1, 2]


def test_max_rows_promises_nothing_without_a_transaction(url: str) -> None:
    refused(run(url, ONE, TWO, "--max-rows", "1", "--autocommit"), "--autocommit")
    assert kept(url) == []


def test_a_result_cut_short_does_not_end_the_transaction(url: str) -> None:
    count = "with recursive r(n) as (select 1 union all select n + 1 from r where n < 900)"
    many = f"{count} select 'x' as x from r, r as s"  # more than a server has sent before it is stopped
    done = good(run(url, ONE, many, TWO, "select 'end' as e", "--limit", "2", "--no-header"))
    assert done.lines() == ["x", "x", "end"]
    assert kept(url) == [1, 2]


# --- what a server takes back, and what not --------------------------------------------------------------------------


def test_ddl_of_mysql_is_announced(maria_url: str) -> None:
    done = good(run(maria_url, "create table t (x int)", ONE))
    assert done.err == "warning: CREATE cannot be rolled back on MariaDB, and commits what went before\n"
    done = run(maria_url, ONE, "create table u (x int)", BAD)
    assert "warning: CREATE cannot be rolled back" in done.err
    assert kept(maria_url) == [1, 1]
    refused(run(maria_url, TWO, "create table v (x int)", "--dry-run"), "MariaDB cannot roll CREATE back")
    assert kept(maria_url) == [1, 1]
    assert execute(maria_url, "select count(*) from information_schema.tables where table_name = 'v'") == [(0,)]


def test_failing_ddl_of_mysql_has_committed_what_went_before(maria_url: str) -> None:
    execute(maria_url, "create table t (x int)")
    done = run(maria_url, ONE, "create table t (x int)")
    assert done.code == 1
    assert "what went before is kept" in done.err
    assert kept(maria_url) == [1]


def test_a_table_without_transactions_has_no_dry_run(maria_url: str) -> None:
    execute(maria_url, "create table t (x int) engine=MyISAM")
    refused(run(maria_url, ONE, "--dry-run"), "t is a MyISAM table, which has no transactions")
    done = run(maria_url, ONE, BAD)
    assert done.code == 1
    assert "non-transactional changed tables couldn't be rolled back" in done.err


def test_into_outfile_has_no_dry_run(maria_url: str) -> None:
    refused(run(maria_url, "select 1 into outfile '/nonexistent/file'", "--dry-run"), "SELECT would write a file")
    good(run(maria_url, "select 'into outfile x'", "--dry-run"))


def test_copy_to_a_file_has_no_dry_run(pg_url: str, postgresql: PostgreSQL) -> None:
    file = postgresql.directory / "copied"
    for source, goal in (("(select 1)", "to"), ("pg_class", "TO"), ("pg_class (relname)", "to program")):
        refused(run(pg_url, f"copy {source} {goal} '{file}'", "--dry-run"), "COPY would write a file")
    assert not file.exists()
    assert "warning: COPY will write a file" in run(pg_url, "select 1", f"copy (select 1) to '{file}'").err


def test_a_constraint_that_fails_at_commit(pg_url: str, sqlite_url: str) -> None:
    create = (
        "create table p (id int primary key)",
        "create table c (p int references p deferrable initially deferred)",
    )
    for url, settings in ((pg_url, ()), (existing(sqlite_url), ("pragma foreign_keys = on",))):
        execute(url, *create)
        done = run(url, *settings, "insert into p values (1)", "insert into c values (2)")
        assert done.code == 1, done.err
        assert "violates foreign key" in done.err or "FOREIGN KEY constraint failed" in done.err
        assert execute(url, "select count(*) from p") == [(0,)]


def test_commit_that_the_server_answers_with_rollback(pg_url: str) -> None:
    with connected(pg_url) as connection:
        for ending in ("commit", "end;", "commit\twork", "prepare transaction 'x'"):
            read(connection, "begin")
            read(connection, "create table t (x int)")
            with pytest.raises(StatementFailed):
                read(connection, "select nope")
            assert connection.state is State.FAILED
            with pytest.raises(RolledBack) as caught:
                read(connection, ending)
            assert (connection.state, caught.value.exit_code) == (State.IDLE, 6)
        assert read(connection, "select count(*) from pg_class where relname = 't'") == [("0",)]


def test_a_deadlock_is_told_as_rolled_back(mariadb: MariaDB, maria_url: str) -> None:
    """The other transaction has changed more rows, so dbx's is the one that is given up."""
    execute(maria_url, "create table t (x int primary key, n int)", "insert into t select seq, 0 from seq_1_to_100")
    database = maria_url.rpartition("/")[2]
    with mariadb.connect(database) as other, other.cursor() as cursor, mariadb.connect() as gate:
        gate.cursor().execute("select get_lock('gate', 0)")
        cursor.execute("begin")
        cursor.execute("update t set n = 1 where x > 1")
        update = "update t set n = 2 where x = {}"
        process = start(maria_url, update.format(1), "select get_lock('gate', 60)", update.format(2))
        until(
            lambda: mariadb.execute("select 1 from information_schema.processlist where state = 'User lock'"),
            "dbx waits",
        )
        blocked = threading.Thread(target=cursor.execute, args=("update t set n = 1 where x = 1",))
        blocked.start()
        with Watch(maria_url) as watch:
            watch.wait_blocked("where x = 1")
        gate.cursor().execute("select release_lock('gate')")
        done = finish(process)
        blocked.join()
    assert done.code == 1
    assert "40001" in done.err
    assert "rolled the whole transaction back" in done.err
    assert execute(maria_url, "select sum(n) from t") == [(0,)]


def test_a_message_before_the_error_is_shown(pg_url: str) -> None:
    done = run(pg_url, "do $$ begin raise notice 'hello'; raise exception 'boom'; end $$")
    assert done.code == 1
    assert done.err.startswith("notice: hello\n")
    assert "boom" in done.err
