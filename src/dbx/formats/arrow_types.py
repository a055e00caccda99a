"""Arrow's type for each type of a server, and how its text becomes such values: exactly, or not at all.

What Arrow and Parquet have no common type for stays the server's text: intervals, times with a zone, ranges, inet,
enums and so on. So does PostgreSQL's `numeric` without a precision, which may be NaN, infinite, or longer than the 76
digits of the largest decimal; and the type of a column must not depend on the rows that happen to be in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa

from dbx.formats.cells import octets, texts
from dbx.rows import Cell, Column


class Kind(NamedTuple):
    """A column's Arrow type, and what makes an array of its cells. `array` raises ValueError for what does not fit."""

    type: Any
    array: Callable[[Sequence[Cell]], Any]

    def one(self, cell: Cell) -> Any:
        """As `array`, for one cell; the error says what did not fit."""
        try:
            return self.array([cell])
        except (ValueError, TypeError, ArithmeticError) as error:
            reason = "is not valid UTF-8" if isinstance(error, UnicodeError) else f"does not fit {self.type}"
            raise ValueError(reason) from None


def kind_of(dialect: str, column: Column) -> Kind | None:
    """The kind of a column of that dialect; None if its cells say more than its type."""
    names = _DIALECTS.get(dialect)
    found = _TYPE.fullmatch(column.type)
    if names is None or not column.type:
        return BINARY if column.kind == "binary" else None
    if found is None:
        return _of_text(_TEXT)
    name, precision, scale, unsigned, array = found.groups()
    if column.kind == "binary":
        return BINARY
    if name in ("numeric", "decimal") and scale is not None:
        value = _decimal(int(precision), int(scale))
    else:
        value = names.get(f"{name}{unsigned or ''}", _TEXT)
    if array:
        return _of_values(pa.list_(value.type), _list(value.value)) if name in _IN_ARRAYS else _of_text(_TEXT)
    return _of_text(value)


_TYPE = re.compile(r"([\w ]+?)(?:\((\d+)(?:,(-?\d+))?\))?( unsigned)?(\[\])?")


class _Value(NamedTuple):
    """A type, and the function from the server's text to what pyarrow takes for a value of it."""

    type: Any
    value: Callable[[str], Any]
    cast: bool = True  # Arrow's own cast from text does the same, for a whole column at once


def _of_text(value: _Value) -> Kind:
    slow = _of_values(value.type, value.value)

    def array(cells: Sequence[Cell]) -> Any:
        if value.cast and set(map(type, cells)) <= _TEXTS:
            try:
                return pa.array(cells, pa.string()).cast(value.type)
            except pa.ArrowInvalid:
                pass  # there are years of five digits, and years before Christ; and there is what fits nowhere
        return slow.array(cells)

    return Kind(value.type, array)


def _of_values(kind: Any, value: Callable[[str], Any]) -> Kind:
    def array(cells: Sequence[Cell]) -> Any:
        if not set(map(type, cells)) <= _TEXTS:
            raise ValueError("not all of it is text")
        return pa.array([None if cell is None else value(cell) for cell in cells], kind)  # type: ignore[arg-type]

    return Kind(kind, array)


_TEXTS = {str, type(None)}

# --- values of text --------------------------------------------------------------------------------------------------

_EPOCH = date(1970, 1, 1).toordinal()
_DATE = re.compile(r"(\d{4,7})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}))?", re.ASCII)
_ZONE = re.compile(r"([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?", re.ASCII)
_MOMENT = re.compile(r"(\S+) ([\d:.]+)(\S*?)( BC)?")


def _days(text: str) -> int:
    """Days since 1970 in the Gregorian calendar, which repeats itself every 400 years; Python's has 9999 of them."""
    found = _DATE.fullmatch(text.removesuffix(" BC"))
    if found is None:
        raise ValueError("no date")
    year, month, day = map(int, found.groups())
    cycle, rest = divmod(1 - year if text.endswith(" BC") else year, 400)
    return date(2000 + rest, month, day).toordinal() - _EPOCH + (cycle - 5) * 146_097


def _microseconds(text: str) -> int:
    """Since midnight."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("no time of a day")
    hours, minutes, seconds, fraction = found.groups()
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1_000_000 + int((fraction or "").ljust(6, "0"))


def _moment(text: str) -> int:
    """Microseconds since 1970; in UTC, if the text has a zone."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError("no time")
    day, time, zone, era = found.groups()
    return _days(day + (era or "")) * 86_400_000_000 + _microseconds(time) - _offset(zone)


def _offset(text: str) -> int:
    if not text:
        return 0
    found = _ZONE.fullmatch(text)
    if found is None:
        raise ValueError("no zone")
    sign, hours, minutes, seconds = found.groups()
    offset = ((int(hours) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)) * 1_000_000
    return -offset if sign == "-" else offset


def _truth(text: str) -> bool:
    if text not in ("t", "f"):
        raise ValueError("neither true nor false")
    return text == "t"


def _decimal(precision: int, scale: int) -> _Value:
    """PostgreSQL's scale may be negative or larger than the precision; Parquet's may not."""
    precision, scale = max(precision, scale, precision - scale), max(scale, 0)
    if precision > 76:
        return _TEXT
    return _Value(pa.decimal128(precision, scale) if precision <= 38 else pa.decimal256(precision, scale), Decimal)


_ELEMENT = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([^,{}"\\]+))(?:,(?!\Z)|\Z)', re.DOTALL)


def _list(value: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    """Arrays of one dimension that begin at 1: a list has no place for more."""

    def values(text: str) -> list[Any]:
        if text[:1] != "{" or text[-1:] != "}":
            raise ValueError("bounds")
        inside, place, found = text[1:-1], 0, []
        while place < len(inside):
            element = _ELEMENT.match(inside, place)
            if element is None:
                raise ValueError("dimensions")
            quoted, bare = element.groups()
            found.append(
                value(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) if bare is None else bare)
                if bare != "NULL"
                else None
            )
            place = element.end()
        return found

    return values


# --- cells that bring their types with them, and bytes ---------------------------------------------------------------


def _binary_array(cells: Sequence[Cell]) -> Any:
    return pa.array([octets(cell) if type(cell) is str else cell for cell in cells], pa.binary())


TEXT = Kind(pa.string(), lambda cells: pa.array(texts(cells), pa.string()))
BINARY = Kind(pa.binary(), _binary_array)
INTEGER = Kind(pa.int64(), lambda cells: pa.array(cells, pa.int64()))
REAL = Kind(pa.float64(), lambda cells: pa.array(cells, pa.float64()))

# --- the types -------------------------------------------------------------------------------------------------------

_TEXT = _Value(pa.string(), str)
_MOMENTS = {"date": _Value(pa.date32(), _days), "time": _Value(pa.time64("us"), _microseconds, cast=False)}

_POSTGRESQL = _MOMENTS | {
    "int2": _Value(pa.int16(), int),
    "int4": _Value(pa.int32(), int),
    "int8": _Value(pa.int64(), int),
    "oid": _Value(pa.uint32(), int),
    "float4": _Value(pa.float32(), float),
    "float8": _Value(pa.float64(), float),
    "bool": _Value(pa.bool_(), _truth, cast=False),
    "bytea": _Value(pa.binary(), octets, cast=False),
    "timestamp": _Value(pa.timestamp("us"), _moment),
    "timestamptz": _Value(pa.timestamp("us", "UTC"), _moment),
}
_IN_ARRAYS = {
    *_POSTGRESQL,
    "numeric",
    "text",
    "varchar",
    "bpchar",
    "name",
    "uuid",
    "json",
    "jsonb",
    "interval",
    "timetz",
}
"""What is a list in arrays. Arrays of anything else stay text: not all are divided by commas."""

# Both of MySQL's moments are local: what TIMESTAMP holds is shown in the zone of the session.
_MYSQL = _MOMENTS | {
    "tinyint": _Value(pa.int8(), int),
    "smallint": _Value(pa.int16(), int),
    "mediumint": _Value(pa.int32(), int),
    "int": _Value(pa.int32(), int),
    "bigint": _Value(pa.int64(), int),
    "tinyint unsigned": _Value(pa.uint8(), int),
    "smallint unsigned": _Value(pa.uint16(), int),
    "mediumint unsigned": _Value(pa.uint32(), int),
    "int unsigned": _Value(pa.uint32(), int),
    "bigint unsigned": _Value(pa.uint64(), int),
    "year": _Value(pa.uint16(), int),
    "float": _Value(pa.float32(), float),
    "double": _Value(pa.float64(), float),
    "float unsigned": _Value(pa.float32(), float),
    "double unsigned": _Value(pa.float64(), float),
    "datetime": _Value(pa.timestamp("us"), _moment),
    "timestamp": _Value(pa.timestamp("us"), _moment),
}
_DIALECTS = {"postgresql": _POSTGRESQL, "mysql": _MYSQL, "mariadb": _MYSQL}
