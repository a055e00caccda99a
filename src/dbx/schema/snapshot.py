"""Snapshots: a schema as JSON (dbx.schema.serial) with the hash of each object, and the check of a schema against one.

A check compares hashes, object by object: what is equal is neither parsed nor compared. So it costs what reading costs,
and names what has drifted.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from dbx import sink
from dbx.errors import UsageError
from dbx.schema import serial
from dbx.schema.listing import FIELDS
from dbx.schema.model import Schema


class Unlike(Exception):
    """The file is not laid out as snapshots are: it has to be parsed whole."""


class _Place(NamedTuple):
    """Where an object's text is in the file, and the field of Schema that it belongs to."""

    field: str
    start: int
    end: int


def write(path: str, schema: Schema) -> None:
    """Write a snapshot, whole or not at all. Raises OutputFailed."""
    with sink.opened(path, binary=False) as out:
        for piece in serial.pieces(schema, hashes=True):
            out.write(serial.encoded(piece))


def drifted(path: str, schema: Schema) -> tuple[Schema, Schema] | None:
    """What of the file and of the schema has no equal in the other, as two schemas; None where the file has to be read
    whole. Raises UsageError for a file that is damaged where they differ."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    try:
        head, stored = _read(data)
        if head.get("dialect") != schema.dialect:
            return None
        after = _unequal(schema, stored)
        before = {**head, **_parsed(data, stored)}
    except (Unlike, ValueError):
        return None
    return serial.loads(json.dumps(before), path), after


def _unequal(schema: Schema, stored: dict[str, _Place]) -> Schema:
    """The objects that the file has not as they are; those that it has are taken out of `stored`."""
    lists: dict[str, Any] = {
        field: tuple([found for found in getattr(schema, field) if stored.pop(serial.digest(found), None) is None])
        for field in FIELDS
    }
    return schema._replace(missing=(), **lists)


def _parsed(data: bytes, stored: dict[str, _Place]) -> dict[str, list[Any]]:
    """The objects at these places, with their hashes, against which they are held when they are loaded."""
    found: dict[str, list[Any]] = {field: [] for field in FIELDS}
    for place in stored.values():
        found[place.field].append(json.loads(data[place.start : place.end].rstrip(b"\n").removesuffix(b",")))
    return found


_NEXT = re.compile(rb"\n(?!  )")
"""Behind it stands a line that is no part of the object before."""
_FIELD = re.compile(rb'"(\w+)": \[\n')
_HASH = re.compile(rb'\{"hash": "([0-9a-f]+)", ')
_BETWEEN = re.compile(rb"\],?\n")
_END = b"]}\n"


def _read(data: bytes) -> tuple[dict[str, Any], dict[str, _Place]]:
    """Head and the places of the objects by their hashes. Raises Unlike."""
    head = _head(data[: data.find(b"\n") + 1])
    starts = [found.end() for found in _NEXT.finditer(data)]
    found: dict[str, _Place] = {}
    field = ""
    for start, end in pairwise(starts):
        if hashed := _HASH.match(data, start):
            found[hashed[1].decode()] = _Place(field, start, end)
        elif named := _FIELD.match(data, start):
            field = named[1].decode()
        elif not _BETWEEN.fullmatch(data, start, end) and data[start:] != _END:
            raise Unlike
    if field and not data.endswith(b"\n" + _END):  # it has been cut off
        raise Unlike
    return head, found


def _head(line: bytes) -> dict[str, Any]:
    text = line.decode().rstrip("\n")
    head = json.loads((text[:-1] if text.endswith(",") else text.removesuffix("}")) + "}")
    if not isinstance(head, dict) or head.get("format") != serial.FORMAT or head.get("version") != serial.VERSION:
        raise Unlike
    return head
