"""What a writer leaves out: a list of what it could not express, found by going over every field of the schema.

A writer declares the fields it expresses, class by class; every other field that has a value is a loss, and so is one
that the writer names itself because it can express some values and not others. So nothing is left out in silence: a
new field of the model is lost everywhere until a writer says that it has it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dbx.schema.listing import objects
from dbx.schema.model import Schema
from dbx.schema.objects import Check, Name


class Loss(NamedTuple):
    """`object` is its kind and name; `what` of it is not there, '' for all of it."""

    object: str
    what: str
    why: str

    @property
    def text(self) -> str:
        what = f": {self.what}" if self.what else ""
        return f"{self.object}{what} ({self.why})"


Kept = Mapping[str, frozenset[str]]
"""Fields by the name of their class. `""` stands for kinds of objects that are all expressed."""

REDUNDANT = frozenset(
    {
        "Table.definition",
        "Table.depends",
        "Index.definition",
        "Column.family",
        "Domain.depends",
        "Composite.depends",
        "Range.depends",
        "Routine.depends",
        "Trigger.depends",
        "Other.depends",
    }
)
"""What only says again, as one text or in order to be sorted, what other fields say."""

_IDENTITY = ("name", "schema", "table", "kind")
"""What a loss is named by; whoever expresses an object expresses these."""

_PARTS = {
    "columns": "column",
    "primary": "primary key",
    "foreign_keys": "foreign key",
    "unique": "unique",
    "checks": "check",
    "exclusions": "exclusion",
    "indexes": "index",
    "grants": "grant",
    "options": "option",
    "labels": "label",
    "attributes": "attribute",
    "parents": "parent",
    "depends": "depends on",
    "parts": "part",
    "partitions": "partition",
}


def kept(listed: str) -> Kept:
    """A table of fields: lines of `Class: field field …`."""
    found: dict[str, frozenset[str]] = {}
    for line in listed.strip().splitlines():
        name, _, fields = line.partition(":")
        found[name.strip()] = found.get(name.strip(), frozenset()) | frozenset(fields.split())
    return found


def lost(schema: Schema, expressed: Kept, why: str, whys: Mapping[str, str] = {}) -> Iterator[Loss]:
    """The losses of a writer that expresses only those fields; `whys` are reasons by Class.field, where there is one
    more telling than `why`."""
    walk = _Walk(expressed, why, whys)
    for kind, found in objects(schema):
        shown = _shown(kind, found)
        name = type(found).__name__
        if name not in expressed or kind in expressed.get("without", ()):
            yield Loss(shown, "", whys.get(name, whys.get(kind, why)))
        else:
            yield from walk.fields(found, shown, "")
    if schema.options and "options" not in expressed.get("Schema", ()):
        yield from (Loss("database", f"option {_pair(each)}", why) for each in schema.options)


class _Walk:
    def __init__(self, expressed: Kept, why: str, whys: Mapping[str, str]) -> None:
        self.expressed = expressed
        self.why = why
        self.whys = whys

    def fields(self, found: Any, shown: str, place: str) -> Iterator[Loss]:
        """The fields of an object, or of a part of it, whose place is said before what is lost of it."""
        owner = type(found).__name__
        defaults = type(found)._field_defaults
        for field, value in zip(found._fields, found, strict=True):
            path = f"{owner}.{field}"
            if value == defaults.get(field) or not _says(value) or field in _IDENTITY or path in REDUNDANT:
                continue
            if field not in self.expressed.get(owner, ()):
                reason = self.whys.get(path, self.why)
                yield from (Loss(shown, f"{place}{what}", reason) for what in _whats(field, value))
            else:
                yield from self.parts(field, value, shown, place)

    def parts(self, field: str, value: Any, shown: str, place: str) -> Iterator[Loss]:
        for part in value if type(value) is tuple else (value,):
            if hasattr(part, "_fields") and not isinstance(part, Name):
                yield from self.fields(part, shown, f"{place}{_part(field, part)}, ")


def _says(value: Any) -> bool:
    return value is not None and value != () and value != ""


def _whats(field: str, value: Any) -> Iterator[str]:
    """A loss for each of several things, one for a single value."""
    if type(value) is tuple and value and hasattr(value[0], "_fields"):
        yield from (_part(field, part) for part in value)
    elif field == "options":
        yield from (f"option {_pair(pair)}" for pair in value)
    elif hasattr(value, "_fields"):
        yield _part(field, value)
    elif isinstance(value, str) and field in ("deferrable", "on_delete", "on_update", "match"):
        yield f"{field.replace('_', ' ')} {value.lower()}".replace("deferrable deferrable", "deferrable")
    else:
        yield field.replace("_", " ")


def _pair(pair: tuple[str, str]) -> str:
    return " ".join(filter(None, pair))


def _part(field: str, part: Any) -> str:
    word = _PARTS.get(field, field.replace("_", " "))
    name = getattr(part, "name", "") or getattr(part, "column", "") or getattr(part, "grantee", "")
    if isinstance(part, Check) and not part.name:
        name = f"({part.expression})"
    return f"{word} {name}".strip()


def _shown(kind: str, found: Any) -> str:
    name = Name(found.name, getattr(found, "schema", None)).shown
    if getattr(found, "arguments", None):
        name += f"({found.arguments})"
    on = f" on {found.table}" if getattr(found, "table", None) else ""
    return f"{kind} {name}{on}"


def summary(losses: Iterable[Loss]) -> str:
    """'3 checks, 2 triggers': how many of each kind of thing, most first."""
    counted = Counter(_kind(loss) for loss in losses)
    said = [f"{count:,} {word if count == 1 else _plural(word)}" for word, count in counted.most_common()]
    return ", ".join(said[:8]) + (f" and {len(said) - 8} more kinds" if len(said) > 8 else "")


_TWO = ("primary key", "foreign key", "depends on")


_SEGMENT = re.compile(r"(?:'(?:[^']|'')*'|\((?:[^()']|'[^']*'|\((?:[^()]|\([^()]*\))*\))*\)|(?!, ).)+", re.DOTALL)
"""What is between commas that stand in no string and no parentheses."""
_NOUNS = frozenset(["default", "option", "method", "grant", "type"])
_OF_KEYS = ("name", "comment", "deferrable", "match", "validated", "enforced", "inherited", "on ", "set ", "option",
            "when ", "method", "include", "nulls", "part ", "column ")  # fmt: skip
_NO_NOUNS = frozenset(["a", "its", "how", "some", "that", "the", "what", "when"])


def _kind(loss: Loss) -> str:
    if not loss.what:
        return loss.object.split(" ")[0]
    last = str(_SEGMENT.findall(loss.what)[-1]).strip()
    for found in (last, loss.what):  # the columns of a key have commas between them
        if found.startswith(_TWO) and not last.startswith(_OF_KEYS):
            return " ".join(found.split(" ")[:2])
    first = last.split(" ")[0]
    if first in _PARTS.values() or first in _NOUNS:
        return first
    return last if re.fullmatch(r"[a-z]+(?: [a-z]+)?", last) and first not in _NO_NOUNS else "other part"


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return f"{word[:-1]}ies"
    return word if word.endswith("s") else f"{word}es" if word.endswith(("x", "ch")) else f"{word}s"
