"""Text arrives as it was written, parameters as values: nothing is spliced, nothing is cut."""

from __future__ import annotations

import pytest
from run_dbx import connected, execute, existing, run, values

from dbx.errors import StatementFailed
from dbx.rows import Statement

ONE = "insert into t values (1)"


@pytest.fixture
def url(any_url: str) -> str:
    """A database with an empty table t."""
    execute(existing(any_url), "create table t (x int)")
    return any_url


HOSTILE = (
    "' OR 1=1 --",
    "\\' OR 1=1 --",
    "'; drop table t; --",
    '"; drop table t; --',
    "¿'",
    "%s %(v)s %% %",
    ":v ? $1 {}",
    "$$ $v$",
    "/* a */ -- b",
    "line\nline\ttab\\n",
    "ʼ＇ 😀 \u202e",
    "",
)


def test_a_parameter_is_a_value_and_nothing_else(url: str) -> None:
    names = [f"v{number}" for number in range(len(HOSTILE))]
    given = [part for name, value in zip(names, HOSTILE, strict=True) for part in ("-p", f"{name}={value}")]
    (row,) = values(
        url, f"select {', '.join(f':{name} as {name}' for name in names)}, ' :v0 ', count(*) from t", *given
    )
    assert row == [*HOSTILE, " :v0 ", "0"]


def test_a_parameter_in_another_character_set(maria_url: str) -> None:
    """In GBK the last byte of 縗 and a backslash are one character, and the quote behind them would be free."""
    for client in ("set names gbk; set character_set_results = utf8mb4", "set character_set_client = gbk"):
        (row,) = values(
            maria_url, *client.split("; "), "select :v as v, :w as w", "-p", "v=縗' or 1=1 -- ", "-p", "w=縗\\"
        )
        assert row == ["縗' or 1=1 -- ", "縗\\"]


def test_a_statement_of_one_parameter(url: str) -> None:
    assert values(url, "select :v", "-p", "v:int=5") == [["5"]]


def test_nothing_but_parameters_is_replaced(pg_url: str) -> None:
    text = (
        "select :v, ' :v ', '12:34'::time, (array[1,2,3])[2:3], $$ :v $$, '{\"a\": \"b\"}', 10 % 3, '%s' /* :v */ -- :v"
    )
    assert values(pg_url, text, "-p", "v=x") == [["x", " :v ", "12:34:00", "{2,3}", " :v ", '{"a": "b"}', "1", "%s"]]


def test_without_parameters_nothing_is_replaced(url: str) -> None:
    assert values(url, "select '100 %', 10 % 3, ':v', '%s %(v)s %%', '?'") == [["100 %", "1", ":v", "%s %(v)s %%", "?"]]


def test_parameters_that_do_not_fit(url: str) -> None:
    for arguments in (
        ("select :a as a, :b as b", "-p", "a=1"),
        ("select 1 as a", "-p", "a=1"),
        ("select :a as a", "-p", "a:int=x"),
    ):
        assert run(url, *arguments).code == 2


@pytest.mark.parametrize("text", [b"select 'a\0b'", b"select 'a\xffb'", b"select 'a\xed\xb3\xbfb'"])
def test_what_is_no_text_is_not_sent(url: str, text: bytes) -> None:
    done = run(url, "-", stdin=ONE.encode() + b";\n" + text)
    assert (done.code, done.out) == (1, b"")
    assert "stdin:2:10: E-SYNTAX" in done.err
    assert execute(url, "select x from t") == []
    with connected(url) as connection, pytest.raises(StatementFailed, match=r"NUL|UTF-8"):
        connection.run(Statement(text.decode("utf-8", "surrogateescape")))


def test_a_parameter_that_is_no_text(url: str) -> None:
    done = run(url, "select :v as v", "-p", "v=\udcff")
    assert (done.code, done.out) == (1, b"")
    assert "E-BUG" not in done.err


@pytest.mark.parametrize("option", ["client_encoding=latin1", "charset=latin1"])
def test_text_that_the_connection_cannot_hold(pg_url: str, maria_url: str, option: str) -> None:
    url = f"{pg_url if option.startswith('client') else maria_url}?{option}"
    assert values(url, "select 'é' as x") == [["é"]]
    done = run(url, "select '日' as x")
    assert (done.code, done.out) == (1, b"")
    assert "E-BUG" not in done.err


@pytest.mark.parametrize(
    "text", ["select :a, 10 % 3, :bcdef, ':a', :a, nope from t", "select :a,\n :bcdef,\n  :a, nope from t"]
)
def test_the_place_of_an_error_behind_parameters(url: str, text: str) -> None:
    done = run(url, text, "-p", "a=1", "-p", "bcdef=two")
    line, before = text.count("\n") + 1, text.rpartition("\n")[2].index("nope")
    assert done.err.startswith(f"text:{line}:{before + 1}: "), "counted in the text as it was typed"
    shown, caret = done.err.splitlines()[1:3]
    assert shown[2:] == text.rpartition("\n")[2]
    assert caret.index("^") == before + 2
