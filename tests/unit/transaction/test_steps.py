"""The state machine of a transaction, on SQLite in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from run_dbx import connected, read
from stepping import drain, edit, step, unit

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.errors import Refused, StatementFailed
from dbx.rows import Statement
from dbx.transaction.savepoints import MOST
from dbx.transaction.stage import Stage
from dbx.transaction.step import Fate
from dbx.transaction.steps import Transaction


@pytest.fixture
def connection() -> Iterator[Connection]:
    with connected("sqlite:///:memory:") as connection:
        read(connection, "create table t (x int primary key)")
        yield connection


def insert(transaction: Transaction, *numbers: int) -> None:
    for number in numbers:
        step(transaction, f"insert into t values ({number})")


def rows(connection: Connection) -> list[int]:
    return [row[0] for row in read(connection, "select x from t order by x")]


def fates(transaction: Transaction) -> list[str]:
    return [each.fate.value for each in transaction.steps]


def test_the_first_step_begins_it_and_commit_ends_it(connection: Connection) -> None:
    transaction = Transaction(connection)
    assert (transaction.stage, connection.state) == (Stage.IDLE, State.IDLE)
    insert(transaction, 1)
    assert (transaction.stage, connection.state) == (Stage.OPEN, State.OPEN)
    transaction.commit()
    assert (transaction.stage, connection.state, rows(connection)) == (Stage.COMMITTED, State.IDLE, [1])


@pytest.mark.parametrize("what", ["commit", "rollback", "undo", "redo", "skip"])
def test_before_it_begins_the_wrong_order_is_refused_by_name(connection: Connection, what: str) -> None:
    with pytest.raises(Refused, match=rf"cannot {what}: the transaction is idle|no step to {what}"):
        drain(getattr(Transaction(connection), what)() or ())


@pytest.mark.parametrize("what", ["commit", "rollback", "begin", "undo", "redo"])
@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_behind_its_end_the_wrong_order_is_refused_by_name(connection: Connection, end: str, what: str) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1)
    getattr(transaction, end)()
    name = "committed" if end == "commit" else "rolled back"
    with pytest.raises(Refused, match=f"cannot {what}: the transaction is {name}") as caught:
        drain(getattr(transaction, what)() or ())
    assert "begin opens another one" in caught.value.hint
    with pytest.raises(Refused, match="cannot run a step"):
        insert(transaction, 2)


def test_begin_twice_is_refused(connection: Connection) -> None:
    transaction = Transaction(connection)
    transaction.begin()
    with pytest.raises(Refused, match="cannot begin: the transaction is open"):
        transaction.begin()


def test_a_failing_step_leaves_the_earlier_ones(connection: Connection) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1, 2)
    with pytest.raises(StatementFailed):
        step(transaction, "insert into t values (3), (1)")
    assert (transaction.stage, fates(transaction), rows(connection)) == (Stage.OPEN, ["done", "done", "failed"], [1, 2])
    assert transaction.changed == 2
    insert(transaction, 3)
    transaction.commit()
    assert rows(connection) == [1, 2, 3]


def test_undo_and_redo(connection: Connection) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1, 2, 3)
    assert [each.number for each in transaction.undo(2)] == [2, 3]
    assert (rows(connection), transaction.changed) == ([1], 1)
    drain(transaction.redo())
    assert (rows(connection), fates(transaction)) == ([1, 2], ["done", "done", "undone"])
    drain(transaction.redo())
    assert rows(connection) == [1, 2, 3]
    with pytest.raises(Refused, match="no step to redo"):
        drain(transaction.redo())


def test_undoing_more_than_there_is_changes_nothing(connection: Connection) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1)
    with pytest.raises(Refused, match="there is no more than 1 to undo, not 2"):
        transaction.undo(2)
    transaction.undo()
    with pytest.raises(Refused, match="no step to undo"):
        transaction.undo()
    assert rows(connection) == []


def test_skip_leaves_one_out(connection: Connection) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1, 2, 3)
    transaction.undo(3)
    drain(transaction.redo())
    assert transaction.skip().number == 2
    drain(transaction.redo())
    assert (rows(connection), fates(transaction)) == ([1, 3], ["done", "skipped", "done"])


def test_a_new_step_forgets_what_was_undone(connection: Connection) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1, 2)
    transaction.undo()
    insert(transaction, 3)
    assert [each.number for each in transaction.steps] == [1, 2, 3]
    with pytest.raises(Refused, match="no step to redo"):
        drain(transaction.redo())
    assert rows(connection) == [1, 3]


def test_edit_runs_the_later_steps_again(connection: Connection) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1, 2)
    step(transaction, "update t set x = x + 10")
    edit(transaction, 2, "insert into t values (5)")
    assert (rows(connection), fates(transaction)) == ([11, 15], ["done"] * 3)
    assert transaction.steps[1].text == "insert into t values (5)"


def test_edit_keeps_the_order_of_the_later_steps(connection: Connection) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1)
    step(transaction, "update t set x = x + 1")
    step(transaction, "update t set x = x * 10")
    edit(transaction, 1, "insert into t values (2)")
    assert rows(connection) == [30]


def test_edit_that_fails_leaves_everything_as_it_was(connection: Connection) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1, 2, 3)
    with pytest.raises(StatementFailed) as caught:
        edit(transaction, 2, "insert into t values (1)")
    assert caught.value.hint.endswith("step 2 is what it was")
    assert (rows(connection), fates(transaction), transaction.changed) == ([1, 2, 3], ["done"] * 3, 3)
    assert transaction.steps[1].text == "insert into t values (2)"
    edit(transaction, 2, "insert into t values (4)")
    assert (rows(connection), fates(transaction)) == ([1, 3, 4], ["done"] * 3)
    with pytest.raises(Refused, match="there is no step 9"):
        edit(transaction, 9, "select 1")


def test_only_the_last_can_be_undone(connection: Connection) -> None:
    transaction = Transaction(connection, depth=2)
    insert(transaction, 1, 2, 3)
    with pytest.raises(Refused, match="step 1 cannot be undone any more: only the last 2 can"):
        transaction.undo(3)
    transaction.undo(2)
    assert rows(connection) == [1]


def test_nested_savepoints_have_a_limit_that_is_told(connection: Connection) -> None:
    transaction = Transaction(connection, depth=3)
    insert(transaction, *range(MOST))
    assert "undoing begins anew" in "".join(drain(transaction.run(Statement("select 1"), unit(connection, "select 1"))))
    with pytest.raises(Refused, match="cannot be undone any more"):
        transaction.undo(2)
    transaction.undo(1)
    transaction.commit()
    assert len(rows(connection)) == MOST


def test_without_savepoints_a_failure_fails_the_transaction(connection: Connection) -> None:
    transaction = Transaction(connection, savepoints=False)
    insert(transaction, 1)
    with pytest.raises(StatementFailed):
        insert(transaction, 1)
    assert transaction.stage is Stage.FAILED
    with pytest.raises(Refused, match="cannot commit: the transaction is failed") as caught:
        transaction.commit()
    assert caught.value.hint == "rollback ends it"
    transaction.rollback()
    assert rows(connection) == []


@pytest.mark.parametrize("text", ["begin", "commit", "rollback", "end"])
def test_transaction_control_is_no_step(connection: Connection, text: str) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1)
    with pytest.raises(Refused, match="has no place in a transaction"):
        step(transaction, text)
    assert (len(transaction.steps), rows(connection)) == (1, [1])


def test_savepoints_of_the_users_own(connection: Connection) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1)
    step(transaction, "savepoint mine")
    insert(transaction, 2, 3)
    drain(transaction.run(Statement("rollback to savepoint mine"), unit(connection, "rollback to savepoint mine")))
    assert (rows(connection), fates(transaction)) == ([1], ["done", "done", "undone", "undone"])
    drain(transaction.redo())
    assert rows(connection) == [1, 2]
    transaction.undo(3)
    assert rows(connection) == []
    with pytest.raises(Refused, match="no step has set the savepoint mine"):
        step(transaction, "release mine")


def test_release_of_the_users_own_savepoint_takes_ours_along(connection: Connection) -> None:
    transaction = Transaction(connection)
    step(transaction, "savepoint mine")
    insert(transaction, 1)
    step(transaction, "release mine")
    with pytest.raises(Refused, match="step 2 cannot be undone any more"):
        transaction.undo()
    transaction.undo(2)
    assert rows(connection) == []


def test_a_transaction_that_somebody_else_ended(connection: Connection) -> None:
    transaction = Transaction(connection)
    insert(transaction, 1)
    read(connection, "rollback")
    assert transaction.stage is Stage.ROLLED_BACK
    with pytest.raises(Refused, match="the transaction is rolled back"):
        transaction.commit()


def test_what_is_refused_is_no_step(connection: Connection) -> None:
    transaction = Transaction(connection)
    with pytest.raises(Refused, match="SQLite runs VACUUM in no transaction"):
        step(transaction, "vacuum")
    assert transaction.steps == []


def test_a_script_keeps_no_steps(connection: Connection) -> None:
    transaction = Transaction(connection, depth=0, forget=True)
    insert(transaction, *range(100))
    assert (len(transaction.steps), transaction.count, transaction.changed) == (1, 100, 100)
    assert transaction.steps[0].fate is Fate.DONE


def test_an_unknown_isolation_level(connection: Connection) -> None:
    with pytest.raises(Refused, match="no isolation level CHAOS here"):
        Transaction(connection, isolation="chaos")
    assert Transaction(connection, isolation="serializable").isolation == "SERIALIZABLE"


def test_of_forgotten_steps_it_is_said_that_they_are(connection: Connection) -> None:
    transaction = Transaction(connection, depth=3, forget=True)
    insert(transaction, *range(9))
    transaction.undo(3)
    with pytest.raises(Refused, match="only the last 3 steps are remembered"):
        transaction.undo()
    assert (transaction.standing, transaction.count, transaction.forgotten) == (6, 9, 6)
