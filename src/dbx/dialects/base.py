"""What a dialect is: data, and the few operations that differ. A dialect's file is the only place that tests for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from dbx.dialects.copying import Copying
from dbx.dialects.reading import BASE, Reading
from dbx.dialects.sessions import Sessions
from dbx.dialects.transactions import Transactions
from dbx.errors import ConnectionLost, DbxError, Place, StatementFailed
from dbx.rows import Batch, Column, Notice, Statement
from dbx.target import Url


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a dialect's text is read: what quotes, what comments, what hides a semicolon."""

    dollar_quotes: bool = False  # $tag$ … $tag$
    nested_comments: bool = False  # /* /* */ */
    hash_comments: bool = False  # # to the end of the line
    dash_needs_space: bool = False  # -- begins a comment only before white space or the end
    executable_comments: bool = False  # /*! … */ is SQL
    backslash_escapes: bool = False  # in every '…' and "…"
    escape_strings: bool = False  # in E'…' only
    backticks: bool = False  # `name`
    brackets: bool = False  # [name]
    double_quoted_strings: bool = False  # "…" takes backslashes as '…' does
    delimiter_command: bool = False  # DELIMITER //
    atomic_bodies: bool = False  # CREATE FUNCTION … BEGIN ATOMIC … END
    trigger_bodies: bool = False  # CREATE TRIGGER … BEGIN … END
    copy_data: bool = False  # COPY … FROM stdin; lines; \.
    parentheses: bool = False  # ; between ( and ) ends nothing, as in CREATE RULE … DO (…; …)
    return_ends_comment: bool = False  # a lone carriage return ends a -- comment, and what follows is SQL
    raw_strings: bool = False  # bytes that are no UTF-8 may stand in quotes: mysqldump writes them for blobs
    continued_lines: bool = False  # a backslash that ends a line is dropped, by the client
    client: str = ""  # psql, mysql or sqlite3: the shell whose own commands its scripts may contain; they are refused


class State(Enum):
    """The transaction as the server reports it, never as dbx guesses it."""

    IDLE = "idle"
    OPEN = "open"
    FAILED = "failed"
    LOST = "lost"


class Result:
    """One result of a statement, on its open cursor. `columns` is None when there are no rows to read.

    `changed` and `tag` are final once the batches have been read.
    """

    columns: Sequence[Column] | None = None
    copied: Iterator[bytes] | None = None
    """What PostgreSQL's COPY … TO STDOUT writes; there are no columns then."""
    changed: int | None = None
    tag: str = ""
    said: Sequence[Notice] = ()
    """What the server said beside it, as far as nobody can be asked later."""

    def batches(self) -> Iterator[Batch]:
        return iter(())

    def stop(self) -> bool:
        """End the statement, wherever it stands: nothing runs on, and the connection takes the next one.

        Whether it had ended by itself before.
        """
        return True

    def following(self) -> Result | None:
        """The next result of the same statement, after the batches of this one."""
        return None


class Dialect:
    """A kind of database. One instance serves every connection, so it holds data and nothing that changes.

    A `connection` here is the DBAPI connection that `open` made: in autocommit, its cells loaded as the server's text.
    All methods but `cancel` and `shut` run on the connection's worker thread; none prints.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    syntax: ClassVar[Syntax]
    paramstyle: ClassVar[str]
    sqlalchemy: ClassVar[str] = ""
    """The same dialect and driver in SQLAlchemy's naming."""
    begin: ClassVar[str] = "BEGIN"
    transaction_set_before: ClassVar[bool] = False
    """SET TRANSACTION means the next transaction, not the open one."""
    error_ends_work: ClassVar[bool] = False
    """A failed statement makes the rest of its transaction fail, unless a savepoint stands before it."""
    writes_file: ClassVar[re.Pattern[str] | None] = None
    """What a statement that writes a file on the server holds outside quotes and comments."""
    counts_everything: ClassVar[bool] = False
    """`changed` has the rows that a statement changes behind a SELECT as well."""
    schemas_are_databases: ClassVar[bool] = False
    """What stands before a table's name is another database of the server."""
    forbidden: ClassVar[frozenset[str]] = frozenset()
    """First words of statements that the server refuses inside a transaction."""
    plans: ClassVar[str] = ""
    """The module that knows how it explains (dbx.dialects.plan.Plans)."""
    transactions: ClassVar[Transactions] = Transactions()
    reading: ClassVar[Reading] = BASE
    """What a read-only connection takes."""
    sessions: ClassVar[Sessions] = Sessions()
    copying: ClassVar[Copying] = Copying()

    def open(self, url: Url, *, typed: bool = False) -> Any:
        """A DBAPI connection; `typed`: with the driver's Python values, for SQLAlchemy. Raises the driver's errors."""
        raise NotImplementedError

    def open_read_only(self, url: Url, *, typed: bool = False) -> Any:
        """As `open`; the connection is set up so that the server refuses writes, as far as it has a way to."""
        return self.open(url, typed=typed)

    def close(self, connection: Any) -> None:
        connection.close()

    def execute(self, connection: Any, statement: Statement) -> Result:
        """Run one statement. Raises the driver's errors."""
        raise NotImplementedError

    def execute_all(self, connection: Any, statements: Sequence[Statement]) -> Iterator[Result]:
        """Run statements that return no rows, one result for each, up to the first that fails. A driver that can
        sends them together."""
        for statement in statements:
            yield self.execute(connection, statement)

    def insert(self, connection: Any, text: str, rows: Batch) -> None:
        """Run an INSERT once for each of the rows, the values of its parameters. Raises the driver's errors."""
        cursor = self.dbapi(connection).cursor()
        try:
            cursor.executemany(text, rows)
        finally:
            cursor.close()

    def session_syntax(self, connection: Any) -> Syntax:
        """How text is read in this session: settings may have changed it."""
        return self.syntax

    def marks(self, connection: Any) -> str:
        """The paramstyle of the connection's driver."""
        return self.paramstyle

    def dbapi(self, connection: Any) -> Any:
        """The connection as SQLAlchemy's pool wants it."""
        return connection

    def typed(self, connection: Any) -> AbstractContextManager[Any]:
        """A block in which SQLAlchemy may use the connection: its cells are Python values, not text."""
        return nullcontext()

    def as_new(self, core: Any, state: State) -> AbstractContextManager[Any]:
        """A block in which the session of a SQLAlchemy Connection reads SQL as a new one would, whatever has been set
        in it. `state` is that of its transaction, idle or open, which stays as it is."""
        return nullcontext()

    def state(self, connection: Any) -> State:
        raise NotImplementedError

    def cancel(self, connection: Any) -> None:
        """Ask the server, from another thread, to give up what runs on the connection."""
        raise NotImplementedError

    def give_way(self, connection: Any) -> None:
        """Ask, from another thread, a reader of the schema to stop; nobody signs in anew for that."""
        self.cancel(connection)

    def shut(self, connection: Any) -> None:
        """Cut the connection off under a worker that no cancel could free."""

    def notices(self, connection: Any) -> list[Notice]:
        """What the server has said since the last call."""
        return []

    def server(self, connection: Any) -> str:
        """The server's product and version, for people."""
        return self.title

    def secured(self, connection: Any) -> str:
        """How the connection is protected: '' when that means nothing (a file), else 'TLS…' or 'no TLS'."""
        return ""

    def fault(self, error: Exception, statement: Statement | None) -> DbxError:
        """The driver's error as dbx's. `statement` is None while connecting."""
        raise NotImplementedError


def untranslatable(error: UnicodeError) -> DbxError:
    """Text that the connection's character set has no way to write; or bytes that are no text in it."""
    if isinstance(error, UnicodeEncodeError):
        characters = ascii(error.object[error.start : error.end])
        return StatementFailed(f"{characters} cannot be written in {error.encoding}", hint="nothing was sent")
    return ConnectionLost("the server sent text that is not in the connection's character set")


def place(statement: Statement, offset: int, length: int = 1) -> Place:
    """The place of a character offset (from 0) in the user's text, in the numbering of the script it came from."""
    text = statement.own
    before = text[:offset]
    lines = before.count("\n")
    column = offset - (before.rfind("\n") + 1) + 1
    return Place(
        text,
        statement.line + lines,
        column + (statement.column - 1 if lines == 0 else 0),
        end_column=column + length + (statement.column - 1 if lines == 0 else 0),
        source=statement.source,
        first_line=statement.line,
        first_column=statement.column,
    )


def is_drivers(error: BaseException) -> bool:
    """PEP 249 wants every driver to have one class Error above all of its own; anything else is a fault of dbx."""
    return any(base.__name__ == "Error" for base in type(error).__mro__)
