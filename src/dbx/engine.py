"""The engine factory: SQLAlchemy's Engine over dbx's own way of opening a connection.

Three engines' worth of care, each learnt from what the plain one destroys:
the *ordinary* Engine has connections of its own, none before somebody asks for one;
the *shared* Engine lends the connection that the user is typing on, and never ends the user's transaction;
`Capture` turns a Core statement into the driver's text and parameters, and sends nothing.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from copy import copy
from typing import Any

from sqlalchemy import URL, Engine, Executable, MetaData, create_engine, event
from sqlalchemy import Connection as CoreConnection
from sqlalchemy.exc import DBAPIError, SAWarning
from sqlalchemy.pool import StaticPool

from dbx.config import Pool
from dbx.connection import Connection
from dbx.database import Database
from dbx.dialects.base import State, is_drivers
from dbx.errors import DbxError
from dbx.rows import Statement

# SQLAlchemy's pool logs lost connections; without a handler Python prints them to standard error
warnings.filterwarnings("ignore", category=SAWarning)
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())


def ordinary(database: Database) -> Engine:
    """create_engine with the dialect's own `open` as creator, initialised: over the user's connection if there is one,
    else over one of its own. Raises the connection's DbxError."""
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
    connection = database.connection_made
    if connection is not None and (state := connection.state) in (State.IDLE, State.OPEN):
        # SQLAlchemy's own way is a connect, which rolls back; and there may be no second connection to be had
        def initialize(core: CoreConnection) -> None:
            with dialect.as_new(core, state):
                engine.dialect.initialize(core)

        on_connection(connection, engine)(initialize)
    else:
        engine.connect().close()
    return engine


def pool_options(pool: Pool) -> dict[str, Any]:
    """create_engine's names for the pool settings of a profile."""
    names = {"size": "pool_size", "timeout": "pool_timeout", "recycle": "pool_recycle", "pre_ping": "pool_pre_ping"}
    return {names.get(name, name): value for name, value in pool._asdict().items() if value is not None}


def lending(lend: Callable[[], Any], engine: Engine) -> Engine:
    """An Engine over a copy of `engine`'s initialised dialect, whose every DBAPI connection is what `lend` gives.

    It sends nothing on connect, resets nothing on return, and begins and ends nothing, whatever is said to it.
    """
    own: Any = copy(engine.dialect)
    for name in ("do_begin", "do_commit", "do_rollback"):
        setattr(own, name, lambda connection: None)
    return Engine(StaticPool(lend, reset_on_return=None, dialect=own), own, engine.url)


def shared(connection: Connection, engine: Engine) -> Engine:
    """An Engine that lends just this connection's DBAPI connection. Use it on the connection's worker
    (`connection.call`)."""
    return lending(lambda: connection.dialect.dbapi(connection.raw), engine)


class _Nowhere:
    """As much of a DBAPI connection as a statement asks for that is not sent, and of its cursor."""

    description = lastrowid = None
    rowcount = -1

    def cursor(self, *_: Any, **__: Any) -> _Nowhere:
        return self

    def close(self) -> None:
        """Nothing is open."""


class Capture:
    """The driver's text and parameters of a Core statement, made by SQLAlchemy itself; nothing is sent.

    A single INSERT needs `.inline()` unless it has `.returning()`. Compiled text doubles `%`, so the parameters must
    be passed to the cursor even when they are empty.
    """

    def __init__(self, database: Database) -> None:
        engine = database.engine
        if database.dialect.sqlalchemy:  # no foreign driver: it is known what their cursors are asked for
            engine = lending(_Nowhere, engine)
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
            except Exception as error:
                # a dialect may ask the driver itself
                cause: Any = error.orig if isinstance(error, DBAPIError) else error
                if not is_drivers(cause):
                    raise
                raise connection.dialect.fault(cause, Statement(getattr(error, "statement", None) or "")) from error

        return connection.call(job)

    return read
