"""The tree of the terminal: tables with columns, keys and the arrows in and out, then what else there is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import combining, east_asian_width

from dbx.formats.visible import visible
from dbx.rows import Rows
from dbx.schema.listing import KINDS, objects
from dbx.schema.model import ForeignKey, Schema, Table
from dbx.schema.objects import Composite, Enum, Name, Routine
from dbx.schema.writers import Look, of_lines
from dbx.schema.writers.tables import default, exclusion_text, index_text, kept, target

_WIDEST = 32
"""Cells of a name or type that others are aligned to."""


def write(schema: Schema, look: Look) -> Rows:
    """Lines for people: every name is made visible, so that none can break a line or hide."""
    return of_lines(_lines(schema, look))


def _lines(schema: Schema, look: Look) -> Iterator[str]:
    yield _counts(schema)
    incoming: dict[Name, list[tuple[Table, ForeignKey]]] = defaultdict(list)
    for table in schema.tables:
        for key in table.foreign_keys:
            incoming[Name(key.target_table, key.target_schema)].append((table, key))
    belonging: dict[Name, list[str]] = defaultdict(list)
    rest = []
    for kind, found in objects(schema):
        of = getattr(found, "table", None)
        if of is not None:
            belonging[Name(of, found.schema)].append(f"{kind} {_belonging(found)}")
        elif not isinstance(found, Table):
            rest.append((kind, found))
    shown = {Name(table.name, table.schema) for table in schema.tables}
    for table in schema.tables:
        name = Name(table.name, table.schema)
        yield ""
        yield _head(table, look)
        yield from _branches(_parts(table, look, incoming[name], belonging[name]))
    others = [_other(kind, found) for kind, found in rest]
    others += [f"{line} on {_shown(of)}" for of, lines in belonging.items() if of not in shown for line in lines]
    if others:
        yield ""
        yield from others
    if schema.missing:
        yield ""
        yield "not read"
        yield from _branches([f"{each.kind} {_named(each)}: {visible(each.reason)}".strip() for each in schema.missing])


def _counts(schema: Schema) -> str:
    counted = Counter(kind for kind, _ in objects(schema))
    return " · ".join(f"{count:,} {_plural(kind, count)}" for kind, count in counted.items()) or "nothing"


def _plural(kind: str, count: int) -> str:
    word = visible(KINDS.get(kind, kind))
    return word if count == 1 else f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def _head(table: Table, look: Look) -> str:
    notes = [f"~{rows:,} rows"] if (rows := look.estimates.get(Name(table.name, table.schema))) is not None else []
    origins = ", ".join(_shown(parent) for parent in table.parents)
    notes += [f"partition of {origins} {visible(table.bound)}"] if table.bound else []
    notes += [f"inherits {origins}"] if origins and not table.bound else []
    notes += [f"partitioned by {visible(table.partitioning.by)}"] if table.partitioning else []
    notes += [visible(" ".join(filter(None, pair))) for pair in table.options]
    notes += [visible(table.comment)] if table.comment else []
    return " · ".join([f"{visible(KINDS.get(table.kind, table.kind))} {_named(table)}", *notes])


def _parts(
    table: Table, look: Look, incoming: Sequence[tuple[Table, ForeignKey]], belonging: Sequence[str]
) -> Iterator[str]:
    columns = list(kept(table, look.columns))
    names = [visible(column.name) for column in columns]
    types = [visible(column.type) for column in columns]
    width, type_width = _width(names), _width(types)
    alone = {key.columns[0]: key for key in table.foreign_keys if len(key.columns) == 1}
    for column, name, type_ in zip(columns, names, types, strict=True):
        words = [] if column.nullable else ["not null"]
        words += ["key"] if column.name in table.primary_key else []
        words += ["unique"] if any(key.columns == (column.name,) for key in table.unique) else []
        words += [f"= {visible(text)}"] if (text := default(column)) is not None else []
        words += [f"→ {_target(alone[column.name], table, column.name)}"] if column.name in alone else []
        words += [f"-- {visible(column.comment)}"] if column.comment else []
        yield f"{_padded(name, width)}  {_padded(type_, type_width)}  {' '.join(words)}".rstrip()
    if look.columns == "all":
        yield from _constraints(table)
        yield from belonging
    for key in table.foreign_keys:
        if len(key.columns) > 1 or look.columns == "none":
            yield f"({_list(key.columns)}) → {_target(key, table)}"
    yield from (f"← {_from(other, table)}({_list(key.columns)})" for other, key in incoming)


def _constraints(table: Table) -> Iterator[str]:
    if len(table.primary_key) > 1:
        yield f"key ({_list(table.primary_key)})"
    for key in table.unique:
        if len(key.columns) > 1:
            yield f"unique ({_list(key.columns)})"
    for check in table.checks:
        yield f"check ({visible(check.expression)})"
    for exclusion in table.exclusions:
        yield f"exclude {visible(exclusion.name)} {visible(exclusion_text(exclusion))}"
    for index in table.indexes:
        unique = "unique " if index.unique else ""
        yield f"{unique}index {visible(index.name)} {visible(index_text(index))}"


def _branches(lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
    lines = list(lines)
    for line in lines[:-1]:
        yield f"├─ {line}"
    for line in lines[-1:]:
        yield f"└─ {line}"


def _belonging(found: Any) -> str:
    events = " or ".join(getattr(found, "events", ()))
    return visible(" ".join(filter(None, [found.name, getattr(found, "timing", ""), events])))


def _other(kind: str, found: Any) -> str:
    """An object that belongs to no table, with what is most worth knowing of it."""
    details = [visible(str(getattr(found, field, "") or "")) for field in ("type", "subtype", "version", "comment")]
    if isinstance(found, Enum):
        details.append(f"({_list(found.labels)})")
    if isinstance(found, Composite):
        details.append(f"({_list([f'{each.name} {each.type}' for each in found.attributes])})")
    if isinstance(found, Routine):
        details[:0] = [f"({visible(found.arguments)})", f"→ {visible(found.returns)}" if found.returns else ""]
    return " ".join(filter(None, [visible(KINDS.get(kind, kind)), _named(found), *details]))


def _named(found: Any) -> str:
    return _shown(Name(found.name, getattr(found, "schema", None)))


def _shown(name: Name) -> str:
    return visible(name.shown)


def _target(key: ForeignKey, table: Table, column: str | None = None) -> str:
    actions = {"on delete": key.on_delete, "on update": key.on_update}
    words = [f"{event} {action.lower()}" for event, action in actions.items() if action != "NO ACTION"]
    words += [key.deferrable.lower()] if key.deferrable else []
    return " ".join([visible(target(key, table.schema, column)), *words])


def _from(other: Table, home: Table) -> str:
    return _shown(Name(other.name, other.schema if other.schema != home.schema else None))


def _list(names: Sequence[str]) -> str:
    return ", ".join(map(visible, names))


def _width(texts: Sequence[str]) -> int:
    return min(max(map(_cells, texts), default=0), _WIDEST)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _cells(text))


def _cells(text: str) -> int:
    """How many cells of a terminal it takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)
