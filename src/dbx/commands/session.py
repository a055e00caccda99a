"""dbx session"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from dbx import sink, unit
from dbx.database import Database
from dbx.errors import DbxError, UsageError
from dbx.language.translator import Translator
from dbx.options_session import Working
from dbx.rows import Cell, Column, Outcome, Rows
from dbx.screen import Screen
from dbx.sql.parameters import parse_parameter
from dbx.transaction.guard import guarded
from dbx.unit.script import Piece, Run, pieces

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
    if database.target.profile.production and not working.yes:
        repository.confirm = screen.confirm
    values = dict(map(parse_parameter, working.param))
    translate = Translator(database, values, raw=not working.no_raw and database.target.profile.raw)
    source = "stdin" if file in ("", "-") else file
    script = Run(database.connection, translate, repository, guarded, source)
    found = pieces(_lines(file), database.connection.syntax)
    if screen.output.format == "jsonl":
        return _records(script, found, working.commit)
    return _outcomes(script, found, working.commit, screen)


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
                    if outcome.rows is None and outcome.changed is not None:
                        screen.say(f"{outcome.changed:,} row{'' if outcome.changed == 1 else 's'} changed")
            finally:
                for line in script.repository.told():
                    screen.say(line)
    except DbxError:
        if left := script.end(commit=False):
            screen.say(left)
        raise
    if left := script.end(commit=commit):
        screen.say(left)


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
                yield [_record(script, piece, rows, error.message)]
                raise
            yield [_record(script, piece, rows)]
        if left := script.end(commit=commit):
            yield [(None, None, "[]", json.dumps([left]), "[]")]

    return Rows(_COLUMNS, batches())


def _read(outcome: Outcome) -> list[dict[str, Any]]:
    if outcome.rows is None:
        return []
    names = [column.name for column in outcome.rows.columns]
    return [dict(zip(names, row, strict=True)) for batch in outcome.rows for row in batch]


def _record(script: Run, piece: Piece, rows: list[dict[str, Any]], error: str = "") -> tuple[Cell, ...]:
    statements, notes = script.repository.record()
    notes += [f"error: {error}"] if error else []
    told = (json.dumps(each, ensure_ascii=False, default=_bytes) for each in (statements, notes, rows))
    return (piece.line, piece.text, *told)


def _bytes(value: object) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
