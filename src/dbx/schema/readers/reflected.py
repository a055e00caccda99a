"""What SQLAlchemy's Inspector found, as the model has it: one function for each kind of its dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Dialect, quoted_name
from sqlalchemy.engine.interfaces import (
    ReflectedCheckConstraint,
    ReflectedColumn,
    ReflectedForeignKeyConstraint,
    ReflectedIndex,
    ReflectedPrimaryKeyConstraint,
    ReflectedUniqueConstraint,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import ARRAY, Boolean, Enum, NullType, TypeEngine

from dbx.schema.model import Column, ForeignKey, Identity, Index, Key, Part
from dbx.schema.objects import Check, Options
from dbx.schema.types.families import family


def column(dialect: Dialect, found: ReflectedColumn, own: Mapping[str, str], primary: tuple[str, ...]) -> Column:
    """`own` are the types as declared, where the dialect's are not; only SQLite has such, and rowids."""
    name = str(found["name"])
    text = own.get(name, "") if own else type_text(found["type"], dialect)
    default, computed, identity = found.get("default"), found.get("computed"), found.get("identity")
    rowid = bool(own) and primary == (name,) and text.upper() == "INTEGER"
    automatic = rowid or found.get("autoincrement") is True or bool(identity) or "nextval(" in (default or "")
    return Column(
        name=name,
        type=text,
        # SQLite lets NULL into every other primary key that does not say NOT NULL.
        nullable=bool(found["nullable"]) and (not rowid if own else name not in primary),
        family=_family(dialect, text, found["type"]),
        default=default,
        generated=("stored" if computed.get("persisted") else "virtual") if computed else "",
        automatic=automatic,
        expression=computed["sqltext"] if computed else None,
        identity=_identity(identity) if identity else None,
        collation=getattr(found["type"], "collation", None),
        comment=found.get("comment"),
    )


def _identity(found: Mapping[str, Any]) -> Identity:
    names = {"start": "start", "increment": "increment", "minimum": "minvalue", "maximum": "maxvalue", "cache": "cache"}
    values: dict[str, Any] = {name: found.get(theirs) for name, theirs in names.items()}
    return Identity(always=bool(found.get("always")), cycle=bool(found.get("cycle")), **values)


def _family(dialect: Dialect, text: str, type_: TypeEngine[Any]) -> str:
    """The text decides; only what it cannot tell (a type that somebody named) is asked of the type object."""
    inner: Any = type_
    if type_.__visit_name__ == "DOMAIN":
        return family(type_text(inner.data_type, dialect), dialect.name)
    if isinstance(type_, Enum) and not isinstance(type_, Boolean):
        return "enum"
    if isinstance(type_, ARRAY):
        return "array"
    return family(text, dialect.name)


def type_text(type_: TypeEngine[Any], dialect: Dialect) -> str:
    if isinstance(type_, NullType):
        return ""
    try:
        return type_.compile(dialect=dialect)
    except SQLAlchemyError:
        return type(type_).__name__


def primary_key(found: ReflectedPrimaryKeyConstraint | None) -> Key | None:
    if not found or not found["constrained_columns"]:
        return None
    return Key(_name(found["name"]), _parts(found["constrained_columns"]), comment=found.get("comment"))


def unique(found: ReflectedUniqueConstraint) -> Key:
    return Key(_name(found["name"]), _parts(found["column_names"]), comment=found.get("comment"))


def foreign_key(found: ReflectedForeignKeyConstraint, home: str | None = None) -> ForeignKey:
    """`home`: the schema a target is in that does not say its own, which is the one that bare names mean."""
    said = {str(key).lower(): value for key, value in (found.get("options") or {}).items()}
    deferrable = "INITIALLY DEFERRED" if str(said.get("initially", "")).upper() == "DEFERRED" else ""
    return ForeignKey(
        name=_name(found["name"]),
        columns=tuple(found["constrained_columns"]),
        target_schema=found["referred_schema"] or home,
        target_table=str(found["referred_table"]),
        target_columns=tuple(found["referred_columns"]),
        on_update=str(said.get("onupdate") or "NO ACTION").upper(),
        on_delete=str(said.get("ondelete") or "NO ACTION").upper(),
        match=str(said.get("match") or "SIMPLE").upper(),
        deferrable=deferrable or ("DEFERRABLE" if said.get("deferrable") else ""),
        comment=found.get("comment"),
    )


def check(found: ReflectedCheckConstraint) -> Check:
    return Check(_name(found["name"]), found["sqltext"], comment=found.get("comment"))


def index(found: ReflectedIndex) -> Index:
    """An index with what SQLAlchemy knows of it in a common form; the dialect's own words are options."""
    sorting = found.get("column_sorting") or {}
    expressions = iter(found.get("expressions") or ())
    parts = []
    for name in found["column_names"]:
        text = next(expressions, None)
        order = sorting.get(name or text or "", ())
        nulls = "last" if "nulls_last" in order else "first" if "nulls_first" in order else ""
        parts.append(Part(name, None if name is not None else text, "desc" in order, nulls))
    said = {str(key).partition("_")[2]: value for key, value in (found.get("dialect_options") or {}).items()}
    where, method, include = said.pop("where", None), str(said.pop("using", "")), said.pop("include", ())
    distinct = not said.pop("nulls_not_distinct", False)
    return Index(
        _name(found["name"]),
        tuple(parts),
        unique=bool(found["unique"]),
        method="" if method == "btree" else method,
        predicate=str(where) if where is not None else None,
        include=tuple(found.get("include_columns") or include or ()),
        nulls_distinct=distinct,
        options=options(said),
    )


def options(found: Mapping[str, Any]) -> Options:
    return tuple(sorted((str(name), str(value)) for name, value in found.items() if value not in (None, "", {}, [])))


def _name(found: object) -> str:
    return str(found) if isinstance(found, (str, quoted_name)) else ""


def _parts(names: Iterable[str]) -> tuple[Part, ...]:
    return tuple([Part(str(name)) for name in names])
