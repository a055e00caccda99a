"""Leaving with work that is not committed: what is to become of it is asked, not assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbx.dialects.base import State
from dbx.errors import DbxError

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def may_leave(shell: Shell) -> bool:
    """Whether nothing is open any more, or the user lets it go. A connection that is lost keeps nobody.

    Raises the error of a COMMIT that fails; then the user stays.
    """
    state = shell.connection.state
    if shell.session.unflushed:
        answer = shell.screen.ask("the Session has changes that are not written. Drop them and leave? [y/N] ")
        if answer is not None and not answer.startswith(("y", "\\q")):
            return False
    if state not in (State.OPEN, State.FAILED):
        return True
    if state is State.FAILED:
        answer = shell.screen.ask("the transaction has failed and can only be rolled back. Roll back and leave? [y/N] ")
        return (answer is None or answer.startswith(("y", "r", "\\q"))) and _rolled_back(shell)
    answer = shell.screen.ask("a transaction is open. Commit, roll back, or stay? [c/r/S] ")
    if answer is not None and answer.startswith("c"):
        shell.run("commit")
        return shell.connection.state is State.IDLE
    # whoever asks to leave once more means it
    return (answer is None or answer.startswith(("r", "\\q"))) and _rolled_back(shell)


def _rolled_back(shell: Shell) -> bool:
    """Roll back, so that it is told; where that fails, leaving does it."""
    try:
        shell.run("rollback")
    except DbxError as error:
        shell.screen.error(error)
    return True
