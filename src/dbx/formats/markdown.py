"""markdown: a table as GitHub draws it. What a cell holds is text, whatever Markdown or HTML it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from dbx.formats import Format, Style
from dbx.formats.cells import all_numbers, texts, turned
from dbx.formats.visible import visible
from dbx.rows import Batch, Cell, Rows


def write(rows: Rows, style: Style) -> Iterator[bytes]:
    """Numbers stand to the right: columns of the server's number types, and those with numbers alone in the first
    batch. There is no Markdown table without a header, so --no-header leaves its names empty."""
    batches = rows.here()
    first = next(batches, ())
    right = [column.numeric for column in rows.columns]
    if first:
        right = [known or all_numbers(cells) for known, cells in zip(right, zip(*first, strict=True), strict=True)]
    if rows.columns:
        names = [escaped(column.name) if style.header else "" for column in rows.columns]
        yield f"| {' | '.join(names)} |\n|{'|'.join('--:' if number else '---' for number in right)}|\n".encode()
    null = escaped("NULL" if style.null is None else style.null)
    for batch in chain([first], batches):
        if batch and rows.columns:
            yield _lines(batch, len(rows.columns), null)


def _lines(batch: Batch, width: int, null: str) -> bytes:
    columns = [_cells(cells, null) for cells in turned(batch, width)]
    return "".join(f"| {' | '.join(row)} |\n" for row in zip(*columns, strict=True)).encode()


def _cells(cells: Sequence[Cell], null: str) -> list[str]:
    """Most columns need no escape, which one search over all of it tells."""
    column = texts(cells)
    joined = ",".join(filter(None, column))
    if joined.isascii() and joined.isprintable() and _suspect(joined) is None:
        return [null if text is None else text for text in column]
    return [null if text is None else escaped(text) for text in column]


# What ends a cell, begins markup, a link, an image, an entity or a formula; a blank at either end, which a reader cuts
# off. An underscore within a word is only itself.
_ACTIVE = r"\r\n?|[\n\t\\`*~\[\]|<&$]|(?<![^\W_])_|_(?![^\W_])|\A\s|\s\Z"
_active = re.compile(_ACTIVE).sub
_suspect = re.compile(rf"{_ACTIVE}| ,|, ").search
_INSTEAD = {"\n": "<br>", "\r": "<br>", "\r\n": "<br>", "<": "&lt;", "&": "&amp;"}


def escaped(text: str) -> str:
    """The text in a cell. Controls and invisible characters become visible, as in every format for people."""
    return _active(_replaced, visible(text, keep="\n\r\t"))


def _replaced(found: re.Match[str]) -> str:
    character = found[0]
    if character in _INSTEAD:
        return _INSTEAD[character]
    return f"&#{ord(character)};" if character.isspace() else f"\\{character}"


MARKDOWN = Format("markdown", write, between=b"\n")
