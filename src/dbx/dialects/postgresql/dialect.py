"""PostgreSQL, through psycopg: any statement streams in chunks, and every cell is the server's own text."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import errors, pq

from dbx.dialects.base import Dialect, Result, State, Syntax, place, untranslatable
from dbx.dialects.postgresql.copying import PostgreSQLCopying
from dbx.dialects.postgresql.cursor import StreamCursor, pipeline
from dbx.dialects.postgresql.sessions import PostgreSQLSessions
from dbx.dialects.postgresql.transactions import PostgreSQLTransactions
from dbx.dialects.reading import BASE, Reading
from dbx.errors import ConnectFailed, ConnectionLost, DbxError, StatementFailed, UsageError
from dbx.rows import Notice, Statement
from dbx.target import Url

_STATES = {
    pq.TransactionStatus.IDLE: State.IDLE,
    pq.TransactionStatus.INTRANS: State.OPEN,
    pq.TransactionStatus.ACTIVE: State.OPEN,
    pq.TransactionStatus.INERROR: State.FAILED,
    pq.TransactionStatus.UNKNOWN: State.LOST,
}


class Connection(psycopg.Connection[Any]):
    """A psycopg connection that keeps what the server says beside its results."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.said: list[Notice] = []
        self.only_reads = False
        self.add_notice_handler(self._hear)

    def _hear(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        self.said.append(
            Notice(diagnostic.severity_nonlocalized or "NOTICE", _with_detail(diagnostic), diagnostic.sqlstate or "")
        )


class PostgreSQL(Dialect):
    name = "postgresql"
    title = "PostgreSQL"
    syntax = Syntax(
        dollar_quotes=True,
        nested_comments=True,
        escape_strings=True,
        atomic_bodies=True,
        copy_data=True,
        parentheses=True,
        return_ends_comment=True,
        client="psql",
    )
    paramstyle = "pyformat"
    sqlalchemy = "postgresql+psycopg"
    plans = "dbx.dialects.postgresql.plan"
    error_ends_work = True
    transactions = PostgreSQLTransactions()
    reading = Reading(
        words=BASE.also("DECLARE", "FETCH", "MOVE", "CLOSE", "PREPARE", "EXECUTE", "DEALLOCATE", "LISTEN", "UNLISTEN")
        | {"SET", "RESET", "COPY"},
        settings=re.compile(r"read_only|read\s+write|\bU&|^\s*reset\s+all\b", re.IGNORECASE),
        effects=re.compile(
            r"\b(set_config|lo_(?!get\b)\w+|lowrite|pg_file_\w+|dblink\w*"
            r"|pg_(?:terminate|cancel)_backend|pg_reload_conf|pg_rotate_logfile|pg_switch_wal|pg_promote|pg_log_backend\w+"
            r"|pg_(?:create|drop|advance|copy)_\w+|pg_logical_\w+|pg_replication_\w+|pg_stat_reset\w*)\s*\(",
            re.IGNORECASE,
        ),
        # to set the search path, as the head of every dump does, is no more than SET may
        exempt=re.compile(r"set_config\s*\(\s*'(?!\w*read_only)[a-z_.]+'\s*,", re.IGNORECASE),
    )
    sessions = PostgreSQLSessions()
    copying = PostgreSQLCopying()
    writes_file = re.compile(r"\bCOPY\b.*\b(?:(?:TO|FROM)\s+PROGRAM\b|TO\s+(?:'|\$))", re.IGNORECASE | re.DOTALL)
    forbidden = frozenset(
        {"VACUUM", "CREATE DATABASE", "DROP DATABASE", "CREATE TABLESPACE", "DROP TABLESPACE", "ALTER SYSTEM"}
        | {"REINDEX DATABASE", "REINDEX SYSTEM", "REINDEX SCHEMA"}
        | {f"{start} CONCURRENTLY" for start in ("REINDEX INDEX", "REINDEX TABLE", "DROP INDEX")}
        | {f"{start} CONCURRENTLY" for start in ("CREATE INDEX", "CREATE UNIQUE INDEX")}
    )

    def open(self, url: Url, *, typed: bool = False) -> Connection:
        # without prepared statements an ALTER in another session cannot break the next run of the same text
        connection: Connection = Connection.connect(**arguments(url), autocommit=True, prepare_threshold=None)
        return connection

    def open_read_only(self, url: Url, *, typed: bool = False) -> Connection:
        connection = self.open(url, typed=typed)
        connection.only_reads = True
        self._stay_read_only(connection)
        return connection

    def _stay_read_only(self, connection: Connection) -> None:
        """Whatever has switched it off, here it is switched on again. The server reports each change of the setting;
        one before 14 does not, and is told each time."""
        known = connection.info.parameter_status("default_transaction_read_only")
        if connection.only_reads and known != "on" and self.state(connection) is State.IDLE:
            connection.execute("SET default_transaction_read_only = on")

    def execute(self, connection: Connection, statement: Statement) -> Result:
        self._stay_read_only(connection)
        return StreamCursor(connection).start(statement)

    def execute_all(self, connection: Connection, statements: Sequence[Statement]) -> Iterator[Result]:
        self._stay_read_only(connection)
        return pipeline(connection, statements)

    def session_syntax(self, connection: Connection) -> Syntax:
        escapes = connection.info.parameter_status("standard_conforming_strings") == "off"
        return replace(self.syntax, backslash_escapes=escapes)

    @contextmanager
    def as_new(self, core: Any, state: State) -> Iterator[None]:
        begin, end = _AROUND[state]
        core.exec_driver_sql(begin)
        try:
            core.exec_driver_sql("SET LOCAL search_path TO DEFAULT")
            core.exec_driver_sql("SET LOCAL standard_conforming_strings TO DEFAULT")
            yield
        finally:
            core.exec_driver_sql(end)

    def state(self, connection: Connection) -> State:
        return State.LOST if connection.closed else _STATES[connection.info.transaction_status]

    def cancel(self, connection: Connection) -> None:
        connection.cancel_safe(timeout=2)

    def shut(self, connection: Connection) -> None:
        with socket.socket(fileno=os.dup(connection.pgconn.socket)) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    def notices(self, connection: Connection) -> list[Notice]:
        said, connection.said = connection.said, []
        return said

    def server(self, connection: Connection) -> str:
        version = connection.info.parameter_status("server_version") or ""
        return f"PostgreSQL {version.split(' ')[0]}"

    def secured(self, connection: Connection) -> str:
        if connection.info.get_parameters().get("host", "").startswith("/"):
            return ""
        return "TLS" if connection.pgconn.ssl_in_use else "no TLS"

    def fault(self, error: Exception, statement: Statement | None) -> DbxError:
        if isinstance(error, UnicodeError):
            return untranslatable(error)
        if not isinstance(error, psycopg.Error):
            raise error
        diagnostic = error.diag
        message = diagnostic.message_primary or str(error).strip()
        code = error.sqlstate or ""
        if statement is None and "invalid connection option" in str(error):
            return UsageError(f"libpq does not take an option of the URL: {str(error).strip()}")
        if statement is None:
            first, *more = [
                line.strip() for line in message.removeprefix("connection failed: ").splitlines() if line.strip()
            ]
            failed = ConnectFailed(first, code=code, hint=_connect_hint(str(error), code) or " ".join(more))
            failed.password = (
                code == "28P01" or "no password supplied" in str(error) or "password authentication" in str(error)
            )
            return failed
        if isinstance(error, errors.AdminShutdown | errors.CrashShutdown) or (not code and _gone(error)):
            return ConnectionLost(message, code=code)
        where = None
        if diagnostic.statement_position:
            where = place(statement, _typed(statement, int(diagnostic.statement_position) - 1))
        return StatementFailed(
            message, code=code, detail=_detail(diagnostic), hint=diagnostic.message_hint or "", place=where
        )


def _detail(diagnostic: psycopg.errors.Diagnostic) -> str:
    """With the context: which line of a COPY, where in a function."""
    return "\n".join(filter(None, [diagnostic.message_detail, diagnostic.context]))


_MARK = re.compile(r"%(?:%|\((\w+)\)s)")


def _typed(statement: Statement, offset: int) -> int:
    """An offset in the text that was sent, with $1 for a parameter, as one in the text where it is called :name."""
    if not statement.typed or not statement.parameters:
        return offset
    sent = typed = last = 0
    numbers: dict[str, int] = {}
    for found in _MARK.finditer(statement.text):
        before = found.start() - last
        if offset < sent + before:
            break
        name = found[1]
        sent += before + (1 if name is None else len(str(numbers.setdefault(name, len(numbers) + 1))) + 1)
        typed += before + (1 if name is None else len(name) + 1)
        last = found.end()
    return typed + offset - sent


def arguments(url: Url) -> dict[str, Any]:
    """libpq's parameters of a URL: as SQLAlchemy's psycopg dialect reads it, with dbx's defaults beneath."""
    given = url.stated("dbname")
    hosts = url.query.get("host")
    for name, value in url.query.items():
        if name == "host" and hosts:
            given.update(_hosts([hosts] if isinstance(hosts, str) else hosts))
        else:
            given[name] = value if isinstance(value, str) else value[-1]
    defaults = {
        "fallback_application_name": "dbx",
        "client_encoding": "UTF8",
        "keepalives_idle": "30",
        "connect_timeout": os.environ.get("PGCONNECT_TIMEOUT", "10"),
    }
    return {**defaults, **given}


def _hosts(values: list[str]) -> dict[str, str]:
    """libpq's host and port lists of ?host=a:1&host=b:2 or ?host=a:1,b:2."""
    pairs = [
        part.rpartition(":") if ":" in part and not part.startswith("/") else (part, "", "")
        for value in values
        for part in value.split(",")
    ]
    found = {"host": ",".join(host for host, _, _ in pairs)}
    if any(port for _, _, port in pairs):
        found["port"] = ",".join(port for _, _, port in pairs)
    return found


def _gone(error: psycopg.Error) -> bool:
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)


def _with_detail(diagnostic: psycopg.errors.Diagnostic) -> str:
    parts = [diagnostic.message_primary, diagnostic.message_detail, diagnostic.message_hint]
    return " · ".join(part for part in parts if part)


def _connect_hint(text: str, code: str) -> str:
    if "password" in text or code in ("28P01", "28000"):
        return "a password may come from ~/.pgpass, $PGPASSWORD, --password-file, or the prompt of a terminal"
    if "timeout" in text:
        return "no answer in time; longer with ?connect_timeout=SECONDS in the URL"
    if "SSL" in text:
        return "see sslmode in the URL: ?sslmode=require, verify-full, disable"
    return ""


_AROUND = {
    State.IDLE: ("BEGIN", "ROLLBACK"),
    State.OPEN: ("SAVEPOINT dbx_new", "ROLLBACK TO SAVEPOINT dbx_new; RELEASE SAVEPOINT dbx_new"),
}
"""What begins and what takes back settings that are to last for a block."""


dialect: Any = PostgreSQL()
