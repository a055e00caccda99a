"""The fault proxy against a server that answers every byte with the same byte."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from proxy import Proxy
from run_dbx import until


class Echo:
    """Answers what it is sent, and remembers it."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(65536):
                self.heard += data
                connection.sendall(data)


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.listener.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[Proxy]:
    with Proxy(echo.port) as running:
        yield running


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    with connect(proxy) as connection:
        assert ask(connection, b"hello") == b"hello"
        yield connection


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=60)


def ask(connection: socket.socket, text: bytes) -> bytes:
    connection.sendall(text)
    return read(connection, len(text))


def read(connection: socket.socket, size: int) -> bytes:
    """So many bytes, or fewer when the connection ends before."""
    data = b""
    while len(data) < size and (more := connection.recv(size - len(data))):
        data += more
    return data


def is_silent(connection: socket.socket, seconds: float = 0.3) -> bool:
    connection.settimeout(seconds)
    try:
        connection.recv(1)
    except TimeoutError:
        return True
    finally:
        connection.settimeout(60)
    return False


def test_it_passes_everything_until_armed(proxy: Proxy, client: socket.socket) -> None:
    text = bytes(range(256)) * 40_000
    sender = threading.Thread(target=client.sendall, args=(text,))
    sender.start()
    assert read(client, len(text)) == text
    sender.join()
    assert proxy.accepted == 1


def test_an_end_is_passed_on(echo: Echo, proxy: Proxy, client: socket.socket) -> None:
    client.sendall(b"last")
    client.shutdown(socket.SHUT_WR)
    assert read(client, 100) == b"last"


def test_through_changes_the_port_only(echo: Echo, proxy: Proxy) -> None:
    assert proxy.through(f"mysql://u:p@127.0.0.1:{echo.port}/d") == f"mysql://u:p@127.0.0.1:{proxy.port}/d"


def test_refuse_until_disarmed(proxy: Proxy, client: socket.socket) -> None:
    proxy.arm("refuse")
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    assert ask(client, b"still here") == b"still here"
    proxy.disarm()
    with connect(proxy) as again:
        assert ask(again, b"back") == b"back"


def test_deaf_accepts_and_never_answers(echo: Echo, proxy: Proxy, client: socket.socket) -> None:
    proxy.arm("deaf")
    with connect(proxy) as other:
        other.sendall(b"anybody?")
        assert is_silent(other)
    assert b"anybody?" not in echo.heard
    assert ask(client, b"old ones work") == b"old ones work"


def test_delay(proxy: Proxy, client: socket.socket) -> None:
    proxy.arm("delay", seconds=0.3)
    started = time.monotonic()
    assert ask(client, b"slow") == b"slow"
    assert time.monotonic() - started >= 0.3
    proxy.arm("delay", seconds=3600)
    proxy.disarm()
    assert ask(client, b"fast") == b"fast"


def test_delay_by_the_byte(proxy: Proxy, client: socket.socket) -> None:
    proxy.arm("delay", seconds=0.1, size=1)
    started = time.monotonic()
    assert ask(client, b"12345") == b"12345"
    assert time.monotonic() - started >= 0.5


def test_freeze_and_thaw_lose_nothing(echo: Echo, proxy: Proxy, client: socket.socket) -> None:
    proxy.arm("freeze")
    client.sendall(b"are you there?")
    assert is_silent(client)
    with connect(proxy) as other:
        other.sendall(b"nor on a new one")
        assert is_silent(other)
        assert b"there" not in echo.heard
        proxy.disarm()
        assert read(other, 16) == b"nor on a new one"
    assert read(client, 14) == b"are you there?"


def test_reset(proxy: Proxy, client: socket.socket) -> None:
    proxy.arm("reset")
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with connect(proxy) as again:
        assert ask(again, b"struck once") == b"struck once"


def test_fin_even_while_the_client_talks(proxy: Proxy, client: socket.socket) -> None:
    proxy.arm("fin")
    client.sendall(b"x" * 1000)
    assert client.recv(1) == b""
    client.sendall(b"y" * 1000)
    assert client.recv(1) == b""


@pytest.mark.parametrize("verb", ["reset", "fin", "freeze"])
def test_after_so_many_bytes_exactly(proxy: Proxy, client: socket.socket, verb: str) -> None:
    proxy.arm(verb, after=100_000)
    sender = threading.Thread(target=swallow, args=(client.sendall, b"z" * 300_000))
    sender.start()
    assert read(client, 100_000) == b"z" * 100_000
    proxy.wait()
    if verb == "reset":
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    elif verb == "fin":
        assert client.recv(1) == b""
    else:
        assert is_silent(client)
        proxy.disarm()
        assert read(client, 200_000) == b"z" * 200_000
    sender.join()


def swallow(do: object, *arguments: object) -> None:
    with contextlib.suppress(OSError):
        do(*arguments)  # type: ignore[operator]


def test_half_a_reply(proxy: Proxy, client: socket.socket) -> None:
    proxy.arm("half")
    assert ask(client, b"12345678") == b"1234"
    assert client.recv(1) == b""


@pytest.mark.parametrize("deliver", [True, False])
def test_on_a_pattern_even_in_two_pieces(echo: Echo, proxy: Proxy, client: socket.socket, deliver: bool) -> None:
    proxy.arm("fin", pattern=b"COMMIT", deliver=deliver)
    assert ask(client, b"insert; COM") == b"insert; COM"
    assert not proxy.fired.is_set()
    client.sendall(b"MIT")
    proxy.wait()
    assert client.recv(1) == b""
    if deliver:
        until(lambda: echo.heard.endswith(b"COMMIT"), "the pattern has been delivered")
    assert echo.heard.endswith(b"MIT") is deliver


def test_a_freeze_before_the_pattern_is_delivered(echo: Echo, proxy: Proxy, client: socket.socket) -> None:
    proxy.arm("freeze", pattern=b"COMMIT", deliver=False)
    client.sendall(b"COMMIT")
    assert is_silent(client)
    assert b"COMMIT" not in echo.heard
    proxy.disarm()
    assert read(client, 6) == b"COMMIT"


@pytest.mark.parametrize("ready", [b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I", b"\x07\0\0\x02\0\0\0\x02\0\0\0"])
def test_after_the_handshake_of_either_protocol(proxy: Proxy, client: socket.socket, ready: bytes) -> None:
    proxy.arm("reset", after="handshake")
    assert ask(client, b"J\0\0\0\x0a5.5.5-10") == b"J\0\0\0\x0a5.5.5-10"
    assert ask(client, ready) == ready
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_a_server_that_is_not_there(echo: Echo) -> None:
    echo.listener.close()
    with Proxy(1) as nowhere, pytest.raises(ConnectionResetError), connect(nowhere) as client:
        client.recv(1)


def test_stop_ends_thread_and_port(echo: Echo) -> None:
    running = Proxy(echo.port)
    with connect(running) as client:
        running.stop()
        running.stop()
        assert client.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        connect(running)
