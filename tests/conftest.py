"""Fixtures for real databases. A missing server skips its tests, loudly; with CI=true it fails them."""

from __future__ import annotations

import os
import signal
import sqlite3
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from run_dbx import existing
from servers import KINDS, MariaDB, MissingError, PostgreSQL, Server

from dbx import redact

# A background job or nohup hands down ignored signals, which the programs under test would go on ignoring.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

_states = pytest.StashKey[dict[str, str]]()


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """What a test took for a password is none in the next one's texts."""
    yield
    redact.forget()


@pytest.fixture(scope="session")
def postgresql(request: pytest.FixtureRequest) -> Iterator[PostgreSQL]:
    """One server for all tests, as superuser; those who break it start their own."""
    yield from _running(request.config, PostgreSQL())


@pytest.fixture(scope="session")
def mariadb(request: pytest.FixtureRequest) -> Iterator[MariaDB]:
    """One server for all tests, as root; those who break it start their own."""
    yield from _running(request.config, MariaDB())


@pytest.fixture
def pg_url(postgresql: PostgreSQL) -> Iterator[str]:
    """An empty database, dropped after the test."""
    yield from _fresh_database(postgresql)


@pytest.fixture
def maria_url(mariadb: MariaDB) -> Iterator[str]:
    """An empty database, dropped after the test."""
    yield from _fresh_database(mariadb)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A file that does not exist yet."""
    request.config.stash[_states]["SQLite"] = f"{sqlite3.sqlite_version} ran"
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(params=KINDS)
def any_url(request: pytest.FixtureRequest) -> str:
    """The same test on every server."""
    name = {"sqlite": "sqlite_url", "postgresql": "pg_url", "mariadb": "maria_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


def _running(config: pytest.Config, server: Server) -> Iterator[Any]:
    states = config.stash[_states]
    try:
        server.start()
    except MissingError as missing:
        states[server.name] = "MISSING"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing}; with CI=true every server must be there", pytrace=False)
        pytest.skip(f"{missing}; `make test` as root installs it")
    states[server.name] = f"{server.version} ran"
    yield server
    server.stop()


def _fresh_database(server: Server) -> Iterator[str]:
    name = server.create_database()
    yield server.url(database=name)
    server.drop_database(name)


# --- which servers ran, said last ------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_states] = {}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """Outermost, because pytest writes its own last line in this hook."""
    states = session.config.stash[_states]
    if hasattr(session.config, "workeroutput"):  # a process of pytest-xdist: its controller has the screen
        session.config.workeroutput["servers"] = dict(states)  # sent behind the yield
    yield
    if hasattr(session.config, "workeroutput"):
        return
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or session.config.option.collectonly:
        return
    names = [name for name in ("PostgreSQL", "MariaDB", "MySQL", "SQLite") if name != "MySQL" or name in states]
    reporter.line("servers: " + " · ".join(f"{name} {states.get(name, 'not used')}" for name in names))
    for name in names:
        if states.get(name) == "MISSING":
            reporter.line(f"WARNING: {name} is MISSING: its tests were skipped, nothing is known about it", red=True)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """pytest-xdist, where it is installed: collect what its processes ran."""
    node.config.stash[_states].update(getattr(node, "workeroutput", {}).get("servers", {}))


@pytest.fixture
def databases(postgresql: PostgreSQL, mariadb: MariaDB, tmp_path: Path) -> Iterator[Any]:
    """Makes empty databases of a kind, and drops them."""
    made: list[tuple[Any, str]] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            return existing(f"sqlite:///{tmp_path / f'{len(list(tmp_path.iterdir()))}.db'}")
        server: Any = {"postgresql": postgresql, "mariadb": mariadb}[kind]
        name = server.create_database()
        made.append((server, name))
        url: str = server.url(database=name)
        return url

    yield make
    for server, name in made:
        server.drop_database(name)


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files go where the test's files go: profiles have passwords in them here."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
