"""How each server says what Python's strings can do. Everything is literal and case-sensitive."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CHAR, Integer, String, case, cast, collate, func, literal_column, or_
from sqlalchemy.types import TEXT

from dbx.language.server.server import writes
from dbx.language.values.kinds import Sql

EMPTY = literal_column("''", String())
ONE = literal_column("1", Integer())
ZERO = literal_column("0", Integer())


def _binary(part: Sql) -> Sql:
    """MySQL compares by collation, mostly without case; an explicit one on one side decides for both."""
    return collate(func.convert(part.op("USING")(literal_column("utf8mb4"))), "utf8mb4_bin")


@writes("length")
def _length(text: Sql) -> Sql:
    return func.length(text, type_=Integer())


@writes("length", "mysql")
def _length_mysql(text: Sql) -> Sql:
    return func.char_length(text, type_=Integer())


@writes("byte length")
def _bytes(value: Sql) -> Sql:
    return func.length(value, type_=Integer())


@writes("position")
def _position(text: Sql, part: Sql) -> Sql:
    return func.instr(text, part, type_=Integer())


@writes("position", "postgresql")
def _position_pg(text: Sql, part: Sql) -> Sql:
    return func.strpos(text, part, type_=Integer())


@writes("position", "mysql")
def _position_mysql(text: Sql, part: Sql) -> Sql:
    return func.locate(_binary(part), text, type_=Integer())


@writes("startswith")
def _startswith(text: Sql, part: Sql) -> Sql:
    return func.substr(text, ONE, func.length(part), type_=String()) == part


@writes("startswith", "postgresql")
def _startswith_pg(text: Sql, part: Sql) -> Sql:
    return func.starts_with(text, part)


@writes("startswith", "mysql")
def _startswith_mysql(text: Sql, part: Sql) -> Sql:
    return _position_mysql(text, part) == ONE


@writes("endswith")
def _endswith(text: Sql, part: Sql) -> Sql:
    # substr(x, -0) is all of x.
    return or_(part == EMPTY, func.substr(text, -func.length(part, type_=Integer()), type_=String()) == part)


@writes("endswith", "postgresql")
def _endswith_pg(text: Sql, part: Sql) -> Sql:
    return func.right(text, func.length(part), type_=String()) == part


@writes("endswith", "mysql")
def _endswith_mysql(text: Sql, part: Sql) -> Sql:
    # Not `=`: these collations take 'a' and 'a ' for equal.
    return _position_mysql(func.right(text, func.char_length(part)), part) == ONE


@writes("substr")
def _substr(text: Sql, *bounds: Sql) -> Sql:
    return func.substr(text, *bounds, type_=String())


@writes("text")
def _text(value: Sql) -> Sql:
    return cast(value, TEXT())


@writes("text", "mysql")
def _text_mysql(value: Sql) -> Sql:
    return cast(value, CHAR())


_SIDES = {"strip": ("trim", "btrim"), "lstrip": ("ltrim", "ltrim"), "rstrip": ("rtrim", "rtrim")}
_TRIMS = {"trim": func.trim, "btrim": func.btrim, "ltrim": func.ltrim, "rtrim": func.rtrim}


@writes("strip")
def _strip(text: Sql, *rest: Sql) -> Sql:
    *characters, side = rest
    white = literal_column("char(32, 9, 10, 11, 12, 13)", String())
    return _TRIMS[_SIDES[str(side)][0]](text, *(characters or (white,)), type_=String())


@writes("strip", "postgresql")
def _strip_pg(text: Sql, *rest: Sql) -> Sql:
    *characters, side = rest
    white = literal_column("E' \\t\\n\\r\\f\\v'", String())
    return _TRIMS[_SIDES[str(side)][1]](text, *(characters or (white,)), type_=String())


@writes("strip", "mysql")
def _strip_mysql(text: Sql, *rest: Sql) -> Sql:
    # TRIM takes one string to take away here, not a set of characters; a regular expression does.
    *characters, side = rest
    some: Any = literal_column("'[[:space:]]+'", String())
    if characters:
        some = func.concat(literal_column("'['"), _escaped(characters[0]), literal_column("']+'"), type_=String())
    for end in {"strip": "^$", "lstrip": "^", "rstrip": "$"}[str(side)]:
        mark: Sql = literal_column(f"'{end}'")
        regexp = func.concat(*((mark, some) if end == "^" else (some, mark)), type_=String())
        text = func.regexp_replace(text, regexp, EMPTY, type_=String())
    return text


def _escaped(characters: Sql) -> Sql:
    """What stands for itself inside the brackets of a regular expression."""
    for special in ("\\\\", "]", "^", "-", "["):
        sign: Sql = literal_column(f"'{special}'")
        characters = func.replace(characters, sign, func.concat(literal_column("'\\\\'"), sign), type_=String())
    return characters


@writes("replace")
def _replace(text: Sql, old: Sql, new: Sql) -> Sql:
    # Python puts `new` between all characters when `old` is empty; no server does, so the text stays.
    return func.replace(text, old, new, type_=String())


@writes("repeat")
def _repeat(text: Sql, count: Sql) -> Sql:
    return func.repeat(text, count, type_=String())


@writes("repeat", "sqlite")
def _repeat_sqlite(text: Sql, count: Sql) -> Sql:
    # Zeros of a blob in hexadecimal are pairs of '0', as many as are asked for.
    return func.replace(func.hex(func.zeroblob(count)), literal_column("'00'"), text, type_=String())


def _in_order(aggregate: Any, order: tuple[Sql, ...]) -> Sql:
    found: Sql = aggregate.aggregate_order_by(*order) if order else aggregate
    return found


@writes("join")
def _join(text: Sql, separator: Sql, *order: Sql) -> Sql:
    return _in_order(func.group_concat(text, separator, type_=String()), order)


@writes("join", "postgresql")
def _join_pg(text: Sql, separator: Sql, *order: Sql) -> Sql:
    return _in_order(func.string_agg(text, separator, type_=String()), order)


@writes("join", "mysql")
def _join_mysql(text: Sql, separator: Sql, *order: Sql) -> Sql:
    # SEPARATOR takes no parameter, so SQLAlchemy writes this one string out, quoted by the dialect.
    strings: Any = func.aggregate_strings
    return _in_order(strings(text, separator), order)


@writes("padded")
def _padded(text: Sql, width: Sql, fill: Sql, side: str) -> Sql:
    pad = func.lpad if side == "left" else func.rpad
    longer = func.char_length(text) >= width
    return case((longer, text), else_=pad(text, width, fill, type_=String()))


@writes("padded", "sqlite")
def _padded_sqlite(text: Sql, width: Sql, fill: Sql, side: str) -> Sql:
    # No lpad before 3.44: zeros of a blob in hexadecimal are pairs of '0', as many as are asked for.
    missing = width - func.length(text, type_=Integer())
    filling = func.substr(func.replace(func.hex(func.zeroblob(width)), literal_column("'00'"), fill), ONE, missing)
    added = filling + text if side == "left" else text + filling
    return case((missing > ZERO, added), else_=text)
