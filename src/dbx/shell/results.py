"""Where the results of a shell go, what is kept of the last one, and how more of it is had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbx import sink
from dbx.errors import Refused, UsageError
from dbx.formats import load, named
from dbx.rows import Batch, Cell, Column, Outcome, Rows
from dbx.screen import Screen
from dbx.sql.values import as_values
from dbx.wording import may_write

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

KEPT = 10_000
"""Rows of the last result that are kept: as many as `_rows` may stand for."""
_HEAVY = 32 * 1024 * 1024
"""Characters that are kept of them."""


class Results:
    """One for a shell. `columns` and `rows` are the last result, as far as it was shown and kept; `whole` says whether
    that is all of what was shown, `text` is its statement as it was sent."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.columns: tuple[Column, ...] = ()
        self.rows: list[tuple[Cell, ...]] = []
        self.whole = True
        self.text = ""
        self._weight = 0
        self._goes_on = False
        self._output = ExitStack()
        self.goal = ""

    # --- the last result ----------------------------------------------------------------------------------------------

    def take(self, outcome: Outcome, rows: Rows) -> Rows:
        """Look on while rows are shown."""
        if rows.raw is not None:
            return rows
        if not self._goes_on:
            self.columns, self.rows, self.whole, self._weight = rows.columns, [], True, 0
            self.text = outcome.statement.text
        return rows.watched(self._keep)

    def _keep(self, batch: Batch) -> None:
        if not self.whole:
            return
        room = KEPT + 1 - len(self.rows)
        kept = batch[:room]
        self._weight += sum(len(cell) for row in kept for cell in row if isinstance(cell, (str, bytes)))
        self.whole = len(batch) < room and self._weight <= _HEAVY
        if self._weight <= _HEAVY:
            self.rows += kept

    def values(self) -> list[tuple[Any, ...]]:
        """The last result for an expression: numbers as numbers, the rest as the server wrote it.

        Raises UsageError where there is none, or more of it than an expression may hold.
        """
        if not self.columns:
            raise UsageError("'_rows' is the last result; there is none yet")
        if not self.whole:
            raise UsageError(f"the last result is too large to be used as values: at most {KEPT:,} rows")
        return as_values(self.columns, self.rows)

    # --- more of it ---------------------------------------------------------------------------------------------------

    def more(self) -> None:
        """The next rows of the last result, as many as a result shows."""
        if not self._read_on():
            raise Refused(
                "the rest of the last result is not open any more", hint="\\all runs the statement again, for all of it"
            )

    def all(self) -> None:
        """The rest of the last result; where its query has been ended, all of it, by running it again."""
        screen = self._shell.screen
        output, screen.output = screen.output, screen.output._replace(limit=None)
        try:
            if not self._read_on():
                self._shell.screen.say("the query had been ended: it is run again")
                self._shell.run(self._shell.recent)
        finally:
            screen.output = output

    def _read_on(self) -> bool:
        """Show what is left, if it can still be read. Raises Refused where nothing was left, or must not run twice."""
        outcome = self._shell.screen.cut
        if outcome is None or outcome.rows is None or outcome.rows.rest is None:
            raise Refused("the last result was shown to its end")
        rest = outcome.rows.rest
        if rest.live and not self._shell.connection.holding:
            if may_write(outcome.statement):
                raise Refused("the statement may have changed something, and is not run again for its rows")
            return False
        outcome.rows, outcome.statement = rest, outcome.statement._replace(display=None, hints=None)
        outcome.seconds = outcome.fetching = 0.0
        screen = self._shell.screen
        self._goes_on, screen.page = True, "next"
        try:
            screen.show([outcome])
        finally:
            self._goes_on, screen.page = False, "first"
        return True

    # --- where they go ------------------------------------------------------------------------------------------------

    @contextmanager
    def elsewhere(self, goal: str) -> Iterator[None]:
        """A block whose results go into a file, which appears when it is whole, or to a program: `FILE`, `|program`."""
        form = self._form(goal)
        opened: Callable[[], AbstractContextManager[sink.Sink]] = (
            partial(sink.piped, goal[1:].strip())
            if goal.startswith("|")
            else partial(sink.opened, str(self._path(goal)), load(form).binary)
        )
        with self.on(self._shell.terminal.aside(form, opened)):
            yield
        if not goal.startswith("|"):
            self._shell.screen.say(f"written to {goal} as {form}")

    @contextmanager
    def on(self, screen: Screen) -> Iterator[None]:
        """A block whose results go to another screen."""
        before, self._shell.screen = self._shell.screen, screen
        try:
            yield
        finally:
            self._shell.screen = before

    def redirect(self, goal: str) -> None:
        """From here on results go to `FILE`, which grows as they come, or to `|program`; '' is the terminal again."""
        self.close()
        if not goal:
            return
        form = self._form(goal)
        if not load(form).many:
            raise UsageError(f"{form} holds one result", hint=f"\\g {goal} behind a statement")
        opened = sink.piped(goal[1:].strip()) if goal.startswith("|") else sink.appended(self._path(goal))
        out = self._output.enter_context(opened)
        self._shell.screen = self._shell.terminal.aside(form, lambda: nullcontext(out))
        self.goal = goal
        self._shell.screen.say(f"results go to {goal} as {form}; \\o ends that")

    def close(self) -> None:
        """End what \\o began."""
        self._shell.screen, self.goal = self._shell.terminal, ""
        self._output.close()

    def _form(self, goal: str) -> str:
        """The format for a goal: its ending says, or the one that was chosen."""
        chosen = self._shell.terminal.format.name
        plain = chosen if chosen != "table" else "tsv"
        return plain if goal.startswith("|") else named(goal) or plain

    def _path(self, goal: str) -> Path:
        path = Path(goal).expanduser()
        source = Path(self._shell.database.target.url.database or ":memory:")
        with suppress(OSError):
            if source.is_file() and source.samefile(path):
                raise Refused(f"{goal} is the database itself")
        return path
