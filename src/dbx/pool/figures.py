"""The pool as rows: how it is set, what it holds now, and its connections one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import monotonic
from typing import Any

from dbx.pool.observer import Observer, Watched
from dbx.rows import Cell, Column, Rows

Line = tuple[str, Cell, str]

_SETTINGS = (
    # SQLAlchemy's names for them; a pool that has no such setting has no such attribute
    ("size", "_pool", "maxsize", "connections that are kept open"),
    ("max overflow", "_max_overflow", "", "more of them when all are out; closed when they come back"),
    ("timeout", "_timeout", "", "seconds that a checkout waits before it fails"),
    ("recycle", "_recycle", "", "seconds after which a connection is replaced; -1 for never"),
    ("pre ping", "_pre_ping", "", "whether each checkout first asks whether the server is still there"),
    ("lifo", "_pool", "use_lifo", "whether the connection used last is the next to be used"),
)


_CLASSES = {
    "QueuePool": "keeps connections and lends them, to so many at once",
    "NullPool": "keeps nothing: every checkout connects, every return closes",
    "StaticPool": "has one connection, and lends it to everybody",
    "SingletonThreadPool": "has one connection for each thread",
    "AssertionPool": "lends one connection, and fails when a second is asked for",
}


def settings(pool: Any) -> Iterator[Line]:
    """How SQLAlchemy's pool is set, whatever its class."""
    name = type(pool).__name__
    yield "class", name, _CLASSES.get(name, "")
    for name, attribute, within, meaning in _SETTINGS:
        value = getattr(pool, attribute, None)
        value = getattr(value, within, None) if within and value is not None else value
        if isinstance(value, bool):
            yield name, "yes" if value else "no", meaning
        elif isinstance(value, int | float):
            yield name, value, meaning


def figures(pool: Any, observer: Observer) -> Iterator[Line]:
    """What is in the pool at this moment."""
    now = observer.now()
    yield "open", now.open, "connections to the server"
    yield "checked out", now.out, "in use"
    yield "idle", now.open - now.out, "in the pool, ready"
    if hasattr(pool, "overflow"):
        yield "overflow", max(pool.overflow(), 0), "beyond the size"
    yield "waiting", now.asking, "threads that have asked and not got one"
    for event, (name, meaning) in _COUNTED.items():
        yield name, observer.counts.get(event, 0), meaning


_COUNTED: Mapping[str, tuple[str, str]] = {
    "connect": ("made", "connections so far"),
    "checkout": ("lent", "checkouts so far"),
    "checkin": ("returned", "of them"),
    "invalidate": ("thrown away", "connections that were found broken"),
}


def described(lines: Iterator[Line]) -> Rows:
    return Rows.of("name", "value", "meaning", rows=lines)


def connections(observer: Observer, states: Mapping[int, str]) -> Rows:
    """Each open connection; `states` is what the server says of its sessions."""
    now = monotonic()

    def line(watched: Watched) -> tuple[Cell, ...]:
        held = None if watched.out is None else round(now - watched.out, 3)
        state = "idle" if watched.out is None else "checked out"
        session = watched.session or None
        seen = states.get(watched.session, "gone" if states and session else None)
        age = round(now - watched.born, 3)
        place = watched.place or None
        return watched.number, session, state, held, age, watched.uses, watched.secured or None, seen, place

    names = ("connection", "session", "state", "held", "age", "uses", "protection", "on the server", "checked out by")
    numbers = {"connection", "session", "held", "age", "uses"}
    columns = [Column(name, "", "number" if name in numbers else "text") for name in names]
    return Rows.of(*columns, rows=map(line, observer.connections()))


def events(observer: Observer, last: int) -> Rows:
    """What has happened, the last of it."""
    return Rows.of(*EVENT, rows=map(shown, list(observer.events)[-last:]))


EVENT = (
    Column("at", "", "number"),
    Column("event"),
    Column("connection", "", "number"),
    Column("session", "", "number"),
    Column("seconds", "", "number"),
    Column("place"),
    Column("note"),
)


def shown(happened: Any) -> tuple[Cell, ...]:
    """An Event as a row of those columns."""
    seconds = None if happened.seconds is None else round(happened.seconds, 6)
    numbers = (happened.connection or None, happened.session or None)
    return (round(happened.at, 4), happened.name, *numbers, seconds, happened.place or None, happened.note or None)


def leaks(observer: Observer) -> Rows:
    """Checkouts that were not returned, with the place that made them."""
    now = monotonic()

    def line(watched: Watched, what: str) -> tuple[Cell, ...]:
        held = round(now - watched.out, 3) if watched.out is not None else None
        return watched.number, watched.session or None, what, held, watched.place

    lost = [line(watched, "forgotten: the garbage collector returned it") for watched in observer.lost]
    held = [line(watched, "not returned") for watched in observer.out()]
    columns = [Column("connection", "", "number"), Column("session", "", "number"), Column("what became of it")]
    return Rows.of(*columns, Column("seconds", "", "number"), Column("checked out by"), rows=[*held, *lost])
