"""The driver's text of a statement, within the last two budgets, and refused in the words of the language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import CompileError, InvalidRequestError, StatementError

from dbx.errors import LanguageError, Place
from dbx.language.translation import Query
from dbx.sql.unit import Unit

MAX_SQL = 1024 * 1024
MAX_PARAMETERS = 32_000


def compiled(capture: Callable[[Any], tuple[str, Any]], query: Query, unit: Unit) -> tuple[str, Any]:
    """Raises LanguageError for what the server's dialect cannot write, and for what is too large."""
    try:
        text, parameters = capture(query.statement)
    except (CompileError, InvalidRequestError, NotImplementedError) as error:
        raise _refusal("E-DIALECT", str(error).split("\n")[0], "", query, unit) from None
    except StatementError as error:
        # A parameter that its type cannot take.
        raise _refusal("E-VALUE", str(error.orig).split("\n")[0], "", query, unit) from None
    if len(text) > MAX_SQL:
        raise _refusal("E-LIMIT", f"{len(text):,} characters of SQL", f"at most {MAX_SQL:,}", query, unit)
    if len(parameters or ()) > MAX_PARAMETERS:
        raise _refusal("E-LIMIT", f"{len(parameters):,} parameters", f"at most {MAX_PARAMETERS:,}", query, unit)
    return text, parameters


def _refusal(code: str, message: str, hint: str, query: Query, unit: Unit) -> LanguageError:
    place = Place(
        unit.text, query.line, query.column,
        source=unit.source, first_line=unit.line, first_column=unit.column,
    )  # fmt: skip
    return LanguageError(message, code=code, hint=hint, place=place)
