"""Commands to the ORM Session: its orders, as `dbx session` knows them in scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dbx.shell.commands.command import Answer, Command
from dbx.unit.menu import ORDERS

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _order(name: str) -> Callable[[Shell, str], Answer]:
    def run(shell: Shell, rest: str) -> Answer:
        return shell.session.order(name, rest)

    return run


COMMANDS = tuple(
    Command((name,), order.arguments, order.summary, _order(name), order.help) for name, order in ORDERS.items()
)
