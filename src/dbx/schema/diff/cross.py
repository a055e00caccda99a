"""Two schemas of different kinds of servers: what is really otherwise, each with the reason why it counts.

Both are brought to terms that all servers have (dbx.schema.diff.neutral), names that differ in case and underscores
alone are matched, and types are the same when either is what the other becomes there (dbx.schema.types.compared).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dbx.dialects.traits import traits
from dbx.schema.diff.changes import CHANGED, REMOVED, Change, Comparison, Diff
from dbx.schema.diff.facts import Fact
from dbx.schema.diff.names import aligned
from dbx.schema.diff.neutral import neutral
from dbx.schema.model import Column, Index, Schema, Table
from dbx.schema.objects import Check, Name
from dbx.schema.types.compared import difference
from dbx.schema.types.vocabulary import parse, vocabulary


def compare(before: Schema, after: Schema, ignore: Iterable[str]) -> Diff:
    """As dbx.schema.diff.changes.compare; constraints have no names here, and owners, privileges and options are of
    one server alone."""
    one, two = neutral(before), neutral(after)
    two, renamed = aligned(one, two)
    one, two = _settled(one, two)
    found = _Cross(one, two, frozenset({"names", "options", "grants", "owner", *ignore}))
    found.types = (vocabulary(before), vocabulary(after))
    changes = [found.explained(change) for change in found.changes()]
    if renamed:
        changes.insert(0, _names(before, after, renamed))
    return Diff(before, after, tuple(changes))


def _names(before: Schema, after: Schema, renamed: Sequence[tuple[str, str]]) -> Change:
    old, new = (", ".join(names[:3]) + (", …" if len(names) > 3 else "") for names in zip(*renamed, strict=True))
    why = f"{len(renamed)} name{'s differ' if len(renamed) > 1 else ' differs'} in case and underscores alone"
    return Change(CHANGED, "database", "", before, after, (Fact("names", old, new),), why=why)


_TYPES = {
    "unsigned": "only one goes below zero",
    "time zone": "only one knows the time zone",
    "length": "another length",
    "range": "another range of numbers",
    "scale": "other digits behind the point",
    "labels": "other labels",
}


class _Cross(Comparison):
    types: tuple[Any, Any] = ({}, {})

    def facts(self, old: Any, new: Any, skipped: Sequence[str] = ()) -> tuple[Fact, ...]:
        found = super().facts(old, new, skipped)
        if not isinstance(old, Column):
            return tuple(fact for fact in found if fact.name != "parents")
        kept = [fact for fact in found if fact.name not in ("type", "automatic")]
        if old.automatic != new.automatic and not self._counts_anyway(old, new):
            kept.append(Fact("automatic", old.automatic, new.automatic))
        if self._type(old, new):
            kept.insert(0, Fact("type", old.type, new.type))
        update = [dict(each.options).get("on update") for each in (old, new)]
        if update[0] != update[1] and "options" not in self.skipped:
            kept.append(Fact("on update", *update))
        return tuple(kept)

    def _type(self, old: Column, new: Column) -> str:
        if self._is_small(old, new):
            return ""
        return difference(old.type, self.before.dialect, new.type, self.after.dialect, *self.types)

    def _counts_anyway(self, old: Column, new: Column) -> bool:
        """SQLite gives a number to every INTEGER PRIMARY KEY, whether somebody counts on it or not."""
        sides = ((self.before, old), (self.after, new))
        return any(schema.dialect == "sqlite" and column.automatic for schema, column in sides)

    def _is_small(self, old: Column, new: Column) -> bool:
        """MySQL's tinyint(1) is a truth or a number: the other side's smallint tells which."""
        kinds = [
            parse(column.type, schema.dialect)
            for schema, column in ((self.before, old), (self.after, new))
            if schema.dialect not in ("mysql", "mariadb") or column.type.lower() == "tinyint(1)"
        ]
        return (
            len(kinds) == 2 and {kind.kind for kind in kinds} == {"bool", "int"} and 2 in [kind.size for kind in kinds]
        )

    # --- why ----------------------------------------------------------------------------------------------------------

    def explained(self, change: Change) -> Change:
        if change.action == CHANGED:
            return change._replace(why="; ".join(dict.fromkeys(self._whys(change))))
        side = self.after if change.action == REMOVED else self.before
        server = traits(side.dialect).title
        found: Any = change.before or change.after
        why = f"not in {server}'s"
        if change.kind in traits(side.dialect).without:
            why = f"{server} has no {change.kind}"
        elif isinstance(found, Table) and (found.parents or found.bound):
            why = f"a part of {found.parents[0].shown}, and {server}'s is in one piece"
        return change._replace(why=why)

    def _whys(self, change: Change) -> Iterator[str]:
        for fact in change.facts:
            match fact.name:
                case "type":
                    reason = self._type(change.before, change.after).rpartition(": ")
                    yield (
                        "; ".join(_TYPES[each] for each in reason[2].split(", "))
                        if reason[1]
                        else "another kind of value"
                    )
                case "default":
                    yield "an INSERT without it stores another value"
                case "nullable":
                    yield "NULL is refused by one alone"
                case "automatic":
                    yield "only one gives it a number by itself"
                case "order of columns":
                    yield "INSERT without names and SELECT * differ"
                case "on update":
                    yield "only MySQL and MariaDB have ON UPDATE"
                case "comment":
                    yield "said of one alone" if None in (fact.before, fact.after) else "said otherwise"
                case "on_delete" | "on_update":
                    yield "rows that lead there are treated otherwise"
                case "unique":
                    yield "only one refuses the same values twice"
                case _:
                    yield f"another {fact.name.replace('_', ' ')}"


def _settled(one: Schema, two: Schema) -> tuple[Schema, Schema]:
    """Both without what the other one cannot say, or says without being asked."""
    sides = {one.dialect, two.dialect}
    tables: list[list[Table]] = []
    for mine, other in ((one, two), (two, one)):
        known = {Name(table.name, table.schema): table for table in other.tables}
        tables.append([_said_by_both(table, known.get(Name(table.name, table.schema)), sides) for table in mine.tables])
    events = [_by_event(schema) for schema in (one, two)]
    return (
        one._replace(tables=tuple(tables[0]), triggers=events[0].triggers),
        two._replace(tables=tuple(tables[1]), triggers=events[1].triggers),
    )


def _said_by_both(table: Table, other: Table | None, sides: set[str]) -> Table:
    if not all(traits(side).tables.comments for side in sides):
        columns = tuple([column._replace(comment=None) for column in table.columns])
        table = table._replace(comment=None, columns=columns)
    if not all(traits(side).tables.deferrable for side in sides):
        keys = tuple([key._replace(deferrable="") for key in table.foreign_keys])
        table = table._replace(foreign_keys=keys)
    if other is not None:
        indexes = [each for each in table.indexes if not _is_for_key(each, table, other)]
        checks = [each for each in table.checks if not _is_enum(each, other)]
        table = table._replace(indexes=tuple(indexes), checks=tuple(checks))
    return table


_IN = re.compile(r"(?s)([\w ]+?)(?: in\((.*)\)|=('.*'))")
_LABEL = re.compile(r"'((?:[^']|'')*)'")


def _is_enum(check: Check, other: Table) -> bool:
    """A check that a value is one of some, where the other column is of just these (its type is among its labels)."""
    found = _IN.fullmatch(check.expression)
    if found is None:
        return False
    column = next((column for column in other.columns if column.name.lower() == found[1]), None)
    labels = dict(column.options).get("labels") if column else None
    said = [label.replace("''", "'") for label in _LABEL.findall(found[2] or found[3])]
    return labels is not None and labels == "\n".join(said)


def _is_for_key(index: Index, table: Table, other: Table) -> bool:
    """An index that one server makes for a foreign key unasked, and the other table has none for."""
    if index.unique or any(index.columns == each.columns for each in other.indexes):
        return False
    return any(key.columns == index.columns[: len(key.columns)] == index.columns for key in table.foreign_keys)


def _by_event(schema: Schema) -> Schema:
    """Triggers by what they wait for: their names are of one database alone."""
    found: dict[Any, Any] = {}
    for trigger in schema.triggers:
        for event in trigger.events:
            name = f"{trigger.timing} {event}".lower()
            found[name, trigger.table] = trigger._replace(name=name, events=(event,))
    return schema._replace(triggers=tuple(found.values()))
