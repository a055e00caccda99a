"""What PostgreSQL has beside tables as statements, without their terminators; and what is said of any object."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.schema.ddl.postgresql_tables import counts, given_options
from dbx.schema.model import Table
from dbx.schema.objects import (
    Composite,
    Domain,
    Enum,
    Extension,
    Other,
    Policy,
    Range,
    Routine,
    Sequence,
    Server,
    Trigger,
)
from dbx.schema.text.postgresql import dotted, ident, literal, said


def create_extension(extension: Extension) -> str:
    where = f" WITH SCHEMA {ident(extension.schema)}" if extension.schema else ""
    return f"CREATE EXTENSION IF NOT EXISTS {ident(extension.name)}{where}"


def create_enum(enum: Enum) -> str:
    labels = ",\n    ".join(map(literal, enum.labels))
    return f"CREATE TYPE {dotted(enum.schema, enum.name)} AS ENUM (" + (f"\n    {labels}\n)" if labels else ")")


def create_domain(domain: Domain) -> Iterator[str]:
    text = f"CREATE DOMAIN {dotted(domain.schema, domain.name)} AS {domain.type}"
    text += f" COLLATE {said(domain.collation)}" if domain.collation else ""
    text += f" DEFAULT {domain.default}" if domain.default is not None else ""
    text += "" if domain.nullable else " NOT NULL"
    for check in domain.checks:
        text += f"\n    CONSTRAINT {ident(check.name)} CHECK ({check.expression})" if check.validated else ""
    yield text
    for check in domain.checks:
        if not check.validated:
            add = f"ADD CONSTRAINT {ident(check.name)} CHECK ({check.expression}) NOT VALID"
            yield f"ALTER DOMAIN {dotted(domain.schema, domain.name)} {add}"


def create_composite(composite: Composite) -> str:
    lines = [
        f"{ident(each.name)} {each.type}" + (f" COLLATE {said(each.collation)}" if each.collation else "")
        for each in composite.attributes
    ]
    listed = ",\n    ".join(lines)
    return f"CREATE TYPE {dotted(composite.schema, composite.name)} AS (" + (f"\n    {listed}\n)" if listed else ")")


def create_range(found: Range) -> str:
    given = {"subtype": found.subtype, **dict(found.options)}
    if "collation" in given:
        given["collation"] = said(given["collation"])
    listed = ",\n    ".join(f"{word} = {value}" for word, value in given.items())
    return f"CREATE TYPE {dotted(found.schema, found.name)} AS RANGE (\n    {listed}\n)"


def create_sequence(sequence: Sequence) -> str:
    unlogged = "UNLOGGED " if ("unlogged", "") in sequence.options else ""
    kind = f" AS {sequence.type}" if sequence.type else ""
    counting = "".join(f"\n    {word}" for word in counts(sequence))
    return f"CREATE {unlogged}SEQUENCE {dotted(sequence.schema, sequence.name)}{kind}{counting}"


def own_sequence(sequence: Sequence) -> str:
    assert sequence.owned_by is not None
    table, column = sequence.owned_by
    owner = f"{dotted(sequence.schema, table)}.{ident(column)}"
    return f"ALTER SEQUENCE {dotted(sequence.schema, sequence.name)} OWNED BY {owner}"


def create_server(server: Server) -> str:
    kind = f" TYPE {literal(server.type)}" if server.type else ""
    version = f" VERSION {literal(server.version)}" if server.version else ""
    options = given_options(server.options)
    return f"CREATE SERVER {ident(server.name)}{kind}{version} FOREIGN DATA WRAPPER {ident(server.wrapper)}{options}"


def create_policy(policy: Policy) -> str:
    text = f"CREATE POLICY {ident(policy.name)} ON {dotted(policy.schema, policy.table)}"
    text += "" if policy.permissive else " AS RESTRICTIVE"
    text += f" FOR {policy.command}" if policy.command != "ALL" else ""
    if policy.roles != ("",):
        text += f" TO {', '.join(ident(role) if role else 'PUBLIC' for role in policy.roles)}"
    text += f"\n    USING ({policy.using})" if policy.using is not None else ""
    return text + (f"\n    WITH CHECK ({policy.check})" if policy.check is not None else "")


_SWITCHES = {"disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS", "": "ENABLE"}


def create_trigger(trigger: Trigger) -> Iterator[str]:
    """A partition's copy is there already when its parent's is; it is only switched."""
    inherited = ("inherited", "") in trigger.options
    if trigger.definition and not inherited:
        yield trigger.definition
    if trigger.enabled or inherited:
        switch = f"{_SWITCHES.get(trigger.enabled, 'ENABLE')} TRIGGER {ident(trigger.name)}"
        yield f"ALTER TABLE {dotted(trigger.schema, trigger.table)} {switch}"


def create_other(other: Other) -> Iterator[str]:
    if other.definition is None:
        return
    yield other.definition
    options = dict(other.options)
    if other.kind == "rule" and "enabled" in options:
        switch = f"{_SWITCHES.get(options['enabled'], 'ENABLE')} RULE {ident(other.name)}"
        yield f"ALTER TABLE {dotted(other.schema, other.table or '')} {switch}"
    if other.kind == "statistics object" and "statistics" in options:
        yield f"ALTER STATISTICS {dotted(other.schema, other.name)} SET STATISTICS {options['statistics']}"


# --- how statements about an object call it --------------------------------------------------------------------------

_RELATIONS = {"view": "VIEW", "matview": "MATERIALIZED VIEW", "foreign": "FOREIGN TABLE"}


def relation(table: Table) -> str:
    return f"{_RELATIONS.get(table.kind, 'TABLE')} {dotted(table.schema, table.name)}"


def routine(found: Routine) -> str:
    kind = {"procedure": "PROCEDURE", "aggregate": "AGGREGATE"}.get(found.kind, "FUNCTION")
    arguments = found.arguments or ("*" if found.kind == "aggregate" else "")
    return f"{kind} {dotted(found.schema, found.name)}({arguments})"


_OTHERS = {
    "rule": "", "default acl": "", "user mapping": "", "security label": "",
    "statistics object": "STATISTICS", "foreign-data wrapper": "FOREIGN DATA WRAPPER",
}  # fmt: skip


def other(found: Other) -> str:
    """'' for what has neither owner nor comment."""
    kind = _OTHERS.get(found.kind, found.kind.upper())
    name = found.name
    if found.kind == "rule":
        return f"RULE {ident(name)} ON {dotted(found.schema, found.table or '')}"
    if not kind or found.kind in ("cast", "transform"):
        type_, _, language = name.removeprefix("for ").rpartition(" on language ")
        return f"CAST {name}" if found.kind == "cast" else f"TRANSFORM FOR {type_} LANGUAGE {language}" if kind else ""
    if found.kind == "operator":
        return f"OPERATOR {ident(found.schema or '')}.{name}"
    if found.kind in ("operator class", "operator family"):
        return f"{kind} {ident(found.schema or '')}.{name}"
    return f"{kind} {dotted(found.schema, name)}"
