"""Which of many names a few typed characters mean: a search that looks at thousands in about a millisecond."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

LIMIT = 100
"""More than these nobody reads; a further character says more than scrolling."""


class Index:
    """Names that can be found by how they begin, by how a word in them begins, by a part, and by scattered letters."""

    def __init__(self, names: Iterable[str]) -> None:
        pairs = sorted({(name.lower(), name) for name in names})
        self.names = [name for _, name in pairs]
        self._lower = [lower for lower, _ in pairs]
        self._text = "\n".join(self._lower)
        self._starts: list[int] = []
        at = 0
        for lower in self._lower:
            self._starts.append(at)
            at += len(lower) + 1

    def __len__(self) -> int:
        return len(self.names)

    def find(self, typed: str, limit: int = LIMIT) -> list[str]:
        """The names that fit, the likeliest first; all of them for ''. In any case, the exact one first."""
        word = typed.lower().replace("\n", "")
        if not word:
            return self.names[:limit]
        found: dict[int, None] = {}
        for places in (self._beginning(word), self._within(word), self._scattered(word)):
            rank = sorted(places, key=lambda place: (len(self._lower[place]), place)) if found else list(places)
            found.update(dict.fromkeys(rank))
            if len(found) >= limit:
                break
        names = [self.names[place] for place in list(found)[:limit]]
        return sorted(names, key=lambda name: not name.startswith(typed)) if typed != word else names

    def _beginning(self, word: str) -> range:
        # the last character there is sorts behind all that go on from the word
        return range(bisect_left(self._lower, word), bisect_right(self._lower, word + chr(0x10FFFF)))

    def _within(self, word: str) -> Iterator[int]:
        """Where a part begins with the word; from three characters on also within one."""
        part = re.escape(word) if len(word) > 2 else rf"(?<![^\W_]){re.escape(word)}"
        for match in re.finditer(part, self._text):
            yield bisect_right(self._starts, match.start()) - 1

    def _scattered(self, word: str) -> Iterator[int]:
        """The letters in their order, with others between them: invln is invoice_line."""
        if len(word) < 2:
            return
        # each step runs to the first place of the next letter, so no name is gone through twice
        steps = "".join(rf"[^\n{_inside(letter)}]*{re.escape(letter)}" for letter in word[1:])
        for match in re.finditer(rf"(?:^|(?<=_)){re.escape(word[0])}{steps}", self._text, re.MULTILINE):
            yield bisect_right(self._starts, match.start()) - 1


def _inside(letter: str) -> str:
    return "\\" + letter if letter in "\\]^-" else letter


def rank(typed: str, name: str) -> int:
    """How well a single name fits: 0 not at all, 1 best. For lists that are too short to be indexed."""
    word, lower = typed.lower(), name.lower()
    if lower.startswith(word):
        return 1
    if word in lower and (len(word) > 2 or re.search(rf"(?<![^\W_]){re.escape(word)}", lower)):
        return 2
    rest = iter(lower)
    return 3 if len(word) > 1 and lower[:1] == word[:1] and all(letter in rest for letter in word) else 0
