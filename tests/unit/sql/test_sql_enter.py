"""What the Enter key does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syntaxes import ALL, MY, PG, SQLITE

from dbx.dialects.base import Syntax
from dbx.sql.enter import complete, open_construct, ready, ready_expression

every = pytest.mark.parametrize("syntax", ALL.values(), ids=ALL)


@every
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1;", True),
        ("select 1; -- done", True),
        ("select\n1;\n", True),
        ("select 1", False),
        ("select 1; select 2", False),
        ("select ';", False),
        ("select 1 /* ;", False),
        ("-- only this", False),
        ("select '\0", True),
    ],
)
def test_complete(syntax: Syntax, text: str, expected: bool) -> None:
    assert complete(text, syntax) is expected


@pytest.mark.parametrize(
    ("syntax", "text", "expected"),
    [
        (PG, "select (1;", False),
        (PG, "select 1 \\gset", True),
        (PG, "create function f() begin atomic select 1;", False),
        (PG, "copy t from stdin;\n1\n", False),
        (PG, "copy t from stdin;\n1\n\\.", True),
        (MY, "select 1\\G", True),
        (MY, "use a", True),
        (MY, "delimiter //\nselect 1;//", False),
        (MY, "delimiter //\nselect 1;//\ndelimiter ;", True),
        (SQLITE, "create trigger t begin select 1;", False),
        (SQLITE, "create trigger t begin select 1; end;", True),
        (SQLITE, ".tables", True),
    ],
)
def test_complete_by_dialect(syntax: Syntax, text: str, expected: bool) -> None:
    assert complete(text, syntax) is expected


@pytest.mark.parametrize(
    ("syntax", "text", "expected"),
    [
        (PG, "select 'a", "'"),
        (PG, 'select "a', '"'),
        (PG, "select $a$ ;", "$a$"),
        (PG, "select 1; /* a", "/*"),
        (PG, "select (1, (2)", "("),
        (PG, "select array[1, 2", "["),
        (PG, "select 1; select a[1]", None),
        (PG, "select '[('; --(", None),
        (MY, "select (1", "("),
        (MY, "select `a", "`"),
        (MY, "delimiter //", "DELIMITER"),
        (SQLITE, "select [a", "["),
        (SQLITE, "insert into t values (1", "("),
        (SQLITE, "create trigger t begin select 1; end", None),
        (SQLITE, "create trigger t begin select 1;", "BEGIN"),
    ],
)
def test_open_construct(syntax: Syntax, text: str, expected: str | None) -> None:
    assert open_construct(text, syntax) == expected


@every
@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "select 'a,'",
        "select count(*)",
        "set x = on",
        "begin",
        "select 1 -- and\n",
        " select 1 \n",
        "select a.b",
    ],
)
def test_one_complete_line_runs_unless_a_semicolon_is_wanted(syntax: Syntax, text: str) -> None:
    assert ready(text, syntax, semicolon=False)
    assert not ready(text, syntax, semicolon=True)
    assert ready(text.rstrip() + "\n;", syntax, semicolon=True)


@every
@pytest.mark.parametrize(
    "text",
    [
        "select 1,",
        "select 1 +",
        "select *",
        "select a.",
        "select a from",
        "select a AND ",
        "x or -- c",
        "select (1",
        "a = '",
    ],
)
def test_a_line_that_cannot_be_all_goes_on(syntax: Syntax, text: str) -> None:
    assert not ready(text, syntax, semicolon=False)


@every
def test_from_the_second_line_on_a_semicolon_is_needed(syntax: Syntax) -> None:
    assert not ready("select 1\nfrom t", syntax, semicolon=False)
    assert ready("select 1\nfrom t;", syntax, semicolon=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[t.name for t in track]", True),
        ("x = 5\n", True),
        (" len(track)", True),
        ("len(track", False),
        ("[t.name\n for t in track]", True),
        ("'''", False),
        ("a b", True),
        ("len(track))", True),
        ("\0", True),
    ],
)
def test_expressions(text: str, expected: bool) -> None:
    assert ready_expression(text) is expected


@every
@given(st.text("select()[];'\"$-/*\\ \n\0,", max_size=30), st.booleans())
def test_never_raises(syntax: Syntax, text: str, semicolon: bool) -> None:
    if complete(text, syntax):
        assert ready(text, syntax, semicolon)
    if open_construct(text, syntax):
        assert not ready(text, syntax, semicolon) or complete(text, syntax)
    ready_expression(text)


@every
@pytest.mark.parametrize(
    "text",
    [
        "SELECT", "with", "WITH", "insert", "update", "delete", "create", "insert into genre", "insert into genre (a, b)",
        "insert into genre values", "create table zz", "create temp table if not exists zz", "create view v",
        "create unique index i", "update genre", "update genre set", "UPDATE genre g", "select distinct", "select case",
        "with x as (select 1)", "with x as (select (1) from t where a in (select 2)), y as (select 3)", "delete from",
        "alter table genre", "drop table", "merge into a using b on (a.x = b.x)", "-- all of them\tselect 1; update genre"[17:],
        "create table 'set (x as y)'", "update t /* set a = 1 */",
    ],
)  # fmt: skip
def test_the_first_line_of_a_statement_is_no_statement_yet(syntax: Syntax, text: str) -> None:
    assert not ready(text, syntax, semicolon=False)
    assert ready(text + ";", syntax, semicolon=False)


@every
@pytest.mark.parametrize(
    "text",
    [
        "insert into genre default values", "insert into genre values (1)", "insert into genre values(1)",
        "insert into genre select 1", "insert into genre (a) select 1", "replace into t values (1)",
        "insert into t set a = 1", "create table zz (a int)", "create table zz as select 1", "create table zz like yy",
        "create virtual table x using fts5(a)", "create view v as select 1", "create index i on t (a)",
        "update genre set name = 1", "with x as (select 1) select * from x", "with x as (select 1) delete from t",
        "select * from t for update", "show character set", "alter table genre add x int", "drop table genre",
        "delete from genre", "create table zz partition of yy default", "begin", "commit", "show create table genre",
        "select replace(name, 'a', 'b') from genre", "explain update genre set a = 1", "drop view v", "select 1",
        "merge into a using b on (a.x = b.x) when matched then delete", "create schema s", "create table zz ()",
    ],
)  # fmt: skip
def test_one_complete_line_runs(syntax: Syntax, text: str) -> None:
    assert ready(text, syntax, semicolon=False)
