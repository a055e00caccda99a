"""Which objects of a schema are wanted: by name, schema, kind, and nearness to a table."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from dbx.dialects.traits import traits
from dbx.errors import UsageError
from dbx.nearest import guess, nearest
from dbx.schema.listing import FIELDS, GROUPS, HIDDEN, KINDS, objects
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Missing, Name, Server

_GLOB = frozenset("*?[")
_PART = re.compile(r'"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|([^.\s"`]+)')
_AS_IN_SQL = re.compile(rf"(?:{_PART.pattern})(?:\.(?:{_PART.pattern}))*")


class Wish(NamedTuple):
    """Patterns are globs over names, with a dot over `schema.name`; one that is a name, plain or as SQL quotes it, is
    just that. `near` is TABLE or TABLE:HOPS. `hidden`: shadow and system tables too. `idle` is told each pattern of
    `exclude` that leaves out nothing."""

    names: Sequence[str] = ()
    exclude: Sequence[str] = ()
    schemas: Sequence[str] = ()
    kinds: Sequence[str] = ()
    near: str = ""
    hidden: bool = False
    idle: Callable[[str], None] | None = None
    home: str | None = None
    """How the schema without a name is called, where the dialect does not say it."""


def is_glob(pattern: str) -> bool:
    return not _GLOB.isdisjoint(pattern)


def bare(names: Iterable[str]) -> tuple[str, ...]:
    """The names that an object may have that is asked for so: `a.b` is b in schema a, or of the name a.b."""
    found = [
        part for given in names for name in (given, unquoted(given)) for part in (name, name.partition(".")[2]) if part
    ]
    return tuple(dict.fromkeys(found))


def unquoted(name: str) -> str:
    """`a b.c` of `"a b"."c"`, as SQL texts write names; any other text as it is."""
    if not _AS_IN_SQL.fullmatch(name):
        return name
    parts = [(part[0] or part[1]).replace('""', '"').replace("``", "`") or part[2] for part in _PART.findall(name)]
    return ".".join(parts)


def select(schema: Schema, wish: Wish) -> Schema:
    """The schema with what is wanted of it. What is missing stays as far as it is wanted.

    Raises UsageError for a name, kind or `near` that is nothing's.
    """
    kinds = _kinds(schema, wish.kinds)
    if wish.near:
        near = neighbours(schema, wish.near)
        schema = _kept(schema, lambda kind, found: _table_of(found) in near)
    if wish.schemas:
        schema = _kept(schema, lambda kind, found: _in_schemas(schema.dialect, kind, found, wish.schemas))
    if wish.names:
        named = _matching(schema, wish, wish.names, _nothing)
        schema = _kept(schema, lambda kind, found: _is_in(kind, found, named))
    if wish.exclude:
        left = _matching(schema, wish, wish.exclude, lambda pattern, known: wish.idle and wish.idle(pattern))
        schema = _kept(schema, lambda kind, found: not _is_in(kind, found, left))
    if kinds:
        return _kept(schema, lambda kind, found: kind in kinds)
    if wish.hidden or any(not is_glob(name) for name in wish.names):
        return schema
    return _kept(schema, lambda kind, found: kind not in HIDDEN)


def comparable(before: Schema, after: Schema) -> tuple[Schema, Schema]:
    """Both without what only one of them could be read of whole: nobody knows in what the other differs from it."""
    partly = set(map(_unread, before.missing)) ^ set(map(_unread, after.missing))
    if not partly:
        return before, after
    closed = {name for name, _, kind in partly if not kind}
    names = {Name(name, schema) for name, schema, kind in partly if kind}

    def known(kind: str, found: Any) -> bool:
        return Name(found.name, getattr(found, "schema", None)) not in names and _table_of(found) not in names

    unread: dict[str, Any] = {field: () for field in FIELDS if field in closed}
    return _kept(before, known)._replace(**unread), _kept(after, known)._replace(**unread)


def _unread(missing: Missing) -> tuple[str, str | None, str]:
    return missing.name, missing.schema, missing.kind


def _kept(schema: Schema, keep: Callable[[str, Any], bool]) -> Schema:
    lists: dict[str, Any] = {
        field: tuple([found for found in getattr(schema, field) if keep(kind or found.kind, found)])
        for field, kind in FIELDS.items()
    }
    lists["missing"] = tuple([found for found in schema.missing if keep(found.kind, found)])
    return schema._replace(**lists)


def _kinds(schema: Schema, wanted: Sequence[str]) -> set[str]:
    known = {*KINDS, *(found.kind for found in schema.others)}
    found: set[str] = set()
    for word in wanted:
        if word not in known and word not in GROUPS:
            near = nearest(word, [*known, *GROUPS])
            hint = f"did you mean {near}?" if near else f"kinds: {', '.join([*KINDS, *GROUPS])}"
            raise UsageError(f"no kind '{word}'", hint=hint)
        found.update(GROUPS.get(word, (word,)))
    return found


def _in_schemas(dialect: str, kind: str, found: Any, patterns: Sequence[str]) -> bool:
    name = found.name if kind == "schema" else getattr(found, "schema", None)
    if name is None and (isinstance(found, Server) or (kind and traits(dialect).placed)):
        return False
    if name is None:
        name = traits(dialect).main or None
    return name is None or any(fits(pattern, name) for pattern in patterns)


def fits(pattern: str, name: str) -> bool:
    return pattern == name or (is_glob(pattern) and fnmatchcase(name, pattern))


def _table_of(found: Any) -> Name | None:
    """The table an object is or belongs to."""
    if isinstance(found, (Table, Missing)):
        return Name(found.name, found.schema)
    table = getattr(found, "table", None)
    return Name(table, found.schema) if table is not None else None


def _identity(kind: str, found: Any) -> tuple[str, str | None, str]:
    return (kind, getattr(found, "schema", None), found.name)


def _is_in(kind: str, found: Any, named: Collection[Any]) -> bool:
    return _identity(kind, found) in named or _table_of(found) in named


def _nothing(pattern: str, known: Sequence[str]) -> None:
    raise UsageError(f"nothing is called '{pattern}'", hint=guess(pattern, known))


def _matching(
    schema: Schema, wish: Wish, patterns: Sequence[str], nothing: Callable[[str, Sequence[str]], Any]
) -> set[Any]:
    """What the patterns name: identities of objects, and Names of tables, which stand for what belongs to them.
    `nothing` is called with a pattern that names nothing, and all names."""
    by_name: dict[str, list[Any]] = defaultdict(list)
    placed: dict[str, list[Any]] = defaultdict(list)
    for kind, found in (*objects(schema), *((missing.kind, missing) for missing in schema.missing)):
        identities: list[Any] = [_identity(kind, found)] + ([_table_of(found)] if isinstance(found, Table) else [])
        by_name[found.name] += identities
        home = getattr(found, "schema", None) or wish.home or traits(schema.dialect).main
        if home:
            placed[f"{home}.{found.name}"] += identities
    matched: set[Any] = set()
    for pattern in patterns:
        names = _names(by_name, placed, pattern)
        if not names:
            nothing(pattern, [*by_name, *placed])
        matched.update(identity for name in names for known in (by_name, placed) for identity in known.get(name, ()))
    return matched


def _names(bare: Collection[str], placed: Collection[str], pattern: str) -> list[str]:
    """A name exactly, with its schema or without; else the names a glob fits; else a name in any case, if it is one."""
    for name in (pattern, unquoted(pattern)):
        if name in bare or name in placed:
            return [name]
    known = {*bare, *placed}
    if is_glob(pattern):
        among = known if "." in pattern else bare
        exactly = [name for name in among if fnmatchcase(name, pattern)]
        return exactly or [name for name in among if fnmatchcase(name.lower(), pattern.lower())]
    found = [name for name in known if name.lower() == pattern.lower()]
    return found if len(found) == 1 else []


def neighbours(schema: Schema, near: str) -> set[Name]:
    """The table and those at most so many foreign keys away from it, in either direction; `near` is TABLE[:HOPS]."""
    tables = {Name(table.name, table.schema): table for table in schema.tables}
    start, hops = _start(tables, near, schema.dialect)
    ways: dict[Name, set[Name]] = defaultdict(set)
    for name, table in tables.items():
        for key in table.foreign_keys:
            target = Name(key.target_table, key.target_schema)
            ways[name].add(target)
            ways[target].add(name)
    reached, edge = {start}, {start}
    for _ in range(hops):
        edge = {name for one in edge for name in ways[one] if name in tables} - reached
        reached |= edge
    return reached


def _start(tables: Collection[Name], near: str, dialect: str) -> tuple[Name, int]:
    bare = {name.name: name for name in tables}
    placed = {f"{name.schema or traits(dialect).main}.{name.name}": name for name in tables}
    named = bare | placed
    text, hops = near, "1"
    if not _names(bare, placed, near):  # a table's own name may end in :2
        text, _, hops = near.rpartition(":")
    found = _names(bare, placed, text)
    if len(found) == 1 and not hops.isdecimal():
        raise UsageError(
            f"--near {near}: '{hops}' is no number of foreign keys", hint="--near takes TABLE or TABLE:HOPS"
        )
    if len(found) != 1:
        hint = guess(text or near, named, "--near takes TABLE or TABLE:HOPS")
        raise UsageError(f"no table '{text or near}' to be near to", hint=hint)
    return named[found[0]], int(hops)
