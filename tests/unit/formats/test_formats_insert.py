"""insert: SQL that SQLite itself reads back to the same cells; the other dialects' spelling, and the sizes."""

from __future__ import annotations

import math
import random
import sqlite3
import struct

import pytest
from format_cases import strings, unhurried, values, written
from hypothesis import given
from hypothesis import strategies as st

from dbx.errors import OutputFailed, Refused, UsageError
from dbx.formats import Style, load
from dbx.formats.insert import BYTES, ROWS
from dbx.rows import Batch, Cell, Column

SQLITE, POSTGRESQL, MYSQL = (Style(dialect=name) for name in ("sqlite", "postgresql", "mysql"))


def literal(cell: Cell, style: Style, kind: str = "text") -> str:
    """The one cell as it is written."""
    data = written("insert", [Column("a", "", kind)], [[(cell,)]], style).decode()
    head, _, rest = data.partition(" VALUES\n(")
    assert head.startswith("INSERT INTO ")
    assert rest.endswith(");\n")
    return rest[:-3]


def replayed(data: bytes, width: int) -> list[tuple[Cell, ...]]:
    """The rows that SQLite has after the statements; its columns have no type that would change a value."""
    connection = sqlite3.connect(":memory:")
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    connection.execute(f"create table data ({', '.join(f'c{number}' for number in range(width))})")
    connection.executescript(data.decode())
    rows = connection.execute("select * from data order by rowid").fetchall()
    connection.close()
    return rows


def same(one: Cell, other: Cell) -> bool:
    """Of one type, and of one value, with the sign of zero."""
    if isinstance(one, float) and isinstance(other, float):
        return struct.pack("d", one) == struct.pack("d", other)
    return type(one) is type(other) and one == other


def _as_read(cell: Cell) -> Cell:
    """Bytes that are UTF-8 are never read as invalid ones."""
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape") if isinstance(cell, str) else cell


stored = values.filter(lambda cell: not (isinstance(cell, float) and math.isnan(cell))).map(_as_read)
"""What SQLite can hold: it makes NULL of NaN."""


@unhurried
@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[stored] * width), max_size=8)))
def test_sqlite_reads_back_every_cell(rows: list[tuple[Cell, ...]]) -> None:
    width = len(rows[0]) if rows else 1
    found = replayed(written("insert", [Column(f"c{number}") for number in range(width)], [rows], SQLITE), width)
    assert len(found) == len(rows)
    for one, other in zip(found, rows, strict=True):
        assert all(map(same, one, other)), (one, other)


def test_sqlite_reads_back_every_real() -> None:
    """Also those whose shortest digits SQLite reads as the neighbour, and the smallest."""
    chance = random.Random(1)
    bits = [struct.unpack("d", chance.randbytes(8))[0] for _ in range(20_000)]
    small = [struct.unpack("d", struct.pack("Q", chance.randrange(2**53)))[0] for _ in range(2_000)]
    short = [round(chance.uniform(-1000, 1000), chance.randrange(12)) for _ in range(50_000)]
    reals = [58.279833, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -0.0, 1e22, math.inf, -math.inf]
    reals += [real for real in [*bits, *small, *short] if not math.isnan(real)]
    found = replayed(written("insert", [Column("c0")], [[(real,) for real in reals]], SQLITE), 1)
    assert [real for real, (back,) in zip(reals, found, strict=True) if not same(real, back)] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.50", 12.5), ("-9223372036854775808", -(2**63)), ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", "9223372036854775808"), ("0.1", 0.1), ("58.279833", 58.279833), ("1e-300", 1e-300),
        ("1234567890123456.789", "1234567890123456.789"), ("9" * 5000, "9" * 5000), ("1e999", "1e999"),
        ("NaN", "NaN"), ("Infinity", math.inf), ("-Infinity", -math.inf), ("-0", -0.0), ("0042", 42), ("1_0", "1_0"),
    ],
)  # fmt: skip
def test_sqlite_holds_the_numbers_of_other_servers(text: str, value: Cell) -> None:
    ((found,),) = replayed(written("insert", [Column("c0", "numeric", "number")], [[(text,)]], SQLITE), 1)
    assert same(found, value)


@pytest.mark.parametrize(
    ("cell", "kind", "postgresql", "mysql"),
    [
        (None, "text", "NULL", "NULL"),
        ("it's", "text", "'it''s'", "'it''s'"),
        ("", "text", "''", "''"),
        ("a\\'b", "text", r"E'a\\''b'", "_utf8mb4 X'615c2762'"),
        ("a\r\nb\x1b", "text", "E'a\\x0d\nb\\x1b'", "_utf8mb4 X'610d0a621b'"),
        ("two\nlines", "text", "'two\nlines'", "'two\nlines'"),
        ("é", "text", "'é'", "_utf8mb4'é'"),
        ("12.50", "number", "12.50", "12.50"),
        ("9" * 1000, "number", "9" * 1000, "9" * 1000),
        ("1e-5", "number", "1e-5", "1e-5"),
        ("-0", "number", "'-0'", "'-0'"),
        ("$1.00", "number", "'$1.00'", "'$1.00'"),
        ("1\n", "number", "'1\n'", "'1\n'"),
        ("٣", "number", "'٣'", "_utf8mb4'٣'"),
        ("12", "text", "'12'", "'12'"),
        ("t", "boolean", "true", "true"),
        ("false", "boolean", "false", "false"),
        ("maybe", "boolean", "'maybe'", "'maybe'"),
        ('{"a": "\\n"}', "json", r"""E'{"a": "\\n"}'""", "_utf8mb4 X'7b2261223a20225c6e227d'"),
        (b"\x00\xff", "binary", r"E'\\x00ff'::bytea", "X'00ff'"),
        (r"\x00ff", "binary", r"E'\\x00ff'::bytea", "X'00ff'"),
        (r"a\\\377", "binary", r"E'\\x615cff'::bytea", "X'615cff'"),
        (b"", "text", r"E'\\x'::bytea", "X''"),
        (2**63, "text", "9223372036854775808", "9223372036854775808"),
        (0.1, "text", "0.1", "0.1"),
        (-0.0, "text", "'-0.0'", "'-0.0'"),
    ],
)  # fmt: skip
def test_spelling(cell: Cell, kind: str, postgresql: str, mysql: str) -> None:
    assert literal(cell, POSTGRESQL, kind) == postgresql
    assert literal(cell, MYSQL, kind) == mysql
    assert literal(cell, Style(dialect="mariadb"), kind) == mysql


def test_numbers_that_are_none() -> None:
    assert literal("NaN", POSTGRESQL, "number") == "'NaN'"
    assert literal(math.inf, POSTGRESQL) == "'Infinity'"
    for cell in ("NaN", "-Infinity", math.inf):
        with pytest.raises(OutputFailed, match=r"^column 'a', row 1: -?(NaN|Infinity) is no number that MySQL has$"):
            literal(cell, MYSQL, "number")


@pytest.mark.parametrize(
    ("cell", "style", "reason"),
    [
        ("a\0b", POSTGRESQL, r"a\x00b holds NUL, which PostgreSQL has in no text"),
        ("caf\udcff", POSTGRESQL, r"caf\xff is not valid UTF-8"),
        ("caf\udcff\\", MYSQL, r"caf\xff\ is not valid UTF-8"),
        ("x" * 99 + "\udcff", MYSQL, "x" * 60 + "… is not valid UTF-8"),
    ],
)
def test_what_cannot_be_written_is_named(cell: str, style: Style, reason: str) -> None:
    batches: list[Batch] = [[("1", "fine")] * 3, [("1", "fine"), ("2", cell)]]
    with pytest.raises(OutputFailed) as caught:
        written("insert", [Column("n", "", "number"), Column("t\x1b")], batches, style)
    assert caught.value.message == rf"column 't\x1b', row 5: {reason}"
    assert "cast" in caught.value.hint


@unhurried
@given(strings)
def test_no_string_of_mysql_has_a_backslash(text: str) -> None:
    """Whether it escapes is for sql_mode to say."""
    try:
        written_text = literal(text, MYSQL)
    except OutputFailed:
        assert any("\ud800" <= character <= "\udfff" for character in text)
        return
    assert "\\" not in written_text
    assert written_text.replace("''", "").count("'") == (2 if text.replace("'", "") or "X'" in written_text else 0)


def test_names() -> None:
    columns = [Column('a"b`c'), Column("select")]
    style = SQLITE._replace(table='my schema.t"1')
    assert written("insert", columns, [[("1", "2")]], style) == (
        b'INSERT INTO "my schema"."t""1" ("a""b`c", "select") VALUES\n(\'1\', \'2\');\n'
    )
    assert written("insert", columns, [[("1", "2")]], style._replace(dialect="mysql", header=False)) == (
        b"INSERT INTO `my schema`.`t\"1` VALUES\n('1', '2');\n"
    )


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite"])
def test_a_name_twice_is_refused(dialect: str) -> None:
    for columns in ([Column("a"), Column("b"), Column("a")], [Column("a"), Column("A")]):
        if dialect == "postgresql" and columns[-1].name == "A":
            continue
        with pytest.raises(Refused, match="insert needs different column names, and there are two 'a'") as caught:
            written("insert", columns, [], Style(dialect=dialect))
        assert caught.value.exit_code == 6
    with pytest.raises(Refused, match="each with a name"):
        written("insert", [Column("a"), Column("")], [], Style(dialect=dialect))


@pytest.mark.parametrize(
    "style", [Style(), Style(dialect="oracle"), SQLITE._replace(table=""), SQLITE._replace(table="a.")]
)
def test_a_style_that_cannot_be_had_is_a_usage_error(style: Style) -> None:
    with pytest.raises(UsageError) as caught:
        load("insert").check(style)
    assert caught.value.hint in ("--dialect is one of mariadb, mysql, postgresql, sqlite", "NAME or SCHEMA.NAME")
    load("insert").check(SQLITE)


def test_statements_have_a_sensible_size() -> None:
    columns = [Column("a"), Column("b")]
    many = [(str(number), "x" * 40) for number in range(3 * ROWS - 1)]
    long = [(str(number), "é" * (BYTES // 10)) for number in range(30)]
    huge = [("1", "x" * (2 * BYTES)), ("2", "y")]
    for batch in (many, long, huge, many + huge + long):
        data = written("insert", columns, [batch[:7], [], batch[7:]], SQLITE)
        statements = data.decode().split(";\n")
        assert statements.pop() == ""
        assert all(statement.count("\n") <= ROWS for statement in statements)
        assert all(len(text.encode()) <= BYTES or text.count("\n") == 1 for text in statements)
        assert replayed(data.replace(b'("a", "b")', b""), 2) == batch
    assert written("insert", columns, [many], SQLITE).count(b"INSERT") == 3
    assert written("insert", columns, [], SQLITE) == b""


def test_a_row_does_not_wait_for_the_next_batch() -> None:
    chunks = load("insert").write(_rows_until_asked_too_early(), SQLITE)
    assert next(chunks).endswith(b"('1')")


def _rows_until_asked_too_early() -> object:
    from dbx.rows import Rows

    def batches() -> object:
        yield [("1",)]
        pytest.fail("the second batch was asked for")

    return Rows([Column("a")], batches())  # type: ignore[arg-type]
