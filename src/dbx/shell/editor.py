"""The user's own editor for a statement. The file it works on is the user's alone, and gone afterwards."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbx import redact
from dbx.errors import UsageError

_NO_TEXT = re.compile("[\0\udc80-\udcff]")
_USUAL = ("sensible-editor", "vim", "vi", "nano", "emacs")


def edit(text: str, suffix: str = ".sql") -> str | None:
    """The text as it came back, without the line feed editors put at its end; None when the editor ended with an error
    (`:cq`), which says: never mind. Raises UsageError where there is no editor."""
    # a folder, so that what an editor leaves beside the file goes with it
    with tempfile.TemporaryDirectory(prefix="dbx-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / f"statement{suffix}"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
            stream.write(text and text + "\n")
        if not run(command(), file):
            return None
        try:
            edited = file.read_bytes().decode("utf-8-sig", "surrogateescape")
        except OSError as error:
            raise UsageError(f"the editor left no text: {error.strerror}") from None
    return taken(edited.replace("\r\n", "\n").removesuffix("\n"), text)


def taken(edited: str, before: str = "") -> str:
    """What an editor has left, if it is text: a prompt could not show anything else as it is. Raises UsageError."""
    for found in _NO_TEXT.finditer(edited):
        if found[0] not in before:
            line = edited.count("\n", 0, found.start()) + 1
            byte = ord(found[0]) & 0xFF
            raise UsageError(f"line {line} of what the editor left is no text: it holds the byte {byte:02X}")
    return edited


def run(program: list[str], file: Path) -> bool:
    """Whether the editor, done with a file, says that it went well. Raises UsageError when it cannot be started."""
    with _interrupts_are_the_editors():
        try:
            return subprocess.run([*program, str(file)], env=redact.environment(), check=False).returncode == 0
        except OSError as error:
            raise UsageError(
                f"the editor cannot be started: {program[0]}: {error.strerror}", hint="$VISUAL or $EDITOR names one"
            ) from None


def command() -> list[str]:
    """$VISUAL or $EDITOR, which may have arguments; else the first of the usual ones that is there."""
    for name in ("DBX_EDITOR", "VISUAL", "EDITOR"):
        if words := _words(os.environ.get(name, "")):
            return words
    for name in _USUAL:
        if shutil.which(name):
            return [name]
    raise UsageError("there is no editor", hint="$VISUAL or $EDITOR names one")


def _words(value: str) -> list[str]:
    try:
        return shlex.split(value)
    except ValueError:
        return [value]


@contextmanager
def _interrupts_are_the_editors() -> Iterator[None]:
    """Ctrl-C is typed into the editor, and means nothing here. A handler, for what is ignored the editor inherits."""
    wakeup = signal.set_wakeup_fd(-1)
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        signal.set_wakeup_fd(wakeup)
