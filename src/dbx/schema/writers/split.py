"""A schema in files: one for each object, by names that stay the same, and the order in which they replay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import takewhile
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from dbx.errors import UsageError
from dbx.schema import serial
from dbx.schema.ddl import is_self_contained, statements
from dbx.schema.listing import FIELDS, objects
from dbx.schema.model import Index, Schema, Table
from dbx.schema.objects import Name, Other, Routine, Sequence
from dbx.schema.writers import Look, markdown, mermaid
from dbx.schema.writers.python import core, orm, package
from dbx.schema.writers.python.module import Source

INDEX = "index.txt"
"""The files in their order, a line each."""

Listed = tuple[tuple[str, Any], str]
"""An object with its kind, and its path."""


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


def write(top: Path, listed: Iterable[File]) -> None:
    """Write files below a directory, and remove those of an earlier time that are no more. Raises UsageError before it
    would write over what is not its own, and OSError."""
    wanted = {file.path: file.data for file in listed}
    own = _earlier(top)
    foreign = [path for path in wanted if path not in own and (top / path).exists()]
    if foreign:
        raise UsageError(
            f"{top / foreign[0]} is there, and no earlier --split has made it", hint="name a new directory"
        )
    for path, data in wanted.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(data)
    for path in own - wanted.keys():
        (top / path).unlink(missing_ok=True)


def _earlier(top: Path) -> set[str]:
    """The files that the index lists, and it."""
    try:
        lines = (top / INDEX).read_text().splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return set()
    inside = {line for line in lines if line and not Path(line).is_absolute() and ".." not in Path(line).parts}
    return {INDEX, *inside} if len(inside) == len(lines) else set()


def _ddl(schema: Schema, look: Look) -> Iterator[File]:
    """Each object with what is said of it, where it is made; what needs others to be there stands where it did, in
    files of its own."""
    listed = list(zip(_in_order(schema), _paths(schema, ".sql"), strict=True))
    texts = list(statements(schema))
    place = {text: number for number, text in reversed(list(enumerate(texts)))}
    if is_self_contained(schema):
        yield from _framed_each(schema, listed, place)
        return
    setting = list(takewhile(lambda text: text.startswith("SET "), texts))
    owner = _owners(schema, listed, place)
    found: dict[str, list[str]] = {}
    between = as_other = ""
    for text in texts[len(setting) :]:
        if "SET SESSION AUTHORIZATION" in text:  # and its RESET: what stands between them is one
            as_other = "" if as_other else text
        path = owner.get(text, "") if not as_other and "SET SESSION" not in text else ""
        if not path:
            if not between or between != next(reversed(found)):
                between = f"between_{sum(each.startswith('between_') for each in found) + 1}.sql"
            path = between
        found.setdefault(path, []).append(text)
    for path, own in found.items():
        yield File(path, _text([*setting, *own]))


def _framed_each(schema: Schema, listed: list[Listed], place: dict[str, int]) -> Iterator[File]:
    """Each under its own settings, in the order in which they are made."""
    last = len(place)
    found = []
    for each, path in listed:
        texts = list(statements(_alone(schema, *each)))
        own = [text for text in texts if not text.startswith(("SET ", "ALTER DATABASE"))]
        found.append((min((place.get(text, last) for text in own), default=last), File(path, _text(texts))))
    yield from (file for _, file in sorted(found, key=itemgetter(0)))


def _owners(schema: Schema, listed: list[Listed], place: dict[str, int]) -> dict[str, str]:
    """The file of each statement that needs no more than stands before its object."""
    alone = {path: list(statements(_alone(schema, *each))) for each, path in listed}
    called = [
        place.get(text, 0) for (_, each), path in listed if isinstance(each, (Routine, Other)) for text in alone[path]
    ]
    found: dict[str, str] = {}
    for (kind, each), path in listed:
        texts = alone[path]
        if isinstance(each, Table):
            before_calls = place.get(next(iter(texts), ""), 0) < max(called, default=0)
            texts = list(statements(_alone(schema, kind, each, _untied(each, before_calls))))
            if each.bound is not None or each.partitioning is not None:
                texts = texts[:1]
        elif isinstance(each, Sequence):
            texts = list(statements(_alone(schema, kind, each, each._replace(owned_by=None))))
        for text in texts:
            found.setdefault(text, path)
    return found


def _untied(table: Table, before_calls: bool) -> Table:
    """A table without what ties it to others: keys, the rows of its query, indexes that may call what comes behind
    it, and checks that are handed down when its children are there."""
    checks = tuple(check for check in table.checks if check.validated and check.enforced)
    kept = tuple(index for index in table.indexes if not (before_calls and _may_call(index)))
    empty = (*table.options, ("with no data", "")) if table.kind == "matview" else table.options
    return table._replace(foreign_keys=(), indexes=kept, options=empty, depends=(), checks=checks)


def _may_call(index: Index) -> bool:
    return index.predicate is not None or any(part.column is None or part.opclass for part in index.parts)


def _in_order(schema: Schema) -> list[tuple[str, Any]]:
    return list(objects(schema))


def _alone(schema: Schema, kind: str, found: Any, instead: Any = None) -> Schema:
    """A schema of one object, or of another one in its place."""
    field = next(field for field, known in FIELDS.items() if any(each is found for each in getattr(schema, field)))
    only: dict[str, Any] = dict.fromkeys(FIELDS, ())
    options = schema.options if is_self_contained(schema) else ()
    return schema._replace(**{**only, field: (instead or found,)}, options=options)


def _text(texts: list[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode("utf-8", "surrogateescape")


def _json(schema: Schema, look: Look) -> Iterator[File]:
    for (_, found), path in zip(_in_order(schema), _paths(schema, ".json"), strict=True):
        yield File(path, serial.encoded(serial.written(found)) + b"\n")


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


def _package(source: Callable[[Schema], Source], schema: Schema, look: Look) -> Iterator[File]:
    return (File(*each) for each in package.files(source(schema)))


_PACKAGES = {"sqlalchemy": partial(_package, core.source), "orm": partial(_package, orm.source)}
_SPLITTERS: dict[str, Callable[[Schema, Look], Iterator[File]]] = {
    "ddl": _ddl,
    "json": _json,
    "markdown": _markdown,
    "mermaid": _mermaid,
    **_PACKAGES,
}


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
