"""The clipboard of the terminal, which works through ssh as well: escape sequence OSC 52."""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from typing import TYPE_CHECKING

from dbx import sink
from dbx.errors import Refused, UsageError
from dbx.formats import Style, load
from dbx.rows import Rows

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

_MOST = 74_000
"""Bytes that terminals take at least: xterm's limit, before base64."""


def copy(shell: Shell, what: str) -> None:
    """The last result in a format, or with `sql` the last statement. Raises Refused where it cannot be had."""
    if what == "sql":
        if not shell.recent:
            raise UsageError("nothing has been run yet")
        _send(shell, shell.recent.encode("utf-8", "replace"), "the statement")
        return
    results = shell.results
    if not results.columns:
        raise UsageError("there is no result to copy")
    if not results.whole:
        raise Refused("the result is too large to copy", hint="\\g FILE writes it into a file")
    form = load(what or "tsv")
    if form.binary:
        raise Refused(f"{form.name} is no text", hint="\\g FILE writes it into a file")
    style = Style(dialect=shell.terminal.dialect, table=shell.terminal.output.table)
    form.check(style)
    rows = Rows.of(*results.columns, rows=results.rows)
    count = len(results.rows)
    _send(shell, b"".join(form.write(rows, style)), f"{count:,} row{'' if count == 1 else 's'} as {form.name}")


def _send(shell: Shell, data: bytes, what: str) -> None:
    if not sink.is_terminal(1):
        raise Refused("there is no terminal whose clipboard this could be")
    if len(data) > _MOST:
        raise Refused(f"{len(data):,} bytes are more than a terminal takes", hint="\\g FILE writes it into a file")
    sys.stdout.write(sequence(data, dict(os.environ)))
    sys.stdout.flush()
    shell.screen.say(f"{what} sent to the clipboard, {len(data):,} bytes; not every terminal allows it")


def sequence(data: bytes, environment: dict[str, str]) -> str:
    """What puts the data into the clipboard; tmux and screen are asked to pass it on."""
    text = f"\x1b]52;c;{b64encode(data).decode()}\x07"
    if "TMUX" in environment:
        return "\x1bPtmux;" + text.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environment.get("TERM", "").startswith("screen"):
        return "".join(f"\x1bP{text[at : at + 500]}\x1b\\" for at in range(0, len(text), 500))
    return text
