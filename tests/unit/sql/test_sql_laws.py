"""What holds for every script: the pieces are the script, however it arrives, and as a slow splitter sees it."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from slow_split import slow_split
from syntaxes import ALL, PG, SQLITE, cut, texts

from dbx.dialects.base import Syntax
from dbx.errors import DbxError
from dbx.sql.lexis import blank
from dbx.sql.script import Unterminated, split

every = pytest.mark.parametrize("syntax", ALL.values(), ids=ALL)

TOKENS = [
    *[
        "'",
        "''",
        '"',
        ";",
        ";;",
        "--",
        "-",
        "/*",
        "*/",
        "/",
        "*",
        "$$",
        "$a$",
        "$",
        "(",
        ")",
        "[",
        "]",
        "`",
        "#",
        "\\'",
    ],
    *["\\\\", "a", "b", "e'", "E'", "e", "1", "é", "$1", "a$b", "/*+", "/*!", "/*M!", "/*!50000", "/*!999999", ":a"],
    *["create ", "trigger ", "begin ", "end", "case ", "function ", "atomic ", "select ", "use ", "\\N", "E'\\"],
    *["copy t from stdin;\n", "\n\\.\n", "\ndelimiter //\n", "//", "-- c\n", "; ", " ", " ", "\n", "\r", "\t", "\r\n"],
]
scripts = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)
sizes = st.lists(st.integers(0, 7), max_size=60)


def outcome(script: object, syntax: Syntax) -> list[object]:
    """All that splitting tells, errors with their place included."""
    told: list[object] = []
    try:
        for piece in split(script, syntax, source="s"):  # type: ignore[arg-type]
            told.append(piece[:5])
            told.append("".join(piece.data) if piece.data else None)
    except DbxError as error:
        assert error.place
        told += [type(error).__name__, error.message, error.place.line, error.place.column, error.place.source]
    return told


@every
@given(scripts, sizes)
@example("select E'a'\n--x\n'\\';", [11, 1, 1, 1, 1, 1, 1])
@example("select a$b$c$;b$;", [9, 1, 1, 1])
@example("select 'a\\'; c", [9, 1, 1])
@example("/* /* */ */; select 1", [10, 1])
@example("-- a; b\nselect 1", [4])
@example("select `\\`; `c`", [9])
@example("select /*! ' */ ; '; 2", [9])
@example("select 1 -- ;\n; 2", [10])
@example("select 'a\\\n;'; b", [9])
@example("select '\ufeff'", [8])
@example("copy t from stdin;\n\\\n\\.x\n\\.\n;select 1", [18, 2, 1, 1, 1, 2, 1, 1])
@example("delimiter //\nselect 1; /* / */ //\nuse b\nselect 2//", [3, 4, 5, 6])
def test_chunks_change_nothing(syntax: Syntax, script: str, sizes: list[int]) -> None:
    whole = outcome(script, syntax)
    assert outcome(cut(script, sizes), syntax) == whole
    assert outcome([chunk.encode() for chunk in cut(script, sizes)], syntax) == whole
    assert outcome(script.splitlines(keepends=True), syntax) == whole


@every
@given(scripts)
@example("select /* ; */ 1 -- ;\n; select ';'")
@example("(;);a")
@example("select 1 --2;\n;")
def test_like_the_slow_splitter(syntax: Syntax, script: str) -> None:
    # the slow one knows no commands, blocks, rows or hints, and no version that never comes
    for word in ("create", "copy", "delimiter", "use", "+", "\\", "999999", *["#"] * (syntax is SQLITE)):
        script = script.replace(word, "")
    slow, opened = slow_split(script, syntax)
    try:
        assert texts(script, syntax) == slow
        assert opened is None
    except Unterminated as error:
        assert opened is not None
        before = script[:opened]
        assert error.place
        assert (error.place.line, error.place.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
        assert script.startswith(error.token, opened)


@given(scripts)
def test_like_sqlite(script: str) -> None:
    """SQLite itself tells where a statement is complete. It is its shell that takes # for a comment."""
    assume("explain" not in script and "#" not in script)
    complete, start = [], 0
    for at in (at for at, character in enumerate(script) if character == ";"):
        if sqlite3.complete_statement(script[start : at + 1]):
            complete.append(script[start:at])
            start = at + 1
    expected = [code for text in complete if (code := bare(text, SQLITE))]
    found = []
    try:
        found += [bare(piece.text, SQLITE) for piece in split(script, SQLITE) if piece.terminated]
    except DbxError:
        return
    assert found == expected


def bare(text: str, syntax: Syntax) -> str:
    return "".join(blank(text, syntax).split())


statement = st.sampled_from(
    [
        "select 1",
        "insert into t values (1, 'it''s; -- not \" a comment')",
        'select "a;""b" /* ; */ from t',
        "update t\nset a = ';' -- not the end;\nwhere b",
        "select /*+ ; */ 'x'",
        "delete from t where é = '\n'",
    ]
)
between = st.sampled_from([";", ";\n", " ; -- c\n", ";;\r\n", ";/* c; */ ", ";\n\n  "])


@every
@given(st.lists(st.tuples(statement, between)), statement | st.just(""))
def test_statements_come_back(syntax: Syntax, joined: list[tuple[str, str]], last: str) -> None:
    script = "".join(text + end for text, end in joined) + last
    pieces = list(split(script, syntax))
    assert [piece.text for piece in pieces] == [text for text, _ in joined] + [last] * bool(last)
    lines = script.split("\n")
    for piece in pieces:
        rest = "\n".join([lines[piece.line - 1][piece.column - 1 :], *lines[piece.line :]])
        assert rest.startswith(piece.text)
    assert all(piece.terminated for piece in pieces[: len(joined)])


@every
@given(scripts)
def test_what_is_blank_keeps_its_place(syntax: Syntax, script: str) -> None:
    blanked = blank(script, syntax)
    assert len(blanked) == len(script)
    assert all(new in (old, " ", "'") for old, new in zip(script, blanked, strict=True))


@given(st.lists(st.text("ab\t\\.\n", max_size=8), max_size=20), sizes)
def test_rows_of_copy_come_back(rows: list[str], sizes: list[int]) -> None:
    data = "".join(row.replace("\n", "") + "\n" for row in rows if row.replace("\n", "") != "\\.")
    script = f"copy t from stdin;\n{data}\\.\nselect 1;"
    pieces = []
    for piece in split(cut(script, sizes), PG):
        pieces.append((piece.text, "".join(piece.data) if piece.data else None))
    assert pieces == [("copy t from stdin", data), ("select 1", None)]
    assert texts(cut(script, sizes), PG) == ["copy t from stdin", "select 1"]
