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

from dbx import interrupt
from dbx.connection import Connection
from dbx.dialects.base import Dialect, State
from dbx.errors import DbxError, Interrupted, Refused, StatementFailed
from dbx.rows import Outcome, Statement
from dbx.sql.effects import begins, is_session_setting, sets_transaction
from dbx.sql.examine import COUNTED, cap, changed, examine, is_definition, is_uncounted, note, writes_header
from dbx.sql.fate import Kept, Work, watched
from dbx.sql.parameter_rows import blamed
from dbx.sql.perform import Perform, plainly
from dbx.sql.unit import Unit
from dbx.witness import COMMITTED
from dbx.wording import may_write

# Rows that cannot be delivered must take back the write they came from.
_RETURNING = re.compile(r"\breturning\b", re.IGNORECASE)

_GROUP, _GROUP_SIZE = 200, 64 * 1024
"""Statements, and characters of them, that go to the server together."""


class Rules(NamedTuple):
    """`confirm` is asked, with the number of changed rows if it is known, before anything is made lasting.

    `grouped`: statements that only change rows may be sent several at a time. `approve` raises what speaks against
    making it lasting, `settle` too, directly before COMMIT; `done` is told what it came to. `go_on`: what speaks
    against it waits for the end.
    """

    autocommit: bool = False
    dry_run: bool = False
    max_rows: int | None = None
    confirm: Callable[[int | None], bool] | None = None
    grouped: bool = False
    approve: Callable[[], None] = lambda: None
    settle: Callable[[], None] = lambda: None
    done: Callable[[str], None] = lambda fate: None
    go_on: bool = False

    @property
    def simple(self) -> bool:
        """Nothing is to be decided after a statement has run, so that one alone needs no transaction."""
        return not self.dry_run and self.max_rows is None and self.confirm is None


Translate = Callable[[Unit], Iterable[Statement]]


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
        and not (head[0].data or head[0].expectations)
        and rules.simple
        and not _RETURNING.search(head[0].text)
        and not any(writes_header(unit.words) for unit in settings)
    )
    everything = chain(settings, head, remaining)
    own = bool(head) and head[0].kind == "sql" and begins(head[0].words)
    if rules.autocommit or alone or own:
        _check_rules(rules, own=own)
        if own and len(head) > 1:
            yield note("the script begins its own transactions; dbx adds none")
        yield from _each(connection, everything, translate, rules, perform, own=own)
    else:
        yield from _together(connection, everything, translate, rules, perform)


def _opening(units: Iterator[Unit]) -> tuple[list[Unit], list[Unit]]:
    """The settings at the start, and the two units behind them; what follows a COPY cannot be read before its rows."""
    settings, head = list[Unit](), list[Unit]()
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
    if own and rules.max_rows is not None:
        raise Refused("--max-rows cannot roll back what the script commits by itself", hint="leave out its COMMIT")
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
    connection: Connection, units: Iterable[Unit], translate: Translate, rules: Rules, perform: Perform, *, own: bool
) -> Iterator[Outcome]:
    """Statements as they come; what a script leaves open is rolled back and told."""
    kept = Kept()
    try:
        for group in _groups(units) if rules.grouped and own else ([unit] for unit in units):
            # within a transaction of the script's own; outside, each is to be committed for itself
            if len(group) > 1 and connection.state is State.OPEN:
                yield from _several(connection, group, translate, Work())
                continue
            for unit in group:
                if connection.state is State.IDLE:
                    kept.begin(unit)
                with blamed(unit):
                    yield from _sent(connection, unit, translate, perform, kept)
                if connection.state is State.IDLE:
                    kept.end(unit)
                if not rules.go_on:
                    rules.approve()
        rules.approve()
        if connection.state in (State.OPEN, State.FAILED):
            raise StatementFailed(
                "the script ended inside its own transaction: it is rolled back",
                code="E-OPEN",
                hint="end it with COMMIT",
            )
        rules.settle()
        rules.done("run in its own transactions" if own else "committed")
    except (DbxError, Interrupted) as error:
        kept.tell(error, connection.state)
        raise
    finally:
        _roll_back(connection)


def _sent(connection: Connection, unit: Unit, translate: Translate, perform: Perform, kept: Kept) -> Iterator[Outcome]:
    for statement in translate(unit):
        kept.send(statement)
        for outcome in perform(connection, statement, unit):
            kept.ran = outcome.rows is None
            yield outcome
        kept.ran = True


def _together(
    connection: Connection, units: Iterable[Unit], translate: Translate, rules: Rules, perform: Perform
) -> Iterator[Outcome]:
    work = Work()
    try:
        for group in _groups(units) if rules.grouped else ([unit] for unit in units):
            if len(group) > 1:
                yield from _several(connection, group, translate, work)
            else:
                with blamed(group[0]):
                    yield from _one(connection, group[0], translate, rules, perform, work)
            cap(work.changed, rules.max_rows)
        rules.approve()
        if rules.dry_run:
            if left := _roll_back(connection):
                work.lasts("left", left)
                raise Refused(f"not all of it could be rolled back: {left}")
            rules.done("dry run: rolled back")
        elif connection.state is State.IDLE:
            rules.settle()
            rules.done("committed")
        else:
            _end(connection, rules, work)
    except (DbxError, Interrupted) as error:
        if left := _roll_back(connection):
            work.lasts("left", left)
        work.tell(error)
        raise
    finally:
        _roll_back(connection)


def _end(connection: Connection, rules: Rules, work: Work) -> None:
    """COMMIT, when nothing speaks against it."""
    if (work.changed or work.uncounted) and rules.confirm:
        count = None if work.uncounted else work.changed
        if not rules.confirm(count):
            raise Refused("not confirmed: rolled back")
    rules.settle()
    # raised between two steps, a signal could not tell what had become of it
    with interrupt.forwarded(connection.canceller.on_signal):
        try:
            connection.run(Statement("COMMIT"))
        except Interrupted as stop:
            if not stop.finished:
                if stop.__cause__ is None:
                    stop.fate = "COMMIT was sent and not answered: whether it took effect is unknown"
                raise
            work.done = "committed"
            rules.done(work.done)
            raise
        work.done = "committed"
        rules.done(work.done)


def _several(connection: Connection, group: list[Unit], translate: Translate, work: Work) -> Iterator[Outcome]:
    """Units that only change rows, sent together."""
    statements: list[Statement] = []
    for unit in group:
        with blamed(unit):
            statements += translate(unit)
    _begin(connection)
    work.wrote = True
    try:
        outcomes = connection.run_all(statements)
    except DbxError as error:
        if not connection.dialect.error_ends_work or connection.state is not State.OPEN:
            with blamed(group[connection.ran]):
                raise error
        # the server has refused nothing: it was the driver, before it sent the first, and it has not told which
        outcomes = list(_singly(connection, group, statements))
    work.changed += sum(outcome.changed or 0 for outcome in outcomes)
    yield from outcomes


def _singly(connection: Connection, group: list[Unit], statements: list[Statement]) -> Iterator[Outcome]:
    for unit, statement in zip(group, statements, strict=True):
        with blamed(unit):
            yield connection.run(statement)


def _one(
    connection: Connection, unit: Unit, translate: Translate, rules: Rules, perform: Perform, work: Work
) -> Iterator[Outcome]:
    """One unit as part of the transaction, which begins with it if it has not yet."""
    asks, statements = rules.confirm is not None, translate(unit)  # what may not be said at all is refused first
    warning = examine(connection, unit, dry_run=rules.dry_run, max_rows=rules.max_rows, asks=asks)
    if warning and not rules.go_on:
        rules.approve()  # later it cannot be taken back any more
    if warning and warning not in work.warned:
        work.warned.add(warning)
        yield note(warning, "WARNING")
    before = unit.kind == "sql" and _is_before(unit, connection.dialect)
    # some of SQLite's settings are written into the file
    within = not before or (rules.dry_run and unit.words[0] == "PRAGMA")
    for statement in statements:
        if within:
            _begin(connection)
        work.wrote |= may_write(statement)
        with watched(connection, unit, work, stays=bool(warning)):
            for outcome in perform(connection, statement, unit):
                if warning:
                    outcome.notices[:] = [notice for notice in outcome.notices if notice.code != COMMITTED]
                yield outcome
                work.changed += changed(outcome, unit, rules.max_rows)
        cap(work.changed, rules.max_rows)
        if rules.dry_run and within and (connection.state is State.IDLE or connection.standing.witness.ended):
            raise Refused("the statement has ended the transaction: a dry run cannot take it back")
    work.uncounted |= is_uncounted(unit, connection) or (asks and is_definition(unit))


def _is_before(unit: Unit, dialect: Dialect) -> bool:
    """Whether it may run before the transaction: a setting, and where SET TRANSACTION means the next one, that too."""
    setting = is_session_setting(unit.words) and not writes_header(unit.words)
    return setting or (dialect.transaction_set_before and sets_transaction(unit.words))


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
        and not COUNTED.isdisjoint(unit.words[:1])
        and not unit.expectations
        and not _RETURNING.search(unit.text)
    )


def _begin(connection: Connection) -> None:
    if connection.state is State.IDLE:
        connection.run(Statement(connection.dialect.begin))


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
