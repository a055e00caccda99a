"""Commands about the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbx.rows import Column, Rows
from dbx.shell import pool
from dbx.shell.commands.command import Command

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _reconnect(shell: Shell, rest: str) -> None:
    shell.reconnect()


def _connection(shell: Shell, rest: str) -> Rows:
    connection = shell.connection
    lines = [
        ("target", connection.target.url.label),
        ("server", connection.server),
        ("transaction", connection.state.value),
        ("protection", connection.secured or "not needed"),
    ]
    return Rows.of(Column("name"), Column("value"), rows=lines)


COMMANDS = (
    Command(("\\conninfo",), "", "the connection: server, transaction, protection", _connection),
    Command(("\\reconnect",), "", "connect again; what was open is gone", _reconnect),
    *pool.COMMANDS,
)
