"""dbx explain"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from dbx.database import Database
from dbx.formats import load
from dbx.language.translator import Translator
from dbx.options import Planning
from dbx.plan.explain import explained
from dbx.rows import Outcome, Statement
from dbx.screen import Screen
from dbx.sql.parameters import all_used, parse_parameter
from dbx.sql.texts import units


def run(
    database: Database,
    screen: Screen,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="An expression or SQL; - reads standard input.")],
    planning: Planning = Planning(),  # noqa: B008  (a NamedTuple cannot change)
) -> Iterator[Outcome]:
    """Print how the server would run a statement, as one tree that looks alike on every server.

    Tables that are read whole are marked, and foreign keys without an index, with the statement that would make it.
    With --analyze the statement runs, in a transaction that is rolled back, and the tree has what it came to.
    """
    wanted = planning.format or ("tree" if screen.tty else "tsv")
    if wanted != "tree":
        screen.format = load(wanted)
        screen.output = screen.output._replace(format=wanted)
    values = dict(parse_parameter(parameter) for parameter in planning.param)
    translate = Translator(database, values, raw=not planning.no_raw)
    syntax = database.connection.syntax
    for unit in all_used(units([text], syntax, sql=planning.sql, expression=planning.expr), values, syntax):
        for statement in translate(unit):
            yield planned(database, statement, planning.analyze)


def planned(database: Database, statement: Statement, analyze: bool) -> Outcome:
    """The plan of a statement; what is about an expression anyway is only told."""
    rows = statement.answer() if statement.answer else explained(database, statement, analyze=analyze)
    rows.anywhere = True
    return Outcome(Statement("", display=statement.display), rows)
