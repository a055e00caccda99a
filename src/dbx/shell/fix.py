"""What the hint of an error advises, done: the name that was meant is put in the place of the one that was written."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from dbx.errors import DbxError

MEANT = re.compile(r"did you mean '[^']+'\?")
"""What a hint says of a name that was probably meant."""
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def fixed(text: str, error: DbxError) -> str | None:
    """The text with the name that the hint proposes; None where it proposes none."""
    found, place = MEANT.search(error.hint), error.place
    if found is None or place is None:
        return None
    meant = found[0].split("'")[1]
    base = text.find(place.text)
    lines = place.text.split("\n")
    row = place.line - place.first_line
    if base < 0 or not 0 <= row < len(lines) or place.end_line != place.line:
        return None
    shift = place.first_column if row == 0 else 1
    first = base + sum(len(line) + 1 for line in lines[:row])
    start, end = first + place.column - shift, first + place.end_column - shift
    span = _written(text[start:end], meant)
    return text[: start + span[0]] + meant + text[start + span[1] :] if span else None


def _written(marked: str, meant: str) -> tuple[int, int] | None:
    """The name within what is marked that is most like the one that was meant; only its end if that is the likeness."""
    best, found = 0.5, None
    for name in _NAME.finditer(marked):
        spans = [name.span()]
        if "." not in meant:
            spans = [(name.start() + part.start(), name.start() + part.end()) for part in re.finditer(r"\w+", name[0])]
        for start, end in spans:
            likeness = SequenceMatcher(None, marked[start:end].lower(), meant.lower()).ratio()
            if likeness >= best and marked[start:end] != meant:
                best, found = likeness, (start, end)
    return found
