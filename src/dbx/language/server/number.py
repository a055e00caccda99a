"""Arithmetic with Python's meaning on every server."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CHAR, REAL, BigInteger, Double, Integer, Numeric, and_, case, cast, func, literal_column
from sqlalchemy.types import TEXT, TypeEngine

from dbx.language.server.server import writes
from dbx.language.server.text import ONE, ZERO
from dbx.language.values.kinds import Sql


@writes("double")
def _double(value: Sql) -> Sql:
    return cast(value, Double())


@writes("double", "sqlite")
def _double_sqlite(value: Sql) -> Sql:
    return cast(value, REAL())


@writes("double", "mysql")
def _double_mysql(value: Sql) -> Sql:
    # CAST AS DOUBLE is not in every MySQL; a sum with a floating zero is.
    return value + literal_column("0e0", Double())


@writes("averaged")
def _averaged(value: Sql) -> Sql:
    # Integers as DOUBLE: MariaDB's average of integers has four places.
    return cast(value, Double())


@writes("averaged", "sqlite")
def _averaged_sqlite(value: Sql) -> Sql:
    return value


@writes("averaged", "mysql")
def _averaged_mysql(value: Sql) -> Sql:
    return _double_mysql(value)


@writes("quotient")
def _quotient(left: Sql, right: Sql) -> Sql:
    """Integers, rounded to zero."""
    return left.op("/", precedence=8, return_type=Integer())(right)


@writes("quotient", "mysql")
def _quotient_mysql(left: Sql, right: Sql) -> Sql:
    return left.op("DIV", precedence=8, return_type=Integer())(right)


@writes("floor")
def _floor(value: Sql) -> Sql:
    return cast(func.floor(value), BigInteger())


@writes("floor", "mysql")
def _floor_mysql(value: Sql) -> Sql:
    return func.floor(value, type_=BigInteger())


@writes("floor", "sqlite")
def _floor_sqlite(value: Sql) -> Sql:
    # floor() is an option of SQLite's build.
    whole = cast(value, Integer())
    return case((whole > value, whole - ONE), else_=whole)


@writes("ceil")
def _ceil(value: Sql) -> Sql:
    return cast(func.ceil(value), BigInteger())


@writes("ceil", "mysql")
def _ceil_mysql(value: Sql) -> Sql:
    return func.ceil(value, type_=BigInteger())


@writes("ceil", "sqlite")
def _ceil_sqlite(value: Sql) -> Sql:
    whole = cast(value, Integer())
    return case((whole < value, whole + ONE), else_=whole)


@writes("truncate")
def _truncate(value: Sql) -> Sql:
    return cast(func.trunc(value), BigInteger())


@writes("truncate", "sqlite")
def _truncate_sqlite(value: Sql) -> Sql:
    return cast(value, Integer())


@writes("truncate", "mysql")
def _truncate_mysql(value: Sql) -> Sql:
    return cast(func.truncate(value, ZERO), BigInteger())


@writes("integer from text")
def _int_text(value: Sql) -> Sql:
    return cast(value, BigInteger())


@writes("integer from text", "sqlite")
def _int_text_sqlite(value: Sql) -> Sql:
    return cast(value, Integer())


@writes("round")
def _round(value: Sql, places: Sql) -> Sql:
    # By way of NUMERIC: floats are rounded half to even, and PostgreSQL has no round(double, n).
    return func.round(cast(value, Numeric()), places, type_=Numeric())


@writes("round", "mysql")
def _round_mysql(value: Sql, places: Sql) -> Sql:
    return func.round(cast(value, Numeric(65, 30)), places, type_=Numeric())


@writes("round", "sqlite")
def _round_sqlite(value: Sql, places: Sql) -> Sql:
    return func.round(value, places, type_=Double())


@writes("greatest")
def _greatest(*values: Sql) -> Sql:
    return func.greatest(*values)


@writes("least")
def _least(*values: Sql) -> Sql:
    return func.least(*values)


@writes("greatest", "sqlite")
def _greatest_sqlite(*values: Sql) -> Sql:
    return func.max(*values)


@writes("least", "sqlite")
def _least_sqlite(*values: Sql) -> Sql:
    return func.min(*values)


@writes("greatest", "postgresql")
def _greatest_pg(*values: Sql) -> Sql:
    # These skip NULL on PostgreSQL alone.
    return case((and_(*(value.is_not(None) for value in values)), func.greatest(*values)))


@writes("least", "postgresql")
def _least_pg(*values: Sql) -> Sql:
    return case((and_(*(value.is_not(None) for value in values)), func.least(*values)))


@writes("recursive")
def _recursive(value: Sql, family: str) -> Sql:
    wide: dict[str, TypeEngine[Any]] = {"str": TEXT(), "int": BigInteger(), "decimal": Numeric(), "float": Double()}
    return cast(value, wide[family])


@writes("recursive", "sqlite")
def _recursive_sqlite(value: Sql, family: str) -> Sql:
    return value


@writes("recursive", "mysql")
def _recursive_mysql(value: Sql, family: str) -> Sql:
    if family == "float":
        return _double_mysql(value)
    wide: dict[str, TypeEngine[Any]] = {"str": CHAR(16_000), "int": BigInteger(), "decimal": Numeric(65, 10)}
    return cast(value, wide[family])


@writes("random")
def _random() -> Sql:
    return func.random()


@writes("random", "mysql")
def _random_mysql() -> Sql:
    return func.rand()
