"""Where a line begins that Enter begins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbx.shell.indentation import closing, following, stop


@pytest.mark.parametrize(
    ("before", "indent"),
    [
        ("len(track)", 0),
        ("[t.name", 4),
        ("[t.name\n    for t in track", 4),
        ("    select a,", 4),
        ("f(g(\n        a,", 8),
        ("f(\n    g(", 8),
        ("f(\n    g(\n        a)", 4),
        ("f(\n    g(\n        a))", 0),
        ("f(a) + g(b)", 0),
        ("lambda x:", 4),
        ("select '[ ( {'", 0),
        ("select ( -- [[[", 4),
        ("select ')' || (", 4),
        ("x = '''(\n(", 0),
        ("]]]]", 0),
        ("", 0),
    ],
)
def test_a_new_line_is_deeper_behind_what_is_open(before: str, indent: int) -> None:
    assert following(before) == " " * indent


def test_tabs_that_were_pasted_stay() -> None:
    assert following("f(\n\ta,") == "\t"
    assert following("f(\n\tg(") == "\t    "


def test_a_bracket_closes_where_it_was_opened() -> None:
    assert closing("[t.name\n    for t in f(\n        track\n        ") == "    "
    assert closing("[t.name\n    ") == ""
    assert closing("len(track)\n    ") is None


@pytest.mark.parametrize(("column", "blanks"), [(0, 4), (1, 3), (4, 4), (7, 1)])
def test_tab_leads_to_the_next_stop(column: int, blanks: int) -> None:
    assert stop(column) == blanks


@given(st.text("([{}])'\"\n :ab-#\\", max_size=80))
def test_no_text_breaks_it_and_white_space_is_all_it_gives(before: str) -> None:
    assert following(before).strip(" ") == ""
    assert (closing(before) or "").strip(" ") == ""
