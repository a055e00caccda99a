"""dbx demo"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from dbx import config, sample, target
from dbx.commands import connect, query
from dbx.database import Database
from dbx.rows import Outcome
from dbx.screen import Screen
from dbx.sink import is_terminal

EXPRESSIONS = (
    "[(t.name, t.album.artist.name) for t in track if t.milliseconds > 360000][:5]",
    "{i.customer.country: sum(i.total) for i in invoice}",
    "[(e.last_name, e.reports_to.last_name) for e in employee]",
    "select(track.c.name, track.c.unit_price).where(track.c.composer.is_(None)).order_by(track.c.name).limit(3)",
    "select count(*) from track",
)


def run(
    screen: Screen,
    path: Annotated[
        Path, typer.Argument(metavar="[FILE]", help="The database file; written unless it is there.")
    ] = Path("shop.db"),
) -> Iterator[Outcome] | None:
    """Write a sample database and open the shell on it.

    Off a terminal, run a few expressions on it instead.
    """
    if not path.exists():
        sample.create(path)
        screen.say(f"wrote {path}")
    database = Database(target.parse(str(path), config.load()))
    if is_terminal(0) and is_terminal(1):
        return connect.run(database, screen)
    return query.run(database, screen, list(EXPRESSIONS))
