"""A line on standard error that says how far a long run has come, rewritten in place while nothing else is shown."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

EVERY = 0.5
"""Seconds between two looks."""


class Progress:
    """Writes `text()` from a thread of its own, so that it moves while one long statement runs."""

    def __init__(self, text: Callable[[], str], write: Callable[[str], object]) -> None:
        self._text = text
        self._write = write
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="dbx progress", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        shown = False
        while not self._stopped.wait(EVERY):
            self._write(f"\r\x1b[K{self._text()}")
            shown = True
        if shown:
            self._write("\r\x1b[K")

    def stop(self) -> None:
        """Take the line away; afterwards nothing more is written."""
        self._stopped.set()
        self._thread.join()
