"""What the tests of the formats share: the rows of the snapshots, and strategies for rows of any kind.

`python tests/unit/formats/format_cases.py` writes the snapshots anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from dbx.formats import Style, load
from dbx.rows import Batch, Cell, Column, Rows

SNAPSHOTS = Path(__file__).parents[2] / "snapshots" / "formats"

DEFAULT = Style()

unhurried = settings(deadline=None)
"""For laws: a busy machine is not a broken law."""

SNAPSHOT_OF = {
    "csv": "a.csv",
    "tsv": "a.tsv",
    "json": "a.json",
    "jsonl": "a.jsonl",
    "table": "table.txt",
    "vertical": "vertical.txt",
}

COLUMNS = (
    Column("id", "int4", "number"),
    Column("text"),
    Column("amount", "numeric", "number"),
    Column("ok", "bool", "boolean"),
    Column("doc", "jsonb", "json"),
    Column("raw", "bytea", "binary"),
    Column("text"),
    Column(""),
    Column('a "b", c\\d\t%s'),
)

ROWS: tuple[tuple[Cell, ...], ...] = (
    (1, "plain", "12.50", "t", '{"a": 1, "a": 2}', b"\x00\xff", "again", "unnamed", "odd"),
    (2, None, None, None, None, None, None, None, None),
    (3, "", "NaN", "f", "", b"", "", "", ""),
    (4, 'say "hi", you', "9" * 1000, "true", "[1,\r\n 2.50]", b"\\x", "\\N", "NULL", "\\."),
    (5, "two\nlines\r\nand\ttab", "-0.00", "maybe", "no json", "text", "\\", "\b\f\v", "end\n"),
    (
        6,
        "東京 Ελλάδα naïve e\u0301",
        "1e400",
        "0",
        '"x\x7f"',
        "caf\udcff",
        "🙂 🙂",
        "\u200b",
        "👩\u200d👩\u200d👧 ❤️ 🇩🇪 👍🏽",
    ),
    (7, "\x1b]0;PWNED\x07\x1b[2J", "Infinity", "1", "NaN", "\x9b31m", "\u202etxt.exe", "\ufeff", "\U000e0041"),
    (8, "e" + "\u0301" * 40, "007", "", "[", "\x00\x7f", "=1+1", " ", "'"),
    (9, 1.5, float("inf"), 1, 3, float("nan"), -(2**63), 1e16, -0.0),
)


SOME = 7
"""Columns of the snapshot in a terminal. The last is not among them: Rich's versions disagree on emoji of several
characters, which is seen only in a column that has another behind it."""


def snapshots() -> dict[str, bytes]:
    """Their files."""
    some, few = [[row[:SOME] for row in ROWS]], [[row[:3] for row in ROWS[:3]]]
    return {
        **{file: written(name, COLUMNS, [ROWS]) for name, file in SNAPSHOT_OF.items()},
        "table-80.txt": written("table", COLUMNS[:SOME], some, Style(width=80)),
        "table-colour.txt": written("table", COLUMNS[:3], few, Style(colour=True)),
        "vertical-30.txt": written("table", COLUMNS[:SOME], some, Style(width=30)),
    }


def written(name: str, columns: Sequence[Column], batches: Iterable[Batch], style: Style = DEFAULT) -> bytes:
    """All the bytes of the format."""
    return b"".join(load(name).write(Rows(columns, iter(batches)), style))


def pulled(batches: Sequence[Batch], log: list[int]) -> Iterator[Batch]:
    """The batches; `log` says which have been asked for."""
    for index, batch in enumerate(batches):
        log.append(index)
        yield batch


AWKWARD = "\x00\x07\b\t\n\v\f\r\x1b\"'\\,.N\x7f\x85\x9b\xad \u0301\u200b\u200c\u200d\u202e\u2028\u2066\ufe0f\ufeff"

characters = st.one_of(
    st.sampled_from(AWKWARD),
    st.sampled_from("ab01東👩❤🇩क्षශාمی\U000e0041\U0001f3fd"),
    st.integers(0xDC80, 0xDCFF).map(chr),
    st.characters(exclude_categories=["Cs"]),
)
strings = st.lists(characters, max_size=12).map("".join)
plain = st.text("abc 019.", max_size=8)
values: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.just(""),
    plain,
    strings,
    st.binary(max_size=4),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
)
kinds = st.sampled_from(["text", "number", "boolean", "json", "binary"])


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[Cell] = values, most: int = 5) -> tuple[list[Column], Batch]:
    """Columns of any name and kind with their rows. Half of the columns hold one type of cell, as most do."""
    columns = [Column(draw(st.one_of(plain, strings)), "", draw(kinds)) for _ in range(draw(st.integers(1, most)))]
    uniform = [st.one_of(cells, plain), plain, st.one_of(plain, st.none()), st.integers(0, 99), cells, cells]
    sources = [draw(st.sampled_from(uniform)) for _ in columns]
    return columns, draw(st.lists(st.tuples(*sources), max_size=8))


def split(batch: Batch, cuts: Iterable[int]) -> list[Batch]:
    """The same rows in other batches, empty ones among them."""
    places = [0, *sorted(min(cut, len(batch)) for cut in cuts), len(batch)]
    return [batch[start:end] for start, end in pairwise(places)]


if __name__ == "__main__":
    for file, data in snapshots().items():
        (SNAPSHOTS / file).write_bytes(data)
