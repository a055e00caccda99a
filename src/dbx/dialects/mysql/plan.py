"""How MySQL and MariaDB explain: JSON, which both write much alike, and MySQL's tree of lines, which measures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dbx.dialects.plan import FULL, LOOKUP, ONE, RANGE, WHOLE_INDEX, Plan, number
from dbx.rows import Cell

SIZE = ""
SAYS = True
# A trigger may write to whatever there is, so with one table that takes nothing back no table with a trigger does.
_LASTING = """FROM information_schema.tables t JOIN information_schema.engines e ON e.engine = t.engine
WHERE t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND coalesce(e.transactions, 'NO') <> 'YES'
AND t.table_schema NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')"""
LASTING = (
    f"SELECT t.table_name {_LASTING} UNION SELECT g.event_object_table FROM information_schema.triggers g"
    f" WHERE EXISTS (SELECT 1 {_LASTING})"
)

_READS = ("SELECT", "WITH", "TABLE", "VALUES")
_ACCESS = {
    "ALL": FULL, "index": WHOLE_INDEX, "range": RANGE, "index_merge": RANGE, "ref": LOOKUP, "ref_or_null": LOOKUP,
    "fulltext": LOOKUP, "index_subquery": LOOKUP, "eq_ref": ONE, "const": ONE, "system": ONE, "unique_subquery": ONE,
}  # fmt: skip
_NO_STEPS = ("cost_info", "query_optimization", "r_engine_stats", "rowid_filter", "buffer_type", "range_checked")
_SORTS = ("filesort", "read_sorted_file")


def asking(server: str, first: str, *, analyze: bool) -> tuple[str, bool]:
    if server.startswith("MariaDB"):
        return ("ANALYZE FORMAT=JSON" if analyze else "EXPLAIN FORMAT=JSON"), analyze
    if first in _READS:
        return ("EXPLAIN ANALYZE" if analyze else "EXPLAIN FORMAT=TREE"), analyze
    return "EXPLAIN FORMAT=JSON", False


def read(rows: Sequence[tuple[Cell, ...]]) -> Plan:
    text = str(rows[0][0])
    if not text.lstrip().startswith("{"):
        return _tree(text)
    (root,) = _steps(json.loads(text))
    return root


# --- JSON ------------------------------------------------------------------------------------------------------------


def _steps(content: Mapping[str, Any]) -> Iterator[Plan]:
    """The steps within an object: whatever holds further objects is one, but for facts about the step itself."""
    for key, value in content.items():
        if key in _NO_STEPS:
            continue
        if key == "nested_loop":
            inner = tuple(step for each in value for step in _steps(each))
            yield from inner if len(inner) == 1 else [Plan("nested loop", children=inner)]
        elif isinstance(value, dict):
            yield _table(value) if "table_name" in value and key == "table" else _container(key, value)
        elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            yield Plan(_words(key), children=tuple(step for each in value for step in _steps(each)))


def _words(key: str) -> str:
    return "query" if key == "query_block" else key.replace("_", " ")


def _container(key: str, found: Mapping[str, Any]) -> Plan:
    marks = ["sorts"] if key in _SORTS or found.get("using_filesort") else []
    marks += ["sorts on disk"] if found.get("r_sort_passes") else []
    marks += ["makes a temporary table"] if key == "temporary_table" or found.get("using_temporary_table") else []
    return Plan(
        found.get("message") or _words(key),
        rows=None,
        actual=_rows(found, "r_rows", "r_output_rows"),
        loops=number(found.get("r_loops")),
        cost=_cost(found),
        ms=number(found.get("r_total_time_ms")),
        condition=found.get("attached_condition") or found.get("having_condition") or found.get("sort_key") or "",
        marks=tuple(marks),
        children=tuple(_steps(found)),
    )


def _table(found: Mapping[str, Any]) -> Plan:
    access, index = found.get("access_type", ""), found.get("key", "")
    times = [number(found.get(key)) for key in ("r_table_time_ms", "r_other_time_ms")]
    condition = found.get("attached_condition", "")
    if found.get("ref"):
        pairs = zip(found.get("used_key_parts", ()), found["ref"], strict=False)
        condition = " and ".join([*(f"{part} = {value}" for part, value in pairs), *filter(None, [condition])])
    return Plan(
        access or next((word for word in ("insert", "update", "delete") if found.get(word)), "table"),
        found["table_name"],
        # the primary key of InnoDB is the table itself
        access=FULL if access == "index" and index == "PRIMARY" else _ACCESS.get(access, ""),
        by=index,
        rows=_rows(found, "rows", "rows_examined_per_scan"),
        actual=_rows(found, "r_rows"),
        loops=number(found.get("r_loops")),
        cost=_cost(found),
        ms=sum(time for time in times if time is not None) if any(time is not None for time in times) else None,
        condition=condition,
        children=tuple(_steps(found)),
    )


def _rows(found: Mapping[str, Any], *keys: str) -> float | None:
    return next((value for key in keys if (value := number(found.get(key))) is not None), None)


def _cost(found: Mapping[str, Any]) -> float | None:
    costs = found.get("cost_info") or found
    text = costs.get("query_cost") or costs.get("prefix_cost") or costs.get("cost")
    return float(text) if text is not None else None


# --- MySQL's tree ----------------------------------------------------------------------------------------------------

_LINE = re.compile(
    r"(?P<indent> *)-> (?P<what>.*?)"
    r"(?:  \((?:cost=(?P<cost>[\d.e+]+)(?:\.\.[\d.e+]+)? )?rows=(?P<rows>[\d.e+]+)\))?"
    r"(?: +\(actual time=[\d.e+-]+\.\.(?P<ms>[\d.e+-]+) rows=(?P<actual>[\d.e+]+) loops=(?P<loops>\d+)\))?"
    r"(?P<never> +\(never executed\))?"
)
_READING = {
    "Table scan on": FULL, "Index scan on": WHOLE_INDEX, "Covering index scan on": WHOLE_INDEX,
    "Index range scan on": RANGE, "Covering index range scan on": RANGE, "Multi-range index lookup on": RANGE,
    "Index lookup on": LOOKUP, "Covering index lookup on": LOOKUP, "Single-row index lookup on": ONE,
    "Single-row covering index lookup on": ONE, "Constant row from": ONE,
}  # fmt: skip
_SOURCE = re.compile(
    rf"(?P<node>{'|'.join(_READING)}) (?P<table>\S+)(?: using (?P<index>\S+))?(?: (?:over )?\((?P<condition>.*)\))?.*"
)


def _tree(text: str) -> Plan:
    """Lines, each belonging under the last one that is indented less."""
    open_: list[tuple[int, Plan]] = [(-1, Plan("query"))]

    def close(indent: int) -> None:
        while open_[-1][0] >= indent:
            _, done = open_.pop()
            above, plan = open_[-1]
            open_[-1] = above, plan._replace(children=(*plan.children, done))

    for line in text.splitlines():
        found = _LINE.fullmatch(line.rstrip())
        if found is None:
            continue
        close(len(found["indent"]))
        open_.append((len(found["indent"]), _line(found)))
    close(0)
    root = open_[0][1]
    return root.children[0] if len(root.children) == 1 else root


def _line(found: re.Match[str]) -> Plan:
    what = found["what"]
    source = _SOURCE.fullmatch(what)
    loops = float(found["loops"]) if found["loops"] else 0.0 if found["never"] else None
    condition = what.partition(": ")[2] if what.startswith(("Filter: ", "Sort: ")) else ""
    marks = ("makes a temporary table",) if "temporary table" in what else ()
    return Plan(
        source["node"] if source else what.partition(": ")[0] if condition else what,
        source["table"] if source else "",
        access=_READING[source["node"]] if source else "",
        by=(source["index"] or "") if source else "",
        rows=float(found["rows"]) if found["rows"] else None,
        actual=float(found["actual"]) if found["actual"] else 0.0 if found["never"] else None,
        loops=loops,
        cost=float(found["cost"]) if found["cost"] else None,
        ms=float(found["ms"]) * loops if found["ms"] and loops is not None else None,
        condition=((source["condition"] or "") if source else condition),
        marks=("sorts", *marks) if what.startswith("Sort") else marks,
    )
