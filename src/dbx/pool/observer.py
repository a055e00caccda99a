"""What a pool does, taken from its events as they happen: its connections, who has them, and for how long."""

from __future__ import annotations

import os
import traceback
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock, get_ident
from time import monotonic
from typing import Any, NamedTuple

import sqlalchemy
from sqlalchemy import event

KEPT = 100_000
"""Events and waits that are remembered; older ones are only counted."""

_LIBRARY = f"{Path(sqlalchemy.__file__).parent}{os.sep}"
_OWN = f"{Path(__file__).parent.parent}{os.sep}"
_ABOVE = f"{Path(__file__).parent.parent.parent}{os.sep}"
_AROUND = ("contextlib.py", "threading.py")
_DEEP = 3
"""Places of a checkout that are kept: a helper that connects tells less than who called it."""


class Event(NamedTuple):
    """Something the pool did: seconds since the start, name, number of the connection and of its session on the
    server, the place in the code, how long it had waited or been held, and what else there is to say."""

    at: float
    name: str
    connection: int
    session: int
    place: str
    seconds: float | None
    note: str


class Wait(NamedTuple):
    """How long a checkout took; whether a connection was made for it, and whether it was in vain."""

    seconds: float
    connected: bool = False
    in_vain: bool = False


class Snapshot(NamedTuple):
    """How many connections are open, how many of them out, how many threads wait for one, and the numbers that the
    open ones have on the server."""

    open: int
    out: int
    asking: int
    sessions: set[int]


class Watched:
    """A connection of the pool. `place` is what checked it out, while it is out."""

    def __init__(self, number: int, session: int, secured: str, now: float) -> None:
        self.number = number
        self.session = session
        self.secured = secured
        self.born = now
        self.uses = 0
        self.out: float | None = None
        self.place = ""
        self.proxy: Callable[[], object] = lambda: None


class Observer:
    """Listens to a pool, or to every pool there is. Its methods may be called on any thread.

    `describe(DBAPI connection)` gives the session's number on the server and how it is protected; `on_event` sees every
    Event as it happens. RLock, because a connection that nobody has any more is returned by the garbage collector,
    wherever that happens to run.
    """

    def __init__(self, describe: Callable[[Any], tuple[int, str]]) -> None:
        self.started = monotonic()
        self.lock = RLock()
        self.on_event: Callable[[Event], object] | None = None
        self.sequence = 0
        self.counts: dict[str, int] = {}
        self.events: deque[Event] = deque(maxlen=KEPT)
        self.waits: deque[Wait] = deque(maxlen=KEPT)
        self.open: dict[Any, Watched] = {}
        self.sessions: set[int] = set()
        self.lost: list[Watched] = []
        self._asking: dict[int, float] = {}
        self._fresh: set[int] = set()
        self._describe = describe
        self._made = 0
        self.most_open = self.most_out = self.most_asking = 0

    # --- figures

    def out(self) -> list[Watched]:
        """The connections that are checked out, the longest held first."""
        with self.lock:
            held = [watched for watched in self.open.values() if watched.out is not None]
        return sorted(held, key=lambda watched: watched.out or 0)

    def connections(self) -> list[Watched]:
        """The open connections, in the order they were made."""
        with self.lock:
            return sorted(self.open.values(), key=lambda watched: watched.number)

    def now(self) -> Snapshot:
        """The pool at this moment."""
        with self.lock:
            sessions = {watched.session for watched in self.open.values() if watched.session}
            out = sum(watched.out is not None for watched in self.open.values())
            return Snapshot(len(self.open), out, len(self._asking), sessions)

    @contextmanager
    def ask(self) -> Iterator[None]:
        """A block in which this thread asks for a connection: how long it waits is known to nobody else."""
        thread = get_ident()
        with self.lock:
            self._asking[thread] = monotonic()
            self.most_asking = max(self.most_asking, len(self._asking))
        try:
            yield
        finally:
            with self.lock:
                if (asked := self._asking.pop(thread, None)) is not None:
                    self.waits.append(Wait(monotonic() - asked, in_vain=True))
                self._fresh.discard(thread)

    # --- events

    def attach(self, target: Any) -> Observer:
        """Listen to an Engine, a Pool, or the class Pool for all of them."""
        for name in ("connect", "checkout", "checkin", "reset", "invalidate", "soft_invalidate", "close"):
            event.listen(target, name, getattr(self, f"_{name}"))
        event.listen(target, "detach", self._detach)
        event.listen(target, "close_detached", self._close_detached)
        return self

    def tell(
        self,
        name: str,
        watched: Watched | None = None,
        *,
        seconds: float | None = None,
        place: str = "",
        note: str = "",
    ) -> None:
        """Something has happened, to this connection or to none."""
        with self.lock:
            self.sequence += 1
            self.counts[name] = self.counts.get(name, 0) + 1
            number, session = (watched.number, watched.session) if watched else (0, 0)
            happened = Event(monotonic() - self.started, name, number, session, place, seconds, note)
            self.events.append(happened)
            if self.on_event is not None:
                self.on_event(happened)

    def _connect(self, connection: Any, record: Any) -> None:
        session, secured = self._describe(connection)
        now = monotonic()
        with self.lock:
            self._made += 1
            watched = self.open[id(connection)] = Watched(self._made, session, secured, now)
            self.sessions.add(session)
            self.most_open = max(self.most_open, len(self.open))
            self._fresh.add(get_ident())
            self.tell("connect", watched, note=secured)

    def _checkout(self, connection: Any, record: Any, proxy: Any) -> None:
        place = caller()
        with self.lock:
            thread, now = get_ident(), monotonic()
            watched = self._known(connection)
            watched.uses += 1
            watched.out, watched.place, watched.proxy = now, place, weakref.ref(proxy)
            self.most_out = max(self.most_out, self.now().out)
            asked = self._asking.pop(thread, None)
            waited = None if asked is None else now - asked
            if waited is not None:
                self.waits.append(Wait(waited, thread in self._fresh))
            self._fresh.discard(thread)
            self.tell("checkout", watched, seconds=waited, place=place)

    def _checkin(self, connection: Any, record: Any) -> None:
        if connection is None:  # it has been invalidated, and its place in the pool is what comes back
            return
        with self.lock:
            watched = self._known(connection)
            held = None if watched.out is None else monotonic() - watched.out
            forgotten = watched.out is not None and watched.proxy() is None
            if forgotten:
                self.lost.append(watched_copy(watched))
            note = "nobody had it any more: the garbage collector returned it" if forgotten else ""
            self.tell("checkin", watched, seconds=held, place=watched.place, note=note)
            watched.out, watched.place = None, ""

    def _reset(self, connection: Any, record: Any, state: Any) -> None:
        self.tell("reset", self._known(connection))

    def _invalidate(self, connection: Any, record: Any, error: BaseException | None) -> None:
        self.tell("invalidate", self._known(connection), note=reason(error))

    def _soft_invalidate(self, connection: Any, record: Any, error: BaseException | None) -> None:
        self.tell("soft_invalidate", self._known(connection), note=reason(error))

    def _detach(self, connection: Any, record: Any) -> None:
        self.tell("detach", self._known(connection), note="no longer the pool's: whoever has it must close it")

    def _close(self, connection: Any, record: Any) -> None:
        with self.lock:
            watched = self.open.pop(id(connection), None)
            lived = None if watched is None else monotonic() - watched.born
            self.tell("close", watched, seconds=lived)

    def _close_detached(self, connection: Any) -> None:
        self._close(connection, None)

    def _known(self, connection: Any) -> Watched:
        """The connection as it is watched. One that was there before is known from now on."""
        with self.lock:
            if id(connection) not in self.open:
                session, secured = self._describe(connection)
                self._made += 1
                self.open[id(connection)] = Watched(self._made, session, secured, monotonic())
            return self.open[id(connection)]


def watched_copy(watched: Watched) -> Watched:
    copy = Watched(watched.number, watched.session, watched.secured, watched.born)
    copy.uses, copy.out, copy.place = watched.uses, watched.out, watched.place
    return copy


def reason(error: BaseException | None) -> str:
    """An error in a line, as whoever has no traceback wants it."""
    return "" if error is None else " ".join(f"{type(error).__name__}: {error}".split())[:300]


def caller() -> str:
    """The place in the code that asks the pool, and what called it: the innermost that are not SQLAlchemy's."""
    places: list[str] = []
    here = f"{Path.cwd()}{os.sep}"
    for frame, line in traceback.walk_stack(None):
        file = frame.f_code.co_filename
        if file.startswith(_LIBRARY) or file == __file__ or file.endswith(_AROUND):
            continue
        own = file.startswith(_OWN)
        if places and (own or "site-packages" in file or file.startswith("<frozen")):
            break
        places.append(f"{file.removeprefix(_ABOVE if own else here)}:{line} in {frame.f_code.co_name}")
        if own or len(places) == _DEEP:
            break
    return " < ".join(places)
