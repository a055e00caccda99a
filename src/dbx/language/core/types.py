"""Types in type position: cast(x, Integer), Numeric(10, 2), ARRAY(Integer). Integer arguments only."""

from __future__ import annotations

import ast
from typing import Any

import sqlalchemy as sa

from dbx.language.refusal import Unfit, suggestion
from dbx.language.values.types import Moment, family_of, sql_type

_PLAIN: dict[str, Any] = {
    "Integer": sa.Integer, "BigInteger": sa.BigInteger, "SmallInteger": sa.SmallInteger, "String": sa.String,
    "Text": sa.Text, "Unicode": sa.Unicode, "UnicodeText": sa.UnicodeText, "Numeric": sa.Numeric, "Float": sa.Float,
    "Double": sa.Double, "Boolean": sa.Boolean, "Date": sa.Date, "DateTime": sa.DateTime, "Time": sa.Time,
    "Interval": sa.Interval, "LargeBinary": sa.LargeBinary, "Uuid": sa.Uuid, "JSON": sa.JSON,
    "INTEGER": sa.INTEGER, "INT": sa.INT, "BIGINT": sa.BIGINT, "SMALLINT": sa.SMALLINT, "VARCHAR": sa.VARCHAR,
    "CHAR": sa.CHAR, "TEXT": sa.TEXT, "NUMERIC": sa.NUMERIC, "DECIMAL": sa.DECIMAL, "FLOAT": sa.FLOAT,
    "REAL": sa.REAL, "DOUBLE": sa.DOUBLE, "DOUBLE_PRECISION": sa.DOUBLE_PRECISION, "BOOLEAN": sa.BOOLEAN,
    "DATE": sa.DATE, "DATETIME": sa.DATETIME, "TIME": sa.TIME, "TIMESTAMP": sa.TIMESTAMP, "BLOB": sa.BLOB,
    "BINARY": sa.BINARY, "VARBINARY": sa.VARBINARY, "UUID": sa.UUID, "NVARCHAR": sa.NVARCHAR, "NCHAR": sa.NCHAR,
    "INTERVAL": sa.Interval, "CLOB": sa.CLOB,
}  # fmt: skip

_ARGUMENTS = {
    "String": 1, "Text": 1, "Unicode": 1, "UnicodeText": 1, "VARCHAR": 1, "CHAR": 1, "TEXT": 1, "NVARCHAR": 1,
    "NCHAR": 1, "Numeric": 2, "NUMERIC": 2, "DECIMAL": 2, "Float": 1, "FLOAT": 1, "LargeBinary": 1, "BINARY": 1,
    "VARBINARY": 1,
}  # fmt: skip

NAMES = (*_PLAIN, "ARRAY")
_PYTHON = {"int": "int", "str": "str", "float": "float", "bool": "bool", "bytes": "bytes"}


def read_type(node: ast.expr) -> tuple[Any, str]:
    """The SQLAlchemy type that a node in type position names, and its family."""
    if isinstance(node, ast.Name) and node.id in _PYTHON:
        return sql_type(_PYTHON[node.id]), _PYTHON[node.id]
    name, arguments = _parts(node)
    if name == "ARRAY":
        if len(arguments) != 1:
            raise Unfit("E-CALL", "ARRAY takes the type of its elements", node=node)
        return sa.ARRAY(read_type(arguments[0])[0]), "array"
    if name not in _PLAIN:
        raise Unfit("E-NAME", f"there is no type '{name}'", suggestion(name, NAMES), node)
    if len(arguments) > _ARGUMENTS.get(name, 0):
        raise Unfit("E-CALL", f"{name} takes fewer arguments", node=node)
    type_ = _PLAIN[name](*(_integer(argument) for argument in arguments))
    family = "json" if name == "JSON" else family_of(type_)
    if not arguments and family in ("date", "datetime", "time") and name[1:].islower():
        type_ = Moment(family)
    return type_, family


def _parts(node: ast.expr) -> tuple[str, list[ast.expr]]:
    if isinstance(node, ast.Name):
        return node.id, []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.keywords:
            raise Unfit("E-CALL", "a type takes integers only", node=node.keywords[0])
        return node.func.id, node.args
    raise Unfit("E-TYPE", "a type belongs here", "Integer, String, Numeric(10, 2), …", node)


def _integer(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value < 2**31:
        return node.value
    raise Unfit("E-CALL", "a type takes integers only", node=node)
