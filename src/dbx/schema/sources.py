"""What a SOURCE is: a database, a file of JSON that dbx wrote, or a dump in SQL; and how each becomes a schema."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from dbx import config, credentials, target
from dbx.database import Database
from dbx.errors import UsageError
from dbx.schema import read, serial
from dbx.schema.model import Schema
from dbx.schema.select import Wish, select

DUMP = "dbx.schema.dump"
"""By name: few read one."""


class Source(NamedTuple):
    """`file` is the path of a JSON file or dump, '' for a database."""

    database: Database
    file: str = ""
    scratch: Sequence[Database] = ()

    @property
    def live(self) -> bool:
        return not self.file

    @property
    def is_dump(self) -> bool:
        return self.file.endswith(".sql")

    def schema(self, wish: Wish) -> Schema:
        """What a wish selects of it. Raises UsageError, and the connection's errors."""
        if self.is_dump:
            found: Schema = import_module(DUMP).schema(self.file, self.scratch, _memory, wish)
            return found
        if self.file:
            return select(serial.loads(text(self.file), self.file), wish)
        return read.wanted(self.database, wish)


def source(database: Database, scratch: Sequence[Database] = ()) -> Source:
    """The SOURCE that a target was given as."""
    url = database.target.url
    path = url.database or ""
    is_file = url.backend == "sqlite" and not url.query and (path == "-" or path.endswith((".json", ".sql")))
    return Source(database, path if is_file else "", scratch)


def opened(text: str, like: Database, stack: ExitStack) -> Database:
    """Another database by its name, which asks for its password as `like` does; closed with the stack."""
    goal = credentials.complete(target.parse(text, config.load()), "")
    database = Database(goal, like.ask, timeout=like.timeout)
    stack.callback(database.close)
    return database


def text(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None


def _memory() -> Database:
    return Database(target.parse(":memory:", config.load()))
