"""What every diagram is made of: tables with the columns that are wanted, and the links that foreign keys are."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from dbx.schema.model import Column, ForeignKey, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.writers import Look
from dbx.schema.writers.losses import Kept, Loss, kept, lost
from dbx.schema.writers.tables import kept as wanted

DRAWN = ("table", "view", "matview", "foreign", "virtual")

COLUMNS = """
Table: columns primary foreign_keys unique comment kind
Column: type nullable comment
Key: parts
Part: column
ForeignKey: columns target_schema target_table
"""
"""The fields that a diagram of tables, columns and keys expresses."""

WHY = "the diagram shows tables, their columns and keys"


class Field(NamedTuple):
    """A column as it is drawn; `keys` are some of PK, FK, UK."""

    column: Column
    keys: tuple[str, ...]


class Entity(NamedTuple):
    name: Name
    table: Table
    fields: tuple[Field, ...]


class Link(NamedTuple):
    """A foreign key: from `child` to `parent`, both among the entities. `many`: the child may have several rows for one
    of the parent; `optional`: it may have none to refer to."""

    child: Name
    parent: Name
    key: ForeignKey
    many: bool
    optional: bool


class Diagram(NamedTuple):
    entities: tuple[Entity, ...]
    links: tuple[Link, ...]

    def aliases(self) -> dict[Name, str]:
        """A word for each entity that needs no quotes in any language."""
        return {entity.name: f"t{number}" for number, entity in enumerate(self.entities, 1)}


def diagram(schema: Schema, look: Look) -> Diagram:
    """The tables and views of a schema. A partition is drawn as the table that it is a part of."""
    tables = {Name(each.name, each.schema): each for each in schema.tables if each.kind in DRAWN and each.bound is None}
    entities = tuple(Entity(name, table, tuple(_fields(table, look))) for name, table in tables.items())
    return Diagram(entities, tuple(link for name, table in tables.items() for link in _links(name, table, tables)))


def losses(schema: Schema, look: Look, also: str = "", whys: Mapping[str, str] = {}) -> Iterator[Loss]:
    """The losses of a diagram that expresses `also` more than COLUMNS."""
    expressed: Kept = kept(COLUMNS + also)
    seen = tuple(table._replace(columns=tuple(wanted(table, look.columns))) for table in schema.tables)
    yield from lost(schema._replace(tables=seen), expressed, WHY, whys)
    drawn = {entity.name for entity in diagram(schema, look).entities}
    for table in schema.tables:
        name = Name(table.name, table.schema)
        if name not in drawn:
            why = "a partition is drawn as its table" if table.bound is not None else "it is the server's own"
            yield Loss(f"{table.kind} {name.shown}", "", why)
            continue
        if look.columns != "all":
            shown = {column.name for column in wanted(table, look.columns)}
            hidden = [column for column in table.columns if column.name not in shown]
            yield from (
                Loss(f"{table.kind} {name.shown}", f"column {each.name}", "left out by --columns") for each in hidden
            )
        for key in table.foreign_keys:
            if Name(key.target_table, key.target_schema) not in drawn:
                yield Loss(f"{table.kind} {name.shown}", f"foreign key {key.name or ', '.join(key.columns)}",
                           "what it refers to is not drawn")  # fmt: skip


def _fields(table: Table, look: Look) -> Iterator[Field]:
    foreign = {name for key in table.foreign_keys for name in key.columns}
    unique = {key.columns[0] for key in table.unique if len(key.columns) == 1}
    for column in wanted(table, look.columns):
        marks = (("PK", table.primary_key), ("FK", foreign), ("UK", unique))
        yield Field(column, tuple(mark for mark, names in marks if column.name in names))


def _links(name: Name, table: Table, tables: Mapping[Name, Table]) -> Iterator[Link]:
    for key in table.foreign_keys:
        parent = Name(key.target_table, key.target_schema)
        if parent in tables:
            many = not any(names and set(names) <= set(key.columns) for names in table.unique_columns)
            optional = any(column.nullable for column in table.columns if column.name in key.columns)
            yield Link(name, parent, key, many, optional)


# --- parts of a diagram that is too large ----------------------------------------------------------------------------


def parts(found: Diagram, size: Callable[[Entity], int], room: int, links: int) -> list[Diagram]:
    """Diagrams of at most so much `room`, and so many `links`: tables that refer to each other stay together as far as
    they can, and a link that leads out of its part ends at a table that is only named there."""
    if sum(map(size, found.entities)) <= room and len(found.links) <= links:
        return [found]
    near: dict[Name, list[Name]] = defaultdict(list)
    own: dict[Name, list[Link]] = defaultdict(list)
    for link in found.links:
        own[link.child].append(link)
        near[link.child].append(link.parent)
        near[link.parent].append(link.child)
    left = {entity.name: entity for entity in found.entities}
    made = []
    while left:
        start = max(left, key=lambda name: len([each for each in near[name] if each in left]))
        taken, used, count = list[Name](), 0, 0
        for name in _nearest(start, near, left):
            more, ways = size(left[name]), len(own[name])
            if taken and (used + more > room or count + ways > links):
                break
            taken.append(name)
            used, count = used + more, count + ways
        chosen = set(taken)
        inside = tuple(entity for entity in found.entities if entity.name in chosen)
        made.append(Diagram(inside, tuple(link for name in taken for link in own[name])))
        for name in taken:
            del left[name]
    return _joined(made, size, room, links)


def _nearest(start: Name, near: Mapping[Name, list[Name]], left: Mapping[Name, Entity]) -> Iterator[Name]:
    """The tables by their distance from one."""
    seen, open_ = {start}, deque([start])
    while open_:
        name = open_.popleft()
        yield name
        for other in near.get(name, ()):
            if other in left and other not in seen:
                seen.add(other)
                open_.append(other)


def _joined(made: Iterable[Diagram], size: Callable[[Entity], int], room: int, links: int) -> list[Diagram]:
    """Small parts together, so that tables without links do not each have a diagram."""
    found: list[Diagram] = []
    for each in sorted(made, key=lambda part: -len(part.entities)):
        for place, other in enumerate(found):
            total = sum(map(size, (*other.entities, *each.entities)))
            if total <= room and len(other.links) + len(each.links) <= links:
                found[place] = Diagram(other.entities + each.entities, other.links + each.links)
                break
        else:
            found.append(each)
    return found
