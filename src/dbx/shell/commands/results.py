"""Commands about results: how they look, more of them, and where they go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbx.errors import UsageError
from dbx.formats import FORMATS
from dbx.rows import Outcome, Rows
from dbx.shell import clipboard, following, watching
from dbx.shell.commands.command import Command
from dbx.shell.commands.setting import change

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _format(shell: Shell, rest: str) -> Rows | None:
    name = rest.strip()
    if not name:
        now = shell.terminal.format.name
        return Rows.of("format", "now", rows=[(each, "*" if each == now else "") for each in FORMATS])
    shell.choose_format(name)
    shell.screen.say(f"rows are shown as {name}")
    return None


def _expanded(shell: Shell, rest: str) -> None:
    r"""\x alone switches between always and where it is needed."""
    change(shell, "expanded", rest.strip() or ("fit" if shell.settings["expanded"] == "on" else "on"))


def _timing(shell: Shell, rest: str) -> None:
    change(shell, "timing", rest.strip() or ("on" if shell.settings["timing"] == "split" else "split"))


def _more(shell: Shell, rest: str) -> None:
    shell.results.more()


def _all(shell: Shell, rest: str) -> None:
    shell.results.all()


def _output(shell: Shell, rest: str) -> None:
    shell.results.redirect(rest.strip())


def _go(shell: Shell, rest: str) -> None:
    """Run what was typed last once more; into a file or program if one is named."""
    if not shell.recent:
        raise UsageError("nothing has been run yet", hint="\\g FILE may stand behind a statement, too")
    goal = rest.strip()
    if not goal:
        shell.run(shell.recent)
        return
    with shell.results.elsewhere(goal):
        shell.run(shell.recent)


def _go_expanded(shell: Shell, rest: str) -> None:
    """As \\g, once vertically."""
    before = shell.terminal.expanded
    shell.terminal.expanded = "on"
    try:
        _go(shell, rest)
    finally:
        shell.terminal.expanded = before


def _watch(shell: Shell, rest: str) -> None:
    word = rest.strip() or "2"
    try:
        seconds = float(word)
    except ValueError:
        raise UsageError(f"\\watch takes seconds, not '{word}'") from None
    if not 0.1 <= seconds <= 86_400:
        raise UsageError("\\watch takes 0.1 to 86400 seconds")
    if not shell.recent:
        raise UsageError("nothing has been run yet", hint="\\watch 2 may stand behind a statement, too")
    watching.watch(shell, shell.recent, seconds)


def _clip(shell: Shell, rest: str) -> None:
    clipboard.copy(shell, rest.strip())


def _follow(shell: Shell, rest: str) -> Iterator[Outcome]:
    word, _, row = rest.strip().partition(" ")
    if not word or (row.strip() and not row.strip().isdecimal()):
        raise UsageError("which column or table, of which row?", hint="\\follow album_id, \\follow album_id 3")
    return following.follow(shell, word, int(row or 1))


_GO = """The last statement, or the one it stands behind: select 1 \\g out.csv
A file's ending chooses the format, and nothing is cut; the file appears when it is whole.
|program is run by your own shell: \\g |sort | head"""

COMMANDS = (
    Command(("\\more",), "", "the next rows of a result that was cut short", _more),
    Command(("\\all",), "", "the rest of a result that was cut short", _all),
    Command(("\\x",), "[on|off|auto|fit]", "rows vertically: always, never, where anything would be cut", _expanded),
    Command(("\\f",), "[FORMAT]", f"how rows look: {', '.join(FORMATS)}", _format),
    Command(("\\g",), "[FILE or |PROGRAM]", "run the last statement again, or send one's rows there", _go, _GO),
    Command(("\\gx", "\\G"), "[FILE or |PROGRAM]", "as \\g, with rows shown vertically once", _go_expanded),
    Command(("\\o",), "[FILE or |PROGRAM]", "send all results there; alone, back to the terminal", _output),
    Command(("\\watch",), "[SECONDS]", "run it again and again, with what has changed marked; Ctrl-C ends", _watch),
    Command(
        ("\\follow",),
        "COLUMN or TABLE [ROW]",
        "open the row that a column of the last result refers to, or a table's rows that refer to it",
        _follow,
        "Foreign keys say where to: \\follow album_id 3 opens the album of row 3, \\follow track its tracks.",
    ),
    Command(("\\clip",), "[FORMAT or sql]", "the last result, or its statement, to the terminal's clipboard", _clip),
    Command(("\\timing",), "[on|off|split]", "how long it took; split tells server from rows and showing", _timing),
)
