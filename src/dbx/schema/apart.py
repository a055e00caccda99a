"""A whole schema, read by a process of its own over a connection of its own.

Thousands of tables take seconds of Python, and a thread that reads them holds up the one that answers the keys. The
process is told its target through a pipe, password and all, and ends with it. It answers with the fingerprint, as soon
as it has that, then with the lines of dbx.schema.kept, which it also leaves in the cache. It has no terminal, gives way
to everybody else, and closes its connection as soon as it has read.

That is a second login. Who may not sign in twice reads by himself (`Apart.can_read`), and so does who has another
fingerprint: his session sees what that one did not.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from select import select
from threading import Event, Lock, Thread
from typing import IO, NamedTuple

from dbx.database import Database
from dbx.rows import Statement
from dbx.schema import cache, read, serial
from dbx.schema.kept import lines
from dbx.schema.listing import without_texts
from dbx.target import Target
from dbx.wording import first_word

_PATIENCE = 5.0
"""Seconds for which a database may leave a second session without an answer: a pool may have no connection for it."""
_POLITE = 0.1
"""Seconds that the process has to end its session as it should; servers log how others end. Enter waits for it."""
_TRIES = 10
_NICE = 10


class Found(NamedTuple):
    """A fingerprint, and lines for dbx.schema.kept."""

    mark: str
    lines: list[bytes]


class Apart:
    """The process that reads a database's schema, if there is one. `done` is called, on another thread, when it has
    ended by itself; `found` is then what it read, or None."""

    def __init__(self, database: Database, done: Callable[[], object]) -> None:
        self._database = database
        self._done = done
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = Lock()
        self._failed = self._signed_in = False
        self.found: Found | None = None

    @property
    def can_read(self) -> bool:
        """Whether it may be tried; not again once it has failed, and not where the profile's start-up statements do
        more than to set up a session: they are run once."""
        return (
            not self._failed
            and self._database.dialect.name in read.READERS
            and self._database.may_sign_in_again
            and all(map(_sets, self._database.target.profile.startup))
        )

    @property
    def reads(self) -> bool:
        return self._process is not None

    def start(self) -> bool:
        """Begin to read. False where no process can be made."""
        command = [sys.executable, "-P", "-m", __spec__.name]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,  # no terminal, and none of its signals
            )
        except OSError:
            self._failed = True
            return False
        self.found, self._process, self._signed_in = None, process, False
        Thread(target=self._watch, args=(process,), name="dbx schema apart", daemon=True).start()
        return True

    def end(self) -> bool:
        """Leave no process and no lock of its. Whether one was still reading."""
        with self._guard:
            process, self._process = self._process, None
        if process is None:
            return False
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            if self._signed_in:
                process.wait(_POLITE)
        process.kill()
        process.wait()
        return True

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None and process.stdout is not None
        with process.stdin, process.stdout:
            found = self._received(process, process.stdin, process.stdout)
        with self._guard:
            if self._process is not process:
                return
            self._process, self.found = None, found
            self._failed = found is None
        self._done()

    def _received(self, process: subprocess.Popen[bytes], sink: IO[bytes], source: IO[bytes]) -> Found | None:
        """What the process answers, once it has ended."""
        mark = document = b""
        with suppress(OSError, ValueError):  # ValueError: it is to end before it has begun
            sink.write(pickle.dumps(self._database.target))
            if select([source], [], [], _PATIENCE)[0]:
                mark = source.readline()
                self._signed_in = bool(mark)
                document = source.read()
        if not document:
            process.kill()
        if process.wait() == 0:
            with suppress(ValueError):
                return Found(json.loads(mark), document.splitlines())
        return None


def _sets(text: str) -> bool:
    return first_word(Statement(text)) == "SET" and ";" not in text.rstrip("; \n")


def main(source: IO[bytes], sink: IO[bytes]) -> None:
    """The process. What it fails with is for the other one to find out, over its own connection."""
    target: Target = pickle.load(source)
    database, left = Database(target), Event()
    Thread(target=_end_with, args=(source.fileno(), database, left), daemon=True).start()
    try:
        mark = read.fingerprint(database)
        sink.write(json.dumps(mark).encode() + b"\n")
        sink.flush()
        os.nice(_NICE)
        found = without_texts(read.schema(database))
    finally:
        database.close()
        left.set()
    written = list(lines(found))
    for line in written:
        sink.write(serial.encoded(line) + b"\n")
    sink.flush()
    if mark and not found.missing:
        cache.store(cache.place(database), mark, written)


def _end_with(pipe: int, database: Database, left: Event) -> None:
    """No reader outlives who wants to know; what runs on the server is cancelled, and the session ended."""
    os.read(pipe, 1)
    for _ in range(_TRIES):
        database.give_way()
        if left.wait(_POLITE / _TRIES / 2):
            break
    os._exit(1)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
