"""The types of mapped columns: as few as will do, so that what the driver reads and writes is what the server has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean
from sqlalchemy.dialects.postgresql import JSON as POSTGRESQL_JSON
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON, NullType, TypeEngine

from dbx.language.types import Moment
from dbx.schema.model import Column


def mapped_type(column: Column, dialect: str) -> TypeEngine[Any]:
    """NullType leaves a value to the driver, which knows the server's types; SQLAlchemy would add casts to its own."""
    if column.family == "int":
        return BigInteger()
    if column.family == "json":
        if dialect == "postgresql":
            return JSONB() if column.type.lower() == "jsonb" else POSTGRESQL_JSON()
        return JSON()
    if column.family == "bool" and dialect != "postgresql":
        return Boolean()
    if column.family in ("date", "datetime", "time") and dialect == "sqlite":
        return Moment(column.family)
    return NullType()
