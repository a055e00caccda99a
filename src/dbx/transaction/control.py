"""Savepoints of the user's own: SAVEPOINT is a step, RELEASE and ROLLBACK TO go back to one."""

from __future__ import annotations

import re
from typing import NamedTuple

from dbx.errors import Refused
from dbx.sql.unit import Unit

_NAMED = re.compile(
    r"\A\W*(?:SAVEPOINT|RELEASE(?:\s+SAVEPOINT)?|ROLLBACK\s.*?TO(?:\s+SAVEPOINT)?)\s+(.+?)\s*;?\s*\Z", re.I | re.S
)


def savepoint(text: str, words: tuple[str, ...]) -> str:
    """The savepoint that SAVEPOINT, RELEASE or ROLLBACK TO names; '' for anything else."""
    if words[:1] not in (("SAVEPOINT",), ("RELEASE",), ("ROLLBACK",)):
        return ""
    found = _NAMED.match(text)
    return found[1].strip("\"`'[]").lower() if found else ""


class Mark(NamedTuple):
    """A savepoint: the number of the step that has set it, and what stood there: steps, and rows they had changed."""

    name: str
    number: int
    standing: int
    changed: int


class Marks:
    """The savepoints that the server still has, in the order in which they were set."""

    def __init__(self, *, moves: bool) -> None:
        """`moves`: one that is set again is no longer where it was."""
        self._moves = moves
        self._held: list[Mark] = []

    def set(self, mark: Mark) -> None:
        self._held = [other for other in self._held if not self._moves or other.name != mark.name]
        self._held.append(mark)

    def find(self, name: str, unit: Unit) -> Mark:
        """The last of that name. Raises Refused."""
        for mark in reversed(self._held):
            if mark.name == name:
                return mark
        raise Refused(f"no step has set the savepoint {name}", place=unit.place)

    def forget(self, number: int = 0) -> None:
        """Those that this step and later ones have set are gone."""
        self._held = [mark for mark in self._held if mark.number < number]
