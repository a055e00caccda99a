"""Tables without transactions within dbx tx: announced, refused, kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_dbx import connected, execute, good
from stepping import TABLE, rows, step, tx

from dbx.errors import Refused
from dbx.transaction.steps import Transaction


@pytest.fixture
def maria(maria_url: str) -> str:
    execute(maria_url, TABLE)
    return maria_url


def test_what_mysql_commits_is_refused_before_it_is_sent(maria: str, tmp_path: Path) -> None:
    script = "insert into account values (1, 'a', 1);\ncreate table other (x int);\ninsert into account values (2, 'b', 2);\n"
    done = tx(maria, tmp_path, script, "--commit")
    assert (done.code, "CREATE cannot be rolled back on MariaDB" in done.err) == (6, True), done.err
    assert (rows(maria), execute(maria, "show tables like 'other'")) == ([], [])
    done = tx(maria, tmp_path, script, "--rollback", "--allow-permanent")
    assert "rolled back, but for what cannot be: steps up to 2" in done.err
    assert [row[0] for row in rows(maria)] == [1]


@pytest.mark.parametrize(
    "write",
    ["insert into log values (1)", "update log set x = 2", "delete log from log", "replace into log values (1)"],
)
def test_a_table_without_transactions_is_announced(maria: str, tmp_path: Path, write: str) -> None:
    execute(maria, "create table log (x int) engine=myisam", "insert into log values (7)")
    script = f"insert into account values (1, 'a', 1);\n{write};\n"
    done = tx(maria, tmp_path, script, "--commit")
    assert (done.code, "log is a MyISAM table" in done.err) == (6, True), done.err
    assert (rows(maria), execute(maria, "select * from log")) == ([], [(7,)])
    done = tx(maria, tmp_path, script, "--rollback", "--allow-permanent")
    assert "rolled back, but for what cannot be: step 2" in done.err, done.err
    assert rows(maria) == []
    with connected(maria) as connection:
        transaction = Transaction(connection, allow=True)
        step(transaction, write)
        with pytest.raises(Refused, match="step 1 cannot be undone: log is a MyISAM table"):
            transaction.undo()


def test_reading_a_table_without_transactions_is_nothing_to_fear(maria: str, tmp_path: Path) -> None:
    execute(maria, "create table log (x int) engine=myisam", "insert into log values (7)")
    good(tx(maria, tmp_path, "insert into account select x, 'a', 1 from log;", "--commit"))
    assert len(rows(maria)) == 1


def test_what_a_trigger_has_left_behind_an_undo_is_told(maria: str, tmp_path: Path) -> None:
    execute(maria, "create table log (x int) engine=myisam")
    execute(maria, "create trigger t after insert on account for each row insert into log values (new.id)")
    done = good(tx(maria, tmp_path, "insert into account values (1, 'a', 1);\n\\undo\n", "--commit"))
    assert "not all of it is undone: Some non-transactional changed tables couldn't be rolled back" in done.err
    assert (rows(maria), execute(maria, "select x from log")) == ([], [(1,)])
    done = tx(maria, tmp_path, "insert into account values (1, 'a', 1);\n", "--dry-run")
    assert (done.code, "not all of it could be rolled back" in done.err) == (6, True), done.err
