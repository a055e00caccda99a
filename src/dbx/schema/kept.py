"""A schema in lines of text, as the cache keeps it: what there is, and what leads where, is known at once; a table is
made when somebody asks for it. To make thousands that nobody asks for would fill the memory and stop the keys.

["index", [[schema, name, kind, comment, [[schema of a target, target], …]], …]]     a hundred tables, in their order
…                                                                          then the lines of dbx.schema.serial.packed
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dbx.schema import serial
from dbx.schema.listing import HIDDEN
from dbx.schema.model import Schema, Table

Place = tuple[str | None, str]
"""(schema, name)"""

_INDEX, _TABLE = b'["index"', b'["tables"'
_ROWS = 100
"""Tables in a line of the index: other threads wait while one is read."""


class Unmade(NamedTuple):
    """A table of which so much is known, and the line that it can be made of."""

    kind: str
    comment: str | None
    line: bytes

    def made(self) -> Table:
        return serial.unpacked_object(self.line)  # type: ignore[no-any-return]


class Kept(NamedTuple):
    """`rest` is the schema apart from its tables; `targets`, of each table, where each of its foreign keys leads."""

    rest: Schema
    tables: Mapping[Place, Table | Unmade]
    targets: Mapping[Place, Sequence[Place]]


def lines(schema: Schema) -> Iterator[str]:
    for start in range(0, len(schema.tables), _ROWS):
        yield serial.line(["index", list(map(_row, schema.tables[start : start + _ROWS]))])
    yield from serial.packed(schema)


def _row(table: Table) -> list[Any]:
    targets = [(key.target_schema, key.target_table) for key in table.foreign_keys]
    return [table.schema, table.name, table.kind, table.comment, targets]


def whole(document: Iterable[bytes]) -> Schema:
    """All of it, made at once. Raises UsageError for lines of another kind."""
    return serial.unpacked(line for line in document if not line.startswith(_INDEX))


def kept(document: Iterable[bytes]) -> Kept:
    """Raises UsageError as `whole`; ValueError for an index of other tables."""
    rows, tables, rest = list[Any](), list[bytes](), list[bytes]()
    for line in document:
        if line.startswith(_INDEX):
            rows += json.loads(line)[1]
        else:
            (tables if line.startswith(_TABLE) else rest).append(line)
    found = [(row, line) for row, line in zip(rows, tables, strict=True) if row[2] not in HIDDEN]
    return Kept(
        serial.unpacked(rest),
        {(schema, name): Unmade(kind, comment, line) for (schema, name, kind, comment, _), line in found},
        {(schema, name): [tuple(target) for target in targets] for (schema, name, *_, targets), _ in found},
    )


def names(document: Iterable[bytes]) -> Iterator[str]:
    """The tables' names."""
    for line in document:
        if not line.startswith(_INDEX):
            return
        yield from (row[1] for row in json.loads(line)[1])
