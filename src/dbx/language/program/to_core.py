"""to_core(q): the SQLAlchemy program that makes the same statement, ready to run where there is an `engine`."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Dialect

from dbx.language.program import expressions, functions, statements
from dbx.language.program.code import Code

_WRITERS = {**expressions.WRITERS, **functions.WRITERS, **statements.WRITERS}


def program(statement: Any, dialect: Dialect) -> str:
    """Source text that leaves the statement in `query`. Written twice: first to see what has to be one object."""
    draft = Code(dialect, _WRITERS, Counter())
    statements.whole(draft, statement)
    shared = {each: count for each, count in draft.seen.items() if each in draft.keyed}
    code = Code(dialect, _WRITERS, Counter(shared))
    query = statements.whole(code, statement)
    if "MetaData" in code.imports.get("sqlalchemy", ()):
        code.lines.insert(0, "metadata = MetaData()")
    return code.text(query)
