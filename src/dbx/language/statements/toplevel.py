"""What a whole statement runs as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from dbx.language.names.scope import Scope
from dbx.language.queries.sources import iterate
from dbx.language.refusal import Unfit
from dbx.language.select.assemble import flat, labels, outputs
from dbx.language.select.frame import Frame
from dbx.language.statements.changes import changed
from dbx.language.statements.writes import checked
from dbx.language.values.kinds import (
    AliasValue,
    Change,
    Columns,
    FunctionName,
    LambdaValue,
    Literal,
    Outer,
    Query,
    Record,
    Scalar,
    Selected,
    Sequence,
    TableValue,
    Value,
    Write,
    describe,
)
from dbx.language.values.types import family_of

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator

Shape = tuple[tuple[str, str], ...]
"""The names and families of what a statement gives."""


def executable(evaluator: Evaluator, value: Value) -> tuple[Any, Shape]:
    if isinstance(value, Change):
        value = changed(evaluator, value)
    if isinstance(value, Write):
        return checked(value), ()
    if isinstance(value, TableValue):
        shape = tuple((column.name, column.family) for column in value.entry.model.columns)
        return select(value.entry.sql), shape
    if isinstance(value, AliasValue):
        return _core(select(value.selectable))
    if isinstance(value, Selected):
        return _core(value.statement)
    if isinstance(value, Query):
        return _query(evaluator, value)
    if isinstance(value, Columns):
        return _core(select(*(scalar.sql for scalar in value.columns.values())))
    return _values(evaluator, value)


def _core(statement: Any) -> tuple[Any, Shape]:
    return statement, tuple((str(getattr(c, "name", "")), family_of(c.type)) for c in statement.selected_columns)


def _query(evaluator: Evaluator, query: Query) -> tuple[Any, Shape]:
    scalars = flat(evaluator, query.element)
    shape = tuple(zip(labels(scalars), (scalar.family for scalar in scalars), strict=True))
    return evaluator.statement(query), shape


def _values(evaluator: Evaluator, value: Value) -> tuple[Any, Shape]:
    if isinstance(value, (LambdaValue, FunctionName, Outer)):
        if isinstance(value, LambdaValue):
            raise Unfit("E-NODE", "a lambda is only a key or a step", "sorted(t, key=lambda x: x.column)")
        hint = f"func.{value.name}(…)" if isinstance(value, FunctionName) else ""
        raise Unfit("E-TYPE", f"{describe(value)} alone is nothing to run", hint)
    if isinstance(value, Sequence):
        frame = Frame()
        element = iterate(evaluator, value, Scope(), frame, "item")
        return _query(evaluator, Query(frame, element, distinct=value.unique))
    if isinstance(value, Literal) and value.family == "interval":
        value = Literal(value.value.total_seconds(), "float")
    if isinstance(value, Scalar) and value.whole is not None:
        return value.whole, ((value.name, value.family),)
    named = value if isinstance(value, Record) else Record((value,))
    items = outputs(evaluator, _named(evaluator, named))
    scalars = [scalar for scalar, _ in items]
    shape = tuple(zip(labels(scalars), (scalar.family for scalar in scalars), strict=True))
    return select(*(sql for _, sql in items)), shape


def _named(evaluator: Evaluator, record: Record) -> Record:
    items = tuple(
        scalar if scalar.name else scalar.named("value" if len(record.items) == 1 else "")
        for scalar in flat(evaluator, record)
    )
    return Record(items)
