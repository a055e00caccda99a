"""dbx connect"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from dbx.commands import run as script
from dbx.database import Database
from dbx.rows import Outcome
from dbx.screen import Screen
from dbx.sink import is_terminal

SHELL = "dbx.shell.loop"
"""By name: prompt_toolkit belongs to the shell alone, and a pipe on standard input needs none."""


def run(database: Database, screen: Screen) -> Iterator[Outcome] | None:
    """Open the interactive shell on a database.

    With standard input not a terminal, run what stands there, as `dbx run TARGET -` does.
    """
    if not is_terminal(0):
        return script.run(database, screen, ["-"])
    import_module(SHELL).run(database, screen)
    return None
