"""PostgreSQL's DDL: the server's own texts in an order in which each finds what it needs.

First what all else may need, then types, routines, tables and views behind those they depend on; in circles a table
or view begins without what closes the circle. Then what hangs on tables, and last what is only said of objects, because
an owner, a grant or an event trigger might stand in the way of what comes behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from dbx.schema.ddl import postgresql_objects as objects
from dbx.schema.ddl import postgresql_tables as tables
from dbx.schema.ddl.generic import in_order
from dbx.schema.ddl.postgresql_extras import extras
from dbx.schema.ddl.postgresql_said import comments, granted, owners
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Composite, Domain, Enum, Name, Other, Range, Reference, Routine, Sequence, Server
from dbx.schema.text.postgresql import dotted, ident

LATE = ("rule", "statistics object", "publication", "subscription", "security label")
LAST = ("default acl", "event trigger")
_ROUTINES = ("function", "procedure", "aggregate", "window")


def statements(schema: Schema) -> Iterator[str]:
    """As dbx.schema.ddl says. What could not be read has no statement."""
    readable = schema._replace(
        tables=tuple([table for table in schema.tables if not (table.is_view and table.query is None)]),
        routines=tuple([routine for routine in schema.routines if routine.definition is not None]),
        others=tuple([other for other in schema.others if other.definition is not None]),
    )
    for text in _statements(readable):
        yield f"{text};"


def _statements(schema: Schema) -> Iterator[str]:
    known = {Name(table.name, table.schema): table for table in schema.tables}
    if schema.routines:
        yield "SET check_function_bodies = off"
    for space in schema.namespaces:
        if space.name != "public":
            yield f"CREATE SCHEMA {ident(space.name)}"
    yield from extensions(schema)
    yield from _in_order(schema)
    yield from (objects.own_sequence(each) for each in schema.sequences if each.owned_by)
    yield from _on_tables(schema, known)
    for late in LATE:
        for other in schema.others:
            if other.kind == late:
                yield from objects.create_other(other)
    yield from chain.from_iterable(map(objects.create_trigger, schema.triggers))
    yield from map(objects.create_policy, schema.policies)
    yield from filled(known)
    last = tuple(other for other in schema.others if other.kind in LAST)
    rest = schema._replace(others=tuple(other for other in schema.others if other.kind not in LAST))
    yield from comments(rest)
    yield from owners(rest)
    yield from granted(rest)
    for other in last:
        yield from objects.create_other(other)
    only = Schema(schema.dialect, others=last)
    yield from (*comments(only), *owners(only))


def extensions(schema: Schema) -> Iterator[str]:
    by_name = {extension.name: extension for extension in schema.extensions}
    needs = {name: dict(each.options).get("requires", "").split(", ") for name, each in by_name.items()}
    yield from (objects.create_extension(by_name[name]) for name in in_order(needs))


# --- what depends on each other --------------------------------------------------------------------------------------


def _in_order(schema: Schema) -> Iterator[str]:
    made = Makings(schema)
    needs = {each: made.needs(each) for each in made.found}
    for each in in_order(needs):
        yield from made.begin(each, needs[each])
        for waiting in [one for one in made.begun if made.done.issuperset(needs[one])]:
            yield from made.finish(waiting)
    for waiting in list(made.begun):
        yield from made.finish(waiting)


class Makings:
    """The objects that may need one another, by what they are referred to as. What is `begun` has its name and columns,
    and lacks what closes a circle."""

    def __init__(self, schema: Schema) -> None:
        self.done: set[Reference] = set()
        self.begun: list[Reference] = []
        self.found: dict[Reference, Any] = {}
        early = [other for other in schema.others if other.kind not in (*LATE, *LAST)]
        # what a cast's function returns may be cast to its target without one
        early.sort(key=lambda other: other.kind == "cast" and "WITHOUT FUNCTION" not in (other.definition or ""))
        # in the order in which they are made where nothing else is said
        kinds: tuple[tuple[str, Iterable[Any]], ...] = (
            ("sequence", schema.sequences),
            ("", [each for each in early if each.kind not in ("user mapping", "aggregate")]),
            ("server", schema.servers),
            ("", [each for each in early if each.kind == "user mapping"]),
            ("enum", schema.enums),
            ("composite", schema.composites),
            ("domain", schema.domains),
            ("range", schema.ranges),
            ("", schema.routines),
            ("", schema.tables),
        )
        for kind, listed in kinds:
            for each in listed:
                reference = Reference(each.name, getattr(each, "schema", None), kind or each.kind)
                if isinstance(each, Routine):
                    reference = reference._replace(arguments=each.arguments)
                self.found[reference] = each

    def needs(self, reference: Reference) -> list[Reference]:
        found = self.found[reference]
        needs = list(getattr(found, "depends", ()))
        if isinstance(found, Table):
            needs += [
                Reference(parent.name, parent.schema, kind) for parent in found.parents for kind in ("table", "foreign")
            ]
            server = dict(found.options).get("server")
            needs += [Reference(server, None, "server")] if server else []
        elif isinstance(found, Server):
            needs.append(Reference(found.wrapper, None, "foreign-data wrapper"))
        elif isinstance(found, Other) and found.kind == "user mapping":
            needs.append(Reference(dict(found.options).get("server", ""), None, "server"))
        itself = None if reference.kind == "view" else reference  # only a view cannot be made while it needs itself
        return [need for need in needs if need in self.found and need != itself]

    def begin(self, reference: Reference, needs: list[Reference]) -> Iterator[str]:
        """Make an object, or as much of it as can be made without what it needs and is not there."""
        if reference in self.done or reference in self.begun:
            self.done.add(reference)  # all that it needs and could be before it is there now
            return
        lacking = [need for need in needs if need not in self.done and need not in self.begun]
        for need in lacking:
            if _can_begin(self.found[need]):
                yield from self._stub(need)
        if reference in self.begun:  # it needs itself
            self.done.add(reference)
        elif all(need in self.begun for need in lacking) or not _can_begin(self.found[reference]):
            yield from self._whole(reference)
            self.done.add(reference)
        else:
            yield from self._stub(reference)

    def _stub(self, reference: Reference) -> Iterator[str]:
        self.begun.append(reference)
        found = self.found[reference]
        if isinstance(found, Table):
            yield tables.dummy_view(found) if found.kind == "view" else tables.create_table(found, bare=True)
        else:
            yield f"CREATE TYPE {dotted(found.schema, found.name)}"

    def finish(self, reference: Reference) -> Iterator[str]:
        self.begun.remove(reference)
        self.done.add(reference)
        found = self.found[reference]
        if not isinstance(found, Table):
            yield from self._whole(reference)
        elif found.kind == "view":
            yield from tables.create_view(found, again=True)
        else:
            yield from tables.complete_table(found)

    def _whole(self, reference: Reference) -> Iterator[str]:
        match self.found[reference]:
            case Table(kind="view" | "matview") as view:
                yield from tables.create_view(view)
            case Table() as table:
                yield tables.create_table(table)
                yield from tables.late_constraints(table)
            case Routine(definition=text):
                yield from [text] if text else []
            case Domain() as domain:
                yield from objects.create_domain(domain)
            case Enum() as enum:
                yield objects.create_enum(enum)
            case Composite() as composite:
                yield objects.create_composite(composite)
            case Range() as found:
                yield objects.create_range(found)
            case Sequence() as sequence:
                yield objects.create_sequence(sequence)
            case Server() as server:
                yield objects.create_server(server)
            case Other() as other:
                yield from objects.create_other(other)


def _can_begin(found: Any) -> bool:
    if isinstance(found, Table):
        return found.kind in ("view", "table")
    return isinstance(found, Range) or (isinstance(found, Other) and found.kind == "type")


# --- what hangs on tables --------------------------------------------------------------------------------------------


def _on_tables(schema: Schema, known: tables.Tables) -> Iterator[str]:
    """A partition is attached before there are indexes: else the server would choose itself which of two equal ones
    belongs to the parent's."""
    yield from chain.from_iterable(tables.late_checks(table) for table in children_first(known))
    for table in schema.tables:
        yield from tables.validated(table, known)
    yield from (tables.attach(table) for table in partitions(known))
    for table in schema.tables:
        yield from (tables.create_index(table, index) for index in table.indexes)
        yield from (tables.add_exclusion(table, found) for found in table.exclusions)
    for table in schema.tables:
        for index in table.indexes:
            yield from tables.attach_index(table, index)
        yield from extras(table, known)
    # a partition's own key before its parent's, which takes it as its part
    for table in sorted(schema.tables, key=lambda table: table.bound is None):
        yield from (
            tables.add_foreign_key(table, key) for key in table.foreign_keys if not handed_down(table, key, known)
        )


def partitions(known: tables.Tables) -> list[Table]:
    """Parents first, so that each hands on what it has."""
    needs = {name: table.parents for name, table in known.items() if table.bound is not None}
    return [known[name] for name in in_order(needs)]


def children_first(known: tables.Tables) -> list[Table]:
    """The order in which a check that is not valid, and that a child says too, can be added to both."""
    order = in_order({name: table.parents for name, table in known.items()})
    return [known[name] for name in reversed(order)]


def handed_down(table: Table, key: Any, known: tables.Tables) -> bool:
    """Whether attaching the partition brings the key, by the same name."""
    if not key.inherited or not table.parents:
        return False
    parent = known.get(table.parents[0])
    return parent is None or any(each.name == key.name for each in parent.foreign_keys)


def filled(known: tables.Tables) -> Iterator[str]:
    """Materialised views are filled when all is there that their queries may call."""
    needs = {name: [Name(each.name, each.schema) for each in table.depends] for name, table in known.items()}
    for name in in_order(needs):
        if known[name].kind == "matview" and ("with no data", "") not in known[name].options:
            yield f"REFRESH MATERIALIZED VIEW {dotted(name.schema, name.name)}"
