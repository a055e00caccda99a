"""What a backslash command is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from dbx.rows import Outcome, Rows

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

Answer = Rows | Iterable[Outcome] | None


class Command(NamedTuple):
    r"""A line of a table: `\? NAME` shows `help` under the summary, README and completion use the rest.

    `arguments` are words in capitals for what the user puts there; completion goes by them (FILE, TABLE, TARGET, …).
    """

    names: tuple[str, ...]
    arguments: str
    summary: str
    run: Callable[[Shell, str], Answer]
    help: str = ""
    extras: str = ""
    """Letters that may stand behind the name; `run` gets them before the rest, as "+S rest"."""


class Leave(Exception):
    """The user wants to go."""
