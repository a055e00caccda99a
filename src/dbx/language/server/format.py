"""How each server formats: decimals, thousands, capitals, pieces of a string, regular expressions."""

from __future__ import annotations

import json

from sqlalchemy import Boolean, Double, Integer, Numeric, String, case, cast, func, literal_column
from sqlalchemy.types import TEXT

from dbx.language.server.server import writes
from dbx.language.server.text import EMPTY, ZERO
from dbx.language.values.kinds import Sql


def _text(value: str) -> Sql:
    """A text of digits and signs only, made here."""
    return literal_column("'" + value.replace("'", "''") + "'", String())


def _number(value: int) -> Sql:
    return literal_column(str(value), Integer())


@writes("exact")
def _exact(value: Sql) -> Sql:
    return value


@writes("exact", "mysql")
def _exact_mysql(value: Sql) -> Sql:
    # A float would be rounded half to even.
    return cast(value, Numeric(65, 30))


@writes("formatted")
def _formatted(value: Sql, text: Sql) -> Sql:
    return text


@writes("formatted", "sqlite")
def _formatted_sqlite(value: Sql, text: Sql) -> Sql:
    # Its printf takes NULL for 0.
    return case((value.is_not(None), text))


@writes("decimals", "sqlite")
def _decimals_sqlite(value: Sql, places: int) -> Sql:
    return func.printf(_text(f"%.{places}f"), value, type_=String())


@writes("decimals", "postgresql")
def _decimals_pg(value: Sql, places: int) -> Sql:
    return cast(func.round(cast(value, Numeric()), _number(places)), TEXT())


@writes("decimals", "mysql")
def _decimals_mysql(value: Sql, places: int) -> Sql:
    return func.replace(func.format(value, _number(places)), _text(","), EMPTY, type_=String())


@writes("thousands and decimals", "sqlite")
def _grouped_sqlite(value: Sql, places: int) -> Sql:
    # Its printf has thousands of whole numbers only.
    rounded: Sql = func.round(value, _number(places), type_=Double())
    size: Sql = func.abs(rounded, type_=Double())
    whole: Sql = cast(size, Integer())
    fraction = func.substr(func.printf(_text(f"%.{places}f"), size - whole), literal_column("2"), type_=String())
    sign = case((rounded < ZERO, _text("-")), else_=EMPTY)
    return sign + func.printf(_text("%,d"), whole, type_=String()) + fraction


@writes("thousands and decimals", "postgresql")
def _grouped_pg(value: Sql, places: int) -> Sql:
    fraction = "." + "0" * places if places else ""
    return func.to_char(cast(value, Numeric()), _text("FM999,999,999,999,999,999,990" + fraction), type_=String())


@writes("thousands and decimals", "mysql")
def _grouped_mysql(value: Sql, places: int) -> Sql:
    return func.format(value, _number(places), type_=String())


@writes("thousands", "sqlite")
def _thousands_sqlite(value: Sql) -> Sql:
    return func.printf(_text("%,d"), value, type_=String())


@writes("thousands", "postgresql")
def _thousands_pg(value: Sql) -> Sql:
    return func.to_char(value, _text("FM999,999,999,999,999,999,990"), type_=String())


@writes("thousands", "mysql")
def _thousands_mysql(value: Sql) -> Sql:
    return func.format(value, ZERO, type_=String())


@writes("title", "postgresql")
def _title(text: Sql) -> Sql:
    return func.initcap(text, type_=String())


@writes("piece", "postgresql")
def _piece_pg(text: Sql, separator: Sql, index: int) -> Sql:
    place = index + 1 if index >= 0 else index
    found = func.split_part(text, separator, _number(place), type_=String())
    return _if_there(text, separator, index, found)


@writes("piece", "mysql")
def _piece_mysql(text: Sql, separator: Sql, index: int) -> Sql:
    upto = func.substring_index(text, separator, _number(index + 1 if index >= 0 else index), type_=String())
    found = func.substring_index(upto, separator, _number(-1 if index >= 0 else 1), type_=String())
    return _if_there(text, separator, index, found)


def _if_there(text: Sql, separator: Sql, index: int, found: Sql) -> Sql:
    """NULL where there are fewer pieces; the first and the last are always there."""
    before = index if index >= 0 else -index - 1
    return case((_count(text, separator) >= _number(before), found)) if before else found


def _count(text: Sql, separator: Sql) -> Sql:
    """How many separators there are. In characters, as MySQL's length() is not."""
    without = func.char_length(func.replace(text, separator, EMPTY), type_=Integer())
    shorter: Sql = func.char_length(text, type_=Integer()) - without
    return shorter // func.char_length(separator, type_=Integer())


@writes("piece", "sqlite")
def _piece_sqlite(text: Sql, separator: Sql, index: int) -> Sql:
    # There is no function for it, but for JSON there is: the text as a string of JSON, cut into a list of strings.
    place = f"$[{index}]" if index >= 0 else f"$[#{index}]"
    inside = _text(json.dumps(getattr(separator, "value", ""), ensure_ascii=False)[1:-1])
    listed = func.replace(func.json_quote(text), inside, _text('","'), type_=String())
    return func.json_extract(_text("[") + listed + _text("]"), _text(place), type_=String())


@writes("regexp")
def _regexp(text: Sql, pattern: Sql) -> Sql:
    return text.regexp_match(pattern)


@writes("regexp", "mysql")
def _regexp_mysql(text: Sql, pattern: Sql) -> Sql:
    # As a method of binary text: letters are what they are, whatever the collation takes them for.
    return func.convert(text.op("USING")(literal_column("utf8mb4"))).collate("utf8mb4_bin").op(
        "REGEXP", is_comparison=True, return_type=Boolean()
    )(pattern)  # fmt: skip
