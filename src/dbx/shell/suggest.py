"""The rest of a statement that was run before, shown behind the cursor; Right or Ctrl-E takes it, Alt-F a word."""

from __future__ import annotations

import re

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from dbx.formats.visible import visible

LONGEST = 1000
"""Characters of a text behind which nothing is suggested any more."""
LATEST = 2000
"""Statements that are looked through."""
_SHOWN = 200
_WORD = re.compile(r"\s*\S+")


class Rest(Suggestion):
    """What would make a statement whole. `text` is one line that can be shown, `rest` what is put in."""

    def __init__(self, rest: str) -> None:
        shown = visible(rest.replace("\n", " ⏎ "))
        super().__init__(shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…")
        self.rest = rest

    @property
    def word(self) -> str:
        found = _WORD.match(self.rest)
        return found[0] if found else self.rest


class FromStatements(AutoSuggest):
    """The latest statement of the history that begins as the text does: the whole text, not only its last line."""

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        text = document.text
        if not text.strip() or len(text) > LONGEST:
            return None
        statements = buffer.history.get_strings()[-LATEST:]
        for statement in reversed(statements):
            if statement.startswith(text) and len(statement) > len(text):
                return Rest(statement[len(text) :])
        return None
