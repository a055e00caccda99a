"""Stale objects: what the Session believes, beside what the database holds now."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select, tuple_
from sqlalchemy.orm import Session

from dbx.unit.models import Models
from dbx.unit.shown import label, plain

MANY = 200
"""Keys in one SELECT."""

Difference = tuple[str, str, str, Any, Any]
"""Object, what is wrong, attribute, in the Session, in the database."""


def differences(session: Session, models: Models) -> list[Difference]:
    """Where the values that were loaded are no longer those of the row. What was changed and not flushed is compared
    by its value of before; what is expired believes nothing."""
    by_class: dict[Any, list[Any]] = defaultdict(list)
    for instance in session.identity_map.values():
        by_class[inspect(instance).mapper].append(inspect(instance))
    found: list[Difference] = []
    for mapper, states in by_class.items():
        for start in range(0, len(states), MANY):
            found += _compared(session, models, mapper, states[start : start + MANY])
    return found


def _compared(session: Session, models: Models, mapper: Any, states: list[Any]) -> list[Difference]:
    keys = list(mapper.primary_key)
    wanted = [state.key[1] if len(keys) > 1 else state.key[1][0] for state in states]
    columns = [column for column in mapper.columns if column.table is mapper.local_table]
    statement = select(*columns).where((tuple_(*keys) if len(keys) > 1 else keys[0]).in_(wanted))
    rows = {}
    for row in session.connection().execute(statement):
        values = dict(zip(columns, row, strict=True))
        rows[tuple(values[key] for key in keys)] = values
    found: list[Difference] = []
    for state in states:
        name, there = label(models, state.object), rows.get(tuple(state.key[1]))
        if there is None:
            found.append((name, "gone", "", None, None))
            continue
        for column, now in there.items():
            attribute = mapper.get_property_by_column(column).key
            if attribute in state.dict and not _same(believed := _believed(state, attribute), now):
                found.append((name, "stale", attribute, plain(believed), plain(now)))
    return found


def _same(left: Any, right: Any) -> bool:
    """A number is the same in whatever type: SQLite's driver knows no decimals."""
    numbers = (int, float, Decimal)
    if isinstance(left, numbers) and isinstance(right, numbers):
        return Decimal(str(left)) == Decimal(str(right)) or left == right
    return bool(left == right)


def _believed(state: Any, attribute: str) -> Any:
    history = state.attrs[attribute].history
    return history.deleted[0] if history.deleted else state.dict[attribute]
