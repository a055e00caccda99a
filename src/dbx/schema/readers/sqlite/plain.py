"""Tables that are written plainly, read from their CREATE statements alone: of thousands of tables SQLite's pragmas
take three times as long as SQLite takes to read the whole schema.

The grammar is small and strict. A text that is not of it from the first character to the last is left to the pragmas
(see `facts`), and so is a table with such an index. Every item of a list is closed in itself (quotes, parentheses, no
comment), so the commas between them are the list's.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, NamedTuple

from dbx.schema.model import Column, Index, Key, Part
from dbx.schema.text.sqlite import unquoted
from dbx.schema.types import families

KNOWN = sqlite3.sqlite_version_info >= (3, 37)
"""Older ones tell the standard types as they are written."""

_NAME = r'(?:[A-Za-z_]\w*|"[^"]+"|`[^`]+`|\[[^\]]+\])'
_NAMES = rf"\(\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*\)"
_ACTIONS = r"((?:\s+on\s+(?:delete|update)\s+(?:cascade|restrict|set\s+null|set\s+default|no\s+action))*)"
_REFERENCES = rf"references\s+({_NAME})(?:\s*{_NAMES})?{_ACTIONS}"
_NO_TYPE = (
    "always|as|asc|autoincrement|check|collate|conflict|constraint|default|deferrable|desc|foreign|generated|initially"
    "|key|not|null|on|primary|references|stored|unique|virtual"
)
_TYPE_WORD = rf"(?!(?:{_NO_TYPE})\b)[A-Za-z_]\w*"
_TYPE = rf"{_TYPE_WORD}(?: {_TYPE_WORD})*(?: ?\(\d+(?:, ?\d+)?\))?"
_LITERAL = r"'(?:[^']|'')*'|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|null|true|false|current_(?:date|timestamp|time)"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


_TABLE = _compiled(rf"create table {_NAME}\s*\(([\s\S]*)\)\s*")
_INDEX = _compiled(rf"create (unique )?index {_NAME}\s+on\s+{_NAME}\s*\(([^()]*)\)\s*")
_COLUMN = _compiled(rf"({_NAME})(?:\s+({_TYPE}))?(?=\s|\Z)")
_OF_COLUMN = _compiled(
    rf"\s+(?:(not\s+null)|null|(primary\s+key(\s+autoincrement)?)|(unique)|default\s+({_LITERAL})|{_REFERENCES})(?=\s|\Z)"
)
_CONSTRAINT = _compiled(
    rf"(?:constraint\s+({_NAME})\s+)?(?:(?:(primary\s+key)|unique)\s*{_NAMES}|foreign\s+key\s*{_NAMES}\s*{_REFERENCES})"
)
_OF_TABLES = _compiled(r"(?:constraint|primary|unique|check|foreign)\b")
_ACTION = _compiled(r"on\s+(delete|update)\s+(\w+(?:\s+(?:null|default|action))?)")
_PART = _compiled(rf"({_NAME})(?:\s+(?:asc|(desc)))?")

_STANDARD = ("ANY", "BLOB", "INT", "INTEGER", "REAL", "TEXT")

_family = cache(families.family)


class Foreign(NamedTuple):
    """A foreign key as it is written. `targets` () is the target's primary key."""

    name: str
    columns: tuple[str, ...]
    target: str
    targets: tuple[str, ...]
    on_update: str
    on_delete: str


class _Unique(NamedTuple):
    """A key that is written for the table."""

    name: str
    primary: bool
    columns: tuple[str, ...]


class _Item(NamedTuple):
    """What stands between two commas: a column with what is written at it, or a constraint of the table."""

    column: Column | None
    lower: str
    constraints: tuple[Foreign | _Unique, ...]


class Plain(NamedTuple):
    """A table without its name; what its foreign keys lead to is not known here."""

    columns: tuple[Column, ...]
    primary: Key | None
    unique: tuple[Key, ...]
    foreign_keys: tuple[Foreign, ...]
    indexes: tuple[Index, ...]


def table(sql: str, indexes: Iterable[tuple[str, str]]) -> Plain | None:
    """What a CREATE TABLE and the CREATE INDEX statements of it (name and text) make; None if any is not plain."""
    found = _TABLE.fullmatch(sql)
    if not found or not sql.isascii():
        return None
    columns: list[Column] = []
    names: dict[str, str] = {}
    constraints: list[Foreign | _Unique] = []
    held = ""
    for piece in found[1].split(","):
        held = f"{held},{piece}" if held else piece
        item = _item(held)
        if item is None:
            if _is_closed(held):
                return None
            continue  # the comma was one within parentheses or quotes
        held = ""
        if item.column:
            columns.append(item.column)
            names[item.lower] = item.column.name
        constraints += item.constraints
    try:
        declared = set(names.values())
        constraints = [each if declared.issuperset(each.columns) else _declared(each, names) for each in constraints]
        made = tuple([_index(name, text, names) for name, text in indexes])
    except KeyError:  # no column, or not plain
        return None
    return None if held else _table(columns, constraints, made)


def _table(columns: list[Column], constraints: list[Foreign | _Unique], indexes: tuple[Index, ...]) -> Plain | None:
    keys = [each for each in constraints if type(each) is _Unique]
    if len({frozenset(key.columns) for key in keys}) < len(keys):
        return None  # SQLite makes one of two
    primary = next((key for key in keys if key.primary), None)
    if primary and len(primary.columns) == 1:
        at = next(at for at, column in enumerate(columns) if column.name == primary.columns[0])
        columns[at] = _as_key(columns[at])
    return Plain(
        tuple(columns),
        _key(primary) if primary else None,
        tuple([_key(key) for key in keys if not key.primary]),
        tuple([each for each in constraints if type(each) is Foreign]),
        indexes,
    )


def _declared(constraint: Any, names: dict[str, str]) -> Any:
    """The constraint with its columns as the table writes them. Raises KeyError."""
    return constraint._replace(columns=tuple([names[name.lower()] for name in constraint.columns]))


def _is_closed(text: str) -> bool:
    return text.count("(") == text.count(")") and text.count("'") % 2 == 0


@lru_cache(4096)
def _item(text: str) -> _Item | None:
    """Many tables have the same columns."""
    text = text.strip()
    if not _OF_TABLES.match(text):
        return _column(text)
    constraint = _constraint(text)
    return _Item(None, "", (constraint,)) if constraint else None


def _constraint(text: str) -> _Unique | Foreign | None:
    found = _CONSTRAINT.fullmatch(text)
    if not found:
        return None
    name, primary, unique, foreign, target, targets, actions = found.groups()
    name = unquoted(name) if name else ""
    if unique:
        return _Unique(name, bool(primary), _names(unique))
    return _foreign(name, _names(foreign), target, targets, actions)


def _foreign(name: str, columns: tuple[str, ...], target: str, targets: str | None, actions: str) -> Foreign:
    said = {event.lower(): " ".join(action.upper().split()) for event, action in _ACTION.findall(actions)}
    return Foreign(
        name,
        columns,
        unquoted(target),
        _names(targets) if targets else (),
        said.get("update", "NO ACTION"),
        said.get("delete", "NO ACTION"),
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple([unquoted(name.strip()) for name in _LISTED.findall(text)])


_LISTED = _compiled(_NAME)


def _column(text: str) -> _Item | None:
    head = _COLUMN.match(text)
    if not head:
        return None
    name, type_, at = unquoted(head[1]), head[2] or "", head.end()
    type_ = type_.upper() if type_.upper() in _STANDARD else type_
    column = Column(name, type_, family=_family(type_, "sqlite"))
    constraints: list[Foreign | _Unique] = []
    while at < len(text):
        found = _OF_COLUMN.match(text, at)
        if not found:
            return None
        not_null, primary, counted, unique, default, target, targets, actions = found.groups()
        if not_null:
            column = column._replace(nullable=False)
        elif primary or unique:
            constraints.append(_Unique("", bool(primary), (name,)))
        elif default:
            column = column._replace(default=default)
        elif target:
            constraints.append(_foreign("", (name,), target, targets, actions))
        if counted:
            column = column._replace(options=(("autoincrement", ""),))
        at = found.end()
    return _Item(column, name.lower(), tuple(constraints))


@lru_cache(4096)
def _as_key(column: Column) -> Column:
    """The whole primary key. An INTEGER is the rowid: never NULL, and given by SQLite."""
    return column._replace(nullable=False, automatic=True) if column.type == "INTEGER" else column


def _key(key: _Unique) -> Key:
    return Key(key.name, tuple([_part(name, False) for name in key.columns]))


_part = lru_cache(4096)(lambda name, descending: Part(name, None, descending))


def _index(name: str, sql: str, names: dict[str, str]) -> Index:
    """Raises KeyError for one that is not plain."""
    found = _INDEX.fullmatch(sql)
    if not found or not sql.isascii():
        raise KeyError(name)
    parts = tuple([_part(names[lower], descending) for lower, descending in _parts(found[2])])
    return Index(name, parts, found[1] is not None, definition=sql)


@lru_cache(4096)
def _parts(text: str) -> list[tuple[str, bool]]:
    """Names in lower case, and whether they are descending. Raises KeyError as _index."""
    found = [_PART.fullmatch(each.strip()) for each in text.split(",")]
    if None in found:
        raise KeyError(text)
    return [(unquoted(each[1]).lower(), bool(each[2])) for each in found if each]
