"""The backslash commands: one table, from which \\? , completion and README are made. A noun, a module."""

from __future__ import annotations

from dbx.errors import UsageError
from dbx.shell.commands import asking, connecting, editing, inspecting, language, results, setting, steps
from dbx.shell.commands.command import Answer, Command, Leave

__all__ = ["COMMANDS", "GROUPS", "Answer", "Command", "Leave", "find"]

GROUPS: dict[str, tuple[Command, ...]] = {
    "help": asking.COMMANDS,
    "what the database holds": inspecting.COMMANDS,
    "expressions and plans": language.COMMANDS,
    "what is typed": editing.COMMANDS,
    "results": results.COMMANDS,
    "settings": setting.COMMANDS,
    "transactions": steps.COMMANDS,
    "connections": connecting.COMMANDS,
}
"""Every command, under the heading that it has in \\?"""

COMMANDS = tuple(command for group in GROUPS.values() for command in group)


def find(text: str) -> tuple[Command, str]:
    """The command of a line, and what stands behind its name. Raises UsageError."""
    word, _, rest = text.strip().rstrip(";").partition(" ")
    for command in COMMANDS:
        if word in command.names:
            return command, rest
    raise UsageError(f"no command {word}", hint="\\? lists them")
