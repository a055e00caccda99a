"""A connection while the catalog of MySQL or MariaDB is read through it: settings that change what the server writes
are set, nothing is waited for, and afterwards everything is as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dbx.dialects.mysql.dialect import several
from dbx.dialects.mysql.packets import answers
from dbx.schema.text.mysql import literal

_MANY = 500
_FEW = 20

_LOCKED = 1205
_INTERRUPTED = 1317
_OF_ALL = {1053, 1317, 1927, 1969, 2006, 2013, 2055, 3024, 4031}
"""What ends more than the one statement: server or connection gone, query cancelled or out of time."""

_KEPT = (
    "sql_mode",
    "time_zone",
    "lock_wait_timeout",
    "sql_quote_show_create",
    "sql_select_limit",
    "character_set_client",
    "character_set_results",
    "collation_connection",
)

Rows = Sequence[Sequence[Any]]
Question = tuple[str, Callable[[Any], object]]
"""A statement, and what is to be done with its rows or the error it met."""


class Session:
    """`home` is the current database, `idle` whether no transaction is open. Every fact is asked of the server: nothing
    of the driver's own is believed."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.error: type[Exception] = connection.Error
        kept = ", ".join(f"@@{name}" for name in _KEPT)
        (self.version, self.home, *self._before), *_ = self.rows(f"SELECT version(), database(), {kept}")
        self.mariadb = "MariaDB" in self.version
        self._patient = self.mariadb
        self.idle = not self._in_transaction()

    def rows(self, text: str) -> Rows:
        """The rows of one statement. Raises the driver's error."""
        cursor = self.connection.cursor()
        cursor.execute(text)
        found: Rows = cursor.fetchall()
        return found

    def ask(self, questions: Iterable[Question]) -> None:
        """Put the questions, hundreds in a packet. A statement that fails ends its packet on the server: those behind
        it are sent again, in small packets while failures go on.

        Raises what is no fault of a single statement.
        """
        left, size = list(questions), _MANY
        while left:
            if self.connection.hurried:
                raise self.error(_INTERRUPTED, "the connection is needed for something else")
            batch, done = left[:size], 0
            for answer in self._answers([text for text, _ in batch]):
                text, use = batch[done]
                use(self._waited(text) if self._patient and is_lock(answer) else answer)
                done += 1
            size = min(size * 2, _MANY) if done == len(batch) else _FEW
            left = left[done:]

    def _answers(self, texts: Sequence[str]) -> Iterator[Any]:
        try:
            yield from answers(self.connection, ";\n".join(texts))
        except self.error as error:
            if not error.args or error.args[0] in _OF_ALL or not isinstance(error.args[0], int) or not error.args[0]:
                raise
            yield error

    def _waited(self, text: str) -> Any:
        """The answer after a second at most, for the first lock that is met: most are held for a moment only."""
        self._patient = False
        self.rows("SET lock_wait_timeout = 1")
        (answer,) = self._answers([text])
        self.rows("SET lock_wait_timeout = 0")
        return answer

    def prepare(self) -> None:
        """MySQL cannot but wait, a second for each lock."""
        self.rows(f"SET NAMES {self.connection.character_set_name()}")
        self.rows(
            f"SET sql_mode = '', time_zone = '+00:00', lock_wait_timeout = {0 if self.mariadb else 1},"
            " sql_quote_show_create = 1, sql_select_limit = DEFAULT"
        )

    def restore(self) -> None:
        values = ", ".join(f"{name} = {_value(value)}" for name, value in zip(_KEPT, self._before, strict=True))
        for last in (False, True):
            try:
                self.rows(f"SET {values}")
                break
            except self.error:  # a cancel that came late hits this statement, and the next one not
                if last:
                    raise
        if self.idle and self._in_transaction():  # reading began one: autocommit is off
            self.rows("COMMIT AND NO CHAIN NO RELEASE")

    def _in_transaction(self) -> bool:
        if self.mariadb:
            ((answer,),) = self.rows("SELECT @@in_transaction")
            return str(answer) == "1"
        self.connection.ping(reconnect=False)
        return bool(self.connection.server_status & 1)


@contextmanager
def session(connection: Any) -> Iterator[Session]:
    """A Session for a block, within which a text may hold several statements."""
    connection.hurried = False
    found = Session(connection)
    with several(connection):
        try:
            found.prepare()
            yield found
        finally:
            found.restore()


def is_lock(answer: Any) -> bool:
    return isinstance(answer, Exception) and answer.args[0] == _LOCKED


def _value(value: Any) -> str:
    text = "" if value is None else str(value)
    return "NULL" if value is None else text if text.isdecimal() else literal(text)
