"""Statements for SQLite, whose ALTER TABLE can little: a column at the end is added, for everything else the table is
made anew in the steps that SQLite's own documentation gives, its rows copied, foreign keys unwatched meanwhile.

One transaction holds everything, so an error leaves the database as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dbx.schema.ddl.generic import shown
from dbx.schema.ddl.sqlite import create_index, ended
from dbx.schema.diff.changes import ADDED, REMOVED, Change, Diff, Rename
from dbx.schema.model import Column, Index, Table
from dbx.schema.objects import Name, Trigger
from dbx.schema.text import sqlite as sqlite_text
from dbx.schema.text.standard import literal, quoted


def statements(diff: Diff) -> Iterator[str]:
    """As dbx.schema.migrate says."""
    work = _sorted(diff)
    if work.encoding:
        yield f"-- the encoding ({work.encoding}) of a database that has tables stays what it is"
    body = [*_body(diff, work)]
    if not body:
        return
    if work.rebuilt:
        yield "PRAGMA foreign_keys = OFF;"
        yield "PRAGMA legacy_alter_table = ON;"
    yield "BEGIN;"
    yield from body
    if work.rebuilt:
        yield "PRAGMA foreign_key_check;"
    yield "COMMIT;"
    if work.rebuilt:
        yield "PRAGMA legacy_alter_table = OFF;"
        yield "PRAGMA foreign_keys = ON;"


@dataclass
class _Work:
    """What is to be done, by how it is done."""

    rebuilt: dict[Name, Table] = field(default_factory=dict)
    columns: list[tuple[Name, Column]] = field(default_factory=list)
    dropped: list[Table] = field(default_factory=list)
    made: list[Table] = field(default_factory=list)
    indexes_dropped: list[tuple[Table, Index]] = field(default_factory=list)
    indexes_made: list[tuple[Table, Index]] = field(default_factory=list)
    triggers_dropped: list[Trigger] = field(default_factory=list)
    triggers_made: list[Trigger] = field(default_factory=list)
    encoding: str = ""


def _sorted(diff: Diff) -> _Work:
    work = _Work()
    before = {Name(table.name, table.schema): table for table in diff.before.tables}
    after = {Name(table.name, table.schema): table for table in diff.after.tables}
    by_table: dict[Name, list[Change]] = {}
    for change in diff.changes:
        if change.kind == "database":
            work.encoding = dict(diff.after.options).get("encoding", "UTF-8")
        elif isinstance(change.after or change.before, Trigger):
            work.triggers_dropped += [change.before] if change.before else []
            work.triggers_made += [change.after] if change.after else []
        elif isinstance(change.after or change.before, Table) and (
            change.action in (ADDED, REMOVED) or change.kind not in ("table", "column")
        ):
            work.dropped += [change.before] if change.before else []
            work.made += [change.after] if change.after else []
        elif change.kind == "index":
            table = after[change.within] if change.within else None
            assert table is not None
            work.indexes_dropped += [(table, change.before)] if change.before else []
            work.indexes_made += [(table, change.after)] if change.after else []
        else:
            table = change.after if change.within is None else after[change.within]
            by_table.setdefault(Name(table.name, table.schema), []).append(change)
    for name, changes in by_table.items():
        added = _added(before[name], after[name], changes)
        if added is None:
            work.rebuilt[name] = after[name]
        else:
            work.columns += [(name, column) for column in added]
    return work


def _added(old: Table, new: Table, changes: Sequence[Change]) -> list[Column] | None:
    """The columns to add when that is all that is to be done, and ALTER TABLE can do it."""
    added = [change.after for change in changes if change.kind == "column" and change.action == ADDED]
    if len(added) != len(changes) or list(new.columns[len(old.columns) :]) != added:
        return None
    constrained = {name for key in new.foreign_keys for name in key.columns} | set(new.primary_key)
    constrained |= {name for key in new.unique for name in key.columns}
    return added if all(_is_addable(column) and column.name not in constrained for column in added) else None


_CONSTANT = re.compile(r"[+-]?\d[\w.]*|'(?:[^']|'')*'|x'[0-9a-f]*'|null|true|false", re.IGNORECASE)


def _is_addable(column: Column) -> bool:
    constant = column.default is None or _CONSTANT.fullmatch(column.default.strip()) is not None
    filled = column.nullable or (column.default is not None and column.default.strip().upper() != "NULL")
    return constant and filled and not column.generated and not column.options


def _body(diff: Diff, work: _Work) -> Iterator[str]:
    """Drops first, those of triggers and views before those of tables; then tables; then what stands on them."""
    for trigger in work.triggers_dropped:
        yield f"DROP TRIGGER IF EXISTS {shown(trigger)};"
    for table in work.dropped:
        if table.kind == "view":
            yield f"DROP VIEW {shown(table)};"
    for table, index in work.indexes_dropped:
        yield f"DROP INDEX {shown(Name(index.name, table.schema))};"
    for table in work.dropped:
        if table.kind != "view":
            yield from _lost(table, diff)
            yield f"DROP TABLE {shown(table)};"
    for table in work.made:
        if table.kind != "view":
            yield ended(table.definition, table.schema)
            yield from (create_index(table, index) for index in table.indexes)
    for name, column in work.columns:
        yield f"ALTER TABLE {shown(name)} ADD COLUMN {_column(column)};"
    old = {Name(table.name, table.schema): table for table in diff.before.tables}
    for name, table in work.rebuilt.items():
        yield from rebuilt(old[name], table, _free(table, diff))
    for table, index in work.indexes_made:
        if Name(table.name, table.schema) not in work.rebuilt:
            yield create_index(table, index)
    for table in work.made:
        if table.kind == "view":
            yield ended(table.definition, table.schema)
    standing = {*work.rebuilt, *(Name(table.name, table.schema) for table in work.made)}
    again = [each for each in diff.after.triggers if Name(each.table, each.schema) in standing]
    for trigger in dict.fromkeys([*work.triggers_made, *again]):
        yield ended(trigger.definition, trigger.schema)


def _lost(table: Table, diff: Diff) -> Iterator[str]:
    if table.kind == "virtual" and any(each.name == table.name for each in diff.after.tables):
        yield f"-- the rows of {quoted(table.name)} are lost: a virtual table can only be made anew"
    else:
        yield f"-- the rows of {shown(table)} are lost:"


def _free(table: Table, diff: Diff) -> str:
    """A name that no table has."""
    taken = {each.name.lower() for schema in (diff.before, diff.after) for each in schema.tables}
    name, number = f"{table.name}_new", 1
    while name.lower() in taken:
        number += 1
        name = f"{table.name}_new{number}"
    return name


def rebuilt(old: Table, new: Table, free: str) -> Iterator[str]:
    """Make the table under a free name, copy, drop, rename, make its indexes."""
    target = Name(free, new.schema)
    yield ended(sqlite_text.renamed(new.definition or "", quoted(free)), new.schema)
    given = {column.name.lower(): column for column in old.columns}
    kept = {column.name.lower() for column in new.columns}
    for column in old.columns:
        if column.name.lower() not in kept and not column.generated:
            yield f"-- the values of {shown(old)}.{quoted(column.name)} are lost:"
    copied = [column.name for column in new.columns if not column.generated and column.name.lower() in given]
    if copied:
        names = ", ".join(map(quoted, copied))
        sources = ", ".join(quoted(given[name.lower()].name) for name in copied)
        yield f"INSERT INTO {shown(target)} ({names}) SELECT {sources} FROM {shown(old)};"
    if all(any(("autoincrement", "") in column.options for column in table.columns) for table in (old, new)):
        sequence = shown(Name("sqlite_sequence", new.schema))
        yield f"DELETE FROM {sequence} WHERE name = {literal(free)};"
        yield (
            f"INSERT INTO {sequence} (name, seq) SELECT {literal(free)}, seq FROM {sequence}"
            f" WHERE name = {literal(old.name)};"
        )
    yield f"DROP TABLE {shown(old)};"
    yield f"ALTER TABLE {shown(target)} RENAME TO {quoted(new.name)};"
    yield from (create_index(new, index) for index in new.indexes)


def _column(column: Column) -> str:
    words = [quoted(column.name), column.type]
    words += [f"COLLATE {quoted(column.collation)}"] if column.collation else []
    words += ["NOT NULL"] if not column.nullable else []
    words += [f"DEFAULT {column.default}"] if column.default is not None else []
    return " ".join(filter(None, words))


def rename(found: Rename) -> str:
    """A rename that was answered with yes."""
    if found.within is None:
        return f"ALTER TABLE {shown(Name(found.before, found.schema))} RENAME TO {quoted(found.after)};"
    return f"ALTER TABLE {shown(found.within)} RENAME COLUMN {quoted(found.before)} TO {quoted(found.after)};"
