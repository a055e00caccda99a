r"""\follow: from a row of the last result to the row that it refers to, or to the rows that refer to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dbx.errors import Refused, UsageError
from dbx.formats.cells import written
from dbx.rows import Cell, Outcome, Statement
from dbx.schema import cache
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Name
from dbx.sql.parameters import bind
from dbx.sql.unit import Unit
from dbx.transaction.guard import guarded

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


class _Way(NamedTuple):
    """`columns` of the result hold what `goal_columns` of the goal are equal to. `words` are what it may be called, the
    second tells it from all others."""

    words: tuple[str, ...]
    columns: tuple[str, ...]
    goal: Name
    goal_columns: tuple[str, ...]


def follow(shell: Shell, word: str, row: int) -> Iterator[Outcome]:
    """The rows that `word`, a column or table, leads to from a row (counted from 1) of the last result.

    Raises UsageError where there is no such way, or row; Refused where there are several ways.
    """
    results = shell.results
    if not results.columns:
        raise UsageError("there is no result to follow from")
    if not 1 <= row <= len(results.rows):
        raise UsageError(f"the last result has no row {row}", hint=f"it has {len(results.rows):,}")
    ways = list(_ways(cache.schema(shell.database), results.text, [column.name for column in results.columns]))
    found = [way for way in ways if word in way.words]
    if not found:
        known = sorted({way.words[0] for way in ways})
        hint = f"from here lead {', '.join(known)}" if known else "no foreign key leads from or to these columns"
        raise UsageError(f"'{word}' leads nowhere from this result", hint=hint)
    if len({way[1:] for way in found}) > 1:
        names = sorted(way.words[1] for way in found)
        raise Refused(f"'{word}' leads to several places", hint=f"one of: {', '.join(names)}")
    return _rows(shell, found[0], dict(zip([c.name for c in results.columns], results.rows[row - 1], strict=True)))


def _ways(schema: Schema, text: str, columns: Sequence[str]) -> Iterator[_Way]:
    """Every way that leads on, of the tables that the statement names and whose columns are in the result."""
    words, present = set(re.findall(r"\w+", text)), set(columns)
    named = [table for table in schema.tables if words.issuperset(re.findall(r"\w+", table.name))]
    for table in named:
        for key in table.foreign_keys:
            if present.issuperset(key.columns) and key.target_columns:
                goal = Name(key.target_table, key.target_schema)
                yield _Way(_out_words(table, key.columns, goal), key.columns, goal, key.target_columns)
    for other in schema.tables:
        for key in other.foreign_keys:
            source = next((t for t in named if (t.name, t.schema) == (key.target_table, key.target_schema)), None)
            if source is not None and key.target_columns and present.issuperset(key.target_columns):
                names = (other.name, f"{other.name}.{','.join(key.columns)}")
                yield _Way(names, key.target_columns, Name(other.name, other.schema), key.columns)


def _out_words(table: Table, columns: tuple[str, ...], goal: Name) -> tuple[str, ...]:
    """What the way of a foreign key may be called: its column, also as that of its table, or where it leads."""
    return ",".join(columns), f"{table.name}.{','.join(columns)}", goal.name


def _rows(shell: Shell, way: _Way, row: dict[str, Cell]) -> Iterator[Outcome]:
    values = [row[column] for column in way.columns]
    if None in values:
        raise UsageError(f"{', '.join(way.columns)} is NULL there: it refers to nothing")
    connection = shell.connection
    quoted = connection.dialect.transactions.quoted
    name = ".".join(quoted(part) for part in (way.goal.schema, way.goal.name) if part)
    tests = [f"{quoted(column)} = :v{place}" for place, column in enumerate(way.goal_columns)]
    text = f"SELECT * FROM {name} WHERE {' AND '.join(tests)}"
    given = {f"v{place}": value for place, value in enumerate(values)}
    bound, parameters = bind(text, given, connection.syntax, connection.dialect.marks(connection.raw))
    shown = text
    for name, value in given.items():
        shown = shown.replace(f":{name}", str(value) if isinstance(value, int) else f"'{written(value)}'")
    return guarded(connection, Statement(bound, parameters, display=lambda: shown), Unit("sql", text, ("SELECT",)))
