"""Rows of a file: csv as dbx and PostgreSQL write it, tsv as COPY has it, jsonl."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from dbx.copying.origin import Field, Origin
from dbx.errors import UsageError
from dbx.rows import BATCH, Cell, Column, Rows
from dbx.schema.objects import Name
from dbx.schema.types.vocabulary import Type
from dbx.sql.parameter_rows import records

Record = Sequence[Cell]

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def origin(path: Path, names: Sequence[str]) -> Origin:
    """The one table of a file. Its columns' types are what all of its values are.

    Raises UsageError for a file that cannot be read, or whose rows do not fit its columns.
    """
    if len(names) > 1:
        raise UsageError("a file goes into one table", hint=f"dbx copy {path} TARGET TABLE")
    # the whole file is read before anything is sent: for its types, and for its faults
    header = _header(path)
    types = _types(header, _read(path, header))
    fields = tuple(Field(name, found, "") for name, found in zip(header, types, strict=True))

    def rows(wanted: Sequence[str], same: bool) -> Rows:
        places = [header.index(name) for name in wanted]
        lines = (tuple([record[place] for place in places]) for record in _read(path, header))
        return Rows(list(map(Column, wanted)), iter(lambda: list(islice(lines, BATCH)), []))

    return Origin(Name(names[0] if names else path.stem), fields, (), "file", rows)


def _header(path: Path) -> list[str]:
    """The names of the columns. Of jsonl those of every line, in the order they are met."""
    if path.suffix.lower() == ".jsonl":
        header = list(dict.fromkeys(name for _, found in _objects(path) for name in found))
    else:
        header = [str(name or "") for name in next((record for _, record in READERS[path.suffix.lower()](path)), ())]
    if not header or not all(header) or len(set(header)) < len(header):
        raise UsageError(f"{path}: its first line must name the columns, each once")
    return header


def _read(path: Path, header: list[str]) -> Iterator[Record]:
    if path.suffix.lower() == ".jsonl":
        for _, found in _objects(path):
            yield [_cell(found.get(name)) for name in header]
        return
    for line, record in islice(READERS[path.suffix.lower()](path), 1, None):
        if len(record) != len(header):
            raise UsageError(f"{path}:{line}: {len(record)} values for {len(header)} columns")
        yield record


def _cell(value: Any) -> Cell:
    """A JSON value as text: what is nested stays JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from stream
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8") from None


def _csv(path: Path) -> Iterator[tuple[int, Record]]:
    return records(str(path), _lines(path))


def _tsv(path: Path) -> Iterator[tuple[int, Record]]:
    for number, line in enumerate(_lines(path), 1):
        cells = line.rstrip("\r\n").split("\t")
        yield number, [None if cell == r"\N" else _unescaped(cell) for cell in cells]


def _unescaped(cell: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), cell) if "\\" in cell else cell


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            try:
                # a number stays as it is written
                found = json.loads(line, parse_float=_Number, parse_int=_Number)
            except (ValueError, RecursionError) as error:
                raise UsageError(f"{path}:{number}: no JSON: {error}") from None
            if not isinstance(found, dict):
                raise UsageError(f"{path}:{number}: not an object")
            yield number, found


class _Number(str):
    """A JSON number, in its own digits."""


READERS: dict[str, Callable[[Path], Iterator[tuple[int, Any]]]] = {".csv": _csv, ".tsv": _tsv, ".jsonl": _objects}

_KINDS = (
    ("int", re.compile(r"-?(?:0|[1-9]\d{0,17})")),
    ("decimal", re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")),
    ("float", re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")),
    ("bool", re.compile(r"true|false")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("timestamp", re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?")),
)


def _types(header: list[str], rows: Iterator[Record]) -> list[Type]:
    """For each column the first kind that all of its values are; text if there is none, or no value."""
    possible = [dict(_KINDS) for _ in header]
    filled = [False] * len(header)
    digits = [(1, 0)] * len(header)
    for record in rows:
        for place, cell in enumerate(record):
            if cell is None:
                continue
            filled[place] = True
            if kinds := possible[place]:
                text = str(cell)
                possible[place] = {kind: shape for kind, shape in kinds.items() if shape.fullmatch(text)}
                whole, _, fraction = text.lstrip("-").partition(".")
                digits[place] = max(digits[place][0], len(whole)), max(digits[place][1], len(fraction))
    found = [next(iter(kinds), "text") if some else "text" for kinds, some in zip(possible, filled, strict=True)]
    return [_type(kind, *counts) for kind, counts in zip(found, digits, strict=True)]


def _type(kind: str, whole: int, fraction: int) -> Type:
    if kind == "decimal":
        return Type(kind, whole + fraction, fraction)
    return Type(kind, 8 if kind in ("int", "float") else None)
