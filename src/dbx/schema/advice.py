"""Advice from the catalog: what a schema, and what the server has counted, say about keys and indexes.

Nothing is scanned. Each finding says why, and the statement that somebody might run who agrees.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dbx.dialects.traits import traits
from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.statistics import Statistics
from dbx.schema.text.postgresql import dotted, ident

KINDS = ("invalid index", "duplicate index", "redundant index", "unused index", "foreign key without index",
         "no primary key", "dead rows", "inferred relation")  # fmt: skip
_DEAD_SHARE, _DEAD_ROWS = 0.2, 1000


class Finding(NamedTuple):
    """`object` is the table, index or column that it is about."""

    kind: str
    object: str
    why: str
    statement: str = ""


def findings(schema: Schema, counted: Statistics = Statistics()) -> Iterator[Finding]:  # noqa: B008  (immutable)
    """Every finding, table by table; relations that are only inferred from names and types come last."""
    words = _Words(schema.dialect)
    for table in schema.tables:
        if table.kind == "table":
            yield from _of_table(table, counted, words)
    yield from _inferred(schema, words)


class _Words:
    """Statements in a dialect's words."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.tables = traits(dialect).tables
        self.name = {"postgresql": ident}.get(dialect, self.tables.quoted)

    def shown(self, name: Name) -> str:
        if self.dialect == "postgresql":
            return dotted(name.schema, name.name)
        return f"{self.name(name.schema)}.{self.name(name.name)}" if name.schema else self.name(name.name)

    def listed(self, columns: Iterable[str]) -> str:
        return ", ".join(map(self.name, columns))

    def drop(self, table: Name, index: str) -> str:
        if not self.tables.shared_names:
            return f"DROP INDEX {self.name(index)} ON {self.shown(table)};"
        return f"DROP INDEX {self.shown(Name(index, table.schema))};"

    def index(self, table: Name, columns: Sequence[str]) -> str:
        name = "_".join([table.name, *columns, "idx"])[:60]
        return f"CREATE INDEX {self.name(name)} ON {self.shown(table)} ({self.listed(columns)});"

    def relation(self, table: Name, column: str, target: Name, key: str) -> str:
        if not self.tables.linked_later:
            return ""  # only a new table could say it
        references = f"REFERENCES {self.shown(target)} ({self.name(key)})"
        return f"ALTER TABLE {self.shown(table)} ADD FOREIGN KEY ({self.name(column)}) {references};"


def _of_table(table: Table, counted: Statistics, words: _Words) -> Iterator[Finding]:
    name = Name(table.name, table.schema)
    superfluous = list(_superfluous(table, name, words))
    yield from superfluous
    told = {finding.object for finding in superfluous}
    for index in table.indexes:
        count = counted.indexes.get((name, index.name))
        if count and count.scans == 0 and _shown(name, index.name) not in told and _is_free(index, table):
            why = f"not used once since {counted.since}" if counted.since else "not used once"
            why += f", {count.bytes:,} bytes" if count.bytes else ""
            yield Finding("unused index", _shown(name, index.name), why, words.drop(name, index.name))
    leading = _leading(table)
    for key in table.foreign_keys:
        if not key.inherited and not _is_covered(key, leading):
            why = f"each DELETE from {Name(key.target_table, key.target_schema).shown} looks through the whole table"
            yield Finding("foreign key without index", _shown(name, ", ".join(key.columns)), why,
                          words.index(name, key.columns))  # fmt: skip
    if table.primary is None and not table.unique_columns and table.bound is None:
        yield Finding("no primary key", name.shown, "its rows cannot be told apart, nor be replicated one by one")
    count_of = counted.tables.get(name)
    if count_of and count_of.dead and count_of.dead > max(_DEAD_ROWS, _DEAD_SHARE * (count_of.rows or 0)):
        why = f"{count_of.dead:,} dead rows to {count_of.rows or 0:,} that live"
        yield Finding("dead rows", name.shown, why, f"VACUUM {words.shown(name)};")


def _is_free(index: Index, table: Table) -> bool:
    """Whether nothing but speed hangs on it: no uniqueness, and no foreign key that would be without an index."""
    rest = _leading(table._replace(indexes=tuple([each for each in table.indexes if each is not index])))
    needed = any(not _is_covered(key, rest) for key in table.foreign_keys if _is_covered(key, [index.columns]))
    return index.valid and not index.unique and index.parent is None and not needed


def _shown(table: Name, part: str) -> str:
    return f"{table.shown}.{part}"


# --- indexes ----------------------------------------------------------------------------------------------------------


class _Order(NamedTuple):
    """What something keeps rows in order by. `constraint`: it cannot go, because a key needs it."""

    name: str
    parts: tuple[Part, ...]
    of: Index | None
    constraint: bool


def _orders(table: Table) -> list[_Order]:
    keys: list[Key] = [table.primary] if table.primary else []
    found = [_Order(key.name or "the primary key", key.parts, None, True) for key in (*keys, *table.unique)]
    return found + [_Order(each.name, each.parts, each, each.unique) for each in table.indexes if each.valid]


def _superfluous(table: Table, name: Name, words: _Words) -> Iterator[Finding]:
    for index in table.indexes:
        if not index.valid:
            why = "it was never built to its end: it is kept up to date and not used"
            yield Finding("invalid index", _shown(name, index.name), why, words.drop(name, index.name))
            continue
        for other in _orders(table):
            kind = _kind(index, other)
            if kind:
                about = f"{'the same as' if kind == 'duplicate index' else 'the beginning of'} {other.name}"
                yield Finding(kind, _shown(name, index.name), about, words.drop(name, index.name))
                break


def _kind(index: Index, other: _Order) -> str:
    """What an index is beside another one: of two that are the same the one behind in the alphabet goes."""
    plain = (index.method in ("", "btree"), index.predicate)
    theirs = (other.of is None or other.of.method in ("", "btree"), other.of and other.of.predicate)
    if other.of is index or plain != theirs or not plain[0]:
        return ""
    same = index.parts == other.parts
    includes = set(index.include) <= set(other.of.include if other.of else ())
    if same and includes and index.unique <= other.constraint:
        first = other.of is None or (other.constraint and not index.unique) or other.name < index.name
        return "duplicate index" if first else ""
    shorter = len(index.parts) < len(other.parts) and other.parts[: len(index.parts)] == index.parts
    return "redundant index" if shorter and not index.unique and not index.include else ""


def _leading(table: Table) -> list[tuple[str, ...]]:
    """The columns of each index over whole columns of all rows."""
    usable = [each for each in _orders(table) if each.of is None or each.of.predicate is None]
    return [
        tuple([part.column or "" for part in each.parts])
        for each in usable
        if each.of is None or each.of.method in ("", "btree")
    ]


def _is_covered(key: ForeignKey, leading: Iterable[tuple[str, ...]]) -> bool:
    return any(set(columns[: len(key.columns)]) == set(key.columns) for columns in leading)


# --- relations that nobody declared -----------------------------------------------------------------------------------


def _inferred(schema: Schema, words: _Words) -> Iterator[Finding]:
    """Columns that are called as another table's only key, or as the table and `id`, and have its type."""
    by_key: dict[str, list[tuple[Name, Column]]] = defaultdict(list)
    by_table: dict[str, list[tuple[Name, Column]]] = defaultdict(list)
    for table in schema.tables:
        if table.kind == "table" and len(table.primary_key) == 1 and (key := table.column(table.primary_key[0])):
            name = Name(table.name, table.schema)
            for tail in _tails(key.name)[:2]:
                by_key[tail].append((name, key))
            for word in _forms(table.name):
                by_table[f"{word}{_folded(key.name)}"].append((name, key))
                by_table[f"{word}id"].append((name, key))
    for table in schema.tables:
        if table.kind == "table" and table.bound is None:
            yield from _inferred_of(table, by_key, by_table, words)


_Targets = dict[str, list[tuple[Name, Column]]]


def _inferred_of(table: Table, by_key: _Targets, by_table: _Targets, words: _Words) -> Iterator[Finding]:
    name = Name(table.name, table.schema)
    declared = {column for key in table.foreign_keys for column in key.columns}
    indexed = {columns[0] for columns in _leading(table) if columns}
    for column in table.columns:
        if column.name in declared or table.primary_key == (column.name,):
            continue
        led, why = _one_target(name, column, by_key, by_table)
        if led is None:
            continue
        target, key = led
        sure = "likely" if column.name in indexed and why != _BY_TAIL else "possible"
        shown = f"{name.shown}.{column.name} → {target.shown}.{key.name}"
        about = f"{sure}, not declared: {why}, of its type" + (", indexed" if column.name in indexed else "")
        yield Finding("inferred relation", shown, about, words.relation(name, column.name, target, key.name))


_BY_TAIL = "it ends as its key does"


def _one_target(
    name: Name, column: Column, by_key: _Targets, by_table: _Targets
) -> tuple[tuple[Name, Column] | None, str]:
    """The one table that a column's name leads to, and how: by all of it before by its end alone."""
    for number, word in enumerate(_tails(column.name)):
        found = [(each, "named as its key") for each in by_key.get(word, ())]
        found += [(each, "named for it") for each in by_table.get(word, ())]
        fitting = {each: why for each, why in found if each[0] != name and each[1].type == column.type}
        if len(fitting) == 1:
            ((target, why),) = fitting.items()
            return target, _BY_TAIL if number else why
        if fitting:
            return None, ""
    return None, ""


def _tails(name: str) -> list[str]:
    """A name folded, and without its first words (ss_item_sk: item_sk), as long as it says something."""
    words = name.lower().split("_")
    tails = ["".join(words[at:]) for at in range(len(words))]
    return [tail for tail in tails if len(tail) > 4 and tail not in ("number", "value", "status")]


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _forms(table: str) -> set[str]:
    """A table's name in the singular, as far as English goes."""
    word = _folded(table)
    found = {word}
    if word.endswith("ies"):
        found.add(f"{word[:-3]}y")
    elif word.endswith(("ses", "xes")):
        found.add(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        found.add(word[:-1])
    return found
