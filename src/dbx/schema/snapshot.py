"""Snapshots: a schema as JSON (dbx.schema.serial) with the hash of each object, and the check of a schema against one.

A check compares hashes, object by object: what is equal is neither parsed nor compared. So it costs what reading costs,
and names what has drifted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from dbx import sink
from dbx.errors import UsageError
from dbx.schema import serial
from dbx.schema.listing import FIELDS
from dbx.schema.model import Schema


class Unlike(Exception):
    """The file is not laid out as snapshots are: it has to be parsed whole."""


class _Stored(NamedTuple):
    """An object of the file: its field of Schema, and its text without the hash."""

    field: str
    text: str


def write(path: str, schema: Schema) -> None:
    """Write a snapshot, whole or not at all. Raises OutputFailed."""
    with sink.opened(path, binary=False) as out:
        for piece in serial.pieces(schema, hashes=True):
            out.write(serial.encoded(piece))


def drifted(path: str, schema: Schema) -> tuple[Schema, Schema] | None:
    """What of the file and of the schema has no equal in the other, as two schemas; None where the file has to be read
    whole. Raises UsageError for a file that is damaged."""
    try:
        head, stored = _read(path)
    except Unlike:
        return None
    if head.get("dialect") != schema.dialect:
        return None
    lists: dict[str, list[Any]] = {field: [] for field in FIELDS}
    for field in FIELDS:
        for found in getattr(schema, field):
            key = serial.digest(found)
            if stored.pop(key, None) is None:
                lists[field].append(found)
    old: dict[str, list[Any]] = {field: [] for field in FIELDS}
    for each in stored.values():
        old[each.field].append(json.loads(each.text))
    head.pop("missing", None)
    before = serial.loads(json.dumps({**head, **old}), path)
    rest: dict[str, Any] = {field: tuple(found) for field, found in lists.items()}
    return before, schema._replace(missing=(), **rest)


_FIELD = re.compile(r'"(\w+)": \[')
_HASH = re.compile(r'\{"hash": "([0-9a-f]+)", ')


def _read(path: str) -> tuple[dict[str, Any], dict[str, _Stored]]:
    """Head and objects by their hash, each held against its text. Raises Unlike, and UsageError for a wrong hash."""
    try:
        with Path(path).open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            head = _head(file.readline())
            found = {}
            for field, text in _chunks(file):
                start = _HASH.match(text)
                if start is None:
                    raise Unlike
                plain = "{" + text[start.end() :]
                if serial.digest_of(plain) != start[1]:
                    raise serial.edited(path, _name(plain))  # what is no JSON at all is told by loads
                found[start[1]] = _Stored(field, plain)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except ValueError:
        raise Unlike from None
    return head, found


def _head(line: str) -> dict[str, Any]:
    line = line.rstrip("\n")
    head = json.loads((line[:-1] if line.endswith(",") else line.removesuffix("}")) + "}")
    if not isinstance(head, dict) or head.get("format") != serial.FORMAT or head.get("version") != serial.VERSION:
        raise Unlike
    return head


def _chunks(file: Iterator[str]) -> Iterator[tuple[str, str]]:
    """(field, text) of each object; those of what was missing are left out. The text is as it was before its parts got
    lines of their own."""
    field, lines, ended = "", list[str](), False
    for line in file:
        if line.startswith("  ") and lines:
            lines.append(line)
            continue
        if lines and field != "missing":
            yield field, serial.joined("".join(lines)).rstrip("\n").removesuffix(",")
        lines = []
        if line.startswith("{") and field:
            lines = [line]
        elif found := _FIELD.match(line):
            field = found[1]
        elif line == "]}\n":
            ended = True
        elif line not in ("],\n", "]\n"):
            raise Unlike
    if not ended and field:
        raise Unlike


def _name(text: str) -> str:
    found = json.loads(text)
    return str(found.get("name")) if isinstance(found, dict) else "an object"
