"""What is otherwise of one thing: options and privileges as facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from dbx.schema.ddl.postgresql_grants import special
from dbx.schema.model import Identity, Table
from dbx.schema.objects import Composite, Domain, Enum, Grant, Namespace, Range, Routine, Sequence, Server


class Fact(NamedTuple):
    """Something that is otherwise. `name` is the field of the model; of an option its own name, of grants whose."""

    name: str
    before: Any
    after: Any


def pairs(old: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]) -> Iterator[Fact]:
    """Facts of options: None is what is not said, a flag is 'yes'."""
    before, after = dict(old), dict(new)
    for name in sorted({*before, *after}):
        first, second = before.get(name), after.get(name)
        if first != second:
            yield Fact(name, "yes" if first == "" else first, "yes" if second == "" else second)


_KINDS: dict[type, str] = {
    Table: "TABLE", Sequence: "SEQUENCE", Namespace: "SCHEMA", Enum: "TYPE", Composite: "TYPE", Range: "TYPE",
    Domain: "DOMAIN", Server: "FOREIGN SERVER", Routine: "FUNCTION",
}  # fmt: skip


def privileges(old: Any, new: Any) -> Iterator[Fact]:
    """Facts by who may: what of. What an owner and everybody have of a new object is nothing special, whether a server
    lists it or not; where it was taken away that is a fact."""
    kind = _KINDS.get(type(new), "") if _is_postgresql(old) or _is_postgresql(new) else ""
    before, after = (_by_name(special(kind, getattr(each, "owner", ""), each.grants)) for each in (old, new))
    for who in sorted({*before, *after}):
        first, second = _words(before, who, kind, old), _words(after, who, kind, new)
        if first != second:
            yield Fact(f"privileges of {who or 'PUBLIC'}", first, second)
    if before == after and _grantors(old.grants) != _grantors(new.grants) and old.grants and new.grants:
        yield Fact("grantors", _grantors(old.grants), _grantors(new.grants))


def privileges_of_identity(old: Identity, new: Identity) -> Iterator[Fact]:
    """Of the sequence that an identity column has; its owner is not known, but gives what there is."""
    owner = next((grant.grantor for grant in (*old.grants, *new.grants)), "")
    before, after = (Sequence("", None, owner=owner, grants=each.grants) for each in (old, new))
    for fact in privileges(before, after):
        yield fact._replace(name=f"{fact.name} on its sequence")


def _is_postgresql(found: Any) -> bool:
    """Its grants say who gave them."""
    return any(grant.grantor for grant in found.grants)


def _by_name(grants: Iterable[Grant]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for grant in grants:
        words = [f"{each} with grant option" if grant.grantable else each for each in grant.privileges]
        found.setdefault(grant.grantee, []).extend(words)
    return found


def _words(side: dict[str, list[str]], who: str, kind: str, found: Any) -> str | None:
    """The privileges of one; of somebody who is not listed what he has of a new object."""
    if who in side:
        return ", ".join(sorted(side[who])) or None
    if who:
        return "all" if kind and who == getattr(found, "owner", "") else None
    return {"FUNCTION": "EXECUTE", "TYPE": "USAGE", "DOMAIN": "USAGE"}.get(kind)


def _grantors(grants: tuple[Grant, ...]) -> str:
    return ", ".join(sorted({grant.grantor for grant in grants}))
