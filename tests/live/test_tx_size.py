"""However many steps a script has, dbx and the server need no more memory for them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from run_dbx import DBX, connected, environment, execute, existing, read
from stepping import step
from watching import backend

from dbx.transaction.savepoints import MOST
from dbx.transaction.steps import Transaction

STEPS = int(os.environ.get("DBX_TEST_STEPS", "10000"))
"""100,000 were run by hand: they take half a minute on each server."""

MARGIN = 12_000
"""kB that a process may grow by, for what it does later than others."""


def peak(url: str, folder: Path, steps: int, *options: str) -> int:
    """kB that dbx takes for so many steps."""
    file = folder / "script.sql"
    file.write_text("".join(f"insert into t values ({number});\n" for number in range(steps)))
    argv = [DBX, "tx", "@", str(file), "--commit", *options]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(argv, env=environment(url), **quiet)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss


@pytest.mark.parametrize("options", [(), ("--on-error", "continue")], ids=["stop", "continue"])
def test_a_long_script_takes_no_more_memory_here(any_url: str, tmp_path: Path, options: tuple[str, ...]) -> None:
    execute(existing(any_url), "create table t (x int)")
    few = peak(any_url, tmp_path, 500, *options)
    many = peak(any_url, tmp_path, STEPS, *options)
    assert many < few + MARGIN
    assert execute(any_url, "select count(*) from t") == [(500 + STEPS,)]


@pytest.mark.parametrize("depth", [0, 50])
def test_a_long_script_takes_no_more_memory_on_the_server(pg_url: str, depth: int) -> None:
    """PostgreSQL keeps 9 kB for each savepoint, and so MOST of them at most; released at once they take nothing."""
    execute(pg_url, "create table t (x int)")
    with connected(pg_url) as connection:
        ((number,),) = read(connection, "select pg_backend_pid()")
        transaction = Transaction(connection, depth=depth, forget=True)
        step(transaction, "insert into t values (0)")
        before = resident(int(number))
        for value in range(2 * MOST + 500):
            step(transaction, f"insert into t values ({value})")
        grown = resident(int(number)) - before
        transaction.rollback()
    assert grown < (2_000 if not depth else 1.6 * 9 * MOST)


def resident(number: int) -> int:
    """kB of a process's own memory."""
    status = Path(f"/proc/{number}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon")))


@pytest.mark.parametrize("depth", [3])
def test_mysql_keeps_only_the_last_savepoints(maria_url: str, depth: int) -> None:
    execute(maria_url, "create table t (x int primary key)")
    assert backend(maria_url) == "mysql"
    with connected(maria_url) as connection:
        transaction = Transaction(connection, depth=depth, forget=True)
        for value in range(10):
            step(transaction, f"insert into t values ({value})")
        assert {each.savepoint for each in transaction.steps} == {"dbx_step_0", "dbx_step_1", "dbx_step_2"}
        assert [each.number for each in transaction.undo(depth)] == [8, 9, 10]
        transaction.commit()
    assert len(execute(maria_url, "select x from t")) == 7
