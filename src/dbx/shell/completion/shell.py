"""The completer of a shell: where the names come from that are in its hands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from dbx import config
from dbx.errors import UsageError
from dbx.formats import FORMATS
from dbx.shell.commands import COMMANDS
from dbx.shell.completion import ShellCompleter

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def completed(shell: Shell) -> ShellCompleter:
    words: dict[str, Callable[[], Sequence[str]]] = {
        "DIALECT": lambda: ("sqlite", "postgresql", "mysql", "mariadb"),
        "FORMAT": lambda: tuple(FORMATS),
        "TARGET": _profiles,
        "PROFILE": _profiles,
    }
    return ShellCompleter(shell.known, shell.database.dialect, lambda: shell.translate.session, COMMANDS, words)


@cache
def _profiles() -> tuple[str, ...]:
    try:
        return tuple(f"@{name}" for name in config.load().profiles)
    except UsageError:
        return ()
