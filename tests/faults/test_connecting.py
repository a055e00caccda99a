"""No connection: exit 3, at once, in one line, without the password."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator

import pytest
from proxy import Proxy
from run_dbx import Done, finish, run, start
from servers import Server


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Server:
    running: Server = request.getfixturevalue(request.param)
    return running


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port that is open; nobody answers there."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        yield deaf


def elsewhere(server: Server, port: int, options: str = "") -> str:
    """The server's URL with another port."""
    return server.url(password="CANARY-9f3b", database="x").replace(f":{server.port}", f":{port}") + options


def failed(done: Done, *words: str) -> None:
    """Exit 3, every word in the error, the password nowhere."""
    assert (done.code, done.out) == (3, b""), done.err
    assert all(word in done.err for word in words), done.err
    assert "CANARY-9f3b" not in done.err
    assert "Traceback" not in done.err


def test_refused(server: Server) -> None:
    with socket.socket() as taken:  # bound and not listening: refuses
        taken.bind(("127.0.0.1", 0))
        failed(run(elsewhere(server, taken.getsockname()[1]), "select 1 as x"), "refused")


def test_deaf(server: Server, listener: socket.socket) -> None:
    done = run(elsewhere(server, listener.getsockname()[1], "?connect_timeout=1"), "select 1 as x")
    failed(done, "connect_timeout=SECONDS")


def test_interrupted_while_connecting(server: Server, listener: socket.socket) -> None:
    """The default patience is longer than this test."""
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        process = start(elsewhere(server, listener.getsockname()[1]), "select 1 as x")
        listener.settimeout(60)
        with listener.accept()[0]:  # it has begun to connect
            time.sleep(0.3)  # and now waits for an answer
            process.send_signal(number)
            done = finish(process)
        assert (done.code, done.out, done.err) == (code, b"", "")


def test_wrong_password(server: Server) -> None:
    failed(run(server.url(password="CANARY-9f3b"), "select 1 as x"), "password")
    done = run(server.url(password="CANARY-9f3b"), "select 1 as x", "--errors", "json")
    failed(done, '"exit": 3')


def test_no_password(server: Server) -> None:
    url = server.url().replace(f":{server.password}@", "@")
    failed(run(url, "select 1 as x"), "--password-file")


def test_unknown_database_and_user(server: Server) -> None:
    failed(run(server.url(database="nowhere"), "select 1 as x"), "nowhere")
    failed(run(server.url(user="nobody_here", password="CANARY-9f3b"), "select 1 as x"), "nobody_here")


def test_the_server_goes_away_while_greeting(server: Server) -> None:
    with Proxy(server.port) as proxy:
        for verb in ("reset", "fin"):
            proxy.arm(verb, after=5)
            failed(run(proxy.through(server.url()), "select 1 as x"))


def test_a_traceback_has_no_password(server: Server) -> None:
    done = run(server.url(password="CANARY-9f3b"), "select 1 as x", "--debug")
    assert done.code == 3
    assert "Traceback" in done.err
    assert "CANARY-9f3b" not in done.err


@pytest.mark.parametrize(
    "url", ["postgresql://u:CANARY-9f3b@h@127.0.0.1/x", "mysql://u:CANARY-9f3b@127.0.0.1:CANARY-9f3b/x"]
)
def test_a_mistyped_url_does_not_show_its_password(url: str) -> None:
    done = run(url, "select 1 as x")
    assert done.code == 2
    assert "CANARY-9f3b" not in done.err


def test_an_unreachable_host() -> None:
    failed(run("postgresql://u:CANARY-9f3b@no.such.host.invalid/x", "select 1 as x"))
    failed(run("mysql://u:CANARY-9f3b@no.such.host.invalid/x", "select 1 as x"))
