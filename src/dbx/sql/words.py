"""What a statement begins with."""

from __future__ import annotations

import re
from functools import lru_cache

from dbx.dialects.base import Syntax
from dbx.sql.lexis import blank

COUNT = 6
"""So many words tell what a statement does: SET SESSION CHARACTERISTICS AS TRANSACTION."""

_WHITE = r"[ \t\n\r\f\v]"
_WORD = r"[^\x00-?\[-\^`{-\x7f][\w@.$]*+"  # begins with a letter, _, @ or what is not ASCII

_PLAIN = re.compile(rf"{_WORD}(?:{_WHITE}++{_WORD}){{0,{COUNT - 1}}}({_WHITE}*+(?:--|#|/\*|\*/))?")
_ONE = re.compile(_WORD)
_GAP = re.compile(rf"{_WHITE}*")
# the edges of a comment that MySQL runs mean no more than white space
_GAP_OR_EDGE = re.compile(rf"(?:{_WHITE}|/\*M?![0-9]*+|\*/)*")
_OPENING = re.compile(rf"(?:{_WHITE}|/\*M?![0-9]*+|\()*")
_FOR = re.compile(r"\bFOR\b", re.IGNORECASE)
_LOOKED_AT = 4000  # characters that comments before the last word may take

# in text whose quotes and comments are blank
_NAME = rf"(?:'[^']*'|[\w$]++){_WHITE}*"
_FROM_STDIN = (
    rf"COPY{_WHITE}+(?:BINARY{_WHITE}+)?{_NAME}(?:\.{_WHITE}*{_NAME})*"
    rf"(?:\([^()]*\){_WHITE}*)?FROM{_WHITE}+STDIN(?![\w$])"
)


def words(text: str, syntax: Syntax) -> tuple[str, ...]:
    """The first words of a statement in capitals, up to COUNT, as far as nothing but comments stands between them.

    A variable is a word, with its @ and dots. Opening parentheses before the first word are passed over. MariaDB's
    SET STATEMENT … FOR gives the words of the statement that it is for.
    """
    plain = _PLAIN.match(text)
    found = _split(plain[0]) if plain and plain[1] is None else _searched(text, syntax)
    if found[:2] == ("SET", "STATEMENT") and syntax.executable_comments:
        code = blank(text[:_LOOKED_AT], syntax)
        begin = _FOR.search(code)
        return words(text[begin.end() :].lstrip(), syntax) if begin else found
    return found


def _searched(text: str, syntax: Syntax) -> tuple[str, ...]:
    text = blank(text[:_LOOKED_AT], syntax)
    gap = _GAP_OR_EDGE if syntax.executable_comments else _GAP
    found: list[str] = []
    at = _end(_OPENING, text, 0)
    while len(found) < COUNT and (word := _ONE.match(text, at)):
        found.append(word[0].upper())
        at = _end(gap, text, word.end())
    return tuple(found)


@lru_cache(maxsize=64)
def _split(plain: str) -> tuple[str, ...]:
    """A script repeats itself: INSERT INTO t VALUES."""
    return tuple(plain.upper().split())


def reads_stdin(text: str, syntax: Syntax) -> bool:
    """Whether it is COPY … FROM stdin, the rows of which follow in the script."""
    # few scripts need the pattern: re compiles it when it is wanted, and keeps it
    return re.match(_FROM_STDIN, blank(text, syntax), re.IGNORECASE) is not None


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
