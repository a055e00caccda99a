"""Scratch databases: an empty database of its own on a server that the user has named, dropped afterwards; for SQLite
one in memory. Nothing that was there before is touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from dbx.database import Database
from dbx.errors import UsageError
from dbx.rows import Statement
from dbx.target import Target

PREFIX = "dbx_scratch_"

_SERVERS: dict[str, tuple[str, str]] = {
    "postgresql": ("CREATE DATABASE {} TEMPLATE template0", "DROP DATABASE IF EXISTS {}"),
    "mysql": ("CREATE DATABASE {}", "DROP DATABASE IF EXISTS {}"),
}
"""By the name of a dialect: how a database is made there, and dropped."""


@contextmanager
def scratch(server: Database) -> Iterator[Database]:
    """An empty database beside the one that `server` is. Raises UsageError where dbx cannot make one, else the
    connection's errors, as for want of the right to create databases."""
    dialect, target = server.dialect, server.target
    if dialect.name == "sqlite":
        with _closed(Database(_beside(target, ":memory:"))) as database:
            yield database
        return
    if dialect.name not in _SERVERS:
        raise UsageError(
            f"no scratch database on {dialect.name}", hint="PostgreSQL, MySQL, MariaDB and SQLite have one"
        )
    create, drop = _SERVERS[dialect.name]
    name = PREFIX + token_hex(8)
    server.connection.run(Statement(create.format(name)))
    try:
        with _closed(Database(_beside(server.target, name), timeout=server.timeout)) as database:
            yield database
    finally:
        server.connection.run(Statement(drop.format(name)))


@contextmanager
def _closed(database: Database) -> Iterator[Database]:
    try:
        yield database
    finally:
        database.close()


def _beside(target: Target, database: str) -> Target:
    return target._replace(url=target.url.replace(database=database), label=database)
