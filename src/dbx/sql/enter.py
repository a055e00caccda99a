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
    r"|union|where|select|distinct|into|with|recursive|limit|offset|case|when|then|else|returning|order|group|table"
    r"))\Z",
    re.IGNORECASE,
)
_MAKES = (
    r"create\s+(?:or\s+replace\s+)?"
    r"(?:(?:global|local|temp|temporary|unlogged|virtual|foreign|unique|materialized|recursive)\s+)*"
)
_LACKING = tuple(
    re.compile(rf"(?:{beginning})(?![\w$])(?!.*(?<![\w$@.])(?:{needed})).*\Z", re.IGNORECASE | re.DOTALL)
    for beginning, needed in (
        (
            r"insert|replace\s+into",
            r"default\s+values|values?\s*[^\s\w]|(?:select|set|table|with|execute|value|values)\s+\S",
        ),
        ("update", r"set\s+\S"),
        (r"merge(?:\s+into)?", r"when\s"),
        (rf"{_MAKES}table", r"\(|(?:as|like|select|of|using)\b"),
        (rf"{_MAKES}view", r"as\b"),
        (rf"{_MAKES}index", r"on\b"),
        (r"with", r"(?:select|insert|replace|update|delete|merge|values|table)\b"),
    )
)
"""Statements by their beginning, that lack what they cannot do without."""
_BARE = re.compile(
    r"(?:insert|update|delete|create|alter|drop|(?:alter|drop)\s+(?:table|view)(?:\s+(?:if\s+exists|only))*"
    r"|alter\s+table(?:\s+(?:if\s+exists|only))*\s+[^\s]+)\Z",
    re.IGNORECASE,
)
_DEEPEST = 20
_NESTED = re.compile(r"\([^()]*\)")


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
    last, _ = _read(text, syntax)
    return not _expects_more(blank(last.text if last else line, syntax).strip(WHITE))


def _expects_more(code: str) -> bool:
    """Whether one statement without its quoted text and comments is only the first line of itself."""
    if _EXPECTING.search(code) or _BARE.match(code):
        return True
    if code[:4].lower() == "with":
        for _ in range(_DEEPEST):
            code = _NESTED.sub(" ", code)
    return any(lacking.match(code) for lacking in _LACKING)


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
