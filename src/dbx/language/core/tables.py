"""Core's methods of tables and aliases: alias(), join(), select()."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from dbx.language.core.functions import ALIAS as DERIVED
from dbx.language.core.select import SET_METHODS
from dbx.language.core.sources import ALIAS as FROM
from dbx.language.core.sources import selectable
from dbx.language.functions.calls import Call, Method
from dbx.language.refusal import Unfit
from dbx.language.values.kinds import AliasValue, Selected, TableValue, Value, describe


def _alias(call: Call, owner: Value) -> Value:
    (name,) = call.take("name?")
    assert isinstance(owner, (TableValue, AliasValue))
    label = call.string(name) if name is not None else None
    return AliasValue(selectable(call, owner).alias(label), owner.entry)


def _table_select(call: Call, owner: Value) -> Value:
    call.take()
    return Selected(sa.select(selectable(call, owner)))


def _alias_function(call: Call) -> Value:
    node, name = call.take("element", "name?")
    assert node is not None
    value = call.value(node)
    if not isinstance(value, (TableValue, AliasValue)):
        raise Unfit("E-TYPE", f"{describe(value)} has no alias", node=node)
    label = call.string(name) if name is not None else None
    return AliasValue(selectable(call, value).alias(label), value.entry)


FUNCTIONS: dict[str, Callable[[Call], Value]] = {"alias": _alias_function}

TABLE: dict[str, Method] = {
    "alias": _alias, "select": _table_select, **FROM,
}  # fmt: skip

ALIAS: dict[str, Method] = {**TABLE, **SET_METHODS, **DERIVED}
