"""What somebody most likely meant who typed something that there is not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The one of `known` that is most like the word, '' where none is so much like it (0 nothing alike, 1 the same)."""
    return next(iter(get_close_matches(word, list(known), 1, cutoff)), "")


def guess(word: str, known: Iterable[str], otherwise: str = "", cutoff: float = 0.6) -> str:
    """The hint of an error about a word that there is not."""
    near = nearest(word, known, cutoff)
    return f"did you mean '{near}'?" if near else otherwise
