"""An error as text for people, and as a record for machines."""

from __future__ import annotations

from typing import Any

from dbx.errors import DbxError, Place
from dbx.formats.visible import cells, visible
from dbx.redact import redact

_LONGEST = 4000
"""Characters of a message; some quote what they could not read, whole."""


def said(error: DbxError) -> list[str]:
    """The lines of the one shape of an error: place, code, message; the line with a caret; a hint."""
    place = error.place
    where = f"{place.source or 'text'}:{place.line}:{place.column}" if place else "dbx"
    message = error.message if len(error.message) < _LONGEST else f"{error.message[:_LONGEST]}…"
    lines = [f"{visible(where)}: {error.code} {visible(redact(message), keep=chr(10))}"]
    if place:
        lines += excerpt(place)
    if error.detail:
        lines.append(f"detail: {visible(redact(error.detail), keep=chr(10))}")
    if error.hint:
        lines.append(f"hint: {visible(redact(error.hint), keep=chr(10))}")
    return lines


_EXCERPT = 400


def excerpt(place: Place) -> list[str]:
    """The line of the place with a caret under what it means, both as a terminal can show them."""
    lines = place.text.split("\n")
    index = place.line - place.first_line
    if not 0 <= index < len(lines):
        return []
    line = lines[index].rstrip("\r")
    # a statement from the middle of a line is shown without what stands before it
    shift = place.first_column - 1 if index == 0 else 0
    start = max(place.column - 1 - shift, 0)
    end = place.end_column - 1 - shift if place.end_line == place.line else len(line)
    # of a very long line, what stands around the place
    first = max(0, start - _EXCERPT) if len(line) > 2 * _EXCERPT else 0
    shown = visible(line[first : first + 2 * _EXCERPT])
    before, marked = visible(line[first:start]), visible(line[start : max(end, start + 1)][:_EXCERPT])
    caret = " " * cells(before) + "^" * min(max(cells(marked), 1), _EXCERPT)
    return [f"  {shown}", f"  {caret}"]


def record(error: DbxError) -> dict[str, Any]:
    """An error for machines. Its keys never change; a missing value is null."""
    place = error.place
    return {
        "code": error.code,
        "message": redact(error.message),
        "file": place.source or None if place else None,
        "line": place.line if place else None,
        "col": place.column if place else None,
        "end_line": place.end_line if place else None,
        "end_col": place.end_column if place else None,
        "hint": redact(error.hint) or None,
        "detail": redact(error.detail) or None,
        "sqlstate": error.code if len(error.code) == 5 and error.code.isalnum() else None,
        "exit": error.exit_code,
    }
