"""How a change is said in one line, and what of it takes more."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Listed
from difflib import unified_diff
from typing import Any

from dbx.formats.visible import visible
from dbx.schema.diff.changes import ADDED, CHANGED, REMOVED, Change, Diff, Rename
from dbx.schema.diff.facts import Fact
from dbx.schema.listing import KINDS
from dbx.schema.model import Column, Exclusion, ForeignKey, Identity, Index, Key, Part, Partitioning, Table
from dbx.schema.objects import Attribute, Check, Composite, Domain, Enum, Name, Policy, Routine, Sequence, Trigger

SIGNS = {ADDED: "+", REMOVED: "-", CHANGED: "~"}
_LONG = ("definition", "query")
_WIDEST = 120
_OF_MODEL = {field for kind in (ForeignKey, Key, Index, Check, Sequence) for field in kind._fields}


def line(change: Change) -> str:
    """Sign, kind, name and what is otherwise."""
    words = f"{SIGNS[change.action]} {subject(change)}"
    what = summary(change)
    return f"{words}: {what}" if what else words


def subject(change: Change) -> str:
    return f"{KINDS.get(change.kind, change.kind)} {visible(change.name)}".rstrip()


def summary(change: Change) -> str:
    """What is new or gone in short; of what has changed each fact."""
    what = "; ".join(map(fact, change.facts)) if change.facts else described(change.after or change.before)
    return f"{what} ({change.why})" if change.why and what else what or change.why


def question(rename: Rename) -> str:
    before, after = _names(rename)
    return visible(f"? {KINDS.get(rename.kind, rename.kind)} {before} renamed to {after}? ({rename.why})")


def renamed(rename: Rename) -> str:
    """What was a question, answered."""
    before, after = _names(rename)
    return visible(f"{KINDS.get(rename.kind, rename.kind)} {before} renamed to {after}")


def answer(rename: Rename) -> str:
    """What --rename takes for a yes."""
    return f"{_names(rename)[0]}={rename.after}"


def _names(rename: Rename) -> tuple[str, str]:
    if rename.within:
        return f"{rename.within.shown}.{rename.before}", f"{rename.within.shown}.{rename.after}"
    return Name(rename.before, rename.schema).shown, Name(rename.after, rename.schema).shown


def fact(found: Fact) -> str:
    if found.name in _LONG and found.before is not None and found.after is not None:
        return found.name
    if found.name == "nullable":
        return "null → not null" if found.before else "not null → null"
    name = found.name.replace("_", " ") if found.name in _OF_MODEL else found.name
    return f"{visible(name)} {value(found.before)} → {value(found.after)}"


def value(found: Any) -> str:
    """A fact's value; long ones are cut."""
    match found:
        case None | "" | ():
            return "none"
        case bool():
            return "yes" if found else "no"
        case Part():
            return visible(part(found))
        case Name():
            return visible(found.shown)
        case Identity() | Partitioning() | Check() | Attribute():
            text = described(found)
        case tuple() | list():
            return f"({', '.join(map(value, found))})"
        case _:
            text = visible(" ".join(str(found).split()))
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"


def longer(change: Change) -> Iterator[str]:
    """The lines in which two texts differ, as a unified diff has them."""
    for found in change.facts:
        if found.name in _LONG and found.before and found.after:
            before, after = found.before.splitlines(), found.after.splitlines()
            lines = list(unified_diff(before, after, lineterm="", n=1))[2:]
            yield from (visible(each) for each in lines)


def described(found: Any) -> str:
    """An object or part in a few words; '' where its name says enough."""
    match found:
        case Table():
            count = sum(not column.hidden for column in found.columns)
            return "" if found.is_view and not count else f"{count} column{'' if count == 1 else 's'}"
        case Column():
            return visible(_column(found))
        case Key():
            return visible(f"({', '.join(map(part, found.parts))})")
        case Index():
            return visible(_index(found))
        case ForeignKey():
            return visible(_foreign_key(found))
        case Check():
            return visible(f"{found.expression} not enforced" if not found.enforced else found.expression)
        case Exclusion():
            pairs = zip(found.parts, found.operators, strict=False)
            return visible(", ".join(f"{part(each)} with {operator}" for each, operator in pairs))
        case Identity():
            return _identity(found)
        case Partitioning():
            return visible(_partitioning(found))
        case Enum():
            return visible(f"({', '.join(found.labels)})")
        case Composite():
            return visible(f"({', '.join(f'{each.name} {each.type}' for each in found.attributes)})")
        case Attribute():
            return visible(f"{found.name} {found.type}")
        case Domain():
            return visible(found.type)
        case Trigger():
            when = f"{found.timing} {' or '.join(found.events)}".strip().lower()
            return visible(when) if when != found.name else ""
        case Routine():
            return visible(f"returns {found.returns}") if found.returns else ""
        case Policy():
            return visible(f"for {found.command.lower()}")
    return ""


def _column(column: Column) -> str:
    words = [column.type]
    if column.generated:
        words.append(f"generated as ({column.expression}) {column.generated}")
    words += [_identity(column.identity)] if column.identity else []
    words += ["not null"] if not column.nullable else []
    words += [f"default {column.default}"] if column.default is not None and not column.generated else []
    return " ".join(filter(None, words))


def part(found: Part) -> str:
    text = found.column if found.column is not None else f"({found.expression})"
    text += f"({found.prefix})" if found.prefix else ""
    text += f" collate {found.collation}" if found.collation else ""
    text += f" {found.opclass}" if found.opclass else ""
    return text + (" desc" if found.descending else "") + (f" nulls {found.nulls}" if found.nulls else "")


def _index(index: Index) -> str:
    text = ("unique " if index.unique else "") + (f"{index.method} " if index.method else "")
    text += f"({', '.join(map(part, index.parts))})"
    text += f" include ({', '.join(index.include)})" if index.include else ""
    return text + (f" where {index.predicate}" if index.predicate else "")


def _foreign_key(key: ForeignKey) -> str:
    text = f"({', '.join(key.columns)}) → {Name(key.target_table, key.target_schema).shown}"
    text += f" ({', '.join(key.target_columns)})" if key.target_columns else ""
    for event, action in (("delete", key.on_delete), ("update", key.on_update)):
        text += f" on {event} {action.lower()}" if action != "NO ACTION" else ""
    return text


def _identity(identity: Identity) -> str:
    names = ("start", "increment", "minimum", "maximum", "cache")
    counting = [f"{name} {getattr(identity, name)}" for name in names if getattr(identity, name) is not None]
    counting += ["cycle"] if identity.cycle else []
    counts = f" ({', '.join(counting)})" if counting else ""
    return f"{'always' if identity.always else 'by default'} as identity{counts}"


def _partitioning(found: Partitioning) -> str:
    names = ", ".join(f"{each.name} {each.bound}".strip() for each in found.partitions)
    return f"by {found.by}" + (f" {found.subpartition}" if found.subpartition else "") + (f": {names}" if names else "")


def counted(diff: Diff) -> str:
    """How many of each: '2 added, 1 changed'."""
    counts = [(action, sum(change.action == action for change in diff.changes)) for action in SIGNS]
    counts.append(("renamed", len(diff.renames)))
    return ", ".join(f"{count:,} {action}" for action, count in counts if count) or "no difference"


def names(listed: Listed[str]) -> str:
    return ", ".join(map(visible, listed))
