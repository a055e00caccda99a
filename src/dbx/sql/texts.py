"""The texts a user gives, as units to run: SQL statements one by one, expressions whole."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from dbx.dialects.base import Syntax
from dbx.errors import UsageError
from dbx.sql.kind import PARSED, kind
from dbx.sql.script import split
from dbx.sql.unit import Unit


def units(texts: Iterable[str], syntax: Syntax, *, sql: bool = False, expression: bool = False) -> Iterator[Unit]:
    """The units of texts, in order; `-` is standard input. Each text decides for itself what it is, unless one is said.

    Raises UsageError, or LanguageError for a text that ends inside a quote or comment, before anything of it is sent.
    """
    syntax = replace(syntax, raw_strings=False)  # only a dump may hold bytes that are no text
    for text in texts:
        yield from (
            _standard_input(syntax, sql, expression)
            if text == "-"
            else _units(text, [text], syntax, sql, expression, "")
        )


def _units(
    head: str, lines: Iterable[str | bytes], syntax: Syntax, sql: bool, expression: bool, source: str
) -> Iterator[Unit]:
    what = "sql" if sql else "expression" if expression else kind(head)
    if what == "expression":
        yield Unit("expression", head, (), source)
    elif what == "sql":
        for piece in split(lines, syntax, source=source):
            yield Unit("sql", piece.text, piece.words, source, piece.line, piece.column, piece.data)


def _standard_input(syntax: Syntax, sql: bool, expression: bool) -> Iterator[Unit]:
    """Standard input. What is longer than any expression may be is SQL, and streams."""
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    try:
        head = sys.stdin.buffer.read(PARSED)
    except OSError as error:
        raise UsageError(f"standard input cannot be read: {error}") from None
    lines = chain(head.splitlines(keepends=True), sys.stdin.buffer) if len(head) == PARSED else [head]
    yield from _units(
        head.decode("utf-8-sig", "replace"), lines, syntax, sql or len(head) == PARSED, expression, "stdin"
    )
