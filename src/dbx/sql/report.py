"""What a run has done, for machines: as JSON, TAP (testanything.org, version 13) or JUnit's XML, or for people.

A report is written while the run goes on, and complete however it ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from dbx.errors import UsageError
from dbx.redact import redact
from dbx.sql.ledger import Entry, Ledger

_TEXT = 200


class Format(NamedTuple):
    """The text before the first entry, of one entry, and behind the last. What `count` counts is numbered from 1."""

    begin: str
    entry: Callable[[Entry, int], str]
    end: Callable[[Ledger, int], str]
    count: Callable[[Entry], int] = lambda entry: 1


class Writer:
    """A report while it is written. What could not be written once is `broken`, and left so."""

    def __init__(self, form: Format, write: Callable[[bytes], None]) -> None:
        self.broken = False
        self._form = form
        self._write = write
        self._number = 1
        self._put(form.begin)

    def add(self, entry: Entry) -> None:
        number, self._number = self._number, self._number + self._form.count(entry)
        self._put(self._form.entry(entry, number))

    def end(self, ledger: Ledger) -> None:
        self._put(self._form.end(ledger, self._number - 1))

    def _put(self, text: str) -> None:
        if not self.broken:
            self.broken = True
            self._write(text.encode("utf-8", "backslashreplace"))
            self.broken = False


class Test(NamedTuple):
    """One check, or a statement that should not have failed. `wrong` is '' when all is well."""

    name: str
    wrong: str
    seconds: float


def tests(entry: Entry) -> list[Test]:
    where = f"{entry.statement.source}:{entry.statement.line}" if entry.statement.line else "all of it"
    found = [Test(f"{where} {_wish(text)}", wrong, entry.seconds) for text, wrong in entry.checks]
    if entry.error is not None and not any(test.wrong for test in found):
        found.append(Test(f"{where} runs", f"{entry.error.code} {entry.error.message}", entry.seconds))
    return found


def _wish(text: str) -> str:
    return text.removeprefix(r"\expect").strip(" ;")


def choose(name: str | None, file: str) -> Format:
    """The format of that name, or else of that file's ending; JSON for an ending that tells nothing."""
    if name is None:
        name = {".tap": "tap", ".xml": "junit", ".txt": "text", ".json": "json"}.get(Path(file).suffix.lower())
        if name is None and file != "-":
            hint = "--report-format says it, or an ending: .json, .tap, .xml, .txt"
            raise UsageError(f"in which format is the report {file}?", hint=hint)
        name = name or "json"
    if name not in FORMATS:
        raise UsageError(f"no report format '{name}'", hint=f"one of: {', '.join(FORMATS)}")
    return FORMATS[name]


def _json_entry(entry: Entry, number: int) -> str:
    statement, error = entry.statement, entry.error
    record = {
        "file": statement.source or None,
        "line": statement.line or None,
        "statement": redact(statement.text[:_TEXT]),
        "status": "failed" if error else "ok",
        "rows": entry.rows,
        "changed": entry.changed,
        "seconds": round(entry.seconds, 6),
        "checks": [{"expect": _wish(text), "wrong": wrong or None} for text, wrong in entry.checks],
        "error": {"code": error.code, "message": redact(error.message)} if error else None,
    }
    return f"{',' if number > 1 else ''}\n  {json.dumps(record)}"


def _json_end(ledger: Ledger, count: int) -> str:
    total = {
        "outcome": ledger.fate,
        "total": ledger.statements,
        "failed": ledger.failed,
        "checks": ledger.checks,
        "unmet": ledger.unmet,
        "rows": ledger.rows,
        "changed": ledger.changed,
        "seconds": round(ledger.seconds, 6),
    }
    return f"\n], {json.dumps(total)[1:]}\n"


def _tap_entry(entry: Entry, number: int) -> str:
    lines = []
    for count, test in enumerate(tests(entry), number):
        lines.append(f"{'not ok' if test.wrong else 'ok'} {count} - {_one_line(test.name)}\n".replace("#", r"\#"))
        if test.wrong:
            lines.append(f"  ---\n  message: {json.dumps(redact(test.wrong))}\n  ...\n")
    return "".join(lines)


def _junit_entry(entry: Entry, number: int) -> str:
    lines = []
    for test in tests(entry):
        head = f'  <testcase name={_attribute(test.name)} time="{test.seconds:.6f}"'
        wrong = f"><failure message={_attribute(redact(test.wrong))}/></testcase>" if test.wrong else "/>"
        lines.append(f"{head}{wrong}\n")
    return "".join(lines)


def _text_entry(entry: Entry, number: int) -> str:
    lines = []
    for test in tests(entry):
        wrong = f": {_one_line(redact(test.wrong))}" if test.wrong else ""
        lines.append(f"{'FAILED' if test.wrong else 'ok':<6} {_one_line(test.name)}{wrong}\n")
    return "".join(lines)


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def _attribute(text: str) -> str:
    return quoteattr(_one_line(text))


FORMATS = {
    "json": Format('{"version": 1, "statements": [', _json_entry, _json_end),
    "tap": Format(
        "TAP version 13\n",
        _tap_entry,
        lambda ledger, count: f"1..{count}\n# {_one_line(ledger.fate)}\n",
        lambda entry: len(tests(entry)),
    ),
    "junit": Format(
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="dbx">\n',
        _junit_entry,
        lambda ledger, count: f"  <system-out>{escape(_one_line(ledger.fate))}</system-out>\n</testsuite>\n",
    ),
    "text": Format(
        "",
        _text_entry,
        lambda ledger, count: (
            f"{ledger.checks - ledger.unmet} of {ledger.checks} checks met · {_one_line(ledger.fate)}\n"
        ),
    ),
}
