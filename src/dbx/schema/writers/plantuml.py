"""PlantUML's entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbx.formats.visible import visible
from dbx.rows import Rows
from dbx.schema.model import Schema
from dbx.schema.writers import Look, diagram, of_lines
from dbx.schema.writers.diagram import Entity, Field, Link
from dbx.schema.writers.losses import Loss

_KINDS = {"view": "view", "matview": "materialised view", "foreign": "foreign table", "virtual": "virtual table"}


def write(schema: Schema, look: Look) -> Rows:
    """One diagram between @startuml and @enduml."""
    return of_lines(_lines(schema, look))


def losses(schema: Schema, look: Look) -> Iterable[Loss]:
    """What the diagram does not show."""
    return diagram.losses(schema, look, "ForeignKey: name\n")


def _lines(schema: Schema, look: Look) -> Iterator[str]:
    found = diagram.diagram(schema, look)
    aliases = found.aliases()
    yield "@startuml"
    yield "hide circle"
    yield "hide empty members"
    for entity in found.entities:
        yield from _entity(entity, aliases[entity.name])
    for link in found.links:
        label = _text(link.key.name or ", ".join(link.key.columns))
        yield f"{aliases[link.parent]} {_ends(link)} {aliases[link.child]} : {label}"
    yield "@enduml"


def _entity(entity: Entity, alias: str) -> Iterator[str]:
    kind = f" <<{_KINDS[entity.table.kind]}>>" if entity.table.kind in _KINDS else ""
    yield f'entity "{_text(entity.name.shown)}" as {alias}{kind} {{'
    keys = [field for field in entity.fields if "PK" in field.keys]
    yield from (f"  {_field(field)}" for field in keys)
    if keys and len(keys) < len(entity.fields):
        yield "  --"
    yield from (f"  {_field(field)}" for field in entity.fields if field not in keys)
    yield "}"
    if entity.table.comment:
        yield f"note bottom of {alias} : {_text(entity.table.comment)}"


def _field(field: Field) -> str:
    column = field.column
    marks = "".join(f" <<{key}>>" for key in field.keys)
    note = f" // {_text(column.comment)}" if column.comment else ""
    return f"{'' if column.nullable else '* '}{_text(column.name)} : {_text(column.type)}{marks}{note}"


def _ends(link: Link) -> str:
    return f"{'|o' if link.optional else '||'}--{'o{' if link.many else 'o|'}"


def _text(text: str) -> str:
    """Quotes, brackets of macros and what is not seen as PlantUML's own escapes."""
    safe = visible(text)
    return "".join(f"&#{ord(char)};" if char in '"<>{}@!~' else char for char in safe) or " "
