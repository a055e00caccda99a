"""Any other database that SQLAlchemy has a dialect for, through `engine.raw_connection()` and the same cursor path.

Here alone SQLAlchemy opens the connection, and cells are Python values turned into text one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from dbx.dialects.base import Dialect, Result, State, Syntax
from dbx.dialects.known import DRIVERS, KNOWN, install_command, near
from dbx.errors import ConnectFailed, ConnectionLost, DbxError, StatementFailed, UsageError
from dbx.registry import BUILT_IN
from dbx.rows import BATCH, Batch, Cell, Column, Statement
from dbx.target import Url


class Lent:
    """A DBAPI connection with the Engine it came from, and the transaction dbx has opened on it.

    There is no common way to ask a foreign server for its transaction's state, so here it is what was sent, and sent
    by SQLAlchemy's dialect: not every server has a BEGIN, and PEP 249 drivers begin by themselves.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.pooled = engine.raw_connection()
        self.dbapi: Any = self.pooled.driver_connection
        self.open = False
        # a dialect with a do_begin of its own has a driver in autocommit; any other one waits for a commit
        self.begins_alone = type(engine.dialect).do_begin is DefaultDialect.do_begin

    def control(self, action: str) -> None:
        """begin, commit or rollback."""
        getattr(self.engine.dialect, f"do_{action}")(self.pooled)
        self.open = action == "begin"

    def settle(self, action: str = "commit") -> None:
        """End the transaction that the driver has begun by itself: its statement stood outside any."""
        if self.begins_alone and not self.open:
            self.control(action)


class _Result(Result):
    def __init__(self, connection: Lent, cursor: Any, text: str) -> None:
        self.connection = connection
        self.cursor = cursor
        if cursor.description and [name for name, *_ in cursor.description] == ["Count"] and _WRITE.match(text):
            ((self.changed,),) = cursor.fetchall()  # how DuckDB counts
            connection.settle()
        elif cursor.description:
            self.columns = [_column(str(name), _type_name(kind)) for name, kind, *_ in cursor.description]
        else:
            count = getattr(cursor, "rowcount", -1)
            self.changed = count if isinstance(count, int) and count >= 0 else None
            connection.settle()

    def batches(self) -> Iterator[Batch]:
        while batch := self.cursor.fetchmany(BATCH):
            yield [tuple([_text(cell) for cell in row]) for row in batch]
        self.connection.settle()

    def stop(self) -> bool:
        self.cursor.close()
        return True


_WRITE = re.compile(r"\s*(?:insert|update|delete|merge)\b(?!.*\breturning\b)", re.IGNORECASE | re.DOTALL)


def _control(text: str) -> str:
    """begin, commit or rollback if that is what the statement says, else ''."""
    words = text.upper().rstrip("; \n").split()
    if words[:1] in (["BEGIN"], ["START"]):
        return "begin"
    if words[:1] in (["COMMIT"], ["END"]):
        return "commit"
    return "rollback" if words[:1] == ["ROLLBACK"] and "TO" not in words else ""


def _text(value: Any) -> Cell:
    if value is None or isinstance(value, str | int | float):
        return value if not isinstance(value, bool) else str(value).lower()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    return str(value)


def _column(name: str, type_name: str) -> Column:
    number = type_name.upper().startswith(("DECIMAL", "NUMERIC", "NUMBER"))
    return Column(name, type_name, "number" if number else "text")


def _type_name(kind: Any) -> str:
    return kind if isinstance(kind, str) else str(getattr(kind, "__name__", kind) or "")


class Generic(Dialect):
    name = "generic"
    title = "database"
    syntax = Syntax()
    paramstyle = "named"

    def engine(self, url: Url, **options: Any) -> Engine:
        """SQLAlchemy's own engine for a URL. Raises UsageError that says exactly what to install."""
        try:
            return create_engine(
                URL.create(url.driver, url.user, url.password, url.host, url.port, url.database, _query(url)), **options
            )
        except NoSuchModuleError:
            raise _missing_dialect(url) from None
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            wanted = DRIVERS.get(package, package)
            raise UsageError(
                f"{url.driver}:// needs the driver '{package}', which is not installed",
                hint=f"install: {install_command(wanted)}",
            ) from None
        except (ArgumentError, TypeError, ValueError) as error:
            raise UsageError(f"{url.driver}://: {error}") from None
        except Exception as error:
            # dialects of services ask for credentials here, each with errors of its own
            raise ConnectFailed(_first_line(error)) from error

    def open(self, url: Url, *, typed: bool = False) -> Lent:
        return Lent(self.engine(url))

    def marks(self, connection: Lent) -> str:
        return connection.engine.dialect.paramstyle

    def dbapi(self, connection: Lent) -> Any:
        return connection.dbapi

    def close(self, connection: Lent) -> None:
        connection.pooled.invalidate()
        connection.engine.dispose()

    def execute(self, connection: Lent, statement: Statement) -> Result:
        if action := _control(statement.text):
            connection.control(action)
            return Result()
        cursor = connection.dbapi.cursor()
        try:
            if statement.parameters is None:
                cursor.execute(statement.text)
            else:
                cursor.execute(statement.text, statement.parameters)
        except Exception:
            connection.settle("rollback")
            raise
        return _Result(connection, cursor, statement.text)

    def state(self, connection: Lent) -> State:
        return State.OPEN if connection.open else State.IDLE

    def cancel(self, connection: Lent) -> None:
        """Drivers name it differently; one that has neither cannot be cancelled, and a second Ctrl-C leaves it."""
        for name in ("interrupt", "cancel"):
            if callable(stop := getattr(connection.dbapi, name, None)):
                stop()
                return

    def server(self, connection: Lent) -> str:
        dialect = connection.engine.dialect
        for known in (dialect.name, connection.engine.url.get_backend_name()):
            if known in KNOWN:
                return KNOWN[known].title
        return dialect.name

    def fault(self, error: Exception, statement: Statement | None) -> DbxError:
        if statement is None:
            return ConnectFailed(_first_line(error))
        original = getattr(error, "orig", None) or error
        if isinstance(error, SQLAlchemyError) and getattr(error, "connection_invalidated", False):
            return ConnectionLost(_first_line(original))
        state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
        return StatementFailed(_first_line(original), code=state if isinstance(state, str) else "")


def driver(scheme: str) -> Any:
    """The DBAPI module that SQLAlchemy's dialect of that name uses. Raises whatever keeps it from loading."""
    return URL.create(scheme).get_dialect().import_dbapi()


def _query(url: Url) -> dict[str, str | tuple[str, ...]]:
    return {name: value if isinstance(value, str) else tuple(value) for name, value in url.query.items()}


def _first_line(error: BaseException) -> str:
    """Some drivers put a whole server's stack into their message."""
    match error.args:
        case (int() as number, str() as message):  # as MySQL's drivers give it
            return f"{message} ({number})"
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return lines[0][:2000] if len(lines) > 12 else "\n".join(lines)[:2000]


def _missing_dialect(url: Url) -> UsageError:
    backend, _, driver = url.driver.partition("+")
    if found := KNOWN.get(backend):
        return UsageError(
            f"{backend}:// needs the {found.title} dialect, which is not installed",
            hint=f"install: {install_command(found.install, alone=found.alone)}",
        )
    if backend in BUILT_IN and driver:
        return UsageError(
            f"SQLAlchemy knows no driver '{driver}' for {backend}", hint=f"{backend}:// alone uses dbx's own"
        )
    meant = near(backend, [name for name in BUILT_IN if "+" not in name])
    hint = f"did you mean {meant}://?" if meant else "dbx dialects lists what can be reached from here"
    return UsageError(f"no dialect '{backend}'", hint=hint)


dialect: Any = Generic()
