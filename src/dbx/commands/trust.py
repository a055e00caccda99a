"""dbx trust"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from dbx import config_file, paths, sink, trust
from dbx.config import Config, Profile
from dbx.errors import Refused, UsageError
from dbx.redact import redact
from dbx.rows import Outcome, Rows, Statement
from dbx.screen import Screen


def run(
    screen: Screen,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The file; else .dbx.toml here or above.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Trust it without being asked.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Trust it no longer.")] = False,
    show: Annotated[bool, typer.Option("--list", help="List the files that are trusted.")] = False,
) -> Rows | Iterator[Outcome] | None:
    """Allow a project's own configuration file, .dbx.toml, which is ignored until then.

    Shows what it would set, and asks. Trusted is what the file holds now: once it changes it is ignored again. What
    runs programs cannot stand in it.
    """
    if show:
        known = trust.remembered()
        return Rows.of("file", "state", rows=[(path, _state(Path(path), known[path])) for path in sorted(known)])
    path = file or paths.project()
    if path is None:
        raise UsageError(f"no {paths.PROJECT} here or above", hint="dbx trust FILE names one")
    if path.name != paths.PROJECT:
        raise UsageError(f"{path}: only a file called {paths.PROJECT} is ever read")
    if forget:
        known_one = trust.forget(path.parent.resolve() / path.name)
        screen.say(f"{path} is trusted no longer" if known_one else f"{path} was not trusted")
        return None
    return _trusted(screen, trust.read(path), yes)


def _trusted(screen: Screen, project: trust.Project, yes: bool) -> Iterator[Outcome]:
    said = project.config()
    if project.trusted:
        screen.say(f"{project.path} is trusted already")
        return
    yield Outcome(Statement(""), Rows.of("key", "value", "meaning", rows=list(_lines(said))))
    if not yes:
        if not (sink.is_terminal(0) and sink.is_terminal(2)):
            raise Refused("nobody is there to confirm: nothing was trusted", hint="--yes trusts it")
        if screen.ask(f"Trust {project.path}? [y/N] ") not in ("y", "yes"):
            raise Refused("not confirmed: it is ignored as before")
    trust.remember(project)
    screen.say(f"{project.path} is trusted as long as it stays as it is")


def _lines(said: Config) -> Iterator[tuple[str, str, str]]:
    """Every key that it sets, with what that does."""
    for name, field in config_file.fields(Config).items():
        if name not in ("profiles", "colors", "shell") and getattr(said, name) != field.default:
            yield name, redact(str(getattr(said, name))), field.key.doc
    for name, given in said.shell.items():
        yield f"shell.{name}", str(given), "as \\set does in the shell"
    for profile, values in said.profiles.items():
        for name, field in config_file.fields(Profile).items():
            if (value := getattr(values, name)) != field.default:
                yield f"profiles.{profile}.{name}", redact(_text(value)), field.key.doc


def _text(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _state(path: Path, digest: str) -> str:
    try:
        project = trust.read(path)
    except UsageError:
        return "gone, or not safe to read"
    return "trusted" if project.digest == digest else "changed since: ignored"
