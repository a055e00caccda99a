"""What two schemas differ in: one Change for each thing that somebody would say has changed, and no other.

Compared is what a thing is, not how it is written: of a table the parts, not the text of its CREATE statement, which
differs by a space. What follows from another change is left out (a partition has its parent's new column).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from dbx.schema.diff.facts import Fact, pairs, privileges, privileges_of_identity
from dbx.schema.diff.spelling import respelled
from dbx.schema.listing import FIELDS, HIDDEN
from dbx.schema.model import ForeignKey, Index, Key, Schema, Table
from dbx.schema.objects import Extension, Name, Trigger

ADDED, REMOVED, CHANGED = "added", "removed", "changed"

IGNORABLE = ("order", "comments", "grants", "owner", "options", "names")
"""What may be left out of a comparison: the order of columns, comments, privileges, owners, options, and the names of
constraints and indexes."""


class Change(NamedTuple):
    """`before` and `after` are the object or the part of a table, None where there is none; `name` as a reader would
    say it; `within` the table it is a part of; `why` explains it where two kinds of servers are compared."""

    action: str
    kind: str
    name: str
    before: Any
    after: Any
    facts: tuple[Fact, ...] = ()
    within: Name | None = None
    why: str = ""


class Rename(NamedTuple):
    """What is gone and what is new may be one: a question, and `why` it is asked. `within` as in Change; names of
    tables are without their schema."""

    kind: str
    before: str
    after: str
    within: Name | None
    why: str = ""
    schema: str | None = None
    """A table's."""


class Diff(NamedTuple):
    """How to get from `before` to `after`. `renames` are those that were answered: `before` has their new names."""

    before: Schema
    after: Schema
    changes: tuple[Change, ...] = ()
    questions: tuple[Rename, ...] = ()
    renames: tuple[Rename, ...] = ()


def compare(before: Schema, after: Schema, ignore: Iterable[str] = ()) -> Diff:
    """What is in the one and not in the other, but for what a server keeps for itself. `ignore` as in IGNORABLE."""
    before, after = _shown(before), _shown(after)
    return Diff(before, after, tuple(Comparison(before, after, frozenset(ignore)).changes()))


def _shown(schema: Schema) -> Schema:
    if all(table.kind not in HIDDEN for table in schema.tables):
        return schema
    return schema._replace(tables=tuple([table for table in schema.tables if table.kind not in HIDDEN]))


# --- how an object is known on both sides ----------------------------------------------------------------------------

_BELOW = ("columns", "primary", "foreign_keys", "unique", "checks", "exclusions", "indexes")
_SKIPPED = frozenset(("name", "family", "depends", "kind", "table", "inherited", "automatic", "arguments"))
"""Fields that are no facts: they are the identity, or follow from others."""
_TEXTS = ("definition", "query")
_SAID = {"comment": "comments", "grants": "grants", "owner": "owner", "options": "options"}
_NAMED_KINDS = {"unique": "unique key", "foreign_keys": "foreign key", "checks": "check", "exclusions": "exclusion",
                "indexes": "index"}  # fmt: skip

Identity = tuple[Any, ...]


def content(part: Any) -> Any:
    """A constraint or index but for its name: what it is about."""
    if isinstance(part, (Key, Index)):
        return (tuple([(each.column, each.expression) for each in part.parts]), getattr(part, "predicate", None))
    if isinstance(part, ForeignKey):
        return (part.columns, part.target_schema, part.target_table, part.target_columns)
    return (getattr(part, "expression", None), getattr(part, "column", None), getattr(part, "parts", None))


class Comparison:
    """The walk through both schemas."""

    def __init__(self, before: Schema, after: Schema, ignore: frozenset[str] = frozenset()) -> None:
        self.before = before
        self.after = after
        self.ignore = ignore
        self.skipped = _SKIPPED | {field for field, word in _SAID.items() if word in ignore}
        if after.dialect in ("mysql", "mariadb"):  # elsewhere it follows from default, identity or type
            self.skipped -= {"automatic"}
        self._of_views = _OF_VIEWS if after.dialect == "postgresql" else (*_OF_VIEWS, "comment", "default")

    def changes(self) -> Iterator[Change]:
        if self.before.options != self.after.options and "options" not in self.ignore:
            facts = tuple(pairs(self.before.options, self.after.options))
            yield Change(CHANGED, "database", "", self.before, self.after, facts)
        for field, kind in FIELDS.items():
            if getattr(self.before, field) == getattr(self.after, field):
                continue
            yield from self._tables() if field == "tables" else self._objects(field, kind)

    def _objects(self, field: str, kind: str | None) -> Iterator[Change]:
        for old, new in matched(getattr(self.before, field), getattr(self.after, field), identity):
            found = old if new is None else new
            yield from self._pair(kind or found.kind, shown(found), old, new)

    def _pair(self, kind: str, name: str, old: Any, new: Any, within: Name | None = None) -> Iterator[Change]:
        if old is None or new is None:
            yield Change(REMOVED if new is None else ADDED, kind, name, old, new, (), within)
        elif old != new and (facts := self.facts(old, new)):
            yield Change(CHANGED, kind, name, old, new, facts, within)

    def facts(self, old: Any, new: Any, skipped: Sequence[str] = ()) -> tuple[Fact, ...]:
        """What is otherwise of two things of one class. Their whole text only where nothing else says it."""
        found: list[Fact] = []
        for field in type(old)._fields:
            first, second = getattr(old, field), getattr(new, field)
            if first == second or field in self.skipped or field in skipped or _same_text(first, second):
                continue
            if field == "options":
                said = [("index comment", "comments"), ("grant ", "grants")]  # what has no place but among the options
                silent = tuple(name for name, word in said if word in self.ignore)
                found += [fact for fact in pairs(first, second) if not fact.name.startswith(silent)]
            elif field == "grants":
                found += privileges(old, new)
            elif field == "identity" and first and second:
                found += [Fact(field, first, second)] if first._replace(grants=second.grants) != second else []
                found += [] if "grants" in self.ignore else privileges_of_identity(first, second)
            elif field not in _TEXTS or not isinstance(old, (Table, Index)) or (field == "query"):
                found.append(Fact(field, first, second))
        if any(fact.name == "definition" for fact in found) and not isinstance(old, Table):
            telling = [fact for fact in found if fact.name not in (*_TEXTS, *_SAID)]
            found = [fact for fact in found if fact.name != "definition" or not telling]
        return tuple(found)

    # --- tables --------------------------------------------------------------------------------------------------

    def _tables(self) -> Iterator[Change]:
        pairs = matched(self.before.tables, self.after.tables, identity)
        found: dict[Name, list[Change]] = {}
        for old, new in pairs:
            table = old if new is None else new
            assert table is not None
            name = Name(table.name, table.schema)
            if old is None or new is None:
                found[name] = list(self._pair(table.kind, name.shown, old, new))
            elif old != new:
                found[name] = list(self._table(name, old, new))
        parents = {Name(table.name, table.schema): table.parents for table in self.after.tables if table.parents}
        for name, changes in found.items():
            above = [change for parent in parents.get(name, ()) for change in found.get(parent, ())]
            yield from (change for change in changes if not _follows(change, above))

    def _table(self, name: Name, old: Table, new: Table) -> Iterator[Change]:
        if facts := self.facts(old, new, _BELOW):
            yield Change(CHANGED, new.kind, name.shown, old, new, facts)
        if old.columns != new.columns:
            yield from self._columns(name, old, new)
        if old.primary != new.primary:
            yield from self._primary(name, old.primary, new.primary)
        for field, kind in _NAMED_KINDS.items():
            first, second = getattr(old, field), getattr(new, field)
            if first != second:
                for one, other in self.parts(first, second):
                    yield from self._pair(kind, part_name(name, one if other is None else other), one, other, name)

    def _primary(self, name: Name, old: Key | None, new: Key | None) -> Iterator[Change]:
        if old is None or new is None:
            yield from self._pair("primary key", name.shown, old, new, name)
            return
        facts = self.facts(old, new)
        if old.name != new.name and "names" not in self.ignore:
            facts = (Fact("name", old.name, new.name), *facts)
        if facts:
            yield Change(CHANGED, "primary key", name.shown, old, new, facts, name)

    def _columns(self, name: Name, old: Table, new: Table) -> Iterator[Change]:
        """Of a view only what is said of its columns: the columns themselves follow from what it selects."""
        kept = []
        for one, other in matched(old.columns, new.columns, lambda column: column.name):
            found = one if other is None else other
            assert found is not None
            shown_name = f"{name.shown}.{found.name}"
            if one is not None and other is not None:
                kept.append(other.name)
                skipped = self._of_views if new.is_view else ()
                if one != other and (facts := self.facts(one, other, skipped)):
                    yield Change(CHANGED, "column", shown_name, one, other, facts, name)
            elif not new.is_view:
                yield from self._pair("column", shown_name, one, other, name)
        if new.is_view or "order" in self.ignore:
            return
        before = tuple([column.name for column in old.columns if column.name in kept])
        after = tuple([column.name for column in new.columns if column.name in kept])
        if before != after:
            facts = (Fact("order of columns", before, after),)
            yield Change(CHANGED, new.kind, name.shown, old, new, facts)

    def parts(self, old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
        """Constraints or indexes by their names; those that have none, or whose names do not count, by content."""
        if "names" in self.ignore:
            yield from _nameless(old, new)
            return
        named = ([part for part in old if part.name], [part for part in new if part.name])
        yield from matched(*named, lambda part: part.name)
        yield from matched([part for part in old if not part.name], [part for part in new if not part.name], content)


def _same_text(first: Any, second: Any) -> bool:
    """Texts, and whatever has some, as the checks of a domain."""
    if isinstance(first, tuple) and isinstance(second, tuple) and len(first) == len(second):
        return all(one == other or _same_text(one, other) for one, other in zip(first, second, strict=True))
    texts = isinstance(first, str) and isinstance(second, str)
    return texts and "::" in first and respelled(first) == respelled(second)


_OF_VIEWS = ("type", "nullable", "generated", "expression", "identity", "collation", "hidden")
"""What the columns of a view have from what it selects."""


def _nameless(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """By content, several that are alike one by one, and what is the same first; a pair has one name, so that it is no
    difference."""
    left: dict[Any, list[Any]] = {}
    for part in new:
        left.setdefault(content(part), []).append(part)
    others = []
    for part in old:
        same = left.get(content(part), [])
        twin = next((each for each in same if each == part._replace(name=each.name)), None)
        if twin is None:
            others.append(part)
        else:
            same.remove(twin)
            yield twin, twin
    for part in others:
        same = left.get(content(part), [])
        yield (part._replace(name=same[0].name), same.pop(0)) if same else (part, None)
    yield from ((None, part) for rest in left.values() for part in rest)


def matched(old: Sequence[Any], new: Sequence[Any], key: Callable[[Any], Any]) -> Iterator[tuple[Any, Any]]:
    """Pairs of what is one thing on both sides, in the order of both; None where it is missing."""
    after = {key(found): found for found in new}
    before = {key(found): found for found in old}
    for each, found in before.items():
        yield found, after.get(each)
    yield from ((None, found) for each, found in after.items() if each not in before)


def identity(found: Any) -> Identity:
    """What makes an object the same one. A table and a view of one name are two."""
    schema, table = getattr(found, "schema", None), getattr(found, "table", None)
    if isinstance(found, Extension):  # its schema is only where it is
        schema = None
    more = getattr(found, "arguments", "")
    return (schema or "", found.name, table or "", getattr(found, "kind", ""), more)


def shown(found: Any) -> str:
    """The name of an object as people say it."""
    name = Name(found.name, getattr(found, "schema", None)).shown
    if hasattr(found, "arguments"):
        return f"{name}({found.arguments})"
    table = getattr(found, "table", None)
    return f"{name} on {Name(table, found.schema).shown}" if table else name


def part_name(table: Name, part: Any) -> str:
    """The name of a constraint or index; of one without a name, what it is about."""
    if part.name:
        return f"{table.shown}.{part.name}"
    columns = getattr(part, "columns", None)
    about = ", ".join(columns) if columns else part.expression
    return f"{table.shown} ({about})"


def _follows(change: Change, above: Sequence[Change]) -> bool:
    """Whether a parent's change brings this one about."""
    part = change.after if change.before is None else change.before
    if isinstance(part, (Table, Trigger)):
        return False
    for other in above:
        if (other.action, other.kind) != (change.action, change.kind):
            continue
        theirs = other.after if other.before is None else other.before
        if change.kind == "column" and part.name == theirs.name and change.facts == other.facts:
            return True
        if change.kind != "column" and content(part) == content(theirs) and change.facts == other.facts:
            return True
    return False
