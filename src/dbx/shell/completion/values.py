"""The values that a column can have: as far as the schema says so, which is labels of an enum, truth values, and the
lists of CHECK constraints; and the keys that a foreign key leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbx.schema import referenced
from dbx.schema.known import Known
from dbx.schema.model import Column, Table
from dbx.shell.completion.matching import rank

_STRING = re.compile(r"'((?:[^']|'')*)'")
_MEMBERS = re.compile(r"\s*(?:enum|set)\s*\(", re.IGNORECASE)
_MOST = 200


def fitting(word: str, column: Column, table: Table | None, known: Known) -> Iterator[tuple[str, str]]:
    """(value, what it is) of those that a word may mean, the likeliest first: 1 · AC/DC, for "1" and for "ac"."""
    for value in values(column, table, known):
        if rank(word, value):
            yield value, column.name
    goal = referenced.goal(column, table, known.peek) if table is not None else None
    keys = known.referenced.values(goal) if goal else {}
    levels = [(rank(word, key), key) for key in keys]
    for level in (1, 2, 3):
        yield from ((key, keys[key] or column.name) for found, key in levels if found == level)
    if word:
        yield from ((key, keys[key]) for found, key in levels if not found and keys[key] and rank(word, keys[key]))


def values(column: Column, table: Table | None, known: Known) -> tuple[str, ...]:
    """Texts, without quotes; of a boolean 'true' and 'false'. () when nothing is known."""
    if column.family == "bool":
        return ("true", "false")
    if _MEMBERS.match(column.type):
        return _strings(column.type)
    schema, _, name = column.type.rpartition(".")
    bare = name.strip('"')
    for each in known.enums.values() if known.enums and column.family in ("enum", "unknown") else ():
        if each.name == bare and (not schema or each.schema == schema.strip('"')):
            return each.labels[:_MOST]
    return _checked(column, table) if table is not None else ()


def is_text(column: Column) -> bool:
    """Whether its values are written between quotes."""
    return column.family not in ("bool", "int", "decimal", "float")


def _checked(column: Column, table: Table) -> tuple[str, ...]:
    """The list of `CHECK (status IN ('new', 'paid'))`, which PostgreSQL writes `= ANY (ARRAY['new'::text, …])`."""
    name = re.escape(column.name)
    listed = re.compile(
        rf"[(\s\"`\[]*{name}[\"`\])]*(?:::[\w\s\"]+)?\)*\s*(?:in\s*\(|=\s*any\s*\(+\s*array\s*\[)(?P<list>[^\[\]]*?)[\])]+(?:::[\w\s\[\]]+)?\)*\s*$",
        re.IGNORECASE,
    )
    for check in table.checks:
        if found := listed.match(check.expression):
            return _strings(found["list"])
    return ()


def _strings(text: str) -> tuple[str, ...]:
    return tuple([found.replace("''", "'") for found in _STRING.findall(text)][:_MOST])
