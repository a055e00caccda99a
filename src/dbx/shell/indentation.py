"""Where the next line of an input begins, and what a bracket that closes goes back to."""

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


def stop(column: int) -> int:
    """How many blanks lead to the next stop of the tabulator."""
    return STEP - column % STEP


def _brackets(text: str) -> tuple[list[int], int | None]:
    """The lines on which brackets stand that are still open, and that of the first one that the last line closes."""
    opened: list[int] = []
    row, closed = 0, None
    for part in _PART.finditer(text):
        token = part[0]
        if token in ("[", "(", "{"):
            opened.append(row)
        elif token in ("]", ")", "}"):
            at = opened.pop() if opened else None
            closed = at if at is not None and at < row else closed
        row += token.count("\n")
        if token == "\n":
            closed = None
    return opened, closed
