"""markdown: a parser of GitHub's tables finds every cell as it was, and nothing but text in it."""

from __future__ import annotations

import re

import pytest
from format_cases import strings, tables, unhurried, values, written
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from dbx.formats import Style
from dbx.formats.cells import texts
from dbx.formats.visible import visible
from dbx.rows import Batch, Cell, Column

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
TEXTUAL = {"text", "text_special", "softbreak"}


def _text(token: Token) -> str:
    """The text of a cell. Anything that is neither text nor a line break of ours is markup, and fails."""
    parts = []
    for child in token.children or []:
        if child.type == "html_inline" and child.content == "<br>":
            parts.append("\n")
        else:
            assert child.type in TEXTUAL, child
            parts.append(child.content)
    return "".join(parts)


def read(data: bytes) -> list[list[str]]:
    """The rows of the one table that the text is, the header first."""
    rows: list[list[str]] = []
    tokens = PARSER.parse(data.decode())
    assert [tokens[0].type, tokens[-1].type] == ["table_open", "table_close"]
    assert sum(token.type == "table_open" for token in tokens) == 1
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        if token.type == "inline":
            rows[-1].append(_text(token))
    return rows


def _expected(text: str | None) -> str:
    return "NULL" if text is None else re.sub("\r\n?", "\n", visible(text, keep="\n\r\t"))


markup = st.sampled_from(
    [
        "<b>",
        "</td>",
        "&amp;",
        "&#10;",
        "`",
        "``",
        "**a**",
        "_a_",
        "~~a~~",
        "[a](b)",
        "![a](b)",
        "<http://a>",
        "$a$",
        "\\|",
    ]
)


@unhurried
@given(tables(st.one_of(values, st.lists(st.one_of(markup, strings), max_size=4).map("".join))))
def test_a_table_reads_back(table: tuple[list[Column], Batch]) -> None:
    columns, batch = table
    rows = read(written("markdown", columns, [batch]))
    assert rows[0] == [_expected(column.name) for column in columns]
    assert rows[1:] == [list(map(_expected, texts(row))) for row in batch]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a|b", r"a\|b"),
        ("\\", r"\\"),
        ("\\|", r"\\\|"),
        ("`code`", r"\`code\`"),
        ("a\r\nb\rc\nd", "a<br>b<br>c<br>d"),
        (" a  b ", "&#32;a  b&#32;"),
        ("<script>", "&lt;script>"),
        ("R&D", "R&amp;D"),
        ("snake_case_1 _a_ __b__", r"snake_case_1 \_a\_ \_\_b\_\_"),
        ("[a](b) ![c](d)", r"\[a\](b) !\[c\](d)"),
        ("\x1b[2J\u202e", r"\\x1b\[2J\\u202e"),
        ("12.50 % of 東京", "12.50 % of 東京"),
        ("", ""),
        (None, "NULL"),
    ],
)
def test_a_cell(text: Cell, cell: str) -> None:
    assert written("markdown", [Column("a")], [[(text,)]]).decode() == f"| a |\n|---|\n| {cell} |\n"


def test_numbers_stand_to_the_right() -> None:
    columns = [Column("a", "int4", "number"), Column("b"), Column("c"), Column("d")]
    rows: list[tuple[Cell, ...]] = [("1", "1", None, 1), ("2", "2", 2.5, "x")]
    assert written("markdown", columns, [rows]).splitlines()[1] == b"|--:|---|--:|---|"
    assert written("markdown", columns, []).splitlines()[1] == b"|--:|---|---|---|"


def test_null_and_no_header() -> None:
    data = written("markdown", [Column("a"), Column("b")], [[(None, "x")]], Style(null="*", header=False))
    assert data.decode() == "|  |  |\n|---|---|\n| \\* | x |\n"
    assert read(data) == [["", ""], ["*", "x"]]


def test_no_columns() -> None:
    assert written("markdown", [], [[(), ()]]) == b""
