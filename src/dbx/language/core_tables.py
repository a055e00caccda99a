"""Core's methods of tables and aliases: alias(), join(), select()."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from dbx.language.calls import Call, Method
from dbx.language.core_joins import on_clause
from dbx.language.core_select import SET_METHODS, join_kinds, selectable, test_of
from dbx.language.kinds import AliasValue, Selected, TableValue, Value, describe
from dbx.language.refusal import Unfit


def _alias(call: Call, owner: Value) -> Value:
    (name,) = call.take("name?")
    wanted = call.string(name) if name is not None else ""
    assert isinstance(owner, (TableValue, AliasValue))
    base = selectable(call, owner)
    label = wanted or call.evaluator.short_alias(str(getattr(base, "name", "t")))
    return AliasValue(base.alias(label), owner.entry)


def _table_join(outer: bool) -> Method:
    def method(call: Call, owner: Value) -> Value:
        target, on, is_outer, full = call.take("right", "onclause?", "isouter?", "full?")
        assert target is not None
        left, right = selectable(call, owner), selectable(call, call.value(target), target)
        condition = test_of(call, on, call.value(on)) if on is not None else on_clause([left], right, target)
        options = join_kinds(call, is_outer, full, outer)
        return AliasValue(left.join(right, condition, **options))

    return method


def _table_select(call: Call, owner: Value) -> Value:
    call.take()
    return Selected(sa.select(selectable(call, owner)))


def _alias_function(call: Call) -> Value:
    node, name = call.take("element", "name?")
    assert node is not None
    value = call.value(node)
    if not isinstance(value, (TableValue, AliasValue)):
        raise Unfit("E-TYPE", f"{describe(value)} has no alias", node=node)
    base = selectable(call, value)
    label = call.string(name) if name is not None else call.evaluator.short_alias(str(getattr(base, "name", "t")))
    return AliasValue(base.alias(label), value.entry)


FUNCTIONS: dict[str, Callable[[Call], Value]] = {"alias": _alias_function}

TABLE: dict[str, Method] = {
    "alias": _alias, "join": _table_join(False), "outerjoin": _table_join(True), "select": _table_select,
}  # fmt: skip

ALIAS: dict[str, Method] = {**TABLE, **SET_METHODS}
