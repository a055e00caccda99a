"""What is only said of PostgreSQL's objects: comments, owners and grants, without their terminators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbx.schema.ddl import postgresql_objects as objects
from dbx.schema.ddl.postgresql_grants import grants
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Grant
from dbx.schema.text.postgresql import dotted, ident, literal

Target = tuple[str, str, str | None, tuple[Grant, ...]]
"""Kind and name, owner, comment and grants of one object."""


def targets(schema: Schema) -> Iterator[Target]:
    for space in schema.namespaces:
        yield f"SCHEMA {ident(space.name)}", space.owner, space.comment, space.grants
    for extension in schema.extensions:
        yield f"EXTENSION {ident(extension.name)}", "", extension.comment, ()
    for server in schema.servers:
        yield f"SERVER {ident(server.name)}", server.owner, server.comment, server.grants
    for kind in (schema.enums, schema.composites, schema.ranges):
        for found in kind:
            yield f"TYPE {dotted(found.schema, found.name)}", found.owner, found.comment, found.grants
    for domain in schema.domains:
        yield f"DOMAIN {dotted(domain.schema, domain.name)}", domain.owner, domain.comment, domain.grants
    for sequence in schema.sequences:
        # what belongs to a table has the table's owner
        owner = "" if sequence.owned_by else sequence.owner
        yield f"SEQUENCE {dotted(sequence.schema, sequence.name)}", owner, sequence.comment, sequence.grants
    for table in schema.tables:
        yield objects.relation(table), table.owner, table.comment, table.grants
    for routine in schema.routines:
        yield objects.routine(routine), routine.owner, routine.comment, routine.grants
    for other in schema.others:
        if target := objects.other(other):
            yield target, other.owner, other.comment, ()


def comments(schema: Schema) -> Iterator[str]:
    for target, _, comment, _ in targets(schema):
        yield from commented(target, comment)
    for domain in schema.domains:
        for check in domain.checks:
            on = f"DOMAIN {dotted(domain.schema, domain.name)}"
            yield from commented(f"CONSTRAINT {ident(check.name)} ON {on}", check.comment)
    for composite in schema.composites:
        start = dotted(composite.schema, composite.name)
        for attribute in composite.attributes:
            yield from commented(f"COLUMN {start}.{ident(attribute.name)}", attribute.comment)
    for table in schema.tables:
        yield from _comments_of(table)
    for kind, found in (("TRIGGER", schema.triggers), ("POLICY", schema.policies)):
        for each in found:
            yield from commented(f"{kind} {ident(each.name)} ON {dotted(each.schema, each.table)}", each.comment)


def _comments_of(table: Table) -> Iterator[str]:
    shown = dotted(table.schema, table.name)
    for column in table.columns:
        yield from commented(f"COLUMN {shown}.{ident(column.name)}", column.comment)
    keys: list[Any] = [table.primary] if table.primary else []
    for constraint in (*keys, *table.unique, *table.foreign_keys, *table.checks, *table.exclusions):
        yield from commented(f"CONSTRAINT {ident(constraint.name)} ON {shown}", constraint.comment)
        yield from commented(f"INDEX {dotted(table.schema, constraint.name)}", index_comment(constraint))
    for index in table.indexes:
        yield from commented(f"INDEX {dotted(table.schema, index.name)}", index.comment)


def index_comment(constraint: Any) -> str | None:
    """Of the index that a key or exclusion is kept by."""
    return dict(getattr(constraint, "options", ())).get("index comment")


def commented(target: str, comment: str | None) -> Iterator[str]:
    if comment is not None:
        yield f"COMMENT ON {target} IS {literal(comment)}"


_UNOWNED = ("CAST ", "TRANSFORM ", "RULE ", "TEXT SEARCH PARSER ", "TEXT SEARCH TEMPLATE ", "ACCESS METHOD ")


def owners(schema: Schema) -> Iterator[str]:
    for target, owner, _, _ in targets(schema):
        if owner and not target.startswith(_UNOWNED):
            yield f"ALTER {target} OWNER TO {ident(owner)}"


def granted(schema: Schema) -> Iterator[str]:
    for target, owner, _, found in targets(schema):
        if found:
            yield from grants(*grant_target(target), owner, found)
    for table in schema.tables:
        for column in table.columns:
            yield from grants("TABLE", dotted(table.schema, table.name), table.owner, column.grants, ident(column.name))
            if column.identity and column.identity.grants:
                sequence = dict(column.identity.options).get("sequence", f"{table.name}_{column.name}_seq")
                yield from grants("SEQUENCE", dotted(table.schema, sequence), table.owner, column.identity.grants)
    for other in schema.others:
        yield from (text for name, text in other.options if name.startswith("grant "))


_GRANTED = {
    "MATERIALIZED VIEW": "TABLE",
    "FOREIGN TABLE": "TABLE",
    "VIEW": "TABLE",
    "TABLE": "TABLE",
    "AGGREGATE": "FUNCTION",
    "SERVER": "FOREIGN SERVER",
}


def grant_target(target: str) -> tuple[str, str]:
    """Kind and name in GRANT's words, which know fewer kinds: views are tables to it, servers foreign servers."""
    for kind, known in _GRANTED.items():
        if target.startswith(f"{kind} "):
            return known, target[len(kind) + 1 :]
    kind, _, name = target.partition(" ")
    return kind, name
