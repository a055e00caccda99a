"""What holds for every format: the bytes of the snapshots, and how rows are read."""

from __future__ import annotations

import pytest
from format_cases import COLUMNS, ROWS, SNAPSHOTS, TYPED, pulled, snapshots, split, tables, unhurried, values, written
from hypothesis import given
from hypothesis import strategies as st

from dbx.formats import FORMATS, Style, load
from dbx.rows import Batch, Column, Rows

every_name = pytest.mark.parametrize("name", sorted(FORMATS))
names = pytest.mark.parametrize("name", sorted(set(FORMATS) - {*TYPED, "insert"}))
"""Formats that take any columns, whatever their names and types."""


@pytest.mark.parametrize("file", sorted(snapshots()))
def test_snapshot(file: str) -> None:
    assert snapshots()[file] == (SNAPSHOTS / file).read_bytes()


def test_every_snapshot_is_checked() -> None:
    assert {path.name for path in SNAPSHOTS.glob("[!.]*")} == set(snapshots())


@every_name
def test_format_knows_its_name_and_may_be_repeated(name: str) -> None:
    form = load(name)
    assert form.name == name
    assert form.many is (name not in TYPED)
    assert not form.whole
    assert form.binary is (name in TYPED)
    assert form.human is (name in {"table", "vertical"})


@names
def test_first_bytes_come_before_the_second_batch_is_asked_for(name: str) -> None:
    asked: list[int] = []
    rows = Rows(COLUMNS, pulled([ROWS[:2], ROWS[2:]], asked))
    chunks = load(name).write(rows, Style())
    assert asked == []
    seen = b""
    while b"plain" not in seen:
        seen += next(chunks)
    assert asked == [0]
    for _ in chunks:
        pass
    assert asked == [0, 1]
    assert rows.count == len(ROWS)


@names
@unhurried
@given(tables(values), st.lists(st.integers(0, 8), max_size=4))
def test_batches_do_not_change_the_bytes(name: str, table: tuple[list[Column], Batch], cuts: list[int]) -> None:
    columns, batch = table
    # A table is measured by its first batch, so there only what follows may be split.
    measured = name in ("table", "markdown")
    first = len(batch) // 2 if measured else 0
    batches = [batch[:first], *split(batch[first:], cuts)] if first else split(batch, cuts)
    if measured and not first:
        return
    for style in (Style(), Style(width=30)):
        assert written(name, columns, batches, style) == written(
            name, columns, [batch[:first], batch[first:]] if first else [batch], style
        )


@names
def test_rows_without_columns_are_counted(name: str) -> None:
    rows = Rows([], iter([[(), ()], [()]]))
    for _ in load(name).write(rows, Style()):
        pass
    assert rows.count == 3


@names
@pytest.mark.parametrize("row", [("3",), ("3", "4", "5"), ()])
def test_a_row_of_another_length_is_an_error_not_a_loss(name: str, row: tuple[str, ...]) -> None:
    columns = [Column("a"), Column("b")]
    with pytest.raises(ValueError, match="zip"):
        written(name, columns, [[("1", "2"), row]])
