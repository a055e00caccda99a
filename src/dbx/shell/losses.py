"""What a session has that ends with its connection, so that a reconnect can say what is gone. It is never run again."""

from __future__ import annotations

import re

from dbx.sql.unit import Unit

_MOST = 8
_ASSIGNED = re.compile(r"\s*(?:=|:=|\bTO\b).*", re.IGNORECASE | re.DOTALL)


class Losses:
    """Statements that have set the session up, by what they made: the last one for each counts."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}

    def note(self, unit: Unit) -> None:
        """A statement has run."""
        text = " ".join(unit.text.split()).rstrip("; ")
        match unit.words:
            case ("SET", *_) if "TRANSACTION" not in unit.words[:3] and "LOCAL" not in unit.words[:2]:
                self._add(_ASSIGNED.sub("", text))
            case ("CREATE", "TEMP" | "TEMPORARY", kind, *_):
                name = re.sub(r"(?i)^.*?\b(?:table|view|sequence)\s+(?:if\s+not\s+exists\s+)?", "", text)
                self._add(f"temporary {kind.lower()} {name.split('(')[0].split()[0]}")
            case ("USE" | "ATTACH" | "PREPARE" | "LISTEN" | "LOCK", *_):
                self._add(" ".join(text.split()[:2]))
            case ("DECLARE", *_):
                self._add("cursor " + " ".join(text.split()[1:2]))
            case ("SELECT", *_) if found := re.search(r"(?i)\b(pg_(?:try_)?advisory_lock|get_lock)\s*\([^)]*\)", text):
                self._add(found[0])

    def _add(self, what: str) -> None:
        self._made.pop(what.lower(), None)
        self._made[what.lower()] = what

    def told(self) -> str:
        """What is gone, and forget it: 'SET search_path, temporary table t'. '' for nothing that is known."""
        made = [*self._made.values()]
        self._made.clear()
        more = f" and {len(made) - _MOST} more" if len(made) > _MOST else ""
        return ", ".join(made[-_MOST:]) + more
