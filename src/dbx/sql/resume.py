"""Going on with a script behind what an earlier run has kept: --resume-from FILE:LINE."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.errors import UsageError
from dbx.sql.effects import is_session_setting
from dbx.sql.unit import Unit


def parse(text: str) -> tuple[str, int]:
    """File and line. Raises UsageError."""
    file, _, line = text.rpartition(":")
    if not file or not line.isdigit():
        raise UsageError(f"--resume-from {text!r} is not FILE:LINE", hint="the error of the earlier run has it")
    return file, int(line)


def resumed(units: Iterator[Unit], file: str, line: int) -> Iterator[Unit]:
    """The units from there on, and before them the session's settings, which they may need.

    Raises UsageError when no unit begins on that line, before any but settings has been handed over.
    """
    near: list[int] = []
    for unit in units:
        if unit.source == file and unit.line == line:
            yield unit
            yield from units
            return
        if unit.source == file and unit.line < line:
            near = [unit.line]
        elif unit.source == file:
            near.append(unit.line)
            break
        if unit.kind == "sql" and is_session_setting(unit.words):
            yield unit
    known = " and ".join(map(str, near))
    raise UsageError(
        f"no statement begins at {file}:{line}",
        hint=f"the nearest begin on line {known}" if near else f"{file} is none of the files",
    )
