"""html: a parser finds every cell as it was, NULL apart from the empty string, and no other element."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from format_cases import tables, unhurried, values, written
from hypothesis import given

from dbx.formats import Style
from dbx.formats.cells import texts
from dbx.formats.visible import visible
from dbx.rows import Batch, Column

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What HTML has no way to hold."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.rows: list[list[str | None]] = []
        self.header = 0
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            null = attrs == [("class", "null")]
            assert null or not attrs
            self.header += tag == "th"
            self.rows[-1].append(None if null else "")
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if not self.open:
            assert data.strip("\n") == ""
        elif self.rows[-1][-1] is not None:
            self.rows[-1][-1] += data


def read(data: bytes) -> tuple[list[str], list[list[str | None]]]:
    reader = _Reader()
    reader.feed(data.decode())
    reader.close()
    return reader.tags, reader.rows


def _expected(text: str | None) -> str | None:
    return text if text is None else CONTROLS.sub(lambda found: visible(found[0]), text)


@unhurried
@given(tables(values))
def test_a_table_reads_back(table: tuple[list[Column], Batch]) -> None:
    columns, batch = table
    data = written("html", columns, [batch])
    tags, rows = read(data)
    assert set(tags) <= {"table", "thead", "tbody", "tr", "th", "td"}
    assert rows[0] == [_expected(column.name) for column in columns]
    assert rows[1:] == [list(map(_expected, texts(row))) for row in batch]
    assert data.count(b"\n") == 7 + len(batch), "a row is a line"


def test_what_is_escaped() -> None:
    data = written(
        "html", [Column('<"&')], [[("""<script a="1">'&amp;\r\n\t\0\x1b\x85é\udcff</td>""",), ("",), (None,)]]
    )
    assert data.decode() == (
        "<table>\n<thead>\n<tr><th>&lt;&quot;&amp;</th></tr>\n</thead>\n<tbody>\n"
        "<tr><td>&lt;script a=&quot;1&quot;&gt;&#39;&amp;amp;&#13;&#10;\t\\x00\\x1b\\u0085é\\xff&lt;/td&gt;</td></tr>\n"
        '<tr><td></td></tr>\n<tr><td class="null">NULL</td></tr>\n</tbody>\n</table>\n'
    )


def test_null_and_no_header() -> None:
    data = written("html", [Column("a")], [[(None,), ("x",)]], Style(null="<i>", header=False))
    assert data.decode() == (
        '<table>\n<tbody>\n<tr><td class="null">&lt;i&gt;</td></tr>\n<tr><td>x</td></tr>\n</tbody>\n</table>\n'
    )


def test_no_rows_and_no_columns() -> None:
    assert written("html", [Column("a")], []).endswith(b"<tbody>\n</tbody>\n</table>\n")
    assert written("html", [], [[(), ()]]).count(b"<tr></tr>\n") == 3
