"""insert: SQL that puts the rows into a table, spelled for PostgreSQL, MySQL and MariaDB, or SQLite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from math import inf
from typing import NamedTuple

from dbx.errors import Refused, UsageError
from dbx.formats import Format, Style
from dbx.formats.cells import misfit, octets, refuse_twice, written
from dbx.rows import Batch, Cell, Column, Rows

ROWS, BYTES = 500, 256 * 1024
"""A statement ends before it has more of either: servers bound the size of one, and an error should name few rows."""


class Spelling(NamedTuple):
    """How a dialect writes literals. What raises ValueError cannot be written; the text says why."""

    quote: str
    cases: bool  # names differ by case alone
    string: Callable[[str], str]
    number: Callable[[str], str]
    binary: Callable[[bytes], str]


def write(rows: Rows, style: Style) -> Iterator[bytes]:
    """One row a line; nothing at all when there are no rows. --no-header leaves the list of columns out."""
    spelling, table = _checked(style)
    names = [column.origin or column.name for column in rows.columns if column.kind != "remark"]
    if not all(names) or not names:
        raise Refused("insert needs columns, each with a name", hint="name it in the statement: … AS name")
    refuse_twice(names if spelling.cases else [name.lower() for name in names], INSERT.name)
    columns = f" ({', '.join(_quoted(name, spelling) for name in names)})" if style.header else ""
    return _statements(rows, f"INSERT INTO {table}{columns} VALUES\n".encode(), spelling)


def _checked(style: Style) -> tuple[Spelling, str]:
    """The spelling and the table's name in it. Raises UsageError."""
    if style.dialect not in _SPELLINGS:
        named = f"no SQL of '{style.dialect}'" if style.dialect else "no dialect to write SQL for"
        raise UsageError(f"insert: {named}", hint=f"--dialect is one of {', '.join(_SPELLINGS)}")
    parts = style.table.split(".")
    if not all(parts):
        raise UsageError(f"--table '{style.table}' is no table's name", hint="NAME or SCHEMA.NAME")
    spelling = _SPELLINGS[style.dialect]
    return spelling, ".".join(_quoted(part, spelling) for part in parts)


def _quoted(name: str, spelling: Spelling) -> str:
    return f"{spelling.quote}{name.replace(spelling.quote, spelling.quote * 2)}{spelling.quote}"


def _statements(rows: Rows, head: bytes, spelling: Spelling) -> Iterator[bytes]:
    """What stands before a row ends the one before it, so no row waits for the next."""
    count = size = before = 0
    for batch in rows.here():
        parts: list[bytes] = []
        for row in _rows(rows.columns, batch, before, spelling) if batch else ():
            if count and count < ROWS and size + len(row) < BYTES:
                parts.append(b",\n")
            else:
                parts.append(b";\n" + head if count else head)
                count, size = 0, len(head)
            parts.append(row)
            count, size = count + 1, size + len(row) + 2
        before += len(batch)
        if parts:
            yield b"".join(parts)
    if count:
        yield b";\n"


def _rows(columns: Sequence[Column], batch: Batch, before: int, spelling: Spelling) -> Iterator[bytes]:
    literals = [
        _literals(column, cells, before, spelling)
        for column, cells in zip(columns, zip(*batch, strict=True), strict=True)
        if column.kind != "remark"
    ]
    for row in zip(*literals, strict=True):
        yield f"({', '.join(row)})".encode()


def _literals(column: Column, cells: Sequence[Cell], before: int, spelling: Spelling) -> list[str]:
    """The cells of a column as literals. Raises OutputFailed for the first that has none."""

    def literal(cell: Cell) -> str:
        if type(cell) is str:
            return text(cell)
        if cell is None:
            return "NULL"
        return spelling.binary(cell) if type(cell) is bytes else spelling.number(written(cell))

    text = _writer(column.kind, spelling)
    try:
        return list(map(literal, cells))
    except ValueError as error:
        raise misfit(column, cells, before, literal) or error from None


def _writer(kind: str, spelling: Spelling) -> Callable[[str], str]:
    """How cells of text are written, by their column's kind. JSON is a string."""
    if kind == "number":
        return spelling.number
    if kind == "binary":
        return lambda text: spelling.binary(octets(text))
    if kind == "boolean":
        return lambda text: _BOOLEANS.get(text) or spelling.string(text)
    return spelling.string


_BOOLEANS = {"t": "true", "true": "true", "f": "false", "false": "false"}

_number = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII).fullmatch
_integer = re.compile(r"-?\d+", re.ASCII).fullmatch
# As a literal it would be an integer, which has no sign at zero.
_minus_zero = re.compile(r"-[0.]+").fullmatch


def _plain(text: str) -> bool:
    """Whether it may stand without quotes."""
    return _number(text) is not None and _minus_zero(text) is None


# The backslash, and what a terminal, an editor or a client might change: controls but tab and LF.
_CHANGED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\\]")


def _string(text: str) -> str:
    """Quotes doubled, which is right everywhere. Raises ValueError for half characters and bytes that are no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("is not valid UTF-8") from None
    return f"'{text.replace(_QUOTE, _DOUBLED)}'"


_QUOTE, _DOUBLED = "'", "''"


def _postgresql_string(text: str) -> str:
    """E'…' where a backslash stands, which means one thing whatever standard_conforming_strings says."""
    if "\0" in text:
        raise ValueError("holds NUL, which PostgreSQL has in no text")
    string = _string(text)
    if _CHANGED.search(string) is None:
        return string
    return "E" + _CHANGED.sub(lambda found: r"\\" if found[0] == "\\" else rf"\x{ord(found[0]):02x}", string)


def _postgresql_number(text: str) -> str:
    return text if _plain(text) else _postgresql_string(text)


def _postgresql_binary(value: bytes) -> str:
    return rf"E'\\x{value.hex()}'::bytea"


def _mysql_string(text: str) -> str:
    """In hexadecimal where a backslash stands: it escapes, unless sql_mode has NO_BACKSLASH_ESCAPES. The introducer
    says how the bytes are meant, whatever character set the client has."""
    string = _string(text)
    if _CHANGED.search(text):
        return f"_utf8mb4 X'{text.encode().hex()}'"
    return string if text.isascii() else f"_utf8mb4{string}"


def _mysql_number(text: str) -> str:
    if text.lstrip("+-").lower() in ("nan", "inf", "infinity"):
        raise ValueError("is no number that MySQL has")
    return text if _plain(text) else _mysql_string(text)


def _hexadecimal(value: bytes) -> str:
    return f"X'{value.hex()}'"


def _sqlite_string(text: str) -> str:
    """A NUL would end the statement, and the sqlite3 shell cuts a CR at the end of a line."""
    found = [(character, symbol) for character, symbol in _SYMBOLS.items() if character in text]
    if _invalid(text) or any(symbol in text for _, symbol in found):
        return f"CAST({_hexadecimal(text.encode('utf-8', 'surrogateescape'))} AS TEXT)"
    for character, symbol in found:
        text = text.replace(character, symbol)
    string = _string(text)
    for character, symbol in found:
        string = f"replace({string}, '{symbol}', char({ord(character)}))"
    return string


_SYMBOLS = {"\r": "␍", "\0": "␀"}
_invalid = re.compile(r"[\ud800-\udfff]").search


def _sqlite_number(text: str) -> str:
    """As SQLite can hold it: an integer of 64 bits, a real, or else its digits as a string."""
    if text in ("Infinity", "-Infinity"):
        return text.replace("Infinity", "9e999")
    if _minus_zero(text):
        return "-0.0"
    if _integer(text) and len(text) < _DIGITS and -(2**63) <= int(text) < 2**63:
        return text
    real = float(text) if _number(text) else inf
    return _sqlite_real(real) if abs(real) < inf and Decimal(repr(real)) == Decimal(text) else _sqlite_string(text)


_DIGITS = 40
"""More than 64 bits have, zeros in front and all."""

_TINY, _SCALE = 1e-200, 2.0**600


def _sqlite_real(value: float) -> str:
    """Digits that SQLite reads as exactly this real.

    The shortest that identify it are too few for SQLite, whose reading is not rounded correctly: 58.279833 comes out
    one bit less. 18 digits lie so near to the real that the error does not reach the next one; up to 4 decimals the
    reading is exact anyway. Near the smallest reals the error grows, so they are made of a larger one.
    """
    if 0 < abs(value) < _TINY:
        return f"{_sqlite_real(value * _SCALE)}/{_SCALE:.18g}"
    short = repr(value)
    if "e" not in short and len(short) <= 16 and len(short.partition(".")[2]) <= 4:
        return short
    exact = f"{value:.18g}"
    return exact if "." in exact or "e" in exact else f"{exact}.0"


_MYSQL = Spelling("`", False, _mysql_string, _mysql_number, _hexadecimal)
_SPELLINGS = {
    "mariadb": _MYSQL,
    "mysql": _MYSQL,
    "postgresql": Spelling('"', True, _postgresql_string, _postgresql_number, _postgresql_binary),
    "sqlite": Spelling('"', False, _sqlite_string, _sqlite_number, _hexadecimal),
}


def _check(style: Style) -> None:
    _checked(style)


INSERT = Format("insert", write, check=_check)
