"""Whether two column types of two databases mean the same, as far as both servers can say it."""

from __future__ import annotations

from dbx.schema.types.vocabulary import Type, Vocabulary, parse
from dbx.schema.types.written import converted

_SQLITE = {
    "int": {"int", "bool"},
    "bool": {"int", "bool"},
    "decimal": {"decimal", "money", "float", "int"},
    "float": {"float", "decimal", "money"},
    "blob": {"blob", "binary", "varbinary", "uuid", "geometry"},
    "text": {"text", "varchar", "char", "enum", "set", "uuid", "json", "jsonb", "xml", "inet", "macaddr", "interval",
             "array", "search", "other", "date", "time", "timestamp"},
}  # fmt: skip
"""What else may be kept in a column that SQLite was told to be of a kind: it has no more classes than these."""

_ONE = {"jsonb": "json", "varchar": "text", "char": "text", "binary": "blob", "varbinary": "blob"}


def difference(
    one: str,
    source: str,
    other: str,
    target: str,
    known: Vocabulary | None = None,
    others: Vocabulary | None = None,
) -> str:
    """What the type `one` of a column of dialect `source` and `other` of `target` differ in; '' for nothing.

    They are the same when either is what the other becomes in its dialect. SQLite enforces no length and has few
    classes, so beside it only what contradicts counts.
    """
    if source == target:
        return "" if one == other else f"{one} and {other}"
    here, there = parse(one, source, known), parse(other, target, others)
    there_said = parse(converted(one, source, target, known).text, target, others)
    here_said = parse(converted(other, target, source, others).text, source, known)
    if _alike(here, there) or _alike(there_said, there) or _alike(here, here_said):
        return ""
    if source == "sqlite" and _fits_sqlite(here, there):
        return ""
    if target == "sqlite" and _fits_sqlite(there, here):
        return ""
    return _reason(here, there)


def _alike(one: Type, other: Type) -> bool:
    if one.kind == other.kind == "array" and one.element and other.element:
        return _alike(one.element, other.element)
    if one.kind == other.kind == "other":
        return one.text.lower() == other.text.lower()
    if one.kind in ("time", "timestamp") and (one.size is None or other.size is None):
        other = other._replace(size=one.size)
    bare = (
        (each.kind, each.size, each.scale, each.unsigned, each.zoned, each.labels)
        for each in map(_merged, (one, other))
    )
    first, second = bare
    return first == second


def _merged(found: Type) -> Type:
    """Without its words, and what no server makes a difference of."""
    found = found._replace(text="", domain="")
    if found.kind == "jsonb" or (found.kind == "varchar" and found.size is None):
        return found._replace(kind=_ONE[found.kind])
    return found


def _fits_sqlite(kept: Type, other: Type) -> bool:
    if kept.kind == "blob" and not kept.text:
        return True  # a column without a type
    if kept.kind in ("char", "varchar"):
        texts = other.kind in _SQLITE["text"]
        return texts and (kept.size is None or other.size is None or kept.size == other.size or other.kind not in _ONE)
    if kept.kind in ("date", "time", "timestamp"):
        return other.kind == kept.kind
    if kept.kind == other.kind == "decimal" and kept.size and other.size:
        return (kept.size, kept.scale) == (other.size, other.scale)
    return other.kind in _SQLITE.get(kept.kind, {kept.kind})


def _reason(one: Type, other: Type) -> str:
    if _ONE.get(one.kind, one.kind) != _ONE.get(other.kind, other.kind):
        return f"{one.text} and {other.text}"
    size = "range" if one.kind in ("int", "float") else "length"
    called = {"labels": "labels", "zoned": "time zone", "unsigned": "unsigned", "size": size, "scale": "scale"}
    words = [word for field, word in called.items() if getattr(one, field) != getattr(other, field)]
    return f"{one.text} and {other.text}: {', '.join(words)}" if words else f"{one.text} and {other.text}"
