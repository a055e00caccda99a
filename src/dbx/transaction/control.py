"""Statements about savepoints of the user's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbx.errors import Refused
from dbx.sql.unit import Unit
from dbx.transaction.step import Step

_NAMED = re.compile(
    r"\A\W*(?:SAVEPOINT|RELEASE(?:\s+SAVEPOINT)?|ROLLBACK\s.*?TO(?:\s+SAVEPOINT)?)\s+(.+?)\s*;?\s*\Z", re.I | re.S
)


def savepoint(text: str, words: tuple[str, ...]) -> str:
    """The savepoint that SAVEPOINT, RELEASE or ROLLBACK TO names; '' for anything else."""
    if words[0] not in ("SAVEPOINT", "RELEASE", "ROLLBACK"):
        return ""
    found = _NAMED.match(text)
    return found[1].strip("\"`'[]").lower() if found else ""


def found(steps: Sequence[Step], name: str, unit: Unit) -> Step:
    """The step that has set a savepoint of that name, the last one. Raises Refused."""
    for step in reversed(steps):
        words = step.unit.words
        if words[:1] == ("SAVEPOINT",) and savepoint(step.statement.text, words) == name:
            return step
    raise Refused(f"no step has set the savepoint {name}", place=unit.place)
