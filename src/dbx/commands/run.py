"""dbx run"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from dbx import sink
from dbx.commands.run_report import followed, report_file
from dbx.connection import Connection
from dbx.database import Database
from dbx.dialects.base import Syntax
from dbx.errors import Interrupted, Refused, UsageError
from dbx.language.translator import Translator
from dbx.options import Running, Script
from dbx.rows import Outcome, Statement
from dbx.screen import Screen
from dbx.sql import batch, files, resume
from dbx.sql.ledger import Ledger
from dbx.sql.parameter_rows import Row, parameter_rows
from dbx.sql.parameters import all_used, parse_parameter
from dbx.sql.perform import Perform, checked, failing, plainly, tolerant
from dbx.sql.unit import Unit
from dbx.transaction.guard import guarded


def run(
    database: Database,
    screen: Screen,
    file: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scripts, .sql or .dbx; - is standard input.")],
    running: Running = Running(),  # noqa: B008  (a NamedTuple cannot change)
    script: Script = Script(),  # noqa: B008
) -> Iterator[Outcome]:
    r"""Run scripts: SQL, or expressions in .dbx files.

    All files together are one transaction: every statement took effect, or none did, and the exit code says which.
    A script that begins its own transactions keeps them. Lines like `\expect rows = 3` check the next statement.
    """
    _keep_apart(database, file, script, screen)
    ledger = Ledger(files.size(file))
    screen.chatty = False  # the summary at the end will do
    screen.pager = False  # a transaction should not wait for its reader
    screen.hidden = report_file(script) == "-" and screen.output.output in ("", "-")
    return followed(_outcomes(database, screen, file, running, script, ledger), ledger, script, screen)


def _keep_apart(database: Database, file: list[str], script: Script, screen: Screen) -> None:
    """A file that is read, or written already, is not written over."""
    goal = Path(screen.output.output or "-")
    for name in [*file, script.params]:
        with suppress(OSError, ValueError):
            if name not in ("", "-") and goal.is_file() and goal.samefile(name):
                raise Refused(f"the rows would be written over {name}")
    report = Path(script.report or "-")
    taken = [*file, script.params, screen.output.output, database.target.url.database or ""]
    for path in (Path(name) for name in taken if name not in ("", "-")):
        with suppress(OSError, ValueError):
            if path.absolute() == report.absolute() or (path.is_file() and path.samefile(report)):
                raise Refused(f"the report would be written over {path}")


def _outcomes(
    database: Database, screen: Screen, file: list[str], running: Running, script: Script, ledger: Ledger
) -> Generator[Outcome, None, None]:
    confirm = screen.confirm if database.target.profile.production and not running.yes else None
    careful = script.on_error == "continue" or screen.output.limit is not None
    looked_at = running.dry_run or running.max_rows is not None or bool(report_file(script) or database.timeout)
    rules = batch.Rules(
        running.autocommit,
        running.dry_run,
        running.max_rows,
        confirm,
        grouped=not (careful or looked_at),
        approve=ledger.approve,
        settle=sink.settle,
        done=partial(_done, ledger),
        go_on=script.on_error == "continue",
    )
    translate = Translator(database, dict(map(parse_parameter, running.param)), raw=not running.no_raw)
    # what cannot be rolled back is worth another reading of the whole text
    whole = running.autocommit or bool(database.dialect.transactions.permanent)
    syntax = database.connection.syntax
    files.check(file, syntax, sql=running.sql, expression=running.expr, whole=whole)
    units = _units(file, running, script, syntax, ledger)
    perform = _perform(script, careful=careful)
    yield from batch.run(database.connection, units, failing(translate), rules, perform)


def _done(ledger: Ledger, fate: str) -> None:
    """All has run, and from here on every signal comes too late."""
    ledger.done(fate)
    Interrupted.fate = "" if fate.startswith("dry run") else f"but everything had been {fate.partition(' ')[0]}"


def _units(file: list[str], running: Running, script: Script, syntax: Syntax, ledger: Ledger) -> Iterator[Unit]:
    """The units to run: of all files, from where the run goes on, once for each row of parameters."""
    names = dict(map(parse_parameter, running.param))
    units = files.units(file, syntax, sql=running.sql, expression=running.expr, read=ledger.told)
    if script.params and script.resume_from:
        raise UsageError("--resume-from cannot tell for which row of --params", hint="leave the rows out that have run")
    if script.params:
        return _repeated(list(units), names, script.params, syntax)
    if names and running.autocommit and all(map(os.path.isfile, file)):
        for _ in all_used(files.units(file, syntax, sql=running.sql, expression=running.expr), names, syntax):
            pass  # a name that is wrong must not show itself when everything has been kept
    units = all_used(units, names, syntax)
    return resume.resumed(units, *resume.parse(script.resume_from)) if script.resume_from else units


def _repeated(units: list[Unit], names: dict[str, object], params: str, syntax: Syntax) -> Iterator[Unit]:
    if any(unit.data is not None for unit in units):
        raise Refused("a script with COPY … FROM stdin cannot be repeated", hint="leave out --params")
    known = None
    for row in parameter_rows(params):
        values = Row({**names, **row}, row.where)
        if values.keys() != known:
            known = values.keys()
            for _ in all_used(units, values, syntax):
                pass
        yield from (unit._replace(values=values) for unit in units)


def _perform(script: Script, *, careful: bool) -> Perform:
    def one(connection: Connection, statement: Statement, unit: Unit) -> Iterator[Outcome]:
        return (guarded if careful or unit.expectations else plainly)(connection, statement, unit)

    perform = checked(one)
    return tolerant(perform) if script.on_error == "continue" else perform
