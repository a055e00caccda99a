"""json (an array of objects, one a line) and jsonl. Numbers and JSON of the server are written as it sent them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from json import JSONDecoder
from json.encoder import encode_basestring as string
from math import isfinite
from typing import NoReturn

from dbx.formats import Format, Style
from dbx.formats.cells import written
from dbx.rows import Batch, Cell, Column, Rows

Encode = Callable[[str], str]
"""A cell of text as JSON."""


def write_json(rows: Rows, style: Style) -> Iterator[bytes]:
    """One array; `[]` if there are no rows."""
    encode = _encoder(rows.columns)
    before = "[\n"
    for batch in filter(None, rows.here()):
        yield _bytes(before + ",\n".join(encode(batch)))
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def write_jsonl(rows: Rows, style: Style) -> Iterator[bytes]:
    """One object a line."""
    encode = _encoder(rows.columns)
    for batch in filter(None, rows.here()):
        yield _bytes("\n".join(encode(batch)) + "\n")


def _bytes(text: str) -> bytes:
    r"""Lone surrogates can only stand inside strings, where Python's `\udcff` is JSON's too."""
    return text.encode("utf-8", "backslashreplace")


def names(columns: Sequence[Column]) -> list[str]:
    """The columns' names, made different from each other: `a`, `a_2`; one without a name is `column1` by its place."""
    given = [column.name or f"column{place}" for place, column in enumerate(columns, 1)]
    taken = {column.name for column in columns}
    seen: set[str] = set()
    unique = []
    for column, name in zip(columns, given, strict=True):
        chosen, number = name, 2
        while chosen in seen or (chosen in taken and chosen != column.name):
            chosen, number = f"{name}_{number}", number + 1
        seen.add(chosen)
        unique.append(chosen)
    return unique


def _encoder(columns: Sequence[Column]) -> Callable[[Batch], Iterator[str]]:
    """A function from a batch to its objects."""
    members = [f"{string(name)}:".replace("%", "%%") + "%s" for name in names(columns)]
    fill = ("{" + ",".join(members) + "}").__mod__
    kinds = [_KINDS.get(column.kind, string) for column in columns]

    def encode(batch: Batch) -> Iterator[str]:
        values = [_values(kind, cells) for kind, cells in zip(kinds, zip(*batch, strict=True), strict=True)]
        return map(fill, zip(*values, strict=True)) if values else iter(["{}"] * len(batch))

    return encode


def _values(encode: Encode, cells: Sequence[Cell]) -> list[str]:
    """A column's cells as JSON. `encode` is for those that are text."""
    kinds = set(map(type, cells))
    if encode is not _boolean and (kinds == {int} or (kinds == {float} and all(map(isfinite, cells)))):  # type: ignore[arg-type]
        return list(map(repr, cells))
    return ["null" if cell is None else encode(cell) if type(cell) is str else _typed(encode, cell) for cell in cells]


def _typed(encode: Encode, cell: Cell) -> str:
    """A cell that brings its type with it, as SQLite's do."""
    if encode is _boolean and cell in (0, 1):
        return "true" if cell else "false"
    text = written(cell)
    return _number(text) if type(cell) in (int, float) else text if type(cell) is bool else string(text)


_is_number = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch


def _number(text: str) -> str:
    """Verbatim, with all its digits, if JSON knows such a number; NaN, Infinity and 007 are strings."""
    return text if _is_number(text) else string(text)


_BOOLEANS = {"t": "true", "true": "true", "1": "true", "f": "false", "false": "false", "0": "false"}


def _boolean(text: str) -> str:
    return _BOOLEANS.get(text.lower()) or string(text)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


# Numbers are not converted: they may be of any size. NaN is Python's idea of JSON, nobody else's.
_read = JSONDecoder(parse_constant=_refuse, parse_int=str, parse_float=str).decode


def _embedded(text: str) -> str:
    """Verbatim, duplicate keys and all, on one line; a string if it is no JSON, because not every server checks."""
    try:
        _read(text)
    except (ValueError, RecursionError):
        return string(text)
    return text.replace("\r", " ").replace("\n", " ")


_KINDS: dict[str, Encode] = {"number": _number, "boolean": _boolean, "json": _embedded}

JSON = Format("json", write_json)
JSONL = Format("jsonl", write_jsonl)
