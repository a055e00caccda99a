"""The columns of Core's FROM objects as values."""

from __future__ import annotations

from sqlalchemy import FromClause

from dbx.language.values.kinds import AliasValue, Scalar, TableValue
from dbx.language.values.types import element_of, family_of


def columns_of(table: TableValue | AliasValue) -> dict[str, Scalar]:
    if isinstance(table, TableValue):
        model, selectable = table.entry.model, table.entry.sql
    elif table.entry is not None:
        model, selectable = table.entry.model, table.selectable  # type: ignore[assignment]
    else:
        return scalars_of(table.selectable, core=True)
    return {
        column.name: Scalar(selectable.c[column.name], column.family, column.nullable, core=True, name=column.name,
                            element=element_of(column))
        for column in model.columns
    }  # fmt: skip


def scalars_of(selectable: FromClause, *, core: bool) -> dict[str, Scalar]:
    return {
        str(key): Scalar(column, family_of(column.type), core=core, name=str(column.name))
        for key, column in selectable.c.items()
    }
