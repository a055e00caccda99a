"""The types of mapped columns: as few as will do, so that what the driver reads and writes is what the server has."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import BigInteger, Boolean, Dialect, Text
from sqlalchemy.dialects.postgresql import JSON as POSTGRESQL_JSON
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

from dbx.dialects.traits import traits
from dbx.language.values.types import Moment
from dbx.schema.model import Column


class Json(TypeDecorator[Any]):
    """JSON where the server keeps it as text: what is there and is no JSON stays the text that it is."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        try:
            return json.loads(value) if isinstance(value, (str, bytes)) else value
        except ValueError:
            return value


def mapped_type(column: Column, dialect: str) -> TypeEngine[Any]:
    """NullType leaves a value to the driver, which knows the server's types; SQLAlchemy would add casts to its own."""
    if column.family == "int":
        return BigInteger()
    if column.family == "json":
        if dialect == "postgresql":
            return JSONB() if column.type.lower() == "jsonb" else POSTGRESQL_JSON()
        return Json()
    if column.family == "bool" and not traits(dialect).tables.truths:
        return Boolean()
    if column.family in ("date", "datetime", "time") and dialect == "sqlite":
        return Moment(column.family)
    return NullType()
