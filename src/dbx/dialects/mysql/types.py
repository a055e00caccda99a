"""The columns of a result of MySQL, as far as it tells their types."""

from __future__ import annotations

from typing import Any

from pymysql.constants import FIELD_TYPE, FLAG

from dbx.rows import Column

NUMBERS = {
    getattr(FIELD_TYPE, name)
    for name in ("DECIMAL", "TINY", "SHORT", "LONG", "FLOAT", "DOUBLE", "LONGLONG", "INT24", "YEAR", "NEWDECIMAL")
}
_BINARY_CHARSET = 63
TYPES = {
    **{value: name.lower() for name, value in vars(FIELD_TYPE).items() if name.isupper()},
    FIELD_TYPE.TINY: "tinyint",
    FIELD_TYPE.SHORT: "smallint",
    FIELD_TYPE.INT24: "mediumint",
    FIELD_TYPE.LONG: "int",
    FIELD_TYPE.LONGLONG: "bigint",
    FIELD_TYPE.NEWDECIMAL: "decimal",
    FIELD_TYPE.VAR_STRING: "varchar",
    FIELD_TYPE.STRING: "char",
}


def column(field: Any) -> Column:
    """PyMySQL's description has neither charset nor flags, so this reads its private field packets."""
    kind = "text"
    if field.type_code in NUMBERS:
        kind = "number"
    elif field.type_code == FIELD_TYPE.JSON:
        kind = "json"
    elif field.type_code == FIELD_TYPE.BIT or (
        field.charsetnr == _BINARY_CHARSET and field.type_code >= FIELD_TYPE.TINY_BLOB
    ):
        kind = "binary"
    return Column(field.name, type_name(field.type_code, field.length, field.scale, field.flags), kind)


def type_name(code: int, length: int, scale: int, flags: int) -> str:
    """The type as DDL has it, as far as a result tells: a decimal's length counts its point and its sign."""
    name = TYPES.get(code, "")
    unsigned = bool(flags & FLAG.UNSIGNED) and code in NUMBERS and code != FIELD_TYPE.YEAR
    if code in (FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL):
        name = f"decimal({length - (scale > 0) - (not unsigned)},{scale})"
    return f"{name} unsigned" if unsigned else name
