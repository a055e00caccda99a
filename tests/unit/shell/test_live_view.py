"""How a preview looks under the prompt, on terminals of every width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from dbx.errors import Place
from dbx.shell.live_view import lines, sql_lines
from dbx.shell.preview import Preview

SQL = "SELECT t.name\nFROM track AS t\nWHERE t.name = 'it''s' AND t.x2 > 1.5"


def plain(line: StyleAndTextTuples) -> str:
    return "".join(part[1] for part in line)


def shown(preview: Preview, text: str = "", width: int = 9, columns: int = 100) -> list[str]:
    return [plain(line) for line in lines(preview, text or preview.text, width, columns)]


def test_values_have_a_colour_of_their_own() -> None:
    found = sql_lines("SELECT \"a'1\", `b'2`, x2 FROM t WHERE n = 'it''s' AND m > 1.5 LIMIT 2", 100, 6)
    assert [part[1] for line in found for part in line if "value" in part[0]] == ["'it''s'", "1.5", "2"]


def test_it_stands_under_the_text_or_at_the_edge_of_a_narrow_terminal() -> None:
    preview = Preview("x", "SELECT 1")
    assert shown(preview, columns=80) == ["         SELECT 1"]
    assert shown(preview, columns=40) == ["SELECT 1"]


def test_it_is_clipped_to_the_width_and_to_a_few_lines() -> None:
    assert [plain(line) for line in sql_lines("SELECT abcdef\nFROM t\nWHERE x\nLIMIT 1", 8, 2)] == [
        "SELECT …",
        "FROM t …",
    ]
    assert [plain(line) for line in sql_lines("SELECT '漢字'", 10, 2)] == ["SELECT '…"]


def test_nothing_in_it_steers_the_terminal() -> None:
    (line,) = sql_lines("SELECT '\x1b[2J\u202e\n\u200b'", 100, 6)
    assert plain(line) == r"SELECT '\x1b[2J\u202e\n\u200b'"


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("[t.nme]", Place("[t.nme]", 1, 2, 1, 7), ["          ^^^^^ no"]),
        ("['漢字', x]", Place("['漢字', x]", 1, 8, 1, 9), ["                  ^ no"]),
        ("[\n    t.nme", Place("[\n    t.nme", 2, 5, 2, 10), ["             ^^^^^ no"]),
        ("[t.nme\n]", Place("[t.nme\n]", 1, 2, 1, 7), ["1: [t.nme", "    ^^^^^ no"]),
    ],
)
def test_the_caret_is_under_what_it_means(text: str, place: Place, expected: list[str]) -> None:
    assert shown(Preview(text, place=place, message="no")) == expected


def test_a_long_reason_has_lines_of_its_own() -> None:
    place = Place("[t.nme]", 1, 2, 1, 7)
    found = shown(Preview("[t.nme]", place=place, message="one two three four five six seven eight"), columns=24)
    assert found == ["          ^^^^^", "one two three four five", "six seven eight"]
    found = shown(Preview("[t.nme]", place=place, message="one two " * 20), columns=24)
    assert len(found) == 3 and found[-1].endswith("…")


def test_a_caret_under_a_text_that_has_changed_since_is_gone_and_its_sql_grey() -> None:
    preview = Preview("[x", "SELECT 1", Place("[x", 1, 1), "never closed")
    assert len(shown(preview)) == 2
    assert shown(preview, text="[xy") == ["         SELECT 1"]
    assert "old" in lines(preview, "[xy", 9, 100)[0][1][0]
    assert "old" in lines(Preview("x", "SELECT 1", old=True), "x", 9, 100)[0][1][0]


def test_what_is_not_known_yet_is_an_ellipsis() -> None:
    assert shown(Preview("x", waits=True)) == ["         …"]


@given(
    sql=st.text("SELECT '\n\x1b\u202e漢\"`1.5", max_size=80),
    text=st.text("[t.x\n漢'", min_size=1, max_size=60),
    start=st.integers(1, 70),
    size=st.integers(1, 30),
    message=st.text("ab 漢\n\x1b", max_size=80),
    width=st.integers(1, 12),
    columns=st.integers(20, 90),
)
def test_no_line_is_wider_than_the_terminal(
    sql: str, text: str, start: int, size: int, message: str, width: int, columns: int
) -> None:
    row = min(text.count("\n"), start % 3)
    start = min(start, len(text.split("\n")[row]) + 1)
    preview = Preview(text, sql, Place(text, row + 1, start, row + 1, start + size), message)
    found = shown(preview, width=width, columns=columns)
    assert all(get_cwidth(line) <= columns for line in found)
    assert all(line.isprintable() for line in found)
    assert len(found) <= 10
