"""What a server receives of a script: from its native client, and from dbx; told by the server's own log."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from run_dbx import connected, existing
from servers import MariaDB, PostgreSQL

from dbx.connection import Connection
from dbx.errors import DbxError
from dbx.rows import Statement
from dbx.sql import batch, files
from dbx.sql.perform import plainly, tolerant
from dbx.sql.unit import Unit


class Side(NamedTuple):
    """`send` takes a script to the server, and returns what stopped it; `log` has the statements since the last call."""

    send: Callable[[Path], str]
    log: Callable[[], list[str]]


def through_dbx(connection: Connection, file: Path) -> str:
    """The file as `dbx run --autocommit --on-error continue` runs it; the code of what stopped it."""
    # a connection serves one script: it might set modes, and be stopped before it takes them back

    def translate(unit: Unit) -> Iterator[Statement]:
        yield Statement(unit.text, None, unit.source, unit.line, unit.column, data=unit.data)

    units = files.units([str(file)], connection.syntax)
    try:
        for outcome in batch.run(connection, units, translate, batch.Rules(autocommit=True), tolerant(plainly)):
            for _ in outcome.rows or ():
                pass
    except DbxError as error:
        return error.code
    return ""


def through_client(argv: list[str], environment: dict[str, str], file: Path) -> str:
    """The client reads the file as its standard input."""
    with file.open("rb") as script:
        subprocess.run(argv, env=environment, stdin=script, capture_output=True, check=False)
    return ""


# --- PostgreSQL: log_statement, in the server's log file -------------------------------------------------------------

_RECORD = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[(\d+)\] (\w+):  ", re.MULTILINE)


@contextmanager
def postgresql_sides(server: PostgreSQL, url: str) -> Iterator[tuple[Side, Side]]:
    place = (server.directory / "log").stat().st_size

    def log() -> list[str]:
        nonlocal place
        with (server.directory / "log").open("rb") as file:
            file.seek(place)
            text = file.read().decode()
            place = file.tell()
        return _logged(text)

    argv, environment = server.client(url.rpartition("/")[2])
    environment["PGOPTIONS"] = "-c log_statement=all"

    def psql(file: Path) -> str:
        return through_client([*argv, "-q", "-f", str(file)], environment, file)

    def dbx(file: Path) -> str:
        with connected(f"{url}?options=-c%20log_statement%3Dall") as connection:
            return through_dbx(connection, file)

    yield Side(psql, log), Side(dbx, log)


def _logged(text: str) -> list[str]:
    """The statements of a log. One with an error in its syntax is told only behind that error."""
    parts = _RECORD.split(text.replace("\n\t", "\n"))
    found: list[str] = []
    told = True
    for kind, message in zip(parts[2::3], parts[3::3], strict=True):
        message = message.removesuffix("\n")
        sent = re.match(r"(?:statement|execute <unnamed>): ", message)
        if kind == "LOG" and sent:
            found.append(message[sent.end() :])
            told = False
        elif kind == "STATEMENT" and (told or found[-1] != message):
            found.append(message)
            told = True
        elif kind == "STATEMENT":
            told = True
    return found


# --- MariaDB: the general log, as a table ----------------------------------------------------------------------------


@contextmanager
def mariadb_sides(server: MariaDB, url: str) -> Iterator[tuple[Side, Side]]:
    names = ("general_log", "log_output")
    before = server.execute(f"select {', '.join(f'@@global.{name}' for name in names)}")[0]
    server.execute("set global log_output = 'TABLE'")
    server.execute("set global general_log = 1")
    argv, environment = server.client(url.rpartition("/")[2])

    def client(file: Path) -> str:
        server.execute("truncate mysql.general_log")
        return through_client([*argv, "--force"], environment, file)

    def dbx(file: Path) -> str:
        with connected(url) as connection:
            server.execute("truncate mysql.general_log")
            return through_dbx(connection, file)

    def log() -> list[str]:
        """But for what the tests and dbx itself ask."""
        own = "argument in ('SHOW WARNINGS', 'SET NAMES utf8mb4') or argument like '%mysql.general_log%'"
        where = f"command_type = 'Query' and not ({own})"
        return [str(row[0]) for row in server.execute(f"select argument from mysql.general_log where {where}")]

    try:
        yield Side(client, log), Side(dbx, log)
    finally:
        server.execute(f"set global general_log = {before[0]}")
        server.execute(f"set global log_output = '{before[1]}'")


# --- SQLite: sqlite3's own .trace ------------------------------------------------------------------------------------


@contextmanager
def sqlite_sides(url: str) -> Iterator[tuple[Side, Side]]:
    database = Path(existing(url).removeprefix("sqlite:///"))
    trace = database.with_suffix(".trace")
    seen: list[str] = []

    def shell(file: Path) -> str:
        argv = ["sqlite3", "-init", os.devnull, "-cmd", f".trace {trace} --plain", str(database)]
        return through_client(argv, dict(os.environ), file)

    def log() -> list[str]:
        """All in one text: that Python's driver takes only one statement at a time tells them apart for dbx."""
        return [trace.read_text("utf-8")]

    def dbx(file: Path) -> str:
        seen.clear()
        with connected(url) as connection:
            connection.raw.set_trace_callback(seen.append)
            return through_dbx(connection, file)

    yield Side(shell, log), Side(dbx, lambda: [one_text(seen)])


def one_text(statements: list[str]) -> str:
    return "".join(f"{statement}\n;\n" for statement in statements)
