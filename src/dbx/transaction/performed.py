"""One step's statement while it runs: its outcomes, its counts, and its rows before and after."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.errors import DbxError, Interrupted, StatementFailed
from dbx.rows import Outcome
from dbx.sql.perform import Perform
from dbx.transaction import lasting
from dbx.transaction.savepoints import Savepoints
from dbx.transaction.step import Step
from dbx.transaction.watch import Watch
from dbx.witness import COMMITTED

_FORBIDDEN = {"42501", "42000"}


def performed(
    connection: Connection, step: Step, savepoints: Savepoints, limit: int, perform: Perform
) -> Iterator[Outcome]:
    """The outcomes of a step's statement. `limit` is how many rows are read before and after it, 0 for none."""
    if step.act is not None:
        outcome = Outcome(step.statement)
        outcome.changed = step.changed = step.act.do()
        step.effect = step.act.effect
        yield outcome
        return
    watch = _watched(connection, step, savepoints, limit)
    outcome = Outcome(step.statement)
    among_rows: list[BaseException] = []
    for outcome in _outcomes(connection, step, savepoints, watch, perform):
        if step.lasting:  # said before it ran
            outcome.notices[:] = [notice for notice in outcome.notices if notice.code != COMMITTED]
        if outcome.rows is not None:  # whoever reads them would meet the error, and not the step
            outcome.rows.catch((DbxError, Interrupted), among_rows.append)
        yield outcome
        if among_rows:
            raise among_rows[0]
    step.rows = outcome.rows.count if outcome.rows is not None else None
    step.changed, step.seconds, step.error = outcome.changed, outcome.seconds, outcome.error
    if outcome.error is not None:
        raise outcome.error
    if watch and connection.state is State.OPEN:
        step.effect = watch.end(outcome)
        _check_open(connection)


def _check_open(connection: Connection) -> None:
    if connection.state is not State.OPEN:
        raise StatementFailed("what the step has changed could not be read", code="E-EFFECT")


def _watched(connection: Connection, step: Step, savepoints: Savepoints, limit: int) -> Watch | None:
    """The step's rows as they are before it. A reading that fails is taken back to the savepoint."""
    wanted = limit and savepoints.has(step) and step.unit.data is None and not step.unit.expectations
    if not wanted or not lasting.writes(connection, step.statement):
        return None
    watch = Watch(connection, step.statement, step.unit, limit)
    if connection.state is State.FAILED:
        savepoints.back(step)
    return watch


def _outcomes(
    connection: Connection, step: Step, savepoints: Savepoints, watch: Watch | None, perform: Perform
) -> Iterator[Outcome]:
    """The outcomes of the statement; of an INSERT that returns its keys, as if it did not."""
    try:
        statement = watch.statement if watch else step.statement
        for outcome in perform(connection, statement, step.unit):
            if watch and watch.returning and outcome.rows is not None:
                outcome.changed, outcome.rows, outcome.statement = watch.take(outcome.rows), None, step.statement
            yield outcome
    except StatementFailed as error:
        if not (watch and watch.returning and error.code in _FORBIDDEN):
            raise
        # who may insert may not always read
        savepoints.back(step)
        watch.give_up(error)
        yield from perform(connection, step.statement, step.unit)
