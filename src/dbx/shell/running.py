"""Running what was typed, one unit after another, outside of a transaction or as steps of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbx.dialects.base import State
from dbx.errors import Refused
from dbx.rows import Outcome
from dbx.shell.lost import wake
from dbx.sql import batch, files
from dbx.sql.unit import Unit
from dbx.transaction.guard import confirmed, guarded
from dbx.transaction.unbounded import question

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

_CHANGES = {(word,) for word in ("CREATE", "ALTER", "DROP", "RENAME", "ROLLBACK", "ATTACH", "DETACH", "USE", "SET")}


def run(shell: Shell, unit: Unit) -> None:
    """Run a unit and show what it comes to, as a step where a transaction is open; what it changes is known soon."""
    wake(shell, unit.words)
    _question(shell, unit)
    if shell.steps.takes(unit):
        shell.steps.run(unit)
    else:
        _run_alone(shell, unit)
    shell.losses.note(unit)
    if unit.kind == "sql" and unit.words[:1] in _CHANGES:
        shell.translate.refresh()
        shell.session.changed(unit.words)
        shell.background.changed(unit.text)


def include(shell: Shell, names: list[str]) -> Iterator[Outcome] | None:
    """Run files, as one transaction; within an open one, as more of its steps. Raises as dbx run."""
    syntax = shell.connection.syntax
    files.check(names, syntax, whole=bool(shell.connection.dialect.transactions.permanent))
    found = files.units(names, syntax)
    shell.translate.refresh()
    shell.background.changed()
    if shell.connection.state is State.IDLE:
        confirm = shell.screen.confirm if shell.database.target.profile.production else None
        return batch.run(shell.connection, found, shell.translate, batch.Rules(confirm=confirm), guarded)
    for unit in found:
        if not shell.steps.takes(unit):
            raise Refused("the transaction is not open any more", place=unit.place)
        shell.steps.run(unit)
    return None


def _run_alone(shell: Shell, unit: Unit) -> None:
    """A unit outside of a transaction of steps."""
    for statement in shell.transcript.heard(unit, shell.translate(unit)):
        outcomes = guarded(shell.connection, statement, unit)
        profile = shell.database.target.profile
        confirm = shell.screen.confirm if profile.production and not profile.read_only else None
        shell.screen.show(confirmed(shell.connection, outcomes, unit, confirm) if confirm else outcomes)


def _question(shell: Shell, unit: Unit) -> None:
    """What would be for every row, and could not be taken back, is asked about; production asks by itself."""
    profile, facts = shell.database.target.profile, shell.connection.dialect.transactions
    undone = shell.steps.scripted or (shell.connection.state is State.OPEN and not facts.commits(unit.words))
    if undone or profile.production or profile.read_only or unit.kind != "sql" or not shell.settings["ask"]:
        return
    asked = question(unit.text, shell.connection.syntax)
    if asked and shell.screen.ask(f"{asked}. Run it? [y/N] ") not in ("y", "yes"):
        raise Refused("not confirmed: nothing was sent")
