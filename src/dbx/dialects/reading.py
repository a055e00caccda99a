"""What only reads, on a server: the data of dbx.sql.readonly, with what is the same everywhere as its defaults."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NEVER = re.compile(r"(?!)")
_WORDS = frozenset(
    {"SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN", "DESCRIBE", "DESC"}
    | {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`words` begin statements that may only read. A SET, BEGIN or PRAGMA is refused where `settings` finds something
    in it, or `harmless` is not all of it; `effects` are functions that do more than to compute, but for the calls that
    `exempt` fits."""

    words: frozenset[str] = _WORDS
    settings: re.Pattern[str] = re.compile(r"read_only|read\s+write", re.IGNORECASE)
    harmless: re.Pattern[str] = re.compile(r".*", re.DOTALL)
    effects: re.Pattern[str] = _NEVER
    exempt: re.Pattern[str] = _NEVER

    def also(self, *words: str) -> frozenset[str]:
        return self.words | set(words)


BASE = Reading()
