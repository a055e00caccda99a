"""Graphviz: a box of rows for each table, an arrow from each foreign key to what it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbx.formats.visible import visible
from dbx.rows import Rows
from dbx.schema.model import Schema
from dbx.schema.objects import Name
from dbx.schema.writers import Look, diagram, of_lines
from dbx.schema.writers.diagram import Entity, Field, Link
from dbx.schema.writers.losses import Loss

_COLOURS = {"table": "#dbe7f5", "view": "#e4efdc", "matview": "#e4efdc", "foreign": "#f5ecd6", "virtual": "#f5ecd6"}


def write(schema: Schema, look: Look) -> Rows:
    """One digraph; `dot -Tsvg` draws it."""
    return of_lines(_lines(schema, look))


def losses(schema: Schema, look: Look) -> Iterable[Loss]:
    """What the picture does not show."""
    return diagram.losses(schema, look, "ForeignKey: name target_columns\n")


def _lines(schema: Schema, look: Look) -> Iterator[str]:
    found = diagram.diagram(schema, look)
    nodes = found.aliases()
    yield "digraph schema {"
    yield "    graph [rankdir=LR, nodesep=0.4, ranksep=1.2];"
    yield '    node [shape=plain, fontname="Helvetica", fontsize=10];'
    yield '    edge [fontname="Helvetica", fontsize=8, color="#555555", dir=both];'
    for entity in found.entities:
        yield f"    {nodes[entity.name]} [label=<"
        yield from (f"        {line}" for line in _box(entity))
        yield f"    >, tooltip={_quoted(entity.name.shown)}];"
    for link in found.links:
        yield f"    {_end(link, nodes, found.entities)};"
    yield "}"


def _box(entity: Entity) -> Iterator[str]:
    colour = _COLOURS.get(entity.table.kind, "#eeeeee")
    kind = "" if entity.table.kind == "table" else f" <i>({entity.table.kind})</i>"
    yield '<table border="0" cellborder="1" cellspacing="0" cellpadding="4">'
    yield f'<tr><td port="head" bgcolor="{colour}" colspan="3"><b>{_html(entity.name.shown)}</b>{kind}</td></tr>'
    if entity.table.comment:
        yield f'<tr><td colspan="3" align="left"><i>{_html(entity.table.comment)}</i></td></tr>'
    for number, field in enumerate(entity.fields, 1):
        yield _row(number, field)
    yield "</table>"


def _row(number: int, field: Field) -> str:
    column = field.column
    name = f"<b>{_html(column.name)}</b>" if "PK" in field.keys else _html(column.name)
    type_ = _html(column.type) + ("" if column.nullable else " not null")
    keys = " ".join(field.keys)
    note = f"<br/><i>{_html(column.comment)}</i>" if column.comment else ""
    return (
        f'<tr><td port="c{number}" align="left">{name or " "}{note}</td><td align="left">{type_ or " "}</td>'
        f'<td port="e{number}" align="left">{keys or " "}</td></tr>'
    )


def _end(link: Link, nodes: dict[Name, str], entities: Iterable[Entity]) -> str:
    fields = {entity.name: [field.column.name for field in entity.fields] for entity in entities
              if entity.name in (link.child, link.parent)}  # fmt: skip
    start = _port(nodes[link.child], fields[link.child], link.key.columns, "e", "e")
    end = _port(nodes[link.parent], fields[link.parent], link.key.target_columns, "c", "w")
    tail = "crow" if link.many else "teeodot"
    head = "teeodot" if link.optional else "tee"
    label = f", edgetooltip={_quoted(link.key.name)}, label={_quoted(link.key.name)}" if link.key.name else ""
    return f"{start} -> {end} [arrowtail={tail}, arrowhead={head}{label}]"


def _port(node: str, names: list[str], columns: tuple[str, ...], letter: str, side: str) -> str:
    if len(columns) != 1 or columns[0] not in names:
        return f"{node}:head:{side}"
    return f"{node}:{letter}{names.index(columns[0]) + 1}:{side}"


def _html(text: str) -> str:
    safe = visible(text) or " "
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _quoted(text: str) -> str:
    return '"' + visible(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
