"""One proxied connection: two sockets, and in each direction what was read and not yet sent."""

from __future__ import annotations

import contextlib
import fcntl
import socket
import sys
import termios
import time
from collections import deque


class Flow:
    """One direction of one connection: what was read and waits for the sink, or for its time."""

    def __init__(self, sink: socket.socket | None) -> None:
        self.sink = sink  # None: what arrives is thrown away
        self.pending = bytearray()
        self.late: deque[tuple[float, bytes]] = deque()
        self.tail = b""
        self.count = 0
        self.ended = False

    def send(self) -> None:
        if self.sink is not None and self.pending:
            with contextlib.suppress(BlockingIOError):
                del self.pending[: self.sink.send(self.pending)]

    def send_all(self) -> None:
        """What came before a fault arrives before it: a reset throws away what the other side has not yet taken."""
        if self.sink is None:
            return
        self.sink.settimeout(60)
        self.sink.sendall(self.pending)
        self.sink.setblocking(False)
        self.pending.clear()
        give_up = time.monotonic() + 60
        while _unsent(self.sink) and time.monotonic() < give_up:
            time.sleep(0.001)


class Link:
    """One client, and its connection to the server unless it is deaf or cut."""

    def __init__(self, client: socket.socket, server: socket.socket | None) -> None:
        self.client = client
        self.server = server
        self.up = Flow(server)
        self.down = Flow(client)
        self.halving = False

    def sides(self) -> list[tuple[socket.socket, Flow, Flow]]:
        """Each socket with the flow it feeds and the flow that feeds it."""
        sides = [(self.client, self.up, self.down)]
        return sides if self.server is None else [*sides, (self.server, self.down, self.up)]


def _unsent(sink: socket.socket) -> int:
    """Bytes still in our own send buffer."""
    answer = bytearray(4)
    with contextlib.suppress(OSError):
        fcntl.ioctl(sink, termios.TIOCOUTQ, answer)
    return int.from_bytes(answer, sys.byteorder)
