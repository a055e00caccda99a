r"""\pool: the pool of the shell's own Engine. It is empty until somebody asks it for a connection: expressions and the
Session use the one that the user types on."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dbx.database import Database
from dbx.errors import UsageError
from dbx.rows import Outcome, Rows, Statement
from dbx.shell.commands.command import Command

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

REPORT, FIGURES = "dbx.pool.report", "dbx.pool.figures"
"""By name: they bring SQLAlchemy, which the shell imports only while its user types."""


class Watcher:
    """Sees the shell's Engine from its first connection on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._observer: Any = None
        database.on_engine = self._made

    def _made(self, engine: Any) -> None:
        self._observer = import_module(REPORT).observer(self._database).attach(engine)

    @property
    def observer(self) -> Any:
        """What has been seen; an Engine that nobody has needed yet is made here."""
        assert self._database.engine is not None
        return self._observer


def _pool(shell: Shell, rest: str) -> Iterator[Outcome]:
    word, _, number = rest.strip().partition(" ")
    watching = shell.pool.observer
    if word == "events" and (not number or number.isdecimal()):
        answer = iter([import_module(FIGURES).events(watching, int(number or 20))])
    elif word == "leaks" and not number:
        answer = iter([import_module(FIGURES).leaks(watching)])
    elif word in ("", "cost") and not number:
        own = shell.database.dialect.sessions.number(shell.connection.raw)
        answer = import_module(REPORT).state(shell.database, watching, costs=word == "cost", own=own)
    else:
        raise UsageError(f"\\pool {rest.strip()}?", hint="\\pool, \\pool cost, \\pool events [N] or \\pool leaks")
    return map(_shown, answer)


def _shown(rows: Rows) -> Outcome:
    return Outcome(Statement(""), rows)


COMMANDS = (
    Command(
        ("\\pool",),
        "[cost|events [N]|leaks]",
        "the connection pool, beside what the server sees of it",
        _pool,
        "\\pool shows settings, figures, connections and the server's sessions; \\pool cost measures connecting against"
        " checking out; \\pool events the last things that happened; \\pool leaks what was not returned.",
    ),
)
