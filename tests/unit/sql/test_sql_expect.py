r"""\expect lines: their grammar, and what they hold of a result."""

from __future__ import annotations

import pytest

from dbx.complaint import excerpt
from dbx.errors import LanguageError, StatementFailed
from dbx.sql.expect import Result, failure, parse


@pytest.mark.parametrize(
    ("wish", "result"),
    [
        ("rows = 3", Result(3)),
        ("rows > 2 ;", Result(3)),
        ("changed >= 1", Result(changed=1)),
        ("changed!=2", Result(changed=1)),
        ("value = NULL", Result(1, None)),
        ("value != NULL", Result(1, "NULL")),
        ("value = 'NULL'", Result(1, "NULL")),
        ("value != 'NULL'", Result(1, None)),
        ("value = 'it''s; -- here'", Result(1, "it's; -- here")),
        ("value = two words", Result(1, "two words")),
        ("value = ''", Result(1, "")),
        ("value = 5", Result(1, "5.0")),
        ("value = 5", Result(1, 5.0)),
        ("value = '5'", Result(1, "5.00")),
        ("value > 9", Result(1, "10")),
        ("value < 1e3", Result(1, "999")),
        ("value > b", Result(1, "c")),
        ("value = NaN", Result(1, "NaN")),
        ("value = 123456789012345678901234567890", Result(1, "123456789012345678901234567890")),
        ("value != 123456789012345678901234567890", Result(1, "123456789012345678901234567891")),
        (r"value = \x00ff", Result(1, b"\x00\xff")),
        ("error", Result(error=StatementFailed("no", code="23505"))),
        ("error 23505", Result(error=StatementFailed("no", code="23505"))),
        ("error SQLITE_CONSTRAINT", Result(error=StatementFailed("no", code="SQLITE_CONSTRAINT"))),
    ],
)
def test_what_holds(wish: str, result: Result) -> None:
    assert failure(parse(rf"\expect {wish}"), result) is None


@pytest.mark.parametrize(
    ("wish", "result", "got"),
    [
        ("rows = 3", Result(2), "rows = 3, got 2"),
        ("value = NULL", Result(1, "NULL"), "value = NULL, got 'NULL'"),
        ("value = 'NULL'", Result(1, None), "got NULL"),
        ("value > 1", Result(1, None), "got NULL"),
        ("value < 1", Result(1, None), "got NULL"),
        ("value = 1", Result(0), "got 0 rows, not one cell"),
        ("value = 1", Result(1_000), "got 1,000 rows, not one cell"),
        ("value = 1", Result(1), "got several columns, not one cell"),
        ("value = 9", Result(1, "10"), "got 10"),
        ("value > 9x", Result(1, "10"), "got 10"),
        ("changed = 1", Result(changed=None), "got NULL"),
        ("error", Result(3), "expected error, got none"),
        ("error 23505", Result(error=StatementFailed("gone", code="42P01")), "error 23505, got 42P01: gone"),
        ("value = x", Result(1, "y" * 500), "got " + "y" * 200),
    ],
)
def test_what_does_not(wish: str, result: Result, got: str) -> None:
    wrong = failure(parse(rf"\expect {wish}", "a.sql", 7), result)
    assert wrong is not None
    assert wrong.code == "E-EXPECT"
    assert wrong.message.endswith(got)
    assert wrong.place is not None
    assert (wrong.place.source, wrong.place.line) == ("a.sql", 7)


@pytest.mark.parametrize(
    "wish",
    [
        "",
        "rows",
        "rows 3",
        "rows = x",
        "rows = -1",
        "rows == 3",
        "value =",
        "changed = 1.5",
        "nothing = 3",
        "error a b",
    ],
)
def test_what_is_no_expectation(wish: str) -> None:
    text = rf"\expect {wish}".rstrip()
    with pytest.raises(LanguageError, match="not an expectation") as caught:
        parse(text, "a.sql", 7)
    assert caught.value.place is not None
    assert (caught.value.place.source, caught.value.place.line, caught.value.place.column) == ("a.sql", 7, 1)
    assert excerpt(caught.value.place) == [f"  {text}", f"  {'^' * len(text)}"]
