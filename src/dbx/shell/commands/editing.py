"""Commands about what is typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dbx.errors import UsageError
from dbx.shell import editor
from dbx.shell.commands.command import Command
from dbx.sql.kind import kind

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _edit(shell: Shell, rest: str) -> None:
    """The last statement, or a file, goes to the editor, and what comes back to the prompt."""
    if name := rest.strip():
        shell.draft = _edited_file(shell, Path(name).expanduser())
        return
    last = next((text for text in reversed(shell.history.get_strings()) if kind(text, shell=True) != "command"), "")
    text = editor.edit(last, ".sql" if kind(last) == "sql" else ".py")
    if text is None:
        shell.screen.say(_LEFT)
    shell.draft = text or ""


_LEFT = "the editor ended with an error: nothing is taken from it"


def _edited_file(shell: Shell, path: Path) -> str:
    """The file itself is what is edited. Raises UsageError."""
    if not editor.run(editor.command(), path):
        shell.screen.say(_LEFT)
        return ""
    try:
        return editor.taken(path.read_text(encoding="utf-8-sig", errors="surrogateescape").removesuffix("\n"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None


def _transcript(shell: Shell, rest: str) -> None:
    """What was run without an error, as a script that does it again."""
    if not rest.strip():
        raise UsageError("into which file?", hint="\\transcript FILE")
    path = Path(rest.strip()).expanduser()
    count = shell.transcript.save(path)
    shell.screen.say(f"{count} statement{'' if count == 1 else 's'} saved: dbx run TARGET {path}")


COMMANDS = (
    Command(
        ("\\e",),
        "[FILE]",
        "the last statement, or a file, in your editor; Ctrl-X Ctrl-E: what you type",
        _edit,
        "$VISUAL or $EDITOR names the editor. What it leaves stands at the prompt, and Enter runs it; "
        "an editor that ends with an error (:cq) leaves nothing.",
    ),
    Command(
        ("\\transcript",),
        "FILE",
        "write what this session has run without an error into a script",
        _transcript,
        "As SQL; or as it was typed where the file is called .dbx, which holds expressions only. What \\undo took back "
        "is in it, and what looks as if it held a password is not.",
    ),
)
