"""dbx profiles"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer

from dbx import config, config_file, credentials, target
from dbx.errors import UsageError
from dbx.redact import redact
from dbx.registry import BUILT_IN
from dbx.rows import Outcome, Rows, Statement
from dbx.screen import Screen
from dbx.shell.settings import SETTINGS, checked


def run(
    screen: Screen,
    default: Annotated[
        bool, typer.Option("--default", help="Print a configuration file with every key instead.")
    ] = False,
) -> Rows | Iterator[Outcome]:
    """List the saved targets, each checked, without connecting and without secrets.

    The first line on standard error says where they come from; exit code 2 says that one of them cannot work.
    """
    return _keys() if default else _listed(screen)


def _keys() -> Rows:
    """Every key with a default and its meaning; as text, the file."""
    lines = [
        (f"{table}{field.name}", config_file.written(field), field.key.doc)
        for table, shape in (("", config.Config), ("colors.", config.Colors), *_OF_A_PROFILE)
        for field in config_file.fields(shape).values()
        if field.name not in ("colors", "profiles", "pool", "shell")
    ]
    shell = [(name, _toml(setting.default), setting.summary) for name, setting in SETTINGS.items()]
    lines += [(f"shell.{name}", value, doc) for name, value, doc in shell]
    return Rows.of("key", "value", "meaning", rows=lines).drawn(config_file.default(shell).rstrip("\n"), anywhere=True)


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


_OF_A_PROFILE: tuple[tuple[str, Any], ...] = (("profiles.NAME.", config.Profile), ("profiles.NAME.pool.", config.Pool))


def _listed(screen: Screen) -> Iterator[Outcome]:
    settings = config.load()
    screen.say(f"from {settings.path}" + (f" and {settings.project}" if settings.project else ""))
    if settings.ignored:
        screen.say(f"{settings.ignored} is not trusted, and ignored: see dbx trust")
    for name in settings.shadowed:
        screen.say(f"@{name} is your own one, not that of {settings.project}")
    for name, value in settings.shell.items():
        checked(name, value)
    lines = [_line(name, settings) for name in settings.profiles]
    yield Outcome(Statement(""), Rows.of("profile", "target", "password", "settings", "problem", rows=lines))
    if broken := [name for name, *_, problem in lines if problem]:
        raise UsageError(f"{', '.join(broken)} cannot be used as it is", hint="the column `problem` says why")


def _line(name: str, settings: config.Config) -> tuple[str, str, str, str, str]:
    """One profile. A secret is named by its place, and never looked up in a program or the keyring."""
    profile = settings.profiles[name]
    label, password, problem = "", credentials.source(profile), ""
    try:
        goal = target.parse(f"@{name}", settings)
        label = goal.url.label
        if goal.url.tells:
            password, problem = "in the URL", _exposed(settings)
        elif profile.password_file:
            credentials.complete(goal)
        if not _reachable(goal.url.driver):
            problem = f"no dialect '{goal.url.driver}': dbx dialects lists what is there"
    except UsageError as error:
        problem = redact(": ".join(filter(None, [error.message, error.hint])))
    return f"@{name}", label, password, ", ".join(_marks(profile)), problem


def _marks(profile: config.Profile) -> Iterator[str]:
    for word in ("production", "read_only"):
        if getattr(profile, word):
            yield word.replace("_", "-")
    if not profile.raw:
        yield "no SQL"
    if profile.timeout:
        yield f"timeout {profile.timeout:g} s"
    if profile.row_limit is not None:
        yield f"{profile.row_limit or 'all'} rows"
    if profile.models:
        yield f"models {profile.models}"
    if count := len(profile.startup):
        yield f"{count} start-up statement{'' if count == 1 else 's'}"


def _exposed(settings: config.Config) -> str:
    files = [file for file in (settings.path, settings.project) if file and file.exists()]
    others = [file for file in files if Path(file).stat().st_mode & 0o077]
    return f"others can read the password: chmod 600 {others[0]}" if others else ""


def _reachable(driver: str) -> bool:
    """Whether something is installed for it. Nothing of it is imported."""
    names = {driver, driver.replace("+", "."), driver.partition("+")[0]}
    return driver in BUILT_IN or any(point.name in names for point in entry_points(group="sqlalchemy.dialects"))
