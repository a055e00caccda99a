"""Rows of parameters from a file: a script runs once for each, with their values bound."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbx.errors import DbxError, UsageError
from dbx.sql.parameters import parse_parameter
from dbx.sql.unit import Unit


class Row(dict[str, Any]):
    """The values of one run by their names, and where they stand."""

    def __init__(self, values: dict[str, Any], where: str) -> None:
        super().__init__(values)
        self.where = where


@contextmanager
def blamed(unit: Unit) -> Iterator[None]:
    """An error of this unit tells which row of parameters it ran with."""
    try:
        yield
    except DbxError as error:
        blame(error, unit)
        raise


def blame(error: DbxError, unit: Unit) -> None:
    told = f"with the parameters of {unit.values.where}" if isinstance(unit.values, Row) else ""
    if told not in error.hint:
        error.hint = " · ".join(filter(None, [told, error.hint]))


def parameter_rows(file: str) -> Iterator[Row]:
    """The rows of a .csv or .jsonl file, by the names in its header, which may have types (day:date), or its keys.

    An empty csv cell is NULL, an empty quoted one too: csv cannot tell them apart. Raises UsageError, with the line.
    """
    reader = {".csv": _csv, ".jsonl": _jsonl}.get(Path(file).suffix.lower())
    if reader is None:
        raise UsageError(f"--params {file} is neither .csv nor .jsonl")
    try:
        with Path(file).open(encoding="utf-8-sig", newline="") as stream:
            yield from reader(file, stream)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8") from None


def _csv(file: str, stream: Any) -> Iterator[Row]:
    reader = csv.reader(stream, strict=True)
    try:
        header = next(reader, [])
        names = {name.partition(":")[0] for name in header}
        if not header or len(names) < len(header):
            raise UsageError(f"{file} has no header of different names")
        line = reader.line_num + 1
        for cells in reader:
            where, line = f"{file}:{line}", reader.line_num + 1
            if cells and len(cells) != len(header):
                raise UsageError(f"{where}: {len(cells)} values for {len(header)} names")
            if cells:
                yield Row(dict(_value(*pair, where) for pair in zip(header, cells, strict=True)), where)
    except csv.Error as error:
        raise UsageError(f"{file}:{reader.line_num}: {error}") from None


def _value(name: str, cell: str, where: str) -> tuple[str, object]:
    try:
        return parse_parameter(f"{name}={cell}") if cell else (name.partition(":")[0], None)
    except UsageError as error:
        error.message = f"{where}: {error.message}"
        raise


def _jsonl(file: str, stream: Any) -> Iterator[Row]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{where}: no JSON: {error}") from None
        if not isinstance(row, dict):
            raise UsageError(f"{where}: not an object")
        # nested values travel as JSON text, which every driver can send
        values = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()}
        yield Row(values, where)
