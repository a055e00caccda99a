"""A proxy that breaks connections on purpose. One thread: only then is a reset sent the moment it is asked for.

    with Proxy(server.port) as proxy:
        connection = connect(proxy.through(server.url()))
        proxy.arm("reset", after=100_000)

| verb     | what the client sees                                                          |
|----------|-------------------------------------------------------------------------------|
| `refuse` | new connections are refused                                                   |
| `deaf`   | new connections are accepted and never answered                               |
| `delay`  | the server's data arrives `seconds` late, or `size` bytes every `seconds`     |
| `freeze` | nothing moves any more, in either direction, on no connection                 |
| `reset`  | RST                                                                           |
| `fin`    | an orderly end                                                                |
| `half`   | half of what the server sends next, then an orderly end                       |

A fault strikes at once; or `after` so many bytes from the server, counted for each connection since `arm`; or
`after="handshake"`, when the server has let the client in (PyMySQL's `connect` goes on talking then); or when `pattern`
passes from client to server, which gets it unless `deliver=False`. It strikes once. The first four then hold for every
connection until `disarm`, the others end one connection (all, when at once) and let the next pass.
"""

from __future__ import annotations

import contextlib
import queue
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Self

from proxy_link import Flow, Link

Verb = Literal["refuse", "deaf", "delay", "freeze", "reset", "fin", "half"]

CHUNK = 65536
FULL = 4 * CHUNK  # more than this is left in the sender's own buffers, so that a slow reader slows the server
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


@dataclass
class Fault:
    verb: Verb
    after: int | Literal["handshake"] | None = None
    pattern: bytes | None = None
    deliver: bool = True
    seconds: float = 0.2
    size: int = 0


class Proxy:
    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.target = (host, port)
        self.fired = threading.Event()
        self.accepted = 0
        self._armed: Fault | None = None
        self._holding: Fault | None = None
        self._links: list[Link] = []
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._selector = selectors.DefaultSelector()
        self._waker, self._woken = socket.socketpair()
        self._selector.register(self._woken, READ)
        self._listener: socket.socket | None = None
        self.port = 0
        self._listen()
        self._running = True
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- from the test's thread ----------------------------------------------------------------------------------

    def through(self, url: str) -> str:
        """The same URL by way of this proxy."""
        return url.replace(f":{self.target[1]}", f":{self.port}")

    def arm(self, verb: Verb, **how: Any) -> None:
        """`how` are the fields of Fault. Returns when it is armed, or has struck if it was to strike at once."""
        fault = Fault(verb, **how)

        def do() -> None:
            self.fired.clear()
            self._armed = fault
            for link in self._links:
                link.down.count, link.up.tail = 0, b""
            if fault.after is None and fault.pattern is None:
                self._strike(list(self._links))

        self._call(do)

    def disarm(self) -> None:
        """Pass everything again, and what was held back first."""

        def do() -> None:
            self._armed = self._holding = None
            if self._listener is None:
                self._listen()

        self._call(do)

    def wait(self, seconds: float = 60) -> None:
        """Until the fault has struck."""
        assert self.fired.wait(seconds), "the fault was never reached"

    def stop(self) -> None:
        if self._thread.is_alive():
            self._call(lambda: setattr(self, "_running", False))
            self._thread.join(60)
            self._waker.close()
            self._woken.close()

    def _call(self, do: Callable[[], None]) -> None:
        """Run it in the proxy's thread, which owns all state, and wait for it."""
        done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

        def run() -> None:
            try:
                do()
            except BaseException as error:
                done.put(error)
            else:
                done.put(None)

        self._calls.put(run)
        self._waker.send(b".")
        if error := done.get(timeout=60):
            raise error

    # --- in the proxy's thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        while self._running:
            for key, events in self._selector.select(self._next_late()):
                if key.fileobj is self._woken:
                    self._woken.recv(100)
                elif key.fileobj is self._listener:
                    self._accept()
                elif key.data in self._links:  # an event before may have ended it
                    self._guarded(self._serve, key.data, key.fileobj, events)
            while not self._calls.empty():
                self._calls.get()()
            for link in list(self._links):
                self._guarded(self._settle, link)
        for link in list(self._links):
            self._drop(link)
        if self._listener is not None:
            self._listener.close()
        self._selector.close()

    def _guarded(self, do: Callable[..., None], link: Link, *arguments: object) -> None:
        """A connection that breaks by itself breaks on both sides."""
        try:
            do(link, *arguments)
        except OSError:
            self._reset(link)

    def _listen(self) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self._listener.listen()
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._selector.register(self._listener, READ)

    def _accept(self) -> None:
        assert self._listener is not None
        client, _ = self._listener.accept()
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.accepted += 1
        link = Link(client, None)
        self._links.append(link)
        if self._holding is None or self._holding.verb != "deaf":
            self._guarded(self._reach_server, link)

    def _reach_server(self, link: Link) -> None:
        link.server = link.up.sink = socket.create_connection(self.target, timeout=60)
        link.server.setblocking(False)
        link.server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def _frozen(self) -> bool:
        return self._holding is not None and self._holding.verb == "freeze"

    def _settle(self, link: Link) -> None:
        """Move what is due, end what has ended, and say what to wait for."""
        now = time.monotonic()
        for flow in (link.up, link.down):
            while flow.late and (flow.late[0][0] <= now or self._holding is None):
                flow.pending += flow.late.popleft()[1]
            if flow.ended and not flow.pending and not flow.late and flow.sink is not None and not self._frozen:
                flow.sink.shutdown(socket.SHUT_WR)
                flow.sink = None
        waiting = link.up.pending or link.down.pending or link.down.late
        if link.up.ended and (link.down.ended or link.server is None) and not waiting:
            self._drop(link)
            return
        for side, feeds, fed in link.sides():
            reads = READ if not feeds.ended and len(feeds.pending) < FULL and not feeds.late else 0
            writes = WRITE if fed.pending and fed.sink is not None else 0
            self._watch(side, 0 if self._frozen else reads | writes, link)

    def _serve(self, link: Link, side: object, events: int) -> None:
        for one, feeds, fed in link.sides():
            if one is not side or self._frozen:  # frozen perhaps by another event of the same round
                continue
            if events & WRITE:
                fed.send()
            if events & READ:
                data = one.recv(CHUNK)
                if not data:
                    feeds.ended = True
                elif feeds is link.down:
                    self._from_server(link, data)
                else:
                    self._from_client(link, data)
            return

    def _from_server(self, link: Link, data: bytes) -> None:
        flow, fault = link.down, self._armed
        if link.halving:
            flow.pending += data[: len(data) // 2]
            self._finish(link)
            return
        if fault is not None and isinstance(fault.after, int) and flow.count + len(data) >= fault.after:
            first = fault.after - flow.count
            self._pass_down(flow, data[:first])
            self._strike([link])
            data = data[first:]
            if data and link.server is not None:
                self._from_server(link, data)
            return
        self._pass_down(flow, data)
        if fault is not None and fault.after == "handshake" and _ready(data):
            self._strike([link])

    def _pass_down(self, flow: Flow, data: bytes) -> None:
        flow.count += len(data)
        holding = self._holding
        if holding is None or holding.verb != "delay":
            flow.pending += data
        elif not holding.size:
            flow.late.append((time.monotonic() + holding.seconds, data))
        else:
            for start in range(0, len(data), holding.size):
                last = flow.late[-1][0] if flow.late else time.monotonic()
                flow.late.append((last + holding.seconds, data[start : start + holding.size]))

    def _from_client(self, link: Link, data: bytes) -> None:
        flow, fault = link.up, self._armed
        if flow.sink is None:
            return
        pattern = fault.pattern if fault is not None else None
        struck = pattern is not None and pattern in flow.tail + data
        flow.tail = (flow.tail + data)[-1000:]  # a pattern may come in pieces
        if struck and fault is not None and not fault.deliver:
            self._strike([link])
            if link.server is not None:
                flow.pending += data  # for after a freeze
            return
        flow.pending += data
        if struck:
            self._strike([link])

    def _strike(self, links: list[Link]) -> None:
        fault, self._armed = self._armed, None
        assert fault is not None
        for link in links:
            with contextlib.suppress(OSError):
                link.up.send_all()
                link.down.send_all()
        if fault.verb in ("refuse", "deaf", "delay", "freeze"):
            self._holding = fault
        if fault.verb == "refuse" and self._listener is not None:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None
        for link in links:
            if fault.verb == "reset":
                self._reset(link)
            elif fault.verb == "fin":
                self._finish(link)
            elif fault.verb == "half":
                link.halving = True
        self.fired.set()

    # --- endings -------------------------------------------------------------------------------------------------

    def _reset(self, link: Link) -> None:
        with contextlib.suppress(OSError):
            link.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._drop(link)

    def _finish(self, link: Link) -> None:
        """Closing with unread data would send a reset: so the client may talk on until it closes, to nobody."""
        if link.server is not None:
            self._watch(link.server, 0, link)
            link.server.close()
        link.server = link.up.sink = None
        link.up.pending.clear()
        link.down.ended = True

    def _drop(self, link: Link) -> None:
        for side, _, _ in link.sides():
            self._watch(side, 0, link)
            side.close()
        if link in self._links:
            self._links.remove(link)

    def _watch(self, side: socket.socket, events: int, link: Link) -> None:
        known = side.fileno() >= 0 and side in self._selector.get_map()
        if known and not events:
            self._selector.unregister(side)
        elif known:
            self._selector.modify(side, events, link)
        elif events:
            self._selector.register(side, events, link)

    def _next_late(self) -> float | None:
        due = [flow.late[0][0] for link in self._links for flow in (link.up, link.down) if flow.late]
        return max(0.0, min(due) - time.monotonic()) if due else None


def _ready(data: bytes) -> bool:
    """PostgreSQL's ReadyForQuery, or the OK packet that ends a MySQL login."""
    return b"Z\x00\x00\x00\x05" in data or (len(data) > 6 and data[3] >= 2 and data[4] == 0)
