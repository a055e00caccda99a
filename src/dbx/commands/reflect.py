"""dbx reflect"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dbx.database import Database
from dbx.errors import Partial, UsageError
from dbx.formats import load
from dbx.options import Dump
from dbx.schema import read, serial
from dbx.schema.objects import Missing, Name
from dbx.schema.select import Wish, select
from dbx.schema.writers import WRITERS, Look, Writer
from dbx.screen import Screen


def run(
    database: Annotated[
        Database,
        typer.Argument(metavar="SOURCE", help="As TARGET; or FILE.json that reflect wrote, or - for standard input."),
    ],
    screen: Screen,
    name: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these: names or globs, SCHEMA.NAME too.")
    ] = None,
    dump: Dump = Dump(),  # noqa: B008  (a NamedTuple cannot change)
) -> None:
    """Print what a database holds: tables, keys, indexes, views, triggers and all the rest.

    What cannot be read is listed on standard error, the rest is written all the same, and the exit code is 7.
    """
    writer = _writer(screen, dump.format)
    kinds = [kind for kind in dump.kind.split(",") if kind]
    wish = Wish(name or (), dump.exclude, dump.schema, kinds, dump.near, dump.system)
    look = Look(dump.columns)
    if source := _file(database):
        found = select(serial.loads(_text(source), source), wish)
    else:
        found = read.wanted(database, wish)
        if writer.counts:
            look = look._replace(estimates=read.estimates(database))
    screen.show(writer.load()(found, look))
    if found.missing:
        raise _partial(found.missing)


def _writer(screen: Screen, wanted: str) -> Writer:
    """The writer of `-f`, with its format set on the screen. Raises UsageError for one that there is not."""
    wanted = wanted or ("tree" if screen.tty else "ddl")
    if wanted not in WRITERS:
        raise UsageError(f"no format '{wanted}' for a schema", hint=f"formats: {', '.join(WRITERS)}")
    writer = WRITERS[wanted]
    if writer.format:
        screen.format = load(writer.format)
    return writer


def _file(database: Database) -> str:
    """The dump that SOURCE names, or '' for a database."""
    url = database.target.url
    path = url.database or ""
    return path if url.backend == "sqlite" and not url.query and (path == "-" or path.endswith(".json")) else ""


def _text(source: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise UsageError(f"{source}: {error.strerror}") from None


def _partial(missing: tuple[Missing, ...]) -> Partial:
    count = len(missing)
    lines = [f"{each.kind} {Name(each.name, each.schema).shown}: {each.reason}".strip() for each in missing]
    return Partial(f"{count:,} object{'' if count == 1 else 's'} could not be read", detail="\n".join(lines))
