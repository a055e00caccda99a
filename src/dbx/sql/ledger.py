"""What a run has done so far, counted while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from time import perf_counter
from typing import NamedTuple

from dbx.errors import DbxError, Interrupted, StatementFailed
from dbx.rows import Outcome, Statement


class Entry(NamedTuple):
    """One statement of a run. `checks` are its expectations, each with what was wrong or ''."""

    statement: Statement
    rows: int | None
    changed: int | None
    seconds: float
    error: DbxError | None
    checks: tuple[tuple[str, str], ...]


class Ledger:
    """Counts of a run; `size` is the bytes of its files, as far as they are known, `read` how many have been read."""

    def __init__(self, size: int = 0) -> None:
        self.size = size
        self.read = 0
        self.statements = 0
        self.rows = 0
        self.changed = 0
        self.failed = 0
        self.checks = 0
        self.unmet = 0
        self.fate = "nothing was sent"
        self._ended = False
        self._started = perf_counter()

    @property
    def seconds(self) -> float:
        return perf_counter() - self._started

    def told(self, size: int) -> None:
        """So many bytes more have been read."""
        self.read += size

    def watched(
        self, outcomes: Generator[Outcome, None, None], add: Callable[[Callable[[], Entry]], None]
    ) -> Iterator[Outcome]:
        """The outcomes, each counted and added when it has been read.

        What goes wrong outside of them, with the reader or here, is told to them: they know what became of the work.
        """
        self.fate = "unknown"
        with closing(outcomes):  # it has work to take back
            try:
                for outcome in outcomes:
                    yield outcome
                    if outcome.statement.text:
                        add(partial(self._count, outcome))
            except GeneratorExit as left:
                if left.__context__ is not None:  # why the reader has left
                    outcomes.throw(left.__context__)
                raise
            except BaseException as error:
                outcomes.throw(error)
                raise

    def done(self, fate: str) -> None:
        """Everything has run. What it came to stands, whatever happens then."""
        self.fate = fate + (", but for what failed" if self.failed and not fate.startswith("dry run") else "")
        self._ended = True

    def ended(self, error: DbxError | Interrupted) -> None:
        """An error has ended the run."""
        if not self._ended:
            self.fate = error.fate or "nothing is kept"

    def failure(self, error: DbxError) -> Entry:
        """The entry of an error that ended the run."""
        self.statements += 1
        self.failed += 1
        text = error.place.text if error.place else ""
        line = error.place.line if error.place else 0
        return Entry(Statement(text, source=error.place.source if error.place else "", line=line), *_NOTHING, error, ())

    def _count(self, outcome: Outcome) -> Entry:
        self.statements += 1
        self.changed += outcome.changed or 0
        self.checks += len(outcome.checks)
        unmet = sum(wrong is not None for _, wrong in outcome.checks)
        self.unmet += unmet
        self.failed += outcome.error is not None and not unmet
        rows = None if outcome.rows is None else outcome.rows.count
        self.rows += rows or 0
        checks = tuple((text, wrong.message if wrong else "") for text, wrong in outcome.checks)
        return Entry(outcome.statement, rows, outcome.changed, outcome.seconds, outcome.error, checks)

    def approve(self) -> None:
        """Raises StatementFailed when an expectation was not met: then nothing is made lasting."""
        if self.unmet:
            raise StatementFailed(f"{self.unmet} of {_count(self.checks, 'check')} not met", code="E-EXPECT")

    def conclude(self) -> None:
        """Raises StatementFailed when statements have failed that the run went on behind."""
        if self.failed:
            raise StatementFailed(
                f"{self.failed} of {_count(self.statements, 'statement')} failed; the others count", code="E-SCRIPT"
            )

    def summary(self) -> str:
        """'12 statements · 340 rows changed · committed'."""
        parts = [_count(self.statements, "statement"), f"{_count(self.changed, 'row')} changed"]
        if self.checks:
            parts.append(f"{_count(self.checks, 'check')} met")
        return " · ".join([*parts, self.fate])

    def progress(self) -> str:
        """'1,204 statements · 3.1 of 34.0 MB · 5.2 MB/s'."""
        megabytes = self.read / 1e6
        size = f"{megabytes:,.1f} of {self.size / 1e6:,.1f} MB" if self.size else f"{megabytes:,.1f} MB"
        rate = f"{megabytes / max(self.seconds, 0.001):,.1f} MB/s"
        return " · ".join([_count(self.statements, "statement"), f"{_count(self.changed, 'row')} changed", size, rate])


_NOTHING = (None, None, 0.0)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
