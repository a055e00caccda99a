"""Rows as values: their columns, and the primary key that stands for a whole row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import and_

from dbx.language.refusal import Unfit
from dbx.language.select.frame import Anchor, Followed
from dbx.language.values.kinds import Hop, Row, Scalar
from dbx.language.values.types import element_of
from dbx.schema.model import Table

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.tables import Entry

MAX_HOPS = 8


def model(row: Row) -> Table | None:
    if row.anchor is None and row.via is not None:
        return row.via.entry.model
    return row.anchor.model if row.anchor else None


def names(row: Row) -> tuple[str, ...]:
    """The names of a row's columns, without joining it."""
    if row.anchor is None and row.via is not None:
        return tuple(column.name for column in row.via.entry.model.columns)
    return tuple(row.anchor.columns) if row.anchor else ()


def column(row: Row, name: str) -> Scalar:
    """A column of a row; NULL where the row itself may be missing."""
    if row.anchor is None and row.via is not None and name in row.via.key.target_columns:
        held = row.via.key.columns[row.via.key.target_columns.index(name)]
        local = column(row.via.base, held)
        row.via.evaluator.followed.append(Followed(row.via.base, row.via.name, row.via.key, None))
        return replace(local, name=name, qualified=f"{row.path}_{name}", labelled=True, reference=None)
    anchor = joined(row)
    found = anchor.columns[name]
    return replace(
        found,
        nullable=found.nullable or anchor.optional,
        rejects=frozenset(anchor.line()),
        qualified=f"{row.path}_{found.name}" if row.path else "",
    )


def columns(row: Row) -> list[Scalar]:
    return [column(row, name) for name in names(row)]


def key(row: Row) -> list[Scalar]:
    """The primary key."""
    table = model(row)
    if table is None or not table.primary_key or not set(table.primary_key) <= set(names(row)):
        what = f"{table.kind} '{table.name}' has no primary key" if table else "this row has no key"
        raise Unfit("E-TYPE", f"{what}, so a row of it is no value", "name a column")
    return [column(row, name) for name in table.primary_key]


def joined(row: Row) -> Anchor:
    """Where a row stands in a FROM clause; a row behind a foreign key is joined now, once for every path."""
    if row.anchor is None:
        assert row.via is not None
        row.anchor = _join(row.via)
    return row.anchor


def _join(hop: Hop) -> Anchor:
    base = joined(hop.base)
    if hop.key not in base.hops:
        if _depth(base) >= MAX_HOPS:
            raise Unfit("E-LIMIT", f"more than {MAX_HOPS} foreign keys in a row")
        anchor = table_anchor(hop.evaluator, hop.entry, hop.evaluator.short_alias(hop.entry.model.name))
        pairs = zip(hop.key.columns, hop.key.target_columns, strict=True)
        anchor.on = and_(*(base.columns[ours].sql == anchor.columns[theirs].sql for ours, theirs in pairs))
        anchor.optional = base.optional or any(base.columns[name].nullable for name in hop.key.columns)
        anchor.base, anchor.left, anchor.hop = base, anchor.optional, True
        nullable = tuple(name for name in hop.key.columns if base.columns[name].nullable and not base.optional)
        hop.evaluator.followed.append(Followed(hop.base, hop.name, hop.key, anchor, nullable, base.optional))
        base.frame.home.add(anchor)
        base.hops[hop.key] = anchor
    return base.hops[hop.key]


def _depth(anchor: Anchor) -> int:
    depth, here = 0, anchor
    while here.hop and here.base is not None:
        depth, here = depth + 1, here.base
    return depth


def table_anchor(evaluator: Evaluator, entry: Entry, alias: str) -> Anchor:
    """A table under an alias, in no frame yet."""
    selectable = entry.sql.alias(alias)
    scalars = {
        column.name: Scalar(selectable.c[column.name], column.family, nullable=column.nullable, name=column.name,
                            element=element_of(column))
        for column in entry.model.columns
    }  # fmt: skip
    return Anchor(evaluator.nowhere, selectable, scalars, entry.model)
