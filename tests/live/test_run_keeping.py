"""What a run keeps: one transaction by default, what went before a failure with --autocommit, all but the failures
with --on-error continue; and how a run goes on where another has ended."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from run_dbx import execute, existing, finish, good, until
from scripts import BAD, NUMBERS, ONE, QUERY, THREE, TWO, begun, called, ended, kept, ran, script
from servers import MariaDB
from watching import Watch, backend

BACK = "all of it was rolled back"


@pytest.fixture
def url(any_url: str) -> str:
    """A database with an empty table t."""
    execute(existing(any_url), "create table t (x int primary key)")
    return any_url


@pytest.fixture
def maria(maria_url: str) -> str:
    execute(maria_url, "create table t (x int primary key)")
    return maria_url


# --- what a server keeps by itself -----------------------------------------------------------------------------------


def test_what_ddl_of_mysql_has_committed_is_told(maria: str, tmp_path: Path) -> None:
    done = ran(maria, tmp_path, f"{ONE}create table u (y int);\n{TWO}{BAD}")
    ended(done, 1, "CREATE cannot be rolled back on MariaDB", "hint: rolled back, but for all up to CREATE on line 2\n")
    assert BACK not in done.err
    assert kept(maria) == [1]


def test_what_failing_ddl_has_committed_is_told(maria: str, tmp_path: Path) -> None:
    done = ran(maria, tmp_path, f"{TWO}create table t (y int);\n{THREE}")
    ended(done, 1, "a.sql:2:", "it committed the open transaction", "but for all before CREATE on line 2")
    assert kept(maria) == [2]


def test_what_a_procedure_has_committed_is_told(maria: str, tmp_path: Path) -> None:
    execute(maria, "create procedure p() begin insert into t values (10); commit; end")
    report = tmp_path / "r.json"
    done = ran(maria, tmp_path, f"{ONE}call p();\n{TWO}{BAD}", "--report", str(report))
    ended(done, 1, "CALL has committed the open transaction", "rolled back, but for all up to CALL on line 2")
    assert "but for all up to CALL on line 2" in report.read_text()
    assert kept(maria) == [1, 10]


def test_what_has_no_transactions_is_told(maria_url: str, tmp_path: Path) -> None:
    execute(maria_url, "create table t (x int) engine=MyISAM")
    report = tmp_path / "r.json"
    done = ended(ran(maria_url, tmp_path, ONE + BAD, "--report", str(report)), 1, "non-transactional")
    assert BACK not in done.err + report.read_text()
    assert kept(maria_url) == [1]


@pytest.mark.parametrize("options", [("--dry-run",), ("--max-rows", "0")])
def test_what_has_no_transactions_is_refused_first(maria_url: str, tmp_path: Path, options: tuple[str, ...]) -> None:
    execute(maria_url, "create table t (x int) engine=MyISAM")
    for text in (ONE, ONE + TWO, "update `t` set x = 1;\n"):
        ended(ran(maria_url, tmp_path, text, *options), 6, "t is a MyISAM table, which has no transactions")
    assert kept(maria_url) == []


def test_sqlite_s_version_is_part_of_the_transaction(sqlite_url: str, tmp_path: Path) -> None:
    """A migration that counts itself first must not count when it fails."""
    execute(sqlite_url, "create table t (x int)")
    for text in (f"pragma user_version = 7;\n{ONE}{BAD}", f"pragma main.user_version = 7;\n{BAD}"):
        ended(ran(sqlite_url, tmp_path, text), 1, BACK)
        assert execute(sqlite_url, "pragma user_version") == [(0,)]
    good(ran(sqlite_url, tmp_path, f"pragma user_version = 7;\n{ONE}", "--dry-run"))
    assert execute(sqlite_url, "pragma user_version") == [(0,)]
    good(ran(sqlite_url, tmp_path, f"pragma user_version = 7;\n{ONE}"))
    assert execute(sqlite_url, "pragma user_version") == [(7,)]


# --- --autocommit and going on ---------------------------------------------------------------------------------------


def test_autocommit_keeps_what_went_before(url: str, tmp_path: Path) -> None:
    done = ran(url, tmp_path, f"-- first\n{ONE}\n{TWO}{BAD}{THREE}", "--autocommit")
    ended(done, 1, "a.sql:5:", f"what went before line 5 is kept; to go on there: --resume-from {tmp_path}/a.sql:5\n")
    assert kept(url) == [1, 2]


def test_the_resumed_run_ends_like_an_undisturbed_one(url: str, tmp_path: Path) -> None:
    """Settings are run again, statements are not; also where several stand on a line."""
    setting = {"postgresql": "set datestyle = 'German'", "mysql": "set @mine = 7", "sqlite": "pragma cache_size = 7"}
    ask = {"postgresql": "select now()::date::text like '__.__.____'", "mysql": "select @mine = 7"}
    text = f"{setting[backend(url)]};\n{ONE}{TWO.strip()} {BAD.strip()} {THREE}\\expect value != 0\n{{}};\n"
    text = text.format(ask.get(backend(url), "select 1"))
    done = ended(ran(url, tmp_path, text, "--autocommit"), 1, "what went before line 3, column 27, is kept")
    place = done.err.rpartition("--resume-from ")[2].strip()
    assert place == f"{tmp_path}/a.sql:3:27"
    script(tmp_path, text.replace("into nope values", "into t    values"))
    good(called(url, f"{tmp_path}/a.sql", "--autocommit", "--resume-from", place))
    assert kept(url) == [1, 2, 3, 9]


def test_going_on_in_a_later_file(url: str, tmp_path: Path) -> None:
    files = [script(tmp_path, ONE, "1.sql"), script(tmp_path, TWO + BAD, "2.sql"), script(tmp_path, THREE, "3.sql")]
    ended(called(url, *files, "--autocommit", "-p", "x=1"), 2, "used nowhere")
    ended(called(url, *files, "--autocommit"), 1, f"--resume-from {files[1]}:2")
    script(tmp_path, TWO + "insert into t values (9);\n", "2.sql")
    good(called(url, *files, "--resume-from", f"{files[1]}:2"))
    assert kept(url) == [1, 2, 3, 9]


def test_going_on_with_parameters_that_ran_before(url: str, tmp_path: Path) -> None:
    text = f"insert into t values (:x);\n{BAD}"
    place = f"{tmp_path}/a.sql:2"
    ended(ran(url, tmp_path, text, "-p", "x:int=1", "--autocommit"), 1, f"--resume-from {place}")
    good(ran(url, tmp_path, text.replace("nope", "t"), "-p", "x:int=1", "--resume-from", place))
    assert kept(url) == [1, 9]


def test_going_on_inside_its_own_transactions(url: str, tmp_path: Path) -> None:
    text = f"begin;\n{ONE}commit;\nbegin;\n{TWO}{BAD}commit;\n"
    done = ended(
        ran(url, tmp_path, text),
        1,
        f"what went before line 4 is kept; to go on there: --resume-from {tmp_path}/a.sql:4",
    )
    assert kept(url) == [1]
    done = good(ran(url, tmp_path, text.replace("nope", "t"), "--resume-from", f"{tmp_path}/a.sql:4"))
    assert done.err.endswith(" · run in its own transactions\n")
    assert kept(url) == [1, 2, 9]


def test_a_place_where_nothing_begins(url: str, tmp_path: Path) -> None:
    text = f"{ONE}insert into t\nvalues (2);\n{THREE}"
    for place, words in (("3", "the nearest begin on line 2 and 4"), ("2:5", "a.sql:2:5"), ("9", "line 4")):
        ended(ran(url, tmp_path, text, "--resume-from", f"{tmp_path}/a.sql:{place}"), 2, words)
    ended(ran(url, tmp_path, text, "--resume-from", "b.sql:1"), 2, "b.sql is none of the files")
    assert kept(url) == []


# --- --on-error continue ---------------------------------------------------------------------------------------------


def test_an_expression_that_cannot_be_one_has_failed(url: str, tmp_path: Path) -> None:
    """As a statement that the server refuses: a run can go on behind it, or expect it."""
    text = "t.insert(x=1)\n[n.x for n in nowhere]\nt.insert(x=2)\n"
    path = script(tmp_path, text, "a.dbx")
    done = ended(called(url, path, "--on-error", "continue"), 1, "a.dbx:2:", "E-NAME", "1 of 3 statements failed")
    assert done.err.count("E-NAME") == 1
    assert kept(url) == [1, 2]
    ended(called(url, script(tmp_path, text.replace("=1", "=9"), "c.dbx")), 1, "c.dbx:2:", "E-NAME", BACK)
    expected = text.replace("[n.x", "\\expect error E-NAME\n[n.x").replace("=1", "=3").replace("=2", "=4")
    good(called(url, script(tmp_path, expected, "b.dbx")))
    assert kept(url) == [1, 2, 3, 4]


def test_only_the_failed_statements_are_undone(url: str, tmp_path: Path) -> None:
    text = ONE + BAD + TWO + f"insert into t select 5 union all select 1;\n{THREE}{QUERY}"
    done = ended(ran(url, tmp_path, text, "--on-error", "continue", "--no-header"), 1, "a.sql:2:", "a.sql:4:")
    assert done.text == "3\n"
    assert done.err.endswith(
        "committed, but for what failed\ndbx: E-SCRIPT 2 of 6 statements failed; the others count\n"
    )
    assert kept(url) == [1, 2, 3]


FAILS_LATE = {
    "postgresql": "select 1 / (5000 - n) from generate_series(1, 9000) as n;\n",
    "mysql": "select q.seq, (select s.seq from seq_1_to_2 as s where q.seq >= 5000) as x from seq_1_to_9000 as q;\n",
    "sqlite": f"select n, case when n = 5000 then abs(-9223372036854775808) end from ({NUMBERS.format(9000, 'n')});\n",
}


@pytest.mark.parametrize("output", ["csv", "jsonl"])
def test_rows_that_fail_in_the_middle(url: str, tmp_path: Path, output: str) -> None:
    """What had been delivered stays so; the run goes on, or is taken back."""
    text = ONE + FAILS_LATE[backend(url)] + TWO
    done = ended(ran(url, tmp_path, text, "-f", output, "--on-error", "continue"), 1, "a.sql:2:", "1 of 3 statements")
    assert kept(url) == [1, 2]
    assert len(done.lines()) > 1000
    execute(url, "delete from t")
    ended(ran(url, tmp_path, text, "-f", output), 1, "a.sql:2:", BACK)
    assert kept(url) == []


def test_going_on_under_autocommit_and_in_own_transactions(url: str, tmp_path: Path) -> None:
    ended(ran(url, tmp_path, ONE + BAD + TWO, "--on-error", "continue", "--autocommit"), 1, "1 of 3 statements failed")
    text = f"begin;\n{THREE}{BAD}commit;\n"
    ended(ran(url, tmp_path, text, "--on-error", "continue"), 1, "1 of 4 statements failed")
    assert kept(url) == [1, 2, 3]


def test_failing_ddl_of_mysql_is_gone_on_behind(maria: str, tmp_path: Path) -> None:
    """It commits by itself, but nothing is lost."""
    text = f"{ONE}drop table nope;\n{TWO}"
    ended(ran(maria, tmp_path, text, "--on-error", "continue"), 1, "a.sql:2:", "1 of 3 statements failed")
    assert kept(maria) == [1, 2]


def test_a_transaction_that_is_lost_ends_the_run(sqlite_url: str, tmp_path: Path) -> None:
    """The second half is never run alone."""
    execute(sqlite_url, "create table t (x int primary key)")
    text = f"{ONE}{TWO}insert or rollback into t values (1);\n{THREE}"
    done = ran(sqlite_url, tmp_path, text, "--on-error", "continue")
    ended(done, 1, "a.sql:3:", "rolled the whole transaction back")
    assert kept(sqlite_url) == []


def test_a_deadlock_ends_the_run(mariadb: MariaDB, maria_url: str, tmp_path: Path) -> None:
    """The other transaction has changed more rows, so dbx's is the one that is given up."""
    execute(maria_url, "create table t (x int primary key, n int)", "insert into t select seq, 0 from seq_1_to_100")
    update = "update t set n = 2 where x = {};\n"
    text = update.format(1) + "select get_lock('gate', 60);\n" + update.format(2) + "insert into t values (500, 7);\n"
    with mariadb.connect(maria_url.rpartition("/")[2]) as other, other.cursor() as cursor, mariadb.connect() as gate:
        gate.cursor().execute("select get_lock('gate', 0)")
        cursor.execute("begin")
        cursor.execute("update t set n = 1 where x between 2 and 99")
        process = begun(maria_url, script(tmp_path, text), "--on-error", "continue")
        waits = "select 1 from information_schema.processlist where state = 'User lock'"
        until(lambda: mariadb.execute(waits), "dbx waits")
        blocked = threading.Thread(target=cursor.execute, args=("update t set n = 1 where x = 1",))
        blocked.start()
        with Watch(maria_url) as watch:
            watch.wait_blocked("where x = 1")
        gate.cursor().execute("select release_lock('gate')")
        done = finish(process)
        blocked.join()
    ended(done, 1, "a.sql:3:", "40001", "rolled the whole transaction back")
    assert execute(maria_url, "select sum(n) from t") == [(0,)]
