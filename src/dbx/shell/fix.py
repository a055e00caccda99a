"""What the hint of an error advises, done: the name that was meant is put in the place of the one that was written."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from dbx.errors import DbxError
from dbx.nearest import guess
from dbx.schema.known import Known, Unread

MEANT = re.compile(r"did you mean '[^']+'\?")
"""What a hint says of a name that was probably meant."""
_UNKNOWN = re.compile(r"no such (?:column|table)|unknown column|(?:does not|doesn't) exist", re.IGNORECASE)
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
    if end - start == 1 and (name := _NAME.match(text, start)):
        end = name.end()  # PostgreSQL tells where it begins
    span = _written(text[start:end], meant)
    return text[: start + span[0]] + meant + text[start + span[1] :] if span else None


def meant(error: DbxError, known: Known) -> str:
    """The hint that an error of the server wants, which has met a name that it does not know: the name most like it, of
    a table or of a column of the tables in the statement. '' where there is none, or it is no such error."""
    place = error.place
    if place is None or not _UNKNOWN.search(error.message):
        return ""
    row = place.line - place.first_line
    lines = place.text.split("\n")
    start = place.column - (place.first_column if row == 0 else 1)
    found = _NAME.match(lines[row], start) if 0 <= row < len(lines) and start >= 0 else None
    if found is None:
        return ""
    words = {word.lower() for word in _NAME.findall(place.text.replace(".", " "))}
    try:
        names = known.tables()
    except Unread:
        return ""
    tables = [known.peek(name) for name in names if name.lower() in words]
    columns = [column.name for table in tables if table for column in table.columns]
    return guess(found[0].rpartition(".")[2].lower(), [*columns, *names], cutoff=0.7)


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
