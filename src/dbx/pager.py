"""The pager: for what does not fit on the terminal, and started only then."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from dbx import redact
from dbx.errors import OutputFailed
from dbx.formats.visible import cells
from dbx.sink import Sink, waited

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Pager(Sink):
    """Standard output, until more has been written than the terminal shows: from then on a pager's standard input.

    less passes dbx's colours (-R), leaves what it has shown on the screen (-X), lets rows that are wider than the
    terminal be scrolled sideways (-S), and runs no commands. It may be left at any time: the rest is not wanted then.
    """

    def __init__(self, command: list[str], size: os.terminal_size) -> None:
        super().__init__(1, "standard output")
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self._size = size
        self._waiting: list[bytes] = []
        self._height = 0
        self._wide = False

    def write(self, chunk: bytes) -> None:
        """As Sink's. What fits so far is kept back: whoever decides too early cannot take it back."""
        if self.command:
            self._waiting.append(chunk)
            self._measure(chunk)
            if self._height < self._size.lines and not self._wide:
                return
            self._start()
            chunk = self._kept()
        super().write(chunk)

    def _measure(self, chunk: bytes) -> None:
        lines = chunk.decode("utf-8", "replace").splitlines()
        for line in lines[: self._size.lines + 1]:
            width = cells(_COLOUR.sub("", line))
            self._wide = self._wide or width > self._size.columns
            self._height += max(1, -(-width // max(self._size.columns, 1)))

    def _start(self) -> None:
        options = "-RSX" if self._wide and self._height < self._size.lines else "-FRX" if not self._wide else "-FRSX"
        environment = {"LESS": options, **redact.environment(), "LESSSECURE": "1"}
        with suppress(OSError):  # no such program: standard output will do
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, env=environment)
            assert self.process.stdin is not None
            self.descriptor = self.process.stdin.fileno()
            self.name = self.command[0]
            self.waits = True
        self.command = []

    def _kept(self) -> bytes:
        kept, self._waiting = b"".join(self._waiting), []
        return kept

    def _abandoned(self) -> None:
        if self.process is None:
            super()._abandoned()
        self.closed = True

    def end(self) -> None:
        """All has been written: show it, or wait until the user has left it."""
        if self.process is None:
            self.command = []
            self.write(self._kept())
            return
        with suppress(OSError):
            self.process.stdin.close()  # type: ignore[union-attr]
        waited(self.process)

    def check(self) -> None:
        """Raises OutputFailed when the pager has failed: nobody knows what it has shown. Ctrl-C is no failure."""
        code = self.process.returncode if self.process is not None else 0
        if code and code != -signal.SIGINT:
            hint = "$DBX_PAGER or $PAGER names another one; empty, there is none"
            raise OutputFailed(f"the pager {self.name} ended with {code}", hint=hint)


def pager_command() -> list[str]:
    """$DBX_PAGER or $PAGER, split as a shell would but run by none; less when neither is set; [] for none."""
    wish = os.environ.get("DBX_PAGER", os.environ.get("PAGER", "less"))
    try:
        command = shlex.split(wish)
    except ValueError:
        return []
    return [] if command in ([], ["cat"]) or os.environ.get("TERM") == "dumb" else command


@contextmanager
def paged(size: os.terminal_size) -> Iterator[Sink]:
    """Standard output by way of the user's pager, if there is one."""
    command = pager_command()
    if not command:
        yield Sink(1, "standard output")
        return
    sink = Pager(command, size)
    try:
        yield sink
    finally:
        sink.end()
    sink.check()
