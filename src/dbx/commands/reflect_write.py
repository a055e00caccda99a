"""dbx reflect -f: what a format leaves out, files for each object, another dialect, and the proof."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from dbx.database import Database
from dbx.errors import OutputFailed, Partial, UsageError
from dbx.options_reflect import Writing
from dbx.rows import Rows
from dbx.schema import verify
from dbx.schema.diff.words import line
from dbx.schema.model import Schema
from dbx.schema.translate.tables import translated
from dbx.schema.writers import WRITERS, Look, Writer, laid_out, split
from dbx.schema.writers.losses import Loss, summary
from dbx.screen import Screen


def written(
    schema: Schema, writer: Writer, look: Look, writing: Writing, screen: Screen, scratch: Sequence[Database]
) -> None:
    """Write a schema in a format, and tell what of it the format has no place for.

    Raises UsageError for options that do not fit, Partial for a loss under --strict. Ends the program with 1 when what
    was written makes something else.
    """
    name = next(name for name, each in WRITERS.items() if each == writer)
    losses: list[Loss] = []
    if writing.dialect:
        schema, losses = translated(schema, writing.dialect)
    losses = [*losses, *writer.lost(schema, look)]
    if writing.report:
        _report(name, losses, writing.report, screen)
    if writing.report != "-":
        _put(name, writer, schema, look, writing, screen)
    if writing.verify:
        _verified(name, schema, losses, scratch, screen)
    _told(name, writer, losses, writing, screen)


def _put(name: str, writer: Writer, schema: Schema, look: Look, writing: Writing, screen: Screen) -> None:
    if not writing.split:
        screen.show(writer.load()(schema, look))
        return
    if screen.output.output in ("", "-"):
        raise UsageError("--split writes several files", hint="-o DIRECTORY says where")
    top = Path(screen.output.output)
    try:
        split.write(top, split.files(name, schema, look))
    except OSError as error:
        raise OutputFailed(f"{error.filename}: {error.strerror}") from None


def _report(name: str, losses: Sequence[Loss], path: str, screen: Screen) -> None:
    lines = ",\n".join(json.dumps(loss._asdict(), ensure_ascii=False) for loss in losses)
    text = f'{{"format": "dbx losses", "version": 1, "writer": "{name}", "losses": [\n{lines}\n]}}\n'
    data = text.encode("utf-8", "backslashreplace")
    if path == "-":
        screen.show(_rows(data))
        return
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise OutputFailed(f"{path}: {error.strerror}") from None


def _rows(data: bytes) -> Rows:
    return laid_out([data])


def _verified(name: str, schema: Schema, losses: Sequence[Loss], scratch: Sequence[Database], screen: Screen) -> None:
    changes: list[Any] = verify.changes(name, schema, losses, scratch)
    for change in changes:
        screen.say(line(change))
    if changes:
        raise typer.Exit(1)
    screen.say(f"verified: {name} makes the same schema again")


def _told(name: str, writer: Writer, losses: Sequence[Loss], writing: Writing, screen: Screen) -> None:
    if not losses:
        return
    text = f"{name} leaves out {summary(losses)}"
    if writing.strict:
        raise Partial(text, detail="\n".join(loss.text for loss in losses))
    if (writer.said or writing.dialect) and not writing.report:
        screen.say(f"{text}; --report - lists them")
