"""arrow and parquet: types from the server, values exact or refused with their place, and rows that stream."""

from __future__ import annotations

import datetime
import errno
import math
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from format_cases import TYPED, pulled, read_typed, split, unhurried, values, written
from hypothesis import given
from hypothesis import strategies as st

from dbx.errors import OutputFailed, Refused
from dbx.formats import Style, arrow, load
from dbx.formats.cells import texts
from dbx.rows import Batch, Cell, Column, Rows

both = pytest.mark.parametrize("name", TYPED)
POSTGRESQL, MYSQL, SQLITE = (Style(dialect=name) for name in ("postgresql", "mysql", "sqlite"))
NUMBERS = ("int", "float", "numeric", "decimal", "double", "oid", "year", "bigint", "smallint", "tinyint", "mediumint")


def table(name: str, columns: Sequence[Column], batches: Sequence[Batch], style: Style) -> Any:
    return read_typed(name, written(name, columns, batches, style))


def column(server_type: str, *cells: Cell, style: Style = POSTGRESQL, name: str = "parquet") -> Any:
    """One column of a server's type, read back."""
    kind = (
        "binary" if server_type in ("bytea", "blob", "bit") else "number" if server_type.startswith(NUMBERS) else "text"
    )
    return table(name, [Column("a", server_type, kind)], [[(cell,) for cell in cells]], style)["a"]


UTC = datetime.UTC


@both
@pytest.mark.parametrize(
    ("server_type", "text", "expected", "value"),
    [
        ("int2", "-32768", pa.int16(), -32768),
        ("int4", "2147483647", pa.int32(), 2147483647),
        ("int8", "-9223372036854775808", pa.int64(), -(2**63)),
        ("oid", "4294967295", pa.uint32(), 2**32 - 1),
        ("float4", "0.1", pa.float32(), 0.10000000149011612),
        ("float8", "1e-300", pa.float64(), 1e-300),
        ("float8", "Infinity", pa.float64(), math.inf),
        ("numeric(10,4)", "1.5000", pa.decimal128(10, 4), Decimal("1.5000")),
        ("numeric(38,0)", "9" * 38, pa.decimal128(38, 0), Decimal("9" * 38)),
        ("numeric(76,2)", f"-{'9' * 74}.99", pa.decimal256(76, 2), Decimal(f"-{'9' * 74}.99")),
        ("numeric(77,2)", "NaN", pa.string(), "NaN"),
        ("numeric(3,5)", "0.00123", pa.decimal128(5, 5), Decimal("0.00123")),
        ("numeric(2,-3)", "99000", pa.decimal128(5, 0), Decimal(99000)),
        ("numeric", "1.10", pa.string(), "1.10"),
        ("bool", "f", pa.bool_(), False),
        ("date", "0001-01-01", pa.date32(), datetime.date(1, 1, 1)),
        ("time(3)", "12:34:56.789", pa.time64("us"), datetime.time(12, 34, 56, 789000)),
        ("timestamp", "1969-12-31 23:59:59.999999", pa.timestamp("us"), datetime.datetime(1969, 12, 31, 23, 59, 59, 999999)),
        ("timestamptz(0)", "2024-06-01 01:00:00+02", pa.timestamp("us", "UTC"), datetime.datetime(2024, 5, 31, 23, tzinfo=UTC)),
        ("timestamptz", "1883-11-18 12:03:57-04:56:02", pa.timestamp("us", "UTC"), datetime.datetime(1883, 11, 18, 16, 59, 59, tzinfo=UTC)),
        ("timetz", "12:00:00+02", pa.string(), "12:00:00+02"),
        ("interval", "1 mon", pa.string(), "1 mon"),
        ("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", pa.string(), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("json", '{"a": 1, "a": 2}', pa.string(), '{"a": 1, "a": 2}'),
        ("bytea", r"\x00ff", pa.binary(), b"\x00\xff"),
        ("bytea", r"\\x00\377", pa.binary(), b"\\x00\xff"),
        ("int4[]", "{1,NULL,-3}", pa.list_(pa.int32()), [1, None, -3]),
        ("numeric(5,1)[]", "{1.5,-0.1}", pa.list_(pa.decimal128(5, 1)), [Decimal("1.5"), Decimal("-0.1")]),
        ("text[]", r'{"a,b","q\"","b\\",NULL,"NULL",x y,"{}"}', pa.list_(pa.string()), ["a,b", 'q"', "b\\", None, "NULL", "x y", "{}"]),
        ("bytea[]", r'{"\\x00ff","\\x"}', pa.list_(pa.binary()), [b"\x00\xff", b""]),
        ("date[]", "{2024-02-29}", pa.list_(pa.date32()), [datetime.date(2024, 2, 29)]),
        ("bool[]", "{t,f}", pa.list_(pa.bool_()), [True, False]),
        ("box[]", "{(1,1),(0,0);(2,2),(0,0)}", pa.string(), "{(1,1),(0,0);(2,2),(0,0)}"),
        ('"char"', "x", pa.string(), "x"),
        ("16423", "so so", pa.string(), "so so"),
    ],
)  # fmt: skip
def test_types_of_postgresql(name: str, server_type: str, text: str, expected: Any, value: object) -> None:
    kind = "binary" if server_type == "bytea" else "text"
    found = table(name, [Column("a", server_type, kind)], [[(None,)], [(text,), (None,)]], POSTGRESQL)
    assert str(found.schema.field("a").type).replace("element:", "item:") == str(expected)
    assert found["a"].to_pylist() == [None, value, None]
    assert found.schema.field("a").metadata[b"sql_type"] == server_type.encode()


@pytest.mark.parametrize(
    ("server_type", "cell", "expected", "value"),
    [
        ("tinyint", "-128", pa.int8(), -128),
        ("smallint unsigned", "65535", pa.uint16(), 65535),
        ("mediumint", "-8388608", pa.int32(), -8388608),
        ("int unsigned", "00000042", pa.uint32(), 42),
        ("bigint unsigned", "18446744073709551615", pa.uint64(), 2**64 - 1),
        ("bigint", "-9223372036854775808", pa.int64(), -(2**63)),
        ("decimal(65,30)", f"-{'1' * 35}.{'2' * 30}", pa.decimal256(65, 30), Decimal(f"-{'1' * 35}.{'2' * 30}")),
        ("decimal(5,0) unsigned", "12345", pa.decimal128(5, 0), Decimal(12345)),
        ("float", "1e10", pa.float32(), 1e10),
        ("double", "-0", pa.float64(), -0.0),
        ("year", "2155", pa.uint16(), 2155),
        ("date", "9999-12-31", pa.date32(), datetime.date(9999, 12, 31)),
        ("datetime", "2020-02-29 01:02:03.456", pa.timestamp("us"), datetime.datetime(2020, 2, 29, 1, 2, 3, 456000)),
        ("time", "23:59:59", pa.time64("us"), datetime.time(23, 59, 59)),
        ("bit", b"A", pa.binary(), b"A"),
        ("blob", b"\xff", pa.binary(), b"\xff"),
        ("varchar", "é", pa.string(), "é"),
        ("json", "[1]", pa.string(), "[1]"),
        ("null", None, pa.string(), None),
    ],
)  # fmt: skip
def test_types_of_mysql(server_type: str, cell: Cell, expected: Any, value: object) -> None:
    found = column(server_type, cell, None, style=MYSQL)
    assert found.type == expected
    assert found.to_pylist() == [value, None]
    assert math.copysign(1, found[0].as_py()) == -1 if cell == "-0" else True


@pytest.mark.parametrize("server_type", ["date", "timestamp", "timestamptz"])
def test_times_beyond_pythons(server_type: str) -> None:
    """Arrow counts from 1970, in the calendar that PostgreSQL has too; Python has no year 0 and none after 9999."""
    clock = {"date": "", "timestamp": " 00:00:00", "timestamptz": " 00:00:00+00"}[server_type]
    unit = 1 if server_type == "date" else 86_400_000_000
    days = {"0001-01-01": -719162, "0001-12-31 BC": -719163, "0044-03-15 BC": -735160, "4714-11-24 BC": -2440588}
    days |= {"1970-01-01": 0, "10000-01-01": 2932897, "294246-12-31": 106751981}
    texts_of = [f"{day.removesuffix(' BC')}{clock}{' BC' if day.endswith('BC') else ''}" for day in days]
    found = column(server_type, *texts_of)
    number = found.cast(pa.int32() if server_type == "date" else pa.int64())
    assert number.to_pylist() == [day * unit for day in days.values()]


REFUSED = [
    ("date", "infinity", POSTGRESQL), ("timestamp", "-infinity", POSTGRESQL), ("timestamptz", "infinity", POSTGRESQL),
    ("timestamp", "294276-12-31 23:59:59.999999", POSTGRESQL), ("time", "24:00:00", POSTGRESQL),
    ("numeric(10,2)", "NaN", POSTGRESQL), ("int4[]", "[0:1]={1,2}", POSTGRESQL), ("int4[]", "{{1,2},{3,4}}", POSTGRESQL),
    ("date[]", "{2024-01-01,infinity}", POSTGRESQL), ("numeric(5,2)[]", "{NaN}", POSTGRESQL), ("text", b"\x00", POSTGRESQL),
    ('"char"', b"x", POSTGRESQL), ("box[]", b"x", POSTGRESQL), ("text[]", "xax", POSTGRESQL), ("text", "caf\udcff", POSTGRESQL), ("date", "29/02/2024", POSTGRESQL), ("int4", "1.5", POSTGRESQL),
    ("numeric(5,2)", "1.239", POSTGRESQL), ("numeric(5,2)", "12345.00", POSTGRESQL), ("bool", "maybe", POSTGRESQL),
    ("date", "0000-00-00", MYSQL), ("date", "2020-00-31", MYSQL), ("datetime", "0000-00-00 00:00:00", MYSQL),
    ("time", "838:59:59", MYSQL), ("time", "-00:00:01.500000", MYSQL), ("tinyint unsigned", "256", MYSQL),
]  # fmt: skip


@pytest.mark.parametrize(("server_type", "cell", "style"), REFUSED)
def test_what_does_not_fit_is_named(server_type: str, cell: Cell, style: Style) -> None:
    columns = [Column("n", "text"), Column("a\x1b", server_type, "text")]
    with pytest.raises(OutputFailed) as caught:
        table("parquet", columns, [[("x", None)] * 3, [("x", None), ("y", cell)]], style)
    assert caught.value.message.startswith(r"column 'a\x1b', row 5: ")
    assert ("does not fit " in caught.value.message) or ("is not valid UTF-8" in caught.value.message)
    assert "cast the column" in caught.value.hint
    assert caught.value.exit_code == 5


# --- cells that bring their types with them --------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("cells", "expected", "found"),
    [
        ((None, 1, -(2**63)), pa.int64(), None),
        ((None, 0.1, math.inf), pa.float64(), None),
        ((None, b"\x00", b""), pa.binary(), None),
        ((None, "a", ""), pa.string(), None),
        ((None, None), pa.string(), None),
        ((1, 2.5, 2**53), pa.float64(), [1.0, 2.5, 2.0**53]),
        ((1, 2.5, 2**53 + 1), pa.string(), ["1", "2.5", "9007199254740993"]),
        ((-(2**53) - 1, 2.5), pa.string(), ["-9007199254740993", "2.5"]),
        ((1, "1", 1.0, 1e300, math.inf), pa.string(), ["1", "1", "1.0", "1e+300", "Infinity"]),
        ((2**63, 1), pa.string(), ["9223372036854775808", "1"]),
    ],
)
def test_types_of_sqlite(name: str, cells: tuple[Cell, ...], expected: Any, found: list[object] | None) -> None:
    batches: list[Batch] = [[(None,)] * 10, *([(cell,)] for cell in cells)]
    read = table(name, [Column("a")], batches, SQLITE)["a"]
    assert read.type == expected
    assert read.to_pylist()[10:] == (list(cells) if found is None else found)


@both
@unhurried
@given(st.lists(st.tuples(values, values), max_size=8), st.lists(st.integers(0, 8), max_size=4))
def test_sqlite_loses_nothing(name: str, rows: list[tuple[Cell, ...]], cuts: list[int]) -> None:
    """Every value comes back, as itself, or as the text of the text formats; or it is refused."""
    columns = [Column("a"), Column("b")]
    try:
        read = table(name, columns, split(rows, cuts), SQLITE)
    except OutputFailed as failed:
        assert "is not valid UTF-8" in failed.message or "holds a blob" in failed.message
        return
    for index, cells in enumerate(zip(*rows, strict=True)):
        back = read[columns[index].name].to_pylist()
        text = read[columns[index].name].type == pa.string()
        assert all(map(_equal, back, texts(cells) if text else cells)), (back, cells)


def _equal(one: Any, other: Any) -> bool:
    """An integer among reals comes back as a real, exactly. NaN is itself here."""
    return one == other or (one != one and other != other)


def test_blobs_among_other_values_are_refused() -> None:
    with pytest.raises(OutputFailed, match=r"^column 'a' holds a blob in row 4 and none in 2$") as caught:
        table("parquet", [Column("a")], [[(None,), ("x",)], [(1,), (b"x",)]], SQLITE)
    assert "quote(column)" in caught.value.hint


def test_a_foreign_dialects_types_are_not_taken_for_a_known_ones() -> None:
    """A driver's `float` is not MySQL's, which has 32 bits."""
    found = column("float", 0.1, style=Style(dialect="generic"))
    assert (found.type, found.to_pylist()) == (pa.float64(), [0.1])


# --- files -----------------------------------------------------------------------------------------------------------


@both
def test_a_name_twice_is_refused(name: str) -> None:
    with pytest.raises(Refused, match=f"{name} needs different column names, and there are two 'a'") as caught:
        load(name).write(Rows([Column("a"), Column("b"), Column("a")], iter([])), POSTGRESQL)
    assert caught.value.hint


@both
def test_no_rows_have_types_too(name: str) -> None:
    found = table(name, [Column("a", "int4", "number"), Column("b", "date")], [], POSTGRESQL)
    assert found.num_rows == 0
    assert found.schema.types == [pa.int32(), pa.date32()]
    assert table(name, [], [[(), ()]], POSTGRESQL).num_columns == 0
    assert table(name, [Column("a")], [], SQLITE).schema.types == [pa.string()]


@both
@pytest.mark.parametrize("row", [("3",), ("3", "4", "5"), ()])
@pytest.mark.parametrize("style", [POSTGRESQL, SQLITE])
def test_a_row_of_another_length_is_an_error_not_a_loss(name: str, row: tuple[str, ...], style: Style) -> None:
    columns = [Column("a", "text"), Column("b", "text")]
    for batch in ([("1", "2"), row], [row]):
        with pytest.raises(ValueError, match="zip"):
            table(name, columns, [batch], style)


@both
def test_rows_stream_in_groups(name: str) -> None:
    asked: list[int] = []
    batch = [(str(number), "x" * 10) for number in range(2000)]
    rows = Rows([Column("a", "int4", "number"), Column("b", "text")], pulled([batch] * 100, asked))
    chunks = load(name).write(rows, POSTGRESQL)
    assert asked == []
    first = next(chunks)
    assert len(asked) * 2000 in range(arrow.ROWS, arrow.ROWS + 2000)
    found = read_typed(name, b"".join([first, *chunks]))
    assert found["a"].to_pylist() == list(range(2000)) * 100
    large = Rows([Column("b", "text")], pulled([[("x" * 10_000_000,)]] * 10, asked := []))
    next(load(name).write(large, POSTGRESQL))
    assert len(asked) <= 3


def test_without_pyarrow_it_says_what_to_install() -> None:
    code = """import sys
sys.modules["pyarrow"] = None
from dbx.errors import UsageError
from dbx.formats import load
for name in ("arrow", "parquet"):
    try:
        load(name)
    except UsageError as error:
        print(error.exit_code, error.message, error.hint, sep="|")"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    line = (
        "2|the formats arrow and parquet need pyarrow, which is not installed|install: pip install 'dbx-shell[arrow]'\n"
    )
    assert done.stdout == line * 2


def test_a_full_disk_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("dbx.formats.arrow_spool.pickle.dump", full)
    with pytest.raises(OutputFailed, match="the rows' temporary file: No space left on device"):
        table("parquet", [Column("a")], [[(1,)]], SQLITE)
