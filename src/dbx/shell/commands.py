"""The backslash commands: one table, from which \\? is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from dbx.errors import UsageError
from dbx.rows import Column, Rows

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


class Command(NamedTuple):
    names: tuple[str, ...]
    arguments: str
    summary: str
    run: Callable[[Shell, str], Rows | None]


class Leave(Exception):
    """The user wants to go."""


def _quit(shell: Shell, rest: str) -> None:
    raise Leave


def _help(shell: Shell, rest: str) -> Rows:
    lines = [
        (" ".join(filter(None, [", ".join(command.names), command.arguments])), command.summary) for command in COMMANDS
    ]
    return Rows.of("command", "what it does", rows=lines)


def _describe(shell: Shell, rest: str) -> Rows:
    names, wanted = shell.translate.names, rest.strip().strip('"`')
    if not wanted:
        return Rows.of("table", rows=[(name,) for name in names.tables()])
    entry = names.find(wanted)
    if entry is None:
        raise UsageError(f"no table {wanted}", hint="\\d lists them")
    table = entry.model
    keys = {column: f"→ {key.target_table}" for key in table.foreign_keys for column in key.columns}
    lines = [
        (
            column.name,
            column.type,
            "" if column.nullable else "not null",
            " ".join(filter(None, ["key" if column.name in table.primary_key else "", keys.get(column.name, "")])),
        )
        for column in table.columns
    ]
    return Rows.of("column", "type", "null", "key", rows=lines)


def _format(shell: Shell, rest: str) -> None:
    shell.choose_format(rest.strip() or "table")


def _expanded(shell: Shell, rest: str) -> None:
    shell.choose_format("table" if shell.screen.format.name == "vertical" else "vertical")


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
    Command(("\\?", "help"), "", "these commands", _help),
    Command(("\\q", "exit", "quit"), "", "leave (Ctrl-D too)", _quit),
    Command(("\\d", "\\dt"), "[TABLE]", "the tables, or the columns of one", _describe),
    Command(
        ("\\f",), "FORMAT", "how rows look: table, vertical, csv, tsv, json, jsonl, markdown, html, insert", _format
    ),
    Command(("\\x",), "", "switch between table and vertical", _expanded),
    Command(("\\conninfo",), "", "the connection: server, transaction, protection", _connection),
    Command(("\\reconnect",), "", "connect again; what was open is gone", _reconnect),
)


def find(text: str) -> tuple[Command, str]:
    """The command of a line, and what stands behind its name. Raises UsageError."""
    word, _, rest = text.strip().rstrip(";").partition(" ")
    for command in COMMANDS:
        if word in command.names:
            return command, rest
    raise UsageError(f"no command {word}", hint="\\? lists them")
