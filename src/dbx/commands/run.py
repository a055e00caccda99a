"""dbx run"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Annotated

import typer

from dbx import sink
from dbx.connection import Connection
from dbx.database import Database
from dbx.dialects.base import Syntax
from dbx.errors import DbxError, Interrupted, Refused
from dbx.language.translator import Translator
from dbx.options import Running, Script
from dbx.rows import Outcome, Statement
from dbx.screen import Screen
from dbx.sql import batch, files, report, resume
from dbx.sql.ledger import Entry, Ledger
from dbx.sql.parameter_rows import parameter_rows
from dbx.sql.parameters import all_used, parse_parameter
from dbx.sql.perform import Perform, checked, plainly, tolerant
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
    ledger = Ledger(files.size(file))
    confirm = screen.confirm if database.target.profile.production and not running.yes else None
    careful = script.on_error == "continue" or screen.output.limit is not None
    rules = batch.Rules(
        running.autocommit,
        running.dry_run,
        running.max_rows,
        confirm,
        grouped=not (careful or _report_file(script) or database.timeout),
        approve=ledger.approve,
    )
    translate = Translator(database, dict(map(parse_parameter, running.param)), raw=not running.no_raw)
    # what cannot be rolled back is worth another reading of the whole text
    whole = running.autocommit or bool(database.dialect.permanent)
    syntax = database.connection.syntax
    files.check(file, syntax, sql=running.sql, expression=running.expr, whole=whole)
    units = _units(file, running, script, syntax, ledger)
    outcomes = batch.run(database.connection, units, translate, rules, _perform(script, careful=careful))
    screen.chatty = False  # the summary at the end will do
    screen.pager = False  # a transaction should not wait for its reader
    screen.hidden = _report_file(script) == "-" and screen.output.output in ("", "-")
    return _followed(outcomes, ledger, rules, script, screen)


def _units(file: list[str], running: Running, script: Script, syntax: Syntax, ledger: Ledger) -> Iterator[Unit]:
    """The units to run: of all files, from where the run goes on, once for each row of parameters."""
    names = dict(map(parse_parameter, running.param))
    units = files.units(file, syntax, sql=running.sql, expression=running.expr, read=ledger.told)
    if script.resume_from:
        units = resume.resumed(units, *resume.parse(script.resume_from))
    if not script.params:
        return all_used(units, names, syntax)
    return _repeated(list(units), names, script.params, syntax)


def _repeated(units: list[Unit], names: dict[str, object], params: str, syntax: Syntax) -> Iterator[Unit]:
    if any(unit.data is not None for unit in units):
        raise Refused("a script with COPY … FROM stdin cannot be repeated", hint="leave out --params")
    for row in parameter_rows(params):
        values = {**names, **row}
        yield from (unit._replace(values=values) for unit in all_used(units, values, syntax))


def _perform(script: Script, *, careful: bool) -> Perform:
    def one(connection: Connection, statement: Statement, unit: Unit) -> Iterator[Outcome]:
        return (guarded if careful or unit.expectations else plainly)(connection, statement, unit)

    perform = checked(one)
    return tolerant(perform) if script.on_error == "continue" else perform


def _report_file(script: Script) -> str:
    """Where the report goes, "-" for standard output, where no rows are shown then; "" for nowhere."""
    return script.report or ("-" if script.report_format else "")


def _report(script: Script, ledger: Ledger, stack: ExitStack) -> Callable[[Entry], None]:
    """What takes the entries of the report that was asked for, which `stack` completes however the run ends."""
    file = _report_file(script)
    if not file:
        return lambda entry: None
    form = report.choose(script.report_format, file)
    opening = sink.opened(file, False, pager=False)
    out = opening.__enter__()
    number = 1

    def add(entry: Entry) -> None:
        nonlocal number
        out.write(form.entry(entry, number).encode())
        number += form.count(entry)

    def end() -> None:
        out.write(form.end(ledger).encode())
        opening.__exit__(None, None, None)

    stack.callback(end)
    out.write(form.begin.encode())
    return add


def _followed(
    outcomes: Iterator[Outcome], ledger: Ledger, rules: batch.Rules, script: Script, screen: Screen
) -> Iterator[Outcome]:
    """The outcomes, with progress, report and summary around them."""
    with ExitStack() as stack:
        add = _report(script, ledger, stack)
        stack.enter_context(screen.progress(ledger.progress))
        ledger.fate = "rolled back"
        try:
            yield from ledger.watched(outcomes, add)
        except DbxError as error:
            ledger.fate = error.fate or ledger.fate
            if error.code != "E-EXPECT":
                add(ledger.failure(error))
            raise
        except Interrupted as stop:
            ledger.fate = stop.fate or ledger.fate
            raise
        ledger.fate = "dry run: rolled back" if rules.dry_run else "committed"
        if ledger.failed:
            ledger.fate += ", but for what failed"
        screen.say(ledger.summary())
        ledger.conclude()
