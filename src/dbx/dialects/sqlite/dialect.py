"""SQLite, through Python's own sqlite3: files are never created by accident, cells arrive as they are stored."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import time
from decimal import Decimal
from itertools import islice
from operator import methodcaller
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dbx.dialects.base import Dialect, Result, State, Syntax, place
from dbx.dialects.reading import BASE, Reading
from dbx.dialects.sqlite import regexp
from dbx.dialects.sqlite.copying import SqliteCopying
from dbx.dialects.sqlite.transactions import SqliteTransactions
from dbx.errors import ConnectFailed, DbxError, StatementFailed, UsageError
from dbx.rows import BATCH, Batch, Column, Statement
from dbx.target import Url

_URI_OPTIONS = ("mode", "cache", "immutable", "nolock", "vfs", "psow", "modeof")


# invalid UTF-8 must neither end the query nor be lost
_lenient = methodcaller("decode", "utf-8", "surrogateescape")


def _stored(value: Decimal) -> float | str:
    """SQLite has no decimals: the real that is written alike, else text, which loses nothing."""
    return float(value) if Decimal(repr(float(value))) == value else str(value)


sqlite3.register_adapter(Decimal, _stored)
sqlite3.register_adapter(time, time.isoformat)


class _Result(Result):
    decode: Any

    def __init__(self, cursor: sqlite3.Cursor, before: int) -> None:
        self.cursor = cursor
        self.before = before
        if cursor.description is not None:
            self.columns = [Column(name) for name, *_ in cursor.description]
        else:
            self._finish()

    def batches(self) -> Iterator[Batch]:
        connection, self.decode = self.cursor.connection, str
        while True:
            batch: list[tuple[Any, ...]] = []
            connection.text_factory = self.decode
            try:
                self._read(batch)
            finally:
                connection.text_factory = _lenient
            if not batch:
                break
            yield batch
        self._finish()

    def _read(self, batch: list[tuple[Any, ...]]) -> None:
        """BATCH rows more. Python's strict decoding costs a fifth of an export less than a call for each text."""
        try:
            batch.extend(islice(self.cursor, BATCH))
        except sqlite3.OperationalError as error:
            if not str(error).startswith("Could not decode to UTF-8"):
                raise
            # the rows before it are in the batch, and the cursor still stands on the row it could not decode
            _check_resumes(self.cursor.connection)
            self.decode = self.cursor.connection.text_factory = _lenient
            batch.extend(islice(self.cursor, BATCH - len(batch)))

    def stop(self) -> bool:
        # with a SELECT left open a later interrupt would hit the next statement
        self.cursor.close()
        return True

    def _finish(self) -> None:
        # rowcount knows INSERT, UPDATE and DELETE by their first word, but not behind WITH
        made = self.cursor.connection.total_changes - self.before
        self.changed = self.cursor.rowcount if self.cursor.rowcount >= 0 else made or None


class Sqlite(Dialect):
    name = "sqlite"
    title = "SQLite"
    syntax = Syntax(backticks=True, brackets=True, trigger_bodies=True, client="sqlite3")
    paramstyle = "qmark"
    sqlalchemy = "sqlite+pysqlite"
    plans = "dbx.dialects.sqlite.plan"
    counts_everything = True
    transactions = SqliteTransactions()
    copying = SqliteCopying()
    reading = Reading(
        words=BASE.also("PRAGMA"),
        harmless=re.compile(
            r"(?:begin|end)\b.*|\s*pragma\s+(?:\w+\s*\.\s*)?(?:\w+|(?:table_x?info|table_list|index_x?info|index_list"
            r"|foreign_key_list|foreign_key_check|integrity_check|quick_check)\s*[(=][^()=]*\)?"
            r"|(?:busy_timeout|cache_size|case_sensitive_like|temp_store)\s*[(=]\s*[-\w]+\s*\)?)[\s;]*",
            re.IGNORECASE | re.DOTALL,
        ),
        effects=re.compile(r"\b(load_extension|writefile|edit|fts3_tokenizer)\s*\(", re.IGNORECASE),
    )
    forbidden = frozenset({"VACUUM", "ATTACH", "DETACH"})

    def open(self, url: Url, *, typed: bool = False) -> sqlite3.Connection:
        _check_path(url)
        connection = sqlite3.connect(
            location(url),
            uri=True,
            timeout=float(str(url.query.get("timeout", 5))),
            isolation_level=None,
            check_same_thread=False,
        )
        connection.text_factory = _lenient
        regexp.register(connection)
        try:
            connection.execute("PRAGMA schema_version").fetchall()  # what is no database shows itself only when read
            _check_small(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def open_read_only(self, url: Url, *, typed: bool = False) -> sqlite3.Connection:
        """The file is opened for reading, and SQLite asks for each action whether it only reads: ATTACH would write
        other files."""
        memory = (url.database or ":memory:") == ":memory:"
        connection = self.open(url if memory else url.replace(query={**url.query, "mode": "ro"}), typed=typed)
        connection.set_authorizer(_only_reads)
        return connection

    def execute(self, connection: sqlite3.Connection, statement: Statement) -> Result:
        cursor = connection.cursor()
        cursor.arraysize = BATCH
        before = connection.total_changes
        if statement.parameters is None:
            return _Result(cursor.execute(statement.text), before)
        return _Result(cursor.execute(statement.text, statement.parameters), before)

    def marks(self, connection: sqlite3.Connection) -> str:
        return "named"  # as the user wrote it

    def state(self, connection: sqlite3.Connection) -> State:
        return State.OPEN if connection.in_transaction else State.IDLE

    def cancel(self, connection: sqlite3.Connection) -> None:
        connection.interrupt()

    shut = cancel

    def server(self, connection: sqlite3.Connection) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    def fault(self, error: Exception, statement: Statement | None) -> DbxError:
        message = str(error)
        code = getattr(error, "sqlite_errorname", "") or "E-DB"
        hint = _HINTS.get(code.removesuffix("_RECOVERY"), "")
        if statement is None:
            if code.startswith("SQLITE_BUSY"):
                message += " for reading too: another connection holds all of it, and nothing could be read"
                hint = "it does so until its transaction ends; to wait longer: ?timeout=SECONDS in the URL"
            return ConnectFailed(message, code=code, hint=hint)
        if "number of bindings" in message:
            hint = "a :name or ? needs a value: -p name=value"
        where = None
        if near := re.match(r'near "(.*)": syntax error|no such (?:column|table|function): (.*)', message, re.DOTALL):
            token = near[1] or near[2]
            found = list(re.finditer(rf"(?<!\w){re.escape(token)}(?!\w)", statement.own))
            if len(found) == 1:  # SQLite names the word, not its place
                where = place(statement, found[0].start(), len(token))
        elif message == "incomplete input":
            where = place(statement, len(statement.own.rstrip()))
        return StatementFailed(message, code=code, hint=hint, place=where)


_READING = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
    | {sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT}
)


def _only_reads(action: int, first: str | None, second: str | None, schema: str | None, by: str | None) -> int:
    """SQLite's question about one action of a statement; for a PRAGMA and a function, `first` and `second` name it."""
    if (action, first) == (sqlite3.SQLITE_UPDATE, "sqlite_master"):
        return sqlite3.SQLITE_OK  # asked when a table such as json_each is declared; an UPDATE of it SQLite refuses
    writable = action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in ("query_only", "writable_schema")
    loads = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() == "load_extension"
    return sqlite3.SQLITE_OK if action in _READING and not (writable or loads) else sqlite3.SQLITE_DENY


def _check_resumes(connection: sqlite3.Connection) -> None:
    """That a cursor stays on the row it cannot decode, as CPython's does (Modules/_sqlite/cursor.c).

    Raises sqlite3.OperationalError where it does not: that row would be lost."""
    rows: list[Any] = []
    cursor = connection.execute("VALUES ('a'), (CAST(x'ff' AS TEXT)), ('c')")
    connection.text_factory = str
    with suppress(sqlite3.OperationalError):
        rows.extend(cursor)
    connection.text_factory = _lenient
    rows.extend(cursor)
    if rows != [("a",), ("\udcff",), ("c",)]:
        raise sqlite3.OperationalError("a text is not UTF-8, and this Python cannot read on behind it")


def _check_path(url: Url) -> None:
    """SQLite says of every path that it is unable to open it; here the reason is told."""
    name = url.database or ":memory:"
    if name == ":memory:" or name.startswith("file:"):
        return
    path = Path(name)
    if path.is_dir():
        raise ConnectFailed(f"{path} is a folder", code="SQLITE_CANTOPEN")
    if not path.exists() and url.query.get("mode") != "rwc":
        hint = f"dbx makes no database by accident; for a new one: sqlite:///{path}?mode=rwc"
        raise ConnectFailed(f"no file {path}", code="SQLITE_CANTOPEN", hint=hint)
    if not path.parent.is_dir():
        raise ConnectFailed(f"no folder {path.parent}", code="SQLITE_CANTOPEN")


def _check_small(connection: sqlite3.Connection) -> None:
    """SQLite takes a file of less than a page for an empty database, and would write over it."""
    ((pages,),) = connection.execute("PRAGMA page_count")
    if not pages:
        _, _, file = connection.execute("PRAGMA database_list").fetchone()
        if file and Path(file).exists() and Path(file).stat().st_size:
            error = sqlite3.DatabaseError("file is not a database")
            error.sqlite_errorname = "SQLITE_NOTADB"
            raise error


_HINTS = {
    "SQLITE_NOTADB": "the file is not a SQLite database, or it is encrypted",
    "SQLITE_CORRUPT": "the file is damaged; sqlite3's .recover saves what can be saved",
    "SQLITE_BUSY": "another connection is writing; wait longer with ?timeout=SECONDS in the URL",
    "SQLITE_READONLY": "the file or its folder cannot be written; to only read: ?mode=ro, or ?immutable=1",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_AUTH": "the connection is read-only",
}


def location(url: Url) -> str:
    """The file: URI of a SQLite URL: never created unless ?mode=rwc says so. Raises UsageError."""
    if url.user or url.host or url.port:  # a password is that of $DBX_PASSWORD, for other targets
        raise UsageError("a SQLite URL has no host", hint="sqlite:///relative.db or sqlite:////absolute.db")
    options = {name: str(value) for name, value in url.query.items() if name in _URI_OPTIONS}
    unknown = set(url.query) - set(_URI_OPTIONS) - {"timeout", "uri", "check_same_thread", "cached_statements"}
    if unknown:
        raise UsageError(
            f"SQLite has no URL option '{min(unknown)}'", hint=f"it has timeout, {', '.join(_URI_OPTIONS)}"
        )
    database = url.database or ":memory:"
    if database == ":memory:":
        return "file::memory:"
    if database.startswith("file:"):
        base = database
    else:
        base = Path(database).absolute().as_uri()
        options.setdefault("mode", "rw")
    query = "&".join(f"{name}={quote(value)}" for name, value in options.items())
    return f"{base}{'&' if '?' in base else '?'}{query}" if query else base


dialect: Any = Sqlite()
