"""Commands to a transaction: its orders, as `dbx tx` knows them in scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dbx.shell.commands.command import Answer, Command
from dbx.transaction.orders import ORDERS

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _order(name: str) -> Callable[[Shell, str], Answer]:
    def run(shell: Shell, rest: str) -> None:
        with shell.session.telling():
            shell.steps.command(name, rest)

    return run


COMMANDS = tuple(Command((name,), order.arguments, order.summary, _order(name)) for name, order in ORDERS.items())
