"""Rows of parameters from a file: a script runs once for each, with their values bound."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dbx.errors import UsageError
from dbx.sql.parameters import parse_parameter


def parameter_rows(file: str) -> Iterator[Mapping[str, Any]]:
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


def _csv(file: str, stream: Any) -> Iterator[Mapping[str, Any]]:
    reader = csv.reader(stream, strict=True)
    try:
        header = next(reader, None)
        if not header or len(set(header)) < len(header):
            raise UsageError(f"{file} has no header of different names")
        for cells in reader:
            if cells and len(cells) != len(header):
                raise UsageError(f"{file}:{reader.line_num}: {len(cells)} values for {len(header)} names")
            if cells:
                yield dict(_value(name, cell) for name, cell in zip(header, cells, strict=True))
    except csv.Error as error:
        raise UsageError(f"{file}:{reader.line_num}: {error}") from None


def _value(name: str, cell: str) -> tuple[str, object]:
    if cell == "":
        return name.partition(":")[0], None
    return parse_parameter(f"{name}={cell}")


def _jsonl(file: str, stream: Any) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{file}:{number}: no JSON: {error}") from None
        if not isinstance(row, dict):
            raise UsageError(f"{file}:{number}: not an object")
        # nested values travel as JSON text, which every driver can send
        yield {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()}
