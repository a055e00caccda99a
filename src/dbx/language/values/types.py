"""Families of values: their SQLAlchemy types, what may be compared or combined, what a literal becomes."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Double,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    String,
    Time,
    Uuid,
)
from sqlalchemy.types import ARRAY, Enum, NullType, TypeDecorator, TypeEngine

from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Literal
from dbx.schema.model import Column
from dbx.schema.types.families import family as family_of_type

NUMBERS = frozenset(("int", "decimal", "float"))
MOMENTS = frozenset(("date", "datetime"))
FROM_TEXT = frozenset(("date", "datetime", "time", "uuid", "enum", "interval", "json"))
"""A string beside one of these is read as one."""


class Exact(TypeDecorator[Decimal]):
    """NUMERIC, except that SQLite's driver has no decimals: there, its own REAL is what the column holds anyway."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Double() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return float(value) if dialect.name == "sqlite" and isinstance(value, Decimal) else value


class Moment(TypeDecorator[Any]):
    """Dates and times as ISO text on SQLite, without the six zeros that would make equal moments unequal."""

    impl = DateTime
    cache_ok = True

    def __init__(self, family: str) -> None:
        super().__init__()
        self.family = family

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else _MOMENT_TYPES[self.family])

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return str(value) if dialect.name == "sqlite" and value is not None else value

    def literal_processor(self, dialect: Dialect) -> Any:
        # PostgreSQL would take a bare string for whatever stands beside it: for a date, and cut off its hours.
        kind = f"{_LITERALS[self.family]} " if dialect.name == "postgresql" else ""
        return lambda value: f"{kind}'{value}'"


class Binary(TypeDecorator[bytes]):
    """Bytes, which each server has a notation for, whether or not they happen to be text."""

    impl = LargeBinary
    cache_ok = True

    def literal_processor(self, dialect: Dialect) -> Any:
        mark = "'\\x" if dialect.name == "postgresql" else "X'"
        return lambda value: f"{mark}{value.hex()}'"


class Untyped(NullType):
    """For strings that the server is to take for what stands beside them."""

    def literal_processor(self, dialect: Dialect) -> Any:
        return String().dialect_impl(dialect).literal_processor(dialect)


_LITERALS = {"date": "DATE", "datetime": "TIMESTAMP", "time": "TIME"}
_MOMENT_TYPES: dict[str, TypeEngine[Any]] = {"date": Date(), "datetime": DateTime(), "time": Time()}

_TYPES: dict[str, TypeEngine[Any]] = {
    "int": Integer(),
    "decimal": Exact(),
    "float": Double(),
    "str": String(),
    "bytes": Binary(),
    "bool": Boolean(),
    "date": Moment("date"),
    "datetime": Moment("datetime"),
    "time": Moment("time"),
    "interval": Interval(),
    "json": JSON(),
    "unknown": NullType(),
    # A parameter cast to VARCHAR does not compare with an enum or uuid column; an untyped one does.
    "uuid": Untyped(),
    "enum": Untyped(),
    "array": Untyped(),
    "null": NullType(),
}


def sql_type(family: str) -> TypeEngine[Any]:
    return _TYPES.get(family, _TYPES["unknown"])


def literal_type(literal: Literal) -> TypeEngine[Any]:
    if literal.family == "int" and not -(2**31) <= literal.value < 2**31:
        return BigInteger()
    return sql_type(literal.family)


_PYTHON: tuple[tuple[type, str], ...] = (
    (bool, "bool"), (int, "int"), (float, "float"), (Decimal, "decimal"), (str, "str"), (bytes, "bytes"),
    (dt.datetime, "datetime"), (dt.date, "date"), (dt.time, "time"), (dt.timedelta, "interval"), (uuid.UUID, "uuid"),
)  # fmt: skip


def family_of_value(value: Any) -> str:
    """The family of a Python value, 'unknown' for what a literal cannot be."""
    return "null" if value is None else next((f for type_, f in _PYTHON if isinstance(value, type_)), "unknown")


def literal(value: Any, text: str = "") -> Literal:
    """A Python value as a literal; the only way one is made."""
    if value is None:
        return Literal(None, "null")
    family = next((family for type_, family in _PYTHON if isinstance(value, type_)), None)
    if family is None:
        raise Unfit("E-NODE", f"a {type(value).__name__} is not in this language")
    if family == "int" and not -(2**63) <= value < 2**63:
        raise Unfit("E-LIMIT", "an integer beyond 64 bits", "Decimal('…') takes up to 38 digits")
    if family in ("float", "decimal") and (
        not math.isfinite(value) or (value and abs(Decimal(value).adjusted()) > 400)
    ):
        raise Unfit("E-VALUE", "a number beyond every server's range")
    if family == "str" and ("\0" in value or any("\ud800" <= c <= "\udfff" for c in value)):
        raise Unfit("E-VALUE", "a string cannot hold NUL or half a surrogate pair")
    if family in ("str", "bytes") and len(value) > 64 * 1024:
        raise Unfit("E-LIMIT", "a literal beyond 64 KiB")
    return Literal(value, family, text)


def family_of(type_: TypeEngine[Any]) -> str:
    """The family of what SQLAlchemy typed: columns of Core subqueries, and function results."""
    if isinstance(type_, Moment):
        return type_.family
    for class_, family in _CLASSES:
        if isinstance(type_, class_):
            return family
    return "unknown"


_CLASSES: tuple[tuple[type, str], ...] = (
    (Boolean, "bool"), (Integer, "int"), (Float, "float"), (Enum, "enum"), (String, "str"), (LargeBinary, "bytes"),
    (Exact, "decimal"), (Date, "date"), (DateTime, "datetime"), (Time, "time"), (Interval, "interval"),
    (JSON, "json"), (ARRAY, "array"), (Uuid, "uuid"), (Numeric, "decimal"),
    (Binary, "bytes"),
)  # fmt: skip


def element_of(column: Column) -> str:
    """The family of the elements, of a column that is an array: integer[]"""
    return family_of_type(column.type.removesuffix("[]")) if column.family == "array" else "unknown"


def comparable(left: str, right: str) -> bool:
    if left == right or "unknown" in (left, right) or "null" in (left, right):
        return True
    if {left, right} <= NUMBERS | {"bool"} or {left, right} <= MOMENTS:
        return True
    return bool({left, right} & FROM_TEXT and "str" in (left, right)) or {left, right} == {"json", "array"} or (
        "json" in (left, right)
    )  # fmt: skip


def beside(value: Literal, family: str) -> Literal:
    """What a literal means next to a value of another family: an ISO string next to a date is a date."""
    if value.family == "str" and family in FROM_TEXT:
        return _from_text(value, family)
    if value.family == "float" and family == "decimal":
        return Literal(Decimal(value.text or repr(value.value)), "decimal")
    if value.family == "date" and family == "datetime":
        return Literal(dt.datetime.combine(value.value, dt.time()), "datetime")
    return value


def _from_text(value: Literal, family: str) -> Literal:
    text = value.value
    try:
        if family == "date":
            return Literal(dt.date.fromisoformat(text), "date")
        if family == "datetime":
            return Literal(dt.datetime.fromisoformat(text), "datetime")
        if family == "time":
            return Literal(dt.time.fromisoformat(text), "time")
        if family == "uuid":
            # As text: SQLite and MySQL keep it so, and PostgreSQL reads an untyped parameter.
            return Literal(str(uuid.UUID(text)), "uuid")
    except ValueError:
        raise Unfit("E-VALUE", f"{text!r} is not a {family}", f"write it as {_EXAMPLES[family]}") from None
    return Literal(text, family)


_EXAMPLES = {
    "date": "'2024-12-31'",
    "datetime": "'2024-12-31 23:59:59'",
    "time": "'23:59:59'",
    "uuid": "'12345678-1234-5678-1234-567812345678'",
}


def exact(text: str) -> Literal:
    """Decimal('…')"""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Unfit("E-VALUE", f"{text!r} is not a number") from None
    if not value.is_finite() or len(value.as_tuple().digits) > 38 or abs(value.adjusted()) > 400:
        raise Unfit("E-VALUE", "a Decimal has up to 38 digits, and up to 400 zeros")
    return Literal(value, "decimal")
