"""SQLite's EXPLAIN QUERY PLAN: lines of words, each with the line it belongs under. It tells no numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbx.dialects.plan import FULL, LOOKUP, ONE, RANGE, WHOLE_INDEX, Plan
from dbx.rows import Cell

SIZE = "SELECT max(_rowid_) FROM {table}"
LASTING = ""
SAYS = False

_TABLE = re.compile(
    r"(?P<node>SCAN|SEARCH) (?:TABLE )?(?P<table>.+?)(?: AS (?P<alias>\S+))?"
    r"(?: USING (?P<index>.+?)(?: \((?P<condition>[^()]*)\))?)?(?: LEFT-JOIN)?"
)
_INDEX = re.compile(r"(?:AUTOMATIC )?(?:PARTIAL )?(?:COVERING )?INDEX ?(?P<name>.*)")
_NO_TABLE = re.compile(r"\d+ CONSTANT ROWS?|CONSTANT ROW")


def asking(server: str, first: str, *, analyze: bool) -> tuple[str, bool]:
    return "EXPLAIN QUERY PLAN", False


def read(rows: Sequence[tuple[Cell, ...]]) -> Plan:
    below: dict[int, list[tuple[int, str]]] = {}
    for number, parent, _, detail in rows:
        below.setdefault(int(parent or 0), []).append((int(number or 0), str(detail)))

    def children(parent: int) -> tuple[Plan, ...]:
        return tuple(_step(detail)._replace(children=children(number)) for number, detail in below.get(parent, ()))

    return Plan("QUERY", children=children(0))


def _step(detail: str) -> Plan:
    found = _TABLE.fullmatch(detail)
    if found is None or _NO_TABLE.fullmatch(found["table"]):
        temporary = detail.startswith("USE TEMP B-TREE") or detail.endswith("USING TEMP B-TREE")
        return Plan(detail, marks=("sorts in a temporary b-tree",) if temporary else ())
    index, condition = found["index"] or "", found["condition"] or ""
    named = _INDEX.fullmatch(index)
    automatic = index.startswith("AUTOMATIC")
    marks = ("makes an index for this one query",) if automatic else ()
    name = "automatic" if automatic else named["name"] if named else "primary key" if "PRIMARY KEY" in index else index
    return Plan(
        found["node"],
        found["table"].removeprefix("main."),
        alias=found["alias"] or "",
        access=_access(found["node"], index, condition),
        by=name,
        condition=condition,
        marks=marks,
    )


def _access(node: str, index: str, condition: str) -> str:
    if node == "SCAN":
        return WHOLE_INDEX if index else FULL
    if "INTEGER PRIMARY KEY" in index and "=" in condition:
        return ONE
    return RANGE if "<" in condition or ">" in condition or not index else LOOKUP
