"""why(q): the joins that an expression never wrote, and what made each what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Alias, Dialect
from sqlalchemy.sql import visitors

from dbx.language.reports.display import laid_out
from dbx.language.select import keys
from dbx.language.select.frame import Followed
from dbx.language.values.kinds import Row
from dbx.rows import Rows

_COLUMNS = ("path", "join", "table", "on", "constraint", "why")


def joins(statement: Any, followed: Sequence[Followed], dialect: Dialect) -> Rows:
    """A row for each foreign key that was followed, in the order they were."""
    present = {part.name for part in visitors.iterate(statement) if isinstance(part, Alias)}
    lines = [
        _line(each, dialect)
        for each in followed
        if each.anchor is None or getattr(each.anchor.selectable, "name", "") in present
    ]
    found = list(dict.fromkeys(lines))
    drawn = "\n".join(_sentence(line) for line in found) or "no joins but those that are written"
    return Rows.of(*_COLUMNS, rows=found).drawn(drawn)


def _line(each: Followed, dialect: Dialect) -> tuple[str | None, ...]:
    key, anchor = each.key, each.anchor
    constraint = key.name or f"({', '.join(key.columns)}) → {key.target_table}"
    path = f"{_path(each.base)}.{each.name}"
    if anchor is None:
        held = ", ".join(key.columns)
        return path, "none", None, None, constraint, f"what is asked of it is {held} itself"
    table = anchor.model.name if anchor.model else "?"
    alias = str(getattr(anchor.selectable, "name", table))
    on = laid_out(str(anchor.on.compile(dialect=dialect))) if anchor.on is not None else None
    kind, reason = _collected(each) if each.collection else _referred(each)
    return path, kind, table if alias == table else f"{table} AS {alias}", on, constraint, reason


def _path(row: Row) -> str:
    if row.via is not None:
        return f"{_path(row.via.base)}.{row.via.name}"
    return str(getattr(row.anchor.selectable, "name", "?")) if row.anchor else "?"


def _referred(each: Followed) -> tuple[str, str]:
    """Along a foreign key: there is one row or none."""
    assert each.anchor is not None
    owner = keys.model(each.base)
    table = owner.name if owner else "?"
    columns = ", ".join(f"{table}.{name}" for name in each.nullable or each.key.columns)
    if each.anchor.left:
        if each.missing:
            return "LEFT JOIN", f"there may be no {_path(each.base)} to begin with; its row stays"
        return "LEFT JOIN", f"{columns} may be NULL; its row stays"
    if each.nullable or each.missing:
        return "JOIN", "a condition is never true without it, so no row is lost by it"
    return "JOIN", f"{columns} is never NULL, so no row is lost"


def _collected(each: Followed) -> tuple[str, str]:
    """Against a foreign key: there may be many rows."""
    assert each.anchor is not None
    base = each.anchor.base
    if base is None or base.frame.home is not each.anchor.frame.home:
        return "subquery", f"one for each {_path(each.base)}, so that nothing is counted twice"
    if each.anchor.left:
        return "LEFT JOIN", "outer(): who has none stays"
    return "JOIN", "a 'for' over it: one row for each, none for who has none"


def _sentence(line: Sequence[str | None]) -> str:
    path, kind, table, on, constraint, reason = line
    return "\n".join(_parts(path, kind, table, on, constraint, reason))


def _parts(*line: str | None) -> Iterator[str]:
    path, kind, table, on, constraint, reason = line
    yield f"{path}: {'no join' if table is None else f'{kind} {table}'}{f' ON {on}' if on else ''}"
    yield f"  {reason} ({constraint})"
