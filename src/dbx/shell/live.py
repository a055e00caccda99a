"""The thread that finds out what a text would become while it is typed; no key ever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from threading import Condition, Thread
from time import monotonic
from typing import Protocol

from dbx.shell.preview import Preview

PAUSE = 0.12
"""Seconds without a key after which a text is looked at."""
AGAIN = 0.25
"""Seconds after which a text whose tables were not known is looked at again, if there is news of them."""


class Source(Protocol):
    """Where previews come from (dbx.shell.preview.Previewer)."""

    @property
    def stamp(self) -> int: ...

    def __call__(self, text: str, columns: int) -> Preview: ...


class Live:
    """`shown` is the last preview there was, perhaps of an older text; None where there is nothing to show."""

    def __init__(self, redraw: Callable[[], None]) -> None:
        self.shown: Preview | None = None
        self._redraw = redraw
        self._source: Source | None = None
        self._wanted: tuple[str, int] | None = None
        self._due = 0.0
        self._changed = Condition()
        self._thread: Thread | None = None

    def begin(self, source: Source) -> None:
        """A prompt begins: what is typed at it is asked of this source."""
        with self._changed:
            self._source, self._wanted, self.shown = source, None, None

    def end(self) -> None:
        """The text is run, or thrown away; a preview that is still being made is dropped."""
        with self._changed:
            self._source, self._wanted, self.shown = None, None, None

    def ask(self, text: str, columns: int) -> None:
        """Of a text as it is now; an answer to an older one that is still to come is dropped."""
        with self._changed:
            if self._source is None:
                return
            waits = self._wanted is None  # else it looks at the time by itself, and no key has to wake it
            self._wanted, self._due = (text, columns), monotonic() + PAUSE
            if not text.strip():
                self._wanted = self.shown = None
            elif self._thread is None:
                self._thread = Thread(target=self._work, name="live SQL", daemon=True)
                self._thread.start()
            if waits:
                self._changed.notify()

    def _work(self) -> None:
        while True:
            source, asked = self._next()
            stamp = source.stamp
            preview = source(*asked)
            with self._changed:
                if self._source is not source or self._wanted is not asked:
                    continue
                self._wanted = None
                self.shown = _with_old(preview, self.shown)
            self._redraw()
            if preview.waits:
                self._wait_for_news(source, stamp, asked)

    def _next(self) -> tuple[Source, tuple[str, int]]:
        """What is to be looked at, once nothing has been typed for a moment."""
        with self._changed:
            while True:
                if self._source is None or self._wanted is None:
                    self._changed.wait()
                elif (rest := self._due - monotonic()) > 0:
                    self._changed.wait(rest)
                else:
                    return self._source, self._wanted

    def _wait_for_news(self, source: Source, stamp: int, asked: tuple[str, int]) -> None:
        """Until more is known, or something else is typed."""
        with self._changed:
            while self._source is source and self._wanted is None:
                if source.stamp != stamp:
                    self._wanted = asked
                    return
                self._changed.wait(AGAIN)


def _with_old(preview: Preview, before: Preview | None) -> Preview:
    """A preview without SQL keeps that of the text it was made from by typing a little."""
    if preview.sql or preview.waits or before is None or not before.sql:
        return preview
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(preview.text, before.text, strict=False)))
    alike = 2 * same >= min(len(preview.text), len(before.text))
    return preview._replace(sql=before.sql, old=True) if alike else preview
