"""A plan as rows, one for each step, and as the tree that people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbx.dialects.plan import Plan
from dbx.plan.marks import Advice
from dbx.rows import Cell, Column, Rows

_NUMBERS = ("rows", "actual", "loops", "cost", "ms")
_COLUMNS = (
    Column("id", kind="number"), Column("parent", kind="number"), *map(Column, ("node", "table", "access", "index")),
    *(Column(name, kind="number") for name in _NUMBERS), *map(Column, ("condition", "marks", "advice")),
)  # fmt: skip


def as_rows(plan: Plan, advice: Sequence[Advice]) -> Rows:
    """The same columns whatever the server; what would help stands beside the first step."""
    lines = list(_lines(plan, 0, advice))
    return Rows.of(*_COLUMNS, rows=lines).drawn("\n".join((*tree(plan), *_advised(advice))))


def _lines(plan: Plan, parent: int, advice: Sequence[Advice], number: int = 1) -> Iterator[tuple[Cell, ...]]:
    helps = " ".join(each.statement for each in advice) or None
    yield (
        number, parent or None, plan.node, _table(plan) or None, plan.access or None, plan.by or None,
        *(_exact(value) for value in _numbers(plan)), plan.condition or None, "; ".join(plan.marks) or None, helps,
    )  # fmt: skip
    following = number + 1
    for child in plan.children:
        below = list(_lines(child, number, (), following))
        following += len(below)
        yield from below


def _numbers(plan: Plan) -> tuple[float | None, ...]:
    return plan.rows, plan.actual, plan.loops, plan.cost, plan.ms


def _exact(value: float | None) -> Cell:
    return None if value is None else int(value) if value == int(value) else round(value, 3)


def _table(plan: Plan) -> str:
    table = f"{plan.schema}.{plan.table}" if plan.schema not in (None, "public") else plan.table
    return f"{table} {plan.alias}" if plan.alias else table


# --- for people ------------------------------------------------------------------------------------------------------


def tree(plan: Plan) -> list[str]:
    """Steps on the left, their numbers in columns, conditions and marks behind them."""
    found = list(_branches(plan))
    numbers = [[_short(value) for value in _numbers(step)] for _, step in found]
    used = [index for index in range(len(_NUMBERS)) if any(row[index] for row in numbers)]
    width = max(len(label) for label, _ in found)
    widths = [max(len(_NUMBERS[index]), *(len(row[index]) for row in numbers)) for index in used]

    def line(label: str, cells: Sequence[str], rest: str) -> str:
        aligned = [cells[index].rjust(size) for index, size in zip(used, widths, strict=True)]
        return "  ".join((label.ljust(width), *aligned, rest)).rstrip()

    lines = [line(label, row, _rest(step)) for (label, step), row in zip(found, numbers, strict=True)]
    return [line("", _NUMBERS, ""), *lines] if used else lines


def _branches(plan: Plan, first: str = "", rest: str = "") -> Iterator[tuple[str, Plan]]:
    yield first + _label(plan), plan
    for number, child in enumerate(plan.children, 1):
        last = number == len(plan.children)
        yield from _branches(child, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _label(plan: Plan) -> str:
    index = f" by {plan.by}" if plan.by else ""
    return f"{plan.access or plan.node} {_table(plan)}".strip() + index


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:,.2f}"


def _rest(plan: Plan) -> str:
    marks = "".join(f"  ! {mark}" for mark in plan.marks)
    return f"{plan.condition}{marks}".strip()


def _advised(advice: Sequence[Advice]) -> Iterator[str]:
    for each in advice:
        yield f"{each.reason}:"
        yield f"  {each.statement}"
