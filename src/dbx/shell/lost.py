"""A connection that is lost, or was cut: what has become of what it had, and the way to another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbx.connection import Connection
from dbx.dialects.base import State
from dbx.errors import ConnectionLost, Refused
from dbx.language.translator import Translator

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def wake(shell: Shell, words: tuple[str, ...]) -> None:
    """A lost connection is opened again only when the user says what should become of the transaction it had."""
    if shell.connection.state is State.LOST:
        if shell.connection.standing.lost_work and words[:1] not in (("BEGIN",), ("ROLLBACK",), ("START",)):
            raise ConnectionLost(
                "not connected: the transaction that was open is gone",
                hint="begin starts a new one; \\reconnect goes on without",
            )
        lost = shell.losses.told()
        reconnect(shell, lost)
        if lost:
            raise Refused("not run: what the session had set up is gone", hint="run it again if that does not matter")


def reconnect(shell: Shell, lost: str = "") -> None:
    """Go on with a new connection, and say what the old one had. Raises the errors of connecting."""
    shell.connection = shell.database.reconnect()
    shell.connection.patience = float(shell.settings["hold"])
    declared = shell.translate.declared
    shell.translate = Translator(shell.database, shell.translate.session, raw=shell.translate.raw)
    if declared:
        shell.translate.names.declared.extend(declared)
    shell.session.attach()
    shell.background.changed()
    gone = lost or shell.losses.told() or "what the session had set, temporary tables and locks"
    shell.screen.say(f"connected again; nothing was run again. Gone with the connection: {gone}")


def kept(connection: Connection, before: State) -> str:
    """What has become of the transaction and the connection."""
    if connection.state is State.LOST:
        return "; the connection was cut" + (
            ", and the open transaction is gone" if connection.standing.lost_work else ""
        )
    if connection.state is State.OPEN:
        return "; the transaction is still open"
    return "; the open transaction was rolled back" if before is State.OPEN else ""
