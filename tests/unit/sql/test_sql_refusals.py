"""Scripts that are refused, each with its place: open ends, commands of other shells, what is no text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syntaxes import ALL, MY, PG, SQLITE, texts

from dbx.dialects.base import Syntax
from dbx.errors import DbxError, LanguageError, Refused
from dbx.sql.reader import CHUNK
from dbx.sql.script import Unterminated, split

every = pytest.mark.parametrize("syntax", ALL.values(), ids=ALL)


def where(error: DbxError) -> tuple[int, int]:
    assert error.place is not None
    return error.place.line, error.place.column


def shown(error: DbxError) -> str:
    """What the text that goes with the error has at its place, to the end of the line."""
    place = error.place
    assert place is not None
    index = place.line - place.first_line
    return place.text.split("\n")[index][place.column - (place.first_column if index == 0 else 1) :]


@pytest.mark.parametrize(
    ("syntax", "script", "token", "line", "column"),
    [
        (PG, "select 1;\n select 'a\n;\n", "'", 2, 9),
        (PG, 'select "ab', '"', 1, 8),
        (PG, "a;\nselect $x$ $$ $y$", "$x$", 2, 8),
        (PG, "select 1; /* /* */", "/*", 1, 11),
        (PG, "\n\nselect /* ; */ (1, (2); select 2;", "(", 3, 16),
        (PG, "select E'a'\n'b\\'", "'", 1, 9),
        (PG, "x;\ncreate function f()\nbegin atomic select 1; select 2;", "BEGIN", 3, 1),
        (PG, "select 1;\n copy t from stdin;\n1\n", "COPY … FROM stdin", 2, 2),
        (MY, "select 'a\\'", "'", 1, 8),
        (MY, "select `a", "`", 1, 8),
        (SQLITE, "select [a", "[", 1, 8),
        (SQLITE, "x; create trigger t\nbegin select 1; en;", "BEGIN", 2, 1),
        (SQLITE, "x; create trigger t; select 1;", "CREATE TRIGGER", 1, 4),
    ],
)
def test_what_is_never_closed(syntax: Syntax, script: str, token: str, line: int, column: int) -> None:
    with pytest.raises(Unterminated) as caught:
        texts(script, syntax)
    error = caught.value
    assert (error.token, error.code, error.exit_code) == (token, "E-SYNTAX", 1)
    assert where(error) == (line, column)
    assert shown(error)
    assert script.split("\n")[line - 1][column - 1 :].startswith(shown(error))


def test_an_opening_far_back_keeps_its_place() -> None:
    script = "select 1,\n  (2, 'a" + "x\n" * CHUNK
    with pytest.raises(Unterminated) as caught:
        texts(script, PG)
    assert where(caught.value) == (2, 7)
    assert shown(caught.value) == "'ax"


def test_of_a_long_line_only_a_part_is_shown() -> None:
    script = "select 1; select " + "x" * CHUNK + " 'y" + "z" * CHUNK
    with pytest.raises(Unterminated) as caught:
        texts(script, SQLITE)
    place = caught.value.place
    assert place is not None
    assert (place.line, place.column) == (1, script.index("'") + 1)
    assert shown(caught.value).startswith("'yz")
    assert 0 < len(place.text) < CHUNK


def test_a_parenthesis_far_on_has_its_place() -> None:
    with pytest.raises(Unterminated) as caught:
        texts("select\n" + "x\n" * CHUNK + " (2, 'a" + "x\n" * CHUNK + "'", PG)
    assert where(caught.value) == (CHUNK + 2, 2)
    assert shown(caught.value) == "(2, 'ax"


def test_a_parenthesis_far_back_keeps_its_place() -> None:
    script = "select 1,\n  (2, 'a" + "x\n" * CHUNK
    with pytest.raises(Unterminated) as caught:
        texts(script + "', 3", PG)
    assert where(caught.value) == (2, 3)
    assert shown(caught.value) == "(2, 'ax"


@pytest.mark.parametrize(
    ("syntax", "script", "name", "line", "column"),
    [
        (PG, "\\connect db\n", "\\connect", 1, 1),
        (PG, "select 1;\n  \\copy t from 'x'\n", "\\copy", 2, 3),
        (PG, "select 1 \\gset\n", "\\gset", 1, 10),
        (PG, "select 1 \\restrict\n", "\\restrict", 1, 10),
        (PG, "select 1; \\restricted\n", "\\restricted", 1, 11),
        (MY, "source a.sql\n", "source", 1, 1),
        (MY, "x;\nSOURCE a.sql;", "SOURCE", 2, 1),
        (MY, "quit", "quit", 1, 1),
        (MY, "select 1\\G", "\\G", 1, 9),
        (MY, "\\. a.sql\n", "\\.", 1, 1),
        (SQLITE, ".read a.sql", ".read", 1, 1),
        (SQLITE, "select 1;\n.mode csv\n", ".mode", 2, 1),
    ],
)
def test_commands_of_another_shell(syntax: Syntax, script: str, name: str, line: int, column: int) -> None:
    with pytest.raises(Refused) as caught:
        texts(script, syntax)
    assert caught.value.code == "E-CLIENT"
    assert caught.value.message.startswith(f"{name} is a command of {syntax.client},")
    assert where(caught.value) == (line, column)


def test_commands_about_tables_are_pointed_to_where_they_work() -> None:
    for syntax in (PG, SQLITE):
        with pytest.raises(Refused, match=r"\\d\+ is a command of psql") as caught:
            texts("\\d+ track", syntax)
        assert "dbx connect TARGET" in caught.value.hint
        assert "dbx reflect TARGET" in caught.value.hint


def test_no_command_in_quotes_and_comments() -> None:
    assert texts("select '\n\\c x\n', $$\n\\d\n$$ -- \\d\n/* \\d */", PG)
    assert texts("select '\nsource x\n'", MY)
    assert texts("select '\n.read x\n'", SQLITE)


@every
@pytest.mark.parametrize(
    ("script", "line", "column"),
    [
        ([b"select 1;\n", b"select '\xff';"], 2, 9),
        ([b"select 1;\nselect '\xc3\xa9\xc3"], 2, 10),
        ([b"select 1;\nselect '\xc3", b"x"], 2, 9),
        ([b"select 1;\n\xff\xfes"], 2, 1),
        ("select 1;\n \0 select 2", 2, 2),
        ([b"select 1;\n", b"a\0"], 2, 2),
        ([b"select 1;\n", b"\0"], 2, 1),
        ("select 1;\nselect '\udcff\0'", 2, 9),
    ],
)
def test_what_is_no_text(syntax: Syntax, script: str | list[bytes], line: int, column: int) -> None:
    syntax = replace(syntax, raw_strings=False)
    pieces = split(script, syntax, source="a.sql")
    assert next(pieces).text == "select 1"
    with pytest.raises(LanguageError) as caught:
        list(pieces)
    assert caught.value.code == "E-SYNTAX"
    assert where(caught.value) == (line, column)
    assert caught.value.place is not None
    assert caught.value.place.source == "a.sql"


@pytest.mark.parametrize(
    "script", [b"select '\xff', \"a\xc3\", `\xe2\x82`;", b"select '\xc3';\xc3\xa9 '\xe2\x82\xac\xe2\x82';", b"'\xc3'"]
)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_bytes_in_quotes(script: bytes, size: int) -> None:
    """mysqldump writes blobs like this."""
    pieces = texts([script[at : at + size] for at in range(0, len(script), size)], MY)
    assert "".join(f"{piece};" for piece in pieces).encode("utf-8", "surrogateescape").rstrip(b";") == script.rstrip(
        b";"
    )


@pytest.mark.parametrize(
    ("script", "column"),
    [
        (b"select '\xff', \xff;", 13),
        (b"select '\xc3\xa9\xff' as \xe2\x82;", 16),
        (b"sel\xffect 1", 4),
        (b"x '\xff\0'", 5),
    ],
)
def test_bytes_outside_of_quotes(script: bytes, column: int) -> None:
    with pytest.raises(LanguageError, match=r"not UTF-8|NUL") as caught:
        texts([b"select 'a\xc3\xa9';\n", script], MY)
    assert where(caught.value) == (2, column)


@pytest.mark.parametrize("line", ["delimiter\n", "delimiter  \n", "DELIMITER \\\n"])
def test_delimiter_that_cannot_be(line: str) -> None:
    with pytest.raises(LanguageError, match="DELIMITER") as caught:
        texts("select 1;\n" + line, MY)
    assert where(caught.value) == (2, 1)


def test_nothing_may_stand_before_the_rows() -> None:
    with pytest.raises(LanguageError, match="COPY") as caught:
        texts("select 1;\ncopy t from stdin; select 1;\n\\.\n", PG)
    assert where(caught.value) == (2, 1)
