"""PostgreSQL: what SQLAlchemy says as the server would, and the rest in the server's words, in the order of its DDL."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from dbx.schema.ddl import postgresql_objects as objects
from dbx.schema.ddl import postgresql_tables as tables
from dbx.schema.ddl.generic import in_order
from dbx.schema.ddl.postgresql import LAST, LATE, Makings, children_first, extensions, filled, handed_down, partitions
from dbx.schema.ddl.postgresql_extras import extras
from dbx.schema.ddl.postgresql_said import comments
from dbx.schema.model import Column, ForeignKey, Identity, Index, Schema, Table
from dbx.schema.objects import Check, Name, Reference
from dbx.schema.text.postgresql import ident
from dbx.schema.writers.python.plan import Plan, without_missing_targets
from dbx.schema.writers.python.plan_postgresql_serials import MOST, settle


def plan(schema: Schema) -> Plan:
    """The plan of a schema that PostgreSQL holds."""
    readable = schema._replace(
        tables=tuple(table for table in schema.tables if not (table.is_view and table.query is None)),
        routines=tuple(routine for routine in schema.routines if routine.definition is not None),
        others=tuple(other for other in schema.others if other.definition is not None),
    )
    made = Plan(readable, ("postgresql",))
    made.tables = {Name(table.name, table.schema): table for table in readable.tables}
    settle(made, verbatim)
    made.enums = tuple(enum for enum in schema.enums if enum.labels)
    if schema.routines:
        made.start.append("SET check_function_bodies = off")
    made.start += [f"CREATE SCHEMA {ident(each.name)}" for each in schema.namespaces if each.name != "public"]
    made.start += extensions(made.schema)
    known = dict(made.tables)
    circles = _in_order(made)
    made.last += [objects.own_sequence(each) for each in made.schema.sequences if each.owned_by]
    made.last += circles
    without_missing_targets(made)
    made.last += chain.from_iterable(_on_tables(made, known))
    made.last += _late(made, known)
    if schema.routines:
        made.last.append("RESET check_function_bodies")
    for name, table in known.items():
        made.tables[name] = _said(made, made.tables[name], table)
    return made


# --- what is there before what --------------------------------------------------------------------------------------


def _in_order(made: Plan) -> list[str]:
    """Put every object that is no table where it is needed; what finishes circles is returned."""
    makings = Makings(made.schema)
    needs = {each: makings.needs(each) for each in makings.found}
    order = in_order(needs)
    needed_by = _needed_by(needs)
    place: dict[Reference, float] = {reference: number for number, reference in enumerate(order)}
    late: list[str] = []
    enums = {Reference(each.name, each.schema, "enum") for each in made.enums}
    for reference in order:
        found = makings.found[reference]
        begun = set(makings.begun)
        texts = list(makings.begin(reference, needs[reference]))
        for other in makings.begun:
            if other not in begun and other != reference and isinstance(makings.found[other], Table):
                text = _stub(makings.found[other])
                texts.remove(text)
                made.created[Name(other.name, other.schema)] = text
                place[other] = place[reference] - 0.5
        if isinstance(found, Table):
            late += _table(made, found, texts, stubbed=reference in makings.begun or reference in begun)
            made.needs[Name(found.name, found.schema)] = [
                Name(each.name, each.schema)
                for each in needs[reference]
                if isinstance(makings.found[each], Table) and place[each] < place[reference]
            ]
        elif reference not in enums:
            _placed(made, makings, reference, texts, needed_by, needs, place)
        for waiting in [one for one in makings.begun if makings.done.issuperset(needs[one])]:
            rest = list(makings.finish(waiting))
            if isinstance(makings.found[waiting], Table):
                late += rest
            else:
                _placed(made, makings, waiting, rest, needed_by, needs, place)
    for waiting in list(makings.begun):
        late += makings.finish(waiting)
    return late


def _stub(table: Table) -> str:
    return tables.dummy_view(table) if table.kind == "view" else tables.create_table(table, bare=True)


def _table(made: Plan, table: Table, texts: list[str], *, stubbed: bool) -> list[str]:
    """Note how a table is made, if not by constructs; what closes a circle is returned."""
    name = Name(table.name, table.schema)
    if name in made.created:
        return texts
    if stubbed or verbatim(table):
        made.created[name] = texts[0] if texts else _stub(table)
        if not stubbed:
            made.last += texts[1:]
            return []
        return texts[1:]
    return []


def _needed_by(needs: dict[Reference, list[Reference]]) -> dict[Reference, list[Reference]]:
    found: dict[Reference, list[Reference]] = {each: [] for each in needs}
    for each, wanted in needs.items():
        for one in wanted:
            found[one].append(each)
    return found


def _placed(
    made: Plan,
    makings: Makings,
    reference: Reference,
    texts: list[str],
    needed_by: dict[Reference, list[Reference]],
    needs: dict[Reference, list[Reference]],
    place: dict[Reference, float],
) -> None:
    """Before all when it needs no table, behind all when no table needs it, else before the first that does."""
    wanted = _tables_of(makings, reference, needs)
    users = _tables_of(makings, reference, needed_by)
    if not wanted:
        made.first += texts
        return
    following = sorted((each for each in users if place[each] > place[reference]), key=place.__getitem__)
    if not following:
        made.behind.add(reference.name)
        made.last += texts
        return
    made.behind.add(reference.name)
    first = Name(following[0].name, following[0].schema)
    made.before.setdefault(first, []).extend(texts)
    made.needs.setdefault(first, []).extend(Name(each.name, each.schema) for each in wanted)


def _tables_of(makings: Makings, start: Reference, ways: dict[Reference, list[Reference]]) -> list[Reference]:
    """The tables reached from an object by way of what is no table."""
    seen, open_, found = {start}, [start], []
    while open_:
        for each in ways[open_.pop()]:
            if each not in seen:
                seen.add(each)
                if isinstance(makings.found[each], Table):
                    found.append(each)
                else:
                    open_.append(each)
    return found


# --- what SQLAlchemy says -------------------------------------------------------------------------------------------


def verbatim(table: Table) -> bool:
    """Whether only the server's own statement makes this table."""
    options = dict(table.options)
    keys = [*([table.primary] if table.primary else []), *table.unique]
    return (
        table.kind != "table"
        or table.partitioning is not None
        or table.bound is not None
        or bool(table.parents)
        or not table.columns
        or "of" in options
        or "using" in options
        or any(name.startswith("with ") and not _simple_with(name) for name in options)
        or bool(tables.again(table))
        or any(key.options or any(part.column is None for part in key.parts) for key in keys)
        or any(map(_odd_column, table.columns))
    )


def _simple_with(name: str) -> bool:
    return name.removeprefix("with ").replace("_", "").isalnum()


def _odd_column(column: Column) -> bool:
    named = [name for name, _ in column.options if name.startswith(("not null", "option "))]
    counted = column.identity is not None and bool(column.identity.options)
    percent = "%" in column.type or "%" in (column.collation or "")  # a type of no class is not escaped for the driver
    return bool(named) or counted or percent or column.hidden or column.generated == "virtual"


def _said(made: Plan, table: Table, whole: Table) -> Table:
    """The table with what SQLAlchemy's constructs say of it."""
    name = Name(table.name, table.schema)
    if name in made.created:
        family = bool(whole.partitioning or whole.bound is not None or whole.kind != "table")
        indexes = () if family else tuple(index for index in table.indexes if expressible_index(made, index))
        columns = tuple(column._replace(comment=None, options=()) for column in table.columns)
        keys = tuple(key for key in table.foreign_keys if not _has_dots(key))
        made.silent[name] = frozenset(keys)
        table = table._replace(columns=columns, foreign_keys=keys, indexes=indexes, comment=None)
        return table._replace(checks=(), unique=(), exclusions=(), options=())
    made.silent[name] = frozenset(key for key in table.foreign_keys if not expressible_key(key))
    return table._replace(
        columns=tuple(_plain_identity(column) for column in table.columns),
        checks=tuple(check for check in table.checks if _simple_check(check)),
        exclusions=(),
        indexes=tuple(index for index in table.indexes if expressible_index(made, index)),
        foreign_keys=tuple(key for key in table.foreign_keys if not _has_dots(key)),
    )


def _plain_identity(column: Column) -> Column:
    """Without what the server would give anyway."""
    identity = column.identity
    if identity is None:
        return column
    most = MOST.get(column.type)
    usual = Identity(identity.always, 1, 1, 1, most, 1)
    usual_ones = ("start", "increment", "minimum", "maximum", "cache")
    changed: dict[str, Any] = {name: None for name in usual_ones if getattr(identity, name) == getattr(usual, name)}
    return column._replace(identity=identity._replace(**changed))


def _simple_check(check: Check) -> bool:
    """CREATE TABLE takes NOT VALID and forgets it."""
    inherited = check.no_inherit or check.inherited
    return bool(check.expression and check.name) and check.enforced and check.validated and not inherited


def expressible_index(made: Plan, index: Index) -> bool:
    plain = index.parent is None and not any(name.startswith("statistics ") for name, _ in index.options)
    texts = [index.predicate or "", *(f"{part.expression or ''} {part.opclass}" for part in index.parts)]
    return plain and not any(name in text for name in made.behind for text in texts)


def expressible_key(key: ForeignKey) -> bool:
    """SQLAlchemy names the target by one text with dots in it."""
    plain = key.enforced and key.validated and not key.options and not key.inherited
    return plain and not _has_dots(key) and bool(key.name)


def _has_dots(key: ForeignKey) -> bool:
    return any("." in name for name in (key.target_table, *key.target_columns))


# --- what is said behind --------------------------------------------------------------------------------------------


def _on_tables(made: Plan, known: dict[Name, Table]) -> Iterator[list[str]]:
    made_whole = {name: table for name, table in known.items() if name in made.created}
    yield list(chain.from_iterable(map(tables.late_checks, children_first(made_whole))))
    yield [tables.attach(table) for table in partitions(known)]
    for name, table in known.items():
        own = made.created.get(name) is None
        family = not own and bool(table.partitioning or table.bound is not None or table.kind != "table")
        yield [
            tables.create_index(table, index) for index in table.indexes if family or not expressible_index(made, index)
        ]
        yield [tables.add_exclusion(table, each) for each in table.exclusions]
        if own:
            odd = tuple(check for check in table.checks if not _simple_check(check) and not check.inherited)
            yield [f"ALTER TABLE {tables.shown(table)} ADD {tables.check_text(check)}" for check in odd]
    yield list(chain.from_iterable(tables.validated(table, known) for table in known.values()))
    for table in known.values():
        for index in table.indexes:
            yield list(tables.attach_index(table, index))
        yield list(extras(table, known))
    for table in sorted(known.values(), key=lambda table: table.bound is None):
        name = Name(table.name, table.schema)
        keys = made.tables[name].foreign_keys
        spoken = [key for key in keys if name in made.created or not expressible_key(key)]
        yield [tables.add_foreign_key(table, key) for key in spoken if not handed_down(table, key, known)]


def _late(made: Plan, known: dict[Name, Table]) -> Iterator[str]:
    schema = made.schema
    for late in LATE:
        yield from chain.from_iterable(objects.create_other(each) for each in schema.others if each.kind == late)
    yield from chain.from_iterable(map(objects.create_trigger, schema.triggers))
    yield from map(objects.create_policy, schema.policies)
    yield from filled(known)
    listed = tuple(
        table if Name(table.name, table.schema) in made.created else _commented(table) for table in known.values()
    )
    last = tuple(other for other in schema.others if other.kind in LAST)
    rest = tuple(other for other in schema.others if other.kind not in LAST)
    yield from comments(schema._replace(tables=listed, others=rest))
    yield from chain.from_iterable(map(objects.create_other, last))
    yield from comments(Schema(schema.dialect, others=last))


def _commented(table: Table) -> Table:
    """What comments SQLAlchemy does not make: of indexes, exclusions, and constraints that are not its own."""
    odd_checks = tuple(each for each in table.checks if not _simple_check(each))
    odd_keys = tuple(each for each in table.foreign_keys if not expressible_key(each))
    columns = tuple(each._replace(comment=None) for each in table.columns)
    return table._replace(
        comment=None, columns=columns, primary=None, unique=(), checks=odd_checks, foreign_keys=odd_keys
    )
