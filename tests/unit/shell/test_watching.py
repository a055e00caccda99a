"""What has changed between two runs of a query."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from dbx.formats.cells import Marked
from dbx.rows import Column
from dbx.shell.watching import marked

COLUMNS = (Column("id"), Column("value"))
ROWS = st.lists(st.tuples(st.integers(0, 9), st.one_of(st.none(), st.text("ab", max_size=2))), max_size=6)
Rows = Sequence[tuple[object, ...]]


def compared(before: Rows | None, now: Rows) -> list[tuple[object, ...]]:
    rows = marked(COLUMNS, before, now)  # type: ignore[arg-type]
    return [row for batch in rows for row in batch]


def text(cell: object) -> str:
    return "NULL" if cell is None else str(cell)


def test_the_first_time_nothing_is_marked() -> None:
    assert compared(None, [(1, "a")]) == [("", 1, "a")]


def test_rows_are_told_by_their_first_cell() -> None:
    found = compared([(1, "a"), (2, "b"), (3, "c")], [(3, "x"), (1, "a"), (4, "d")])
    assert [row[0] for row in found] == ["~", "", "+", "-"]
    assert type(found[0][2]) is Marked
    assert type(found[0][1]) is int
    assert found[3] == ("-", 2, "b")


def test_rows_that_share_their_first_cell_are_told_by_their_place() -> None:
    found = compared([(1, "a"), (1, "b")], [(1, "a"), (1, "c")])
    assert [row[0] for row in found] == ["", "~"]


@given(ROWS, ROWS)
def test_the_marks_add_up(before: Rows, now: Rows) -> None:
    found = compared(before, now)
    marks = [row[0] for row in found]
    assert len(found) - marks.count("-") == len(now)
    assert len(found) - marks.count("+") == len(before)
    assert [list(map(text, row[1:])) for row in found if row[0] != "-"] == [list(map(text, row)) for row in now]


@given(ROWS)
def test_equal_results_have_no_marks(rows: Rows) -> None:
    assert {row[0] for row in compared(rows, rows)} <= {""}
