"""The observer against SQLAlchemy's own pool: its figures are the pool's, whatever threads do to it."""

from __future__ import annotations

import gc
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool, QueuePool

from dbx.pool import figures
from dbx.pool.histogram import STEPS, counted, histogram, quantile
from dbx.pool.observer import Observer


def connect() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False)


def observed(**options: Any) -> tuple[QueuePool, Observer]:
    pool = QueuePool(connect, **{"pool_size": 2, "max_overflow": 1, "timeout": 0.05, **options})
    return pool, Observer(lambda connection: (id(connection), "none")).attach(pool)


def here(word: str) -> str:
    """The line of this file with that comment."""
    lines = Path(__file__).read_text().split("\n")
    return f"test_pool_observer.py:{next(n for n, line in enumerate(lines, 1) if line.endswith(f'# {word}'))} in "


def test_figures_of_a_pool_that_is_used_up() -> None:
    pool, observer = observed()
    out = [pool.connect() for _ in range(3)]
    assert (observer.now().open, observer.now().out) == (3, 3)
    with pytest.raises(PoolTimeout), observer.ask():
        assert observer.now().asking == 1
        pool.connect()
    assert observer.now().asking == 0
    assert [wait.in_vain for wait in observer.waits] == [True]
    assert observer.waits[0].seconds >= 0.05
    for connection in out:
        connection.close()
    # the one beyond the size was closed
    assert (observer.now().open, observer.now().out, pool.checkedin()) == (2, 0, 2)
    assert observer.most_open == observer.most_out == 3


@given(st.lists(st.sampled_from(["out", "in", "broken", "detach", "forget"]), max_size=30))
@settings(max_examples=60, deadline=None)
def test_figures_agree_with_the_pool_after_any_history(history: list[str]) -> None:
    pool, observer = observed(max_overflow=-1, timeout=0)
    lent: list[Any] = []
    detached: list[Any] = []
    for what in history:
        if what == "out":
            lent.append(pool.connect())
        elif lent:
            connection = lent.pop(0)
            if what == "broken":
                connection.invalidate(ValueError("broken"))
            if what == "detach":
                connection.detach()
                detached.append(connection)
            elif what != "forget":
                connection.close()
            del connection
        now = observer.now()
        assert now.out - len(detached) == pool.checkedout() == len(lent)
        assert now.open - now.out == pool.checkedin() - sum(r.dbapi_connection is None for r in pool._pool.queue)
        assert len(observer.open) == len(now.sessions)
    assert observer.counts.get("checkout", 0) == history[:].count("out")


def test_a_leak_has_the_place_that_made_it() -> None:
    pool, observer = observed()

    def take() -> Any:
        return pool.connect()  # taken here

    kept = take()  # asked here
    (watched,) = observer.out()
    inner, outer, *_ = watched.place.split(" < ")
    assert here("taken here") in f"{inner} "
    assert inner.endswith("in take")
    assert here("asked here") in f"{outer} "
    rows = [row for batch in figures.leaks(observer) for row in batch]
    assert [row[2] for row in rows] == ["not returned"]
    kept.close()
    assert [row for batch in figures.leaks(observer) for row in batch] == []


def test_what_nobody_has_any_more_is_a_leak_too() -> None:
    pool, observer = observed()
    pool.connect()
    gc.collect()
    (row,) = [row for batch in figures.leaks(observer) for row in batch]
    assert row[2] == "forgotten: the garbage collector returned it"
    assert "test_what_nobody_has_any_more_is_a_leak_too" in str(row[4])
    assert observer.now().out == 0


def test_events_of_many_threads_are_all_there() -> None:
    pool, observer = observed(timeout=10)

    def work() -> None:
        for _ in range(50):
            with observer.ask():
                connection = pool.connect()
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert observer.counts["checkout"] == observer.counts["checkin"] == len(observer.waits) == 400
    assert observer.most_out <= 3
    assert observer.counts["connect"] - observer.counts.get("close", 0) == observer.now().open == pool.checkedin()
    assert observer.sequence == sum(observer.counts.values())


def test_settings_are_the_pools() -> None:
    """They are private attributes of SQLAlchemy's pools, so this holds them against what was asked for."""
    engine = create_engine(
        "sqlite:///x.db", pool_size=7, max_overflow=3, pool_timeout=4, pool_recycle=60, pool_pre_ping=True
    )
    found = {name: value for name, value, _ in figures.settings(engine.pool)}
    assert found == {
        "class": "QueuePool",
        "size": 7,
        "max overflow": 3,
        "timeout": 4,
        "recycle": 60,
        "pre ping": "yes",
        "lifo": "no",
    }
    assert next(figures.settings(NullPool(connect)))[1] == "NullPool"


@pytest.fixture
def edges() -> Iterator[float]:
    return iter(STEPS)


def test_the_steps_of_the_histogram(edges: Iterator[float]) -> None:
    for place, edge in enumerate(edges):
        assert counted([edge])[place] == counted([edge * 1.001])[place + 1] == 1
    rows = [row for batch in histogram([0.002, 0.0025, 0.2], "n", {"of": [0.2]}) for row in batch]
    assert [row[:4] for row in rows] == [
        (3.0, 2, 0, 66.7), (10.0, 0, 0, 0.0), (30.0, 0, 0, 0.0), (100.0, 0, 0, 0.0), (300.0, 1, 1, 33.3)
    ]  # fmt: skip
    assert list(histogram([], "n", {"of": []})) == []


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(0, 1))
@settings(max_examples=50)
def test_a_quantile_is_not_exceeded_by_its_share(values: list[float], share: float) -> None:
    ordered = sorted(values)
    found = quantile(ordered, share)
    assert sum(value <= found for value in ordered) >= share * len(ordered) - 1e-9
    assert found in ordered
