"""dbx session"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from dbx import sink, unit
from dbx.connection import Connection
from dbx.database import Database
from dbx.errors import DbxError, Refused, UsageError
from dbx.language.translator import Translator
from dbx.options_session import Working
from dbx.rows import Cell, Column, Outcome, Rows, Statement
from dbx.screen import Screen
from dbx.sql.examine import COUNTED
from dbx.sql.parameters import parse_parameter
from dbx.sql.unit import Unit
from dbx.transaction.guard import confirmed, guarded
from dbx.transaction.lasting import Lasting
from dbx.transaction.step import Act
from dbx.unit.script import Perform, Piece, Run, pieces
from dbx.wording import first_word

SHELL = "dbx.shell.loop"


def run(
    database: Database,
    screen: Screen,
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="A script; - is standard input.")] = "",
    working: Working = Working(),  # noqa: B008  (a NamedTuple cannot change)
) -> Iterator[Outcome] | Rows | None:
    r"""Work with objects: an ORM Session whose every step is shown.

    track.get(1), x.name = 'new', \session, \flush --plan, \session commit; a script is read as the shell would.
    """
    if sink.is_terminal(0) and not file:
        import_module(SHELL).run(database, screen, models=working.models)
        return None
    repository = unit.Repository(database, working.models)
    if repository.package:
        for note in repository.models.notes:  # what is wrong with them is told before anything runs
            screen.say(note)
    repository.check = partial(_refuse_lasting, database.connection)
    perform: Perform = guarded
    if database.target.profile.production and not working.yes:
        repository.confirm = screen.confirm
        perform = _asking(screen.confirm)
    values = dict(map(parse_parameter, working.param))
    translate = Translator(database, values, raw=not working.no_raw and database.target.profile.raw)
    source = "stdin" if file in ("", "-") else file
    script = Run(database.connection, translate, repository, perform, source)
    found = pieces(_lines(file), database.connection.syntax)
    if screen.output.format == "jsonl":
        return _records(script, found, working.commit)
    return _outcomes(script, found, working.commit, screen)


def _refuse_lasting(connection: Connection, flush: Act) -> None:
    """A flush that could not be taken back."""
    if why := Lasting(connection, allow=True).reason(Statement(""), Unit("flush", "", ()), flush):
        raise Refused(f"{why}: not sent", hint="SQL writes there, or an expression: [x.update(…) for x in table if …]")


def _asking(confirm: Callable[[int | None], bool]) -> Perform:
    """In production a statement is kept, and a transaction committed, only when that is confirmed."""

    def perform(connection: Connection, statement: Statement, unit: Unit) -> Iterator[Outcome]:
        yield from confirmed(connection, guarded(connection, statement, unit), unit, confirm)

    return perform


def _lines(file: str) -> Iterator[str]:
    if file in ("", "-"):
        yield from (line.decode("utf-8-sig", "replace") for line in sys.stdin.buffer)
        return
    try:
        yield from Path(file).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}") from None


def _outcomes(script: Run, found: Iterator[Piece], commit: bool, screen: Screen) -> Iterator[Outcome]:
    """The rows; on standard error each text, the SQL that it took, and what is to be said of it."""
    screen.chatty = screen.pager = False
    try:
        for piece in found:
            screen.say(">>> " + piece.text.replace("\n", "\n... "))
            try:
                for outcome in script.perform(piece):
                    yield outcome
                    if outcome.rows is None and (outcome.changed or first_word(outcome.statement) in COUNTED):
                        screen.say(f"{outcome.changed or 0:,} row{'' if outcome.changed == 1 else 's'} changed")
            finally:
                for line in script.repository.told():
                    screen.say(line)
    except DbxError:
        _end(script, screen, commit=False)
        raise
    _end(script, screen, commit=commit)


def _end(script: Run, screen: Screen, *, commit: bool) -> None:
    try:
        left = script.end(commit=commit)
    finally:
        for line in script.repository.told():
            screen.say(line)
    for line in left:
        screen.say(line)


_COLUMNS = [
    Column("line", kind="number"),
    Column("text"),
    *(Column(n, kind="json") for n in ("statements", "notes", "rows")),
]


def _records(script: Run, found: Iterator[Piece], commit: bool) -> Rows:
    """A record for each text: the statements it took, with what for, the notes, and its rows."""

    def batches() -> Iterator[list[tuple[Cell, ...]]]:
        for piece in found:
            rows: list[dict[str, Any]] = []
            try:
                for outcome in script.perform(piece):
                    rows += _read(outcome)
            except DbxError as error:
                yield [_record(script, piece, rows, f"error: {error.code} {error.message}")]
                raise
            yield [_record(script, piece, rows)]
        left = script.end(commit=commit)
        last = _record(script, Piece(0, "", ""), [], *left)
        if last[2:] != ("[]", "[]", "[]"):
            yield [(None, None, *last[2:])]

    return Rows(_COLUMNS, batches())


def _read(outcome: Outcome) -> list[dict[str, Any]]:
    if outcome.rows is None:
        return []
    columns = outcome.rows.columns

    def value(column: Column, cell: Cell) -> Any:
        return json.loads(cell) if column.kind == "json" and isinstance(cell, str) else cell

    return [
        {column.name: value(column, cell) for column, cell in zip(columns, row, strict=True)}
        for batch in outcome.rows
        for row in batch
    ]


def _record(script: Run, piece: Piece, rows: list[dict[str, Any]], *more: str) -> tuple[Cell, ...]:
    statements, notes = script.repository.record()
    notes += more
    told = (json.dumps(each, ensure_ascii=False, default=_bytes) for each in (statements, notes, rows))
    return (piece.line, piece.text, *told)


def _bytes(value: object) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
