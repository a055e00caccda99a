"""The engine factory: SQLAlchemy's Engine over dbx's own way of opening a connection.

Three engines' worth of care, each learnt from what the plain one destroys:
the *ordinary* Engine has connections of its own, and is where a dialect is initialised;
the *shared* Engine lends the connection that the user is typing on, and never ends the user's transaction;
`Capture` turns a Core statement into the driver's text and parameters, and sends nothing.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Engine, Executable, MetaData, create_engine, event
from sqlalchemy import Connection as CoreConnection
from sqlalchemy.exc import DBAPIError, SAWarning
from sqlalchemy.pool import StaticPool

from dbx.config import Pool
from dbx.connection import Connection
from dbx.database import Database
from dbx.errors import DbxError
from dbx.rows import Statement

# SQLAlchemy's pool logs lost connections; without a handler Python prints them to standard error
warnings.filterwarnings("ignore", category=SAWarning)
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())


def ordinary(database: Database) -> Engine:
    """create_engine with the dialect's own `open` as creator, initialised. Raises the connection's DbxError."""
    dialect, url = database.dialect, database.target.url
    options = pool_options(database.target.profile.pool)
    if not dialect.sqlalchemy:
        return database.announced(dialect.engine(url, **options))  # type: ignore[no-any-return, attr-defined]

    def creator() -> Any:
        try:
            opened = dialect.open_read_only if database.target.profile.read_only else dialect.open
            return opened(url, typed=True)
        except DbxError:
            raise
        except Exception as error:
            raise dialect.fault(error, None) from error

    engine = create_engine(
        URL.create(dialect.sqlalchemy, database=url.database),
        creator=creator,
        skip_autocommit_rollback=True,
        **options,
    )
    database.announced(engine)
    # the first connect initialises the dialect, and rolls back: never on the user's connection
    engine.connect().close()
    return engine


def pool_options(pool: Pool) -> dict[str, Any]:
    """create_engine's names for the pool settings of a profile."""
    names = {"size": "pool_size", "timeout": "pool_timeout", "recycle": "pool_recycle", "pre_ping": "pool_pre_ping"}
    return {names.get(name, name): value for name, value in pool._asdict().items() if value is not None}


def shared(connection: Connection, engine: Engine) -> Engine:
    """An Engine over `engine`'s initialised dialect that lends just this connection's DBAPI connection.

    It sends nothing on connect, resets nothing on return, and begins and ends nothing.
    Use it on the connection's worker (`connection.call`).
    """

    def lend() -> Any:
        return connection.dialect.dbapi(connection.raw)

    return Engine(StaticPool(lend, reset_on_return=None, dialect=engine.dialect), engine.dialect, engine.url)


class Capture:
    """The driver's text and parameters of a Core statement, made by SQLAlchemy itself; nothing is sent.

    A single INSERT needs `.inline()` unless it has `.returning()`. Compiled text doubles `%`, so the parameters must
    be passed to the cursor even when they are empty.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(capture=True)
        self._taken: tuple[str, Any] = ("", None)
        for name in ("do_execute", "do_executemany"):
            event.listen(self._engine, name, self._take)

    def _take(self, cursor: Any, text: str, parameters: Any, context: Any) -> bool | None:
        if not context.execution_options.get("capture"):
            return None
        self._taken = (text, parameters)
        return True

    def __call__(self, statement: Executable) -> tuple[str, Any]:
        with self._engine.connect() as connection:
            connection.execute(statement)
        return self._taken


def create_all(database: Database, metadata: MetaData) -> None:
    """metadata.create_all on the database's Engine, a statement that fails told as dbx's."""
    try:
        metadata.create_all(database.engine)
    except DBAPIError as error:
        raise database.dialect.fault(error.orig, Statement((error.statement or "").strip())) from error  # type: ignore[arg-type]


def on_connection(connection: Connection, engine: Engine) -> Callable[[Callable[[CoreConnection], Any]], Any]:
    """A function that runs a function of a SQLAlchemy Connection on the user's connection, as reflection needs it:
    on its worker, with typed values, beginning and ending nothing."""
    over = shared(connection, engine)

    def read(function: Callable[[CoreConnection], Any]) -> Any:
        def job(raw: Any) -> Any:
            try:
                with connection.dialect.typed(raw), over.connect() as core:
                    return function(core)
            except DBAPIError as error:
                raise connection.dialect.fault(error.orig, Statement(error.statement or "")) from error  # type: ignore[arg-type]

        return connection.call(job)

    return read
