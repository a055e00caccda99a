"""Commands about results: how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbx.shell.commands.command import Command

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _format(shell: Shell, rest: str) -> None:
    shell.choose_format(rest.strip() or "table")


def _expanded(shell: Shell, rest: str) -> None:
    shell.choose_format("table" if shell.screen.format.name == "vertical" else "vertical")


COMMANDS = (
    Command(
        ("\\f",), "FORMAT", "how rows look: table, vertical, csv, tsv, json, jsonl, markdown, html, insert", _format
    ),
    Command(("\\x",), "", "switch between table and vertical", _expanded),
)
