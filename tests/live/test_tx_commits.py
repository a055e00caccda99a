"""What a server commits by itself within dbx tx, and what its procedures do to the transaction: asked, told, kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_dbx import connected, execute, good, run
from stepping import drain, step, tx, unit

from dbx.dialects.base import State
from dbx.dialects.transactions import Ended
from dbx.errors import Refused, StatementFailed
from dbx.rows import Statement
from dbx.sql.perform import plainly
from dbx.transaction.stage import Stage
from dbx.transaction.step import Fate
from dbx.transaction.steps import Transaction

PROCEDURES = {
    "committing": "commit",
    "failing_behind_commit": "insert into t values (50); commit; insert into t values (1)",
    "rolling_back": "insert into t values (60); rollback",
    "failing_behind_rollback": "rollback; insert into t values (61), (61)",
    "committing_and_not": "create or replace table other (x int); insert into t values (70); rollback",
    "failing": "insert into t values (80); insert into t values (81), (81)",
    "beginning_anew": "commit; start transaction; insert into t values (90)",
    "showing": "select 1; commit; select 2",
}


@pytest.fixture(scope="module")
def prepared(mariadb) -> str:  # type: ignore[no-untyped-def]
    url: str = mariadb.url(database=mariadb.create_database())
    execute(url, "create table t (x int primary key)")
    execute(url, *(f"create procedure {name}() begin {body}; end" for name, body in PROCEDURES.items()))
    return url


@pytest.fixture
def maria(prepared: str) -> str:
    execute(prepared, "delete from t")
    return prepared


def kept(url: str) -> list[int]:
    return [row[0] for row in execute(url, "select x from t order by x")]


@pytest.mark.parametrize(
    ("text", "ended", "left"),
    [
        ("execute immediate 'drop table nosuch'", Ended.COMMITTED, [1]),
        ("execute immediate 'insert into t values (1)'", None, []),
        ("set password for nobody@nowhere = password('x')", Ended.COMMITTED, [1]),
        ("set statement max_statement_time = 9 for drop table nosuch", Ended.COMMITTED, [1]),
        ("install soname 'nosuch'", Ended.COMMITTED, [1]),
        ("uninstall soname 'nosuch'", Ended.COMMITTED, [1]),
        ("reset master", Ended.COMMITTED, [1]),
        ("backup stage end", Ended.COMMITTED, [1]),
        ("call failing()", None, []),
        ("call failing_behind_commit()", Ended.COMMITTED, [1, 50]),
        ("call failing_behind_rollback()", Ended.ROLLED_BACK, []),
        ("insert into t values (1)", None, []),
    ],
)
def test_what_a_failing_statement_has_done_is_asked(
    maria: str, text: str, ended: Ended | None, left: list[int]
) -> None:
    """Whatever the words say, what the error tells of the transaction is what another session sees afterwards."""
    with connected(maria) as connection:
        transaction = Transaction(connection, allow=True)
        step(transaction, "insert into t values (1)")
        with pytest.raises(StatementFailed) as caught:
            step(transaction, text)
        assert transaction.ended is ended
        if ended is Ended.COMMITTED:
            assert "what went before is kept" in caught.value.fate
            assert (transaction.stage, transaction.fate) == (Stage.IDLE, "committed by the server: steps up to 1")
            assert [each.fate for each in transaction.steps] == [Fate.KEPT, Fate.FAILED]
        elif ended is Ended.ROLLED_BACK:
            assert "nothing of it was kept" in caught.value.fate
            assert transaction.stage is Stage.ROLLED_BACK
        else:
            assert (transaction.stage, transaction.changed, caught.value.fate) == (Stage.OPEN, 1, "")
            transaction.rollback()
    assert kept(maria) == left


@pytest.mark.parametrize(
    ("name", "ended", "stage", "left"),
    [
        ("committing", Ended.COMMITTED, Stage.IDLE, [1]),
        ("showing", Ended.COMMITTED, Stage.IDLE, [1]),
        ("rolling_back", Ended.ROLLED_BACK, Stage.ROLLED_BACK, []),
        ("committing_and_not", Ended.UNKNOWN, Stage.UNKNOWN, [1, 70]),
        ("beginning_anew", Ended.COMMITTED, Stage.OPEN, [1]),
    ],
)
def test_what_a_procedure_has_done_is_asked(maria: str, name: str, ended: Ended, stage: Stage, left: list[int]) -> None:
    with connected(maria) as connection:
        transaction = Transaction(connection)
        step(transaction, "insert into t values (1)")
        said = drain(transaction.run(Statement(f"call {name}()"), unit(connection, f"call {name}()")))
        assert (transaction.ended, transaction.stage) == (ended, stage)
        assert any(f"CALL has {ended.value} the open transaction" in line for line in said)
        if stage is Stage.OPEN:
            with pytest.raises(Refused, match="no step to undo"):
                transaction.undo()
            transaction.rollback()
            assert transaction.fate == "rolled back, but for what cannot be: steps up to 1, a part of step 2"
    assert kept(maria) == left


def test_what_checks_a_table_commits(maria: str) -> None:
    """Its end is seen, although it answers with rows, behind which the server's flags are not read."""
    with connected(maria) as connection:
        transaction = Transaction(connection, allow=True)
        step(transaction, "insert into t values (1)")
        step(transaction, "check table t")
        assert (connection.state, transaction.stage, transaction.kept) == (State.IDLE, Stage.IDLE, 2)


@pytest.mark.parametrize(
    "text",
    ["flush tables", "reset query cache", "backup stage start", "check table t", "set default role none",
     "set statement max_statement_time = 9 for create table other2 (x int)", "create temporary sequence s",
     "set password for nobody@nowhere = password('x')", "install soname 'nosuch'"],
)  # fmt: skip
def test_what_commits_is_announced_and_refused(maria: str, text: str) -> None:
    with connected(maria) as connection:
        transaction = Transaction(connection)
        step(transaction, "insert into t values (1)")
        with pytest.raises(Refused, match="cannot be rolled back on MariaDB, and commits what went before: not sent"):
            step(transaction, text)
        assert (transaction.stage, transaction.count) == (Stage.OPEN, 1)
    assert kept(maria) == []


def test_a_temporary_table_commits_nothing(maria: str) -> None:
    with connected(maria) as connection:
        transaction = Transaction(connection)
        step(transaction, "insert into t values (1)")
        step(transaction, "create or replace temporary table own (x int)")
        assert transaction.stage is Stage.OPEN


@pytest.mark.parametrize("options", [("--dry-run",), ("--rollback", "--allow-permanent"), ("--commit",)])
def test_a_dry_run_that_was_committed_says_so(maria: str, tmp_path: Path, options: tuple[str, ...]) -> None:
    done = tx(maria, tmp_path, "insert into t values (1);\ncall committing();\n", *options)
    assert done.code == 6, done.err
    assert "committed by the server: steps up to 2" in done.err
    assert kept(maria) == [1]


def test_a_commit_that_was_allowed_is_no_failure(maria: str, tmp_path: Path) -> None:
    done = good(tx(maria, tmp_path, "insert into t values (1);\nflush tables;\n", "--commit", "--allow-permanent"))
    assert "2 steps · 1 row changed · committed by the server: steps up to 2" in done.err


def test_what_was_expected_is_looked_at_behind_a_commit_of_the_servers(maria: str, tmp_path: Path) -> None:
    script = "insert into t values (1);\nflush tables;\n"
    done = tx(maria, tmp_path, script, "--commit", "--allow-permanent", "--expect", "2")
    assert (done.code, "1 rows changed, and --expect says 2" in done.err) == (6, True), done.err
    assert "committed by the server: steps up to 2" in done.err


def test_a_run_whose_procedure_rolls_back_ends_there(maria: str, tmp_path: Path) -> None:
    (tmp_path / "script.sql").write_text("insert into t values (1);\ncall rolling_back();\ninsert into t values (2);\n")
    done = run(maria, str(tmp_path / "script.sql"), command="run")
    assert (done.code, "CALL on line 2 has rolled back the open transaction" in done.err) == (6, True), done.err
    assert kept(maria) == []


def test_a_script_that_has_committed_a_part_is_not_run_again(maria: str, tmp_path: Path) -> None:
    """Its first steps would be there twice."""
    execute(maria, "drop procedure if exists deadlocked")
    body = "signal sqlstate '40001' set mysql_errno = 1213, message_text = 'Deadlock found'"
    execute(maria, f"create procedure deadlocked() begin {body}; end")
    script = "insert into t select coalesce(max(x), 0) + 1 from t;\nflush tables;\ncall deadlocked();\n"
    done = tx(maria, tmp_path, script, "--commit", "--allow-permanent", "--retry", "3")
    assert (done.code, "not run again" in done.err, "attempt" in done.err) == (1, True, False), done.err
    assert kept(maria) == [1]
    done = tx(maria, tmp_path, script.replace("flush tables;\n", ""), "--commit", "--retry", "1")
    assert (done.code, "attempt 2 of 2" in done.err) == (1, True), done.err
    assert kept(maria) == [1]


def test_what_is_no_procedure_is_not_asked(maria: str) -> None:
    """Asking costs a millisecond: not for each INSERT."""
    with connected(maria) as connection:
        drain(plainly(connection, Statement("start transaction")))
        before = dict(execute_on(connection, "show session status like 'Com_show_status'"))
        for number in range(5):
            drain(plainly(connection, Statement(f"insert into t values ({number})")))
        after = dict(execute_on(connection, "show session status like 'Com_show_status'"))
    assert int(after["Com_show_status"]) - int(before["Com_show_status"]) == 1


def execute_on(connection, text):  # type: ignore[no-untyped-def]
    return [row for batch in connection.run(Statement(text)).rows for row in batch]
