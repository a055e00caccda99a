"""Completion in the shell: of expressions, of SQL, and of the shell's own commands.

Everything is answered from what is known (dbx.schema.known): no key ever sends a statement, or waits for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from dbx.dialects.base import Dialect
from dbx.formats.visible import visible
from dbx.schema.known import Known
from dbx.shell.commands.command import Command
from dbx.shell.completion.candidate import STYLES, Candidate
from dbx.shell.completion.commands import Commands
from dbx.shell.completion.sql import Sql
from dbx.shell.completion.sql_tokens import LONGEST
from dbx.sql.kind import kind

_PYTHON = "dbx.shell.completion.python"
_META = 60

LONG = 8 * 1024
"""Characters of a text in which only the Tab key completes: a thousand take a millisecond of every key."""


class ShellCompleter(Completer):
    """One for a shell. `session` gives the names that assignments have made."""

    def __init__(
        self,
        known: Known,
        dialect: Dialect,
        session: Callable[[], Mapping[str, Any]],
        commands: Sequence[Command],
        words: Mapping[str, Callable[[], Iterable[str]]],
    ) -> None:
        self._known = known
        self._session = session
        self._sql = Sql(known, dialect)
        self._commands = Commands(commands, known, words, lambda schema, typed: self._sql.names(schema, typed))
        self._python: Any = None
        self.refresh: Callable[[CompleteEvent], object] = lambda event: None
        """Called, on another thread, when more may be known than a moment ago of what was to be completed."""
        self._waits: CompleteEvent | None = None
        self._some = False
        """Whether there was something to show already: then it is worth another look only once everything is known."""
        known.learnt = self._news

    def load(self) -> None:
        """Import what expressions need, SQLAlchemy with it; on a thread of its own, while the user types."""
        self._python = import_module(_PYTHON).Python(self._known, self._sql.names)
        self._news()

    def _news(self) -> None:
        self._sql.prepare()
        if self._waits is not None and (self._known.whole or not self._some):
            waits, self._waits = self._waits, None
            self.refresh(waits)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        if len(document.text) > (LONGEST if complete_event.completion_requested else LONG):
            return
        before, after = document.text_before_cursor, document.text_after_cursor
        length, found = self.complete(before, after, asked=complete_event.completion_requested)
        known = self._known
        unread = self._python is None or not known.whole or bool(known.wanted or known.referenced.wanted)
        self._waits, self._some = (complete_event if unread else None), bool(found)
        typed = before[len(before) - length :]
        for candidate in found:
            if candidate.text != typed:
                yield _shown(candidate, length)

    def complete(self, before: str, after: str = "", *, asked: bool = True) -> tuple[int, list[Candidate]]:
        """How many characters before the cursor are replaced, and by what."""
        what = kind(before + after, shell=True)
        if before.lstrip().startswith("\\"):
            return self._commands.complete(before, lambda rest: self.complete(rest, after, asked=asked))
        if what == "sql":
            return self._sql.complete(before, after, asked=asked)
        length, found = self._expression(before, after, asked=asked)
        if before.strip("( \n").isalpha() or (asked and not before.strip()):
            # one word alone may become either
            _, more = self._sql.complete(before, after, asked=asked)
            known = {candidate.text for candidate in found}
            found = [*found, *(each for each in more if each.text not in known)]
            length = len(before) - len(before.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        return length, found

    def _expression(self, before: str, after: str, *, asked: bool) -> tuple[int, list[Candidate]]:
        if self._python is None:
            return 0, []
        found: tuple[int, list[Candidate]] = self._python.complete(before, after, self._session(), asked=asked)
        return found


def _shown(candidate: Candidate, length: int) -> Completion:
    """Names come from the database: nothing in them may steer the terminal."""
    return Completion(
        candidate.text,
        -length,
        display=visible(candidate.label or candidate.text),
        display_meta=visible(candidate.meta)[:_META] if candidate.meta else None,
        style=STYLES.get(candidate.kind, ""),
    )
