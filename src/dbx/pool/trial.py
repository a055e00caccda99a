"""A load test: the workers, the looks at pool and server while they run, the drop of all connections, the report."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Any, NamedTuple

from dbx.errors import ConnectFailed, ConnectionLost
from dbx.pool.figures import EVENT, Line, described, shown
from dbx.pool.histogram import histogram, milliseconds, quantile
from dbx.pool.load import PATIENCE, Load
from dbx.pool.observer import Event, Observer
from dbx.pool.server import Server
from dbx.rows import Cell, Column, Rows

LOOKS = 20
"""Moments of a trial at which pool and server are compared."""

_AGAIN, _PAUSE = 50, 0.01
"""A connection that is being opened or closed is known to one side first; so often, and after so many seconds, both
are looked at again before they are said to differ."""


class Moment(NamedTuple):
    """Pool and server at one moment; `server` is None where there is none to ask."""

    at: float
    open: int
    out: int
    waiting: int
    server: int | None
    agree: bool
    done: int
    wrong: int


class Trial:
    """A load on a pool with somebody who looks on. With `drop`, halfway the server ends all of the pool's sessions."""

    def __init__(self, load: Load, server: Server, *, drop: bool) -> None:
        self.load = load
        self.observer: Observer = load.observer
        self.moments: list[Moment] = []
        self.dropped: tuple[float, int, dict[str, int]] | None = None
        self.back: float | None = None
        self._server = server
        self._drop = drop

    def progress(self) -> str:
        load, now = self.load, self.observer.now()
        return (
            f"{load.elapsed:.1f} of {load.work.seconds:g} s · {load.done:,} done · {load.wrong.total():,} failed ·"
            f" {now.out} of {now.open} connections out · {now.asking} waiting"
        )

    def run(self) -> None:
        """The whole trial, on the calling thread."""
        for _ in self._looks():
            pass

    def events(self) -> Rows:
        """The whole trial as rows of events, each as soon as it has happened."""
        return Rows(EVENT, self._events())

    def _events(self) -> Iterator[list[tuple[Cell, ...]]]:
        queue: SimpleQueue[Event] = SimpleQueue()
        with self.observer.lock:
            self.observer.on_event = queue.put
            before = [shown(event) for event in self.observer.events]
        try:
            yield before
            for _ in self._looks():
                if batch := [shown(event) for event in _taken(queue)]:
                    yield batch
        finally:
            self.observer.on_event = None
        if batch := [shown(event) for event in _taken(queue)]:
            yield batch

    def _looks(self) -> Iterator[None]:
        """Runs the load; stops at each look, and shortly between them."""
        every = self.load.work.seconds / (LOOKS + 1)
        following = every
        self.load.start()
        try:
            while not self.load.over:
                yield
                sleep(min(0.05, every))
                if self._drop and self.dropped is None and self.load.elapsed * 2 >= self.load.work.seconds:
                    self._end_all()
                if self.load.elapsed >= following:
                    following += every
                    self.moments.append(self.look())
        except BaseException:
            self.load.end(0)
            raise
        self.load.end(PATIENCE)
        yield

    def look(self) -> Moment:
        """Pool and server, compared session by session."""
        agree, seen, now = True, None, self.observer.now()
        if self._server.tells:
            for _ in range(_AGAIN):
                now = self.observer.now()
                try:
                    found = self._server.present(self.observer.sessions)
                except (ConnectFailed, ConnectionLost):  # there is nobody to ask until it is back
                    break
                agree, seen = found == now.sessions, len(found)
                if agree:
                    break
                sleep(_PAUSE)
        if self.dropped is not None and self.back is None and now.open >= self.dropped[1]:
            self.back = monotonic()
        load = self.load
        counts = (now.open, now.out, now.asking, seen, agree, load.done, load.wrong.total())
        return Moment(round(load.elapsed, 3), *counts)

    def _end_all(self) -> None:
        load = self.load
        before = {"failed": load.failed, "invalidate": self.observer.counts.get("invalidate", 0)}
        load.mark()
        count = self._server.end(self.observer.now().sessions)
        self.dropped = (load.marks[-1], count, before)
        self.observer.tell("dropped", note=f"the server was told to end {count} sessions")

    # --- what it came to

    def report(self) -> Iterator[Rows]:
        """A summary, how long checkouts waited, pool and server moment by moment, and what went wrong."""
        yield described(iter([*self._summary(), *self._recovery()]))
        waits = list(self.observer.waits)
        made = [wait.seconds for wait in waits if wait.connected]
        in_vain = [wait.seconds for wait in waits if wait.in_vain]
        of_them = {"that connected": made, "in vain": in_vain}
        yield histogram([wait.seconds for wait in waits], "checkouts", of_them)
        yield self._course()
        if self.load.wrong:
            found = self.load.wrong.most_common()
            columns = (Column("during"), Column("error"), Column("times", "", "number"))
            yield Rows.of(*columns, rows=[(what, text, count) for (what, text), count in found])

    def _summary(self) -> Iterator[Line]:
        load, observer, work = self.load, self.observer, self.load.work
        waits = sorted(wait.seconds for wait in observer.waits)
        yield "workers", work.workers, f"for {work.seconds:g} s, each: {' '.join(work.statement.split())[:60]}"
        yield "done", load.done, "statements that went well"
        yield "per second", round(load.done / work.seconds, 1), "of them"
        yield "failed", load.failed, "statements that did not"
        yield "cut off", load.cut, "statements that ran on after the end, and were cancelled"
        yield "not connected", load.refused, "checkouts that failed because the server took no more, or was not there"
        yield "timeouts", load.timeouts, "checkouts that waited in vain: the pool was exhausted"
        for name, share in (("wait median", 0.5), ("wait 95 %", 0.95), ("wait 99 %", 0.99), ("wait longest", 1.0)):
            yield name, milliseconds(quantile(waits, share)), "ms until a connection was there"
        yield "most open", observer.most_open, "connections at once"
        yield "most out", observer.most_out, "of them in use at once"
        yield "most asking", observer.most_asking, "threads that asked for one at once"
        if self._server.tells:
            differ = sum(not moment.agree for moment in self.moments)
            yield "differences", differ, f"between pool and server, at {len(self.moments)} moments"

    def _recovery(self) -> Iterator[Line]:
        if self.dropped is None:
            return
        load, (moment, count, before) = self.load, self.dropped
        yield "dropped", count, f"sessions that the server ended, after {moment - load.began:.2f} s"
        yield "failed by that", load.failed - before["failed"], "statements"
        thrown = self.observer.counts.get("invalidate", 0) - before["invalidate"]
        yield "thrown away", thrown, "connections found broken; SQLAlchemy then replaces all that were made before"
        well = load.went_well.get(moment)
        if well is None:
            yield "recovered", None, "no statement went well after it"
        else:
            yield "recovered", milliseconds(well - moment), "ms until a statement went well again"
        if self.back is not None:
            yield "all back", round(self.back - moment, 3), "seconds until as many connections were seen open as before"

    def _course(self) -> Rows:
        columns = [Column(name, "", "number") for name in ("at", "open", "out", "waiting", "server")]
        columns += [Column("agree"), Column("done", "", "number"), Column("failed", "", "number")]
        rows = [
            (m.at, m.open, m.out, m.waiting, m.server, None if m.server is None else "yes" if m.agree else "no",
             m.done, m.wrong)
            for m in self.moments
        ]  # fmt: skip
        return Rows.of(*columns, rows=rows)


def _taken(queue: SimpleQueue[Any]) -> Iterator[Any]:
    while True:
        try:
            yield queue.get_nowait()
        except Empty:
            return
