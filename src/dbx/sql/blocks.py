"""Statements that contain statements: whether a semicolon ends them or stands within BEGIN … END."""

from __future__ import annotations

import re

from dbx.dialects.base import Syntax
from dbx.sql.lexis import WHITE, blank

# re compiles these when they are wanted, and keeps them
_ROUTINE = r"CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b"
_TRIGGER = r"(EXPLAIN (QUERY PLAN )?)?CREATE (TEMP |TEMPORARY )?TRIGGER\b"
_EDGES = r"(?i)[()]|(?<![\w$.])(?:begin(\s+atomic)?|case|end)(?![\w$])"
_BEGIN = r"(?i)(?<![\w$.])begin(?![\w$])"


class Block:
    """What is known of one statement as its semicolons are met, one after another."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._seen = 0
        self._depth = 0

    def is_open(self, text: str, words: tuple[str, ...]) -> bool:
        """Whether `text`, the statement up to a semicolon or the end of all, goes on behind it."""
        head = " ".join(words)
        new, self._seen = text[self._seen :], len(text)
        if self._syntax.trigger_bodies and re.match(_TRIGGER, head):
            # SQLite's own rule: the last thing is END between semicolons, whatever else the trigger contains
            return blank(new, self._syntax).strip(WHITE + ";").upper() != "END"
        if self._syntax.atomic_bodies and re.match(_ROUTINE, head):
            self._count(blank(new, self._syntax))
        return self._depth > 0

    def opening(self, text: str) -> int:
        """Where the block begins; 0 when it never did."""
        found = re.search(_BEGIN, blank(text, self._syntax))
        return found.start() if found else 0

    def _count(self, new: str) -> None:
        """Follow BEGIN ATOMIC, CASE and END outside parentheses, which are all closed at a semicolon."""
        parentheses = 0
        for found in re.finditer(_EDGES, new):
            edge = found[0].upper()
            if edge in "()":
                parentheses = max(0, parentheses + (1 if edge == "(" else -1))
            elif not parentheses and edge == "END":
                self._depth = max(0, self._depth - 1)
            elif not parentheses and (self._depth or found[1]):
                self._depth += 1
