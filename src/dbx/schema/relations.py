"""What tables are called where Python names them: classes, attributes, and the relationships that foreign keys make.

Everything here is a function of the schema alone: the same schema gives the same names, whoever asks. A name that is
taken gets something more, and at last a number; nothing is left without one.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import takewhile
from typing import NamedTuple
from unicodedata import normalize

from dbx.schema.model import ForeignKey, Schema, Table
from dbx.schema.objects import Name

_SUFFIXES = ("_id", "_fk", "_key", "Id", "ID")

RESERVED = frozenset({"metadata", "registry", "type_annotation_map"})
"""What a declarative class has of its own."""


class Relation(NamedTuple):
    """One direction of a foreign key, as an attribute of a class.

    `table` has the `key`, and is the association table where there is a `far` key, which leads to `target`. `many`:
    the attribute is a list. `back` is the attribute of the target that leads back. `overlaps` are the relationships
    that write to some of the same columns.
    """

    name: str
    target: Name
    table: Name
    key: ForeignKey
    far: ForeignKey | None = None
    forward: bool = True
    many: bool = False
    back: str = ""
    overlaps: tuple[str, ...] = ()


class Class(NamedTuple):
    """A table as a class: its name, the attribute of each column (in order), and its relationships (by name)."""

    table: Table
    name: str
    attributes: Mapping[str, str]
    relations: tuple[Relation, ...] = ()


def mappings(schema: Schema, reserved: Collection[str] = (), taken: Collection[str] = ()) -> dict[Name, Class]:
    """The classes of a schema's tables and views. Association tables, partitions, and what has no columns, have none.

    `reserved` are names that no attribute may have beside RESERVED, `taken` those that no class may have.
    """
    tables = {Name(table.name, table.schema): table for table in schema.tables}
    through = {name for name, table in tables.items() if is_association(table) and _all_there(table, tables)}
    wanted = {name: table for name, table in tables.items() if _is_class(table) and name not in through}
    names = class_names([name.name for name in wanted], taken)
    attributes = {
        name: attribute_names([column.name for column in table.columns], {*RESERVED, *reserved})
        for name, table in wanted.items()
    }
    found = {
        name: Class(table, class_name, attributes[name])
        for (name, table), class_name in zip(wanted.items(), names, strict=True)
    }
    relations = _Relations(found, {*RESERVED, *reserved})
    for name, table in tables.items():
        if name in through:
            relations.connect(table)
        elif name in wanted:
            for key in _distinct(table.foreign_keys):
                relations.add(name, key)
    return {name: each._replace(relations=tuple(relations.of(name))) for name, each in found.items()}


def is_association(table: Table) -> bool:
    """Whether a table is two foreign keys, which are its primary key, and nothing else."""
    if table.kind != "table" or len(table.foreign_keys) != 2 or table.bound is not None:
        return False
    first, second = (set(key.columns) for key in table.foreign_keys)
    return not first & second and first | second == set(table.primary_key) == {each.name for each in table.columns}


def _all_there(table: Table, tables: Mapping[Name, Table]) -> bool:
    targets = [tables.get(Name(key.target_table, key.target_schema)) for key in table.foreign_keys]
    return all(each is not None and _is_class(each) and not is_association(each) for each in targets)


def _is_class(table: Table) -> bool:
    return bool(table.columns) and table.bound is None and table.kind not in ("shadow", "system")


def _distinct(keys: Iterable[ForeignKey]) -> list[ForeignKey]:
    """Keys of the same columns to the same ones make one relationship; one to itself makes none."""
    found: dict[object, ForeignKey] = {}
    for key in keys:
        found.setdefault((key.columns, key.target_schema, key.target_table, key.target_columns), key)
    return [key for key in found.values() if len(key.target_columns) == len(key.columns)]


# --- relationships ---------------------------------------------------------------------------------------------------


class _Relations:
    """The relationships as they get their names; forward ones have the first choice of theirs only by coming first."""

    def __init__(self, classes: Mapping[Name, Class], reserved: Collection[str]) -> None:
        self.classes = classes
        self.taken = {name: {*reserved, *each.attributes.values()} for name, each in classes.items()}
        self.found: dict[Name, list[Relation]] = {name: [] for name in classes}

    def of(self, name: Name) -> list[Relation]:
        found = [self._with_overlaps(name, relation) for relation in self.found[name]]
        return sorted(found, key=lambda each: (not each.forward, each.name))

    def add(self, home: Name, key: ForeignKey) -> None:
        target = Name(key.target_table, key.target_schema)
        table = self.classes[home].table
        if target not in self.classes or (home == target and key.columns == key.target_columns):
            return
        short = stem(key.columns)
        far = f"{short or '_'.join(key.columns)}_{target.name}"
        forward = self._free(home, [short, "" if target == home and not short else target.name, far])
        many = not any(set(each) <= set(key.columns) for each in table.unique_columns)
        children = plural(home.name) if many else home.name
        alone = Counter(each.target_table for each in _distinct(table.foreign_keys))[target.name] == 1
        by = f"{children}_by_{short or '_'.join(key.columns)}"
        backward = self._free(target, [children, by] if alone and home != target else [by])
        self.found[home].append(Relation(forward, target, home, key, None, True, False, backward))
        self.found[target].append(Relation(backward, home, home, key, None, False, many, forward))

    def connect(self, table: Table) -> None:
        """Both sides of an association table."""
        through, sides = Name(table.name, table.schema), list(table.foreign_keys)
        ends = [Name(key.target_table, key.target_schema) for key in sides]
        names = []
        for near, far, target in ((sides[0], sides[1], ends[1]), (sides[1], sides[0], ends[0])):
            start = Name(near.target_table, near.target_schema)
            plain = plural(target.name) if ends[0] != ends[1] else plural(stem(far.columns) or far.columns[0])
            names.append(self._free(start, [plain, f"{plain}_by_{table.name}"]))
        first, second = names
        for start, target, near, far, name, back in (
            (ends[0], ends[1], sides[0], sides[1], first, second),
            (ends[1], ends[0], sides[1], sides[0], second, first),
        ):
            self.found[start].append(Relation(name, target, through, near, far, False, True, back))

    def _free(self, home: Name, wanted: Iterable[str]) -> str:
        name = unique([identifier(each) for each in wanted if each], self.taken[home])
        self.taken[home].add(name)
        return name

    def _with_overlaps(self, home: Name, relation: Relation) -> Relation:
        """Keys that share columns: SQLAlchemy wants to be told that they are meant to."""
        if relation.far is not None:
            return relation
        columns = set(relation.key.columns)
        others = [
            name
            for each in self.found[relation.table]
            if each.forward and each.key != relation.key and columns & set(each.key.columns)
            for name in (each.name, each.back)
        ]
        return relation._replace(overlaps=tuple(sorted({*others}))) if others else relation


def stem(columns: tuple[str, ...]) -> str:
    """album_id -> album; course_name, course_semester -> course; '' when there is nothing to take off"""
    if len(columns) > 1:
        first, last = min(columns), max(columns)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
        return first[:same].rstrip("_")
    for suffix in _SUFFIXES:
        if columns[0].endswith(suffix) and len(columns[0]) > len(suffix):
            return columns[0].removesuffix(suffix)
    return ""


def plural(name: str) -> str:
    """The plural as English has it; what ends like one stays."""
    lower = name.lower()
    if lower.endswith("y") and lower[-2:-1] not in tuple("aeiou"):
        return name[:-1] + "ies"
    if lower.endswith(("ss", "us", "is", "x", "ch", "sh")):
        return name + "es"
    return name if lower.endswith("s") else name + "s"


# --- names -----------------------------------------------------------------------------------------------------------

_OWN = frozenset(dir(builtins))


def identifier(name: str) -> str:
    """A name that Python takes as it is. Python reads identifiers in the form NFKC, and mangles two underscores."""
    text = re.sub(r"\W", "_", normalize("NFKC", name))
    text = "".join(char if f"a{char}".isidentifier() else "_" for char in text)
    text = re.sub(r"^__+", "_", text) or "_"
    if not text.isidentifier():
        text = f"_{text}"
    text = "column" if not text.strip("_") else text
    text = f"column{text}" if text.startswith("_sa_") else text  # what SQLAlchemy keeps on every object
    return f"{text}_" if keyword.iskeyword(text) or text in RESERVED else text


def class_name(name: str) -> str:
    """invoice_line -> InvoiceLine; InvoiceLine stays."""
    words = [word for word in re.split(r"[\W_]+", normalize("NFKC", name)) if word]
    text = identifier("".join(word[:1].upper() + word[1:] for word in words))
    return text if text[0].isalpha() else f"T{text}"


def class_names(names: Iterable[str], taken: Collection[str] = ()) -> list[str]:
    used, found = {*taken, *_OWN}, []
    for name in names:
        found.append(unique([class_name(name)], used))
        used.add(found[-1])
    return found


def attribute_names(columns: Iterable[str], reserved: Collection[str] = ()) -> dict[str, str]:
    """An attribute for each column: its own name wherever that can be one."""
    listed, found = list(columns), dict[str, str]()
    used = set(reserved)
    # who has a name by right keeps it, whatever stands before
    for column in sorted(listed, key=lambda name: identifier(name) != name or name in reserved):
        found[column] = unique([identifier(column), f"{identifier(column)}_"], used)
        used.add(found[column])
    return {column: found[column] for column in listed}


def unique(wanted: Iterable[str], used: Collection[str]) -> str:
    """The first that is free; else the last with a number."""
    name = ""
    for name in wanted:
        if name not in used:
            return name
    number = 2
    while f"{name}_{number}" in used:
        number += 1
    return f"{name}_{number}"
