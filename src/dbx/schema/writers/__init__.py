"""Writers: functions from a schema to Rows. Those that lay out text themselves give Rows of bytes as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import PurePath
from typing import Any, NamedTuple

from dbx.rows import Rows
from dbx.schema.model import Schema
from dbx.schema.objects import Name
from dbx.schema.statistics import Statistics


class Look(NamedTuple):
    """How a schema should look. `columns`: all, keys or none; `estimates`: rows by table, and `sizes` bytes by table
    and index, where somebody knows."""

    columns: str = "all"
    estimates: Mapping[Name, int] = {}
    sizes: Mapping[Name, int] = {}
    statistics: Statistics = Statistics()
    """What the server has counted."""


Write = Callable[[Schema, Look], Rows]


class Writer(NamedTuple):
    """`path` is module:function; `format` the house's format that its rows go through."""

    path: str
    format: str = "tsv"
    counts: bool = False
    """Whether it shows how many rows there are."""
    losses: str = ""
    """module:function (Schema, Look) -> Iterable[Loss]: what it does not express; '' for one that has all of it."""
    said: bool = False
    """Whether a line says what is lost though nobody asked, because something is made again from what it writes."""
    suffix: str = ""
    """Of a file that holds what it writes."""
    statistics: bool = False
    """Whether it says what the server has counted."""

    def load(self) -> Write:
        found: Write = _found(self.path)
        return found

    def lost(self, schema: Schema, look: Look) -> list[Any]:
        """The losses (dbx.schema.writers.losses.Loss) of writing a schema."""
        return list(_found(self.losses)(schema, look)) if self.losses else []


def _found(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


_HERE = "dbx.schema.writers"

WRITERS = {
    "tree": Writer(f"{_HERE}.tree:write", counts=True, losses=f"{_HERE}.listed:tree", suffix=".txt"),
    "table": Writer(f"{_HERE}.tables:table", "table", counts=True, losses=f"{_HERE}.listed:table", suffix=".txt"),
    "csv": Writer(f"{_HERE}.tables:write", "csv", counts=True, losses=f"{_HERE}.listed:table", suffix=".csv"),
    "ddl": Writer(f"{_HERE}.text:ddl", losses=f"{_HERE}.listed:ddl", said=True, suffix=".sql"),
    "json": Writer(f"{_HERE}.text:json", suffix=".json"),
    "jsonl": Writer(f"{_HERE}.text:jsonl", suffix=".jsonl"),
    "markdown": Writer(f"{_HERE}.markdown:write", losses=f"{_HERE}.markdown:losses", suffix=".md"),
    "mermaid": Writer(f"{_HERE}.mermaid:write", losses=f"{_HERE}.mermaid:losses", said=True, suffix=".mmd"),
    "dbml": Writer(f"{_HERE}.dbml:write", losses=f"{_HERE}.dbml:losses", said=True, suffix=".dbml"),
    "dot": Writer(f"{_HERE}.dot:write", losses=f"{_HERE}.dot:losses", said=True, suffix=".dot"),
    "plantuml": Writer(f"{_HERE}.plantuml:write", losses=f"{_HERE}.plantuml:losses", said=True, suffix=".puml"),
    "orm": Writer(f"{_HERE}.python.orm:write", losses=f"{_HERE}.python.orm:losses", said=True, suffix=".py"),
    "sqlalchemy": Writer(f"{_HERE}.python.core:write", losses=f"{_HERE}.python.core:losses", said=True, suffix=".py"),
    "summary": Writer(f"{_HERE}.tables:summary", "", losses=f"{_HERE}.listed:summary", suffix=".txt"),
    "advice": Writer(f"{_HERE}.advice:advice", "", statistics=True, suffix=".txt"),
    "sizes": Writer(f"{_HERE}.advice:sizes", "", statistics=True, suffix=".txt"),
}
"""By the name of `-f`. `format` '' is whatever rows look like where they go."""


def laid_out(pieces: Iterable[bytes]) -> Rows:
    """Rows that are bytes already."""
    rows = Rows((), ())
    rows.raw = _gathered(pieces)
    return rows


def of_lines(found: Iterable[str]) -> Rows:
    """Rows that are lines of text; what no UTF-8 can write is a question mark."""
    return laid_out(f"{line}\n".encode("utf-8", "replace") for line in found)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, many at a time: each of these is written by itself."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield b"".join(held)
            held.clear()
            size = 0
    if held:
        yield b"".join(held)


_CHUNK = 1 << 16
"""Bytes that are written at a time."""


def named(file: str) -> str:
    """The first writer whose files end like this one, '' when there is none."""
    suffix = PurePath(file).suffix.lower()
    return next((name for name, writer in WRITERS.items() if suffix and writer.suffix == suffix), "")
