"""SQLAlchemy's own errors in the words of what happened to the rows."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from dbx.errors import DbxError, StatementFailed


def told(error: SQLAlchemyError) -> DbxError:
    message = str(error).split("\n")[0].removesuffix(" (Background on this error at: https://sqlalche.me/e/20/bhk3)")
    hint = ""
    if isinstance(error, StaleDataError):
        hint = "the row has changed or gone since it was read: \\session check"
    if isinstance(error, ObjectDeletedError):
        hint = "its row is gone"
    return StatementFailed(message, code="E-SESSION", hint=hint)
