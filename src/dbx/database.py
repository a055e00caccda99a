"""A Database is a Target that can be connected to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dbx import registry
from dbx.connection import Connection
from dbx.dialects.base import Dialect, State
from dbx.errors import ConnectFailed, DbxError, UsageError
from dbx.redact import remember
from dbx.rows import Statement
from dbx.target import Target


class Database:
    """A target, its dialect, its one connection (opened on first use) and, on first use, its Engine.

    `on_engine` is called with that Engine when it is made: for those who watch its pool.
    """

    def __init__(
        self, target: Target, ask: Callable[[str], str] | None = None, *, timeout: float | None = None
    ) -> None:
        self.target = target
        self.timeout = timeout
        self.dialect: Dialect = registry.load(target.url.driver)
        self.ask = ask
        self._connection: Connection | None = None
        self._engine: Any = None
        self.may_sign_in_again = not target.profile.password_command
        """Whether another session may be opened unasked: a password that was typed, or made by a program, may be good
        for once."""
        self.on_engine: Callable[[Any], object] | None = None

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            self._connection = self.connect()
        return self._connection

    @property
    def connection_made(self) -> Connection | None:
        """The connection, or None as long as nobody has used it."""
        return self._connection

    def connect(self) -> Connection:
        """A new connection. Where the server wants a password and there is somebody to ask, asks once."""
        try:
            connection = Connection(self.target, self.dialect)
        except ConnectFailed as error:
            if not (error.password and self.ask):
                raise
            password = self.ask(f"Password for {self.target.url.user or ''}@{self.target.url.host or 'localhost'}: ")
            remember(password)
            self.may_sign_in_again = False
            self.target = self.target._replace(url=self.target.url.replace(password=password))
            connection = Connection(self.target, self.dialect)
        connection.canceller.timeout = self.timeout
        self._set_up(connection)
        return connection

    def _set_up(self, connection: Connection) -> None:
        """Run the start-up statements of the profile. Raises the error of the first that fails."""
        try:
            for text in self.target.profile.startup:
                connection.run(Statement(text, source=f"{self.target.label} start-up"))
                connection.finish()
            if connection.state is not State.IDLE:
                raise UsageError(f"the start-up statements of {self.target.label} leave a transaction open")
        except DbxError:
            connection.close()
            raise

    def reconnect(self) -> Connection:
        """A new connection in the place of the one there was."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return self.connection

    @property
    def engine(self) -> Any:
        """SQLAlchemy's Engine for this target, made on first use: the one import inside a function (0.3 s)."""
        if self._engine is None:
            from dbx import engine

            self._engine = engine.ordinary(self)
        return self._engine

    def announced(self, engine: Any) -> Any:
        """A new Engine, shown to `on_engine` before its pool has a connection."""
        if self.on_engine is not None:
            self.on_engine(engine)
        return engine

    @property
    def engine_made(self) -> Any:
        """The Engine, or None as long as nobody has used it: nothing is connected to for it."""
        return self._engine

    def give_way(self) -> None:
        """Ask, from another thread, what runs on the connection to end: a reader whose work can wait."""
        if self._connection is not None:
            self._connection.canceller.give_way()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._engine is not None:
            self._engine.dispose()
