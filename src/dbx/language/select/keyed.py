"""t[1], get(t, 'x'): the row with that primary key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.values.kinds import Row, TableValue, Value
from dbx.language.values.types import comparable

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def keyed(evaluator: Evaluator, table: TableValue, parts: list[Value]) -> Value:
    query = evaluator.query(table)
    assert isinstance(query.element, Row)
    key = keys.key(query.element)
    if len(key) != len(parts):
        names = ", ".join(scalar.name for scalar in key)
        raise Unfit("E-CALL", f"the key of '{table.entry.shown}' is ({names})")
    for column, part in zip(key, parts, strict=True):
        value = evaluator.scalar(part, column.family)
        if not comparable(value.family, column.family):
            raise Unfit("E-TYPE", f"the key '{column.name}' is {column.family}, not {value.family}")
        query.frame.where.append(column.sql == value.sql)
    return replace(query, single=True)
