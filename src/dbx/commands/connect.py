"""dbx connect"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from dbx.commands import run as script
from dbx.database import Database
from dbx.errors import UsageError
from dbx.options_session import Models
from dbx.rows import Outcome
from dbx.screen import Screen
from dbx.sink import is_terminal

SHELL = "dbx.shell.loop"
"""By name: prompt_toolkit belongs to the shell alone, and a pipe on standard input needs none."""


def run(database: Database, screen: Screen, models: Models = "") -> Iterator[Outcome] | None:
    """Open the interactive shell on a database.

    With standard input not a terminal, run what stands there, as `dbx run TARGET -` does.
    """
    if is_terminal(0):
        import_module(SHELL).run(database, screen, models=models)
        return None
    if models:
        raise UsageError(
            "a script of SQL has no objects", hint="dbx session TARGET - --models PACKAGE runs one that has"
        )
    return script.run(database, screen, ["-"])
