"""Brackets: where the next line of an input begins, what one that closes goes back to, and what is left open."""

from __future__ import annotations

import re

STEP = 4
_LOOKED_AT = 16 * 1024
"""Characters before the cursor that matter."""

# What brackets may hide in, and the brackets; a quote that is not closed hides the rest.
_PART = re.compile(
    r"'''.*?(?:'''|\Z)|\"\"\".*?(?:\"\"\"|\Z)|'(?:[^'\\\n]|\\.)*(?:'|$)|\"(?:[^\"\\\n]|\\.)*(?:\"|$)"
    r"|(?:--|\#)[^\n]*|[\[({]|[\])}]|\n",
    re.DOTALL | re.MULTILINE,
)

_CLOSES = {"[": "]", "(": ")", "{": "}"}


def leading(line: str) -> str:
    """The white space that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def following(before: str) -> str:
    """The indentation of a line that is begun behind `before`: deeper behind an open bracket or a colon."""
    before = before[-_LOOKED_AT:]
    lines = before.split("\n")
    here = leading(lines[-1])
    opened, closed = _brackets(before)
    on_this_line = [at for at in opened if at == len(lines) - 1]
    if on_this_line or lines[-1].rstrip().endswith(":"):
        return here + " " * STEP
    return leading(lines[closed]) if closed is not None else here


def closing(before: str) -> str | None:
    """The indentation of a bracket that closes and stands first on its line; None where it closes nothing."""
    opened, _ = _brackets(before[-_LOOKED_AT:])
    return leading(before[-_LOOKED_AT:].split("\n")[opened[-1]]) if opened else None


def completed(text: str) -> str:
    """The text with the quote and the brackets closed that it leaves open."""
    quote, opened = "", ""
    for part in _PART.finditer(text):
        token = part[0]
        if token in _CLOSES:
            opened += token
        elif token in _CLOSES.values():
            opened = opened[:-1]
        elif token[0] in "'\"":
            mark = token[:3] if token[:3] in ("'''", '"""') else token[0]
            quote = "" if len(token) >= 2 * len(mark) and token.endswith(mark) else mark
    return text + quote + "".join(_CLOSES[bracket] for bracket in reversed(opened))


def stop(column: int) -> int:
    """How many blanks lead to the next stop of the tabulator."""
    return STEP - column % STEP


def _brackets(text: str) -> tuple[list[int], int | None]:
    """The lines on which brackets stand that are still open, and that of the first one that the last line closes."""
    opened: list[int] = []
    row, closed = 0, None
    for part in _PART.finditer(text):
        token = part[0]
        if token in _CLOSES:
            opened.append(row)
        elif token in _CLOSES.values():
            at = opened.pop() if opened else None
            closed = at if at is not None and at < row else closed
        row += token.count("\n")
        if token == "\n":
            closed = None
    return opened, closed
