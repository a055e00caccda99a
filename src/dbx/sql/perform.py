"""How one statement of a run is performed: plainly, going on behind its failure, or checked against expectations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.errors import LanguageError, StatementFailed
from dbx.rows import Outcome, Statement
from dbx.sql.expect import Result, failure, only_cell
from dbx.sql.parameter_rows import blame
from dbx.sql.unit import Unit

Perform = Callable[[Connection, Statement, Unit], Iterator[Outcome]]


def plainly(connection: Connection, statement: Statement, unit: Unit | None = None) -> Iterator[Outcome]:
    """Each result of one statement, the next when the one before has been read."""
    outcome: Outcome | None = connection.run(statement)
    while outcome is not None:
        yield outcome
        outcome = connection.more()


FAILURES = (StatementFailed, LanguageError)
"""What a run may go on behind: no to a statement, by its server or, for an expression, by dbx."""


def failing(translate: Callable[[Unit], Iterable[Statement]]) -> Callable[[Unit], Iterator[Statement]]:
    """An expression that cannot be one becomes a statement that fails when it is run, as one of a server's does."""

    def statements(unit: Unit) -> Iterator[Statement]:
        try:
            yield from translate(unit)
        except LanguageError as error:
            yield Statement(unit.text, None, unit.source, unit.line, unit.column, failure=error)

    return statements


def tolerant(perform: Perform) -> Perform:
    """The failure of a statement becomes its outcome, as long as the transaction around it lives."""

    def run(connection: Connection, statement: Statement, unit: Unit) -> Iterator[Outcome]:
        before = connection.state
        outcome = Outcome(statement)

        def fail(error: BaseException) -> None:
            if isinstance(error, FAILURES):
                blame(error, unit)
                outcome.error = error

        try:
            for outcome in perform(connection, statement, unit):
                if outcome.rows is not None:
                    outcome.rows.catch(StatementFailed, fail)
                yield outcome
        except FAILURES as error:
            if _ended(connection, before, unit):
                raise
            outcome = Outcome(statement)
            fail(error)
            yield outcome
        else:
            if outcome.error and _ended(connection, before, unit):
                raise outcome.error

    return run


def checked(perform: Perform) -> Perform:
    r"""A statement behind `\expect` shows no rows: they are read and judged. To fail as it should is no failure."""

    def run(connection: Connection, statement: Statement, unit: Unit) -> Iterator[Outcome]:
        if not unit.expectations:
            yield from perform(connection, statement, unit)
            return
        before = connection.state
        outcome = Outcome(statement)
        result = Result()
        try:
            for part in perform(connection, statement, unit):
                result = _read(part, outcome)
        except FAILURES as error:
            wished = any(expectation.subject == "error" for expectation in unit.expectations)
            if not wished or _ended(connection, before, unit):
                raise
            result = Result(error=error)
        for expectation in unit.expectations:
            wrong = failure(expectation, result)
            if wrong:
                blame(wrong, unit)
            outcome.error = outcome.error or wrong
            outcome.checks.append((expectation.text, wrong))
        yield outcome

    return run


def _ended(connection: Connection, before: State, unit: Unit) -> bool:
    """Whether a failure has taken the transaction with it, so that what follows would run outside of it. What commits
    by itself has not lost what it ended."""
    connection.finish()
    if connection.state is State.IDLE and connection.dialect.transactions.commits(unit.words):
        return False
    return connection.state is State.LOST or (before is State.OPEN and connection.state is not State.OPEN)


def _read(part: Outcome, outcome: Outcome) -> Result:
    """A result, read to its end; `outcome` takes over what is known beside it."""
    count, first = 0, None
    if part.rows is not None:
        for batch in part.rows:
            first = first or batch[0]
            count += len(batch)
    outcome.changed, outcome.tag = part.changed, part.tag
    outcome.seconds += part.seconds
    outcome.notices += part.notices
    return Result(count, only_cell(count, first), part.changed)
