"""Quotes and comments that are open: how to find their end, in text that arrives in chunks.

`seek(buffer, at, last)` searches from `at`, which lies within. It answers where the thing ends, or ~n when the buffer
ends before it: n is where to go on once the buffer has more. With `last` there is no more; the buffer then ends in a
line feed, so that no answer depends on what follows.
"""

from __future__ import annotations

import re
from typing import Protocol

# What stands between E'…' and '…' when they are one string: a line break, and perhaps comments.
_JOIN = r"[ \t\f\v]*+[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*+[\n\r])*"
_JOINED = f"{_JOIN}'"
_PERHAPS_JOINED = rf"(?:[ \t\f\v]*+|{_JOIN}(?:-(?:-[^\n\r]*+)?)?)\Z"


class Opened(Protocol):
    token: str
    comment: bool

    def seek(self, buffer: str, at: int, last: bool) -> int: ...


class Quote:
    """Text in which the doubled quote stands for one, and perhaps a backslash takes away what its follower means."""

    comment = False

    def __init__(self, token: str, *, backslash: bool) -> None:
        self.token = token
        self._inside = re.compile(inside(token, backslash), re.DOTALL)

    def seek(self, buffer: str, at: int, last: bool) -> int:
        end = self._inside.match(buffer, at).end()  # type: ignore[union-attr]  # it matches the empty text
        return end + 1 if end + 1 < len(buffer) else ~end


class Escaped(Quote):
    """E'…': the same string goes on in '…' on a later line, by the same rules."""

    def __init__(self) -> None:
        super().__init__("'", backslash=True)
        self._joined = re.compile(_JOINED)
        self._perhaps = re.compile(_PERHAPS_JOINED)

    def seek(self, buffer: str, at: int, last: bool) -> int:
        while (end := super().seek(buffer, at, last)) >= 0:
            if not last and self._perhaps.match(buffer, end):
                return ~(end - 1)
            joined = self._joined.match(buffer, end)
            if not joined:
                break
            at = joined.end()
        return end


class Until:
    """Everything up to the next `end`: a dollar quote, a name in brackets, a comment that does not nest."""

    def __init__(self, token: str, end: str) -> None:
        self.token = token
        self.comment = token == "/*"
        self._end = end

    def seek(self, buffer: str, at: int, last: bool) -> int:
        found = buffer.find(self._end, at)
        return found + len(self._end) if found >= 0 else ~max(at, len(buffer) - len(self._end) + 1)


class Nested:
    """A comment that may contain comments. Serves one comment only: it counts."""

    comment = True

    def __init__(self) -> None:
        self.token = "/*"
        self._depth = 1
        self._edge = re.compile(r"/\*|\*/")

    def seek(self, buffer: str, at: int, last: bool) -> int:
        for edge in self._edge.finditer(buffer, at):
            at = edge.end()
            self._depth += 1 if edge[0] == "/*" else -1
            if self._depth == 0:
                return at
        return ~max(at, len(buffer) - 1)


class Line:
    """A comment up to the end of the line, which is not part of it."""

    comment = True

    def __init__(self, token: str, inside: str) -> None:
        self.token = token
        self._inside = re.compile(inside)

    def seek(self, buffer: str, at: int, last: bool) -> int:
        end = self._inside.match(buffer, at).end()  # type: ignore[union-attr]  # it matches the empty text
        return end if end < len(buffer) else ~end


def inside(quote: str, backslash: bool) -> str:
    """The pattern of what surely is within quotes."""
    escape = r"\\" if backslash else ""
    pair = rf"(?:{quote}{quote}|\\.)" if backslash else quote * 2
    return f"[^{quote}{escape}]*+(?:{pair}[^{quote}{escape}]*+)*"
