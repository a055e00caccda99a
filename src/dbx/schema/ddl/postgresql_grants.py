"""PostgreSQL's grants as statements, without their terminators."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.schema.objects import Grant
from dbx.schema.text.postgresql import ident

_OWNERS = {
    "TABLE": {"DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"},
    "SEQUENCE": {"SELECT", "UPDATE", "USAGE"},
    "SCHEMA": {"CREATE", "USAGE"},
    "FUNCTION": {"EXECUTE"},
    "PROCEDURE": {"EXECUTE"},
    "TYPE": {"USAGE"},
    "DOMAIN": {"USAGE"},
    "FOREIGN SERVER": {"USAGE"},
}
"""What an owner may do with a new object, in every version; GRANT's words for its kinds."""

_EVERYBODYS = ("FUNCTION", "PROCEDURE", "TYPE", "DOMAIN")
"""The kinds that everybody may use when they are new."""


def grants(kind: str, name: str, owner: str, granted: tuple[Grant, ...], columns: str = "") -> Iterator[str]:
    """The statements after which a new object grants this and nothing else; none where it says nothing of grants."""
    if not granted:
        return
    target = f"{kind} {name}"
    natural = set() if columns else _natural(kind, owner, granted)
    if not columns:
        if (kind in _EVERYBODYS or target == "SCHEMA public") and "" not in natural:
            yield f"REVOKE ALL ON {target} FROM PUBLIC"
        if owner and owner not in natural:
            yield f"REVOKE ALL ON {target} FROM {ident(owner)}"
    # who hands on a privilege must have got it before
    for grant in sorted(granted, key=lambda grant: (grant.grantor != owner, not grant.grantable)):
        if grant.privileges and grant.grantee not in natural:
            yield from _grant(target, owner, grant, columns)


def _natural(kind: str, owner: str, granted: tuple[Grant, ...]) -> set[str]:
    """Who has just what they have of a new object."""
    found = set()
    for grant in granted:
        if grant.grantable or grant.grantor != owner:
            continue
        everything = set(grant.privileges) >= _OWNERS.get(kind, set())
        if everything and (grant.grantee == owner or (not grant.grantee and kind in _EVERYBODYS)):
            found.add(grant.grantee)
    return found


def special(kind: str, owner: str, granted: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """What is not as it is of a new object; a grant without privileges is what has been taken away from it."""
    if not granted or not kind:
        return granted
    natural = _natural(kind, owner, granted)
    found = [grant for grant in granted if grant.grantee not in natural]
    held = {grant.grantee for grant in granted}
    lacking = [owner] if owner and owner not in held else []
    lacking += [""] if kind in _EVERYBODYS and "" not in held else []
    return (*found, *(Grant(who, (), grantor=owner) for who in lacking))


def _grant(target: str, owner: str, grant: Grant, columns: str) -> Iterator[str]:
    what = ", ".join(f"{each} ({columns})" if columns else each for each in grant.privileges)
    who = ident(grant.grantee) if grant.grantee else "PUBLIC"
    last = " WITH GRANT OPTION" if grant.grantable else ""
    text = f"GRANT {what} ON {target} TO {who}{last}"
    if grant.grantor and owner and grant.grantor != owner:  # who grants is on record
        yield f"SET SESSION AUTHORIZATION {ident(grant.grantor)}"
        yield text
        yield "RESET SESSION AUTHORIZATION"
    else:
        yield text
