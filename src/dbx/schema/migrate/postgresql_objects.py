"""How PostgreSQL's objects other than tables are altered, and how each is dropped; without terminators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from dbx.schema.ddl import postgresql_objects as objects
from dbx.schema.ddl import postgresql_said as saying
from dbx.schema.ddl import postgresql_tables as tables
from dbx.schema.diff.changes import Change
from dbx.schema.model import Schema, Table
from dbx.schema.objects import (
    Composite,
    Domain,
    Enum,
    Extension,
    Namespace,
    Options,
    Other,
    Policy,
    Range,
    Routine,
    Sequence,
    Server,
    Trigger,
)
from dbx.schema.text.postgresql import dotted, ident, literal

FIELDS: dict[type, str] = {
    Namespace: "namespaces", Extension: "extensions", Enum: "enums", Domain: "domains", Composite: "composites",
    Range: "ranges", Sequence: "sequences", Server: "servers",
}  # fmt: skip
_TABLES = ("partitioning", "server", "kind")
_ALTERABLE = (Namespace, Extension, Enum, Composite, Sequence)


def is_made_anew(change: Change) -> bool:
    """Whether no ALTER TABLE makes the one table the other."""
    return any(fact.name in _TABLES for fact in change.facts)


def is_other_type(old: Any, new: Any) -> bool:
    """Whether the type can only be replaced: an enum that has lost labels, or has them in another order; a domain that
    is of another type; a range."""
    if isinstance(old, Domain):
        return bool((old.type, old.collation) != (new.type, new.collation))
    if isinstance(old, Enum):
        return bool(old.labels != new.labels and tuple(each for each in new.labels if each in old.labels) != old.labels)
    return True


def can(change: Change) -> bool:
    """Whether an object is altered rather than made anew."""
    names = {fact.name for fact in change.facts}
    match change.after:
        case Domain():
            return not names & {"type", "collation"}
        case Server():
            return not names & {"wrapper", "type"}
        case Routine():
            return "returns" not in names and change.after.kind != "aggregate"
        case Trigger():
            return names <= {"enabled", "comment"}
        case Table(kind="view"):
            old, new = (each.columns for each in (change.before, change.after))
            return [(each.name, each.type) for each in old] == [(each.name, each.type) for each in new[: len(old)]]
        case Table(kind="matview"):
            return "query" not in names and "using" not in names
    return isinstance(change.after, _ALTERABLE)


def altered(change: Change) -> Iterator[str]:
    """The statements for what has changed, but for comments, owners and privileges."""
    match change.after:
        case Extension():
            yield from _extension(change)
        case Domain():
            yield from _domain(change)
        case Composite():
            yield from _composite(change)
        case Sequence():
            yield from _sequence(change)
        case Server():
            yield from _server(change)
        case Routine(definition=text) if text and any(fact.name == "definition" for fact in change.facts):
            yield text
        case Trigger() as trigger:
            yield from _switched(trigger)
        case Table(kind="view") as view:
            if any(fact.name == "query" or fact.name.startswith("with ") for fact in change.facts):
                yield from tables.create_view(view, again=True)
        case Table(kind="matview") as view:
            yield from _matview(view, change)


def labels(change: Change) -> Iterator[str]:
    """Each new label before or behind its neighbour."""
    name = dotted(change.after.schema, change.after.name)
    known = list(change.before.labels)
    for at, label in enumerate(change.after.labels):
        if label in known:
            continue
        behind = (
            f" AFTER {literal(change.after.labels[at - 1])}" if at else f" BEFORE {literal(known[0])}" if known else ""
        )
        known.insert(at, label)
        yield f"ALTER TYPE {name} ADD VALUE {literal(label)}{behind}"


def _aside(found: Any) -> str:
    return f"{found.name}_before"


def set_aside(found: Any) -> Iterator[str]:
    """A type of the same name beside the old one, which keeps its columns until they have the new one."""
    kind = "DOMAIN" if isinstance(found, Domain) else "TYPE"
    yield f"ALTER {kind} {dotted(found.schema, found.name)} RENAME TO {ident(_aside(found))}"
    if isinstance(found, Range):
        multirange = dict(found.options).get("multirange_type_name")
        if multirange:
            name = multirange.rpartition(".")[2].strip('"')
            yield f"ALTER TYPE {dotted(found.schema, name)} RENAME TO {ident(f'{name}_before')}"
    if isinstance(found, Domain):
        yield from objects.create_domain(found)
    else:
        yield objects.create_enum(found) if isinstance(found, Enum) else objects.create_range(found)
    only = Schema("postgresql", **{FIELDS[type(found)]: (found,)})
    yield from (*saying.comments(only), *saying.owners(only), *saying.granted(only))


def labels_gone(before: Iterable[Enum], found: Any) -> Iterator[str]:
    for old in before:
        if isinstance(found, Enum) and (old.name, old.schema) == (found.name, found.schema):
            gone = ", ".join(literal(label) for label in old.labels if label not in found.labels)
            if gone:
                yield f"-- rows that hold {gone} stop this: {dotted(found.schema, found.name)} has no such label then"


def drop_aside(found: Any) -> str:
    return f"DROP {'DOMAIN' if isinstance(found, Domain) else 'TYPE'} {dotted(found.schema, _aside(found))}"


def _extension(change: Change) -> Iterator[str]:
    name = ident(change.after.name)
    for fact in change.facts:
        if fact.name == "version":
            yield f"ALTER EXTENSION {name} UPDATE TO {literal(fact.after)}"
        elif fact.name == "schema":
            yield f"ALTER EXTENSION {name} SET SCHEMA {ident(fact.after)}"


def _domain(change: Change) -> Iterator[str]:
    old, new = change.before, change.after
    start = f"ALTER DOMAIN {dotted(new.schema, new.name)}"
    if old.default != new.default:
        yield f"{start} SET DEFAULT {new.default}" if new.default is not None else f"{start} DROP DEFAULT"
    if old.nullable != new.nullable:
        yield f"{start} {'DROP' if new.nullable else 'SET'} NOT NULL"
    before = {check.name: check._replace(comment=None) for check in old.checks}
    after = {check.name: check._replace(comment=None) for check in new.checks}
    for name, check in before.items():
        if after.get(name) != check:
            if name in after and after[name] == check._replace(validated=True):
                yield f"{start} VALIDATE CONSTRAINT {ident(name)}"
                before[name] = after[name]
            else:
                yield f"{start} DROP CONSTRAINT {ident(name)}"
    for name, check in after.items():
        if before.get(name) != check:
            late = "" if check.validated else " NOT VALID"
            yield f"{start} ADD CONSTRAINT {ident(name)} CHECK ({check.expression}){late}"


def _composite(change: Change) -> Iterator[str]:
    old, new = ({each.name: each for each in side.attributes} for side in (change.before, change.after))
    start = f"ALTER TYPE {dotted(change.after.schema, change.after.name)}"
    for name in old:
        if name not in new:
            yield f"-- the values of attribute {ident(name)} are lost:"
            yield f"{start} DROP ATTRIBUTE {ident(name)} CASCADE"
    for name, attribute in new.items():
        text = f"{attribute.type}" + (f" COLLATE {attribute.collation}" if attribute.collation else "")
        if name not in old:
            yield f"{start} ADD ATTRIBUTE {ident(name)} {text} CASCADE"
        elif (old[name].type, old[name].collation) != (attribute.type, attribute.collation):
            yield f"{start} ALTER ATTRIBUTE {ident(name)} TYPE {text} CASCADE"


def _sequence(change: Change) -> Iterator[str]:
    new: Sequence = change.after
    start = f"ALTER SEQUENCE {dotted(new.schema, new.name)}"
    names = {fact.name for fact in change.facts}
    words = [f"AS {new.type}"] if "type" in names else []
    words += counting(change.before, new)
    if words:
        yield f"{start} {' '.join(words)}"
    if "owned_by" in names:
        yield objects.own_sequence(new) if new.owned_by else f"{start} OWNED BY NONE"
    if "unlogged" in names:
        yield f"{start} SET {'UNLOGGED' if ('unlogged', '') in new.options else 'LOGGED'}"


_COUNTS = {"increment": "INCREMENT BY", "minimum": "MINVALUE", "maximum": "MAXVALUE", "start": "START WITH",
           "cache": "CACHE"}  # fmt: skip


def counting(old: Any, new: Any) -> list[str]:
    """What is otherwise in how it counts."""
    words = [
        f"{word} {getattr(new, name)}"
        for name, word in _COUNTS.items()
        if getattr(old, name) != getattr(new, name) and getattr(new, name) is not None
    ]
    return words + ([] if old.cycle == new.cycle else ["CYCLE" if new.cycle else "NO CYCLE"])


def _server(change: Change) -> Iterator[str]:
    start = f"ALTER SERVER {ident(change.after.name)}"
    if change.before.version != change.after.version:
        yield f"{start} VERSION {literal(change.after.version)}"
    if text := given(change.before.options, change.after.options):
        yield f"{start} {text}"


def given(old: Options, new: Options) -> str:
    """OPTIONS (SET …, ADD …, DROP …)."""
    before, after = dict(old), dict(new)
    found = [f"DROP {ident(name[7:])}" for name in before if name not in after and name.startswith("option ")]
    for name, value in after.items():
        if name.startswith("option ") and before.get(name) != value:
            found.append(f"{'SET' if name in before else 'ADD'} {ident(name[7:])} {literal(value)}")
    return f"OPTIONS ({', '.join(found)})" if found else ""


_SWITCHES = {"disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS", "": "ENABLE"}


def _switched(trigger: Trigger) -> Iterator[str]:
    switch = f"{_SWITCHES.get(trigger.enabled, 'ENABLE')} TRIGGER {ident(trigger.name)}"
    yield f"ALTER TABLE {dotted(trigger.schema, trigger.table)} {switch}"


def _matview(view: Table, change: Change) -> Iterator[str]:
    start = f"ALTER MATERIALIZED VIEW {dotted(view.schema, view.name)}"
    yield from parameters(start, change)
    for fact in change.facts:
        if fact.name == "tablespace":
            yield f"{start} SET TABLESPACE {ident(fact.after or 'pg_default')}"
        elif fact.name == "with no data":
            how = " WITH NO DATA" if fact.after else ""
            yield f"REFRESH MATERIALIZED VIEW {dotted(view.schema, view.name)}{how}"


def parameters(start: str, change: Change) -> Iterator[str]:
    """Storage parameters."""
    found = [fact for fact in change.facts if fact.name.startswith("with ") and fact.name != "with no data"]
    if given_ := [f"{tables.parameter(f.name[5:])} = {literal(f.after)}" for f in found if f.after is not None]:
        yield f"{start} SET ({', '.join(given_)})"
    if gone := [tables.parameter(fact.name[5:]) for fact in found if fact.after is None]:
        yield f"{start} RESET ({', '.join(gone)})"


# --- dropped ----------------------------------------------------------------------------------------------------------


def drop(found: Any) -> Iterator[str]:
    """The statement that drops an object; what is lost is said first."""
    match found:
        case Namespace():
            yield f"DROP SCHEMA {ident(found.name)}"
        case Extension():
            yield f"DROP EXTENSION {ident(found.name)}"
        case Enum() | Composite() | Range():
            yield f"DROP TYPE {dotted(found.schema, found.name)}"
        case Domain():
            yield f"DROP DOMAIN {dotted(found.schema, found.name)}"
        case Sequence():  # with a column that owned it, it is gone already
            yield f"DROP SEQUENCE IF EXISTS {dotted(found.schema, found.name)}"
        case Server():
            yield f"DROP SERVER {ident(found.name)}"
        case Table():
            if not found.is_view and found.kind != "foreign":
                yield f"-- the rows of {dotted(found.schema, found.name)} are lost:"
            yield f"DROP {objects.relation(found)}" if found.bound is None else f"DROP {_if_exists(found)}"
        case Routine():
            yield f"DROP {objects.routine(found)}"
        case Trigger():
            if ("inherited", "") not in found.options:
                yield f"DROP TRIGGER {ident(found.name)} ON {dotted(found.schema, found.table)}"
        case Policy():
            yield f"DROP POLICY {ident(found.name)} ON {dotted(found.schema, found.table)}"
        case Other():
            yield from _drop_other(found)


def _if_exists(table: Table) -> str:
    kind, _, name = objects.relation(table).partition(dotted(table.schema, table.name))
    return f"{kind}IF EXISTS {dotted(table.schema, table.name)}{name}"


def _drop_other(found: Other) -> Iterator[str]:
    match found.kind:
        case "user mapping":
            user, _, server = found.name.rpartition(" on ")
            yield f"DROP USER MAPPING FOR {ident(user) if user else 'PUBLIC'} SERVER {ident(server)}"
        case "default acl":
            yield from _taken_back(found.definition or "")
        case "security label":
            yield (found.definition or "").rpartition(" IS ")[0] + " IS NULL"
        case "type":  # what reads and writes it goes too
            yield f"DROP {objects.other(found)} CASCADE"
        case "rule":
            yield f"DROP RULE {ident(found.name)} ON {dotted(found.schema, found.table or '')}"
        case _:
            if target := objects.other(found):
                yield f"DROP {target}"


_IDENT = r'(?:"(?:[^"]|"")*"|[^\s";]+)'
_DEFAULT = re.compile(
    rf"(ALTER DEFAULT PRIVILEGES FOR ROLE {_IDENT}(?: IN SCHEMA {_IDENT})?) (GRANT|REVOKE) ([A-Z, ]+) "
    rf"ON ([A-Z ]+) (?:TO|FROM) ({_IDENT})"
)


def _taken_back(definition: str) -> Iterator[str]:
    """Statements that undo those of default privileges, the last one first: what all may do is said without a list."""
    for start, word, what, kind, who in reversed(_DEFAULT.findall(definition)):
        everybodys = {"FUNCTIONS": "EXECUTE", "TYPES": "USAGE"}.get(kind, "ALL") if who == "PUBLIC" else "ALL"
        undone = f"REVOKE {what} ON {kind} FROM {who}" if word == "GRANT" else f"GRANT {everybodys} ON {kind} TO {who}"
        yield f"{start} {undone}"
