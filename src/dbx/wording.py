"""What a statement's own words tell, before and after it runs; where they cannot tell, they say that it may write."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from dbx.errors import StatementFailed
from dbx.rows import Statement

_READS = ("SELECT", "SHOW", "VALUES", "TABLE", "WITH", "EXPLAIN", "DESCRIBE", "DESC", "BEGIN", "SET", "USE", "PRAGMA")
_WRITES = re.compile(r"\b(insert|update|delete|merge|call|exec|execute|do|replace\s+into)\b", re.IGNORECASE)


def first_word(statement: Statement) -> str:
    return "".join(statement.text.split(None, 1)[:1]).rstrip(";").upper()


def writes(statement: Statement) -> bool:
    """Whether one that returns rows may write as well; cancelled after its first rows it would have done nothing."""
    return _WRITES.search(statement.text) is not None


def may_write(statement: Statement) -> bool:
    """Whether it could have done something. A cancelled query may end without an error, and has done nothing."""
    return statement.answer is None and (first_word(statement) not in _READS or writes(statement))


def check(statement: Statement, *, raw: bool = False) -> None:
    """What no driver may see: psycopg sends only the text before a NUL. Raises StatementFailed.

    With `raw` it may hold bytes that are no UTF-8: the splitter has seen that they stand in quotes.
    """
    if statement.failure is not None:
        raise statement.failure
    if "\0" in statement.text:
        raise StatementFailed("the statement holds a NUL character", code="E-SYNTAX", hint="nothing was sent")
    if not raw and not statement.text.isascii():
        try:
            statement.text.encode()
        except UnicodeEncodeError:
            message = "the statement is not valid UTF-8"
            raise StatementFailed(message, code="E-SYNTAX", hint="nothing was sent") from None


GONE = "the open transaction is gone: nothing of it was committed"


READ_ONLY = "dbx.sql.readonly"
"""By name: the lexer stands above, and only read-only connections want it."""


def gate(read_only: bool) -> Callable[[Any, Statement], None]:
    """What a connection asks before it sends a statement; it raises Refused."""
    if not read_only:
        return lambda connection, statement: None
    refuse: Callable[[Any, Statement], None] = import_module(READ_ONLY).refuse
    return refuse
