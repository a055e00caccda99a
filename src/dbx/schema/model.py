"""The frozen, comparable description of a database's objects. No reader's library shows here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is the server's own text; `family` is what it amounts to (see `dbx.schema.families`)."""

    name: str
    type: str
    nullable: bool = True
    family: str = "unknown"
    default: str | None = None
    generated: bool = False
    automatic: bool = False
    """The server gives a value when an INSERT leaves the column out: identity, serial, AUTO_INCREMENT."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    name: str
    columns: tuple[str, ...]
    target_schema: str | None
    target_table: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view. `schema` is None in the default schema, so that names there stay bare in SQL."""

    name: str
    schema: str | None
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    kind: Literal["table", "view"] = "table"

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)
