"""The backslash commands: one table, from which \\? , completion and README are made. A noun, a module."""

from __future__ import annotations

from dbx.errors import UsageError
from dbx.nearest import nearest
from dbx.shell import habits
from dbx.shell.commands import (
    asking,
    connecting,
    editing,
    inspecting,
    language,
    results,
    session,
    setting,
    steps,
    texts,
)
from dbx.shell.commands.command import Answer, Command, Leave

__all__ = ["COMMANDS", "GROUPS", "Answer", "Command", "Leave", "find"]

GROUPS: dict[str, tuple[Command, ...]] = {
    "help": asking.COMMANDS,
    "what the database holds": inspecting.COMMANDS,
    "expressions and plans": language.COMMANDS,
    "what is typed": editing.COMMANDS,
    "results": results.COMMANDS,
    "files and favourites": texts.COMMANDS,
    "settings": setting.COMMANDS,
    "transactions": steps.COMMANDS,
    "objects": session.COMMANDS,
    "connections": connecting.COMMANDS,
}
"""Every command, under the heading that it has in \\?"""

COMMANDS = tuple(command for group in GROUPS.values() for command in group)


def find(text: str) -> tuple[Command, str]:
    """The command of a line, and what stands behind its name. Raises UsageError."""
    word, rest = (*text.strip().rstrip(";").split(None, 1), "", "")[:2]
    for command in COMMANDS:
        if word in command.names:
            return command, rest
    for command in COMMANDS:
        for name in command.names:
            extras = word.removeprefix(name)
            if word.startswith(name) and extras and set(extras) <= set(command.extras):
                return command, f"{extras} {rest}"
    near = nearest(word, [name for command in COMMANDS for name in command.names])
    hint = habits.hint(word) or (f"did you mean {near}?        \\? lists them" if near else "\\? lists them")
    raise UsageError(f"no command {word}", hint=hint)
