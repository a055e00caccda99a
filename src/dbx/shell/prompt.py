"""What stands before the input: the target, whether that is production or only read, the transaction and its age."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from prompt_toolkit.formatted_text import StyleAndTextTuples

from dbx.dialects.base import State
from dbx.formats.visible import visible
from dbx.settings import Colors

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

AGED = 10
"""Seconds from which on a transaction shows its age."""
_STATES = {State.IDLE: "", State.OPEN: " [tx]", State.FAILED: " [tx failed]", State.LOST: " [not connected]"}


class Prompt:
    """Called each time the prompt is drawn, also while somebody types."""

    def __init__(self, shell: Shell, colors: Colors) -> None:
        self._shell = shell
        self._colors = colors
        self._since: float | None = None

    def __call__(self) -> StyleAndTextTuples:
        shell, colors = self._shell, self._colors
        profile = shell.database.target.profile
        state = shell.connection.state
        within = state in (State.OPEN, State.FAILED)
        self._since = (self._since or monotonic()) if within else None
        mark = shell.steps.prompt or _STATES[state]
        if self._since is not None and (seconds := monotonic() - self._since) >= AGED:
            mark = f"{mark[:-1]} · {age(seconds)}]"
        wrong = state in (State.FAILED, State.LOST)
        return [
            (profile.color or colors.target or "bold", visible(shell.database.target.label)),
            (colors.production or "bg:ansired ansiwhite bold", " production " if profile.production else ""),
            (colors.read_only or "ansigreen", " read-only" if profile.read_only else ""),
            ((colors.failed or "ansired bold") if wrong else (colors.transaction or "ansiyellow"), mark),
            ("", "> "),
        ]


def age(seconds: float) -> str:
    """45 s, 3 min, 2 h."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.0f} h"
