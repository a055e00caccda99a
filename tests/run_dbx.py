"""The real program, run as a user runs it; a target goes by $DBX_TARGET, so no password is in an argument."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pymysql

from dbx import config, target
from dbx.connection import Connection
from dbx.database import Database
from dbx.rows import Statement
from dbx.target import parse_url

DBX = str(Path(sys.executable).with_name("dbx"))
SECONDS = 120
"""More than anything here takes; whoever needs more hangs."""


class Done(NamedTuple):
    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "surrogateescape")

    def lines(self) -> list[str]:
        return self.text.splitlines()


def environment(url: str = "", **more: str) -> dict[str, str]:
    """What the program sees: the target, and nothing of the settings of whoever runs the tests."""
    own = ("DBX", "PG", "MYSQL", "MARIADB", "DATABASE_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    nothing = {"DBX_CONFIG": os.devnull, "DBX_MY_CNF": os.devnull, "PGPASSFILE": os.devnull}
    return kept | nothing | ({"DBX_TARGET": url} if url else {}) | more


def run(
    url: str, *arguments: str, command: str = "query", stdin: bytes | None = None, stdout: Any = None, **more: str
) -> Done:
    """`dbx query @ arguments` to its end, with `more` in its environment."""
    done = subprocess.run(
        [DBX, command, "@", *arguments],
        env=environment(url, **more),
        input=stdin if stdin is not None else b"",
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        timeout=SECONDS,
        check=False,
    )
    return Done(done.returncode, done.stdout or b"", done.stderr.decode("utf-8", "surrogateescape"))


def start(url: str, *arguments: str, **how: Any) -> subprocess.Popen[bytes]:
    """`dbx query @ arguments`, running: for those who send it signals."""
    how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
    return subprocess.Popen([DBX, "query", "@", *arguments], env=environment(url), **how)


def finish(process: subprocess.Popen[bytes], seconds: float = SECONDS) -> Done:
    """What a started program came to; one that does not end fails the test."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"still running after {seconds} s: {err.decode(errors='replace')}") from None
    return Done(process.returncode, out or b"", (err or b"").decode("utf-8", "surrogateescape"))


def good(done: Done) -> Done:
    """It went well, or the test fails with what it said."""
    assert done.code == 0, f"exit {done.code}: {done.err}"
    return done


def values(url: str, *texts: str) -> list[list[str | None]]:
    """The rows of a query, as dbx shows them."""
    return read_tsv(good(run(url, *texts, "-f", "tsv", "--no-header")).out)


def existing(url: str) -> str:
    """The URL; the file of a SQLite one is there, and empty."""
    if url.startswith("sqlite:///") and not url.endswith(":memory:"):
        Path(url.removeprefix("sqlite:///")).touch()
    return url


def driver(url: str) -> Any:
    """A connection of the driver's own, in autocommit: to prepare, and to look from outside."""
    parts = parse_url(url)
    if parts.backend == "sqlite":
        return sqlite3.connect(str(parts.database), isolation_level=None)
    if parts.backend == "postgresql":
        return psycopg.connect(url, autocommit=True)
    login = {"host": parts.host, "port": parts.port, "user": parts.user, "password": parts.password}
    return pymysql.connect(**login, database=parts.database or None, autocommit=True)


def execute(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements through the driver; the rows of the last."""
    with closing(driver(url)) as connection:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection of the program's own, in this process."""
    database = Database(target.parse(existing(url), config.Config()))
    try:
        yield database.connection
    finally:
        database.close()


def read(connection: Connection, text: str) -> list[tuple[Any, ...]]:
    """The rows of one statement on a connection."""
    rows = connection.run(Statement(text)).rows
    return [row for batch in rows for row in batch] if rows else []


def until(condition: Callable[[], Any], what: str, seconds: float = 60, pause: float = 0.02) -> Any:
    """Ask again and again until the answer is true; returns it."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(pause)
    return answer


# --- formats, read back ----------------------------------------------------------------------------------------------

_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\\": "\\"}


def unescaped(cell: str) -> str:
    r"""A cell without the escapes of tsv and of the mariadb client: `\t`, `\\` and so on."""
    return re.sub(r"\\(.)", lambda found: _ESCAPES[found[1]], cell, flags=re.DOTALL)


def read_tsv(data: bytes) -> list[list[str | None]]:
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    assert lines.pop() == "", "the last line has no end"
    return [[None if cell == r"\N" else unescaped(cell) for cell in line.split("\t")] for line in lines]


def cells(names: Iterable[str], row: Iterable[str | None]) -> dict[str, str | None]:
    """A row by its columns' names: what pytest can show the differences of."""
    return dict(zip(names, row, strict=True))
