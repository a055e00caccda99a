"""Isolation levels: which there are, how one is set for a transaction, which it is."""

from __future__ import annotations

from dbx.connection import Connection
from dbx.dialects.base import Dialect
from dbx.errors import Refused
from dbx.rows import Statement


def checked(dialect: Dialect, level: str) -> str:
    """A level as the server names it, '' for the server's own. Raises Refused for one that it has not."""
    levels = dialect.transactions.levels
    name = " ".join(level.upper().replace("-", " ").split())
    if name and name not in levels:
        raise Refused(f"no isolation level {name} here", hint=f"there are: {', '.join(levels) or 'none'}")
    return name


def opening(dialect: Dialect, text: str, level: str) -> list[Statement]:
    """What opens a transaction at a level; with only one there is nothing to set."""
    begin = Statement(text or dialect.begin)
    if not level or len(dialect.transactions.levels) == 1:
        return [begin]
    setting = Statement(f"SET TRANSACTION ISOLATION LEVEL {level}")
    return [setting, begin] if dialect.transaction_set_before else [begin, setting]


def now(connection: Connection) -> str:
    """The level of the session, or of the open transaction; '' where the server does not tell."""
    facts = connection.dialect.transactions
    if not facts.level:
        return facts.levels[0] if len(facts.levels) == 1 else ""
    rows = connection.run(Statement(facts.level)).rows
    found = [str(row[-1]) for batch in rows for row in batch] if rows is not None else []
    return found[0].upper().replace("-", " ") if found else ""
