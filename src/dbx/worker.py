"""A thread that runs one job after another, and hands over results; waiting for it can be interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from queue import Empty, SimpleQueue
from threading import Event, Semaphore, Thread, current_thread
from typing import Any, TypeVar

T = TypeVar("T")
AHEAD = 4
"""Items that a stream may be ahead of its reader: enough to overlap, few enough to keep memory flat."""

_END = object()
_LOOK = 0.5
"""Seconds until a waiting thread looks up. A signal that comes in the instant before it falls asleep does not wake it,
and would not be seen as long as a dead server says nothing."""


class Worker:
    """Jobs in order, on one daemon thread: the main thread can leave a job that never ends behind.

    `waiting` is the block in which the calling thread gives a job away and waits for it; the owner decides there what
    a signal does meanwhile. SimpleQueue, because its put may be called while a signal handler has interrupted its get.
    """

    def __init__(self, name: str, waiting: Callable[[], AbstractContextManager[None]]) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._waiting = waiting
        self._thread = Thread(target=self._loop, name=name, daemon=True)
        self._thread.start()

    def _loop(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def end(self) -> None:
        """Let the thread end after the jobs it has."""
        self._jobs.put(None)

    def call(self, function: Callable[[], T]) -> T:
        """function()'s result, run on the thread; its exception is raised here."""
        if current_thread() is self._thread:
            raise RuntimeError("a job of the worker asks it for another one, and would wait for ever")
        inbox: SimpleQueue[Any] = SimpleQueue()

        def job() -> None:
            try:
                inbox.put((function(), None))
            except BaseException as error:
                inbox.put((None, error))

        with self._waiting():
            self._jobs.put(job)
            value, error = _taken(inbox)
        if error is not None:
            raise error
        return value  # type: ignore[no-any-return]

    def stream(self, items: Iterator[T], release: Callable[[bool], None], give_up: Callable[[], object]) -> Iterator[T]:
        """The items, produced on the thread a few ahead. When the reader stops early, `give_up` is called here to free
        a thread that is blocked; `release(stopped early)` runs on the thread at the end, however it ended."""
        channel = _Channel()
        self._jobs.put(lambda: channel.fill(items, release))
        ended = False
        try:
            while True:
                with self._waiting():
                    item, error = _taken(channel.inbox)
                if item is _END:
                    ended = True
                    if error is not None:
                        raise error
                    return
                channel.room.release()
                yield item
        finally:
            if not ended:
                channel.stopped.set()
                channel.room.release()
                give_up()
                with self._waiting():
                    while _taken(channel.inbox)[0] is not _END:
                        pass


def _taken(inbox: SimpleQueue[Any]) -> Any:
    """The next item, with a moment for signals now and then."""
    while True:
        try:
            return inbox.get(timeout=_LOOK)
        except Empty:
            pass


class _Channel:
    """Items on their way: put in on one thread, at most AHEAD of them, taken out on another."""

    def __init__(self) -> None:
        self.inbox: SimpleQueue[Any] = SimpleQueue()
        self.room = Semaphore(AHEAD)
        self.stopped = Event()

    def fill(self, items: Iterator[Any], release: Callable[[bool], None]) -> None:
        """Put the items in until they end, or are not wanted any more; then _END with what went wrong."""
        error: BaseException | None = None
        try:
            for item in items:
                self.room.acquire()
                if self.stopped.is_set():
                    break
                self.inbox.put((item, None))
        except BaseException as caught:
            error = caught
        try:
            release(self.stopped.is_set() or error is not None)
        except BaseException as caught:
            error = error or caught
        self.inbox.put((_END, error))
