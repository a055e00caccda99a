"""What ties tables to what goes before them, and has to be undone first; without terminators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dbx.schema.ddl import postgresql_tables as tables
from dbx.schema.ddl.postgresql_said import commented
from dbx.schema.diff.changes import Diff
from dbx.schema.migrate.postgresql_needs import RELATIONS, reference_of
from dbx.schema.model import Table
from dbx.schema.objects import Name, Other, Reference, Routine
from dbx.schema.text.postgresql import dotted, ident, literal


def without_circles(needs: dict[Reference, list[Reference]]) -> dict[Reference, list[Reference]]:
    """The same without what a table or view needs and is needed by: it goes behind that, see `circles`."""

    def leads_to(start: Reference, end: Reference) -> bool:
        seen, open_ = {start}, [start]
        while open_:
            for need in needs.get(open_.pop(), ()):
                if need == end:
                    return True
                if need in needs and need not in seen:
                    seen.add(need)
                    open_.append(need)
        return False

    kept = {
        each: [need for need in wanted if not (each.kind in RELATIONS and _is_called(need) and leads_to(need, each))]
        for each, wanted in needs.items()
    }
    for type_ in [each for each in kept if each.kind == "type"]:
        for own in functions_of(type_, needs):
            kept[own] = [need for need in kept[own] if need != type_]
    return kept


def functions_of(type_: Reference, needs: Mapping[Reference, Sequence[Reference]]) -> list[Reference]:
    """What reads and writes a type, and goes with it."""
    return [each for each in dict.fromkeys(needs[type_]) if each.kind == "function" and type_ in needs.get(each, ())]


def _is_called(need: Reference) -> bool:
    return need.kind in ("function", "aggregate", "window", "operator")


def circles(dropped: list[Any]) -> Iterator[str]:
    """What is dropped behind something that it needs does without it: a view is one of nothing then, a table loses
    its defaults and checks."""
    gone: set[Reference] = set()
    for found in dropped:
        missed = [each for each in getattr(found, "depends", ()) if each in gone]
        if missed and isinstance(found, Table):
            if found.kind == "view":
                yield tables.dummy_view(found).replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
            elif found.kind == "table":
                for column in found.columns:
                    if column.default and calls(column.default, missed):
                        yield f"ALTER TABLE {tables.shown(found)} ALTER COLUMN {ident(column.name)} DROP DEFAULT"
                for check in found.checks:
                    if not check.inherited and calls(check.expression, missed):
                        yield f"ALTER TABLE {tables.shown(found)} DROP CONSTRAINT {ident(check.name)}"
        gone.add(reference_of(found))


def untied(diff: Diff, dropped: list[Any]) -> Iterator[str]:
    """The foreign keys, of tables that are dropped, to one that is dropped before them or has a partition that is; and
    the partitions that are dropped of a table that stays and that foreign keys refer to."""
    seen: set[Name] = set()
    known = {Name(table.name, table.schema): table for table in diff.before.tables}
    gone = [each for each in dropped if isinstance(each, Table) and not each.is_view]
    going = {Name(table.name, table.schema) for table in gone}
    referred = {Name(key.target_table, key.target_schema) for table in known.values() for key in table.foreign_keys}
    for table in gone:
        for key in table.foreign_keys:
            if Name(key.target_table, key.target_schema) in seen and not key.inherited:
                yield f"ALTER TABLE {tables.shown(table)} DROP CONSTRAINT {ident(key.name)}"
        above = [Name(table.name, table.schema)]
        while above[-1] in known and known[above[-1]].bound is not None:
            above += known[above[-1]].parents[:1]
        seen.update(above)
        if len(above) > 1 and above[1] not in going and referred.intersection(above[1:]):
            yield f"ALTER TABLE {dotted(above[1].schema, above[1].name)} DETACH PARTITION {tables.shown(table)}"


def counted_elsewhere(diff: Diff, dropped: list[Any]) -> Iterator[str]:
    """The defaults of other tables that count with a sequence which goes away with a table that is dropped."""
    gone = {Name(each.name, each.schema) for each in dropped if isinstance(each, Table)}
    owners = {
        f"nextval({literal(dotted(each.schema, each.name))}::regclass)": Name(each.owned_by[0], each.schema)
        for each in diff.before.sequences
        if each.owned_by
    }
    kept = {Name(each.name, each.schema): each for each in diff.after.tables}
    for table in diff.before.tables:
        name = Name(table.name, table.schema)
        for column in table.columns:
            owner = owners.get(column.default or "")
            after = None if name in gone or name not in kept else kept[name].column(column.name)
            same = after is not None and after.default == column.default
            if owner in gone and owner != name and not same:
                yield f"ALTER TABLE {tables.shown(table)} ALTER COLUMN {ident(column.name)} DROP DEFAULT"


def calls(text: str, routines: Sequence[Routine] | Sequence[Reference]) -> bool:
    return any(re.search(rf"{re.escape(ident(each.name))}\(", text) for each in routines)


def has_body(routine: Routine) -> bool:
    """Whether the server keeps what it does as statements, not as text."""
    return re.search(r"^(?:BEGIN ATOMIC|RETURN )", routine.definition or "", re.MULTILINE) is not None


def on_functions(diff: Diff, routines: Sequence[Routine], dropped: Iterable[Any]) -> tuple[list[str], list[str]]:
    """Defaults, checks and indexes that stay as they are and call functions which are dropped and made again: how they
    are dropped, and made again."""
    undone: list[str] = []
    redone: list[str] = []
    if not routines:
        return undone, redone
    gone = {Name(each.name, each.schema) for each in dropped if isinstance(each, Table)}
    after = {Name(table.name, table.schema): table for table in diff.after.tables}
    for table in diff.before.tables:
        name = Name(table.name, table.schema)
        new = after.get(name)
        if new is None or name in gone or table.is_view:
            continue
        start = f"ALTER TABLE {tables.shown(table)}"
        for column in table.columns:
            other = new.column(column.name)
            if other and column.default and column.default == other.default and calls(column.default, routines):
                undone.append(f"{start} ALTER COLUMN {ident(column.name)} DROP DEFAULT")
                redone.append(f"{start} ALTER COLUMN {ident(column.name)} SET DEFAULT {column.default}")
        for check in table.checks:
            if check in new.checks and not check.inherited and calls(check.expression, routines):
                undone.append(f"{start} DROP CONSTRAINT {ident(check.name)}")
                redone.append(f"{start} ADD {tables.check_text(check)}")
                redone += commented(f"CONSTRAINT {ident(check.name)} ON {tables.shown(table)}", check.comment)
        for index in table.indexes:
            texts = [index.predicate or "", *(part.expression or "" for part in index.parts)]
            if index in new.indexes and index.parent is None and calls(" ".join(texts), routines):
                undone.append(f"DROP INDEX {dotted(table.schema, index.name)}")
                redone += [tables.create_index(table, index), *tables.attach_index(table, index)]
                redone += commented(f"INDEX {dotted(table.schema, index.name)}", index.comment)
    return undone, redone


_NAMED = re.compile(r"^ *(COMMUTATOR|NEGATOR) = OPERATOR\((.+)\.([^.),]+)\),?$", re.MULTILINE)


def shells(diff: Diff, dropped: Iterable[Any]) -> Iterator[str]:
    """Operators that have no function, and are there only because one that is dropped names them."""
    known = {(ident(each.schema or ""), each.name) for each in diff.before.others if each.kind == "operator"}
    for found in dropped:
        if isinstance(found, Other) and found.kind == "operator":
            left, _, right = found.name.partition("(")[2].removesuffix(")").partition(",")
            for word, schema, name in _NAMED.findall(found.definition or ""):
                arguments = f"({right},{left})" if word == "COMMUTATOR" else f"({left},{right})"
                if (schema, name + arguments) not in known:
                    yield f"DROP OPERATOR IF EXISTS {schema}.{name}{arguments}"
