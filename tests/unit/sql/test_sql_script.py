"""Where statements end, dialect by dialect, and how they are handed over."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from syntaxes import ALL, MY, PG, SQLITE, cut, texts

from dbx.dialects.base import Syntax
from dbx.errors import Refused
from dbx.sql.lexis import CONTEXT
from dbx.sql.reader import CHUNK, blocks
from dbx.sql.script import Piece, split

every = pytest.mark.parametrize("syntax", ALL.values(), ids=ALL)


@every
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("", []),
        (" ;; \n;", []),
        ("-- only a comment", []),
        ("/* c */ -- d\n", []),
        ("select 1", ["select 1"]),
        ("select 1;select 2", ["select 1", "select 2"]),
        ("select ';', 'a'';', 'b' ; c", ["select ';', 'a'';', 'b'", "c"]),
        ('select "a;""b;" ; c', ['select "a;""b;"', "c"]),
        ("select 1 /* ; */ + 2 -- ; '\n, 3; c", ["select 1 /* ; */ + 2 -- ; '\n, 3", "c"]),
        ("-- it's\nselect 1; /* it's */ select 2", ["select 1", "select 2"]),
        ("a - b / c * d; e", ["a - b / c * d", "e"]),
        ("/*+ hint */ select 1; /*+ for nothing */; /*+ nor here */", ["/*+ hint */ select 1"]),
        ("\ufeffselect 1;\r\nselect 2;\r\n", ["select 1", "select 2"]),
        ("select '\ufeff'", ["select '\ufeff'"]),
        ("\u00a0select 1\u00a0;", ["\u00a0select 1\u00a0"]),
    ],
)
def test_every_dialect(syntax: Syntax, script: str, expected: list[str]) -> None:
    assert texts(script, syntax) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (r"select E'\';', 1; c", [r"select E'\';', 1", "c"]),
        (r"select e'\\'; c", [r"select e'\\'", "c"]),
        (r"select '\'; c", [r"select '\'", "c"]),
        (r"select name'\'; c", [r"select name'\'", "c"]),
        (r"select 1E'\'; c", [r"select 1E'\'", "c"]),
        ("select E'a'\n -- c\n '\\';'; c", ["select E'a'\n -- c\n '\\';'", "c"]),
        ("select E'a' '\\'; c", ["select E'a' '\\'", "c"]),
        ("select $$;$$, $a$ $$; $b$ $a$; c", ["select $$;$$, $a$ $$; $b$ $a$", "c"]),
        ("select a$b$; c$b$", ["select a$b$", "c$b$"]),
        ("select $$a$$$$;$$; c", ["select $$a$$$$;$$", "c"]),
        ("select $$a$$E'\\';'; c", ["select $$a$$E'\\';'", "c"]),
        (r"select '\'; 'c'", [r"select '\'", "'c'"]),
        (r'select "\"; "c"', [r'select "\"', '"c"']),
        ("select $1$$;$$; c", ["select $1$$;$$", "c"]),
        ("select é$$;c$$", ["select é$$", "c$$"]),
        ("select $1;c", ["select $1", "c"]),
        ("/* /* ; */ ; */ select /* /* ; */ ; */ 1; c", ["select /* /* ; */ ; */ 1", "c"]),
        ("select 1 # 2; `;`", ["select 1 # 2", "`", "`"]),
        ("select a[1;2]", ["select a[1", "2]"]),
        ("select 1 --c\r; d", ["select 1 --c", "d"]),
        ("/*! a */;", []),
        (
            "create rule r as on insert to t do (insert into a values (');'); insert into b values ((1))); c",
            ["create rule r as on insert to t do (insert into a values (');'); insert into b values ((1)))", "c"],
        ),
        ("select (((((1) ; ) ; ) ; 2) ; 3); c", ["select (((((1) ; ) ; ) ; 2) ; 3)", "c"]),
        ("select 1); (select 2); c", ["select 1)", "(select 2)", "c"]),
        ("\\restrict k;ey\nselect 1;\n\\unrestrict k;ey\n", ["select 1"]),
        ("select U&'\\'; c", ["select U&'\\'", "c"]),
    ],
)
def test_postgresql(script: str, expected: list[str]) -> None:
    assert texts(script, PG) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (r"select '\';', 'a'';', '\\'; c", [r"select '\';', 'a'';', '\\'", "c"]),
        (r'select "\";"; c', [r'select "\";"', "c"]),
        (r"select `\`; `c`", [r"select `\`", "`c`"]),
        ("select `;```; c", ["select `;```", "c"]),
        ("select 1 # ;\n; c", ["select 1 # ;", "c"]),
        ("select 2--1; c", ["select 2--1", "c"]),
        ("select 2---1 --\t;\n; c", ["select 2---1 --\t;", "c"]),
        ("--no space\nselect 1; --nor ; here\nc", ["select 1", "c"]),
        ("/*!40101 set names utf8 */; c", ["/*!40101 set names utf8 */", "c"]),
        ("/*M!100100 select ';' */; c", ["/*M!100100 select ';' */", "c"]),
        ("select 1 /* a /* b */; c", ["select 1 /* a /* b */", "c"]),
        ("/*M!999999\\- enable the sandbox mode */ \n-- a\nselect 1;", ["select 1"]),
        ("select $$; c", ["select $$", "c"]),
        ("select (1; 2)", ["select (1", "2)"]),
        ("select \\N; c", ["select \\N", "c"]),
        ("use a\nselect 1;use b;\nuse c", ["use a", "select 1", "use b", "use c"]),
        ("help 'select';", ["help 'select'"]),
        ("select source from quit;", ["select source from quit"]),
        ("sources; connected", ["sources", "connected"]),
    ],
)
def test_mysql(script: str, expected: list[str]) -> None:
    assert texts(script, MY) == expected


def test_a_backslash_that_ends_a_line_is_dropped_as_mysql_does() -> None:
    script = "select 1, \\\n 2, '\\\n', \\\n3; select 4"
    wanted = ["select 1, \n 2, '\\\n', \n3", "select 4"]
    assert texts(script, MY) == wanted
    for size in range(len(script)):
        assert texts(cut(script, [size]), MY) == wanted
    with pytest.raises(Refused):
        texts("select 1 \\g\n", MY)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("delimiter //\nselect ';'; // select 1 / 2 //\nDELIMITER ;\nc;d", ["select ';';", "select 1 / 2", "c", "d"]),
        ("DeLimiter $$ and more\r\na;$ b$$ c$$", ["a;$ b", "c"]),
        ("delimiter ';;'\na;b;;c", ["a;b", "c"]),
        ("select 1; delimiter //\na;b//", ["select 1", "a;b"]),
        ("delimiter --\na-b--c", ["a-b", "c"]),
        ("delimiter go\ngo a;b go c", ["a;b", "c"]),
        ("select delimiter\nfrom t;", ["select delimiter\nfrom t"]),
        ("delimiter_is, 1; b", ["delimiter_is, 1", "b"]),
    ],
)
def test_delimiter(script: str, expected: list[str]) -> None:
    assert texts(script, MY) == expected


def test_delimiter_is_nothing_elsewhere() -> None:
    assert texts("delimiter //\na;b//", PG) == ["delimiter //\na", "b//"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("select [;], `;`, ']'; c", ["select [;], `;`, ']'", "c"]),
        ("select 1 /* a /* b */; c", ["select 1 /* a /* b */", "c"]),
        ("select '\\'; 'c'", ["select '\\'", "'c'"]),
        ("select 1 --c\r; d", ["select 1 --c\r; d"]),
        ("select (1; 2)", ["select (1", "2)"]),
        ("select 1\n.read x; c", ["select 1\n.read x", "c"]),
        ("# it's; one\n-- two\n#three\nselect 1;\n # 2;", ["select 1", "# 2"]),
        ("select 1\n# 2\n;", ["select 1\n# 2"]),
        (
            "create index i on t (x)\n ; create view v as select 1 ;",
            ["create index i on t (x)\n ", "create view v as select 1"],
        ),
        (
            "create unique index i on t (x) -- c\n; drop index i ;",
            ["create unique index i on t (x) -- c\n", "drop index i"],
        ),
        (
            "create temp table t (x) strict ; create table u (x) \n",
            ["create temp table t (x) strict ", "create table u (x)"],
        ),
    ],
)
def test_sqlite(script: str, expected: list[str]) -> None:
    assert texts(script, SQLITE) == expected


@pytest.mark.parametrize(
    ("syntax", "script", "expected"),
    [
        (replace(PG, backslash_escapes=True), r"""select '\';', "\"; c""", [r"""select '\';', "\" """.strip(), "c"]),
        (replace(MY, backslash_escapes=False), r"""select '\', "\"; c""", [r"""select '\', "\" """.strip(), "c"]),
        (
            replace(MY, double_quoted_strings=False),
            r"""select '\';', "\"; c""",
            [r"""select '\';', "\" """.strip(), "c"],
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 100])
def test_modes_of_the_server(syntax: Syntax, script: str, expected: list[str], size: int) -> None:
    """standard_conforming_strings = off, NO_BACKSLASH_ESCAPES, ANSI_QUOTES."""
    assert texts([script[at : at + size] for at in range(0, len(script), size)], syntax) == expected


def test_a_character_may_be_cut() -> None:
    assert texts([b"select '\xe2", b"\x82", b"\xac'"], PG) == ["select '€'"]


TRIGGERS = [
    "create trigger t after insert on x begin select 1; select case when 1 then 2 end; end",
    "CREATE TEMP TRIGGER t BEGIN SELECT 1; /* ; */ END",
    "create -- c\n temporary trigger if not exists t begin select ';end;'; -- end;\n end",
    "explain query plan create trigger t begin select 1; end",
]


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("end", [";", " ; ", ";\nselect 1;", ""])
def test_triggers_of_sqlite(trigger: str, end: str) -> None:
    assert texts(trigger + end, SQLITE) == [trigger, *(["select 1"] if "select" in end else [])]


def test_begin_end_hides_nothing_elsewhere() -> None:
    assert texts("(create trigger t; b", SQLITE) == ["(create trigger t", "b"]
    assert texts("create table t(x); begin; end;", SQLITE) == ["create table t(x)", "begin", "end"]
    assert len(texts(TRIGGERS[0], MY)) == 3
    assert len(texts(TRIGGERS[0], PG)) == 3


ROUTINES = [
    "create function f() returns int begin atomic select 1; select case when true then 2 end; end",
    "CREATE OR REPLACE PROCEDURE p(a int) LANGUAGE sql BEGIN\n ATOMIC insert into t values (a); select t.end; END",
    "create function f(begin int) begin atomic select 'end;' /* end; */; select (case when a then 1 end); end",
    "create function f() begin atomic select ending, x.end from cases; select 'end'; end",
    "create function f() returns int return 1",
    "create function f() returns int as 'begin; end' language sql",
    "create function f() returns int as $$ begin return 1; end $$ language plpgsql",
]


@pytest.mark.parametrize("routine", ROUTINES)
@pytest.mark.parametrize("end", [";", " ;\nselect 1;", ""])
def test_routines_of_postgresql(routine: str, end: str) -> None:
    assert texts(routine + end, PG) == [routine, *(["select 1"] if "select" in end else [])]


def test_where_a_piece_begins_and_whether_it_ended() -> None:
    script = "select 1;\n\n -- c\n /* d */ select\n 2 ; select 'é'"
    assert [(p.line, p.column, p.terminated) for p in split(script, PG)] == [(1, 1, True), (4, 10, True), (5, 6, False)]
    assert [p.line for p in split(script, PG, line=10)] == [10, 13, 14]


@pytest.mark.parametrize(
    ("syntax", "script", "expected"),
    [
        (PG, "insert into t values (1)", ("INSERT", "INTO", "T", "VALUES")),
        (PG, "set session characteristics as transaction read only", "SET SESSION CHARACTERISTICS AS TRANSACTION READ"),
        (PG, "begin", ("BEGIN",)),
        (PG, "begin/* c */work -- d\n isolation", ("BEGIN", "WORK", "ISOLATION")),
        (PG, "/*+ hint */ select 1", ("SELECT",)),
        (PG, "((select 1))", ("SELECT",)),
        (PG, "'x'", ()),
        (PG, "a */ b", ("A",)),
        (PG, "select # 1\n from", ("SELECT",)),
        (PG, "a/**/b c d e f g h", "A B C D E F"),
        (MY, "/*!40101 SET NAMES utf8 */", ("SET", "NAMES", "UTF8")),
        (MY, "/*!50003 create*/ /*!50003 trigger t */", ("CREATE", "TRIGGER", "T")),
        (MY, "set # c\n autocommit = 0", ("SET", "AUTOCOMMIT")),
        (MY, "set @@session.autocommit = 0", ("SET", "@@SESSION.AUTOCOMMIT")),
    ],
)
def test_words(syntax: Syntax, script: str, expected: tuple[str, ...] | str) -> None:
    (piece,) = split(script, syntax)
    assert piece.words == (tuple(expected.split()) if isinstance(expected, str) else expected)


@pytest.mark.parametrize(
    "head",
    [
        "copy t from stdin",
        'COPY public."a ""b(;" (x, "y)") FROM STDIN WITH (format csv)',
        "copy /* c */ t -- d\n from stdin",
        "copy binary t from stdin",
    ],
)
def test_rows_of_copy(head: str) -> None:
    pieces = []
    for piece in split(f"{head};  -- c\n1\t;\n'\n\\\\.\n\\.\r\n select 1;", PG):
        pieces.append((piece.text, piece.line, "".join(piece.data) if piece.data else None))
    assert pieces == [(head, 1, "1\t;\n'\n\\\\.\n"), ("select 1", 6 + head.count("\n"), None)]


@pytest.mark.parametrize("head", ["copy (select * from stdin) to stdout", "copy t from 'stdin'", "copy t from stdin2"])
def test_copy_without_rows(head: str) -> None:
    assert texts(f"{head};\nselect 1", PG) == [head, "select 1"]


def test_copy_is_nothing_elsewhere() -> None:
    assert texts("copy t from stdin; select 1", SQLITE) == ["copy t from stdin", "select 1"]


def test_rows_that_were_not_read_are_passed_over() -> None:
    pieces = split("copy t from stdin;\n1;\n2;\n\\.\nselect 1;", PG)
    data = next(pieces).data
    assert data is not None
    assert next(data) == "1;\n2;\n"
    assert next(pieces).text == "select 1"
    assert list(data) == []


def test_copy_without_a_single_row() -> None:
    pieces = split("copy t from stdin;\n\\.\n", PG)
    data = next(pieces).data
    assert data is not None
    assert list(data) == []
    assert list(pieces) == []


@every
def test_a_piece_comes_as_soon_as_its_end_was_read(syntax: Syntax) -> None:
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in ["select 1;", " select\n", "2;\n", "select 3;\n"]:
            taken.append(line)
            yield line

    pieces = split(lines(), syntax)
    assert next(pieces).text == "select 1"
    assert len(taken) == 1
    assert next(pieces).text == "select\n2"
    assert len(taken) == 3


def test_no_more_is_kept_than_the_statement() -> None:
    pieces = split((b"select 1; -- " + b"x" * 100 + b"\n" for _ in range(20 * CHUNK // 100)), PG)
    reader = pieces.gi_frame.f_locals["self"]._reader  # type: ignore[attr-defined]
    for piece in pieces:
        assert piece.text == "select 1"
        assert len(reader.buffer) < CONTEXT + 250


def test_no_chunk_is_looked_at_that_is_longer_than_the_longest() -> None:
    text = "select '" + "é" * 3 * CHUNK + "';select 2"
    pieces = split(text, PG)
    assert len(next(pieces).text) == 3 * CHUNK + 9
    reader = pieces.gi_frame.f_locals["self"]._reader  # type: ignore[attr-defined]
    assert len(reader.buffer) <= CHUNK + CONTEXT
    assert texts(text.encode(), PG)[1] == "select 2"


def test_blocks_of_a_pipe_come_when_they_are_there() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as file, open(writing, "wb", buffering=0) as pipe:  # noqa: PTH123
        chunks = blocks(file)
        pipe.write(b"select 1;")
        assert next(chunks) == b"select 1;"
        pipe.write(b"select 2;")
        assert next(chunks) == b"select 2;"
    assert list(blocks(io.BytesIO(b"x" * (CHUNK + 1)))) == [b"x" * CHUNK, b"x"]


def test_pieces_are_plain_values() -> None:
    assert list(split("select 1;", PG)) == [Piece("select 1", 1, 1, True, ("SELECT",))]
