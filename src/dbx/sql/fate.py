"""What has become of a run that did not reach its end: all of it, none of it, or so much; told by its error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.dialects.transactions import Ended
from dbx.errors import DbxError, Interrupted, OutputFailed, RolledBack
from dbx.rows import Statement
from dbx.sql.effects import is_session_setting
from dbx.sql.unit import Unit
from dbx.wording import may_write

End = DbxError | Interrupted


class Work:
    """One transaction. `done` is how it has ended, '' before; `warned` are the warnings that have been given."""

    def __init__(self) -> None:
        self.changed = 0
        self.uncounted = False
        self.wrote = False
        self.done = ""
        self.warned: set[str] = set()
        self._lasting: dict[str, str] = {}

    def lasts(self, kind: str, what: str) -> None:
        """Something stays whatever becomes of the transaction; a later one of its kind includes those before."""
        self._lasting[kind] = what

    @property
    def fate(self) -> str:
        """What a rollback has come to."""
        if self._lasting:
            return f"rolled back, but for {' and '.join(self._lasting.values())}"
        return "all of it was rolled back" if self.wrote else ""

    def tell(self, error: End) -> None:
        """Let the error that ended it say what has become of it. What the connection has said of it stands."""
        if self.done:
            error.fate = f"but everything had been {self.done}"
        elif not error.fate or self._lasting:
            add(error, self.fate)


@contextmanager
def watched(connection: Connection, unit: Unit, work: Work, *, stays: bool) -> Iterator[None]:
    """A statement of the transaction, which on some servers may end it, or leave something behind."""
    what = f"{' '.join(unit.words[:1])} on line {unit.line}"
    within = connection.state is State.OPEN
    try:
        yield
    except (DbxError, Interrupted):
        if within and connection.standing.witness.ended is Ended.COMMITTED:
            work.lasts("work", f"all before {what}")
        raise
    if within and connection.standing.witness.ended is Ended.COMMITTED:
        work.lasts("work", f"all up to {what}")
    elif within and connection.standing.witness.ended is not None:
        work.wrote = False  # what went before is gone already, or nobody knows
        known = connection.standing.witness.ended is Ended.ROLLED_BACK
        doubt = "" if known else ", and the server does not tell whether it was committed"
        raise RolledBack(f"{what} has {connection.standing.witness.ended.value} the open transaction{doubt}")
    elif stays:
        work.lasts(what, what)


class Kept:
    """Statements each kept for itself, or in transactions of the script's own."""

    def __init__(self) -> None:
        self._last: Unit | None = None
        self._start: Unit | None = None
        self._statement: Statement | None = None
        self._parts = 0
        self.ran = False
        """The statement has ended, and all its rows have been read."""

    def begin(self, unit: Unit) -> None:
        """From here on nothing is kept until `end`."""
        self._start, self._statement, self._parts, self.ran = unit, None, 0, False

    def send(self, statement: Statement) -> None:
        self._parts += self._statement is not None
        self._statement, self.ran = statement, False

    def end(self, unit: Unit) -> None:
        self._start = None
        if unit.kind != "sql" or not is_session_setting(unit.words):
            self._last = unit

    def tell(self, error: End, state: State) -> None:
        """Let the error that ended the run say what is kept, and where to go on if that is certain."""
        finished = self.ran or (isinstance(error, Interrupted) and error.finished)
        if self._start is not None and state is State.IDLE and finished:
            self.end(self._start)
        if self._start is None:
            add(error, f"everything up to and with {_spot(self._last)} is kept" if self._last else "")
            return
        if not error.fate and state is State.IDLE and self._is_doubtful(error):
            add(error, f"whether the statement on {_spot(self._start)} took effect is unknown")
        if self._parts and state is State.IDLE:
            add(error, f"the first part of {_spot(self._start)} is kept, and what went before")
        elif self._last is not None:
            again = "" if "unknown" in error.fate else self._again()
            column = f", column {self._start.column}," if self._shares_line() else ""
            add(error, f"what went before {_spot(self._start)}{column} is kept", again)

    def _is_doubtful(self, error: End) -> bool:
        """Whether nobody knows about the last statement: it was left, and not ended by its own failure."""
        if self._statement is None or not may_write(self._statement):
            return False
        return isinstance(error, OutputFailed) or (isinstance(error, Interrupted) and error.__cause__ is None)

    def _again(self) -> str:
        """How to go on. Not with rows of parameters: the same line has run for some of them."""
        start = self._start
        if start is None or not start.source or start.values is not None:
            return ""
        column = f":{start.column}" if self._shares_line() else ""
        return f"; to go on there: --resume-from {start.source}:{start.line}{column}"

    def _shares_line(self) -> bool:
        """Whether the line does not tell the statement that was to begin from the last that is kept."""
        start, last = self._start, self._last
        if start is None or last is None or start.values is not None:
            return False
        return (start.source, start.line) == (last.source, last.line)


def add(error: End, fate: str, advice: str = "") -> None:
    told = fate if isinstance(error, DbxError) else fate + advice
    error.fate = " · ".join(filter(None, [error.fate, told]))
    if isinstance(error, DbxError):
        error.hint = " · ".join(filter(None, [error.hint, fate + advice]))


def _spot(unit: Unit | None) -> str:
    row = getattr(unit.values, "where", "") if unit else ""
    return f"line {unit.line if unit else 0}" + (f" for {row}" if row else "")
