"""Formats: functions from Rows to bytes. A format knows no database, and is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import PurePath
from typing import Any, NamedTuple

from dbx.rows import Rows


class Style(NamedTuple):
    """How rows should look. `null` None is the format's own NULL; `width` None is no terminal: nothing is cut.

    `dialect` says whose SQL is written, and whose types the columns have; `table` is the one that insert fills.
    `wide` is what becomes of a table's rows that are wider than the terminal: cut, wrap, or scroll. `expanded` is when
    they are shown vertically instead: fit (columns would become too narrow), auto (anything would be cut), on, off.
    """

    null: str | None = None
    header: bool = True
    width: int | None = None
    colour: bool = False
    table: str = "data"
    dialect: str = ""
    wide: str = "cut"
    expanded: str = "fit"


def _any_style(style: Style) -> None:
    """What most formats say to a style: that it will do."""


class Format(NamedTuple):
    """`write` reads its Rows with `here`, once, so it belongs inside `Rows.written`.

    `many`: several results may follow one another, with `between` between them. `whole`: nothing can be written before
    the last row is read. `binary`: not for a terminal. `human`: laid out for people, and so through the sanitiser
    already. `check` raises UsageError for a style that cannot be had, before any statement runs.
    """

    name: str
    write: Callable[[Rows, Style], Iterator[bytes]]
    many: bool = True
    whole: bool = False
    binary: bool = False
    human: bool = False
    between: bytes = b""
    check: Callable[[Style], object] = _any_style


FORMATS = {
    "arrow": "dbx.formats.arrow:ARROW",
    "csv": "dbx.formats.delimited:CSV",
    "html": "dbx.formats.html:HTML",
    "insert": "dbx.formats.insert:INSERT",
    "json": "dbx.formats.json:JSON",
    "jsonl": "dbx.formats.json:JSONL",
    "markdown": "dbx.formats.markdown:MARKDOWN",
    "parquet": "dbx.formats.arrow:PARQUET",
    "table": "dbx.formats.table:TABLE",
    "tsv": "dbx.formats.delimited:TSV",
    "vertical": "dbx.formats.vertical:VERTICAL",
}
"""The built-in formats, each as module:attribute."""

_ENDINGS = {
    ".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".md": "markdown",
    ".html": "html", ".htm": "html", ".sql": "insert", ".parquet": "parquet", ".arrow": "arrow", ".feather": "arrow",
    ".txt": "table",
}  # fmt: skip

_PLUGIN = "dbx.formats.plugins:plugin"


def named(file: str) -> str:
    """The format that the ending of a file's name says, '' when it says none."""
    return _ENDINGS.get(PurePath(file).suffix.lower(), "")


def load(name: str) -> Format:
    """The format of that name: a built-in one, or an installed plugin's. UsageError if there is none."""
    if name in FORMATS:
        found: Format = _attribute(FORMATS[name])
    else:
        found = _attribute(_PLUGIN)(name, FORMATS)
    return found


def _attribute(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
