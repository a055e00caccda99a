"""Help, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbx.rows import Rows
from dbx.shell import commands
from dbx.shell.commands.command import Command, Leave

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _quit(shell: Shell, rest: str) -> None:
    raise Leave


def _help(shell: Shell, rest: str) -> Rows:
    lines = [
        (" ".join(filter(None, [", ".join(command.names), command.arguments])), command.summary)
        for command in commands.COMMANDS
    ]
    return Rows.of("command", "what it does", rows=lines)


COMMANDS = (
    Command(("\\?", "help"), "", "these commands", _help),
    Command(("\\q", "exit", "quit"), "", "leave (Ctrl-D too)", _quit),
)
