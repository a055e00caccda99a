"""A target, step by step: its file or its network, the server, who one is there, how far away it is, what one may."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from dbx import credentials
from dbx.connection import Connection
from dbx.database import Database
from dbx.doctor.finding import FAILED, NOTE, OK, WARNING, Finding
from dbx.errors import ConnectFailed, DbxError, StatementFailed
from dbx.rows import Statement
from dbx.target import Url

TRIPS = 20
PATIENCE = 3.0
"""Seconds for a host to take a connection, beside what the driver itself waits."""

_HERE = ("127.0.0.1", "localhost", "::1")
_PORTS = {"postgresql": 5432, "postgres": 5432, "mysql": 3306, "mariadb": 3306}


def findings(database: Database) -> Iterator[Finding]:
    """Every step up to the first that fails. Raises that step's ConnectFailed behind its finding."""
    target = database.target
    yield Finding("target", OK, f"{target.label}: {target.url.label}" if target.label else target.url.label)
    # a password of the profile has become part of the URL by now
    own = credentials.source(target.profile)
    told = own or ("in the URL" if target.url.tells else "from elsewhere, if it takes one")
    if target.url.host or target.url.user:
        yield Finding("password", OK, told)
    yield from _way(target.url)
    started = perf_counter()
    try:
        connection = database.connection
    except ConnectFailed as error:
        yield Finding("connect", FAILED, f"{error.code} {error.message}", _todo(error, target.url))
        raise
    yield Finding("connect", OK, f"{_ms(perf_counter() - started)} · {connection.server}")
    yield _protection(connection)
    yield from _latency(database)
    for name, text in database.dialect.sessions.about:
        yield _asked(connection, name, text)


def _way(url: Url) -> Iterator[Finding]:
    """What stands between here and the server, where that can be seen from here."""
    if url.backend == "sqlite":
        yield from _file(url)
    elif url.host and not url.host.startswith("/") and url.backend in _PORTS and "host" not in url.query:
        port = url.port or _PORTS[url.backend]
        try:
            found = {str(entry[4][0]) for entry in socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)}
        except OSError as error:
            yield Finding(
                "name", FAILED, f"{url.host}: {error.strerror}", "is it written right, and is there a network?"
            )
            return
        if found != {url.host}:
            yield Finding("name", OK, f"{url.host} is {', '.join(sorted(found))}")
        yield _port(url.host, port)


def _port(host: str, port: int) -> Finding:
    started = perf_counter()
    try:
        with socket.create_connection((host, port), PATIENCE):
            return Finding("network", OK, f"{host}:{port} takes connections, after {_ms(perf_counter() - started)}")
    except ConnectionRefusedError:
        return Finding(
            "network", FAILED, f"{host}:{port} refuses", "no server listens there: is it started, on that port?"
        )
    except TimeoutError:
        return Finding("network", FAILED, f"{host}:{port} does not answer", "a firewall, a VPN, or the wrong address")
    except OSError as error:
        return Finding(
            "network", FAILED, f"{host}:{port}: {error.strerror}", "is there a way from here to that network?"
        )


def _file(url: Url) -> Iterator[Finding]:
    path = Path(url.database or ":memory:")
    if not path.is_file():
        return
    rights = [name for name, mode in (("read", os.R_OK), ("written", os.W_OK)) if os.access(path, mode)]
    todo = "" if len(rights) == 2 else "chmod, or another user"
    yield Finding("file", OK if not todo else NOTE, f"{path}: {path.stat().st_size:,} bytes, can be "
                  f"{' and '.join(rights) or 'neither read nor written'}", todo)  # fmt: skip
    beside = [path.name + end for end in ("-wal", "-journal") if path.with_name(path.name + end).exists()]
    if beside:
        yield Finding("journal", NOTE, f"{', '.join(beside)} is there: somebody writes, or stopped in the middle")


def _protection(connection: Connection) -> Finding:
    url, sessions = connection.target.url, connection.dialect.sessions
    if not connection.secured:
        if url.host and not url.host.startswith("/") and url.host not in _HERE:
            return Finding("TLS", NOTE, "this driver does not tell")
        return Finding("TLS", OK, "not needed: nothing leaves this machine")
    todo = f"?{sessions.verify} in the URL" if sessions.verify else ""
    if connection.secured == "no TLS":
        if (url.host or "localhost") in _HERE:
            return Finding("TLS", OK, "no TLS, on this machine")
        return Finding("TLS", WARNING, "no TLS: whoever is between can read everything", todo)
    if sessions.verified(url.query):
        return Finding("TLS", OK, f"{connection.secured}, and the server's certificate was checked")
    return Finding("TLS", NOTE, f"{connection.secured}, and nobody has checked the server's certificate", todo)


def _latency(database: Database) -> Iterator[Finding]:
    def trips(raw: Any) -> list[float]:
        found = []
        for _ in range(TRIPS):
            started = perf_counter()
            result = database.dialect.execute(raw, Statement("SELECT 1"))
            for _ in result.batches():
                pass
            result.stop()
            found.append(perf_counter() - started)
        return found

    with suppress(DbxError):  # a server that knows no SELECT without FROM
        times = database.connection.call(trips)
        told = f"{_ms(median(times))}, between {_ms(min(times))} and {_ms(max(times))}"
        yield Finding("round trip", OK, f"{told} ({TRIPS} times SELECT 1)")


def _asked(connection: Connection, name: str, text: str) -> Finding:
    """What the server answers, as a line."""
    try:
        rows = connection.run(Statement(text)).rows
        lines = [" ".join(map(str, row)) for batch in rows for row in batch] if rows is not None else []
    except StatementFailed as error:
        return Finding(name, NOTE, error.message, error.hint)
    told = "; ".join(connection.dialect.sessions.told(line) for line in lines)
    return Finding(name, OK, told or "none")


def _todo(error: ConnectFailed, url: Url) -> str:
    """What to try."""
    if error.password:
        return f"another user than '{url.user or ''}', or its password: --password-file FILE, or at a terminal's prompt"
    return error.hint or "see the lines above"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
