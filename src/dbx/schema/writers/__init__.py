"""Writers: functions from a schema to Rows. Those that lay out text themselves give Rows of bytes as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import NamedTuple

from dbx.rows import Rows
from dbx.schema.model import Schema
from dbx.schema.objects import Name


class Look(NamedTuple):
    """How a schema should look. `columns`: all, keys or none; `estimates`: rows by table, and `sizes` bytes by table
    and index, where somebody knows."""

    columns: str = "all"
    estimates: Mapping[Name, int] = {}
    sizes: Mapping[Name, int] = {}


Write = Callable[[Schema, Look], Rows]


class Writer(NamedTuple):
    """`path` is module:function; `format` the house's format that its rows go through."""

    path: str
    format: str = "tsv"
    counts: bool = False
    """Whether it shows how many rows there are."""

    def load(self) -> Write:
        module, _, name = self.path.partition(":")
        found: Write = getattr(import_module(module), name)
        return found


WRITERS = {
    "tree": Writer("dbx.schema.writers.tree:write", counts=True),
    "table": Writer("dbx.schema.writers.tables:table", "table", counts=True),
    "csv": Writer("dbx.schema.writers.tables:write", "csv", counts=True),
    "ddl": Writer("dbx.schema.writers.text:ddl"),
    "json": Writer("dbx.schema.writers.text:json"),
    "jsonl": Writer("dbx.schema.writers.text:jsonl"),
    "summary": Writer("dbx.schema.writers.tables:summary", ""),
    "sqlalchemy": Writer("dbx.schema.writers.python.core:write"),
    "orm": Writer("dbx.schema.writers.python.orm:write"),
}
"""By the name of `-f`. `format` '' is whatever rows look like where they go."""


def laid_out(pieces: Iterable[bytes]) -> Rows:
    """Rows that are bytes already."""
    rows = Rows((), ())
    rows.raw = (piece for piece in pieces)  # a generator, because whoever reads it closes it
    return rows
