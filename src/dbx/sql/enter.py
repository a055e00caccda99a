"""Whether the Enter key runs what has been typed, or begins another line."""

from __future__ import annotations

import re
from dataclasses import replace

from dbx.dialects.base import Syntax
from dbx.errors import DbxError
from dbx.sql.kind import incomplete
from dbx.sql.lexis import WHITE, blank
from dbx.sql.script import Piece, Splitter, Unterminated

# With these a line cannot end. ON may: set x = on.
_EXPECTING = re.compile(
    r"(?:[-,+*/%<>=|&^~!@.:({\[]|(?<![\w$@.])(?:and|between|by|except|from|having|ilike|in|intersect|is|join|like|not|or"
    r"|union|where))\Z",
    re.IGNORECASE,
)


def complete(text: str, syntax: Syntax) -> bool:
    """Whether SQL ends with its terminator, and nothing is open. What is an error in itself counts as complete."""
    last, delimiter = None, ";"
    try:
        last, delimiter = _read(text, syntax)
    except Unterminated:
        return False
    except DbxError:
        return True
    return delimiter == ";" and last is not None and last.terminated


def open_construct(text: str, syntax: Syntax) -> str | None:
    """What the text leaves open: the quote, bracket or comment as it was opened, or BEGIN."""
    try:
        last, delimiter = _read(text, replace(syntax, parentheses=True))
    except Unterminated as error:
        return error.token
    except DbxError:
        return None
    if delimiter != ";":
        return "DELIMITER"
    code = blank(last.text, syntax) if last and not last.terminated else ""
    return "[" if code.count("[") > code.count("]") else None


def ready(text: str, syntax: Syntax, semicolon: bool) -> bool:
    """Whether Enter runs this SQL: it ends in its terminator or, unless `semicolon` is on, is one complete line."""
    if complete(text, syntax):
        return True
    line = text.strip(WHITE)
    if semicolon or "\n" in line or open_construct(text, syntax):
        return False
    return not _EXPECTING.search(blank(line, syntax).rstrip(WHITE))


def ready_expression(text: str) -> bool:
    """Whether Enter runs this expression: nothing is open at its end. What is wrong in itself runs, to be told so."""
    return not incomplete(text.strip(WHITE))


def _read(text: str, syntax: Syntax) -> tuple[Piece | None, str]:
    """The last statement, and the delimiter that is then in force."""
    splitter = Splitter(text, syntax)
    last = None
    for piece in splitter.pieces():
        last = piece
    return last, splitter.delimiter


def leaves(text: str, syntax: Syntax) -> bool:
    r"""Whether the last line of several is \q: somebody wants to leave, whatever stands above, as psql lets them."""
    before, _, last = text.rstrip(WHITE).rpartition("\n")
    return bool(before) and last.strip(WHITE) == "\\q" and blank(text.rstrip(WHITE), syntax).endswith("\\q")
