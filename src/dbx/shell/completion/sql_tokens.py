"""The tokens of SQL around the cursor, on the dialect's own lexis: quotes and comments are what the server takes them
for. The text need not be a statement yet; what is being typed is the last token before the cursor."""

from __future__ import annotations

import re
from typing import NamedTuple

from dbx.dialects.base import Syntax
from dbx.sql.lexis import blank

LONGEST = 64 * 1024
"""Characters of a text in which anything is completed."""

_TOKEN = re.compile(r"'[^']*'?|[^\W\d][\w$]*|\d[\w.]*|::|<=>|[<>!=]=|<>|\|\||->>?|[^\w\s]")


class Token(NamedTuple):
    """`kind` is word, quoted (a name between quotes), string, number or sign; `text` is as written, for a quoted name
    without its quotes. `opening` is the quote it begins with."""

    kind: str
    text: str
    opening: str = ""

    @property
    def word(self) -> str:
        """In capitals, if it may be a keyword; else ''."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def is_name(self) -> bool:
        return self.kind in ("word", "quoted")


class Typed(NamedTuple):
    """The tokens of a text. `tokens[at]` is the one at the cursor, as far as it is typed: it may be an empty word."""

    tokens: list[Token]
    at: int

    @property
    def current(self) -> Token:
        return self.tokens[self.at]


def typed(before: str, after: str, syntax: Syntax) -> Typed | None:
    """The tokens around the cursor; None within a comment, and in texts that are too long."""
    if len(before) + len(after) > LONGEST:
        return None
    tokens = _tokens(before + "x", syntax)  # the x is part of what the cursor is in
    if not tokens or not tokens[-1][1]:
        return None
    *first, (current, _) = tokens
    if current.kind == "sign":
        return None
    current = current._replace(text=current.text[:-1])
    rest = after[_end(after, current) :]
    behind = [token for token, _ in _tokens(rest, syntax)]
    return Typed([*(token for token, _ in first), current, *behind], len(first))


def _end(after: str, current: Token) -> int:
    """Where in `after` the token at the cursor ends. A quote ends at once where those behind it are in pairs: it has
    been opened in the middle of a text, and not been closed yet."""
    if current.kind in ("word", "number"):
        found = re.match(r"[\w$]*", after)
        return found.end() if found else 0
    closing = _CLOSING.get(current.opening, current.opening)
    line = after.partition("\n")[0]
    return line.find(closing) + len(closing) if line.count(closing) % 2 else 0


_CLOSING = {"[": "]"}


def _tokens(text: str, syntax: Syntax) -> list[tuple[Token, bool]]:
    """Tokens, and whether each reaches the end of the text."""
    plain = blank(text, syntax)
    return [(_token(text, found, syntax), found.end() == len(text)) for found in _TOKEN.finditer(plain)]


def _token(text: str, found: re.Match[str], syntax: Syntax) -> Token:
    written = text[found.start() : found.end()]
    first = written[0]
    if found[0][0] == "'":
        if first in "`[" or (first == '"' and not syntax.double_quoted_strings):
            closing = _CLOSING.get(first, first)
            inner = written[1:-1] if len(written) > 1 and written.endswith(closing) else written[1:]
            return Token("quoted", inner.replace(closing * 2, closing), first)
        inner = written[1:-1] if len(written) > 1 and written.endswith(first) else written[1:]
        return Token("string", inner, first)
    if first.isdigit():
        return Token("number", written)
    return Token("word" if first == "_" or first.isalpha() else "sign", written)
