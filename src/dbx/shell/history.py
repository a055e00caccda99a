"""Statements of earlier sessions: a file that only its owner reads, without the ones that hold a password."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from prompt_toolkit.history import FileHistory

from dbx.redact import holds_secret

KEPT = 10_000
"""Statements that are remembered from earlier sessions."""
LARGEST = 64 * 1024
"""Characters of one that is worth keeping: what is longer was pasted, and is in a file somewhere."""
_READ = 4 * 1024 * 1024
"""Bytes of the file that are read, from its end."""


_ENTRY = re.compile(r"^\+.*(?:\n\+.*)*", re.MULTILINE)
"""The lines of a statement, each behind its mark."""


def _statement(entry: str) -> str:
    return "\n".join(line[1:] for line in entry.split("\n"))


class History(FileHistory):
    """Whole statements in prompt_toolkit's file format, each written with one append: two shells cannot tear each
    other's entries. Of the same statement several times in a row there is one.

    A history that cannot be read or written costs a warning, once, and goes on in memory.
    """

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        self._path = path
        self._warn: Callable[[str], None] | None = warn
        super().__init__(path)

    def load_history_strings(self) -> Iterable[str]:
        """The latest first."""
        try:
            with self._path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _READ))
                text = file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return []
        except OSError as error:
            self._tell(error)
            return []
        statements = [_statement(entry) for entry in _ENTRY.findall(text)]
        different = [each for each, before in zip(statements, [None, *statements], strict=False) if each != before]
        return different[: -KEPT - 1 : -1]

    def store_string(self, string: str) -> None:
        if string.startswith(" ") or len(string) > LARGEST or holds_secret(string):
            return
        lines = "".join(f"+{line}\n" for line in string.split("\n"))
        try:
            self._append(f"\n# {datetime.now()}\n{lines}".encode("utf-8", "replace"))
        except OSError as error:
            self._tell(error)

    def _append(self, entry: bytes) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(self._path, flags, 0o600)
        try:
            status = os.fstat(descriptor)
            if status.st_mode & 0o077 and status.st_uid == os.geteuid() and self._path.is_file():
                os.fchmod(descriptor, 0o600)
            os.write(descriptor, entry)
        finally:
            os.close(descriptor)

    def _tell(self, error: OSError) -> None:
        if self._warn is not None:
            self._warn(f"history is not kept: {self._path}: {error.strerror}")
            self._warn = None
