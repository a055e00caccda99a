"""dbx query"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from dbx.database import Database
from dbx.language.translator import Translator
from dbx.options import Running
from dbx.rows import Outcome
from dbx.screen import Screen
from dbx.sql import batch
from dbx.sql.parameters import all_used, parse_parameter
from dbx.sql.perform import plainly
from dbx.sql.texts import units
from dbx.transaction.guard import guarded


def run(
    database: Database,
    screen: Screen,
    text: Annotated[list[str], typer.Argument(metavar="TEXT...", help="Expressions or SQL; - reads standard input.")],
    running: Running = Running(),  # noqa: B008  (a NamedTuple cannot change)
) -> Iterator[Outcome]:
    """Run expressions or SQL and print the rows.

    All of it is one transaction: every statement took effect, or none did, and the exit code says which.
    """
    confirm = screen.confirm if database.target.profile.production and not running.yes else None
    rules = batch.Rules(running.autocommit, running.dry_run, running.max_rows, confirm)
    values = dict(parse_parameter(parameter) for parameter in running.param)
    translate = Translator(database, values, raw=not running.no_raw)
    syntax = database.connection.syntax
    pieces = all_used(units(text, syntax, sql=running.sql, expression=running.expr), values, syntax)
    # a result that is cut short is cancelled, which on some servers costs the transaction
    perform = plainly if screen.output.limit is None else guarded
    return batch.run(database.connection, pieces, translate, rules, perform)
