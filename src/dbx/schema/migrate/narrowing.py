"""Whether a column keeps its values when its type changes."""

from __future__ import annotations

from dbx.schema.types.vocabulary import Type

TEXTS = ("char", "varchar", "text")
_BINARIES = ("binary", "varbinary", "blob")
_MOST = 2**32
_WIDER = {
    "bool": ("int", "decimal", "float"),
    "int": ("decimal",),
    "date": ("timestamp",),
    "json": ("jsonb",),
    "jsonb": ("json",),
    "binary": ("varbinary", "blob"),
    "varbinary": ("blob",),
    "money": ("decimal",),
}
_DIGITS = {1: 3, 2: 5, 3: 8, 4: 10, 8: 20}


def narrows(old: Type, new: Type) -> bool:
    """Whether some value of the old type is cut, rounded or refused by the new one. What is not known may be."""
    if old == new or (new.kind in TEXTS and new.size is None and new.kind != "char"):
        return False
    if old.kind in TEXTS and new.kind in TEXTS:
        return _size(old) > _size(new)
    if old.kind in _BINARIES and new.kind in _BINARIES:
        return _size(old) > _size(new)
    if new.kind == "decimal" and old.kind in ("decimal", "int"):
        return _narrows_decimal(old, new)
    if old.kind == new.kind:
        if old.kind == "int":
            return (old.size or 8) > (new.size or 8) or (new.unsigned and not old.unsigned)
        if old.kind in ("enum", "set"):
            return not set(old.labels) <= set(new.labels)
        return old.kind in ("other", "array") or _places(old) > _places(new)
    return new.kind not in _WIDER.get(old.kind, ())


def _size(found: Type) -> int:
    return found.size or (1 if found.kind in ("char", "binary") else _MOST)


def _places(found: Type) -> int:
    """Bytes of a float, digits behind a second: none said is the most."""
    return _MOST if found.size is None else found.size


def _narrows_decimal(old: Type, new: Type) -> bool:
    if new.size is None:
        return False
    whole = new.size - (new.scale or 0)
    if old.kind == "int":
        return _DIGITS[old.size or 8] > whole
    return old.size is None or (old.scale or 0) > (new.scale or 0) or old.size - (old.scale or 0) > whole
