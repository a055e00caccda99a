"""Statements about savepoints of the user's own."""

from __future__ import annotations

import re

_NAMED = re.compile(
    r"\A\W*(?:SAVEPOINT|RELEASE(?:\s+SAVEPOINT)?|ROLLBACK\s.*?TO(?:\s+SAVEPOINT)?)\s+(.+?)\s*;?\s*\Z", re.I | re.S
)


def savepoint(text: str, words: tuple[str, ...]) -> str:
    """The savepoint that SAVEPOINT, RELEASE or ROLLBACK TO names; '' for anything else."""
    if words[0] not in ("SAVEPOINT", "RELEASE", "ROLLBACK"):
        return ""
    found = _NAMED.match(text)
    return found[1].strip("\"`'[]").lower() if found else ""


def sets(text: str, words: tuple[str, ...], name: str) -> bool:
    """Whether it is the SAVEPOINT of that name."""
    return words[:1] == ("SAVEPOINT",) and savepoint(text, words) == name
