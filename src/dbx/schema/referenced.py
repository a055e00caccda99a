"""The values that a column can have because it refers to a key: read on demand, and only of tables that are small.

Like all of `Known`, asked by completion at every key, and filled by whoever may use the connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from dbx.schema.model import Column, Table

MOST = 1000
"""Rows of a table whose keys are offered; of a larger one a few would be worth nothing."""
SHOWN = 60
"""Characters of the text beside a key."""

_TELLING = ("name", "title", "label", "caption", "subject", "description")
"""Of what a column's name has to speak for its texts to be shown beside the key: never of passwords or tokens."""


class Goal(NamedTuple):
    """A key that a column refers to, and the column whose text says what it stands for, '' for none."""

    schema: str | None
    table: str
    column: str
    beside: str = ""


def goal(column: Column, table: Table, peek: Callable[[str, str | None], Table | None]) -> Goal | None:
    """What a column of a table refers to, if that is known and is found by an index; `peek` gives a known table."""
    for key in table.foreign_keys:
        if key.columns == (column.name,):
            schema = key.target_schema or table.schema
            target = peek(key.target_table, schema)
            name = (key.target_columns or (target.primary_key if target else ()))[:1]
            if target and (name == target.primary_key or name in target.unique_columns):
                return Goal(schema, key.target_table, name[0], _telling(target, name[0]))
    return None


def _telling(table: Table, key: str) -> str:
    texts = [each.name for each in table.columns if each.family == "str" and not each.hidden and each.name != key]
    return next((name for word in _TELLING for name in texts if word in name.lower()), "")


class Referenced:
    """`wanted` is what to read next. What was read is offered until it is read again, and that is due when `age` was
    called: between two inputs anything may have changed."""

    def __init__(self, asked: Callable[[], object]) -> None:
        self._asked = asked
        self._found: dict[Goal, Mapping[str, str]] = {}
        self._fresh: frozenset[Goal] = frozenset()
        self.wanted: dict[Goal, None] = {}

    def values(self, goal: Goal) -> Mapping[str, str]:
        """Keys, and what stands beside each; as far as that is known, and nothing of a large table."""
        if goal not in self._fresh and goal not in self.wanted:
            self.wanted[goal] = None
            self._asked()
        return self._found.get(goal, {})

    def learn(self, goal: Goal, rows: Sequence[tuple[Any, str | None]]) -> None:
        """The first `MOST` + 1 rows."""
        small = rows if len(rows) <= MOST else ()
        self._found[goal] = {str(key): beside or "" for key, beside in small if not isinstance(key, bytes | None)}
        self._fresh |= {goal}
        self.wanted.pop(goal, None)

    def age(self) -> None:
        self._fresh = frozenset()
        self.wanted = {}


def query(goal: Goal, quoted: Callable[[str], str]) -> str:
    """The SQL of its first rows, as dbx's own dialects read it."""
    column = quoted(goal.column)
    beside = f"substr({quoted(goal.beside)}, 1, {SHOWN})" if goal.beside else "NULL"
    source = ".".join(quoted(name) for name in (goal.schema, goal.table) if name)
    return f"SELECT {column}, {beside} FROM {source} ORDER BY {column} LIMIT {MOST + 1}"
