"""Snapshots: a schema as JSON (dbx.schema.serial) with the hash of each object, and the check of a schema against one.

A check compares hashes, object by object: what is equal is neither parsed nor compared. So it costs what reading costs,
and names what has drifted.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

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
        with Path(path).open("rb") as file:
            head, stored = _read(file)
            if head.get("dialect") != schema.dialect:
                return None
            after = _unequal(schema, stored)
            before = {**head, **_parsed(file, stored)}
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
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


def _parsed(file: BinaryIO, stored: dict[str, _Place]) -> dict[str, list[Any]]:
    """The objects at these places, with their hashes, against which they are held when they are loaded."""
    found: dict[str, list[Any]] = {field: [] for field in FIELDS}
    for place in stored.values():
        file.seek(place.start)
        text = file.read(place.end - place.start).rstrip(b"\n").removesuffix(b",")
        found[place.field].append(json.loads(text))
    return found


_FIELD = re.compile(rb'"(\w+)": \[\n')
_HASH = re.compile(rb'\{"hash": "([0-9a-f]+)", ')


def _read(file: BinaryIO) -> tuple[dict[str, Any], dict[str, _Place]]:
    """Head and the places of the objects by their hashes. Raises Unlike."""
    line = file.readline()
    head = _head(line)
    found: dict[str, _Place] = {}
    field, key, start, at = "", "", 0, len(line)
    for line in file:
        if not line.startswith(b"  "):  # no part of the object before
            if key:
                found[key] = _Place(field, start, at)
            key, start = "", at
            if hashed := _HASH.match(line):
                key = hashed[1].decode()
            elif named := _FIELD.fullmatch(line):
                field = named[1].decode()
            elif line not in (b"],\n", b"]\n", b"]}\n"):  # or what was not read then
                raise Unlike
        at += len(line)
    if line != b"]}\n" and field:  # it has been cut off
        raise Unlike
    return head, found


def _head(line: bytes) -> dict[str, Any]:
    text = line.decode().rstrip("\n")
    head = json.loads((text[:-1] if text.endswith(",") else text.removesuffix("}")) + "}")
    if not isinstance(head, dict) or head.get("format") != serial.FORMAT or head.get("version") != serial.VERSION:
        raise Unlike
    return head
