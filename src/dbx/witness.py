"""How a statement has ended the transaction that was open before it.

The server's status says only that no transaction is open any more, or that one is: a procedure may have ended the first
and begun another. What has become of it is asked of the server too, as far as it keeps count of commits.
"""

from __future__ import annotations

from typing import Any

from dbx.dialects.base import Dialect, State
from dbx.dialects.transactions import Ended, Traces
from dbx.errors import DbxError, StatementFailed
from dbx.rows import Notice, Statement
from dbx.wording import GONE, first_word, may_write

COMMITTED = "E-COMMIT"
"""The code of the notice that a statement ended the transaction by itself."""


class Witness:
    """Of one statement, from directly before it is sent. `ended` says how it has ended the transaction; None where it
    has not, or was there for that. Runs on the connection's worker thread."""

    ended: Ended | None = None
    unanswered = False
    """The connection was lost behind a statement that may have committed."""

    def __init__(self, dialect: Dialect, connection: Any, statement: Statement, state: State) -> None:
        self._facts = dialect.transactions
        self._connection = connection
        self._statement = statement
        self._first = first_word(statement)
        self._within = state in (State.OPEN, State.FAILED)
        self._before: Traces | None = None

    def look(self) -> None:
        """Before the statement is sent. Raises the driver's errors."""
        if self._within:
            self._before = self._facts.traces(self._connection, self._first)

    def passed(self, state: State) -> list[Notice]:
        """The statement has not failed, all its results have come, and the state is `state`: what is to be told."""
        if self._first not in _OWN:
            self.ended = self._asked(state, None)
        if self.ended is None:
            return []
        doubt = "; the server does not tell whether it was committed" if self.ended is Ended.UNKNOWN else ""
        return [Notice("WARNING", f"{self._first} has {self.ended.value} the open transaction{doubt}", COMMITTED)]

    def failed(self, state: State, error: DbxError) -> str:
        """What the failure has done to the transaction, in words; '' when it has done nothing."""
        if state is State.LOST:
            may_commit = self._first in _COMMITS or self._first in self._facts.permanent or self._before is not None
            self.unanswered = may_commit if self._within else may_write(self._statement)
            if self.unanswered:
                return f"{self._first} was sent and not answered: whether it took effect is unknown"
            return GONE if self._within else ""
        self.ended = self._asked(state, error)
        return _FAILED[self.ended] if self.ended else ""

    def _asked(self, state: State, error: DbxError | None) -> Ended | None:
        if not self._within or state in (State.LOST, State.FAILED):
            return None
        try:
            after = self._facts.traces(self._connection, self._first) if self._before is not None else None
        except Exception:
            return Ended.UNKNOWN  # whoever runs the next statement will meet it again
        if state is State.OPEN and after == self._before:
            return None
        conflict = error.conflict if isinstance(error, StatementFailed) else ""
        return self._facts.ended(self._first, self._before, after, failed=error is not None, conflict=conflict)


_COMMITS = ("COMMIT", "END", "PREPARE")
_OWN = (*_COMMITS, "ROLLBACK", "ABORT", "XA")
_FAILED = {
    Ended.COMMITTED: "before it failed it committed the open transaction: what went before is kept",
    Ended.ROLLED_BACK: "the server has rolled the whole transaction back: nothing of it was kept; run it again",
    Ended.UNKNOWN: "before it failed it ended the open transaction, and the server does not tell whether it was"
    " committed: look at the data",
}
