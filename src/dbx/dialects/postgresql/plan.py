"""PostgreSQL's EXPLAIN (FORMAT JSON)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dbx.dialects.plan import FULL, LOOKUP, ONE, RANGE, WHOLE_INDEX, Plan, number
from dbx.rows import Cell

SIZE = "SELECT reltuples FROM pg_class WHERE oid = to_regclass('{text}')"
LASTING = ""
SAYS = True

_CONDITIONS = ("Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "TID Cond", "Join Filter", "Filter")


def asking(server: str, first: str, *, analyze: bool) -> tuple[str, bool]:
    return f"EXPLAIN (FORMAT JSON, VERBOSE{', ANALYZE' if analyze else ''})", analyze


def read(rows: Sequence[tuple[Cell, ...]]) -> Plan:
    (found,) = json.loads(str(rows[0][0]))
    triggers = tuple(
        Plan(f"Trigger {each['Trigger Name']}", each.get("Relation", ""), loops=number(each.get("Calls")),
             ms=number(each.get("Time")))
        for each in found.get("Triggers", ())
    )  # fmt: skip
    root = _step(found["Plan"])
    return root._replace(children=(*root.children, *triggers))


def _step(found: Mapping[str, Any]) -> Plan:
    loops, time = number(found.get("Actual Loops")), number(found.get("Actual Total Time"))
    name = found["Node Type"]
    if found.get("Join Type", "Inner") != "Inner":
        name = f"{name} {found['Join Type']}"
    if "Subplan Name" in found:
        name = f"{found['Subplan Name']}: {name}"
    table = found.get("Relation Name") or found.get("CTE Name") or found.get("Function Name") or ""
    return Plan(
        name,
        table,
        schema=found.get("Schema"),
        alias=found.get("Alias", "") if found.get("Alias") != table else "",
        access=_access(found),
        by=found.get("Index Name", ""),
        rows=number(found.get("Plan Rows")),
        actual=number(found.get("Actual Rows")) if loops else 0.0 if loops == 0 else None,
        loops=loops,
        cost=number(found.get("Total Cost")),
        ms=time * loops if time is not None and loops is not None else None,
        condition=" and ".join(found[key] for key in _CONDITIONS if key in found),
        marks=tuple(_marks(found)),
        children=tuple(map(_step, found.get("Plans", ()))),
    )


def _access(found: Mapping[str, Any]) -> str:
    name, condition = found["Node Type"], found.get("Index Cond", "")
    if name == "Seq Scan":
        return FULL
    if name == "Bitmap Heap Scan":
        return LOOKUP
    if name not in ("Index Scan", "Index Only Scan", "Bitmap Index Scan"):
        return ""
    if not condition:
        return WHOLE_INDEX
    if " = " not in condition:
        return RANGE
    return ONE if found.get("Plan Rows") == 1 else LOOKUP


def _marks(found: Mapping[str, Any]) -> list[str]:
    marks = []
    if found.get("Sort Space Type") == "Disk":
        marks.append(f"sorts on disk, {found.get('Sort Space Used', 0):,} kB")
    if found.get("Hash Batches", 1) > 1:
        marks.append(f"hashes on disk, in {found['Hash Batches']:,} parts")
    if found.get("Disk Usage", 0) > 0:
        marks.append(f"groups on disk, {found['Disk Usage']:,} kB")
    return marks
