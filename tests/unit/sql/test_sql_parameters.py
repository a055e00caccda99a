"""Named parameters in SQL, and on the command line."""

from __future__ import annotations

import re
import sqlite3
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from syntaxes import ALL, MY, PG, SQLITE

from dbx.dialects.base import Syntax
from dbx.errors import UsageError
from dbx.sql.parameters import bind, names, parse_parameter


@pytest.mark.parametrize(
    ("paramstyle", "text", "values"),
    [
        ("pyformat", "select %(a)s, '%%', %(b)s %% 2, %(a)s", {"a": 1, "b": 2}),
        ("format", "select %s, '%%', %s %% 2, %s", (1, 2, 1)),
        ("named", "select :a, '%', :b % 2, :a", {"a": 1, "b": 2}),
        ("qmark", "select ?, '%', ? % 2, ?", (1, 2, 1)),
    ],
)
def test_styles(paramstyle: str, text: str, values: object) -> None:
    assert bind("select :a, '%', :b % 2, :a", {"a": 1, "b": 2}, PG, paramstyle) == (text, values)


@pytest.mark.parametrize(
    ("syntax", "text"),
    [
        (PG, "select ':a', \":a\", $$:a$$, $x$ :a $x$, E'\\':a'"),
        (PG, "select 1 -- :a\n /* :a /* :a */ :a */"),
        (PG, "select x::a, x :: a, (1)::a, '1'::a, a[1:a], a[b:a], a[f(1):a], a[b[1]:a]"),
        (PG, 'select \'{"a":a}\', "x":a'),
        (PG, "a := b, a:=b, x : a"),
        (MY, "select `:a`, ':a', \":a\" # :a\n"),
        (MY, "select @a:=1, a:b"),
        (SQLITE, "select [:a], `:a`"),
    ],
)
def test_not_replaced(syntax: Syntax, text: str) -> None:
    assert names(text, syntax) == frozenset()
    assert bind(text, {}, syntax, "named") == (text, {})


@pytest.mark.parametrize(
    "text", ["(:a)", ":a::int", "x=:a", "x,:a", "[:a]", "x - :a", "-:a", "x := :a", "x\n:a", "/* */:a"]
)
def test_replaced(text: str) -> None:
    assert names(text, PG) == {"a"}
    assert bind(text, {"a": 1}, PG, "qmark") == (text.replace(":a", "?"), (1,))


def test_dollars_quote_in_postgresql_only() -> None:
    assert names("$$ :a $$", PG) == frozenset()
    assert names("$$ :a $$", MY) == names("$$ :a $$", SQLITE) == {"a"}


def test_whole_names_only() -> None:
    assert bind(":ab, :a, :a1, :é", {"a": 1, "ab": 2, "a1": 3, "é": 4}, SQLITE, "qmark") == ("?, ?, ?, ?", (2, 1, 3, 4))


def test_a_name_without_a_value() -> None:
    with pytest.raises(UsageError, match=":b") as caught:
        bind("select :a,\n  :b", {"a": 1}, PG, "named")
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column, caught.value.place.end_column) == (2, 3, 5)


def test_a_value_without_a_use() -> None:
    with pytest.raises(UsageError, match=":b"):
        bind("select :a, ':b'", {"a": 1, "b": 2}, PG, "named")
    assert bind("select :a", {"a": 1, "b": 2}, PG, "named", all_used=False) == ("select :a", {"a": 1})


@given(st.text("a:%'\"$()[]- \n", max_size=30))
def test_percent_arrives_as_it_was(text: str) -> None:
    values = dict.fromkeys(names(text, PG), "x")
    for_driver, container = bind(text, values, PG, "pyformat")
    # what a driver of this style does with it
    assert for_driver % {name: f":{name}" for name in container} == text


@given(st.text("ab:'\"[]-` \n/*", max_size=30))
def test_sqlite_finds_the_same_names(text: str) -> None:
    """SQLite reads :name itself, apart from a few places that no statement has; :a::b is Tcl's, and one name there."""
    assume(not re.search(r":\w*::", text))
    found = names(text, SQLITE)
    statement = f"select {text}"
    try:
        sqlite3.connect(":memory:").execute(statement, dict.fromkeys(found, 1))
    except sqlite3.ProgrammingError as error:
        raise AssertionError(f"{statement!r}: {error}") from None
    except (sqlite3.OperationalError, sqlite3.Warning):
        return


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("a=1", "a", "1"),
        ("a=", "a", ""),
        ("a=b=c:d\n", "a", "b=c:d\n"),
        ("day=12:30", "day", "12:30"),
        ("a:str=1", "a", "1"),
        ("a:int=-12", "a", -12),
        ("a:float=1e3", "a", 1000.0),
        ("a:decimal=1.10", "a", Decimal("1.10")),
        ("a:bool=Yes", "a", True),
        ("a:bool=0", "a", False),
        ("a:date=2026-11-22", "a", date(2026, 11, 22)),
        ("a:time=12:30", "a", time(12, 30)),
        ("a:datetime=2026-11-22 12:30", "a", datetime(2026, 11, 22, 12, 30)),
        ('a:json={"b": [1]}', "a", '{"b": [1]}'),
        ("a:null=", "a", None),
    ],
)
def test_parse_parameter(text: str, name: str, value: object) -> None:
    parsed = parse_parameter(text)
    assert parsed == (name, value)
    assert type(parsed[1]) is type(value)
    assert str(parsed[1]) == str(value)


@pytest.mark.parametrize("value", [True, False])
def test_words_for_true_and_false(value: bool) -> None:
    for word in ["true", "t", "1", "yes", "on", "TRUE"] if value else ["false", "f", "0", "no", "off", "False"]:
        assert parse_parameter(f"a:bool={word}") == ("a", value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a", "not a parameter"),
        ("=1", "not a parameter"),
        ("1a=1", "not a parameter"),
        ("a-b=1", "not a parameter"),
        ("a:=1", "no type"),
        ("a:x=1", "no type 'x'"),
        ("a:int=1.5", "no int"),
        ("a:float=x", "no float"),
        ("a:decimal=x", "no decimal"),
        ("a:bool=maybe", "no bool"),
        ("a:date=2026-02-30", "no date"),
        ("a:json={", "no json"),
        ("a:json=" + "[" * 100_000, "no json"),
        ("a:null=x", "no null"),
        ("a:int=" + "1" * 10_000, "no int"),
    ],
)
def test_parameters_that_cannot_be(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        parse_parameter(text)
    assert caught.value.exit_code == 2
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("syntax", ALL.values(), ids=ALL)
@given(text=st.text(max_size=40))
def test_never_raises_on_any_text(syntax: Syntax, text: str) -> None:
    bind(text, dict.fromkeys(names(text, syntax)), syntax, "pyformat")
