"""What a user reads when something goes wrong."""

import io
import json
import sys
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbx.complaint import excerpt, record
from dbx.dialects.base import place
from dbx.errors import DbxError, Place, StatementFailed
from dbx.formats.visible import cells
from dbx.options import Output, Report
from dbx.rows import Column, Outcome, Rows, Statement
from dbx.screen import Screen, summary, timed


def test_the_caret_stands_under_the_user_s_own_text() -> None:
    assert excerpt(Place("select nope from t", 1, 8, end_column=12)) == ["  select nope from t", "         ^^^^"]


def test_wide_characters_and_tabs_do_not_move_it() -> None:
    line, caret = excerpt(Place("select\t'日本', nope", 1, 14, end_column=18))
    assert line == "  select\\t'日本', nope"
    assert cells(line[: line.index("nope")]) == caret.index("^")


@given(st.text(max_size=30), st.integers(1, 40), st.integers(1, 3))
def test_no_place_breaks_it(text: str, column: int, line: int) -> None:
    for shown in excerpt(Place(text, line, column)):
        assert not any(category(character) in ("Cc", "Cf", "Cs") for character in shown)


def test_a_statement_from_the_middle_of_a_script_counts_from_the_script_s_beginning() -> None:
    statement = Statement("select a,\n  nope", None, "x.sql", 7, 21)
    first, second = place(statement, 7), place(statement, 12, 4)
    assert (first.line, first.column) == (7, 28)
    assert (second.line, second.column, second.end_column) == (8, 3, 7)
    assert excerpt(first) == ["  select a,", "         ^"]
    assert excerpt(second) == ["    nope", "    ^^^^"]


def error() -> DbxError:
    where = Place("select \x1b[31m", 1, 8, source="x.sql")
    return StatementFailed(
        "bad \x1b[31m postgresql://u:CANARY-9f3b@h", code="42601", hint="password=CANARY-9f3b", place=where
    )


def shown(monkeypatch: pytest.MonkeyPatch, report: Report) -> str:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    Screen(report=report).error(error())
    return stream.getvalue()


def test_an_error_has_one_shape_without_secrets_or_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, Report())
    assert text.startswith("x.sql:1:8: 42601 bad \\x1b[31m")
    assert "CANARY" not in text
    assert "\x1b" not in text
    assert text.splitlines()[-1].startswith("hint: ")


def test_as_json_it_is_one_record_with_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, Report(errors="json"))
    found = json.loads(text)
    assert text.count("\n") == 1
    assert (found["file"], found["line"], found["col"], found["sqlstate"], found["exit"]) == ("x.sql", 1, 8, "42601", 1)
    assert "CANARY" not in text
    assert set(record(DbxError("x"))) == set(found)


def test_a_summary_counts() -> None:
    outcome = Outcome(Statement("select 1"), Rows([Column("a")], [[("1",)]]))
    list(outcome.rows or ())
    assert summary(outcome) == "1 row"
    written = Outcome(Statement("delete"))
    written.changed = 1297
    assert summary(written) == "1,297 rows changed"


def test_times_are_told_whole_split_or_not_at_all() -> None:
    outcome = Outcome(Statement("select 1"), Rows([Column("a")], [[("1",)]]))
    outcome.seconds, outcome.fetching = 0.005, 0.002
    assert timed(outcome, "off") == ""
    assert timed(outcome, "on", 1) == "5.0 ms"
    assert timed(outcome, "split", 0.0125) == "5.0 ms · server 3.0 ms, rows 2.0 ms, shown 10.5 ms"
    assert timed(outcome, "split", 0) == "5.0 ms · server 3.0 ms, rows 2.0 ms"


@pytest.mark.parametrize(
    ("output", "form"),
    [
        (Output(output="rows.csv"), "csv"),
        (Output(output="a.b/rows.JSONL"), "jsonl"),
        (Output(output="rows.csv", format="json"), "json"),
        (Output(output="rows"), "tsv"),
        (Output(output="rows.bak"), "tsv"),
        (Output(output="/dev/null"), "tsv"),
    ],
)
def test_a_file_s_ending_says_its_format_unless_somebody_does(output: Output, form: str) -> None:
    assert Screen(output).format.name == form
