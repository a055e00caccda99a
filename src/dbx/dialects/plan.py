"""A plan as one tree, whatever server made it. Each dialect's `plan_…` module reads its own server's words into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from dbx.rows import Cell

FULL, WHOLE_INDEX, RANGE, LOOKUP, ONE = "full scan", "index scan", "range", "lookup", "key lookup"
"""How a table is read: all of it, all of an index, a part of an index, the rows of a value, at most one row."""


class Plan(NamedTuple):
    """A step of a plan. `node` is the server's own word, `table` the name or alias it has in the statement, `by` the
    index it is read by.

    `rows` is what the server expected, `actual` what came: both for one of its `loops`. `ms` is the time of all loops,
    with that of the steps below where the server counts so. None is what nobody has told.
    """

    node: str
    table: str = ""
    schema: str | None = None
    alias: str = ""
    access: str = ""
    by: str = ""
    rows: float | None = None
    actual: float | None = None
    loops: float | None = None
    cost: float | None = None
    ms: float | None = None
    condition: str = ""
    marks: tuple[str, ...] = ()
    children: tuple[Plan, ...] = ()


class Plans(Protocol):
    """A module that knows how a kind of server explains.

    `SIZE` asks for about how many rows a {table} has, whose name is {text} inside a string; '' where plans tell.
    `LASTING` asks for the tables on which a change cannot be rolled back; '' where there are none.
    `SAYS`: plans show the conditions that tables are joined by.
    """

    SIZE: str
    SAYS: bool
    LASTING: str

    def asking(self, server: str, first: str, *, analyze: bool) -> tuple[str, bool]:
        """What stands before a statement that begins with the word `first`; whether the answer measures it, too."""

    def read(self, rows: Sequence[tuple[Cell, ...]]) -> Plan:
        """The answer to that."""


def number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
