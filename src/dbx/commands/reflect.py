"""dbx reflect"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from typing import Annotated

import typer

from dbx.database import Database
from dbx.errors import Partial, UsageError
from dbx.formats import load
from dbx.options import Dump
from dbx.options_reflect import Comparing, Writing
from dbx.schema import read, snapshot, sources
from dbx.schema.objects import Missing, Name
from dbx.schema.select import Wish
from dbx.schema.statistics import statistics
from dbx.schema.writers import WRITERS, Look, Writer, named
from dbx.screen import Screen

COMPARING = "dbx.commands.reflect_compare"
WRITING = "dbx.commands.reflect_write"


def run(
    database: Annotated[
        Database,
        typer.Argument(
            metavar="SOURCE",
            help="As TARGET; or FILE.json of reflect, a dump FILE.sql, - for JSON from standard input.",
        ),
    ],
    screen: Screen,
    name: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these: names or globs, SCHEMA.NAME too.")
    ] = None,
    dump: Dump = Dump(),  # noqa: B008  (a NamedTuple cannot change)
    comparing: Comparing = Comparing(),  # noqa: B008
    writing: Writing = Writing(),  # noqa: B008
) -> None:
    """Print what a database holds: tables, keys, indexes, views, triggers and all the rest; or what it differs in.

    What cannot be read is listed on standard error, the rest is written all the same, and the exit code is 7.
    """
    _fitting(dump, comparing, writing)
    with ExitStack() as stack:
        wish = _wish(name or (), dump, 2 if comparing.check or comparing.diff else 1, screen, stack)
        scratch = [sources.opened(text, database, stack) for text in comparing.scratch]
        source = sources.source(database, scratch)
        if comparing.check or comparing.diff:
            import_module(COMPARING).compared(source, wish, comparing, screen, stack)
            return
        writer = _writer(screen, dump.format)
        found = source.schema(wish)
        if comparing.snapshot:
            snapshot.write(comparing.snapshot, found)
        if dump.format or not comparing.snapshot:
            look = _look(database, source, writer, dump.columns)
            if writer.said or writing != Writing():
                import_module(WRITING).written(found, writer, look, writing, screen, scratch)
            else:
                screen.show(writer.load()(found, look))
    if found.missing:
        raise partial(found.missing)


def _wish(names: Sequence[str], dump: Dump, schemas: int, screen: Screen, stack: ExitStack) -> Wish:
    """What is wanted of so many schemas. At the end of the stack it is said which -x left out nothing of any."""
    idle: list[str] = []
    stack.callback(_told, screen, dump, idle, schemas)
    kinds = [] if dump.kind is None else dump.kind.split(",")
    note = idle.append if dump.exclude else None
    return Wish(names, dump.exclude, dump.schema, kinds, dump.near, dump.system, note)


def _told(screen: Screen, dump: Dump, idle: Sequence[str], schemas: int) -> None:
    for pattern in dict.fromkeys(dump.exclude):
        if idle.count(pattern) >= schemas * dump.exclude.count(pattern):
            screen.say(f"-x {pattern} leaves out nothing")


def _fitting(dump: Dump, comparing: Comparing, writing: Writing) -> None:
    """Raise UsageError for an option that would not be looked at."""
    compares = bool(comparing.check or comparing.diff)
    about = {"--rename": comparing.rename, "--ignore": comparing.ignore, "--diff-format": comparing.diff_format}
    for option, value in about.items():
        if value and not compares:
            raise UsageError(f"{option} is about a comparison", hint="--diff SOURCE2 and --check FILE compare")
    if compares and (dump.format or writing != Writing()):
        said = "-f" if dump.format else "how it is written"
        raise UsageError(f"{said}: a comparison writes no schema", hint="--diff-format is text, sql, json or markdown")


def _look(database: Database, source: sources.Source, writer: Writer, columns: str) -> Look:
    """What the writer shows beside the schema: rows and sizes, where a server knows of them."""
    look = Look(columns)
    if source.live and writer.counts:
        look = look._replace(estimates=read.estimates(database))
    if source.live and writer.statistics:
        look = look._replace(statistics=statistics(database))
    return look


def _writer(screen: Screen, wanted: str) -> Writer:
    """The writer of `-f`, with its format set on the screen. Raises UsageError for one that there is not."""
    wanted = wanted or named(screen.output.output) or ("tree" if screen.tty else "ddl")
    if wanted not in WRITERS:
        raise UsageError(f"no format '{wanted}' for a schema", hint=f"formats: {', '.join(WRITERS)}")
    writer = WRITERS[wanted]
    if writer.format:
        screen.format = load(writer.format)
    return writer


def partial(missing: tuple[Missing, ...]) -> Partial:
    count = len(missing)
    lines = [f"{each.kind} {Name(each.name, each.schema).shown}: {each.reason}".strip() for each in missing]
    return Partial(f"{count:,} object{'' if count == 1 else 's'} could not be read", detail="\n".join(lines))
