"""csv and tsv: what is written reads back, NULL apart from the empty string."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
from format_cases import tables, unhurried, values, written
from hypothesis import example, given

from dbx.errors import OutputFailed, UsageError
from dbx.formats import Style, load
from dbx.formats.cells import texts
from dbx.rows import Batch, Cell, Column, Rows

A = [Column("a")]
AB = [Column("a"), Column("b")]


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("utf-8", "surrogateescape")


def _expected(columns: Sequence[Column], batch: Batch) -> list[list[bytes | None]]:
    """The header and the rows, as bytes: several surrogates may make one character when they are read."""
    head: list[bytes | None] = [column.name.encode("utf-8", "surrogateescape") for column in columns]
    return [head, *([_bytes(text) for text in texts(row)] for row in batch)]


def _read_csv(data: bytes) -> list[list[bytes | None]]:
    """RFC 4180 with LF, where a field without quotes and without text is NULL."""
    rows: list[list[bytes | None]] = [[]]
    place = 0
    while place < len(data):
        if data[place : place + 1] == b'"':
            field = b""
            while True:
                end = data.index(b'"', place + 1)
                field += data[place + 1 : end]
                place = end + 1
                if data[place : place + 1] != b'"':
                    break
                field += b'"'
            value: bytes | None = field
        else:
            end = place
            while data[end : end + 1] not in {b",", b"\n"}:
                end += 1
            value, place = data[place:end] or None, end
        rows[-1].append(value)
        if data[place : place + 1] == b"\n":
            rows.append([])
        else:
            assert data[place : place + 1] == b","
            if data[place + 1 : place + 2] == b"\n":  # a NULL ends the line
                rows[-1].append(None)
                rows.append([])
                place += 1
        place += 1
    assert rows.pop() == []
    return rows


_UNESCAPED = {b"\\": b"\\", b"t": b"\t", b"n": b"\n", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


def _copied(field: bytes) -> bytes | None:
    """A field of COPY's text format."""
    if field == rb"\N":
        return None
    first, *rest = field.split(b"\\")
    value, escaped = first, False
    for part in rest:
        if escaped:  # the second of two backslashes
            value, escaped = value + part, False
        elif part == b"":
            value, escaped = value + b"\\", True
        else:
            value += _UNESCAPED[part[:1]] + part[1:]
    assert not escaped or field.endswith(b"\\\\")
    return value


def _read_tsv(data: bytes) -> list[list[bytes | None]]:
    assert data.endswith(b"\n")
    return [[_copied(field) for field in line.split(b"\t")] for line in data[:-1].split(b"\n")]


@unhurried
@given(tables(values))
def test_csv_reads_back(table: tuple[list[Column], Batch]) -> None:
    columns, batch = table
    assert _read_csv(written("csv", columns, [batch])) == _expected(columns, batch)


@unhurried
@given(tables(values))
@example(([Column("a")], [("",), (None,), ("\r",)]))
def test_csv_is_what_the_csv_module_reads(table: tuple[list[Column], Batch]) -> None:
    columns, batch = table
    text = written("csv", columns, [batch]).decode("latin-1")
    empty_line_is_a_null = [row or [""] for row in csv.reader(io.StringIO(text, newline=""))]
    expected = [[(cell or b"").decode("latin-1") for cell in row] for row in _expected(columns, batch)]
    assert empty_line_is_a_null == expected


@unhurried
@given(tables(values))
def test_tsv_reads_back(table: tuple[list[Column], Batch]) -> None:
    columns, batch = table
    assert _read_tsv(written("tsv", columns, [batch])) == _expected(columns, batch)


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("a", "b"), b"a,b"),
        ((None, None), b","),
        (("", None), b'"",'),
        ((None, ""), b',""'),
        (("x,y", 'say "hi"'), b'"x,y","say ""hi"""'),
        (("two\nlines", "c\rd"), b'"two\nlines","c\rd"'),
        ((" blank ", "'=-+@\t"), b" blank ,'=-+@\t"),
        (("\\.", "\\N"), b"\\.,\\N"),
        ((b"\x00\xff", b""), b"\\x00ff,\\x"),
        ((1, -(2**63)), b"1,-9223372036854775808"),
        ((0.1, 1e16), b"0.1,1e+16"),
        ((float("inf"), float("-inf")), b"Infinity,-Infinity"),
        ((float("nan"), -0.0), b"NaN,-0.0"),
        (("caf\udcff", "東"), b"caf\xff,\xe6\x9d\xb1"),
        ((True, False), b"true,false"),
    ],
)
def test_csv_line(cells: tuple[Cell, ...], line: bytes) -> None:
    assert written("csv", AB, [[cells]]) == b"a,b\n" + line + b"\n"
    assert written("csv", AB, [[("1", "2"), cells, ("3", None)]]) == b"a,b\n1,2\n" + line + b"\n3,\n"


@pytest.mark.parametrize(
    ("cell", "line"), [(None, b""), ("", b'""'), ("\\.", b'"\\."'), ("a\\.b", b"a\\.b"), ("x", b"x")]
)
def test_csv_line_of_one_column(cell: Cell, line: bytes) -> None:
    assert written("csv", A, [[(cell,)]]) == b"a\n" + line + b"\n"


def test_csv_null_of_the_user() -> None:
    got = written("csv", AB, [[(None, "NULL"), ("", "NULL and void"), ("a", "b")]], Style(null="NULL"))
    assert got == b'a,b\nNULL,"NULL"\n"",NULL and void\na,b\n'


@pytest.mark.parametrize("beside", ["x", "x,y"])
def test_csv_empty_string_is_quoted_whatever_null_is(beside: str) -> None:
    shown = '"x,y"' if "," in beside else beside
    got = written("csv", A, [[("",), (None,), (beside,)]], Style(null="-", header=False))
    assert got.decode() == f'""\n-\n{shown}\n'
    got = written("csv", AB, [[("", "1"), (None, "2"), (beside, "3")]], Style(null="-", header=False))
    assert got.decode() == f'"",1\n-,2\n{shown},3\n'


@pytest.mark.parametrize("null", ["a,b", '"', "a\nb", "\r"])
def test_csv_null_that_would_break_the_file_is_refused(null: str) -> None:
    with pytest.raises(UsageError):
        load("csv").write(Rows.of("a", rows=[]), Style(null=null))


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("a", "b"), b"a\tb"),
        ((None, ""), b"\\N\t"),
        (("\\N", "\\"), b"\\\\N\t\\\\"),
        (("\t\n\r", "\b\f\v"), b"\\t\\n\\r\t\\b\\f\\v"),
        (('say "hi", you', "\\."), b'say "hi", you\t\\\\.'),
        ((b"\x00\xff", 1.0), b"\\\\x00ff\t1.0"),
        (("\x1b\x00", "caf\udcff"), b"\x1b\x00\tcaf\xff"),
    ],
)
def test_tsv_line(cells: tuple[Cell, ...], line: bytes) -> None:
    assert written("tsv", AB, [[cells]]) == b"a\tb\n" + line + b"\n"


def test_tsv_null_of_the_user() -> None:
    assert written("tsv", AB, [[(None, "\\")]], Style(null="")) == b"a\tb\n\t\\\\\n"
    with pytest.raises(UsageError):
        load("tsv").write(Rows.of("a", rows=[]), Style(null="\t"))


def test_header() -> None:
    columns = [Column("a"), Column("a"), Column(""), Column('x,"y'), Column("t\tb\\")]
    assert written("csv", columns, []) == b'a,a,"","x,""y",t\tb\\\n'
    assert written("tsv", columns, []) == b'a\ta\t\tx,"y\tt\\tb\\\\\n'
    assert written("csv", AB, [[("1", "2")]], Style(header=False)) == b"1,2\n"
    assert written("tsv", AB, [[("1", "2")]], Style(header=False)) == b"1\t2\n"


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_no_columns(name: str) -> None:
    assert written(name, [], [[(), ()], [()]]) == b"\n\n\n\n"


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_half_a_character_is_refused_not_changed(name: str) -> None:
    with pytest.raises(OutputFailed, match=r"U\+D83D"):
        written(name, A, [[("\ud83d",)]])
