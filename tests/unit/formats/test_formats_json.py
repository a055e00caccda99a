"""json and jsonl: valid, verbatim, and nothing lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from format_cases import tables, unhurried, values, written
from hypothesis import given

from dbx.formats import Style
from dbx.formats.cells import texts
from dbx.formats.json import names
from dbx.rows import Batch, Cell, Column


def _pairs(data: bytes) -> Any:
    """Objects as pairs, so that a repeated key would be seen; numbers as text, so that digits would be missed."""
    return json.loads(
        data.decode("utf-8"), object_pairs_hook=list, parse_int=str, parse_float=str, parse_constant=pytest.fail
    )


def _value(kind: str, cell: Cell) -> bytes:
    """The value of one cell in a column of that kind, as it is written."""
    data = written("jsonl", [Column("v", "", kind)], [[(cell,)]])
    assert data.startswith(b'{"v":')
    assert data.endswith(b"}\n")
    return data[5:-2]


@unhurried
@given(tables(values))
def test_text_reads_back(table: tuple[list[Column], Batch]) -> None:
    columns, batch = table
    columns = [Column(column.name) for column in columns]
    keys = names(columns)
    expected = [list(zip(keys, texts(row), strict=True)) for row in batch]
    assert _pairs(written("json", columns, [batch])) == expected
    assert [_pairs(line) for line in written("jsonl", columns, [batch]).split(b"\n")[:-1]] == expected


@unhurried
@given(tables(values))
def test_any_kind_is_valid_and_one_line_a_row(table: tuple[list[Column], Batch]) -> None:
    columns, batch = table
    lines = written("jsonl", columns, [batch]).splitlines(keepends=True)
    assert [line[-1:] for line in lines] == [b"\n"] * len(batch)
    rows = [_pairs(line) for line in lines]
    assert [[key for key, _ in row] for row in rows] == [names(columns)] * len(batch)
    assert _pairs(written("json", columns, [batch])) == rows
    for row, cells in zip(rows, batch, strict=True):
        assert [value is None for _, value in row] == [
            cell is None or (column.kind == "json" and type(cell) is str and cell.strip(" \t\r\n") == "null")
            for column, cell in zip(columns, cells, strict=True)
        ]


@unhurried
@given(tables(values, most=8))
def test_names_are_unique_and_keep_what_they_can(table: tuple[list[Column], Batch]) -> None:
    columns, _ = table
    given_names = [column.name for column in columns]
    found = names(columns)
    assert len(set(found)) == len(columns)
    for index, name in enumerate(given_names):
        if name and name not in given_names[:index]:
            assert found[index] == name


@pytest.mark.parametrize(
    ("given_names", "expected"),
    [
        (["a", "a", "a"], ["a", "a_2", "a_3"]),
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (["", "b", ""], ["column1", "b", "column3"]),
        (["", "column1"], ["column1_2", "column1"]),
    ],
)
def test_names(given_names: list[str], expected: list[str]) -> None:
    assert names([Column(name) for name in given_names]) == expected


@pytest.mark.parametrize(
    "number", ["0", "-0", "12.50", "9" * 1000, "1e400", "-1.5E+7", "0.000000000000000000000000000000000001"]
)
def test_number_is_verbatim(number: str) -> None:
    assert _value("number", number) == number.encode()


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "007", "", " 1", "1\n", ".5", "5.", "+1", "0x1", "1_0", "١", "$1.00"]
)
def test_what_json_calls_no_number_is_a_string(text: str) -> None:
    assert _value("number", text) == json.dumps(text, ensure_ascii=False).encode()


@pytest.mark.parametrize("kind", ["text", "number", "json"])
def test_cells_with_a_type(kind: str) -> None:
    assert _value(kind, 2**63) == b"9223372036854775808"
    assert _value(kind, 0.1) == b"0.1"
    assert _value(kind, 1e22) == b"1e+22"
    assert _value(kind, float("inf")) == b'"Infinity"'
    assert _value(kind, float("nan")) == b'"NaN"'
    assert _value(kind, True) == b"true"
    assert _value(kind, b"\x00\xff") == b'"\\\\x00ff"'


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("t", b"true"), ("true", b"true"), ("1", b"true"), ("TRUE", b"true"), (1, b"true"),
        ("f", b"false"), ("false", b"false"), ("0", b"false"), (0, b"false"), (0.0, b"false"),
        ("maybe", b'"maybe"'), ("", b'""'), (2, b"2"), (None, b"null"), (b"", b'"\\\\x"'),
    ],
)  # fmt: skip
def test_boolean(cell: Cell, value: bytes) -> None:
    assert _value("boolean", cell) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1, "a": 2}', b'{"a": 1, "a": 2}'),
        ('[1,\r\n 2.50, "\\n"]', b'[1,   2.50, "\\n"]'),
        ("9" * 5000, b"9" * 5000),
        (" null ", b" null "),
        ('"caf\udcff"', b'"caf\\udcff"'),
        ("NaN", b'"NaN"'),
        ("[NaN]", b'"[NaN]"'),
        ("", b'""'),
        ("{", b'"{"'),
        ("[1] trailing", b'"[1] trailing"'),
        ('["a\nb"]', b'"[\\"a\\nb\\"]"'),
        ("{'a': 1}", b"\"{'a': 1}\""),
        ("[" * 100_000, b'"' + b"[" * 100_000 + b'"'),
    ],
)
def test_embedded_json(text: str, value: bytes) -> None:
    assert _value("json", text) == value


def test_strings_are_valid_utf8_and_escape_controls() -> None:
    assert _value("text", '\x00\x1b"\\\n東\udcff') == b'"\\u0000\\u001b\\"\\\\\\n\xe6\x9d\xb1\\udcff"'


def test_shape() -> None:
    columns = [Column("100%"), Column("b")]
    assert written("json", columns, []) == b"[]\n"
    assert written("json", columns, [[], []]) == b"[]\n"
    assert written("jsonl", columns, []) == b""
    assert written("json", columns, [[("%s", None)], [("x", "y")]]) == (
        b'[\n{"100%":"%s","b":null},\n{"100%":"x","b":"y"}\n]\n'
    )


def test_null_is_null_whatever_it_is_elsewhere() -> None:
    assert written("jsonl", [Column("a")], [[(None,)]], Style(null="NULL", header=False)) == b'{"a":null}\n'


def test_no_columns() -> None:
    assert written("jsonl", [], [[(), ()]]) == b"{}\n{}\n"
    assert written("json", [], [[()], [()]]) == b"[\n{},\n{}\n]\n"
