"""ALTER TABLE of PostgreSQL: the statements for the changes of one table, by when they run; without terminators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dbx.schema.ddl import postgresql_tables as tables
from dbx.schema.ddl.postgresql_extras import column_extras
from dbx.schema.diff.changes import ADDED, CHANGED, REMOVED, Change
from dbx.schema.migrate.narrowing import TEXTS, narrows
from dbx.schema.migrate.postgresql_objects import counting, given, parameters
from dbx.schema.model import Column, ForeignKey, Identity, Index, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.text.postgresql import dotted, ident, said
from dbx.schema.types.vocabulary import parse

_SAYING = ("comment", "index comment", "owner", "grantors")


class Altered:
    """A table on its way from `before` to `after`, which is in the schema `whole`."""

    def __init__(self, before: Table, after: Table, whole: Schema) -> None:
        self.before = before
        self.after = after
        self.whole = whole
        self.changes: list[Change] = []
        self.retyped: list[str] = []
        self.keys_again: list[ForeignKey] = []

    @property
    def start(self) -> str:
        return f"ALTER {'FOREIGN ' if self.after.kind == 'foreign' else ''}TABLE {tables.shown(self.after)}"

    def add(self, change: Change) -> None:
        if any(fact.name not in _SAYING and not fact.name.startswith("privileges of ") for fact in change.facts) or (
            change.action != CHANGED
        ):
            self.changes.append(change)

    def again(self, key: ForeignKey) -> None:
        """Drop a foreign key that stays, and make it again."""
        self.keys_again.append(key)

    def retype(self, found: Any) -> None:
        """Columns of a type that is replaced by one of the same name."""
        names = {found.name, dotted(found.schema, found.name), f"{found.schema}.{found.name}", ident(found.name)}
        before = {column.name: column for column in self.before.columns}
        for column in self.after.columns:
            if column.name in before and column.type.removesuffix("[]") in names and not column.inherited:
                self.retyped.append(column.name)

    @property
    def moved(self) -> list[str]:
        """The columns whose change is in the way of what stands on them."""
        found = [
            change.before.name
            for change in self.changes
            if change.kind == "column"
            and change.before is not None
            and (change.action == REMOVED or _changes_type(change) or _is_made_anew(change))
        ]
        return found + self.retyped

    @property
    def keys_gone(self) -> list[tuple[str, ...]]:
        keys = [change.before for change in self.changes if change.kind in ("primary key", "unique key")]
        return [key.columns for key in keys if key is not None]

    def is_mentioned(self, found: Any) -> bool:
        """Whether a policy, trigger or rule says the name of a column that is in the way."""
        texts = [getattr(found, name, None) or "" for name in ("using", "check", "definition")]
        return any(
            re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text) is not None
            for name in self.moved
            for text in texts
        )

    # --- what goes ---------------------------------------------------------------------------------------------------

    def dropped_keys(self) -> Iterator[str]:
        keys = [each.before for each in self.changes if each.kind == "foreign key" and _is_remade(each)]
        for key in (*keys, *self.keys_again):
            if key is not None and not key.inherited:
                yield f"{self.start} DROP CONSTRAINT {ident(key.name)}"

    def drops(self) -> Iterator[str]:
        """Constraints, indexes, and the place in a hierarchy."""
        for change in self.changes:
            old = change.before
            if old is None or change.kind in ("foreign key", "column") or not _is_remade(change):
                continue
            if isinstance(old, Index):
                yield f"DROP INDEX {dotted(self.before.schema, old.name)}"
            elif not isinstance(old, Table):
                yield f"{self.start} DROP CONSTRAINT {ident(old.name)}"
        for index in self._indexes_anew():
            yield f"DROP INDEX {dotted(self.before.schema, index.name)}"
        yield from self._parents(self.before, self.after)

    def _parents(self, old: Table, new: Table) -> Iterator[str]:
        for parent in old.parents:
            if old.bound is not None and (parent not in new.parents or old.bound != new.bound):
                yield f"ALTER TABLE {dotted(parent.schema, parent.name)} DETACH PARTITION {tables.shown(old)}"
            elif old.bound is None and parent not in new.parents:
                yield f"{self.start} NO INHERIT {dotted(parent.schema, parent.name)}"

    def _indexes_anew(self) -> list[Index]:
        """Those over a column that is dropped and added again: they go with it."""
        anew = {c.after.name for c in self.changes if c.kind == "column" and c.action == CHANGED and _is_made_anew(c)}
        held = {index.name for index in self.before.indexes if index in self.after.indexes}
        return [index for index in self.after.indexes if anew & set(index.columns) and index.name in held]

    # --- columns -----------------------------------------------------------------------------------------------------

    def columns(self) -> Iterator[str]:
        for change in self.changes:
            if change.kind == "column":
                yield from self._column(change)
            elif isinstance(change.after, Table):
                yield from self._table(change)
        by_name = {column.name: column for column in self.after.columns}
        for name in self.retyped:
            yield from self._typed(self.before.column(name) or by_name[name], by_name[name])

    def _column(self, change: Change) -> Iterator[str]:
        old, new = change.before, change.after
        if change.action == ADDED:
            yield from self._added(new)
        elif change.action == REMOVED:
            if not old.generated:
                yield f"-- the values of {tables.shown(self.after)}.{ident(old.name)} are lost:"
            yield f"{self.start} DROP COLUMN {ident(old.name)}"
        elif _is_made_anew(change):
            yield f"{self.start} DROP COLUMN {ident(old.name)}"
            yield from self._added(new)
        else:
            yield from self._altered(change)

    def _added(self, column: Column) -> Iterator[str]:
        yield f"{self.start} ADD COLUMN {tables.column_text(column)}"
        yield from column_extras(column, f"{self.start} ALTER COLUMN {ident(column.name)}")
        if column != self.after.columns[-1] and self.after.columns.index(column) < len(self.before.columns):
            yield f"-- {ident(column.name)} is the last column now: PostgreSQL puts a new one nowhere else"

    def _altered(self, change: Change) -> Iterator[str]:
        old, new = change.before, change.after
        names = {fact.name for fact in change.facts}
        start = f"{self.start} ALTER COLUMN {ident(new.name)}"
        if old.identity and not new.identity:
            yield f"{start} DROP IDENTITY"
        if old.generated and not new.generated:
            yield f"{start} DROP EXPRESSION"
        if names & {"type", "collation"} and new.name not in self.retyped:
            yield from self._typed(old, new)
        elif "default" in names and new.name not in self.retyped:
            yield f"{start} SET DEFAULT {new.default}" if new.default is not None else f"{start} DROP DEFAULT"
        if "nullable" in names:
            yield f"{start} {'DROP' if new.nullable else 'SET'} NOT NULL"
        if new.identity and "identity" in names:
            yield from _identity(old.identity, new.identity, start)
        yield from _options(change, start)

    def _typed(self, old: Column, new: Column) -> Iterator[str]:
        start = f"{self.start} ALTER COLUMN {ident(new.name)}"
        if old.default is not None:
            yield f"{start} DROP DEFAULT"
        collation = f" COLLATE {said(new.collation)}" if new.collation else ""
        # an enum becomes another one by its labels
        name = ident(new.name)
        before, after = (parse(each.type, self.whole.dialect) for each in (old, new))
        as_is = old.type == new.type or (before.kind in TEXTS and after.kind in TEXTS)  # cut only by an explicit cast
        using = "" if as_is else f" USING {name}::{new.type}"
        if old.type != new.type and narrows(before, after):
            place = f"{tables.shown(self.after)}.{name}"
            yield f"-- the values of {place} are cut, rounded or refused where {new.type} has no place:"
        if new.name in self.retyped:
            using = f" USING {name}::text{'[]' if new.type.endswith('[]') else ''}::{new.type}"
        yield f"{start} TYPE {new.type}{collation}{using}"
        if new.default is not None:
            yield f"{start} SET DEFAULT {new.default}"

    # --- the table itself ---------------------------------------------------------------------------------------------

    def _table(self, change: Change) -> Iterator[str]:
        yield from parameters(self.start, change)
        if self.after.kind == "foreign" and (text := given(self.before.options, self.after.options)):
            yield f"{self.start} {text}"
        for fact in change.facts:
            if text := self._said(fact.name, fact.after):
                yield f"{self.start} {text}"
            elif fact.name == "order of columns":
                listed = ", ".join(map(ident, fact.after))
                yield f"-- {tables.shown(self.after)} keeps the order of its columns; wanted is ({listed})"
        for parent in self.after.parents:
            if self.after.bound is not None:
                if parent not in self.before.parents or self.before.bound != self.after.bound:
                    yield tables.attach(self.after)
            elif parent not in self.before.parents:
                yield f"{self.start} INHERIT {dotted(parent.schema, parent.name)}"

    def _said(self, name: str, value: str | None) -> str:
        """The clause for an option of the table."""
        on = value is not None
        match name:
            case "unlogged":
                return "SET UNLOGGED" if on else "SET LOGGED"
            case "tablespace":
                return f"SET TABLESPACE {ident(value or 'pg_default')}"
            case "using":
                return f"SET ACCESS METHOD {ident(value or 'heap')}"
            case "row security":
                return f"{'ENABLE' if on else 'DISABLE'} ROW LEVEL SECURITY"
            case "force row security":
                return f"{'' if on else 'NO '}FORCE ROW LEVEL SECURITY"
            case "of":
                return f"OF {value}" if on else "NOT OF"
        return ""

    def _said_of_indexes(self) -> Iterator[str]:
        """What names an index, which has to be there."""
        for change in self.changes:
            for fact in change.facts if isinstance(change.after, Table) else ():
                if fact.name == "cluster on":
                    yield f"{self.start} " + (
                        f"CLUSTER ON {ident(fact.after)}" if fact.after else "SET WITHOUT CLUSTER"
                    )
                elif fact.name == "replica identity":
                    word, _, index = (fact.after or "default").partition(" ")
                    how = f"USING INDEX {ident(index)}" if index else word.upper()
                    yield f"{self.start} REPLICA IDENTITY {how}"

    # --- what comes --------------------------------------------------------------------------------------------------

    def adds(self) -> Iterator[str]:
        for change in self.changes:
            new = change.after
            if new is None or isinstance(new, (Table, Column)) or change.kind == "foreign key":
                continue
            if not _is_remade(change):
                yield from self._constraint_altered(change)
            elif change.kind == "index":
                yield from self._index(new)
            elif change.kind == "exclusion":
                yield tables.add_exclusion(self.after, new)
            elif change.kind == "check":
                yield f"{self.start} ADD {tables.check_text(new)}"
            else:
                kind = "PRIMARY KEY" if change.kind == "primary key" else "UNIQUE"
                yield f"{self.start} ADD {tables.key_text(kind, new)}"
        for index in self._indexes_anew():
            yield from self._index(index)
        yield from self._said_of_indexes()

    def _index(self, index: Index) -> Iterator[str]:
        """An index; of a partitioned table first by itself, then those of its partitions, which are attached to it."""
        yield tables.create_index(self.after, index)
        yield from tables.attach_index(self.after, index)
        above = [Name(index.name, self.after.schema)]
        while above:
            parent = above.pop()
            for table in self.whole.tables:
                for each in table.indexes:
                    if each.parent == parent:
                        yield tables.create_index(table, each)
                        yield from tables.attach_index(table, each)
                        above.append(Name(each.name, table.schema))

    def _constraint_altered(self, change: Change) -> Iterator[str]:
        old, new = change.before, change.after
        if old.name != new.name:
            yield f"{self.start} RENAME CONSTRAINT {ident(old.name)} TO {ident(new.name)}"
        elif getattr(new, "validated", True) != getattr(old, "validated", True):
            yield f"{self.start} VALIDATE CONSTRAINT {ident(new.name)}"

    def made_keys(self) -> Iterator[str]:
        for change in self.changes:
            if change.kind != "foreign key" or change.after is None or change.after.inherited:
                continue
            if _is_remade(change):
                yield tables.add_foreign_key(self.after, change.after)
            else:
                yield from self._constraint_altered(change)
        yield from (tables.add_foreign_key(self.after, key) for key in self.keys_again)


def _changes_type(change: Change) -> bool:
    return any(fact.name in ("type", "collation") for fact in change.facts)


def _is_made_anew(change: Change) -> bool:
    """A column becomes generated, or is of something else: it is dropped and added, which loses nothing of its own."""
    if change.after is None or not change.after.generated:
        return False
    return any(fact.name in ("generated", "expression") for fact in change.facts)


def _is_remade(change: Change) -> bool:
    """Whether a constraint or index is dropped and made; only a name or VALIDATE needs less."""
    if change.action != CHANGED:
        return True
    names = {fact.name for fact in change.facts if fact.name not in _SAYING}
    return not (names <= {"name"} or (names == {"validated"} and change.after.validated))


def _identity(old: Identity | None, new: Identity, start: str) -> Iterator[str]:
    if old is None:
        yield f"{start} ADD {tables.identity_text(new)}"
        return
    words = [f"SET {word}" for word in counting(old, new)]
    if old.always != new.always:
        words.insert(0, f"SET GENERATED {'ALWAYS' if new.always else 'BY DEFAULT'}")
    if words:
        yield f"{start} {' '.join(words)}"


_STORAGES = {"str": "EXTENDED", "json": "EXTENDED", "bytes": "EXTENDED", "array": "EXTENDED", "decimal": "MAIN"}


def _options(change: Change, start: str) -> Iterator[str]:
    new: Column = change.after
    yield from parameters(start, change)
    if text := given(change.before.options, new.options):
        yield f"{start} {text}"
    for fact in change.facts:
        match fact.name:
            case "storage":
                yield f"{start} SET STORAGE {(fact.after or _STORAGES.get(new.family, 'PLAIN')).upper()}"
            case "compression":
                yield f"{start} SET COMPRESSION {fact.after or 'DEFAULT'}"
            case "statistics":
                yield f"{start} SET STATISTICS {fact.after or '-1'}"
