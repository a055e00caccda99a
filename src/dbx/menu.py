"""The commands: name and summary. Each is a module of dbx.commands with a function `run`, imported when called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

COMMANDS = {
    "connect": "Open the interactive shell on a database.",
    "query": "Run expressions or SQL and print the rows.",
    "run": "Run script files as one transaction.",
    "tx": "Run a transaction step by step: see what each changes, undo, commit or roll back.",
    "session": "Work with objects: an ORM Session whose every step is shown.",
    "reflect": "Print what a database holds, as a tree, as SQL or as JSON.",
    "explain": "Print how the server would run a statement, as one tree.",
    "copy": "Copy rows from one database, or from a file, into another.",
    "pool": "Print the connection pool, its costs and its server's side; load it, watch it, find leaks.",
    "demo": "Write a sample database and open the shell on it.",
    "profiles": "List the saved targets, checked; or print a configuration file with every key.",
    "trust": "Allow a project's own configuration file, .dbx.toml.",
    "doctor": "Say whether dbx is whole, and whether a target can be reached: as whom, how safely, how fast.",
    "dialects": "List the databases dbx can reach from here, and what the others need.",
}


def load(name: str) -> Any:
    """The command's function. Its signature and docstring are its interface in both doors, command line and shell."""
    return import_module(f"dbx.commands.{name}").run
