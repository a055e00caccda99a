"""The completer of a shell: where the names come from that are in its hands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from dbx import config
from dbx.errors import UsageError
from dbx.formats import FORMATS
from dbx.schema.known import Unread
from dbx.shell import favourites
from dbx.shell.commands import COMMANDS
from dbx.shell.completion import ShellCompleter

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def completed(shell: Shell) -> ShellCompleter:
    words: dict[str, Callable[[], Iterable[str]]] = {
        "DIALECT": lambda: ("sqlite", "postgresql", "mysql", "mariadb"),
        "FAVOURITE": _favourites,
        "FORMAT": lambda: FORMATS,
        "HELP": lambda: (*(name for command in COMMANDS for name in command.names), "functions", "methods"),
        "SCHEMA": lambda: _schemas(shell),
        "SETTING": lambda: shell.settings,
        "TARGET": _profiles,
    }
    return ShellCompleter(shell.known, shell.database.dialect, lambda: shell.translate.session, COMMANDS, words)


def _schemas(shell: Shell) -> tuple[str, ...]:
    try:
        return shell.known.schemas()[1]
    except Unread:
        return ()


def _favourites() -> tuple[str, ...]:
    try:
        return tuple(favourites.load())
    except UsageError:
        return ()


@cache
def _profiles() -> tuple[str, ...]:
    try:
        return tuple(f"@{name}" for name in config.load().profiles)
    except UsageError:
        return ()
