"""Server functions, aggregates and windows as the source text that would make them again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Function, FunctionFilter, Over, WithinGroup
from sqlalchemy.sql.elements import AggregateOrderBy, FrameClause
from sqlalchemy.sql.functions import FunctionElement, GenericFunction
from sqlalchemy.types import NullType

from dbx.language.program.code import Code, Piece, Writer, arguments


def _function(code: Code, element: FunctionElement[Any]) -> Piece:
    found: Any = element
    clauses = list(found.clauses)
    if found.name == "count" and [str(getattr(each, "name", "")) for each in clauses] == ["*"]:
        clauses = []
    given = [code.argument(each) for each in clauses]
    plain = isinstance(found, GenericFunction) or isinstance(found.type, NullType)
    kind = "" if plain else f"type_={code.type(found.type)}"
    code.use("func")
    path = ".".join(("func", *found.packagenames, found.name)) if isinstance(found, Function) else f"func.{found.name}"
    return Piece(f"{path}({arguments(*given, kind)})")


def _filtered(code: Code, element: FunctionFilter[Any]) -> Piece:
    return Piece(f"{code.write(element.func)}.filter({code.write(element.criterion)})")


def _ordered(code: Code, element: AggregateOrderBy[Any]) -> Piece:
    return Piece(f"{code.write(element.element)}.aggregate_order_by({code.listed(element.order_by.clauses)})")


def _within(code: Code, element: WithinGroup[Any]) -> Piece:
    return Piece(f"{code.write(element.element)}.within_group({code.listed(element.order_by.clauses)})")


def _over(code: Code, element: Over[Any]) -> Piece:
    parts = []
    for name, clauses in (("partition_by", element.partition_by), ("order_by", element.order_by)):
        if clauses is not None and clauses.clauses:
            inner = code.listed(clauses.clauses)
            parts.append(f"{name}={inner}" if len(clauses.clauses) == 1 else f"{name}=[{inner}]")
    frames: list[tuple[str, FrameClause | None]] = [
        ("range_", element.range_), ("rows", element.rows), ("groups", element.groups)
    ]  # fmt: skip
    parts += [f"{name}={_bounds(code, frame)}" for name, frame in frames if frame is not None]
    return Piece(f"{code.write(element.element)}.over({', '.join(parts)})")


def _bounds(code: Code, frame: FrameClause) -> str:
    """(-2, None): from two before to the end."""
    lower = _bound(code, frame.lower_type.name, frame.lower_bind)
    return f"({lower}, {_bound(code, frame.upper_type.name, frame.upper_bind)})"


def _bound(code: Code, kind: str, bind: Any) -> str:
    if kind == "UNBOUNDED":
        return "None"
    if kind == "CURRENT":
        return "0"
    return f"-{code.bound(bind)}" if kind == "PRECEDING" else code.bound(bind)


WRITERS: dict[type, Writer] = {
    FunctionElement: _function,
    FunctionFilter: _filtered,
    AggregateOrderBy: _ordered,
    WithinGroup: _within,
    Over: _over,
}
