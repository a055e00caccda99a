"""dbx copy"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from dbx import config, credentials, target
from dbx.copying import files
from dbx.copying.move import Move, moves
from dbx.copying.origin import tables
from dbx.copying.transfer import Transfer
from dbx.database import Database
from dbx.dialects.sqlite import file as sqlite_file
from dbx.errors import DbxError, Interrupted, Refused
from dbx.options_copy import Copying
from dbx.rows import Cell, Column, Rows
from dbx.screen import Screen


def run(
    database: Annotated[
        Database, typer.Argument(metavar="SOURCE", help="A database as of dbx query, or a file: .csv, .tsv, .jsonl.")
    ],
    screen: Screen,
    to: Annotated[str, typer.Argument(metavar="TARGET", help="The database that gets the rows.")],
    name: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TABLE...]", help="Only these; of a file the table it goes into, else its own name."),
    ] = None,
    copying: Copying = Copying(),  # noqa: B008  (a NamedTuple cannot change)
) -> Rows:
    """Copy rows from one database, or from a file, into the tables of another.

    It is one transaction there: all rows arrive, or none. Columns go by their names, and values become what the types
    there take. Tables stand in the order of their foreign keys; what the source holds is read as of one moment.
    """
    goal = _goal(database, to, copying)
    file = Path(database.target.url.database or "")
    is_file = database.target.url.driver == "sqlite" and file.suffix.lower() in files.READERS
    with sqlite_file.made(goal.url, keep=not copying.dry_run), closing(Database(goal)) as receiver:
        origins = [files.origin(file, name or [])] if is_file else tables(database, name or [])
        todo = moves(origins, receiver, create=copying.create)
        transfer = Transfer(todo, None if is_file else database, receiver)
        try:
            with screen.progress(lambda: f"{transfer.count:,} rows"):
                counts = transfer.run(empty=copying.empty, keep=not copying.dry_run)
        except DbxError as error:
            error.hint = " · ".join(filter(None, [error.hint, transfer.fate]))
            raise
        except Interrupted as stop:
            stop.fate = transfer.fate
            raise
    if copying.dry_run:
        screen.say("dry run: rolled back")
    numbers = Column("rows", "", "number")
    return Rows.of("table", numbers, "made", "lost by its types", "left out", rows=map(_line, todo, counts))


def _goal(database: Database, to: str, copying: Copying) -> target.Target:
    """The target, if it may be written to. Raises Refused."""
    goal = credentials.complete(target.parse(to, config.load()), copying.target_password_file)
    if goal.profile.read_only:
        raise Refused(f"{goal.label} is read-only in its profile")
    if goal.profile.production and not (copying.yes or copying.dry_run):
        raise Refused(f"{goal.label} is production", hint="say --yes, or --dry-run to see what would be copied")
    if goal.url.label == database.target.url.label and goal.url.database != ":memory:":
        raise Refused("SOURCE and TARGET are one and the same database")
    return goal._replace(url=sqlite_file.to_create(goal.url)) if copying.create else goal


def _line(move: Move, count: int) -> tuple[Cell, ...]:
    made = "yes" if move.create else None
    return move.origin.name.shown, count, made, "; ".join(move.losses) or None, "; ".join(move.left) or None
