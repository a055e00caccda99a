"""dbx tx when other transactions are in the way: who waits, who is given up, who is told."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from run_dbx import DBX, Done, connected, driver, environment, execute, existing, finish, good, read
from stepping import TABLE, rows, step, tx
from watching import Watch, backend

from dbx.dialects.base import State
from dbx.errors import DbxError, Refused, StatementFailed
from dbx.transaction.stage import Stage
from dbx.transaction.steps import Transaction

GATE = {
    "postgresql": ("select pg_advisory_lock(4711)", "select pg_advisory_xact_lock(4711)"),
    "mysql": ("select get_lock('gate', 0)", "select get_lock('gate', 60)"),
}
"""What closes a gate as long as a connection lives, and what waits before it."""


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
    for retry, code in (("0", 1), ("9", 0)):
        done = deadlocked(url, tmp_path, "--retry", retry)
        assert done.code == code, done.err
        assert "deadlock" in done.err
        if code:
            assert "all of it was rolled back" in done.err or "rolled the whole transaction back" in done.err
        assert rows(url)[0][2] == (100 if code == 0 else 10)
        execute(url, "update account set balance = 10")


def deadlocked(url: str, folder: Path, *options: str) -> Done:
    """A script that locks row 1, waits at the gate, and locks row 2, while another connection does it the other way round, and wins."""
    close, passing = GATE[backend(url)]
    update = "update account set balance = 100 where id = {};\n"
    script = f"{update.format(1)}{passing};\n{update.format(2)}"
    with closing(driver(url)) as other, Watch(url) as watch, ExitStack() as until_open:
        cursor = other.cursor()
        cursor.execute("update account set balance = 10")
        if backend(url) == "postgresql":
            cursor.execute("set deadlock_timeout = '10min'")
        holding(cursor)
        gate = until_open.enter_context(closing(driver(url)))
        gate.cursor().execute(close)
        process = begun(url, folder, script, *options)
        watch.wait_running(passing)
        with blocked(cursor, "update account set name = 'w' where id = 1", watch):
            until_open.close()
            done = finish(process)
    return done


def holding(cursor: Any) -> None:
    """In a transaction that has done more than the other one: that is the one that MariaDB gives up."""
    cursor.execute("begin")
    for _ in range(20):
        cursor.execute("update account set name = concat(name, 'x') where id = 2")


@contextmanager
def blocked(cursor: Any, update: str, watch: Watch) -> Iterator[None]:
    """Meanwhile it waits for a lock; once it has that, it commits."""
    thread = threading.Thread(target=lambda: (cursor.execute(update), cursor.execute("commit")))
    thread.start()
    try:
        watch.wait_blocked(update)
        yield
    finally:
        thread.join()


def begun(url: str, folder: Path, script: str, *options: str) -> subprocess.Popen[bytes]:
    """`dbx tx @ script.sql --commit options`, running."""
    (folder / "script.sql").write_text(script)
    argv = [DBX, "tx", "@", str(folder / "script.sql"), "--commit", *options]
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, env=environment(url), stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)


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
    with closing(driver(maria)) as other, connected(maria) as connection, Watch(maria) as watch:
        cursor = other.cursor()
        holding(cursor)
        transaction = Transaction(connection)
        step(transaction, "update account set balance = 5 where id = 1")
        with blocked(cursor, "update account set balance = 6 where id = 1", watch), pytest.raises(DbxError) as caught:
            step(transaction, "update account set balance = 5 where id = 2")
        assert getattr(caught.value, "conflict", "") == "deadlock"
        assert transaction.stage is Stage.ROLLED_BACK
        with pytest.raises(Refused, match="cannot undo: the transaction is rolled back"):
            transaction.undo()
    assert [row[2] for row in rows(maria)] == [6, 2]


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
    execute(url, TABLE, "insert into account values (1, 'a', 1), (2, 'b', 2)")
    postgresql = backend(url) == "postgresql"
    patience = "set lock_timeout = 60000" if postgresql else "set innodb_lock_wait_timeout = 60"
    first = "update account set name = 'z' where id = 2"
    script = f"{patience};\n{first};\nupdate account set balance = 5 where id = 1;\n"
    with closing(driver(url)) as other:
        cursor = other.cursor()
        cursor.execute("begin")
        for balance in range(20):
            cursor.execute(f"update account set balance = {balance} where id = 1")
        process = begun(url, tmp_path, script, "--isolation", "repeatable read")
        assert process.stderr is not None
        told = b""
        for line in process.stderr:
            told += line
            if b"waits for session" in line:
                break
        # PostgreSQL fails what another transaction has changed since; MariaDB ends the deadlock at once
        cursor.execute("commit" if postgresql else "update account set name = 'y' where id = 2")
        done = finish(process)
        cursor.execute("commit")
    assert done.code == 1
    assert b"waits for session" in told
    assert "hint" in done.err and "it waited for session" in done.err
    assert "outcome" not in done.err
