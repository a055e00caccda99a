"""Statements for PostgreSQL, in one transaction. What can be altered is; what cannot is dropped and made anew, and so
is what stands on it: views on a table whose column gets another type, foreign keys to a key.

First goes what stands in the way, from the top down, then the tables are altered, between what they may need (types,
sequences, functions, new tables) and what needs them (keys, views, triggers); last what nothing needs any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from dbx.schema.ddl import postgresql as ddl
from dbx.schema.ddl import postgresql_objects as objects
from dbx.schema.ddl import postgresql_tables as tables
from dbx.schema.ddl.generic import in_order
from dbx.schema.diff.changes import CHANGED, Change, Diff, Rename, identity
from dbx.schema.migrate import postgresql_objects as altering
from dbx.schema.migrate import postgresql_ties as ties
from dbx.schema.migrate.postgresql_needs import RELATIONS, is_late, needs_of, reference_of
from dbx.schema.migrate.postgresql_said import said
from dbx.schema.migrate.postgresql_tables import Altered
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Domain, Enum, Extension, Name, Other, Policy, Range, Reference, Routine, Trigger
from dbx.schema.text.postgresql import dotted, ident, literal

_SAYING = ("comment", "owner", "grantors")
_LATER = (Trigger, Policy)


def statements(diff: Diff) -> Iterator[str]:
    """As dbx.schema.migrate says."""
    work = _Migration(diff)
    before, body = work.outside(), [*work.statements()]
    if before:
        yield from _together(before)
    if body:
        yield from _together(body)


def _together(texts: list[str]) -> Iterator[str]:
    yield "BEGIN;"
    for text in texts:
        yield text if text.startswith("-- ") else f"{text};"
    yield "COMMIT;"


class _Migration:
    def __init__(self, diff: Diff) -> None:
        self.diff = diff
        self.before = {Name(table.name, table.schema): table for table in diff.before.tables}
        self.after = {Name(table.name, table.schema): table for table in diff.after.tables}
        self.dropped: dict[Any, Any] = {}
        self.made: dict[Any, Any] = {}
        self.altered: dict[Name, Altered] = {}
        self.rest: list[Change] = []
        self.types: list[Any] = []
        for change in diff.changes:
            self._sort(change)
        self._follow()

    # --- what is to be done, and how --------------------------------------------------------------------------------

    def _sort(self, change: Change) -> None:
        old, new = change.before, change.after
        if change.within is not None:
            self._altered(change.within).add(change)
        elif change.action != CHANGED:
            self._drop(old) if new is None else self._make(new)
        elif all(fact.name in _SAYING or fact.name.startswith("privileges of ") for fact in change.facts):
            pass
        elif isinstance(new, Table) and not new.is_view:
            if altering.is_made_anew(change):
                self._drop(old)
                self._make(new)
            else:
                self._altered(Name(new.name, new.schema)).add(change)
        elif isinstance(new, (Domain, Enum, Range)) and altering.is_other_type(old, new):
            self.types.append(new)
        elif altering.can(change):
            self.rest.append(change)
        else:
            self._drop(old)
            self._make(new)

    def _drop(self, found: Any) -> None:
        self.dropped[_key(found)] = found

    def _make(self, found: Any) -> None:
        self.made[_key(found)] = found

    def _altered(self, name: Name) -> Altered:
        if name not in self.altered:
            self.altered[name] = Altered(self.before[name], self.after[name], self.diff.after)
        return self.altered[name]

    def _follow(self) -> None:
        """Drop and make anew what stands on what is dropped, or on columns that change."""
        replaced = {reference_of(found) for found in self.types}
        for found in self.types:
            for name, table in self.after.items():
                if name in self.before and not table.is_view:
                    self._altered(name).retype(found)
        for routine in self.diff.before.routines:
            if replaced.intersection(routine.depends) and _key(routine) not in self.dropped:
                self._anew(routine)
        touched = {name for name, each in self.altered.items() if each.moved}
        self._views_on(touched | {Name(f.name, f.schema) for f in self.dropped.values() if isinstance(f, Table)})
        gone = {Name(f.name, f.schema) for f in self.dropped.values() if isinstance(f, Table)}
        hanging: list[Any] = [*self.diff.before.policies, *self.diff.before.triggers, *self.diff.before.others]
        for each in hanging:
            on = Name(getattr(each, "table", None) or "", each.schema)
            altered = self.altered.get(on)
            in_the_way = (altered is not None and altered.is_mentioned(each)) or (
                isinstance(each, Policy) and ties.calls(f"{each.using} {each.check}", self._routines())
            )
            if _key(each) not in self.dropped and (in_the_way or on in gone):
                self._anew(each)
        self._keys_on_keys()

    def _routines(self) -> list[Routine]:
        return [each for each in self.dropped.values() if isinstance(each, Routine)]

    def _views_on(self, touched: set[Name]) -> None:
        """Views over these tables and views, and over functions that are dropped; and functions of such views."""
        routines = {Reference(f.name, f.schema, f.kind, f.arguments) for f in self.dropped.values()
                    if isinstance(f, Routine)}  # fmt: skip
        found = True
        while found:
            found = False
            for name, view in self.before.items():
                if not view.is_view or _key(view) in self.dropped:
                    continue
                if any(Name(need.name, need.schema) in touched or need in routines for need in view.depends):
                    self._anew(view)
                    touched.add(name)
                    found = True
            gone = {Name(each.name, each.schema) for each in self.dropped.values() if isinstance(each, Table)}
            for routine in self.diff.before.routines:
                stands_on = touched if ties.has_body(routine) else gone
                needs = {Name(each.name, each.schema) for each in routine.depends if each.kind in RELATIONS}
                if needs & stands_on and _key(routine) not in self.dropped:
                    self._anew(routine)
                    routines.add(reference_of(routine))
                    found = True

    def _anew(self, old: Any) -> None:
        """Drop it; and make it again as it should be, if it should."""
        self._drop(old)
        field = _FIELDS[type(old)]
        again = next((each for each in getattr(self.diff.after, field) if identity(each) == identity(old)), None)
        if again is not None:
            self._make(again)
            self.rest = [change for change in self.rest if change.after is not again]

    def _keys_on_keys(self) -> None:
        """A key that foreign keys lead to is dropped behind them, and they are made again."""
        moved = {name: each.keys_gone for name, each in self.altered.items() if each.keys_gone}
        for name, table in self.after.items():
            old = self.before.get(name)
            for key in table.foreign_keys if old else ():
                gone = moved.get(Name(key.target_table, key.target_schema), ())
                if old and key.target_columns in gone and key in old.foreign_keys and not key.inherited:
                    self._altered(name).again(key)

    # --- the statements ----------------------------------------------------------------------------------------------

    def outside(self) -> list[str]:
        """What may not be used in the transaction that it is made in: labels."""
        return [text for change in self.rest if isinstance(change.after, Enum) for text in altering.labels(change)]

    def statements(self) -> Iterator[str]:
        early, late = self._drops()
        again = [each for each in self._routines() if _key(each) in self.made]
        undone, redone = ties.on_functions(self.diff, again, self.dropped.values())
        yield from undone
        yield from self._goes(early)
        for found in self.types:
            yield from altering.labels_gone(self.diff.before.enums, found)
            yield from altering.set_aside(found)
        yield from self._comes()
        for table in self._new_tables():
            yield from self._sequences_of(Name(table.name, table.schema))
        for name in self.altered:
            yield from self._sequences_of(name)
        for each in self.altered.values():
            yield from each.adds()
        yield from redone
        for table in sorted(self._new_tables(), key=lambda table: table.bound is None):
            yield from _foreign_keys(table, {Name(each.name, each.schema): each for each in self._new_tables()})
        for each in self.altered.values():
            yield from each.made_keys()
        for found in self.types:
            yield altering.drop_aside(found)
        yield from self._new(later=True)
        yield from said(self.diff, self.made.values())
        yield from ties.shells(self.diff, late)
        yield from self._dropped(late)

    def _goes(self, early: list[Any]) -> Iterator[str]:
        """What is in the way of what is altered or made."""
        hanging, rest = _apart(early)
        yield from ties.circles([*hanging, *rest])
        yield from self._dropped(hanging)
        for each in self.altered.values():
            yield from each.dropped_keys()
        yield from ties.untied(self.diff, early)
        yield from ties.counted_elsewhere(self.diff, early)
        yield from self._dropped(rest)
        for each in self.altered.values():
            yield from each.drops()

    def _comes(self) -> Iterator[str]:
        """What tables may need, the tables, and the columns of those that there are."""
        new = [*self._new(later=False)]
        spaces = sum(1 for _ in takewhile(lambda text: text.startswith(("SET ", "CREATE SCHEMA ")), new))
        yield from new[:spaces]
        # the types of an extension are called otherwise where it has moved
        extensions = [change for change in self.rest if isinstance(change.after, Extension)]
        for change in extensions:
            yield from altering.altered(change)
        yield from new[spaces:]
        for change in self.rest:
            if change not in extensions:
                yield from altering.altered(change)
        for each in self.altered.values():
            yield from each.columns()

    def _drops(self) -> tuple[list[Any], list[Any]]:
        """What has to go before the tables are altered, and what only then; each in its order."""
        references = {reference_of(found): found for found in self.dropped.values()}
        needs = ties.without_circles({each: [*needs_of(found)] for each, found in references.items()})
        order = [references[each] for each in in_order(needs)][::-1]
        early: set[Reference] = set()
        for found in order[::-1]:  # from the ground up
            reference = reference_of(found)
            again = _key(found) in self.made
            if again or isinstance(found, (Table, *_LATER)) or is_late(found) or early & set(needs[reference]):
                early.add(reference)
        return [each for each in order if reference_of(each) in early], [
            each for each in order if reference_of(each) not in early
        ]

    def _dropped(self, listed: list[Any]) -> Iterator[str]:
        gone = {Name(f.name, f.schema) for f in self.dropped.values() if isinstance(f, Table)}
        needs = {reference_of(each): [*needs_of(each)] for each in self.dropped.values()}
        with_types = {own for each in needs if each.kind == "type" for own in ties.functions_of(each, needs)}
        for found in listed:
            # it goes with its table; a rule or policy may need other tables too
            with_table = isinstance(found, Trigger) and Name(found.table, found.schema) in gone
            if not with_table and reference_of(found) not in with_types:
                yield from altering.drop(found)

    def _new(self, *, later: bool) -> Iterator[str]:
        """The statements of what is made, as for an empty database: first what tables may need and the tables, without
        what other tables are needed for; later the rest."""
        rest = self._behind()
        lists: dict[str, list[Any]] = {}
        for key, found in self.made.items():
            if (key in rest) == later:
                lists.setdefault(_FIELDS[type(found)], []).append(self._alone(found))
        schema = Schema("postgresql", **{field: tuple(found) for field, found in lists.items()})
        for text in ddl.statements(schema):
            yield text.removesuffix(";")

    def _alone(self, found: Any) -> Any:
        """The object without what comes after it: foreign keys, owners of sequences; and indexes that come unasked."""
        if isinstance(found, Table):
            indexes = [each for each in found.indexes if each.parent is None or self._is_new(each.parent, found)]
            return found._replace(foreign_keys=(), indexes=tuple(indexes))
        return found._replace(owned_by=None) if hasattr(found, "owned_by") else found

    def _is_new(self, index: Name, table: Table) -> bool:
        """Whether the index of a parent is made here, so that it does not make its parts by itself."""
        return any(isinstance(each, Table) and any(Name(i.name, each.schema) == index for i in each.indexes)
                   for each in self.made.values())  # fmt: skip

    def _behind(self) -> set[Any]:
        """What is made behind the tables: views and what needs them, triggers, policies, rules."""
        found = {
            key
            for key, each in self.made.items()
            if isinstance(each, _LATER) or is_late(each) or (isinstance(each, Table) and each.is_view)
            or (key in self.dropped and isinstance(each, Routine) and ties.has_body(each))
        }  # fmt: skip
        while True:
            names = {reference_of(self.made[key]) for key in found}
            more = {key for key, each in self.made.items() if key not in found and names & set(needs_of(each))}
            more = {key for key in more if not (isinstance(self.made[key], Table) and not self.made[key].is_view)}
            if not more:
                return found
            found |= more

    def _new_tables(self) -> list[Table]:
        return [each for each in self.made.values() if isinstance(each, Table) and not each.is_view]

    def _sequences_of(self, name: Name) -> Iterator[str]:
        for sequence in self.diff.after.sequences:
            if (
                sequence.owned_by
                and Name(sequence.owned_by[0], sequence.schema) == name
                and _key(sequence) in self.made
            ):
                yield objects.own_sequence(sequence)


def _apart(dropped: list[Any]) -> tuple[list[Any], list[Any]]:
    """What hangs on tables and is in the way of their foreign keys, views too, and what needs such a view; the rest."""
    found: set[Reference] = set()
    for each in reversed(dropped):  # from the ground up
        hangs = isinstance(each, _LATER) or is_late(each)
        if each.is_view if isinstance(each, Table) else hangs or found & set(needs_of(each)):
            found.add(reference_of(each))
    listed = [(each, reference_of(each) in found) for each in dropped]
    return [each for each, hangs in listed if hangs], [each for each, hangs in listed if not hangs]


def _foreign_keys(table: Table, known: tables.Tables) -> Iterator[str]:
    """A partition's own before its parent's, which takes it as its part."""
    for key in table.foreign_keys:
        if not ddl.handed_down(table, key, known):
            yield tables.add_foreign_key(table, key)
            if key.comment is not None:
                constraint = f"CONSTRAINT {ident(key.name)} ON {tables.shown(table)}"
                yield f"COMMENT ON {constraint} IS {literal(key.comment)}"


_FIELDS: dict[type, str] = {
    Table: "tables", Routine: "routines", Trigger: "triggers", Policy: "policies", Other: "others",
    **altering.FIELDS,
}  # fmt: skip


def _key(found: Any) -> Any:
    return (type(found).__name__, identity(found))


def rename(found: Rename) -> str:
    """A rename that was answered with yes."""
    if found.within is None:
        kind = {"view": "VIEW", "matview": "MATERIALIZED VIEW"}.get(found.kind, "TABLE")
        return f"ALTER {kind} {dotted(found.schema, found.before)} RENAME TO {ident(found.after)};"
    table = dotted(found.within.schema, found.within.name)
    return f"ALTER TABLE {table} RENAME COLUMN {ident(found.before)} TO {ident(found.after)};"
