"""The schema of a database, read in this process or by the real program."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from run_dbx import DBX, SECONDS, Done, environment

from dbx import config, target
from dbx.database import Database
from dbx.schema import read
from dbx.schema.model import Schema


@contextmanager
def database(url: str) -> Iterator[Database]:
    opened = Database(target.parse(url, config.Config()))
    try:
        yield opened
    finally:
        opened.close()


def schema(url: str, *names: str, schemas: tuple[str, ...] = ()) -> Schema:
    with database(url) as opened:
        return read.schema(opened, names, schemas)


def reflect(url: str, *arguments: str) -> Done:
    """`dbx reflect @ arguments` to its end."""
    command = [DBX, "reflect", "@", *arguments]
    done = subprocess.run(command, env=environment(url), capture_output=True, timeout=SECONDS, check=False)
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "surrogateescape"))
