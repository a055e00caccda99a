"""Statements one after another as one transaction: all of it happened or none of it.

BEGIN goes out before the first statement that is not a session setting, COMMIT after the last. One statement alone
needs neither: it is atomic by itself, and VACUUM or CREATE DATABASE work. A script that opens with its own BEGIN keeps
its own transactions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

from dbx.connection import COMMITTED, Connection
from dbx.dialects.base import Dialect, State
from dbx.errors import ConnectionLost, DbxError, Interrupted, Refused, StatementFailed
from dbx.rows import Outcome, Statement
from dbx.sql.effects import begins, is_session_setting, sets_transaction
from dbx.sql.examine import COUNTED, cap, changed, examine, is_uncounted, note
from dbx.sql.perform import Perform, plainly
from dbx.sql.unit import Unit
from dbx.wording import may_write

# Rows that cannot be delivered must take back the write they came from.
_RETURNING = re.compile(r"\breturning\b", re.IGNORECASE)

_GROUP, _GROUP_SIZE = 200, 64 * 1024
"""Statements, and characters of them, that go to the server together."""


class Rules(NamedTuple):
    """`confirm` is asked, with the number of changed rows if it is known, before anything is made lasting.

    `grouped`: statements that only change rows may be sent several at a time. `approve` is called behind the last
    statement, and raises what speaks against making it lasting.
    """

    autocommit: bool = False
    dry_run: bool = False
    max_rows: int | None = None
    confirm: Callable[[int | None], bool] | None = None
    grouped: bool = False
    approve: Callable[[], None] = lambda: None

    @property
    def simple(self) -> bool:
        """Nothing is to be decided after a statement has run, so that one alone needs no transaction."""
        return not self.dry_run and self.max_rows is None and self.confirm is None


Translate = Callable[[Unit], Iterable[Statement]]


class _Sum:
    """What a transaction has done so far."""

    def __init__(self) -> None:
        self.changed = 0
        self.uncounted = False
        self.wrote = False
        self.told: set[str] = set()

    @property
    def fate(self) -> str:
        """What a rollback has come to."""
        if not self.wrote:
            return ""
        return "all of it was rolled back" if not self.told else "rolled back, but for what could not be"


def run(
    connection: Connection, units: Iterable[Unit], translate: Translate, rules: Rules, perform: Perform = plainly
) -> Iterator[Outcome]:
    """The outcomes of all statements, each made when the one before has been read.

    Closing the iterator, or any error, rolls back. Raises Refused before a statement is sent that could not be part of
    the transaction, or afterwards when more than `max_rows` rows have changed. Interrupted says what became of it.
    """
    remaining = iter(units)
    settings, head = _opening(remaining)
    alone = (
        len(head) == 1
        and head[0].kind == "sql"
        and head[0].data is None
        and not head[0].expectations
        and rules.simple
        and not _RETURNING.search(head[0].text)
    )
    everything = chain(settings, head, remaining)
    own = bool(head) and head[0].kind == "sql" and begins(head[0].words)
    if rules.autocommit or alone or own:
        _check_rules(rules, own=own)
        if own and len(head) > 1:
            yield note("the script begins its own transactions; dbx adds none")
        yield from _each(connection, everything, translate, rules, perform)
    else:
        yield from _together(connection, everything, translate, rules, perform)


def _opening(units: Iterator[Unit]) -> tuple[list[Unit], list[Unit]]:
    """The settings at the start, and the two units behind them; what follows a COPY cannot be read before its rows."""
    settings: list[Unit] = []
    head: list[Unit] = []
    for unit in units:
        if not head and unit.kind == "sql" and is_session_setting(unit.words):
            settings.append(unit)
            continue
        head.append(unit)
        if len(head) == 2 or unit.data is not None:
            break
    return settings, head


def _check_rules(rules: Rules, *, own: bool) -> None:
    if rules.autocommit and rules.max_rows is not None:
        raise Refused("--max-rows cannot roll back what --autocommit keeps", hint="leave out one of them")
    if rules.dry_run:
        raise Refused(
            "a dry run cannot roll back a script that keeps its own transactions",
            hint="leave out its BEGIN and COMMIT" if own else "leave out --autocommit",
        )
    if rules.confirm:
        raise Refused(
            "in production nothing is made lasting unasked, and here there is nothing to ask about first",
            hint="say --yes, or leave out BEGIN and --autocommit",
        )


def _each(
    connection: Connection, units: Iterable[Unit], translate: Translate, rules: Rules, perform: Perform
) -> Iterator[Outcome]:
    """Statements as they come; what a script leaves open is rolled back and told."""
    total, kept, start = _Sum(), False, None
    try:
        for group in _groups(units) if rules.grouped else ([unit] for unit in units):
            # outside of a transaction each is to be committed for itself
            if len(group) > 1 and connection.state is State.OPEN:
                yield from _many(connection, group, translate, total)
                cap(total.changed, rules.max_rows)
                continue
            for unit in group:
                if connection.state is State.IDLE:
                    kept, start = start is not None, unit  # everything before this unit is lasting
                for statement in translate(unit):
                    for outcome in perform(connection, statement, unit):
                        yield outcome
                        total.changed += changed(outcome, unit, rules.max_rows)
                    cap(total.changed, rules.max_rows)
        rules.approve()
        if connection.state in (State.OPEN, State.FAILED):
            raise StatementFailed(
                "the script ended inside its own transaction: it is rolled back",
                code="E-OPEN",
                hint="end it with COMMIT",
            )
    except DbxError as error:
        if kept and start is not None:
            again = f"; to go on there: --resume-from {start.source}:{start.line}" if start.source else ""
            error.hint = " · ".join(filter(None, [error.hint, f"what went before line {start.line} is kept{again}"]))
            error.fate = f"kept up to line {start.line}"
        raise
    except Interrupted as stop:
        stop.fate = f"what went before line {start.line} is kept" if kept and start is not None else ""
        raise
    finally:
        _roll_back(connection)


def _together(
    connection: Connection, units: Iterable[Unit], translate: Translate, rules: Rules, perform: Perform
) -> Iterator[Outcome]:
    total = _Sum()
    try:
        for group in _groups(units) if rules.grouped else ([unit] for unit in units):
            if len(group) > 1:
                _begin(connection)
                yield from _many(connection, group, translate, total)
            else:
                yield from _one(connection, group[0], translate, rules, perform, total)
            cap(total.changed, rules.max_rows)
        rules.approve()
        if rules.dry_run:
            if left := _roll_back(connection):
                raise Refused(f"not all of it could be rolled back: {left}")
        elif connection.state is not State.IDLE:
            count = None if total.uncounted else total.changed
            if (total.changed or total.uncounted) and rules.confirm and not rules.confirm(count):
                raise Refused("not confirmed: rolled back")
            _commit(connection)
    except DbxError as error:
        error.fate = error.fate or total.fate
        open_ = connection.state in (State.OPEN, State.FAILED)
        left = _roll_back(connection)
        error.hint = " · ".join(filter(None, [error.hint, total.fate if open_ else "", left]))
        raise
    except Interrupted as stop:
        stop.fate = stop.fate or (total.fate if connection.state is not State.IDLE else "")
        raise
    finally:
        _roll_back(connection)


def _one(
    connection: Connection, unit: Unit, translate: Translate, rules: Rules, perform: Perform, total: _Sum
) -> Iterator[Outcome]:
    """One unit as part of the transaction, which begins with it if it has not yet."""
    warning = examine(connection, unit, dry_run=rules.dry_run, max_rows=rules.max_rows)
    if warning and warning not in total.told:
        total.told.add(warning)
        yield note(warning, "WARNING")
    before = _is_before(unit, connection.dialect) if unit.kind == "sql" else False
    for statement in translate(unit):
        if not before or (rules.dry_run and not sets_transaction(unit.words)):
            _begin(connection)
        for outcome in perform(connection, statement, unit):
            if warning:
                outcome.notices[:] = [notice for notice in outcome.notices if notice.code != COMMITTED]
            yield outcome
            total.changed += changed(outcome, unit, rules.max_rows)
        total.wrote |= may_write(statement)
        cap(total.changed, rules.max_rows)
        if rules.dry_run and connection.state is State.IDLE:
            raise Refused("the statement has ended the transaction: a dry run cannot take it back")
    total.uncounted |= is_uncounted(unit, connection)


def _is_before(unit: Unit, dialect: Dialect) -> bool:
    """Whether it may run before the transaction: a setting, and where SET TRANSACTION means the next one, that too."""
    return is_session_setting(unit.words) or (dialect.transaction_set_before and sets_transaction(unit.words))


def _many(connection: Connection, group: list[Unit], translate: Translate, total: _Sum) -> list[Outcome]:
    """A group as part of an open transaction."""
    total.wrote = True
    outcomes = connection.run_all([statement for unit in group for statement in translate(unit)])
    total.changed += sum(outcome.changed or 0 for outcome in outcomes)
    return outcomes


def _groups(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Units that only change rows, several at a time; all others one by one. An error in reading on comes after."""
    group: list[Unit] = []
    size = 0
    try:
        for unit in units:
            if _only_changes(unit):
                group.append(unit)
                size += len(unit.text)
                if len(group) < _GROUP and size < _GROUP_SIZE:
                    continue
            if group:
                full, group, size = group, [], 0
                yield full
            if not _only_changes(unit):
                yield [unit]
    except DbxError:
        if group:
            yield group
        raise
    if group:
        yield group


def _only_changes(unit: Unit) -> bool:
    return (
        unit.kind == "sql"
        and unit.words[:1] != ()
        and unit.words[0] in COUNTED
        and not unit.expectations
        and not _RETURNING.search(unit.text)
    )


def _begin(connection: Connection) -> None:
    if connection.state is State.IDLE:
        connection.run(Statement(connection.dialect.begin))


def _commit(connection: Connection) -> None:
    try:
        connection.run(Statement("COMMIT"))
    except ConnectionLost as error:
        error.fate = "unknown: COMMIT was sent and not answered"
        raise
    except Interrupted as stop:
        if stop.finished:
            stop.fate = "but everything had been committed"
        elif connection.state is State.LOST:
            stop.fate = "COMMIT was sent and not answered: whether it took effect is unknown"
        raise


def _roll_back(connection: Connection) -> str:
    """Whatever is still open ends without effect, but for what is told: a server may have tables without transactions.

    A connection that cannot be asked has lost its transaction anyway.
    """
    with suppress(DbxError):
        connection.finish()
        if connection.state in (State.OPEN, State.FAILED):
            notices = connection.run(Statement("ROLLBACK")).notices
            return " · ".join(notice.message for notice in notices if notice.severity == "WARNING")
    return ""
