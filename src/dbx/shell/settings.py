r"""What can be set in the shell: one table, from which \set, its checks and completion are made.

A value is of the type of its default. `shell.settings["row_limit"]` reads one; `apply` makes a new one felt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from dbx.errors import UsageError
from dbx.nearest import guess

if TYPE_CHECKING:
    from dbx.settings import Config
    from dbx.shell.loop import Shell

Value = bool | int | float | str


def _nothing(shell: Shell, value: Value) -> None:
    """For settings that are looked up where they count."""


class Setting(NamedTuple):
    """`choices`: the words that a text may be, () for any. `least`: the smallest number."""

    name: str
    default: Value
    summary: str
    choices: tuple[str, ...] = ()
    least: int = 0
    apply: Callable[[Shell, Value], None] = _nothing


def parsed(setting: Setting, text: str) -> Value:
    """The value that a text means. Raises UsageError."""
    word = text.strip()
    if isinstance(setting.default, bool):
        if word.lower() in _TRUTH:
            return _TRUTH[word.lower()]
        raise UsageError(f"{setting.name} is on or off, not '{word}'")
    if isinstance(setting.default, (int, float)):
        kind = type(setting.default)
        try:
            value = kind(0 if word.lower() == "off" else word)
        except ValueError:
            raise UsageError(f"{setting.name} is a number, not '{word}'") from None
        if not setting.least <= value < _MOST:
            raise UsageError(f"{setting.name} is a number from {setting.least} on, not '{word}'")
        return value
    if setting.choices and word.lower() not in setting.choices:
        hint = guess(word.lower(), setting.choices)
        raise UsageError(f"{setting.name} is one of {', '.join(setting.choices)}; not '{word}'", hint=hint)
    return word.lower() if setting.choices else _unquoted(word)


def shown(value: Value) -> str:
    return (
        ("on" if value else "off") if isinstance(value, bool) else f"{value:g}" if type(value) is float else str(value)
    )


def find(name: str) -> Setting:
    """The setting of that name. Raises UsageError with the near misses."""
    if name in SETTINGS:
        return SETTINGS[name]
    raise UsageError(f"no setting '{name}'", hint=guess(name, SETTINGS, "\\set lists them"))


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"" else word


_MOST = 2**53
_OWN = "default"
_TRUTH = {"on": True, "true": True, "yes": True, "1": True, "off": False, "false": False, "no": False, "0": False}


# --- what they do -----------------------------------------------------------------------------------------------------


def _limit(shell: Shell, value: Value) -> None:
    shell.terminal.output = shell.terminal.output._replace(limit=int(value) or None)


def _null(shell: Shell, value: Value) -> None:
    for screen in (shell.terminal, shell.screen):
        screen.output = screen.output._replace(null=None if value == _OWN else str(value))


def _header(shell: Shell, value: Value) -> None:
    for screen in (shell.terminal, shell.screen):
        screen.output = screen.output._replace(no_header=not value)


def _echo(shell: Shell, value: Value) -> None:
    shell.terminal.output = shell.terminal.output._replace(echo=bool(value))


def _pager(shell: Shell, value: Value) -> None:
    shell.terminal.pager = bool(value) and shell.terminal.tty


def _hold(shell: Shell, value: Value) -> None:
    shell.connection.patience = float(value)


def _timeout(shell: Shell, value: Value) -> None:
    shell.database.timeout = shell.connection.canceller.timeout = float(value) or None


def _look(name: str) -> Callable[[Shell, Value], None]:
    """A setting that the screens know by its own name."""

    def apply(shell: Shell, value: Value) -> None:
        for screen in (shell.terminal, shell.screen):
            setattr(screen, name, value)

    return apply


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("row_limit", 1000, "rows shown of a result; 0 for all of them", apply=_limit),
        Setting("hold", 30.0, "seconds that a cut result stays open for \\more", apply=_hold),
        Setting(
            "expanded",
            "fit",
            "when rows are vertical; auto: when anything would be cut",
            ("fit", "auto", "on", "off"),
            apply=_look("expanded"),
        ),
        Setting(
            "wide",
            "cut",
            "cells that do not fit: cut, folded, or scrolled to",
            ("cut", "wrap", "scroll"),
            apply=_look("wide"),
        ),
        Setting("null", _OWN, "what stands for NULL; default: what the format has", apply=_null),
        Setting("header", True, "the names of columns", apply=_header),
        Setting("echo", True, "the SQL of an expression above its rows", apply=_echo),
        Setting("pager", True, "a pager for what is longer than the terminal", apply=_pager),
        Setting(
            "timing",
            "on",
            "how long it took; split: server, rows and showing apart",
            ("on", "off", "split"),
            apply=_look("timing"),
        ),
        Setting("timeout", 0.0, "seconds after which a statement is cancelled; 0 for never", apply=_timeout),
        Setting("live", True, "the SQL of an expression under it while it is typed"),
        Setting("vi", False, "the keys of vi instead of those of Emacs, as F4 switches them"),
        Setting("ask", True, "asks before every row is changed, truncated or dropped"),
        Setting("semicolon", False, "SQL runs only when it ends in a semicolon, as in psql"),
    )
}
"""By name, in the order in which they are listed."""


def configured(shell: Shell, config: Config) -> None:
    """Set what the table [shell] of the configuration says. Raises UsageError."""
    for name, value in config.shell.items():
        setting, given = checked(name, value)
        shell.settings[name] = given
        setting.apply(shell, given)


def checked(name: str, value: Value) -> tuple[Setting, Value]:
    """A setting of the configuration, and its value as the shell has it. Raises UsageError."""
    try:
        setting = find(name)
        return setting, parsed(setting, shown(value))
    except UsageError as error:
        hint = error.hint if "did you mean" in error.hint else "\\set in the shell lists them"
        raise UsageError(f"{error.message} (the table [shell] of the configuration)", hint=hint) from None
