"""A program on a real pseudo-terminal, and the screen a person would see, read by a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping
from types import TracebackType

import pyte


class Terminal:
    """Run `argv` on a terminal of its own.

        with Terminal([dbx, "shop.db"], cwd=folder) as terminal:
            terminal.wait_for("shop.db> ")
            terminal.type("len(track)\\r")
            terminal.wait_for("1 row")

    `raw` is every byte the program wrote; `text()` is the screen, `history()` also what has scrolled away.
    """

    def __init__(
        self,
        argv: list[str],
        *,
        cwd: str = ".",
        env: Mapping[str, str] | None = None,
        rows: int = 40,
        columns: int = 120,
    ) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=10_000, ratio=1)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.status: int | None = None
        environment = {**os.environ, "TERM": "xterm-256color", "PAGER": "cat", **(env or {})}
        # the size is the terminal's, whatever pytest or another terminal has left behind
        environment = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:  # the child: nothing but exec
            try:
                os.chdir(cwd)
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvpe(argv[0], argv, environment)
            finally:
                os._exit(127)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def end_input(self, seconds: float = 20) -> None:
        """Ctrl-D at the prompt: waits until the program reads keys, before that the line discipline would eat it."""
        end = time.monotonic() + seconds
        while termios.tcgetattr(self.fd)[3] & termios.ICANON:
            if time.monotonic() > end:
                raise AssertionError(f"no prompt within {seconds} s:\n{self.history()}")
            self.read(0.05)
        self.type("\x04")

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def read(self, seconds: float) -> bool:
        """Take in what the program writes for at most so long; False when nothing came or it has gone."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # the program has closed its terminal
            data = b""
        if not data:
            return False
        self.raw += data
        self.stream.feed(data)
        if b"\x1b[6n" in data:  # where is the cursor? prompt_toolkit asks, a terminal answers
            os.write(self.fd, f"\x1b[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R".encode())
        return True

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def history(self) -> str:
        gone = ["".join(line[x].data for x in range(self.screen.columns)).rstrip() for line in self.screen.history.top]
        return "\n".join([*gone, self.text()])

    def wait_for(self, pattern: str, seconds: float = 20) -> str:
        """Wait until the screen (with what has scrolled away) matches; returns it. Fails with the screen."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.history(), re.MULTILINE):
            if time.monotonic() > end:
                raise AssertionError(f"no {pattern!r} within {seconds} s on:\n{self.history()}")
            if not self.read(0.2) and self.poll() is not None and not self.read(0):
                if re.search(pattern, self.history(), re.MULTILINE):
                    break
                raise AssertionError(f"ended with {self.status} without {pattern!r}:\n{self.history()}")
        return self.history()

    def settle(self, seconds: float = 0.3) -> str:
        """Wait until nothing has been written for a while."""
        while self.read(seconds):
            pass
        return self.history()

    def poll(self) -> int | None:
        """The exit code (128 + signal for a death by signal), None while it runs."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                self.status = 128 - code if code < 0 else code
        return self.status

    def wait(self, seconds: float = 20) -> int:
        """The exit code, once it has ended."""
        end = time.monotonic() + seconds
        while (status := self.poll()) is None:
            self.read(0.05)
            if time.monotonic() > end:
                raise AssertionError(f"still running after {seconds} s:\n{self.history()}")
        while self.read(0.05):
            pass
        return status

    def close(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = 137
        os.close(self.fd)
