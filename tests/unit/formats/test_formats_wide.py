"""Rows that are wider than the terminal: cut, wrapped, scrolled, or shown vertically; and what is marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dbx.formats import Style
from dbx.formats.cells import Marked
from dbx.formats.table import write
from dbx.formats.visible import visible
from dbx.rows import Column, Rows

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=80)


def lines(rows: list[tuple[object, ...]], style: Style, columns: tuple[str, ...] = ("id", "text")) -> list[str]:
    return b"".join(write(Rows.of(*columns, rows=rows), style)).decode().splitlines()  # type: ignore[arg-type]


@given(st.lists(WORDS, min_size=1, max_size=5), st.integers(8, 60))
def test_wrapped_rows_fit_and_lose_nothing(cells: list[str], width: int) -> None:
    style = Style(width=width, wide="wrap", expanded="off", header=False)
    shown = lines([(cell,) for cell in cells], style, ("text",))
    assert all(cell_len(line) <= width for line in shown)
    assert "".join("".join(shown).split()) == "".join(visible("".join(cells)).split())


def test_a_wrapped_cell_goes_on_below_itself() -> None:
    shown = lines([("1", "abcdefghijkl"), ("2", "x")], Style(width=12, wide="wrap", header=False))
    assert shown == ["1  abcdefghi", "   jkl", "2  x"]


def test_a_cut_cell_says_so() -> None:
    assert lines([("1", "abcdefghijkl")], Style(width=12, header=False)) == ["1  abcdefgh…"]


def test_a_scrolled_table_is_as_wide_as_its_rows() -> None:
    shown = lines([("1", "abcdefghijkl")], Style(width=12, wide="scroll", header=False))
    assert shown == ["1  abcdefghijkl"]


def test_vertical_where_anything_would_be_cut_or_never_or_always() -> None:
    rows = [("1", "abcdefghijkl")]
    assert lines(rows, Style(width=12, expanded="auto"))[0] == "── row 1 ──"
    assert lines(rows, Style(width=16, expanded="auto"))[0].startswith("id")
    assert lines(rows, Style(width=80, expanded="on"))[0] == "── row 1 ──"
    narrow = Style(width=8, expanded="off")
    assert lines(rows, narrow)[0].startswith("id")
    assert lines(rows, narrow._replace(expanded="fit"))[0].startswith("── row")


def test_off_a_terminal_nothing_is_cut_whatever_is_set() -> None:
    for wide in ("cut", "wrap", "scroll"):
        for expanded in ("fit", "auto", "off"):
            assert "x" * 500 in lines([("1", "x" * 500)], Style(wide=wide, expanded=expanded))[-1]


def test_numbers_stand_to_the_right() -> None:
    columns = (Column("n", kind="number"), Column("t"))
    shown = b"".join(write(Rows.of(*columns, rows=[("1", "a"), ("1000", "b")]), Style(header=False))).decode()
    assert shown == "   1  a\n1000  b\n"


def test_what_is_marked_has_another_colour_and_the_same_text() -> None:
    rows = [("1", Marked("new")), ("2", "old")]
    coloured = lines(rows, Style(colour=True, header=False))
    assert coloured == ["1  \x1b[1;33mnew\x1b[0m", "2  old"]
    assert lines(rows, Style(header=False)) == ["1  new", "2  old"]


def test_null_is_what_was_asked_for_and_dimmed() -> None:
    assert lines([(None, "x")], Style(header=False, null="∅")) == ["∅  x"]
    assert lines([(None, "x")], Style(header=False, colour=True)) == ["\x1b[2mNULL\x1b[0m  x"]
