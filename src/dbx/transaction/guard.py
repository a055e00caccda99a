"""A savepoint before each statement, where a server would otherwise throw the whole transaction away for one error."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.errors import Refused
from dbx.rows import Outcome, Statement
from dbx.sql.effects import begins, ends, is_transaction_control
from dbx.sql.examine import is_uncounted, stays, writes_header
from dbx.sql.unit import Unit

_NAME = "dbx_statement"
_CONTROL_TAGS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


def guarded(connection: Connection, statement: Statement, unit: Unit) -> Iterator[Outcome]:
    """The outcomes of one statement. When it fails or is cancelled, an open transaction stands as it was before.

    Transaction control goes without: SET TRANSACTION fails behind a savepoint, and a RELEASE of the user's own
    savepoint would take dbx's with it.
    """
    guard = (
        connection.dialect.error_ends_work and connection.state is State.OPEN and not is_transaction_control(unit.words)
    )
    if guard:
        connection.run(Statement(f"SAVEPOINT {_NAME}"))
    tag = ""
    try:
        outcome: Outcome | None = connection.run(statement)
        while outcome is not None:
            yield outcome
            tag = outcome.tag
            outcome = connection.more()
    finally:
        if guard or not connection.holding:
            connection.finish()
        if guard and connection.state is State.FAILED:
            connection.run(Statement(f"ROLLBACK TO SAVEPOINT {_NAME}"))
        if guard and connection.state is State.OPEN and not tag.startswith(_CONTROL_TAGS):
            connection.run(Statement(f"RELEASE SAVEPOINT {_NAME}"))


def confirmed(
    connection: Connection, outcomes: Iterator[Outcome], unit: Unit, confirm: Callable[[int | None], bool]
) -> Iterator[Outcome]:
    """The outcomes of a statement that may write, made lasting only when `confirm` says so of its changed rows.

    In a transaction of the user's own, it is COMMIT that is confirmed. What a server makes lasting by itself is asked
    about before it runs. Raises Refused.
    """
    if unit.kind == "sql" and _lasts(connection, unit):
        if not confirm(None):
            raise Refused("not confirmed: nothing was sent")
        yield from outcomes
        return
    if connection.state is not State.IDLE or _is_harmless(connection, unit) or is_transaction_control(unit.words):
        yield from outcomes
        return
    connection.run(Statement(connection.dialect.begin))
    try:
        changed = 0
        for outcome in outcomes:
            yield outcome
            changed += outcome.changed or 0
        # an expression has no first word, and says what it changed
        if (changed or unit.words) and not confirm(changed or None):
            raise Refused("not confirmed: rolled back")
        connection.run(Statement("COMMIT"))
    finally:
        connection.finish()
        if connection.state in (State.OPEN, State.FAILED):
            connection.run(Statement("ROLLBACK"))


def _lasts(connection: Connection, unit: Unit) -> bool:
    """Whether it makes something lasting by itself, which no transaction around it could take back."""
    words, facts, open_ = unit.words, connection.dialect.transactions, connection.state is State.OPEN
    match words:
        case ("COMMIT", "PREPARED", *_) | ("XA", "COMMIT", *_):
            return True  # a transaction that was open before, maybe in another session
        case ("RELEASE", *_):
            return open_ and facts.savepoint_begins
    if begins(words) or ends(words):
        return open_ and words[0] not in ("ROLLBACK", "ABORT")
    if _is_harmless(connection, unit) or is_transaction_control(words):
        return bool(stays(unit, connection, "")[0])
    return (
        bool(stays(unit, connection, "")[0] or facts.commits_unseen("".join(words[:1])))
        or (words[:1] == ("PRAGMA",) and not open_ and not writes_header(words))
        or any(" ".join(words[:count]) in connection.dialect.forbidden for count in range(1, len(words) + 1))
    )


def _is_harmless(connection: Connection, unit: Unit) -> bool:
    """Whether it only reads, or sets up the session alone."""
    words, facts = unit.words, connection.dialect.transactions
    if words[:1] == ("PRAGMA",):
        name = " ".join(word.rpartition(".")[2] for word in words[:2])
        gives = "=" in unit.text or "(" in unit.text
        return name in facts.outside or name in facts.reading or not (gives or name in facts.acting)
    return words[:1] in _HARMLESS and words[:2] != ("SET", "STATEMENT") and not is_uncounted(unit, connection)


_HARMLESS = {(word,) for word in ("SELECT", "SHOW", "EXPLAIN", "VALUES", "TABLE", "SET", "USE", "DESCRIBE", "DESC")}
