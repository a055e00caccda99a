"""What a connection costs, and what the pool saves: connecting against checking out, measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Select, literal_column, select

from dbx.pool.figures import Line
from dbx.pool.histogram import milliseconds

_ONE: Select[Any] = select(literal_column("1"))  # not everywhere may it stand without FROM
CONNECTS, CHECKOUTS = 5, 100


def measured(engine: Any) -> Iterator[Line]:
    """Medians. Connections are made one after another in an empty pool, and checked out from a full one."""
    connects = [_seconds(lambda: _empty_pool(engine), engine) for _ in range(CONNECTS)]
    checkouts = [_seconds(lambda: None, engine) for _ in range(CHECKOUTS)]
    trips = [_trip(engine) for _ in range(CHECKOUTS)]
    connect, checkout, trip = (median(times) for times in (connects, checkouts, trips))
    yield "to connect", milliseconds(connect), f"ms, median of {CONNECTS}"
    yield "to check out", milliseconds(checkout), f"ms with the return, median of {CHECKOUTS}"
    yield "round trip", milliseconds(trip), f"ms for SELECT 1, median of {CHECKOUTS}"
    yield "saved", round(connect / max(checkout, 1e-9)), "checkouts in the time of one connect"


def _empty_pool(engine: Any) -> None:
    engine.dispose()


def _seconds(prepare: Callable[[], None], engine: Any) -> float:
    prepare()
    started = perf_counter()
    lent = engine.raw_connection()
    lent.close()
    return perf_counter() - started


def _trip(engine: Any) -> float:
    with engine.connect() as connection:
        started = perf_counter()
        connection.execute(_ONE).scalar()
        return perf_counter() - started
