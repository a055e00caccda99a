"""Importing while the user types. A thread that imports takes the interpreter from the one that answers a key, half of
the time; so between two modules it looks whether a key is being answered, and waits until it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, get_ident
from types import ModuleType
from typing import Any

from prompt_toolkit.application import Application

_MOST = 0.01
"""Seconds for which a module waits at most: it holds the import lock, which the answer to the key may need."""


def answered(app: Application[Any]) -> Event:
    """Set as long as no key is being answered."""
    found = Event()
    found.set()
    app.key_processor.before_key_press += lambda _: found.clear()
    app.after_render += lambda _: found.set()
    return found


class _Waits:
    """A finder that finds nothing."""

    def __init__(self, answered: Event) -> None:
        self._answered = answered
        self._thread = get_ident()

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:
        if get_ident() == self._thread:
            self._answered.wait(_MOST)


@contextmanager
def imported_between_keys(answered: Event) -> Iterator[None]:
    """A block whose imports, on this thread, wait while `answered` is not set."""
    finder = _Waits(answered)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
