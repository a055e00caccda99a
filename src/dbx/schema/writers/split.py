"""A schema in files: one for each object, by names that stay the same, and the order in which they replay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dbx.errors import UsageError
from dbx.schema import serial
from dbx.schema.ddl import statements
from dbx.schema.listing import FIELDS, objects
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Name
from dbx.schema.writers import Look, markdown, mermaid

INDEX = "index.txt"
"""The files in their order, a line each."""

_REST = "rest.sql"


class File(NamedTuple):
    path: str
    data: bytes


def files(name: str, schema: Schema, look: Look) -> Iterator[File]:
    """The files of `-f name`, the index last. Raises UsageError for a format that has no parts."""
    if name not in _SPLITTERS:
        raise UsageError(f"--split: {name} is one file", hint=f"with --split: {', '.join(_SPLITTERS)}")
    listed = list(_SPLITTERS[name](schema, look))
    yield from listed
    yield File(INDEX, "".join(f"{each.path}\n" for each in listed).encode())


def _ddl(schema: Schema, look: Look) -> Iterator[File]:
    """Each object with what is said of it; what needs others to be there first stands in one file behind all."""
    paths = _paths(schema, ".sql")
    if schema.dialect in ("mysql", "mariadb"):
        for each, path in zip(_in_order(schema), paths, strict=True):
            yield File(path, _text(list(statements(_alone(schema, *each)))))
        return
    owner: dict[str, str] = {}
    for (kind, found), path in zip(_in_order(schema), paths, strict=True):
        for statement in statements(_alone(schema, kind, found)):
            owner.setdefault(statement, path)
    family = _families(schema)
    parts: dict[str, list[str]] = {}
    rest = []
    for statement in statements(schema):
        path = owner.get(statement, "")
        if not path or _is_late(statement) or (path in family and not statement.startswith("CREATE TABLE")):
            rest.append(statement)
        else:
            parts.setdefault(path, []).append(statement)
    setting = ["SET check_function_bodies = off;"] if schema.dialect == "postgresql" else []
    for path, texts in parts.items():
        yield File(path, _text([*setting, *[text for text in texts if text not in setting]]))
    if rest := [text for text in rest if text not in setting]:
        yield File(_REST, _text(rest))


_LATE = re.compile(
    r"ALTER TABLE (?:ONLY )?.* (?:ADD CONSTRAINT .* FOREIGN KEY|ATTACH PARTITION) |ALTER SEQUENCE .* OWNED BY |REFRESH "
    r"|ALTER DEFAULT PRIVILEGES |CREATE EVENT TRIGGER |ALTER EVENT TRIGGER |ALTER INDEX .* ATTACH ",
    re.DOTALL,
)


def _is_late(statement: str) -> bool:
    return _LATE.match(statement) is not None


def _families(schema: Schema) -> set[str]:
    """The files of partitioned tables and partitions: what is said of one may need the others."""
    pairs = zip(_in_order(schema), _paths(schema, ".sql"), strict=True)
    return {path for (_, found), path in pairs
            if isinstance(found, Table) and (found.bound is not None or found.partitioning is not None)}  # fmt: skip


def _in_order(schema: Schema) -> list[tuple[str, Any]]:
    return list(objects(schema))


def _alone(schema: Schema, kind: str, found: Any) -> Schema:
    """A schema of one object."""
    field = next(field for field, known in FIELDS.items() if any(each is found for each in getattr(schema, field)))
    only: dict[str, Any] = dict.fromkeys(FIELDS, ())
    options = schema.options if schema.dialect in ("mysql", "mariadb") else ()
    return schema._replace(**{**only, field: (found,)}, missing=(), options=options)


def _text(texts: list[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode("utf-8", "surrogateescape")


def _json(schema: Schema, look: Look) -> Iterator[File]:
    for (_, found), path in zip(_in_order(schema), _paths(schema, ".json"), strict=True):
        yield File(path, serial.encoded(serial.line(found)) + b"\n")


def _markdown(schema: Schema, look: Look) -> Iterator[File]:
    """A page for each table with what belongs to it, and one with the diagrams and the rest."""
    for (_, found), path in zip(_in_order(schema), _paths(schema, ".md"), strict=True):
        if isinstance(found, Table):
            yield File(path, _page(markdown.page(found, schema, look)))
    yield File("README.md", _page(markdown.rest(schema, look)))


def _page(lines: Iterator[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).lstrip("\n").encode("utf-8", "replace")


def _mermaid(schema: Schema, look: Look) -> Iterator[File]:
    for number, text in enumerate(mermaid.diagrams(schema, look), 1):
        yield File(f"diagram_{number}.mmd", f"{text}\n".encode("utf-8", "replace"))


_SPLITTERS = {"ddl": _ddl, "json": _json, "markdown": _markdown, "mermaid": _mermaid}


# --- names of files --------------------------------------------------------------------------------------------------


def _paths(schema: Schema, suffix: str) -> list[str]:
    """A path for each object: kind/schema.name, made of what every file system takes; equal ones get a number."""
    used: dict[str, int] = {}
    found = []
    for kind, each in _in_order(schema):
        name = Name(each.name, getattr(each, "schema", None)).shown
        name += f" on {each.table}" if getattr(each, "table", None) else ""
        safe = re.sub(r"[^\w.$@+-]", "_", name).strip(".")[:100] or "_"
        path = f"{re.sub(r'[^a-z]', '_', kind)}/{safe}"
        used[path.lower()] = number = used.get(path.lower(), 0) + 1
        found.append(f"{path}{f'~{number}' if number > 1 else ''}{suffix}")
    return found
