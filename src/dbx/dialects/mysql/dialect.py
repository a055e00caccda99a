"""MySQL and MariaDB, through PyMySQL: rows unbuffered and undecoded, the state asked where it may be stale."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, ClassVar

import pymysql
from pymysql.constants import COMMAND, SERVER_STATUS
from pymysql.converters import decoders, encoders
from pymysql.cursors import Cursor, SSCursor

from dbx.dialects.base import Dialect, Result, State, Syntax, untranslatable
from dbx.dialects.mysql import hints
from dbx.dialects.mysql.arguments import arguments
from dbx.dialects.mysql.copying import MySQLCopying
from dbx.dialects.mysql.sessions import MySQLSessions
from dbx.dialects.mysql.transactions import PLAIN, MySQLTransactions
from dbx.dialects.mysql.types import column
from dbx.dialects.reading import BASE, Reading
from dbx.errors import ConnectFailed, ConnectionLost, DbxError, StatementFailed, UsageError
from dbx.rows import BATCH, Batch, Notice, Statement
from dbx.target import Url
from dbx.wording import first_word

_LOST = {2006, 2013, 2055, 4031}
_ANSI_QUOTES = 1 << 15
"""A status flag of MariaDB, which PyMySQL does not name. MySQL has none for it."""


class Connection(pymysql.Connection):  # type: ignore[misc]
    """A PyMySQL connection that knows when its transaction flags may be out of date."""

    arguments: dict[str, Any]
    warned = 0
    stale = False
    doubtful = False
    """The statement that runs may end the transaction."""
    hurried = False
    """What reads the schema is to stop before its next packet."""

    def escape(self, obj: Any, mapping: Any = None) -> Any:
        return hexadecimal(obj) if is_ambiguous(obj) else super().escape(obj, mapping)


_AMBIGUOUS = re.compile(r"""[^\x00-\x7f]['"\\\0\n\r\x1a]""")


def is_ambiguous(value: object) -> bool:
    """Whether a backslash before the quote in a parameter could be taken for the second half of a character: after
    SET NAMES gbk the server reads what the driver has written as UTF-8."""
    return isinstance(value, str) and _AMBIGUOUS.search(value) is not None


def hexadecimal(value: str) -> str:
    """A string that every character set reads alike."""
    return f"_utf8mb4 x'{value.encode().hex()}'"


class _Result(Result):
    def __init__(self, connection: Connection, cursor: SSCursor) -> None:
        self.connection = connection
        self.cursor = cursor
        self.ended = cursor.description is None
        if self.ended:
            self.changed = cursor.rowcount
            connection.warned = cursor._result.warning_count if cursor._result else 0
        else:
            self.columns = [column(field) for field in cursor._result.fields]

    def batches(self) -> Iterator[Batch]:
        while batch := self.cursor.fetchmany(BATCH):
            yield batch
        self.ended = True
        # whatever is asked before the last result has come would throw the others away
        if not self._more:
            self.connection.warned = self.cursor.warning_count
            # PyMySQL ignores the status at the end of a result set
            autocommit = self.connection.server_status & SERVER_STATUS.SERVER_STATUS_AUTOCOMMIT
            self.connection.stale = self.connection.doubtful or not autocommit

    @property
    def _more(self) -> bool:
        return bool(self.cursor._result and self.cursor._result.has_next)

    def stop(self) -> bool:
        if self.ended and not self._more:
            return True
        self.ended = True
        self.connection.stale = True
        if not self.connection.open:
            return False
        return dialect.drain(self.connection, self.cursor)  # type: ignore[no-any-return]

    def following(self) -> Result | None:
        before, self.connection.stale = self.connection.stale, True  # an error packet carries no status
        more = self.cursor.nextset()
        self.connection.stale = before
        return _Result(self.connection, self.cursor) if more else None


_BETWEEN = "\n;\n"


class _Counted(Result):
    """A statement of many: it has changed rows, and shows none. What the server warns of is only counted: the text
    would have to be asked for before the next statement has run."""

    def __init__(self, connection: Connection) -> None:
        self.changed = connection.affected_rows()
        if count := connection._result.warning_count if connection._result else 0:
            self.said = [Notice("WARNING", f"{count} warning{'' if count == 1 else 's'}")]


@contextmanager
def several(connection: Any) -> Iterator[None]:
    """A block in which a text may hold several statements: elsewhere a second one would be somebody's injection.
    mysqlclient, which never forbids it, is left as it is."""
    if not isinstance(connection, Connection):
        yield
        return
    _allow_several(connection, True)
    try:
        yield
    finally:
        if connection.open:
            _allow_several(connection, False)


def _allow_several(connection: Connection, allowed: bool) -> None:
    connection._execute_command(COMMAND.COM_SET_OPTION, (0 if allowed else 1).to_bytes(2, "little"))
    connection._read_packet()


def _bytes(connection: Connection, text: str) -> bytes:
    """A statement as it goes out: what is no text in a script's quotes, as it came in."""
    return text.encode(connection.encoding, "surrogateescape")


class MySQL(Dialect):
    name = "mysql"
    title = "MySQL"
    syntax = Syntax(
        hash_comments=True,
        dash_needs_space=True,
        executable_comments=True,
        backslash_escapes=True,
        backticks=True,
        double_quoted_strings=True,
        delimiter_command=True,
        raw_strings=True,
        continued_lines=True,
        client="mysql",
    )
    paramstyle = "pyformat"
    begin = "START TRANSACTION"  # BEGIN alone is a block in sql_mode ORACLE
    transaction_set_before = True
    schemas_are_databases = True
    transactions = MySQLTransactions()
    reading = Reading(
        words=BASE.also("SET", "USE", "HELP", "CHECKSUM"),
        settings=re.compile(
            r"read_only|read\s+write|\bnot\s+atomic\b|\bglobal\b|\bpersist(?:_only)?\b|\bpassword\b|^\s*set\s+statement\b"
            r"|\bsql_log_bin\b|\bdefault\s+role\b",
            re.IGNORECASE,
        ),
        effects=re.compile(r"\b(sys_exec|sys_eval|sys_set)\s*\(", re.IGNORECASE),
    )
    sessions = MySQLSessions()
    copying = MySQLCopying()
    sqlalchemy = "mysql+pymysql"
    plans = "dbx.dialects.mysql.plan"
    errors: ClassVar[type[Exception]] = pymysql.Error
    writes_file = re.compile(r"\bINTO\s+(?:OUTFILE|DUMPFILE)\b", re.IGNORECASE)

    def open(self, url: Url, *, typed: bool = False) -> Connection:
        given = arguments(url)
        if not typed:
            given["conv"] = encoders  # cells as the server's text; {} would break the escaping of parameters
        patience = given.setdefault("connect_timeout", 10)
        # connect_timeout ends at the TCP handshake; a server that accepts and says nothing needs this one
        given.setdefault("read_timeout", patience)
        try:
            connection = Connection(**given)
        except (TypeError, ValueError) as error:
            raise UsageError(f"PyMySQL does not take an option of the URL: {error}") from None
        if "read_timeout" not in url.query:
            connection._read_timeout = None
        connection.arguments = given
        return connection

    def open_read_only(self, url: Url, *, typed: bool = False) -> Any:
        connection = self.open(url, typed=typed)
        connection.query("SET SESSION TRANSACTION READ ONLY")
        return connection

    def execute(self, connection: Connection, statement: Statement) -> Result:
        connection.warned = 0
        connection.stale = True  # an error packet carries no status
        connection.doubtful = first_word(statement) not in PLAIN
        cursor = SSCursor(connection)
        bare = statement.parameters is None
        cursor.execute(_bytes(connection, statement.text) if bare else statement.text, statement.parameters)
        connection.stale = False
        return _Result(connection, cursor)

    def execute_all(self, connection: Connection, statements: Sequence[Statement]) -> Iterator[Result]:
        """All of them in one packet, which the server answers one by one up to the first that fails."""
        if any(statement.parameters is not None for statement in statements):
            yield from super().execute_all(connection, statements)
            return
        connection.warned = 0
        connection.stale = True  # an error packet carries no status
        with several(connection):
            yield from self._counted(connection, statements)

    def _counted(self, connection: Connection, statements: Sequence[Statement]) -> Iterator[Result]:
        try:
            connection.query(_bytes(connection, _BETWEEN.join(s.text for s in statements)), unbuffered=True)
            for number in range(len(statements)):
                if number:
                    connection.stale = True
                    connection.next_result(unbuffered=True)
                connection.stale = False
                yield _Counted(connection)
        except pymysql.Error as error:
            # a message quotes what it could not read, and the statements behind it
            error.args = tuple(
                re.sub(rf"{_BETWEEN}.*(?=' at line \d+$)", "", part, flags=re.DOTALL) if isinstance(part, str) else part
                for part in error.args
            )
            raise

    def drain(self, connection: Any, cursor: Any) -> bool:
        """KILL QUERY first: the drivers' own close would read all the rest. Whether the connection can be used on."""
        with suppress(self.errors):
            self.cancel(connection)
        with suppress(self.errors):
            while cursor.fetchmany(BATCH) or cursor.nextset():
                pass
            return True
        return False

    @contextmanager
    def typed(self, connection: Connection) -> Iterator[None]:
        before, connection.decoders = connection.decoders, decoders
        try:
            yield
        finally:
            connection.decoders = before
            connection.stale = True  # what ran here may have failed

    @contextmanager
    def as_new(self, core: Any, state: State) -> Iterator[None]:
        mode = core.exec_driver_sql("SELECT @@session.sql_mode").scalar()
        core.exec_driver_sql("SET SESSION sql_mode = @@global.sql_mode")
        try:
            yield
        finally:
            core.exec_driver_sql("SET SESSION sql_mode = %s", (mode,))

    def session_syntax(self, connection: Connection) -> Syntax:
        escapes = not connection.server_status & SERVER_STATUS.SERVER_STATUS_NO_BACKSLASH_ESCAPES
        strings = not connection.server_status & _ANSI_QUOTES
        return replace(self.syntax, backslash_escapes=escapes, double_quoted_strings=strings)

    def state(self, connection: Connection) -> State:
        if not connection.open:
            return State.LOST
        if connection.stale:
            try:
                connection.ping(reconnect=False)
            except (pymysql.Error, OSError):
                return State.LOST
            connection.stale = False
        return State.OPEN if connection.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS else State.IDLE

    def cancel(self, connection: Connection) -> None:
        """KILL QUERY by a second connection; a server that does not answer in 2 s has not been reached."""
        given = {**connection.arguments, "database": None, "connect_timeout": 2, "read_timeout": 2, "write_timeout": 2}
        with Connection(**given) as killer, Cursor(killer) as cursor:
            cursor.execute(f"KILL QUERY {connection.thread_id()}")

    def give_way(self, connection: Connection) -> None:
        """KILL QUERY would take a second login, which a one-time password does not give."""
        connection.hurried = True

    def shut(self, connection: Connection) -> None:
        if connection._sock is not None:
            connection._sock.shutdown(socket.SHUT_RDWR)

    def ask(self, connection: Any, text: str) -> Sequence[Sequence[Any]]:
        """The rows of a statement of dbx's own."""
        with Cursor(connection) as cursor:
            cursor.execute(text)
            return cursor.fetchall()  # type: ignore[no-any-return]

    def notices(self, connection: Any) -> list[Notice]:
        if not connection.warned or not connection.open:
            return []
        connection.warned = 0
        warnings = self.ask(connection, "SHOW WARNINGS")
        return [Notice(str(level).upper(), str(text), str(code)) for level, code, text in warnings]

    def server(self, connection: Connection) -> str:
        version = str(connection.get_server_info())
        if "MariaDB" in version:
            return "MariaDB " + version.removeprefix("5.5.5-").split("-")[0]
        return f"MySQL {version.split('-')[0]}"

    def secured(self, connection: Connection) -> str:
        return "" if connection.unix_socket else "TLS" if hasattr(connection._sock, "cipher") else "no TLS"

    def fault(self, error: Exception, statement: Statement | None) -> DbxError:
        if isinstance(error, UnicodeError):
            return untranslatable(error)
        if not isinstance(error, self.errors):
            raise error
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        message = str(error.args[1]) if len(error.args) > 1 else str(error).strip("()")
        code = getattr(error, "sqlstate", None) or ""
        told = f"{message} ({number})" if number else message
        if statement is None:
            failed = ConnectFailed(told, code=code, hint=hints.connect_hint(number, message))
            failed.password = number in (1045, 1698)
            return failed
        if number in _LOST or type(error).__name__ == "InterfaceError":
            return ConnectionLost(told or "the connection is closed", code=code)
        where = hints.near(message, statement)
        return StatementFailed(told, code=code or "HY000", hint=hints.HINTS.get(number, ""), place=where)


dialect: Any = MySQL()
