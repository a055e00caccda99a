"""Cells as values for another statement."""

from decimal import Decimal

from dbx.rows import Column
from dbx.sql.values import as_values

COLUMNS = [Column("n", kind="number"), Column("b", kind="boolean"), Column("x", kind="binary"), Column("t")]


def test_a_cell_is_what_its_column_says() -> None:
    rows = [("12", "t", "\\x00ff", "12"), ("1.50", "false", b"\0", None), ("NaN", "maybe", None, "t"), (3, 1, 2, 4.5)]
    assert as_values(COLUMNS, rows) == [
        (12, True, b"\x00\xff", "12"),
        (Decimal("1.50"), False, b"\0", None),
        ("NaN", "maybe", None, "t"),
        (3, 1, 2, 4.5),
    ]
