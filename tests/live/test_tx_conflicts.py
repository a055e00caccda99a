"""dbx tx when other transactions are in the way: who waits, who is given up, who is told."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from run_dbx import connected, driver, execute, existing, good, read
from stepping import TABLE, rows, step, tx
from watching import backend

from dbx.dialects.base import State
from dbx.errors import DbxError, Refused, StatementFailed
from dbx.transaction.stage import Stage
from dbx.transaction.steps import Transaction


@pytest.fixture
def url(any_url: str) -> str:
    execute(existing(any_url), TABLE)
    return any_url


@pytest.fixture
def maria(maria_url: str) -> str:
    execute(maria_url, TABLE)
    return maria_url


def test_a_lock_timeout_fails_one_step(url: str) -> None:
    execute(url, "insert into account values (1, 'a', 1), (2, 'b', 2)")
    quick = {
        "postgresql": "set lock_timeout = 300",
        "mysql": "set innodb_lock_wait_timeout = 1",
        "sqlite": "pragma busy_timeout = 200",
    }
    with closing(driver(url)) as other, connected(url) as connection:
        cursor = other.cursor()
        cursor.execute("begin")
        cursor.execute("update account set balance = 0 where id = 1")
        read(connection, quick[backend(url)])
        transaction = Transaction(connection, limit=5)
        transaction.begin()
        with pytest.raises(StatementFailed) as caught:
            step(transaction, "update account set balance = 5 where id = 1")
        assert caught.value.conflict == "lock timeout"
        assert (transaction.stage, connection.state) == (Stage.OPEN, State.OPEN)
        cursor.execute("rollback")
        step(transaction, "update account set balance = 5 where id = 1")
        transaction.commit()
    assert rows(url)[0][2] == 5


@pytest.mark.parametrize("fixture", ["pg_url", "maria_url"])
def test_a_deadlock_is_retried_from_the_beginning(fixture: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = request.getfixturevalue(fixture)
    execute(url, TABLE, "insert into account values (1, 'a', 1), (2, 'b', 2)")
    for retry, code in (("0", 1), ("2", 0)):
        done = deadlocked(url, tmp_path, "--retry", retry)
        assert done.code == code, done.err
        assert "deadlock" in done.err
        if code:
            assert "all of it was rolled back" in done.err or "rolled the whole transaction back" in done.err
        assert rows(url)[0][2] == (100 if code == 0 else 10)
        execute(url, "update account set balance = 10")


def deadlocked(url: str, folder: Path, *options: str):  # type: ignore[no-untyped-def]
    """A script that locks row 1 and then row 2, while another connection does it the other way round, and wins."""
    nap = "select pg_sleep(6)" if backend(url) == "postgresql" else "select sleep(6)"
    script = f"update account set balance = 100 where id = 1;\n{nap};\nupdate account set balance = 100 where id = 2;\n"
    with closing(driver(url)) as other:
        cursor = other.cursor()
        cursor.execute("update account set balance = 10")
        if backend(url) == "postgresql":
            cursor.execute("set deadlock_timeout = '30s'")
        cursor.execute("begin")
        for _ in range(20):  # MariaDB gives up the transaction that has done less
            cursor.execute("update account set name = concat(name, 'x') where id = 2")
        holder = threading.Timer(
            4, lambda: (cursor.execute("update account set name = 'w' where id = 1"), cursor.execute("commit"))
        )
        holder.start()
        done = tx(url, folder, script, "--commit", *options)
        holder.join()
    return done


def test_a_serialization_failure_is_told(pg_url: str) -> None:
    execute(pg_url, TABLE, "insert into account values (1, 'a', 1)")
    with connected(pg_url) as connection:
        transaction = Transaction(connection, isolation="repeatable read")
        step(transaction, "select * from account")
        execute(pg_url, "update account set balance = 9")
        with pytest.raises(StatementFailed) as caught:
            step(transaction, "update account set balance = balance + 1")
        assert caught.value.conflict == "serialization failure"
        assert transaction.isolation == "REPEATABLE READ"
        transaction.rollback()


def test_a_deadlock_takes_the_whole_transaction_on_mysql(maria: str) -> None:
    execute(maria, "insert into account values (1, 'a', 1), (2, 'b', 2)")
    with closing(driver(maria)) as other, connected(maria) as connection:
        cursor = other.cursor()
        cursor.execute("begin")
        for _ in range(20):
            cursor.execute("update account set name = concat(name, 'x') where id = 2")
        transaction = Transaction(connection)
        step(transaction, "update account set balance = 5 where id = 1")
        waits = threading.Timer(0.3, lambda: cursor.execute("update account set balance = 6 where id = 1"))
        waits.start()
        time.sleep(0.8)
        with pytest.raises(DbxError) as caught:
            step(transaction, "update account set balance = 5 where id = 2")
        assert getattr(caught.value, "conflict", "") == "deadlock"
        assert transaction.stage is Stage.ROLLED_BACK
        with pytest.raises(Refused, match="cannot undo: the transaction is rolled back"):
            transaction.undo()
        waits.join()
        cursor.execute("rollback")
    assert [row[2] for row in rows(maria)] == [1, 2]


def test_what_a_transaction_holds(url: str, tmp_path: Path) -> None:
    done = tx(url, tmp_path, "insert into account values (1, 'a', 1);\n\\locks\n", "--commit")
    if backend(url) == "sqlite":
        assert (done.code, "does not tell what a session locks" in done.err) == (6, True)
    else:
        good(done)
        assert "account" in done.text or "changed" in done.text


@pytest.mark.parametrize("fixture", ["pg_url", "maria_url"])
def test_who_is_in_the_way_is_told(fixture: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = request.getfixturevalue(fixture)
    execute(url, TABLE, "insert into account values (1, 'a', 1)")
    patience = "set lock_timeout = 3000" if backend(url) == "postgresql" else "set innodb_lock_wait_timeout = 3"
    with closing(driver(url)) as other:
        cursor = other.cursor()
        cursor.execute("begin")
        cursor.execute("update account set balance = 4711 where id = 1")
        done = tx(url, tmp_path, f"{patience};\nupdate account set balance = 5 where id = 1;\n", "--commit")
    assert done.code == 1
    assert "waits for session" in done.err
    assert "hint" in done.err and "it waited for session" in done.err
    assert "outcome" not in done.err
