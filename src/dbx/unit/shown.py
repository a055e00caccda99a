"""Objects and statements for people: nothing here asks the server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from dbx.rows import Cell, Column, Rows
from dbx.unit.log import Lazy, Sent
from dbx.unit.models import Model, Models

EXPIRED = "<expired>"
"""What stands for a value that is read from the server when it is next looked at."""


def state(instance: Any) -> str:
    """SQLAlchemy's word for where an object stands."""
    found: Any = inspect(instance)
    if found.persistent:
        session = found.session
        if instance in session.deleted:
            return "to be deleted"
        return "dirty" if found.modified and session.is_modified(instance) else "persistent"
    states = ("pending", "deleted", "detached", "transient")
    return next(name for name in states if getattr(found, name))


def label(models: Models, instance: Any) -> str:
    """track 1; of a new object, which has no key: new track 1, the first that was added."""
    found: Any = inspect(instance)
    model = models.of(instance)
    name = model.table.name
    if found.identity is not None:
        return f"{name} {', '.join(map(_text, found.identity))}"
    if found.pending:
        same = [inspect(each) for each in found.session.new if type(each) is type(instance)]
        same.sort(key=lambda each: each.insert_order or 0)
        return f"new {name} {same.index(found) + 1}"
    return f"{name} (not in the Session)"


def items(models: Models, found: Sequence[Any], model: Model | None = None) -> Rows:
    """Objects of one class by their attributes, with their state; anything else by its value. None at all: as if of
    `model`."""
    if not found and model is not None:
        return _objects(model, found)
    if (
        found
        and all(hasattr(each, "_sa_instance_state") for each in found)
        and len({type(each) for each in found}) == 1
    ):
        return _objects(models.of(found[0]), found)
    if found and all(isinstance(each, tuple) for each in found):
        names = [name or f"value_{number}" for number, (name, _) in enumerate(found[0], 1)]
        return Rows.of(*names, rows=[tuple(cell(models, value) for _, value in each) for each in found])
    return Rows.of("value", rows=[(cell(models, each),) for each in found])


def _objects(model: Model, found: Sequence[Any]) -> Rows:
    attributes = list(model.attributes.values())
    kinds = {
        name: "number" if model.families.get(name) in ("int", "decimal", "float") else "text" for name in attributes
    }
    named = [Column(name, "", kinds[name], origin) for origin, name in model.attributes.items()]
    columns = [Column("state", kind="remark"), *named]
    return Rows.of(*columns, rows=[(state(each), *_values(each, attributes)) for each in found])


def _values(instance: Any, attributes: Iterable[str]) -> list[Cell]:
    found: Any = inspect(instance)
    absent = EXPIRED if found.has_identity else None
    return [plain(found.dict[name]) if name in found.dict else absent for name in attributes]


def cell(models: Models, value: Any) -> Cell:
    if hasattr(value, "_sa_instance_state"):
        return label(models, value)
    if isinstance(value, list):
        return f"[{', '.join(str(cell(models, each)) for each in value)}]"
    return plain(value)


def plain(value: Any) -> Cell:
    """A Python value as text, much as the server has it."""
    if value is None or isinstance(value, (str, bytes)):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, default=str, ensure_ascii=False)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _text(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


# --- what is not written yet -----------------------------------------------------------------------------------------

CHANGES = ("object", "state", "attribute", "before", "after")


def unwritten(session: Session) -> list[Any]:
    """The objects that a flush would look at: new ones, changed ones, and those to be deleted."""
    new = sorted(session.new, key=lambda each: inspect(each).insert_order or 0)
    dirty = [each for each in session.dirty if session.is_modified(each)]
    return [*new, *dirty, *session.deleted]


def changes(models: Models, instance: Any) -> list[tuple[Cell, ...]]:
    """Attribute by attribute, before and after."""
    name, stands = label(models, instance), state(instance)
    if stands == "to be deleted":
        return [(name, stands, None, None, None)]
    found: Any = inspect(instance)
    rows: list[tuple[Cell, ...]] = []
    for attribute in found.attrs:
        history = attribute.history
        if not history.has_changes():
            continue
        if attribute.key in found.mapper.relationships and found.mapper.relationships[attribute.key].uselist:
            rows += [(name, stands, attribute.key, cell(models, each), None) for each in history.deleted]
            rows += [(name, stands, attribute.key, None, cell(models, each)) for each in history.added]
            continue
        before = cell(models, history.deleted[0]) if history.deleted else None
        if not history.deleted and stands == "dirty":
            before = "<not loaded>"
        rows.append((name, stands, attribute.key, before, cell(models, history.added[0]) if history.added else None))
    return rows or [(name, stands, None, None, None)]


# --- statements ------------------------------------------------------------------------------------------------------


def one_line(text: str) -> str:
    return " ".join(text.split())


_COLUMNS = re.compile(r"^(SELECT (?:DISTINCT )?)([^(]*?, [^(]*?, [^(]*?)( FROM )")


def short(text: str) -> str:
    """On one line, and of many columns only the first."""

    def first(found: re.Match[str]) -> str:
        columns = found[2].split(", ")
        return f"{found[1]}{columns[0]}, … {len(columns) - 1} more{found[3]}"

    return _COLUMNS.sub(first, one_line(text))


def parameters(found: Any) -> str:
    """As JSON, in which what is not known yet stands as what it will be."""
    values = list(found.values()) if isinstance(found, dict) else list(found or ())
    if isinstance(found, dict):
        return json.dumps({name: _written(value) for name, value in found.items()}, ensure_ascii=False)
    return json.dumps([_written(value) for value in values], ensure_ascii=False)


def _written(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    written = plain(value)
    return f"\\x{written.hex()}" if isinstance(written, bytes) else written


def sent(statements: Sequence[Sent]) -> list[str]:
    """A line for each statement. Those that only read, and differ in their parameters alone, are one."""
    groups: dict[object, list[Sent]] = {}
    for number, each in enumerate(statements):
        groups.setdefault((each.text, each.cause) if each.text.startswith("SELECT") else number, []).append(each)
    lines = []
    for alike in groups.values():
        text, cause = alike[0].text, alike[0].cause
        times = f"{len(alike):,} × " if len(alike) > 1 else ""
        values = "" if len(alike) > 1 or not alike[0].parameters else f" · {_sets(alike[0].parameters)}"
        lines.append(f"{times}{short(text)}{values}" + (f" · {cause}" if cause else ""))
    return lines


def _sets(found: Any) -> str:
    if isinstance(found, list):
        return f"{len(found):,} × " + parameters(found[0])
    return parameters(found)


def cure(asked: Model | None, lazy: Lazy, count: int) -> str:
    """What would have loaded an attribute for all objects together."""
    told = f"N+1: {lazy.owner}.{lazy.attribute} was loaded {count:,} times, for one object after another"
    path = _path(asked, lazy) if asked is not None else ""
    if asked is None or not path:
        return f"{told}; selectinload='{lazy.attribute}' in the query loads it for all at once"
    return f"{told}; {asked.table.name}.all(…, selectinload='{path}') loads it for all at once"


def _path(asked: Model, lazy: Lazy) -> str:
    """The way from the class that was asked for to the attribute, along what was looked at."""
    pending: list[tuple[Any, tuple[str, ...]]] = [(asked.mapper, ())]
    seen = set()
    while pending:
        mapper, way = pending.pop(0)
        if mapper.class_.__name__ == lazy.owner:
            return ".".join((*way, lazy.attribute))
        if mapper in seen or len(way) > 4:
            continue
        seen.add(mapper)
        pending += [(each.mapper, (*way, each.key)) for each in mapper.relationships]
    return ""
