"""Expression or SQL?"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dbx.sql import kind as module
from dbx.sql.kind import ALONE, CALLS, PARSED, STATEMENTS, first_word, kind

CASES = [json.loads(line) for line in (Path(__file__).parent / "kinds.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[repr(case["text"]) for case in CASES])
def test_case(case: dict[str, str]) -> None:
    assert kind(case["text"], shell=True) == case["kind"]
    if case["kind"] != "command":
        assert kind(case["text"]) == case["kind"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeffselect 1", "sql"),
        ("\ufeff", "nothing"),
        ("--", "nothing"),
        ("/* a */ # b\n -- c\n", "nothing"),
        ("/*", "sql"),
        ("/* never closed", "sql"),
        ("/* /* */", "sql"),
        ("/* /* */ */ select 1", "sql"),
        ("/* /* */ */ len(track)", "expression"),
        ("/* /* */ select 1", "sql"),
        ("/*!40101 x */", "sql"),
        ("/*M!100100 x */", "sql"),
        ("(/* c */ select 1)", "sql"),
        ("( /*! select 1 */)", "sql"),
        ("(-- c\n select 1)", "sql"),
        ("((", "expression"),
        ("select :a", "sql"),
        ("select :a = 1", "sql"),
        ("select [a] = 1", "sql"),
        ("comment[0] = 1", "expression"),
        ("comment [0]", "sql"),
        ("comment;", "expression"),
        ("comment # the table", "expression"),
        ("begin;", "sql"),
        ("Begin", "sql"),
        ("begin -- now", "sql"),
        ("begin; x", "sql"),
        ("select @x", "sql"),
        ("set @x = 1", "sql"),
        ("select(", "sql"),
        ("ſelect 1", "expression"),
        ("select(t.name.like('\\d'))", "expression"),
        ("\\d", "sql"),  # for the splitter, which names the commands of other shells
    ],
)
def test_more(text: str, expected: str) -> None:
    assert kind(text) == expected


@pytest.mark.parametrize("word", ["help", "exit", "quit", "HELP", " exit ", "quit;", "quit ; \n"])
def test_words_of_the_shell(word: str) -> None:
    assert kind(word, shell=True) == "command"
    assert kind(word) == "expression"
    assert kind(word, shell=True, names={"help", "exit", "quit"}) == "expression"
    assert kind(f"{word} x", shell=True) == "expression"


def test_a_command_may_stand_behind_a_comment() -> None:
    assert kind("-- c\n\\d", shell=True) == "command"


def test_first_word() -> None:
    assert first_word(" -- c\n ((/* x */ Select 1))") == "Select"
    assert first_word("/*! select */") == ""
    assert first_word("1 + 1") == ""


def test_functions_of_the_language_are_no_statements() -> None:
    functions = """abs all any avg bool cast ceil coalesce count date datetime dense_rank distinct exists exp exp float
    first floor greatest hist int lag lead least len list log max mean min now ntile nullif outer pivot pow rank recurse
    ref refs reversed round row_number rows sample sign sorted sqrt str sum time timedelta today union_all upsert"""
    assert not STATEMENTS & set(functions.split())
    assert CALLS < STATEMENTS
    assert ALONE < STATEMENTS


def test_what_is_longer_than_any_expression_is_sql() -> None:
    start = "select("
    assert kind(start + "a" * (PARSED - len(start) - 1) + ")") == "expression"
    assert kind(start + "a" * (PARSED - len(start)) + ")") == "sql"


texts = st.text() | st.text("select()[].;:=-#/*! \n'\"\\\0\ud800x1,{}", max_size=60)


@given(texts, st.booleans())
@example("\0", False)
@example("select\0", False)
@example("select(\ud800)", True)
@example("select(" + "1" * 5000 + ")", False)
@example("explain(f'{\\}')", True)
def test_never_raises_and_knows_four_kinds(text: str, shell: bool) -> None:
    assert kind(text, shell=shell) in {"nothing", "sql", "expression"} | ({"command"} if shell else set())


@given(texts, st.sampled_from(["", " ", "\n\t", "-- c\n", "# c\n", "/* c */", "\ufeff"]))
def test_what_is_skipped_changes_nothing(text: str, skipped: str) -> None:
    if "/*" not in text:
        assert kind(skipped + text) == kind(text)


@given(texts)
def test_text_without_a_statement_word_is_no_sql(text: str) -> None:
    word = first_word(text)
    if kind(text) == "sql" and "/*" not in text and word:  # no word: a command of another shell
        assert word.lower() in STATEMENTS


DEEP = 100_000
PARTS = ["(", "[", "{", "-", "not ", "lambda: ", "a.", "a(", "'", '"""', "f'{", "/*", "/*/**/", "* "]


@pytest.mark.parametrize("prefix", ["", "select(", "select[", "set = ", "(select ", "begin "])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("times", [2_000, DEEP])
def test_deep_text_does_not_raise(prefix: str, part: str, times: int) -> None:
    assert kind(prefix + part * times) in {"nothing", "sql", "expression"}


def test_whether_comments_nest_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(module, "_nested_end", lambda text, at: asked.append(at) or -1)
    assert kind("/*/**/" * 1000 + "select 1") == "sql"
    assert len(asked) == 1


def test_writes_no_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert kind("select('\\d' is 1or 2)") == "expression"
