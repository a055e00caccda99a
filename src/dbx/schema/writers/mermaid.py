"""Mermaid's erDiagram, several of them where one would be beyond the limits that Mermaid draws within."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from dbx.rows import Rows
from dbx.schema.model import Schema
from dbx.schema.objects import Name
from dbx.schema.relations import unique
from dbx.schema.writers import Look, diagram, of_lines
from dbx.schema.writers.diagram import Diagram, Entity, Field, Link
from dbx.schema.writers.losses import Loss

ROOM = 45_000
"""Characters of one diagram: Mermaid refuses more than 50,000."""

LINKS = 450
"""Mermaid refuses more than 500."""

_ALSO = "ForeignKey: name\n"

_KEYS = "(?i:[PFU]K)(?![A-Za-z0-9_])"
"""What Mermaid takes for the mark of a key, wherever it stands."""


def write(schema: Schema, look: Look) -> Rows:
    """One diagram, or several behind one another, each with its number in a comment."""
    return of_lines(numbered(diagrams(schema, look)))


def losses(schema: Schema, look: Look) -> Iterable[Loss]:
    """What the diagrams do not show; names that Mermaid has no way to write are written otherwise."""
    yield from diagram.losses(schema, look, _ALSO)
    entities = diagram.diagram(schema, look).entities
    titles = _titles(entities)
    for entity in entities:
        shown = f"{entity.table.kind} {entity.name.shown}"
        if titles[entity.name] != f'"{entity.name.shown}"':
            yield Loss(shown, "some characters of its name", "Mermaid cannot write them")
        for field in entity.fields:
            if _word(field.column.name) != field.column.name:
                yield Loss(shown, f"column {field.column.name}, characters of its name", "Mermaid cannot write them")
            if _type(field.column.type) != field.column.type.replace(" ", "_"):
                yield Loss(shown, f"column {field.column.name}, characters of its type", "Mermaid cannot write them")
            if field.column.comment is not None and _quoted(field.column.comment) != f'"{field.column.comment}"':
                yield Loss(shown, f"column {field.column.name}, characters of its comment", "Mermaid cannot write them")


def numbered(found: list[str]) -> Iterator[str]:
    for number, text in enumerate(found, 1):
        yield text if len(found) == 1 else f"%% diagram {number} of {len(found)}\n{text}"


def diagrams(schema: Schema, look: Look) -> list[str]:
    """The texts of the diagrams, each for itself."""
    whole = diagram.diagram(schema, look)
    if not whole.entities:
        return []
    titles = _titles(whole.entities)
    return ["\n".join(_lines(part, titles)) for part in diagram.parts(whole, partial(_size, titles), ROOM, LINKS)]


Titles = Mapping[Name, str]


def _size(titles: Titles, entity: Entity) -> int:
    return sum(len(line) + 1 for line in _entity(entity, titles)) + 150 * len(entity.table.foreign_keys)


def _lines(found: Diagram, titles: Titles) -> Iterator[str]:
    yield "erDiagram"
    for entity in found.entities:
        yield from _entity(entity, titles)
    for link in found.links:
        label = _quoted(link.key.name or ", ".join(link.key.columns))
        yield f"    {titles[link.parent]} {_ends(link)} {titles[link.child]} : {label}"


def _ends(link: Link) -> str:
    return f"{'|o' if link.optional else '||'}--{'o{' if link.many else 'o|'}"


def _entity(entity: Entity, titles: Titles) -> Iterator[str]:
    title = titles[entity.name]
    if entity.table.comment:
        yield f"    %% {' '.join(entity.name.shown.split())}: {' '.join(entity.table.comment.split())}"
    if not entity.fields:
        yield f"    {title}"
        return
    yield f"    {title} {{"
    yield from (f"        {_field(field)}" for field in entity.fields)
    yield "    }"


def _field(field: Field) -> str:
    column = field.column
    note = [column.comment] if column.comment is not None else []
    note += [] if column.nullable else ["not null"]
    words = [_type(column.type), _word(column.name), ", ".join(field.keys)]
    return " ".join(filter(None, [*words, _quoted(" · ".join(note)) if note else ""]))


def _titles(entities: Iterable[Entity]) -> Titles:
    """The names as Mermaid takes them, two of which may become one only to be numbered; a name as it is comes first."""
    used: set[str] = set()
    found = {}
    for entity in sorted(entities, key=lambda entity: _title(entity.name) != entity.name.shown):
        found[entity.name] = title = unique([_title(entity.name)], used)
        used.add(title)
    return {name: f'"{title}"' for name, title in found.items()}


def _title(name: Name) -> str:
    return re.sub(r'["%\\\x00-\x1f]', "_", name.shown) or "_"


def _word(name: str) -> str:
    word = re.sub(r"[^A-Za-z0-9_À-\uffff-]", "_", name)
    return word if re.match(rf"(?!{_KEYS})[A-Za-z_À-\uffff]", word) else f"_{word}"


def _type(type_: str) -> str:
    word = re.sub(r"[^A-Za-z0-9_()\[\]-]", "_", type_)
    return word if re.match(rf"(?!{_KEYS})[A-Za-z_]", word) else f"_{word}"


def _quoted(text: str) -> str:
    return '"' + " ".join(re.sub(r'["\\]', "'", text).split()) + '"'
