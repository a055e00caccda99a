"""How the transaction on a connection stands: asked of the server after every statement, never guessed."""

from __future__ import annotations

from typing import Any

from dbx.dialects.base import Dialect, Result, State, place
from dbx.errors import ConnectionLost, DbxError, RolledBack, StatementFailed
from dbx.rows import Outcome, Statement
from dbx.witness import Witness
from dbx.wording import first_word, may_write


class Standing:
    """`state` is what the server said after the last statement; `lost_work`: the connection was lost, and an open
    transaction with it; `witness` knows how the last statement has ended the transaction. `raw` is the DBAPI
    connection, None until there is one. Everything here runs on the connection's worker thread."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.raw: Any = None
        self.state, self.lost_work = State.IDLE, False
        self.tally = Tally()
        self.watch(Statement(""))

    def watch(self, statement: Statement) -> None:
        """A statement is about to be sent."""
        self.witness = Witness(self.dialect, self.raw, statement, self.state)

    def ask(self) -> None:
        before, self.state = self.state, self.dialect.state(self.raw)
        if self.state is State.LOST and before in (State.OPEN, State.FAILED):
            self.lost_work = True

    def concluded(self, result: Result, outcome: Outcome, before: State) -> None:
        """The last row has come, or there are none: the rest of the outcome. Raises RolledBack."""
        outcome.changed, outcome.tag = result.changed, result.tag
        outcome.notices = [*result.said, *self.dialect.notices(self.raw)]
        self.ask()
        self.tally.count(outcome.statement, before, self.state)
        if outcome.tag == "ROLLBACK" and first_word(outcome.statement) not in ("ROLLBACK", "ABORT"):
            raise RolledBack(
                "COMMIT was answered with ROLLBACK: nothing of the transaction was kept",
                hint="an earlier statement of it had failed",
            )
        if result.columns is None or self.state is State.IDLE:  # before its last rows nobody may be asked
            outcome.notices += self.witness.passed(self.state)

    def fault(self, error: Exception, statement: Statement, before: State) -> DbxError:
        """The driver's error as dbx's, with what has become of the transaction."""
        fault = self.dialect.fault(error, statement)
        if isinstance(fault, StatementFailed):
            fault.conflict = self.dialect.transactions.conflict(error)
        if fault.place is None and statement.source:  # in a script, at least which statement
            fault.place = place(statement, 0, len(first_word(statement)))
        notices = [] if isinstance(fault, ConnectionLost) else self.dialect.notices(self.raw)
        self.state = State.LOST if isinstance(fault, ConnectionLost) else self.dialect.state(self.raw)
        if self.state is State.LOST and not isinstance(fault, ConnectionLost):
            fault = ConnectionLost(fault.message, code=fault.code)
        self.tally.count(statement, before, self.state)
        fault.notices = notices
        if isinstance(fault, ConnectionLost):
            fault.lost_work = before in (State.OPEN, State.FAILED)
            self.lost_work = self.lost_work or fault.lost_work
        fault.fate = self.witness.failed(self.state, fault)
        fault.hint = fault.fate or fault.hint
        return fault


class Tally:
    """What has happened on a connection, for whoever shares it: how often a transaction has `ended`, how often it went
    `back` to a savepoint, and how many statements may have `written`."""

    def __init__(self) -> None:
        self.ended = self.back = self.written = 0

    def count(self, statement: Statement, before: State, after: State) -> None:
        first = first_word(statement)
        if first == "ROLLBACK" and "TO" in statement.text.upper().split():
            self.back += 1
        elif first in _ENDS or (before in (State.OPEN, State.FAILED) and after in (State.IDLE, State.LOST)):
            self.ended += 1
        elif may_write(statement) and first not in _ARRANGES:
            self.written += 1


_ENDS = ("COMMIT", "END", "ROLLBACK", "ABORT")
_ARRANGES = ("SAVEPOINT", "RELEASE", "BEGIN", "START", "SET")
