"""Comments, owners and privileges of PostgreSQL's objects that have changed; without terminators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dbx.schema.ddl import postgresql_said as saying
from dbx.schema.ddl.postgresql_grants import grants
from dbx.schema.diff.changes import Change, Diff
from dbx.schema.model import Column, Index, Schema, Table
from dbx.schema.objects import Composite, Domain, Grant, Policy, Trigger
from dbx.schema.text.postgresql import dotted, ident, literal


def said(diff: Diff, made: Iterable[Any]) -> Iterator[str]:
    """Of what is made anew its own statements have said it."""
    new = {id(found) for found in made}
    for change in diff.changes:
        found = change.after
        if found is None or change.kind == "database" or id(found) in new:
            continue
        if change.within is not None:
            yield from _of_part(diff, change, new)
        elif change.before is not None:
            yield from _of_object(change)


def _of_object(change: Change) -> Iterator[str]:
    names = {fact.name for fact in change.facts}
    found = change.after
    if isinstance(found, (Trigger, Policy)):
        kind = "TRIGGER" if isinstance(found, Trigger) else "POLICY"
        if "comment" in names:
            yield _comment(f"{kind} {ident(found.name)} ON {dotted(found.schema, found.table)}", found.comment)
        return
    if isinstance(found, (Composite, Domain)):
        yield from _parts_of_types(change)
    for target, _, comment, given in saying.targets(_only(found)):
        if "comment" in names:
            yield _comment(target, comment)
        if "owner" in names:
            yield f"ALTER {target} OWNER TO {ident(found.owner)}"
        if any(name.startswith("privileges of ") or name == "grantors" for name in names):
            yield from regranted(*saying.grant_target(target), found.owner, change.before.grants, given)


def _only(found: Any) -> Schema:
    fields = ("namespaces", "extensions", "servers", "enums", "composites", "ranges", "domains", "sequences", "tables",
              "routines", "others")  # fmt: skip
    types = Schema.__annotations__
    field = next(name for name in fields if type(found).__name__ in str(types[name]))
    one: dict[str, Any] = {field: (found,)}
    return Schema("postgresql", **one)


def _parts_of_types(change: Change) -> Iterator[str]:
    old, new = change.before, change.after
    name = dotted(new.schema, new.name)
    if isinstance(new, Composite):
        before = {each.name: each.comment for each in old.attributes}
        for each in new.attributes:
            if before.get(each.name) != each.comment:
                yield _comment(f"COLUMN {name}.{ident(each.name)}", each.comment)
        return
    before = {each.name: each.comment for each in old.checks}
    for check in new.checks:
        if before.get(check.name) != check.comment:
            yield _comment(f"CONSTRAINT {ident(check.name)} ON DOMAIN {name}", check.comment)


def _of_part(diff: Diff, change: Change, new: set[int]) -> Iterator[str]:
    assert change.within is not None
    table = next(each for each in diff.after.tables if (each.name, each.schema) == tuple(change.within))
    if id(table) in new:
        return
    shown, found = dotted(table.schema, table.name), change.after
    before = getattr(change.before, "comment", None)
    if isinstance(found, Column):
        if before != found.comment:
            yield _comment(f"COLUMN {shown}.{ident(found.name)}", found.comment)
        old = change.before.grants if change.before else ()
        if old != found.grants:
            yield from regranted("TABLE", shown, table.owner, old, found.grants, ident(found.name))
        yield from _of_identity(table, change)
        return
    # what is made again has lost its comment
    facts = [fact.name for fact in change.facts if fact.name != "comment"]
    if found.comment != before or (facts and found.comment is not None):
        target = f"INDEX {dotted(table.schema, found.name)}" if isinstance(found, Index) else ""
        yield _comment(target or f"CONSTRAINT {ident(found.name)} ON {shown}", found.comment)
    of_index = saying.index_comment(found)
    if of_index != saying.index_comment(change.before) or (set(facts) - {"index comment"} and of_index is not None):
        yield _comment(f"INDEX {dotted(table.schema, found.name)}", of_index)


def _of_identity(table: Table, change: Change) -> Iterator[str]:
    old = change.before.identity.grants if change.before and change.before.identity else ()
    identity = change.after.identity
    if identity is not None and identity.grants != old:
        name = dict(identity.options).get("sequence", f"{table.name}_{change.after.name}_seq")
        yield from regranted("SEQUENCE", dotted(table.schema, name), table.owner, old, identity.grants)


def _comment(target: str, comment: str | None) -> str:
    return f"COMMENT ON {target} IS {'NULL' if comment is None else literal(comment)}"


def regranted(
    kind: str, name: str, owner: str, old: tuple[Grant, ...], new: tuple[Grant, ...], columns: str = ""
) -> Iterator[str]:
    """Take everything back from those whose privileges differ, and give what they should have."""
    target = f"{kind} {name}"
    listed = f" ({columns})" if columns else ""
    whose = {grant.grantee for grant in (*old, *new)}
    differing = {who for who in whose if _of(old, who) != _of(new, who)}
    for who in sorted(differing):
        if _of(old, who):
            yield f"REVOKE ALL{listed} ON {target} FROM {ident(who) if who else 'PUBLIC'} CASCADE"
    if not new and not columns:
        everybody = kind in ("FUNCTION", "PROCEDURE", "TYPE", "DOMAIN")
        if owner:
            yield f"GRANT ALL ON {target} TO {ident(owner)}"
        elif target == "SCHEMA public":  # as it is in a new database
            yield "GRANT ALL ON SCHEMA public TO pg_database_owner"
            yield "GRANT USAGE ON SCHEMA public TO PUBLIC"
        if everybody:
            word = "EXECUTE" if kind in ("FUNCTION", "PROCEDURE") else "USAGE"
            yield f"GRANT {word} ON {target} TO PUBLIC"
        return
    if not old and "" not in {grant.grantee for grant in new} and kind in ("FUNCTION", "PROCEDURE", "TYPE", "DOMAIN"):
        yield f"REVOKE ALL ON {target} FROM PUBLIC"
    wanted = tuple(grant for grant in new if grant.grantee in differing)
    yield from grants(kind, name, "" if old else owner, wanted, columns)


def _of(given: tuple[Grant, ...], who: str) -> list[Grant]:
    return sorted(grant for grant in given if grant.grantee == who)
