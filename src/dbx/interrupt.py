"""Signals: one handler for interrupt, terminate and hang-up, which raises Interrupted in the main thread.

While the main thread waits for a worker, the signal goes to whoever waits instead, who can cancel what runs: an
exception raised inside a driver, or inside SQLAlchemy, would cost the connection its state.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

from dbx.errors import Interrupted

Receiver = Callable[[int], None]
_receiver: Receiver | None = None


def install() -> None:
    """Take over the signals, but leave alone those the parent had ignored (nohup, background jobs)."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _receive)


def _receive(signum: int, frame: FrameType | None) -> None:
    if _receiver is None:
        raise Interrupted(signum)
    _receiver(signum)


@contextmanager
def forwarded(receiver: Receiver) -> Iterator[None]:
    """Signals go to `receiver` as long as the block lasts. They come to the main thread: what another one waits for is
    the main thread's business."""
    global _receiver
    if current_thread() is not main_thread():
        yield
        return
    before, _receiver = _receiver, receiver
    try:
        yield
    finally:
        _receiver = before
