"""How a preview looks under the prompt: where and why there is none, and the SQL, dimmed, its values in a colour."""

from __future__ import annotations

import re
from textwrap import wrap

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from dbx.errors import Place
from dbx.formats.visible import visible
from dbx.shell.preview import Preview

LINES = 6
"""Lines that the SQL may take."""
_WIDE = 60
"""Columns from which the SQL stands under the text and not under the prompt."""

_SAID = 2
"""Lines that the reason may take."""

STYLE = {
    "live": "dim",
    "live.value": "dim ansicyan",
    "live.old": "fg:ansibrightblack",
    "live.caret": "ansired",
    "live.message": "dim",
}

# Strings and numbers; names in quotes and words are looked at so that nothing in them is taken for a value.
_VALUE = re.compile(
    r"(?P<value>'(?:[^']|'')*'|\b[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\b)|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|[^\W\d]\w*|."
    r"|\n",
    re.DOTALL,
)


def lines(preview: Preview, text: str, width: int, columns: int, limit: int = LINES) -> list[StyleAndTextTuples]:
    """The lines under a prompt of `width` on a terminal of `columns`. `text` is what stands there by now: what was said
    of an older one points nowhere, and its SQL is grey."""
    found: list[StyleAndTextTuples] = []
    now = preview.text == text
    if preview.place is not None and now:
        found += _pointed(preview, preview.place, width, columns)
    indent = columns - room(width, columns)
    if preview.waits and now:
        found.append([("class:live", " " * indent + "…")])
    elif preview.sql:
        current = now and preview.place is None and not preview.old
        plain = "class:live" if current else "class:live.old"
        found += [[("", " " * indent), *line] for line in sql_lines(preview.sql, columns - indent, limit, plain)]
    return found


def room(width: int, columns: int) -> int:
    """The columns that the SQL may take under a prompt of `width`."""
    return columns - width if columns - width >= _WIDE else columns


def sql_lines(sql: str, columns: int, limit: int, plain: str = "class:live") -> list[StyleAndTextTuples]:
    """SQL in at most so many lines of at most so many columns; what is cut off is `…`."""
    value = "class:live.value" if plain == "class:live" else plain
    found: list[StyleAndTextTuples] = [[]]
    for part in _VALUE.finditer(sql):
        if part[0] == "\n":
            if len(found) == limit:
                found[-1].append((plain, " …"))
                break
            found.append([])
        else:
            found[-1].append((value if part["value"] else plain, visible(part[0])))
    return [_clipped(line, columns) for line in found]


def _clipped(line: StyleAndTextTuples, columns: int) -> StyleAndTextTuples:
    """A line as far as there is room for it."""
    if sum(get_cwidth(part[1]) for part in line) <= columns:
        return line
    kept: StyleAndTextTuples = []
    room = columns - 1
    for style, text, *_ in line:
        for char in text:
            room -= get_cwidth(char)
            if room < 0:
                return [*kept, (style, "…")]
            kept.append((style, char))
    return kept


def _pointed(preview: Preview, place: Place, width: int, columns: int) -> list[StyleAndTextTuples]:
    """The caret, under the text itself where that is the line above, else under a copy of the line."""
    message = visible(preview.message.partition("\n")[0])
    written = preview.text.split("\n")
    row = min(max(place.line - place.first_line, 0), len(written) - 1)
    start = place.column - 1
    end = max(place.end_column - 1 if place.end_line == place.line else len(written[row]), start + 1)
    found: list[StyleAndTextTuples] = []
    before, marked = written[row][:start].expandtabs(4), written[row][start:end]
    at = width + get_cwidth(before)
    if row != len(written) - 1 or width + get_cwidth(written[row].expandtabs(4)) >= columns:
        head = f"{row + 1}: "
        shown = visible(written[row][max(0, start - columns // 3) :])
        found.append(_clipped([("class:live.message", head + shown)], columns))
        at = len(head) + get_cwidth(visible(written[row][max(0, start - columns // 3) : start]))
    carets = "^" * min(max(get_cwidth(marked), 1), max(columns - at, 1))
    pointing: StyleAndTextTuples = [("", " " * at), ("class:live.caret", carets)]
    if at + len(carets) + 1 + get_cwidth(message) <= columns:
        return [*found, [*pointing, ("class:live.message", f" {message}")]]
    found.append(_clipped(pointing, columns))
    said = wrap(message, columns)
    if len(said) > _SAID:
        said[_SAID - 1] += " …"
    return [*found, *(_clipped([("class:live.message", line)], columns) for line in said[:_SAID])]
