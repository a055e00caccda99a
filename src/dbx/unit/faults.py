"""SQLAlchemy's own errors in the words of what happened to the rows."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.exc import CircularDependencyError, SQLAlchemyError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from dbx.errors import DbxError, StatementFailed

_OBJECT = re.compile(r"[Ii]nstance '<(\w+) at 0x[0-9a-f]+>'")


def told(error: SQLAlchemyError) -> DbxError:
    if isinstance(error, CircularDependencyError):
        return _circle(error)
    message = str(error).split("\n")[0].removesuffix(" (Background on this error at: https://sqlalche.me/e/20/bhk3)")
    message = _OBJECT.sub(r"instance of \1", message)
    hint = ""
    if isinstance(error, StaleDataError):
        hint = "the row has changed or gone since it was read: \\session check"
    if isinstance(error, ObjectDeletedError):
        hint = "its row is gone"
    return StatementFailed(message, code="E-SESSION", hint=hint)


def _circle(error: Any) -> DbxError:
    """Of rows that need each other SQLAlchemy finds no first one."""
    states = {action.state for action in error.cycles if getattr(action, "state", None) is not None}
    names = sorted(
        f"{state.mapper.local_table.name} {', '.join(map(str, state.identity))}"
        if state.identity
        else f"a new {state.mapper.local_table.name}"
        for state in states
    )
    return StatementFailed(
        f"{' and '.join(names) or 'rows'} refer to each other, and none of them can be written first",
        code="E-SESSION",
        hint="undo one of the references; where the other row is there already, set the column to its key instead",
    )
