"""Going on with a script behind what an earlier run has kept: --resume-from FILE:LINE."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbx.errors import UsageError
from dbx.sql.effects import is_session_setting
from dbx.sql.unit import Unit


def parse(text: str) -> tuple[str, int, int]:
    """File, line, and column, 0 when it is not told. Raises UsageError."""
    found = re.fullmatch(r"(.+?):([0-9]+)(?::([0-9]+))?", text, re.DOTALL)
    if not found:
        raise UsageError(f"--resume-from {text!r} is not FILE:LINE", hint="the error of the earlier run has it")
    return found[1], int(found[2]), int(found[3] or 0)


def resumed(units: Iterator[Unit], file: str, line: int, column: int = 0) -> Iterator[Unit]:
    """The units from there on, and before them the session's settings, which they may need.

    Raises UsageError when no unit begins on that line, before any but settings has been handed over.
    """
    near: list[int] = []
    for unit in units:
        if unit.source == file and unit.line == line and column in (0, unit.column):
            yield unit
            yield from units
            return
        if unit.source == file and unit.line <= line:
            near = [unit.line]
        elif unit.source == file:
            near.append(unit.line)
            break
        if unit.kind == "sql" and is_session_setting(unit.words):
            yield unit
    known = " and ".join(map(str, near))
    raise UsageError(
        f"no statement begins at {file}:{line}{f':{column}' if column else ''}",
        hint=f"the nearest begin on line {known}" if near else f"{file} is none of the files",
    )
