"""The rows of PostgreSQL's catalog by the objects they belong to, and what was said of any of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from dbx.schema.objects import Grant, Options, Reference
from dbx.schema.types import families

Rows = list[Any]
Place = tuple[str, int]
"""An object: its catalog and its oid there."""


class Type(NamedTuple):
    """What a column's type amounts to."""

    text: str
    family: str
    storage: str
    collation: int


class Facts:
    """`rows` by the name of their query; every one that was not asked is empty."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.rows: dict[str, Rows] = defaultdict(list)
        self.others: dict[str, Rows] = {}
        """By catalog: see dbx.schema.readers.postgresql.sql_others."""
        self.spaces: dict[int, str] = {}
        self.members: dict[Place, str] = {}
        self.comments: dict[tuple[str, int, int], str] = {}
        self.grants: dict[tuple[str, int, int], tuple[Grant, ...]] = {}
        self.needs: dict[Place, list[Reference]] = defaultdict(list)
        self.types: dict[tuple[int, int], Type] = {}
        self.collations: dict[int, str] = {}
        self.operators: dict[int, str] = {}

    def comment(self, catalog: str, oid: int, part: int = 0) -> str | None:
        return self.comments.get((catalog, oid, part))

    def granted(self, catalog: str, oid: int, part: int = 0) -> tuple[Grant, ...]:
        return self.grants.get((catalog, oid, part), ())

    def depends(self, *places: Place) -> tuple[Reference, ...]:
        found = {each for place in places for each in self.needs.get(place, ())}
        return tuple(sorted(found, key=lambda each: each._replace(schema=each.schema or "")))

    def is_member(self, catalog: str, oid: int) -> bool:
        """Whether an extension brings it."""
        return (catalog, oid) in self.members

    # --- what the last queries told ---------------------------------------------------------------------------------

    def learn(self) -> None:
        """Take what is said of all objects out of its rows."""
        for catalog, oid, part, text in self.rows.pop("comments", ()):
            self.comments[catalog, oid, part] = text
        for oid, schema, name in self.rows.pop("collations", ()):
            self.collations[oid] = name if schema == "pg_catalog" else dotted(schema, name)
        for oid, schema, name in self.rows.pop("operators", ()):
            self.operators[oid] = name if schema == "pg_catalog" else f"OPERATOR({_quoted(schema)}.{name})"
        for oid, modifier, text, kind, storage, collation, base, is_array in self.rows.pop("types", ()):
            family = _family(text, kind, base, is_array)
            self.types[oid, modifier] = Type(text, family, storage or "", collation or 0)
        self._learn_grants()
        self._learn_needs()

    def _learn_grants(self) -> None:
        now: dict[tuple[str, int, int], set[Any]] = defaultdict(set)
        before: dict[tuple[str, int, int], set[Any]] = defaultdict(set)
        for catalog, oid, part, is_before, *entry in self.rows.pop("grants", ()):
            (before if is_before else now)[catalog, oid, part].add(tuple(entry))
        for place in {**now, **before}:
            if now[place] == before[place]:
                continue
            # nobody may do anything: said of the owner, because no list at all is the default
            owner = next((grantor for _, _, _, grantor in before[place]), "")
            self.grants[place] = grouped(now[place]) or (Grant(owner, (), grantor=owner),)

    def _learn_needs(self) -> None:
        for catalog, oid, target, target_oid, kind, schema, name, arguments in self.rows.pop("needs", ()):
            if catalog == target and oid == target_oid and kind != "view":
                continue
            extension = self.members.get((target, target_oid))
            if extension is None and target_oid >= 16384:
                self.needs[catalog, oid].append(Reference(name, schema, kind, arguments))
            elif extension is not None:
                self.needs[catalog, oid].append(Reference(extension, None, "extension"))


def grouped(entries: Iterable[Any]) -> tuple[Grant, ...]:
    """(grantee, privilege, grantable, grantor) as one Grant for each of the others."""
    found: dict[tuple[str, bool, str], list[str]] = defaultdict(list)
    for grantee, privilege, grantable, grantor in entries:
        found[grantee, grantable, grantor].append(privilege)
    return tuple(sorted(Grant(who, tuple(sorted(what)), able, by) for (who, able, by), what in found.items()))


def by_first(rows: Rows) -> dict[int, Rows]:
    found: dict[int, Rows] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def dotted(schema: str, name: str) -> str:
    """How the model writes a collation or operator class that is not the server's own: as SQL, always in quotes."""
    return f"{_quoted(schema)}.{_quoted(name)}"


@cache
def _family(text: str, kind: str, base: str | None, is_array: bool) -> str:
    if is_array:
        return "array"
    if kind == "e":
        return "enum"
    return families.family(base or text, "postgresql")


@cache
def numbers(text: str | None) -> tuple[int, ...]:
    """Of an array ({1,2}) or a vector (1 2)."""
    if not text:
        return ()
    return tuple(map(int, text.strip("{}").split("," if text[0] == "{" else None)))


def pairs(prefix: str, given: Iterable[str] | None) -> Options:
    """Options as the catalog keeps them, `name=value`."""
    split = [each.partition("=") for each in given or ()]
    return tuple((f"{prefix}{name}", value) for name, _, value in split)
