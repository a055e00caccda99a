"""Commands about the connection."""

from __future__ import annotations

from getpass import getpass
from typing import TYPE_CHECKING

from dbx import config, credentials, menu, sink, target
from dbx.database import Database
from dbx.rows import Column, Rows
from dbx.schema import lists
from dbx.shell import pool
from dbx.shell.commands.command import Answer, Command
from dbx.shell.lost import reconnect

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _connect(shell: Shell, rest: str) -> Answer:
    """Another target in the place of this one, which is left only when the other is there."""
    if not rest.strip():
        return _connection(shell, rest)
    goal = credentials.complete(target.parse(rest.strip(), config.load()))
    ask = getpass if sink.is_terminal(0) and sink.is_terminal(2) else None
    shell.connect(Database(goal, ask, timeout=shell.database.timeout))
    return None


def _reconnect(shell: Shell, rest: str) -> None:
    reconnect(shell)


def _profiles(shell: Shell, rest: str) -> Answer:
    answer: Answer = menu.load("profiles")(shell.screen)
    return answer


def _connection(shell: Shell, rest: str) -> Rows:
    connection = shell.connection
    lines = [
        ("target", connection.target.url.label),
        ("server", connection.server),
        ("transaction", connection.state.value),
        ("protection", connection.secured or "not needed"),
    ]
    return Rows.of(Column("name"), Column("value"), rows=lines)


def _path(shell: Shell, rest: str) -> Rows | None:
    """Where bare names are looked for. It is the session's own setting, so a rollback takes it back."""
    if not rest.strip():
        return Rows.of("schema", rows=[(name,) for name in lists.path(shell.database)])
    lists.set_path(shell.database, rest.replace(",", " ").split())
    shell.translate.refresh()
    shell.background.changed()
    shell.screen.say(f"names are looked for in {', '.join(lists.path(shell.database))}")
    return None


COMMANDS = (
    Command(("\\c",), "[TARGET]", "connect to another target: a URL, a file, @PROFILE; alone, as \\conninfo", _connect),
    Command(("\\conninfo",), "", "the connection: server, transaction, protection", _connection),
    Command(("\\reconnect",), "", "connect again; what was open is gone", _reconnect),
    Command(("\\profiles",), "", "the saved targets", _profiles),
    Command(("\\path",), "[SCHEMA…]", "the schemas in which bare names are looked for; set them", _path),
    *pool.COMMANDS,
)
