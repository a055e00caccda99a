"""What an object of PostgreSQL's is referred to as, and what it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dbx.schema.ddl import postgresql as ddl
from dbx.schema.model import Table
from dbx.schema.objects import Other, Policy, Reference, Trigger


def reference_of(found: Any) -> Reference:
    kind = getattr(found, "kind", "") or _KINDS.get(type(found).__name__, type(found).__name__.lower())
    if isinstance(found, (Trigger, Policy)) or is_late(found):
        return Reference(f"{found.name} on {found.table}", getattr(found, "schema", None), kind)
    return Reference(found.name, getattr(found, "schema", None), kind, getattr(found, "arguments", ""))


_KINDS = {"Namespace": "schema"}


def needs_of(found: Any) -> Iterator[Reference]:
    """What has to be there for an object, and so goes after it."""
    yield from getattr(found, "depends", ())
    schema = getattr(found, "schema", None)
    if schema:
        yield Reference(schema, None, "schema")
    for parent in getattr(found, "parents", ()):
        yield Reference(parent.name, parent.schema, "table")
    if isinstance(found, Table):
        yield from (Reference(key.target_table, key.target_schema, "table") for key in found.foreign_keys)
        server = dict(found.options).get("server")
        yield from [Reference(server, None, "server")] if server else []
    if getattr(found, "table", None):
        yield from (Reference(found.table, schema, kind) for kind in ("table", "view", "foreign", "matview"))
    if isinstance(found, Trigger):
        name = re.sub(r'^.*\.|"', "", found.function)
        yield Reference(name, schema, "function")
    wrapper = getattr(found, "wrapper", None)
    if wrapper:
        yield Reference(wrapper, None, "foreign-data wrapper")


RELATIONS = ("table", "view", "matview", "foreign")


def is_late(found: Any) -> bool:
    return isinstance(found, Other) and found.kind in (*ddl.LATE, *ddl.LAST)
