"""Reading on a terminal that can only print (TERM=dumb: an editor's shell window, a serial line): it edits, not dbx."""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import Event

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import History

from dbx.shell.live import Source


class PlainReader:
    """Line by line, until Enter would run the text."""

    def __init__(self, is_ready: Callable[[str], bool], history: History) -> None:
        self._is_ready = is_ready
        self._history = history

    failed = ""
    answered = Event()

    def once_drawn(self, work: Callable[[], object]) -> None:
        """As Reader.once_drawn; but nothing is completed here, and nothing needed for it."""

    def read(
        self,
        prompt: Callable[[], StyleAndTextTuples],
        right: Callable[[], str],
        default: str = "",
        previews: Source | None = None,
    ) -> str:
        """As Reader.read, without previews. A `default` cannot be changed; Enter runs it."""
        lines = default.split("\n") if default else []
        mark = "".join(part[1] for part in prompt())
        if default:
            _write(mark + "\n... ".join(lines) + "\n")
            mark = "... "
        while True:
            _write(mark)
            line = sys.stdin.buffer.readline().decode("utf-8", "surrogateescape")
            if not line:
                _write("\n")
                raise EOFError
            lines.append(line.rstrip("\r\n"))
            text = "\n".join(lines)
            if self._is_ready(text):
                if text.strip():
                    self._history.append_string(text)
                return text
            mark = "... "


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
