"""What a flush would send: found out by a flush whose statements go nowhere.

SQLAlchemy's own unit of work runs against a connection that only writes down what it is given. A key that the server
would make is a `Made` until then, which stands in every later parameter that needs it. Afterwards the objects are as
they were before. What the Session has to read first, to know which rows go with a deleted one, it does read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect
from sqlalchemy.orm import Session, unitofwork

from dbx.engine import lending
from dbx.unit.log import Sent
from dbx.unit.states import Snapshot


class Made:
    """A value that only the server can make: a key that counts up, a default."""

    def __init__(self, column: str, table: object = None) -> None:
        self.column = column
        self.table = table
        self.owner = ""

    def __repr__(self) -> str:
        what = "key" if not self.column else self.column
        return f"<{what} of {self.owner or 'a new row'}>"

    def __bool__(self) -> bool:
        return True


class _Cursor:
    """Takes whatever it is given, and answers as a server would for which every statement does what it should."""

    arraysize = 1

    def __init__(self, sent: list[Sent]) -> None:
        self._sent = sent
        self.description: Any = None
        self.rowcount = 0
        self.rows: list[tuple[Any, ...]] = []
        self.table: object = None

    @property
    def lastrowid(self) -> Any:
        return Made("", self.table)

    def execute(self, text: str, parameters: Any = None, **_: Any) -> None:
        self._sent.append(Sent(text, parameters, "flush"))
        self.rowcount = 1

    def executemany(self, text: str, parameters: Any, **_: Any) -> None:
        self._sent.append(Sent(text, list(parameters), "flush"))
        self.rowcount = len(parameters)

    def fetchone(self) -> Any:
        return self.rows.pop(0) if self.rows else None

    def fetchall(self) -> list[Any]:
        rows, self.rows = self.rows, []
        return rows

    def fetchmany(self, size: int = 1) -> list[Any]:
        return self.fetchall()

    def close(self) -> None:
        """Nothing is open."""

    def nextset(self) -> None:
        return None

    def setinputsizes(self, *_: Any, **__: Any) -> None:
        """Of no use here."""


class _Dbapi:
    """As much of a DBAPI connection as a flush asks for."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def cursor(self, *_: Any, **__: Any) -> _Cursor:
        return _Cursor(self.sent)

    def close(self) -> None:
        """Nothing is open."""

    commit = rollback = close


def _hash(action: Any) -> int:
    return hash((type(action).__name__, id(getattr(action, "state", None)), str(action.sort_key)))


# Where tables refer to each other in a circle, SQLAlchemy takes what may be done in any order from a set, whose order
# is that of memory addresses. By what they stand for, the actions of the same changes come in the same order again.
unitofwork._PostSortRec.__hash__ = _hash  # type: ignore[method-assign, assignment]


def planned(session: Session, engine: Engine, label: Callable[[Any], str]) -> list[Sent]:
    """The statements of a flush, in their order. `label` names an object, in the keys that are not known yet.

    Use it where the session is used; it sends no statement that writes.
    """
    dbapi = _Dbapi()
    nowhere = lending(lambda: dbapi, engine)
    event.listen(nowhere, "before_cursor_execute", _answer)
    snapshot = Snapshot(session)
    with nowhere.connect() as connection:
        try:
            _execute(session, connection)
            _name(session, label)
        finally:
            snapshot.restore()
    return dbapi.sent


class _Transaction:
    """What a unit of work asks for its connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def connection(self, *_: Any, **__: Any) -> Connection:
        return self._connection


def _execute(session: Any, connection: Connection) -> None:
    """The first half of Session.flush: all but making it true for the objects."""
    work: Any = unitofwork.UOWTransaction(session)
    work.transaction = _Transaction(connection)
    deleted = set(session._deleted)
    dirty = set(session._dirty_states).difference(deleted)
    for state in set(session._new).union(dirty).difference(deleted):
        orphan = state.mapper._is_orphan(state) and state.has_identity
        work.register_object(state, isdelete=orphan)
    for state in deleted:
        work.register_object(state, isdelete=True)
    if work.has_work:
        session._flushing = True
        try:
            work.execute()
        finally:
            session._flushing = False


def _name(session: Session, label: Callable[[Any], str]) -> None:
    for instance in session.new:
        state: Any = inspect(instance)
        keys = {column.key for column in state.mapper.primary_key}
        names = {state.mapper.get_property_by_column(column).key for column in state.mapper.primary_key}
        for name, value in state.dict.items():
            # a reference holds the key of another object
            if isinstance(value, Made) and value.table in state.mapper.tables and not value.owner:
                value.owner = label(instance)
                value.column = "" if name in names and len(keys) == 1 else name


def _answer(connection: Connection, cursor: Any, text: str, parameters: Any, context: Any, many: bool) -> None:
    """The rows of a RETURNING: what the server would make."""
    compiled = context.compiled
    table = cursor.table = getattr(getattr(compiled, "statement", None), "table", None)
    columns = list(compiled.effective_returning) if compiled is not None and compiled.effective_returning else []
    if columns:
        cursor.description = [(column.name, None, None, None, None, None, None) for column in columns]
        given: Mapping[str, Any] = context.compiled_parameters[0] if context.compiled_parameters else {}
        cursor.rows = [tuple(given.get(column.key) or Made(column.name, table) for column in columns)]
