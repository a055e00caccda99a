"""A result that is cut short stays open for a while: the rest is read from the same statement."""

from __future__ import annotations

import threading

import pytest
from run_dbx import connected, execute, existing
from watching import backend

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.rows import Rows, Statement
from dbx.sql.texts import units
from dbx.transaction.guard import guarded

ROWS = {
    "postgresql": "select n from generate_series(1, 30000) as n",
    "mysql": "select seq as n from seq_1_to_30000",
    "sqlite": "with recursive r(n) as (select 1 union all select n + 1 from r limit 30000) select n from r",
}
CHANGING = {
    "postgresql": "with x as (insert into t select n from generate_series(1, 30000) as n returning a) select a from x",
    "sqlite": "insert into t select * from (with recursive r(n) as (select 1 union all select n + 1 from r limit 3000)"
    " select n from r) returning a",
}


def numbers(rows: Rows) -> list[int]:
    return [int(row[0]) for batch in rows for row in batch]  # type: ignore[arg-type]


def cut(connection: Connection, text: str, limit: int) -> Rows:
    outcome = connection.run(Statement(text))
    assert outcome.rows is not None
    return outcome.rows.first(limit)


def test_the_rest_is_read_on_in_pieces(any_url: str) -> None:
    with connected(existing(any_url)) as connection:
        connection.patience = 30
        rows = cut(connection, ROWS[backend(any_url)], 5)
        seen = numbers(rows)
        assert connection.holding
        while rows.rest is not None:
            assert connection.holding is rows.rest.live
            rows = rows.rest.first(7000)
            seen += numbers(rows)
        assert seen == list(range(1, 30001))
        assert not connection.holding
        assert connection.more() is None
        assert numbers(cut(connection, "select 1", 5)) == [1]


def test_a_short_rest_is_kept_and_nothing_stays_open(any_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite an open result would keep everybody else from writing."""
    monkeypatch.setattr("dbx.rows.HASTE", 60)
    execute(existing(any_url), "create table few (n integer)")
    with connected(existing(any_url)) as connection:
        connection.patience = 30
        connection.run(Statement("insert into few values (1), (2), (3), (4), (5)"))
        rows = cut(connection, "select n from few order by n", 2)
        assert numbers(rows) == [1, 2] and rows.cut and not connection.holding
        execute(existing(any_url), "delete from few")
        assert numbers(cut(connection, "select 7", 5)) == [7]
        assert rows.rest and not rows.rest.live
        rows = rows.rest.first(2)
        assert numbers(rows) == [3, 4] and rows.rest and numbers(rows.rest) == [5]


@pytest.mark.parametrize("bound", ["HASTE", "HEAVY"])
def test_a_rest_that_comes_slowly_or_is_heavy_is_not_read_at_once(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbx.rows.HASTE", 60)
    monkeypatch.setattr(f"dbx.rows.{bound}", 0)
    with connected("sqlite://") as connection:
        connection.patience = 30
        text = "with recursive r(n) as (select 1 union all select n + 1 from r limit 7000) select n from r"
        rows = cut(connection, text, 2)
        assert numbers(rows) == [1, 2] and connection.holding and rows.rest and rows.rest.live


def test_the_next_statement_ends_it(any_url: str) -> None:
    with connected(existing(any_url)) as connection:
        connection.patience = 30
        rows = cut(connection, ROWS[backend(any_url)], 5)
        numbers(rows)
        assert numbers(cut(connection, "select 2", 5)) == [2]
        assert not connection.holding
        assert connection.state is State.IDLE
        assert rows.rest is not None


def test_it_is_let_go_in_time(any_url: str) -> None:
    with connected(existing(any_url)) as connection:
        connection.patience = 0.05
        released = threading.Event()
        release = connection._release
        connection._release = lambda: (release(), released.set())[0]  # type: ignore[method-assign, func-returns-value]
        numbers(cut(connection, ROWS[backend(any_url)], 5))
        assert released.wait(20)
        assert not connection.holding
        assert numbers(cut(connection, "select 3", 5)) == [3]


def test_without_patience_nothing_stays_open(any_url: str) -> None:
    with connected(existing(any_url)) as connection:
        numbers(cut(connection, ROWS[backend(any_url)], 5))
        assert not connection.holding


def test_what_may_write_runs_to_its_end_at_once(any_url: str) -> None:
    text = CHANGING.get(backend(any_url))
    if text is None:  # MariaDB's RETURNING is of INSERT alone, and its rows are whole too
        text = "insert into t select seq from seq_1_to_3000 returning a"
    with connected(existing(any_url)) as connection:
        connection.patience = 30
        connection.run(Statement("create table t (a int)"))
        rows = cut(connection, text, 5)
        assert len(numbers(rows)) == 5
        assert rows.cut
        assert rows.rest is None
        assert not connection.holding
        assert numbers(cut(connection, "select count(*) from t", 5))[0] in (3000, 30000)


def test_a_transaction_is_not_lost_by_it(any_url: str) -> None:
    with connected(existing(any_url)) as connection:
        connection.patience = 30
        connection.run(Statement("create table t (a int)"))
        connection.run(Statement(connection.dialect.begin))
        connection.run(Statement("insert into t values (1)"))
        text = ROWS[backend(any_url)]
        for outcome in guarded(connection, Statement(text), next(iter(units([text], connection.syntax)))):
            assert outcome.rows is not None
            numbers(outcome.rows.first(5))
        # where an error ends the transaction, the statement's savepoint is released at once
        assert connection.holding is not connection.dialect.error_ends_work
        assert numbers(cut(connection, "select count(*) from t", 5)) == [1]
        assert connection.state is State.OPEN
        connection.run(Statement("COMMIT"))
        assert connection.state is State.IDLE
