"""The writers of differences: text, sql, json, markdown. Each gives the pieces of its text."""

from __future__ import annotations

import json as _json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dbx.formats.markdown import escaped
from dbx.formats.visible import visible
from dbx.rows import Rows
from dbx.schema import migrate, serial
from dbx.schema.diff import words
from dbx.schema.diff.changes import CHANGED, Change, Diff
from dbx.schema.objects import Name
from dbx.schema.writers import laid_out

DIFF_FORMAT, DIFF_VERSION = "dbx diff", 1


def text(diff: Diff) -> Iterator[str]:
    """A line for each change, under it the lines in which a long text differs; then the questions. Nothing when there
    is no difference."""
    for rename in diff.renames:
        yield f"{words.SIGNS[CHANGED]} {words.renamed(rename)}"
    for change in diff.changes:
        yield words.line(change)
        yield from (f"    {each}" for each in words.longer(change))
    for question in diff.questions:
        yield f"{words.question(question)}  --rename {visible(words.answer(question))}"


def sql(diff: Diff) -> Iterator[str]:
    """The statements that make the first what the second is, in the order in which they run."""
    for question in diff.questions:
        told = f"{words.question(question)}  If so: --rename {visible(words.answer(question))}"
        yield f"-- {told}"
    yield from migrate.statements(diff)


def json(diff: Diff) -> Iterator[str]:
    """One document."""
    head = {"format": DIFF_FORMAT, "version": DIFF_VERSION, "before": diff.before.dialect, "after": diff.after.dialect}
    yield _write(head)[:-1] + ', "changes": ['
    for number, change in enumerate(diff.changes):
        yield ("" if number == 0 else ", ") + _write(_plain(change))
    for name, renames in (("questions", diff.questions), ("renames", diff.renames)):
        yield f'], "{name}": ['
        for number, rename in enumerate(renames):
            found = {**rename._asdict(), "within": rename.within.shown if rename.within else None}
            yield ("" if number == 0 else ", ") + _write(found)
    yield "]}"


_write = _json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _plain(change: Change) -> dict[str, Any]:
    found: dict[str, Any] = {"action": change.action, "kind": change.kind, "name": change.name}
    if change.within is not None:
        found["table"] = change.within.shown
    if change.facts:
        found["facts"] = [{"name": each.name, "before": _value(each.before), "after": _value(each.after)}
                          for each in change.facts]  # fmt: skip
    elif change.kind != "database":
        found["object"] = serial.plain(change.before or change.after)
    if change.why:
        found["why"] = change.why
    return found


def _value(found: Any) -> Any:
    if isinstance(found, Name) or not isinstance(found, tuple):
        return found.shown if isinstance(found, Name) else found
    return serial.plain(found) if hasattr(found, "_fields") else [_value(each) for each in found]


def markdown(diff: Diff) -> Iterator[str]:
    """For a pull request: a table of what is otherwise, then the texts."""
    yield f"**{words.counted(diff)}**"
    if diff.changes:
        yield ""
        yield "| | what | how |"
        yield "|---|---|---|"
    for change in diff.changes:
        sign = words.SIGNS[change.action]
        yield f"| {sign} | {escaped(words.subject(change))} | {escaped(words.summary(change))} |"
    for change in diff.changes:
        if lines := list(words.longer(change)):
            yield f"\n{escaped(words.subject(change))}\n"
            fence = "`" * max(3, max(len(run) for line in lines for run in _runs(line)) + 1)
            yield "\n".join([f"{fence}diff", *lines, fence])
    for rename in diff.renames:
        yield f"\n{escaped(words.renamed(rename))}"
    for question in diff.questions:
        yield f"\n{escaped(words.question(question))}"


def _runs(line: str) -> list[str]:
    """The runs of backticks."""
    return ["", *"".join(each if each == "`" else " " for each in line).split()]


FORMATS: Mapping[str, Callable[[Diff], Iterator[str]]] = {"text": text, "sql": sql, "json": json, "markdown": markdown}


def rows(diff: Diff, format_name: str) -> Rows:
    coding = serial.encoded if format_name == "json" else _bytes
    pieces = FORMATS[format_name](diff)
    if format_name == "json":
        return laid_out(coding(piece) for piece in (*pieces, "\n"))
    return laid_out(coding(f"{piece}\n") for piece in pieces)


def _bytes(piece: str) -> bytes:
    return piece.encode("utf-8", "surrogateescape")
