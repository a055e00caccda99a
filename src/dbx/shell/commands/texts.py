"""Commands about texts: files of statements, favourites, and lines to print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dbx.errors import UsageError
from dbx.rows import Rows
from dbx.shell import favourites, running
from dbx.shell.commands.command import Answer, Command

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _include(shell: Shell, rest: str) -> Answer:
    """As `dbx run` would run them, on this connection."""
    files = rest.split()
    if not files:
        raise UsageError("which file?", hint="\\i FILE")
    return running.include(shell, [str(Path(name).expanduser()) for name in files])


def _echo(shell: Shell, rest: str) -> None:
    shell.screen.say(rest)


def _qecho(shell: Shell, rest: str) -> None:
    """Where the results go, which may be a file."""
    shell.screen.line(rest)


def _favourites(shell: Shell, rest: str) -> Rows | None:
    """List them; or run one, its parameters given as name=value, or asked for."""
    name, _, given = rest.strip().partition(" ")
    if not name:
        lines = [(each, ", ".join(favourites.parameters(text)), text) for each, text in favourites.load().items()]
        return Rows.of("name", "parameters", "text", rows=lines)
    favourites.run(shell, name, given)
    return None


def _keep(shell: Shell, rest: str) -> None:
    name, _, text = rest.strip().partition(" ")
    if not name:
        raise UsageError("under which name?", hint="\\ns NAME keeps the last statement; \\ns NAME TEXT another one")
    text = text.strip() or shell.recent
    if not text:
        raise UsageError("nothing has been run yet", hint="\\ns NAME TEXT")
    favourites.keep(name, text)
    parameters = ", ".join(f"{each}=…" for each in favourites.parameters(text))
    shell.screen.say(f"kept: \\n {name} {parameters}".rstrip())


def _forget(shell: Shell, rest: str) -> None:
    favourites.forget(rest.strip())
    shell.screen.say(f"forgotten: {rest.strip()}")


COMMANDS = (
    Command(("\\i",), "FILE…", "run files, as one transaction, by the rules of dbx run", _include),
    Command(
        ("\\n",),
        "[FAVOURITE [NAME=VALUE…]]",
        "run a favourite; alone, list them",
        _favourites,
        "Parameters are written :name in it, and bound, never pasted in: \\n big limit:int=5\n"
        "What is not given is asked for. NAME:TYPE=VALUE as with dbx query -p.",
    ),
    Command(("\\ns",), "NAME [TEXT]", "keep the last statement, or TEXT, as a favourite", _keep),
    Command(("\\nd",), "FAVOURITE", "forget a favourite", _forget),
    Command(("\\echo",), "[TEXT]", "say something", _echo),
    Command(("\\qecho",), "[TEXT]", "write something among the results", _qecho),
)
