"""Commands about settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbx.rows import Rows
from dbx.shell.commands.command import Command
from dbx.shell.settings import SETTINGS, Setting, find, parsed, shown

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def change(shell: Shell, name: str, text: str) -> None:
    """Set what `name` stands for, and say so. Raises UsageError."""
    setting = find(name)
    value = setting.default if text == "default" else parsed(setting, text)
    shell.settings[name] = value
    setting.apply(shell, value)
    shell.screen.say(f"{name} is {shown(value)}")


def _set(shell: Shell, rest: str) -> Rows | None:
    name, _, text = rest.strip().replace("=", " ", 1).partition(" ")
    if name and text.strip():
        change(shell, name, text.strip())
        return None
    wanted = [find(name)] if name else list(SETTINGS.values())
    values = shell.settings
    lines = [(each.name, shown(values[each.name]), shown(each.default), _takes(each), each.summary) for each in wanted]
    return Rows.of("setting", "value", "default", "takes", "what it is", rows=lines)


def _takes(setting: Setting) -> str:
    kind = {bool: "on, off", int: "number", float: "seconds"}.get(type(setting.default), "text")
    return ", ".join(setting.choices) or kind


COMMANDS = (Command(("\\set",), "[SETTING [VALUE]]", "the settings; set one, to 'default' for what it was", _set),)
