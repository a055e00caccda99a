"""Everything dbx shows leaves here: rows to standard output, the rest to standard error, all of it made safe."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from copy import copy
from time import perf_counter
from typing import TextIO

from dbx import sink
from dbx.complaint import record, said
from dbx.errors import DbxError, Refused
from dbx.formats import Style, load, named
from dbx.formats.visible import visible
from dbx.options import Output, Report
from dbx.pager import paged
from dbx.progress import Progress
from dbx.redact import redact
from dbx.rows import Notice, Outcome, Rows, Statement

DIM, BOLD, RED, YELLOW, RESET = "\x1b[2m", "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[0m"

_OUTPUT, _REPORT = Output(), Report()


Opened = Callable[[], AbstractContextManager[sink.Sink]]
"""Where rows go: opened for each answer."""


class Screen:
    """The terminal or whatever stands in its place; made once in main(). `hidden`: rows are read and not shown.

    What a shell may set besides: `wide` and `expanded` as in Style; `timing` off, on or split; `seen` gets the rows
    that are shown, `cut` what was left of the last result, `more` says how to have it, and `page` which part this is.
    """

    timing = "on"
    wide = "cut"
    expanded = "fit"
    more = ""
    page = "first"
    cut: Outcome | None = None

    def __init__(self, output: Output = _OUTPUT, report: Report = _REPORT, *, pager: bool = True) -> None:
        self.output = output
        self.report = report
        self.tty = sink.is_terminal(1) and output.output in ("", "-")
        self.colour = _colour(report.color, 1)
        self.error_colour = _colour(report.color, 2)
        self.chatty = sink.is_terminal(2) and not output.quiet
        self.hidden = False
        self.seen: Callable[[Outcome, Rows], Rows] = lambda outcome, rows: rows
        self._progress: Progress | None = None
        self._opened: Opened | None = None
        self._late: list[str] | None = None
        self.pager = pager and self.tty and sink.is_terminal(0)
        self.format = load(output.format or ("table" if self.tty else named(output.output) or "tsv"))
        self.dialect = ""

    def aside(self, form: str, opened: Opened) -> Screen:
        """A screen like this one, but for its rows: all of them go elsewhere, and nothing is cut."""
        other = copy(self)
        other.output = self.output._replace(limit=None, format=form, echo=False)
        other.format = load(form)
        other.tty = other.pager = False
        other._opened = opened
        return other

    def style(self) -> Style:
        return Style(
            null=self.output.null,
            header=not self.output.no_header,
            width=shutil.get_terminal_size().columns if self.tty else None,
            colour=self.colour and self.tty,
            table=self.output.table,
            dialect=self.output.dialect or self.dialect,
            wide=self.wide,
            expanded=self.expanded,
        )

    def _open(self) -> AbstractContextManager[sink.Sink]:
        if self._opened is not None:
            return self._opened()
        if self.pager and not self.format.binary:
            return paged(shutil.get_terminal_size())
        return sink.opened(self.output.output, self.format.binary)

    def show(self, answer: Rows | Iterable[Outcome]) -> None:
        """Write an answer: rows, or outcomes. Raises OutputFailed, or Interrupted when the reader has gone."""
        self.format.check(self.style())
        outcomes = iter([Outcome(Statement(""), answer)]) if isinstance(answer, Rows) else iter(answer)
        with self._late_remarks(), self._open() as out, _closing(outcomes):
            shown = int(out.written > 0)  # by an earlier answer
            for outcome in outcomes:
                if self.output.echo and outcome.statement.shown:
                    self._echo(outcome, out, shown)
                started = perf_counter()
                if outcome.rows is not None and self.hidden:
                    for _ in outcome.rows:
                        pass
                elif outcome.rows is not None:
                    if shown and not self.format.many:
                        raise Refused(
                            f"{self.format.name} holds one result, and here is a second", hint="run one statement"
                        )
                    if shown and not (self.format.human and self.output.echo and outcome.statement.display):
                        out.write(self.format.between)
                    self._write(outcome, out)
                    shown += 1
                cut = outcome.rows is not None and outcome.rows.rest is not None
                if cut or outcome.statement.text:
                    self.cut = outcome if cut else None
                self._remark(outcome, out, perf_counter() - started)

    @contextmanager
    def _late_remarks(self) -> Iterator[None]:
        """Where rows go elsewhere, remarks wait until they are there: a program may print something of its own."""
        late = self._late = [] if self._opened is not None else None
        try:
            yield
        finally:
            self._late = None
            for text in late or ():
                _print(sys.stderr, text)

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
        rows = self.seen(outcome, rows) if outcome.statement.text else rows
        style = self.style()
        laid_out = self.format.human and rows.raw is None
        with closing(rows.written(lambda source: self.format.write(source, style))) as chunks:  # type: ignore[type-var]
            for chunk in chunks:
                out.write(_seen(chunk) if self.tty and not laid_out else chunk)
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

    def _remark(self, outcome: Outcome, out: sink.Sink, seconds: float) -> None:
        """Notices and errors always; counts where somebody is there to read them."""
        if outcome.error is not None:
            self.error(outcome.error)
        for notice in outcome.notices:
            if not self.output.quiet or notice.severity not in ("NOTE", "NOTICE", "INFO"):
                self._note(noticed(notice), YELLOW, out)
        if outcome.rows is not None and outcome.rows.cut and not self.output.quiet:
            how = f": {self.more}" if self.more and outcome.rows.rest is not None else ""
            self._note(f"({self.page} {outcome.rows.count:,} rows; there are more{how})", DIM, out)
        if self.chatty and outcome.statement.hints is not None:
            for hint in outcome.statement.hints():
                self._note(f"hint: {visible(redact(hint))}", DIM, out)
        if self.chatty and outcome.statement.text and (text := summary(outcome)):
            if out.closed:
                text = f"left after {text}"
            if times := timed(outcome, self.timing, 0 if out.waits else seconds):
                text = f"{text} · {times}"
            self._note(text, DIM, out, beside=self.format.human)

    def _note(self, text: str, colour: str, out: sink.Sink, *, beside: bool = True) -> None:
        """A remark, on standard error; where that is the same terminal, among the rows, which a pager may show."""
        self._end_progress()
        if beside and self.tty and sink.is_terminal(2) and not out.closed:
            out.write(f"{self._paint(text, colour, self.colour)}\n".encode())
        elif self._late is not None:
            self._late.append(self._paint(text, colour, self.error_colour))
        else:
            _print(sys.stderr, self._paint(text, colour, self.error_colour))

    def line(self, text: str) -> None:
        """A line among the rows, wherever they go."""
        with self._open() as out:
            out.write(f"{visible(text) if self.tty else text}\n".encode("utf-8", "replace"))

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
        return self.ask(f"{question}. Commit? [y/N] ") in ("y", "yes")

    def ask(self, question: str) -> str | None:
        """What the user answers on the terminal, in lower case; None at its end (Ctrl-D)."""
        answer = self._answered(question)
        return answer.strip().lower() if answer else None

    def answer(self, question: str) -> str:
        """The same, as it was typed; '' at its end."""
        return self._answered(question).strip()

    def _answered(self, question: str) -> str:
        self._end_progress()
        sys.stderr.write(visible(redact(question)))
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer:
            _print(sys.stderr, "")  # the cursor stands behind the question
        return answer

    def notice(self, notice: Notice) -> None:
        self._end_progress()
        _print(sys.stderr, self._paint(noticed(notice), YELLOW, self.error_colour))

    def error(self, error: DbxError) -> None:
        """The one shape of an error: place, code, message; the line with a caret; a hint. Before it what led to it."""
        self._end_progress()
        for notice in error.notices:
            self.notice(notice)
        if self.report.errors == "json":
            _print(sys.stderr, json.dumps(record(error)))
            return
        first, *lines = said(error)
        _print(sys.stderr, "\n".join([self._paint(first, RED, self.error_colour), *lines]))

    def _paint(self, text: str, code: str, wanted: bool) -> str:
        return f"{code}{text}{RESET}" if wanted else text


def noticed(notice: Notice) -> str:
    """'warning: …', as a terminal can show it."""
    code = f" ({visible(notice.code)})" if notice.code.strip("0") else ""
    return f"{notice.severity.lower()}: {visible(redact(notice.message), keep=chr(10))}{code}"


def summary(outcome: Outcome) -> str:
    """'3 rows', '17 rows changed', or what the server called it."""
    if outcome.rows is not None:
        count = outcome.rows.count
        return f"{count:,} row{'' if count == 1 else 's'}" + ("+" if outcome.rows.cut else "")
    if outcome.changed is not None:
        return f"{outcome.changed:,} row{'' if outcome.changed == 1 else 's'} changed"
    if outcome.tag:
        return visible(outcome.tag)
    return "" if outcome.notices and not outcome.seconds else "done"


def timed(outcome: Outcome, timing: str, seconds: float = 0) -> str:
    """'1.8 ms'; split, what of it the server took and what the rows, and of `seconds` in all what showing them took."""
    if timing == "off":
        return ""
    parts = [duration(outcome.seconds)]
    if timing == "split" and outcome.rows is not None:
        parts.append(f"server {duration(outcome.seconds - outcome.fetching)}, rows {duration(outcome.fetching)}")
        if seconds:
            parts[-1] += f", shown {duration(max(seconds - outcome.fetching, 0))}"
    return " · ".join(parts)


def duration(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


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
