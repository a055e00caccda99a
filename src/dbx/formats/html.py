"""html: one table for each result, in UTF-8, with nothing in it that a browser would act on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dbx.formats import Format, Style
from dbx.formats.cells import texts, turned
from dbx.formats.visible import visible
from dbx.rows import Batch, Cell, Rows


def write(rows: Rows, style: Style) -> Iterator[bytes]:
    """A line for each row. NULL has the class `null`, because an empty cell is the empty string."""
    names = "".join(f"<th>{_escaped(column.name)}</th>" for column in rows.columns)
    header = f"<thead>\n<tr>{names}</tr>\n</thead>\n" if style.header else ""
    yield f"<table>\n{header}<tbody>\n".encode()
    null = f'<td class="null">{_escaped("NULL" if style.null is None else style.null)}</td>'
    for batch in rows.here():
        if batch:
            yield _lines(batch, len(rows.columns), null)
    yield b"</tbody>\n</table>\n"


def _lines(batch: Batch, width: int, null: str) -> bytes:
    if not width:
        return b"<tr></tr>\n" * len(batch)
    columns = [_cells(cells, null) for cells in turned(batch, width)]
    return "".join(f"<tr>{''.join(row)}</tr>\n" for row in zip(*columns, strict=True)).encode()


def _cells(cells: Sequence[Cell], null: str) -> list[str]:
    """Most columns need no escape, which one search over all of it tells."""
    column = texts(cells)
    if _special(",".join(filter(None, column))) is None:
        return [null if text is None else f"<td>{text}</td>" for text in column]
    return [null if text is None else f"<td>{_escaped(text)}</td>" for text in column]


# Besides the syntax: what no HTML can hold (controls, bytes that are no UTF-8), and line ends, which a reader of the
# file would take for its own or change.
_SPECIAL = re.compile(r"""[&<>"'\x00-\x08\n-\x1f\x7f-\x9f\ud800-\udfff]""")
_special = _SPECIAL.search
_INSTEAD = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\n": "&#10;", "\r": "&#13;"}


def _escaped(text: str) -> str:
    """The text in an element: as it is for who reads the HTML, but for what HTML cannot hold, which is made visible."""
    return _SPECIAL.sub(lambda found: _INSTEAD.get(found[0]) or visible(found[0]), text)


HTML = Format("html", write)
