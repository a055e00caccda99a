"""What the tests of the formats share: the rows of the snapshots, and strategies for rows of any kind.

`python tests/unit/formats/format_cases.py` writes the snapshots anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow
from hypothesis import settings
from hypothesis import strategies as st
from pyarrow import ipc, parquet

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
    "markdown": "a.md",
    "html": "a.html",
}

TYPED = ("arrow", "parquet")
"""Formats with a type for each column."""

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

INSERTED_COLUMNS = (
    Column("id", "int4", "number"),
    Column("text", "text"),
    Column("amount", "numeric", "number"),
    Column("ok", "bool", "boolean"),
    Column("doc", "jsonb", "json"),
    Column("raw", "bytea", "binary"),
    Column('a "b" `c`', "text"),
)

INSERTED: tuple[tuple[Cell, ...], ...] = (
    (1, "plain", "12.50", "t", '{"a": 1}', b"\x00\xff", "naïve 🙂"),
    (2, None, None, None, None, None, None),
    (3, "", "-0", "f", "", b"", "it's"),
    (4, "back\\slash", "9" * 40, "maybe", r'{"b": "\n"}', r"\x00ff5c", r"'; drop table t; --\'"),
    (5, "two\nlines\r\nand\ttab", "1e-300", "t", "[]", r"a\134\000", "\x1b[31m%s :a {} ?"),
    (6, 1.5, 2**63, 0.1, 58.279833, -0.0, 5e-324),
)

TYPED_COLUMNS = (
    Column("small", "int2", "number"),
    Column("big", "int8", "number"),
    Column("real", "float8", "number"),
    Column("price", "numeric(12,2)", "number"),
    Column("long", "numeric(50,10)", "number"),
    Column("any", "numeric", "number"),
    Column("ok", "bool", "boolean"),
    Column("day", "date"),
    Column("hour", "time(6)"),
    Column("at", "timestamp"),
    Column("instant", "timestamptz"),
    Column("doc", "jsonb", "json"),
    Column("raw", "bytea", "binary"),
    Column("numbers", "int4[]"),
    Column("words", "text[]"),
    Column("kind", "16423"),
    Column("wait", "interval"),
)

TYPED_ROWS: tuple[tuple[Cell, ...], ...] = (
    (None,) * len(TYPED_COLUMNS),
    (
        "-32768", "9223372036854775807", "0.1", "12.50", "1234567890123456789012345678901234567890.0123456789", "NaN",
        "t", "2024-02-29", "23:59:59.5", "2024-02-29 12:00:00.123456", "2024-02-29 12:00:00+05:30", '{"a": 1}',
        r"\x00ff", "{1,NULL,-3}", r'{plain,"a,b","q\"","NULL",NULL,"",x\ny}'.replace(r"\n", "\n"), "ok", "1 mon -3 days",
    ),
    (
        "7", "-1", "-Infinity", "-0.01", "0", "9" * 100,
        "f", "0044-03-15 BC", "00:00:00", "12345-06-07 00:00:00", "1883-11-18 12:03:57-04:56:02 BC", "null",
        r"\x", "{}", "{}", "so so", "00:00:01",
    ),
)  # fmt: skip


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
        **{
            f"insert-{dialect}.sql": written(
                "insert", INSERTED_COLUMNS, [INSERTED], Style(table="s.t", dialect=dialect)
            )
            for dialect in ("postgresql", "mysql", "sqlite")
        },
        **{f"{name}.txt": _described(name) for name in TYPED},
    }


def _described(name: str) -> bytes:
    """The schema of a typed format and its rows, as pyarrow reads them, for people. The bytes of the file itself hold
    pyarrow's version."""
    table = read_typed(name, written(name, TYPED_COLUMNS, [TYPED_ROWS], Style(dialect="postgresql")))
    schema = table.schema.remove_metadata()
    lines = [f"{field.name}: {field.type} {(field.metadata or {}).get(b'sql_type', b'').decode()}" for field in schema]
    for number in range(table.num_rows):
        lines += ["", *(f"{field.name}: {_shown(table[field.name][number])}" for field in schema)]
    return "\n".join([*lines, ""]).encode()


def _shown(value: Any) -> Any:
    """Days and moments as numbers too: Python's reach from the year 1 to 9999."""
    if not value.is_valid or not (pyarrow.types.is_date(value.type) or pyarrow.types.is_timestamp(value.type)):
        return repr(value.as_py())
    number = value.cast(pyarrow.int32() if pyarrow.types.is_date(value.type) else pyarrow.int64())
    return f"{value.cast(pyarrow.string())} ({number})"


def read_typed(name: str, data: bytes) -> Any:
    """A file of arrow or parquet as pyarrow's table."""
    if name == "parquet":
        return parquet.read_table(pyarrow.BufferReader(data))
    return ipc.open_file(pyarrow.BufferReader(data)).read_all()


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
