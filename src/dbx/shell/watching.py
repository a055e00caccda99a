r"""\watch: a query run again and again, with what has changed since the last time marked."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from dbx.errors import Interrupted, Refused
from dbx.formats.cells import Marked, all_numbers, written
from dbx.rows import Cell, Column, Outcome, Rows
from dbx.sql.texts import units
from dbx.transaction.guard import guarded
from dbx.wording import may_write

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

Row = tuple[Cell, ...]

_MOST = 1000
_AROUND = 6
"""Lines that stand around the rows."""
_CLEAR = "\x1b[H\x1b[2J"


class _Result(NamedTuple):
    outcome: Outcome
    columns: tuple[Column, ...]
    rows: list[Row]
    cut: bool


def watch(shell: Shell, text: str, seconds: float) -> None:
    """Until Ctrl-C. On a terminal each run takes the place of the one before. Raises Refused for what may write."""
    before: list[_Result] = []
    screen, pause, pager = shell.screen, Event(), shell.screen.pager
    screen.pager = False
    try:
        while True:
            now = list(_read(shell, text))
            if screen.tty:
                sys.stdout.write(_CLEAR)
                sys.stdout.flush()
            screen.say(f"every {seconds:g} s · {datetime.now():%H:%M:%S} · Ctrl-C ends it")
            for number, result in enumerate(now):
                rows = marked(result.columns, before[number].rows if number < len(before) else None, result.rows)
                rows.cut = result.cut
                result.outcome.rows = rows
            screen.show([result.outcome for result in now])
            before = now
            pause.wait(seconds)
    except Interrupted as stop:
        if stop.signum != 2:
            raise
        screen.say("not watched any more")
    finally:
        screen.pager = pager


def _read(shell: Shell, text: str) -> Iterator[_Result]:
    """Every result of the text, as many rows of it as the terminal has room for."""
    limit = max(shutil.get_terminal_size().lines - _AROUND, 1) if shell.screen.tty else _MOST
    for unit in units([text], shell.connection.syntax):
        for statement in shell.translate(unit):
            if may_write(statement):
                raise Refused("\\watch repeats queries, and this may change something")
            for outcome in guarded(shell.connection, statement, unit):
                if outcome.rows is None or outcome.rows.raw is not None:
                    continue
                few = outcome.rows.first(limit)
                rows = [row for batch in few for row in batch]
                yield _Result(outcome, few.columns, rows, few.cut)


def marked(columns: Sequence[Column], before: Sequence[Row] | None, now: Sequence[Row]) -> Rows:
    """The rows behind a mark: + for a new one, ~ for one that has changed, and where; - for one that is gone.

    Rows are the same when their first cells are, if no two rows share one; otherwise when their places are.
    """
    kinds = [
        column._replace(kind="number") if all_numbers([row[place] for row in now]) else column
        for place, column in enumerate(columns)
    ]
    rows = [(None, *row) for row in now] if before is None else list(_compared(before, now))
    return Rows.of(Column("±"), *kinds, rows=[(mark or "", *row) for mark, *row in rows])


def _compared(before: Sequence[Row], now: Sequence[Row]) -> Iterator[Row]:
    keyed = _is_key(before) and _is_key(now)
    earlier = {(row[0] if keyed else place): row for place, row in enumerate(before)}
    for place, row in enumerate(now):
        old = earlier.pop(row[0] if keyed else place, None)
        if old is None:
            yield ("+", *map(_marked, row))
        elif old == row:
            yield ("", *row)
        else:
            yield ("~", *(_marked(new) if new != was else new for was, new in zip(old, row, strict=True)))
    for row in earlier.values():
        yield ("-", *row)


def _is_key(rows: Sequence[Row]) -> bool:
    first = [row[0] for row in rows if row]
    return len(set(first)) == len(rows) and None not in first


def _marked(cell: Cell) -> Cell:
    return Marked("NULL" if cell is None else written(cell))
