"""What goes along with a run of scripts: its progress, its report, its summary."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

from dbx import interrupt, sink
from dbx.errors import DbxError, Interrupted, OutputFailed
from dbx.options import Script
from dbx.rows import Outcome
from dbx.screen import Screen
from dbx.sql import report
from dbx.sql.ledger import Entry, Ledger


def report_file(script: Script) -> str:
    """Where the report goes, "-" for standard output, where no rows are shown then; "" for nowhere."""
    return script.report or ("-" if script.report_format else "")


def followed(
    outcomes: Generator[Outcome, None, None], ledger: Ledger, script: Script, screen: Screen
) -> Iterator[Outcome]:
    """The outcomes, with progress, report and summary around them."""
    with _reported(script, ledger, screen) as add, screen.progress(ledger.progress):
        try:
            yield from ledger.watched(outcomes, add)
        except DbxError as error:
            ledger.ended(error)
            if error.code != "E-EXPECT":
                add(partial(ledger.failure, error))
            raise
        except Interrupted as stop:
            ledger.ended(stop)
            name = signal.Signals(stop.signum).name
            add(partial(ledger.failure, DbxError(f"stopped by {name}", code="E-STOPPED")))
            raise
        screen.say(ledger.summary())
        ledger.conclude()


@contextmanager
def _reported(script: Script, ledger: Ledger, screen: Screen) -> Iterator[Callable[[Callable[[], Entry]], None]]:
    """What makes entries and puts them into the report that was asked for. However the run ends, it is complete."""
    file = report_file(script)
    if not file:
        yield _count_only
        return
    form = report.choose(script.report_format, file)
    failed: BaseException | None = None
    try:
        with sink.opened(file, False) as out:
            writer = report.Writer(form, out.write)

            def add(entry: Callable[[], Entry]) -> None:
                with _undisturbed(out):
                    writer.add(entry())

            try:
                yield add
            except BaseException as error:
                failed = error
            with _undisturbed(out):
                writer.end(ledger)
            if writer.broken and failed is not None:
                raise failed
    except OutputFailed as error:
        if failed is None:
            error.hint = " · ".join(filter(None, [error.hint, ledger.fate]))
            raise
        if error is not failed:
            screen.error(error)
    if failed is not None:
        raise failed


def _count_only(entry: Callable[[], Entry]) -> None:
    entry()


@contextmanager
def _undisturbed(out: sink.Sink) -> Iterator[None]:
    """A signal waits until the block has ended; not for a reader who may never come."""
    came: list[int] = []
    regular = stat.S_ISREG(os.fstat(out.descriptor).st_mode)
    with interrupt.forwarded(came.append) if regular else nullcontext():
        yield
    if came:
        raise Interrupted(came[0])
