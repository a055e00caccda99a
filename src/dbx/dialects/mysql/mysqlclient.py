"""MariaDB through mysqlclient, the C driver: rows arrive twice as fast (mysql+mysqldb://, the extra `mysqlclient`).

mysqlclient does not hand over the server's status flags, so the transaction's state is asked by a statement that only
MariaDB has; MySQL itself is refused here and served by PyMySQL.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dbx.dialects.base import Dialect, Result, State
from dbx.dialects.known import install_command
from dbx.dialects.mysql import dialect as mysql
from dbx.dialects.mysql.arguments import arguments
from dbx.dialects.mysql.types import NUMBERS, TYPES, type_name
from dbx.errors import UsageError
from dbx.rows import BATCH, Batch, Column, Statement
from dbx.target import Url

try:
    import MySQLdb
    from MySQLdb import connections, converters
    from MySQLdb.constants import FIELD_TYPE, FLAG
    from MySQLdb.cursors import SSCursor
except ImportError:
    raise UsageError(
        "mysql+mysqldb:// needs mysqlclient, which is not installed",
        hint=f"install: {install_command('mysqlclient>=2.2.4')}; or use mysql://",
    ) from None

_STRINGS = {
    FIELD_TYPE.TINY_BLOB,
    FIELD_TYPE.MEDIUM_BLOB,
    FIELD_TYPE.LONG_BLOB,
    FIELD_TYPE.BLOB,
    FIELD_TYPE.VAR_STRING,
    FIELD_TYPE.STRING,
    FIELD_TYPE.VARCHAR,
    FIELD_TYPE.GEOMETRY,
    FIELD_TYPE.BIT,
    FIELD_TYPE.JSON,
}
_BYTES = {FIELD_TYPE.BIT, FIELD_TYPE.GEOMETRY}
# str decodes a cell; what has no converter is decoded by its character set, and binary stays bytes
_TEXT = {kind: encode for kind, encode in converters.conversions.items() if not isinstance(kind, int)} | {
    number: str for name, number in vars(FIELD_TYPE).items() if name.isupper() and number not in _STRINGS
}


class Connection(connections.Connection):  # type: ignore[misc]
    """`number` and `socket` are kept, because a busy connection answers no question of another thread.

    `pending`: another result of the same statement waits, before which nothing may be asked; `known` is the state
    before it.
    """

    arguments: dict[str, Any]
    number: int
    socket: int
    warned = 0
    hurried = False
    pending = False
    known = State.IDLE

    def literal(self, o: Any) -> Any:
        return mysql.hexadecimal(o).encode() if mysql.is_ambiguous(o) else super().literal(o)


class _Result(Result):
    def __init__(self, connection: Connection, cursor: SSCursor) -> None:
        self.connection = connection
        self.cursor = cursor
        self.ended = cursor.description is None
        if self.ended:
            self.changed = cursor.rowcount
            connection.warned = connection.warning_count()
        else:
            self.columns = list(map(_column, cursor.description, cursor.description_flags))

    def batches(self) -> Iterator[Batch]:
        while batch := self.cursor.fetchmany(BATCH):
            yield batch
        self.ended = True
        self.connection.pending = bool(self.cursor.nextset())
        if not self.connection.pending:
            self.connection.warned = self.connection.warning_count()

    def stop(self) -> bool:
        if self.ended and not self.connection.pending:
            return True
        self.ended, self.connection.pending = True, False
        return dialect.drain(self.connection, self.cursor)  # type: ignore[no-any-return]

    def following(self) -> Result | None:
        if not self.connection.pending:
            return None
        self.connection.pending = False
        return _Result(self.connection, self.cursor)


def _column(field: Any, flags: int) -> Column:
    """A string with the flag is bytes, or text with a binary collation: without a type, its cells decide."""
    name, kind, _, length, _, scale, _ = field
    if kind in _BYTES:
        return Column(name, TYPES[kind], "binary")
    binary = kind in _STRINGS and flags & FLAG.BINARY
    return Column(
        name,
        "" if binary else type_name(kind, length, scale, flags),
        "number" if kind in NUMBERS else "text",
    )


class MySQLClient(mysql.MySQL):
    sqlalchemy = "mysql+mysqldb"
    errors = MySQLdb.Error
    execute_all = Dialect.execute_all
    session_syntax = Dialect.session_syntax  # the driver does not show the flag that would tell

    def open(self, url: Url, *, typed: bool = False) -> Connection:
        given = arguments(url)
        given.setdefault("connect_timeout", 10)
        connection = Connection(**given) if typed else Connection(**given, conv=_TEXT)
        connection.arguments = given
        connection.number, connection.socket = connection.thread_id(), connection.fileno()
        if "MariaDB" not in connection.get_server_info():
            connection.close()
            raise UsageError("mysqlclient cannot tell the state of a transaction on MySQL", hint="use mysql://")
        return connection

    def execute(self, connection: Connection, statement: Statement) -> Result:
        connection.warned, connection.pending = 0, False
        cursor = SSCursor(connection)
        try:
            cursor.execute(statement.text, statement.parameters)
        except MySQLdb.Error as error:
            error.sqlstate = connection.sqlstate()
            raise
        return _Result(connection, cursor)

    @contextmanager
    def typed(self, connection: Connection) -> Iterator[None]:
        before, connection.converter = connection.converter, converters.conversions
        try:
            yield
        finally:
            connection.converter = before

    def state(self, connection: Connection) -> State:
        if connection.pending:
            return connection.known
        try:
            ((answer,),) = self.ask(connection, "SELECT @@in_transaction")
        except MySQLdb.Error:
            return State.LOST
        connection.known = State.OPEN if answer == "1" else State.IDLE
        return connection.known

    def cancel(self, connection: Connection) -> None:
        killer = Connection(**{**connection.arguments, "database": "", "connect_timeout": 2, "read_timeout": 2})
        try:
            killer.query(f"KILL QUERY {connection.number}")
        finally:
            killer.close()

    def shut(self, connection: Connection) -> None:
        with socket.socket(fileno=os.dup(connection.socket)) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    def secured(self, connection: Connection) -> str:
        if "socket" in connection.get_host_info():
            return ""
        ((_, cipher),) = self.ask(connection, "SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        return "TLS" if cipher else "no TLS"

    def ask(self, connection: Connection, text: str) -> Sequence[Sequence[Any]]:
        connection.query(text)
        return connection.store_result().fetch_row(0)  # type: ignore[no-any-return]


dialect: Any = MySQLClient()
