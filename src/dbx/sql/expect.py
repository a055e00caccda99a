r"""`\expect` lines: what a script says of the result of the statement behind them, to test a database with.

    \expect rows = 3            how many rows it gives
    \expect value = 'AC/DC'     the one cell of its one row; NULL is the null value, 'NULL' the text
    \expect changed >= 1        how many rows it changes
    \expect error 23505         it fails, with that code; without a code: with any

Operators: = != < <= > >=. What looks like a number on both sides is compared as one.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from dbx.dialects.base import place
from dbx.errors import DbxError, LanguageError, Place, StatementFailed
from dbx.rows import Cell, Statement

_LINE = re.compile(r"\\expect\s+(?:(rows|value|changed)\s*(!=|<=|>=|=|<|>)\s*(\S.*?)|error(?:\s+(\S+))?)\s*;?\s*")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SEVERAL = object()


class Expectation(NamedTuple):
    """One line. `wanted` is text, None for NULL, '' for any error."""

    text: str
    subject: str
    operator: str
    wanted: str | None
    source: str = ""
    line: int = 1

    @property
    def place(self) -> Place:
        return place(Statement(self.text, None, self.source, self.line), 0, len(self.text))


class Result(NamedTuple):
    """What a statement came to: rows it gave, its only cell (or several), rows it changed, its error."""

    rows: int = 0
    value: object = _SEVERAL
    changed: int | None = None
    error: DbxError | None = None


def only_cell(rows: int, first: tuple[Cell, ...] | None) -> object:
    """The cell of a result that has just one."""
    return first[0] if rows == 1 and first is not None and len(first) == 1 else _SEVERAL


def parse(text: str, source: str = "", line: int = 1) -> Expectation:
    r"""An `\expect` line. Raises LanguageError."""
    text = text.strip()
    found = _LINE.fullmatch(text)
    wrong = found is None or (found[1] in ("rows", "changed") and not found[3].isdigit())
    if found is None or wrong:
        raise LanguageError(
            "not an expectation",
            hint=r"\expect rows = 3, \expect value = 'text', \expect changed >= 1, or \expect error 23505",
            place=place(Statement(text, None, source, line), 0, len(text)),
        )
    if found[1] is None:
        return Expectation(text, "error", "=", found[4] or "", source, line)
    return Expectation(text, found[1], found[2], _literal(found[3]), source, line)


def _literal(text: str) -> str | None:
    if text == "NULL":
        return None
    quoted = re.fullmatch(r"'((?:[^']|'')*)'", text)
    return quoted[1].replace("''", "'") if quoted else text


def failure(expectation: Expectation, result: Result) -> StatementFailed | None:
    """What is wrong with a result, if anything is."""
    got = _got(expectation, result)
    if not got:
        return None
    wish = expectation.text.removeprefix(r"\expect").rstrip(" ;").strip()
    return StatementFailed(f"expected {wish}, got {got}", code="E-EXPECT", place=expectation.place)


def _got(expectation: Expectation, result: Result) -> str:
    """'' when it is as expected."""
    _, subject, sign, wanted, *_ = expectation
    if subject == "error":
        if result.error is None:
            return "none"
        return "" if wanted in ("", result.error.code) else f"{result.error.code}: {result.error.message}"
    if subject == "value" and result.value is _SEVERAL:
        return f"{result.rows:,} rows, not one cell" if result.rows != 1 else "several columns, not one cell"
    got: Any = {"rows": result.rows, "changed": result.changed, "value": result.value}[subject]
    return "" if _holds(got, sign, wanted) else _shown(got)


def _holds(got: Any, sign: str, wanted: str | None) -> bool:
    if got is None or wanted is None:
        return sign in ("=", "!=") and (got is wanted) == (sign == "=")
    one, other = _number(got), _number(wanted)
    if one is not None and other is not None:
        return _COMPARE[sign](one, other)
    return _COMPARE[sign](_text(got), wanted)


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(_text(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _text(value: Any) -> str:
    return rf"\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _shown(value: Any) -> str:
    text = "NULL" if value is None else _text(value)[:200]
    text = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
    return f"'{text}'" if value == "NULL" else text
