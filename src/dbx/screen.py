"""Everything dbx shows leaves here: rows to standard output, the rest to standard error, all of it made safe."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, TextIO
from unicodedata import combining, east_asian_width

from dbx import sink
from dbx.errors import DbxError, Place, Refused
from dbx.formats import Style, load
from dbx.formats.visible import visible
from dbx.options import Output, Report
from dbx.progress import Progress
from dbx.redact import redact
from dbx.rows import Notice, Outcome, Rows, Statement

_LONGEST = 4000
"""Characters of a message; some quote what they could not read, whole."""

DIM, BOLD, RED, YELLOW, RESET = "\x1b[2m", "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[0m"

_OUTPUT, _REPORT = Output(), Report()


class Screen:
    """The terminal or whatever stands in its place; made once in main(). `hidden`: rows are read and not shown."""

    def __init__(self, output: Output = _OUTPUT, report: Report = _REPORT, *, pager: bool = True) -> None:
        self.output = output
        self.report = report
        self.tty = sink.is_terminal(1) and output.output in ("", "-")
        self.colour = _colour(report.color, 1)
        self.error_colour = _colour(report.color, 2)
        self.chatty = sink.is_terminal(2) and not output.quiet
        self.hidden = False
        self._progress: Progress | None = None
        self.pager = pager and self.tty and sink.is_terminal(0)
        self.format = load(output.format or ("table" if self.tty else "tsv"))
        self.dialect = ""

    def style(self) -> Style:
        return Style(
            null=self.output.null,
            header=not self.output.no_header,
            width=shutil.get_terminal_size().columns if self.tty else None,
            colour=self.colour and self.tty,
            table=self.output.table,
            dialect=self.output.dialect or self.dialect,
        )

    def show(self, answer: Rows | Iterable[Outcome]) -> None:
        """Write an answer: rows, or outcomes. Raises OutputFailed, or Interrupted when the reader has gone."""
        self.format.check(self.style())
        outcomes = iter([Outcome(Statement(""), answer)]) if isinstance(answer, Rows) else iter(answer)
        with sink.opened(self.output.output, self.format.binary, pager=self.pager) as out, _closing(outcomes):
            shown = 0
            for outcome in outcomes:
                if self.output.echo and outcome.statement.shown:
                    self._echo(outcome, out, shown)
                if outcome.rows is not None and self.hidden:
                    for _ in outcome.rows:
                        pass
                elif outcome.rows is not None:
                    if shown and not self.format.many:
                        raise Refused(
                            f"{self.format.name} holds one result, and here is a second", hint="run one statement"
                        )
                    if shown and not (self.format.human and self.output.echo):
                        out.write(self.format.between)
                    self._write(outcome, out)
                    shown += 1
                self._remark(outcome, out)

    @contextmanager
    def progress(self, text: Callable[[], str]) -> Iterator[None]:
        """A block during which a line on the terminal says how far it is, until there are rows or errors to show."""
        if sink.is_terminal(2) and not self.output.quiet:
            self._progress = Progress(text, _write_error)
        try:
            yield
        finally:
            self._end_progress()

    def _end_progress(self) -> None:
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.stop()

    def _write(self, outcome: Outcome, out: sink.Sink) -> None:
        if self.tty:
            self._end_progress()
        assert outcome.rows is not None
        if outcome.rows.raw is not None and self.format.binary:
            raise Refused(f"COPY writes text of its own, and {self.format.name} needs rows", hint="select the rows")
        if outcome.rows.text and not self.output.format and (self.tty or outcome.rows.anywhere):
            out.write((visible(outcome.rows.text, keep="\n\t") if self.tty else outcome.rows.text).encode() + b"\n")
            return
        rows = outcome.rows if self.output.limit is None else outcome.rows.first(self.output.limit)
        style = self.style()
        with closing(rows.written(lambda source: self.format.write(source, style))) as chunks:  # type: ignore[type-var]
            for chunk in chunks:
                out.write(_seen(chunk) if self.tty and not self.format.human else chunk)
                if out.closed and not rows.whole:
                    break  # the pager was left: the rest is not wanted
        outcome.rows = rows

    def _echo(self, outcome: Outcome, out: sink.Sink, shown: int) -> None:
        """The SQL that an expression became: beside the rows where people read them, else on standard error."""
        text = visible(outcome.statement.shown, keep="\n")
        if self.format.human:
            out.write(f"{chr(10) if shown else ''}{self._paint(text, DIM, self.colour)}\n".encode())
        else:
            self.say(text)

    def _remark(self, outcome: Outcome, out: sink.Sink) -> None:
        """Notices and errors always; counts where somebody is there to read them."""
        if outcome.error is not None:
            self.error(outcome.error)
        for notice in outcome.notices:
            if not self.output.quiet or notice.severity not in ("NOTE", "NOTICE", "INFO"):
                self.notice(notice)
        if outcome.rows is not None and outcome.rows.cut:
            self.say(f"(first {outcome.rows.count:,} rows; there are more)")
        if self.chatty and outcome.statement.hints is not None:
            for hint in outcome.statement.hints():
                self.say(f"hint: {hint}")
        if self.chatty and outcome.statement.text and (text := summary(outcome)):
            if self.tty and self.format.human:
                out.write(f"{self._paint(text, DIM, self.colour)}\n".encode())
            else:
                self.say(text)

    def say(self, text: str) -> None:
        """A line for people, on standard error, unless --quiet."""
        self._end_progress()
        if not self.output.quiet:
            _print(sys.stderr, self._paint(visible(redact(text), keep=chr(10)), DIM, self.error_colour))

    def confirm(self, changed: int | None) -> bool:
        """Ask whether so many changed rows should stay. Raises Refused where there is nobody to ask."""
        rows = "an unknown number of rows" if changed is None else f"{changed:,} row{'' if changed == 1 else 's'}"
        question = f"{rows} changed in production"
        if not (sink.is_terminal(0) and sink.is_terminal(2)):
            raise Refused(f"{question}, and nobody is there to confirm: rolled back", hint="say --yes to keep them")
        sys.stderr.write(f"{question}. Commit? [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def notice(self, notice: Notice) -> None:
        self._end_progress()
        text = f"{notice.severity.lower()}: {visible(redact(notice.message), keep=chr(10))}"
        if notice.code.strip("0"):
            text += f" ({visible(notice.code)})"
        _print(sys.stderr, self._paint(text, YELLOW, self.error_colour))

    def error(self, error: DbxError) -> None:
        """The one shape of an error: place, code, message; the line with a caret; a hint. Before it what led to it."""
        self._end_progress()
        for notice in error.notices:
            self.notice(notice)
        if self.report.errors == "json":
            _print(sys.stderr, json.dumps(record(error)))
            return
        place = error.place
        where = f"{place.source or 'text'}:{place.line}:{place.column}" if place else "dbx"
        message = error.message if len(error.message) < _LONGEST else f"{error.message[:_LONGEST]}…"
        head = f"{visible(where)}: {error.code} {visible(redact(message), keep=chr(10))}"
        lines = [self._paint(head, RED, self.error_colour)]
        if place:
            lines += excerpt(place)
        if error.detail:
            lines.append(f"detail: {visible(redact(error.detail), keep=chr(10))}")
        if error.hint:
            lines.append(f"hint: {visible(redact(error.hint), keep=chr(10))}")
        _print(sys.stderr, "\n".join(lines))

    def _paint(self, text: str, code: str, wanted: bool) -> str:
        return f"{code}{text}{RESET}" if wanted else text


def summary(outcome: Outcome) -> str:
    """'3 rows · 1.8 ms', '17 rows changed · 4 ms', or what the server called it."""
    if outcome.rows is not None:
        count = outcome.rows.count
        text = f"{count:,} row{'' if count == 1 else 's'}" + ("+" if outcome.rows.cut else "")
    elif outcome.changed is not None:
        text = f"{outcome.changed:,} row{'' if outcome.changed == 1 else 's'} changed"
    elif outcome.tag:
        text = outcome.tag
    elif outcome.notices and not outcome.seconds:
        return ""
    else:
        text = "done"
    return f"{visible(text)} · {duration(outcome.seconds)}"


def duration(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


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


def cells(text: str) -> int:
    """How many terminal columns `text` takes."""
    return (
        len(text)
        if text.isascii()
        else sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
    )


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


def _seen(chunk: bytes) -> bytes:
    """Data on its way to a terminal: nothing in it may steer the terminal."""
    return visible(chunk.decode("utf-8", "surrogateescape"), keep="\n\t").encode()


@contextmanager
def _closing(outcomes: Iterator[Outcome]) -> Iterator[None]:
    """An iterator that is left early must know it now: it has a transaction to roll back."""
    try:
        yield
    finally:
        if isinstance(outcomes, Generator):
            outcomes.close()


def _write_error(text: str) -> None:
    with suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


def _print(stream: TextIO | None, text: str) -> None:
    """A line to standard error; when that is gone there is nobody left to tell."""
    if stream is None:  # closed before dbx began
        return
    try:
        stream.write(text + "\n")
        stream.flush()
    except (OSError, ValueError):
        pass


def _colour(wish: str, descriptor: int) -> bool:
    if wish != "auto":
        return wish == "always"
    return sink.is_terminal(descriptor) and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
