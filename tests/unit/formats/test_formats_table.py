"""table and vertical: in a terminal nothing is wider than it, outside of one nothing is cut."""

from __future__ import annotations

import re

import pyte
import pytest
from format_cases import DEFAULT, tables, unhurried, values, written
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dbx.formats import Style, load
from dbx.rows import Batch, Cell, Column, Rows

SGR = re.compile(r"\x1b\[[012]m")


def _lines(name: str, columns: list[str | Column], rows: list[tuple[Cell, ...]], style: Style = DEFAULT) -> list[str]:
    data = b"".join(load(name).write(Rows.of(*columns, rows=rows), style))
    return data.decode().split("\n")[:-1]


@pytest.mark.parametrize("name", ["table", "vertical"])
@unhurried
@given(tables(values), st.integers(2, 60), st.booleans(), st.booleans())
def test_no_line_is_wider_than_the_terminal(
    name: str, table: tuple[list[Column], Batch], width: int, header: bool, colour: bool
) -> None:
    columns, batch = table
    half = len(batch) // 2
    style = Style(width=width, header=header, colour=colour)
    text = written(name, columns, [batch[:half], batch[half:]], style).decode()
    assert bool(text) is (bool(batch) or header)
    for line in text.split("\n"):
        shown = SGR.sub("", line) if colour else line
        assert cell_len(shown) <= width
        assert not re.search("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", shown)


@unhurried
@given(tables(values))
def test_colour_is_nothing_but_colour(table: tuple[list[Column], Batch]) -> None:
    columns, batch = table
    for name in ("table", "vertical"):
        for width in (None, 25):
            colourful = written(name, columns, [batch], Style(width=width, colour=True)).decode()
            dull = written(name, columns, [batch], Style(width=width)).decode()
            strip = [line.rstrip(" ") for line in SGR.sub("", colourful).split("\n")]
            assert strip == [line.rstrip(" ") for line in dull.split("\n")]


def test_look() -> None:
    lines = _lines("table", ["id", "name", "n"], [(1, "Schön", None), (22, "東京", "")])
    assert lines == [
        "id  name   n",
        "───────────────",
        " 1  Schön  NULL",
        "22  東京   ",
    ]


def test_numbers_stand_to_the_right() -> None:
    lines = _lines("table", [Column("n", "", "number"), "text", "real"], [("1", "1", None), ("22", "22", 1.5)])
    assert lines[0] == " n  text  real"
    assert lines[2:] == [" 1  1     NULL", "22  22     1.5"]


def test_a_column_of_nulls_is_text() -> None:
    assert _lines("table", ["long name"], [(None,)])[2] == "NULL"


def test_null_and_header_of_the_user() -> None:
    assert _lines("table", ["name"], [(None,), ("b",)], Style(null="-", header=False)) == ["-", "b"]


@pytest.mark.parametrize("name", ["table", "vertical"])
def test_null_of_the_user_is_made_visible(name: str) -> None:
    assert r"\x1b[2J" in "".join(_lines(name, ["a"], [(None,)], Style(null="\x1b[2J")))


def test_vertical_null_is_dim_and_text_is_not() -> None:
    lines = _lines("vertical", ["a"], [(None,), ("NULL",)], Style(colour=True, header=False))
    assert lines == ["\x1b[1ma\x1b[0m  \x1b[2mNULL\x1b[0m", "", "\x1b[1ma\x1b[0m  NULL"]


def test_null_is_dim_and_text_is_not() -> None:
    lines = _lines("table", ["a"], [(None,), ("NULL",)], Style(colour=True))
    assert lines == ["\x1b[1ma\x1b[0m", "\x1b[2m────\x1b[0m", "\x1b[2mNULL\x1b[0m", "NULL"]


def test_no_rows_and_no_columns() -> None:
    assert _lines("table", ["a", "b"], []) == ["a  b", "────"]
    assert _lines("table", [], [(), ()]) == []
    assert _lines("vertical", ["a", "b"], []) == ["a", "b"]
    assert _lines("vertical", [], [()]) == []


def test_outside_of_a_terminal_nothing_is_cut() -> None:
    assert "x" * 5000 in _lines("table", ["a", "b"], [("x" * 5000, "y")])[2]


def test_wide_columns_share_the_terminal_and_narrow_ones_keep_theirs() -> None:
    lines = _lines("table", ["id", "a", "b"], [("123", "x" * 100, "y" * 100)], Style(width=30))
    assert lines == ["id   a             b", "─" * 30, "123  xxxxxxxxxxx…  yyyyyyyyyy…"]


def test_columns_that_just_fit_are_not_touched() -> None:
    assert _lines("table", ["a", "b"], [("x", "y")], Style(width=4))[2] == "x  y"


def test_a_cell_may_fill_the_terminal() -> None:
    assert _lines("table", ["a"], [("x" * 200,)], Style(width=100))[2] == "x" * 99 + "…"


def test_six_cells_are_enough_for_a_column_and_five_are_not() -> None:
    rows: list[tuple[Cell, ...]] = [("x" * 9, "y" * 9)]
    assert _lines("table", ["a", "b"], rows, Style(width=14))[2] == "xxxxx…  yyyyy…"
    assert _lines("table", ["a", "b"], rows, Style(width=13))[0] == "── row 1 ──"


def test_what_is_left_goes_to_columns_that_are_cut() -> None:
    rows: list[tuple[Cell, ...]] = [("x" * 6, "y" * 9, "z" * 9)]
    assert _lines("table", ["a", "b", "c"], rows, Style(width=23))[2] == "xxxxxx  yyyyyy…  zzzzz…"


def test_wide_characters_are_cut_between() -> None:
    assert _lines("table", ["a"], [("東京" * 10,)], Style(width=8))[2] == "東京東 …"


def test_only_the_beginning_of_a_huge_cell_is_looked_at() -> None:
    line = _lines("table", ["a"], [("\x1b" * 10**7,)], Style(width=20))[2]
    assert line == r"\x1b\x1b\x1b\x1b\x1…"
    line = _lines("table", ["a"], [("e" + "\u0301" * 10**6 + "x" * 100,)], Style(width=20))[2]
    assert line.endswith("…")


def test_a_wider_cell_widens_its_column_from_there_on() -> None:
    columns = [Column("a"), Column("b")]
    head, *later = [[("1", "2")], [("3", "4"), ("wider", "5"), ("6", "7")]]
    text = written("table", columns, [head, *later]).decode()
    assert text == "a  b\n────\n1  2\n3  4\nwider  5\n6      7\n"


def test_a_column_widens_into_what_is_left_of_the_terminal() -> None:
    columns = [Column("a"), Column("b")]
    text = written("table", columns, [[("1", "2")], [("x" * 9, "y" * 9)]], Style(width=14)).decode()
    assert text.split("\n")[3] == "xxxxxxxxx  yy…"


def test_the_sample_is_small() -> None:
    rows: list[tuple[Cell, ...]] = [*[("a",)] * 600, ("wider",)]
    assert _lines("table", ["n"], rows)[1] == "─"


def test_rows_that_cannot_fit_are_shown_vertically() -> None:
    columns: list[str | Column] = [f"column{n}" for n in range(10)]
    lines = _lines("table", columns, [tuple("some text here" for _ in columns)], Style(width=40))
    assert lines == _lines("vertical", columns, [tuple("some text here" for _ in columns)], Style(width=40))
    assert lines[0] == "── row 1 ──"
    assert lines[1] == "column0  some text here"


def test_names_that_cannot_fit_are_shown_without_rows() -> None:
    assert _lines("table", ["column1", "column2"], [], Style(width=9)) == ["column1", "column2"]


def test_vertical_look() -> None:
    lines = _lines("vertical", ["id", "name"], [(1, "two\nlines"), (2, None), (3, "")])
    assert lines == [
        "── row 1 ──",
        "id    1",
        "name  two",
        "      lines",
        "── row 2 ──",
        "id    2",
        "name  NULL",
        "── row 3 ──",
        "id    3",
        "name",
    ]


def test_vertical_without_headings() -> None:
    assert _lines("vertical", ["a"], [("1",), ("2",)], Style(header=False)) == ["a  1", "", "a  2"]


def test_vertical_folds_and_loses_nothing() -> None:
    lines = _lines("vertical", ["a"], [("0123456789" * 3,)], Style(width=16))
    assert lines == ["── row 1 ──", "a  0123456789012", "   3456789012345", "   6789"]


def test_vertical_in_a_narrow_terminal() -> None:
    assert _lines("vertical", ["name"], [("12345678",)], Style(width=12)) == ["── row 1 ──", "name  123456", "      78"]
    assert _lines("vertical", ["name"], [("12345678",)], Style(width=11))[0] == "── row 1 ──"
    assert _lines("vertical", ["name"], [("12345678",)], Style(width=10))[0] == "── row 1 …"


def test_rows_are_numbered_across_batches() -> None:
    text = written("vertical", [Column("a")], [[("x",)], [], [("y",)]]).decode()
    assert text == "── row 1 ──\na  x\n── row 2 ──\na  y\n"


ATTACKS = (
    "\x1b]0;PWNED\x07", "\x1b[2J\x1b[H", "\x1b[6n", '\x1bP$q"p\x1b\\', "\x1b]8;;http://evil\x1b\\x", "\x9b31m",
    "\x9d0;x\x9c", "a\rb", "a\x08b", "\x00", "\x7f", "[/nope]", "[link=http://x]y[/link]", ":smile:", r"\[x]",
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", ["table", "vertical"])
def test_on_a_terminal_an_attack_is_a_text_like_any_other(name: str, attack: str) -> None:
    screen = pyte.Screen(60, 20)
    screen.set_mode(pyte.modes.LNM)
    data = written(name, [Column(attack), Column("b")], [[(attack, "after")]], Style(width=60, colour=True))
    pyte.Stream(screen).feed(data.decode())
    shown = "\n".join(line.rstrip() for line in screen.display).rstrip()
    assert screen.title == ""
    assert shown == SGR.sub("", data.decode()).rstrip()
    assert "after" in shown
