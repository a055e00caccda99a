"""Where bytes go: standard output, a file that appears only when it is whole, or a program that reads them."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from dbx.errors import Interrupted, OutputFailed, Refused

SIGPIPE = getattr(signal, "SIGPIPE", 13)

_unnamed: list[tuple[Sink, Path]] = []
"""Files being written, each with the temporary name that it has until it is whole."""


def is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def secure_standard_streams() -> None:
    """Give a closed standard stream its number back, or the next file or socket opened would become it.

    Read-only, so that writing there still fails.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # the lowest free number, which is this one


class Sink:
    """A file descriptor written to without a buffer: chunks are large, and what is written is really gone.

    `closed`: nobody reads any more. `waits`: for a person, who may take their time.
    """

    waits = False

    def __init__(self, descriptor: int, name: str) -> None:
        self.descriptor = descriptor
        self.name = name
        self.written = 0
        self.closed = False

    def write(self, chunk: bytes) -> None:
        """All of it. Raises OutputFailed, or Interrupted(SIGPIPE) when the reader has closed its end."""
        view = memoryview(chunk)
        while view and not self.closed:
            try:
                count = os.write(self.descriptor, view)
            except BrokenPipeError:
                self._abandoned()
                return
            except OSError as error:
                raise self.failed(error) from None
            self.written += count
            view = view[count:]

    def failed(self, error: OSError) -> OutputFailed:
        reason = error.strerror or str(error)
        return OutputFailed(f"{self.name}: {reason}", hint=f"{self.written:,} bytes had been written")

    def _abandoned(self) -> None:
        raise Interrupted(SIGPIPE)


@contextmanager
def opened(path: str, binary: bool) -> Iterator[Sink]:
    """The sink of `-o path`, or of standard output. A regular file is replaced at the end, if all went well."""
    if path in ("", "-"):
        if binary and is_terminal(1):
            raise Refused("this format is not for a terminal", hint="write it to a file with -o FILE")
        yield Sink(1, "standard output")
        return
    with _file(Path(path)) as sink:
        yield sink


@contextmanager
def _file(path: Path) -> Iterator[Sink]:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = 0
    except OSError as error:
        raise OutputFailed(f"{path}: {error.strerror}") from None
    if mode and not stat.S_ISREG(mode):
        # a device or a pipe: renaming over it would destroy it
        with _descriptor(path, os.O_WRONLY) as descriptor:
            yield Sink(descriptor, str(path))
        return
    with _beside(path.resolve(), mode) as sink:
        yield sink


@contextmanager
def appended(path: Path) -> Iterator[Sink]:
    """A file that is written over at once and can be read while it grows."""
    with _descriptor(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as descriptor:
        yield Sink(descriptor, str(path))


class _Program(Sink):
    """A program's standard input. It may stop reading at any time: then the rest is not wanted."""

    def _abandoned(self) -> None:
        self.closed = True


@contextmanager
def piped(command: str) -> Iterator[Sink]:
    """A command for the user's own shell, as `\\g |sort | head` has it. Raises OutputFailed when it fails.

    What it prints is its own; Ctrl-C while it works is meant for it.
    """
    process = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE)
    assert process.stdin is not None
    try:
        yield _Program(process.stdin.fileno(), command)
    finally:
        with suppress(OSError):
            process.stdin.close()
        waited(process)
    if process.returncode:
        raise OutputFailed(f"{command}: it ended with {process.returncode}")


def waited(process: subprocess.Popen[bytes]) -> None:
    """Until it has ended. Ctrl-C meanwhile belongs to it."""
    while True:
        with suppress(KeyboardInterrupt):
            process.wait()
            return


@contextmanager
def _descriptor(path: Path, flags: int) -> Iterator[int]:
    try:
        descriptor = os.open(path, flags, 0o666)
    except OSError as error:
        raise OutputFailed(f"{path}: {error.strerror}") from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _beside(path: Path, mode: int) -> Iterator[Sink]:
    """A temporary file in the same folder, renamed over `path` after the last byte is safe on the disk."""
    tempfile: Any = import_module("tempfile")  # by name: most of what is written goes to standard output
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OutputFailed(f"{path}: {error.strerror}") from None
    sink = Sink(descriptor, str(path))
    unnamed = (sink, Path(temporary))
    _unnamed.append(unnamed)
    try:
        yield sink
        try:
            os.fchmod(descriptor, stat.S_IMODE(mode) if mode else 0o666 & ~_umask())
            os.fsync(descriptor)
            Path(temporary).replace(path)
        except OSError as error:
            raise sink.failed(error) from None
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    finally:
        _unnamed.remove(unnamed)
        os.close(descriptor)


def settle() -> None:
    """What has been written to files so far is safe on the disk, and they can still get their names.

    Raises OutputFailed: asked before something is made lasting that could not be told any more.
    """
    for sink, temporary in _unnamed:
        try:
            os.fsync(sink.descriptor)
            temporary.stat()
        except OSError as error:
            raise sink.failed(error) from None


def _umask() -> int:
    value = os.umask(0o077)
    os.umask(value)
    return value
