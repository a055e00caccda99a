"""Rows of parameters from a file: a script runs once for each, with their values bound."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from dbx.errors import DbxError, UsageError
from dbx.sql.parameters import is_name, parse_parameter
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

    An empty csv cell is NULL, an empty quoted one the empty text. Raises UsageError, with the line.
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
    found = records(file, stream)
    header = [name or "" for name in next(found, (0, []))[1]]
    names = {name.partition(":")[0] for name in header}
    if not header or len(names) < len(header) or not all(map(is_name, names)):
        hint = "its first line names the parameters: id,day:date"
        raise UsageError(f"{file} has no header of different names", hint=hint)
    for line, cells in found:
        where = f"{file}:{line}"
        if len(cells) != len(header):
            raise UsageError(f"{where}: {len(cells)} values for {len(header)} names")
        yield Row(dict(_value(*pair, where) for pair in zip(header, cells, strict=True)), where)


def records(file: str, stream: Any) -> Iterator[tuple[int, list[str | None]]]:
    """Line number and cells of each record. Python's csv cannot tell NULL, which is nothing, from "", the empty text
    (before 3.12), and `dbx query -f csv` writes both."""
    number = 0
    for first in stream:
        number, line, text = number + 1, number + 1, first
        while text.count('"') % 2 and (more := next(stream, "")):
            number, text = number + 1, text + more
        record = text.rstrip("\r\n")
        if not record:
            continue
        cells = _CELL.findall(record + ",")
        if sum(len(quoted) + len(plain) + 1 for quoted, plain in cells) != len(record) + 1:
            raise UsageError(f"{file}:{line}: a quote that is not closed, or stands within a text without quotes")
        yield line, [quoted[1:-1].replace('""', '"') if quoted else plain or None for quoted, plain in cells]


_CELL = re.compile(r'(?:("(?:[^"]|"")*")|([^",]*)),')


def _value(name: str, cell: str | None, where: str) -> tuple[str, object]:
    try:
        return (name.partition(":")[0], None) if cell is None else parse_parameter(f"{name}={cell}")
    except UsageError as error:
        error.message = f"{where}: {error.message}"
        raise


def _jsonl(file: str, stream: Any) -> Iterator[Row]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        try:
            row = json.loads(line, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_object)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{where}: no JSON: {error}") from None
        if not isinstance(row, dict):
            raise UsageError(f"{where}: not an object")
        # nested values travel as JSON text, which every driver can send
        values = {
            name: json.dumps(value, default=str) if isinstance(value, dict | list) else value
            for name, value in row.items()
        }
        yield Row(values, where)


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice in it")
    return dict(pairs)
