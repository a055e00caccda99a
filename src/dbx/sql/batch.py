"""Statements one after another as one transaction: all of it happened or none of it.

BEGIN goes out before the first statement that is not a session setting, COMMIT after the last. One statement alone
needs neither: it is atomic by itself, and VACUUM or CREATE DATABASE work. A script that opens with its own BEGIN keeps
its own transactions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import NamedTuple

from dbx.connection import COMMITTED, Connection
from dbx.dialects.base import Dialect, State
from dbx.errors import DbxError, Refused, StatementFailed
from dbx.rows import Notice, Outcome, Statement
from dbx.sql.effects import begins, ends, is_session_setting
from dbx.sql.lexis import blank

_COUNTED = (("INSERT",), ("UPDATE",), ("DELETE",), ("MERGE",), ("REPLACE",))
# Rows that cannot be delivered must take back the write they came from.
_RETURNING = re.compile(r"\breturning\b", re.IGNORECASE)


_WRITES = re.compile(r"\b(?:insert|update|delete|merge)\b", re.IGNORECASE)
_READS = {("WITH",), ("SELECT",), ("EXPLAIN",), ("VALUES",), ("TABLE",)}
_UNCOUNTED = {
    (word,) for word in ["ALTER", "CALL", "COPY", "DO", "DROP", "EXEC", "EXECUTE", "IMPORT", "LOAD", "TRUNCATE"]
}


class Unit(NamedTuple):
    """A piece of what the user wrote: one SQL statement, or a text of expressions, with its first words."""

    kind: str
    text: str
    words: tuple[str, ...]
    source: str = ""
    line: int = 1
    column: int = 1


class Rules(NamedTuple):
    """`confirm` is asked, with the number of changed rows if it is known, before anything is made lasting."""

    autocommit: bool = False
    dry_run: bool = False
    max_rows: int | None = None
    confirm: Callable[[int | None], bool] | None = None

    @property
    def simple(self) -> bool:
        """Nothing is to be decided after a statement has run, so that one alone needs no transaction."""
        return not self.dry_run and self.max_rows is None and self.confirm is None


Translate = Callable[[Unit], Iterable[Statement]]
Perform = Callable[[Connection, Statement, tuple[str, ...]], Iterator[Outcome]]


def plainly(connection: Connection, statement: Statement, words: tuple[str, ...]) -> Iterator[Outcome]:
    """Each result of one statement, the next when the one before has been read."""
    outcome: Outcome | None = connection.run(statement)
    while outcome is not None:
        yield outcome
        outcome = connection.more()


def run(
    connection: Connection, units: Iterable[Unit], translate: Translate, rules: Rules, perform: Perform = plainly
) -> Iterator[Outcome]:
    """The outcomes of all statements, each made when the one before has been read.

    Closing the iterator, or any error, rolls back. Raises Refused before a statement is sent that could not be part of
    the transaction, or afterwards when more than `max_rows` rows have changed.
    """
    remaining = iter(units)
    head = list(islice(remaining, 2))
    alone = len(head) == 1 and head[0].kind == "sql" and rules.simple and not _RETURNING.search(head[0].text)
    everything = chain(head, remaining)
    own = bool(head) and head[0].kind == "sql" and begins(head[0].words)
    if rules.autocommit or alone or own:
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
        if own and len(head) > 1:
            yield _note(head[0], "the script begins its own transactions; dbx adds none")
        yield from _each(connection, everything, translate, rules, perform)
    else:
        yield from _together(connection, everything, translate, rules, perform)


def _each(
    connection: Connection, units: Iterable[Unit], translate: Translate, rules: Rules, perform: Perform
) -> Iterator[Outcome]:
    """Statements as they come; what a script leaves open is rolled back and told."""
    changed = 0
    try:
        for unit in units:
            for statement in translate(unit):
                for outcome in perform(connection, statement, unit.words):
                    yield outcome
                    changed += _changed(outcome, unit, rules)
                _cap(changed, rules)
        if connection.state in (State.OPEN, State.FAILED):
            raise StatementFailed(
                "the script ended inside its own transaction: it is rolled back",
                code="E-OPEN",
                hint="end it with COMMIT",
            )
    finally:
        _roll_back(connection)


def _together(
    connection: Connection, units: Iterable[Unit], translate: Translate, rules: Rules, perform: Perform
) -> Iterator[Outcome]:
    changed, uncounted = 0, False
    try:
        for unit in units:
            warning = _examine(connection, unit, rules)
            if warning:
                yield warning
            for statement in translate(unit):
                setting = unit.kind == "sql" and is_session_setting(unit.words) and not rules.dry_run
                if connection.state is State.IDLE and not setting:
                    connection.run(Statement(connection.dialect.begin))
                for outcome in perform(connection, statement, unit.words):
                    if warning:
                        outcome.notices[:] = [notice for notice in outcome.notices if notice.code != COMMITTED]
                    yield outcome
                    changed += _changed(outcome, unit, rules)
                _cap(changed, rules)
                if rules.dry_run and connection.state is State.IDLE:
                    raise Refused("the statement has ended the transaction: a dry run cannot take it back")
            uncounted |= _is_uncounted(unit, connection.dialect)
        if rules.dry_run:
            if left := _roll_back(connection):
                raise Refused(f"not all of it could be rolled back: {left}")
        elif connection.state is not State.IDLE:
            if (changed or uncounted) and rules.confirm and not rules.confirm(None if uncounted else changed):
                raise Refused("not confirmed: rolled back")
            connection.run(Statement("COMMIT"))
    except DbxError as error:
        error.hint = " · ".join(filter(None, [error.hint, _roll_back(connection)]))
        raise
    finally:
        _roll_back(connection)


def _examine(connection: Connection, unit: Unit, rules: Rules) -> Outcome | None:
    """Refuse, before it is sent, what cannot be part of one transaction; warn of what cannot be taken back."""
    if unit.kind != "sql":
        return None
    first = " ".join(unit.words[:1])
    dialect = connection.dialect
    product = connection.server.partition(" ")[0]
    if begins(unit.words) or ends(unit.words):
        raise Refused(
            f"{first} in the middle: dbx runs these statements as one transaction",
            hint="with --autocommit the script keeps its own transactions",
        )
    for count in range(1, len(unit.words) + 1):
        if (start := " ".join(unit.words[:count])) in dialect.forbidden:
            raise Refused(f"{product} runs {start} in no transaction", hint="run it alone, or use --autocommit")
    if _writes_file(unit.text, dialect):
        if rules.dry_run:
            raise Refused(f"{first} would write a file, so it has no dry run")
        return _note(unit, f"{first} writes a file, which stays whatever becomes of the transaction", "WARNING")
    if rules.max_rows is not None and _is_uncounted(unit, dialect):
        raise Refused(f"what {first} changes is not counted, so --max-rows cannot hold", hint="leave out --max-rows")
    if first in dialect.permanent and "TEMPORARY" not in unit.words[:3]:
        if rules.dry_run:
            raise Refused(f"{product} cannot roll {first} back, so it has no dry run")
        if rules.max_rows is not None:
            raise Refused(f"{product} cannot roll {first} back, so --max-rows cannot hold")
        return _note(unit, f"{first} cannot be rolled back on {product}, and commits what went before", "WARNING")
    return None


def _writes_file(text: str, dialect: Dialect) -> bool:
    pattern = dialect.writes_file
    return pattern is not None and bool(pattern.search(text) and pattern.search(blank(text, dialect.syntax)))


def _is_uncounted(unit: Unit, dialect: Dialect) -> bool:
    """Whether a statement may change rows that no server counts: behind a SELECT, in a procedure, or whole tables."""
    if unit.kind != "sql":
        return False
    if unit.words[:1] in _READS:
        return bool(_WRITES.search(blank(unit.text, dialect.syntax))) and not dialect.counts_everything
    return unit.words[:1] in _UNCOUNTED


def _changed(outcome: Outcome, unit: Unit, rules: Rules) -> int:
    """Not every foreign driver tells how many rows it has changed."""
    if outcome.changed is None and outcome.rows is None and rules.max_rows is not None and unit.words[:1] in _COUNTED:
        raise Refused("the driver does not tell how many rows have changed: rolled back", hint="leave out --max-rows")
    return outcome.changed or 0


def _cap(changed: int, rules: Rules) -> None:
    if rules.max_rows is not None and changed > rules.max_rows:
        raise Refused(f"{changed:,} rows changed, more than --max-rows {rules.max_rows:,}: rolled back")


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


def _note(unit: Unit, text: str, severity: str = "NOTE") -> Outcome:
    outcome = Outcome(Statement(unit.text, None, unit.source, unit.line, unit.column))
    outcome.notices.append(Notice(severity, text))
    return outcome
