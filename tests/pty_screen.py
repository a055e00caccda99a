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
from collections.abc import Callable, Mapping
from types import TracebackType

import pyte

SECONDS = 90
"""More than anything takes on a busy machine: who waits so long waits for what does not come."""


class Terminal:
    """Run `argv` on a terminal of its own.

        with Terminal([dbx, "shop.db"], cwd=folder) as terminal:
            terminal.wait_for("shop.db> ")
            terminal.ask("len(track)", "1 row")
            terminal.end_input()

    What is typed waits until the program reads keys, as a person waits for the prompt; what is sent does not.
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
        self.asked = 0
        """The line of the history at which `begin` typed last."""
        self.status: int | None = None
        environment = {**os.environ, "TERM": "xterm-256color", "PAGER": "cat", **(env or {})}
        # the size is the terminal's, whatever pytest or another terminal has left behind
        environment = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
        self._by_lines = environment["TERM"] == "dumb"
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

    def send(self, text: str) -> None:
        """Keys, whatever the program does: the answer to a question, Ctrl-C while a statement runs."""
        os.write(self.fd, text.encode())

    def type(self, text: str) -> None:
        """Keys at the prompt: before that the line discipline would keep Ctrl-D, and show the others itself."""
        self.wait_until(self._reads_keys, "the program does not read keys")
        self.send(text)

    def _reads_keys(self) -> bool:
        return self._by_lines or not termios.tcgetattr(self.fd)[3] & termios.ICANON

    def end_input(self) -> None:
        """Ctrl-D at the prompt."""
        self.type("\x04")

    def begin(self, line: str) -> None:
        """Type a line at the prompt that takes its time; `below` and `expect` look at what comes of it."""
        self.type("")
        while self.read(0):  # the prompt, which was written before the program began to read keys
            pass
        self.asked = len(self.screen.history.top) + self.screen.cursor.y
        self.send(line + "\r")

    def below(self) -> str:
        """What stands below the line that `begin` typed last."""
        return "\n".join(self.history().split("\n")[self.asked + 1 :])

    def expect(self, *patterns: str, seconds: float = SECONDS) -> str:
        """Wait until `below` matches all patterns; returns it."""
        self.wait_until(
            lambda: all(re.search(pattern, self.below(), re.MULTILINE) for pattern in patterns),
            f"no {patterns} below {self.asked}",
            seconds,
        )
        return self.below()

    def ask(self, line: str, *patterns: str) -> str:
        """Type a line at the prompt, wait until what stands below it matches all patterns; returns that."""
        self.begin(line)
        return self.expect(*patterns)

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

    def wait_for(self, pattern: str, seconds: float = SECONDS) -> str:
        """Wait until the screen (with what has scrolled away) matches; returns it. Fails with the screen."""
        self.wait_until(
            lambda: re.search(pattern, self.history(), re.MULTILINE) is not None, f"no {pattern!r}", seconds
        )
        return self.history()

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
        """Take in what the program writes until the condition holds. Fails with the screen."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"{what} within {seconds} s on:\n{self.history()}")
            if not self.read(0.1) and self.poll() is not None and not self.read(0):
                if condition():
                    break
                raise AssertionError(f"ended with {self.status}, {what} on:\n{self.history()}")

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

    def wait(self, seconds: float = SECONDS) -> int:
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
