"""The repository: track.get(1), track.all(…), track.add(…), track.remove(x); and x.name = value.

What is done here is done at once, by the Session; SQL goes out for what it has to ask, and for nothing that changes.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_

from dbx.language.functions.calls import Call, Method
from dbx.language.names.scope import Scope
from dbx.language.queries.comprehension import conjuncts, require
from dbx.language.queries.sources import iterate
from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.select.frame import Frame
from dbx.language.select.ordering import terms
from dbx.language.values.kinds import Literal, Query, Record, Row, Scalar, TableValue, Value, describe
from dbx.language.values.kinds import Sequence as SequenceValue
from dbx.language.values.objects import STRATEGIES, Instance, Objects, Wanted, held, repository
from dbx.language.values.types import beside, comparable

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.tables import Entry


def assign(evaluator: Evaluator, target: ast.Attribute, node: ast.expr) -> None:
    """x.name = value"""
    owner = evaluator.evaluate(target.value, Scope())
    if not isinstance(owner, Instance):
        raise Unfit("E-NODE", f"only a name or an object's attribute can be assigned to; this is {describe(owner)}",
                    "x = track.get(1), then x.name = …", target)  # fmt: skip
    if target.attr.startswith("_"):
        raise Unfit("E-ATTR", f"'{target.attr}' begins with an underscore", "such names are reserved", target)
    session = repository(evaluator)
    try:
        session.write(
            owner.held, target.attr, python(evaluator, node, Scope(), session.family(owner.held, target.attr))
        )
    except Unfit as unfit:
        unfit.node = unfit.node or target
        raise


def python(evaluator: Evaluator, node: ast.expr, scope: Scope, family: str) -> Any:
    """The value of an attribute: a literal, an object, or a list of objects. Nothing the server would compute."""
    value = evaluator.evaluate(node, scope)
    if isinstance(value, Instance):
        return value.held
    if isinstance(value, SequenceValue) and all(isinstance(each, Instance) for each in value.items):
        return [each.held for each in value.items if isinstance(each, Instance)]
    if isinstance(value, Scalar) and value.literal is not None:
        value = value.literal
    if not isinstance(value, Literal):
        hint = "an object's attributes are values; for every row at once: [x.update(…) for x in table if …]"
        raise Unfit("E-TYPE", f"{describe(value)} is computed by the server", hint, node)
    try:
        return fitting(value, family, node)
    except Unfit as unfit:
        unfit.node = unfit.node or node
        raise


def fitting(value: Literal, family: str, node: ast.AST) -> Any:
    fit = beside(value, family) if family else value
    if family == "object" and value.value is not None:
        raise Unfit("E-TYPE", f"an object belongs here, not {describe(value)}", "x.get(key)", node)
    if family not in ("", "object") and not comparable(fit.family, family):
        raise Unfit("E-TYPE", f"the column is {family}, not {describe(value)}", node=node)
    return fit.value


# --- methods of tables -------------------------------------------------------------------------------


def _entry(owner: Value) -> Entry:
    assert isinstance(owner, TableValue)
    return owner.entry


def _get(call: Call, owner: Value) -> Value:
    """track.get(1): the object of a key."""
    session = repository(call.evaluator)
    parts: list[Any] = []
    call.options()
    families = session.key_families(_entry(owner))
    for node, value in call.each():
        for each in value.items if isinstance(value, Record) else (value,):
            if not isinstance(each, Literal):
                raise Unfit("E-TYPE", "a key is made of values as written", node=node)
            family = families[len(parts)] if len(parts) < len(families) else ""
            if family == "int" and isinstance(each.value, bool):
                raise Unfit("E-TYPE", "the key is int, not bool", node=node)
            parts.append(fitting(each, family, node))
    found = session.get(_entry(owner), parts)
    return held(None) if found is None else Instance(found)


def _all(call: Call, owner: Value) -> Value:
    """track.all(lambda t: t.name == 'x', order_by=lambda t: t.name, limit=10, selectinload='album')"""
    session, entry = repository(call.evaluator), _entry(owner)
    condition, order, limit, *names = call.take("condition?", "order_by?", "limit?", *(f"{s}?" for s in STRATEGIES))
    strategies = {
        strategy: _strings(call, node) for strategy, node in zip(STRATEGIES, names, strict=True) if node is not None
    }
    count = call.number(limit, 0) if limit is not None else None
    if count is not None and count < 0:
        raise Unfit("E-VALUE", "a limit is 0 or more", node=limit)
    found = session.all(entry, _wanted(call, owner, condition, order, count, strategies))
    return Objects(tuple(Instance(each) if not isinstance(each, Value) else each for each in found), entry=entry)


def _strings(call: Call, node: ast.expr) -> tuple[str, ...]:
    """'album', or ['album.artist', 'genre']"""
    nodes = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    return tuple(call.string(each) for each in nodes)


def _wanted(
    call: Call, owner: Value, condition: ast.expr | None, order: ast.expr | None, limit: int | None,
    strategies: Mapping[str, tuple[str, ...]],
) -> Wanted:  # fmt: skip
    """The condition is the language's own, so a foreign key followed in it is a join: then the keys are a subquery."""
    evaluator = call.evaluator
    frame = Frame()
    row = iterate(evaluator, owner, call.scope, frame, "")
    assert isinstance(row, Row)
    if condition is not None:
        for part in conjuncts(_body(call, condition)):
            require(evaluator, part, _inner(call, condition, frame, row), frame)
    terms_: list[Any] = []
    if order is not None:
        value = evaluator.evaluate(_body(call, order), _inner(call, order, frame, row))
        for term in terms(evaluator, value):
            scalar = term.scalar
            if scalar is None:
                raise Unfit("E-TYPE", "an order is made of columns", node=order)
            terms_.append(scalar.sql.desc() if term.descending else scalar.sql)
    anchor = keys.joined(row)
    columns = {scalar.sql: name for name, scalar in anchor.columns.items()}
    if len(list(frame.anchors())) == 1 and not frame.having and not frame.windowed:
        where = and_(*frame.where) if frame.where else None
        return Wanted(where, None, tuple(terms_), limit, strategies, columns)
    if terms_:
        raise Unfit("E-TYPE", "with a condition along a foreign key there is no order_by", "sort what came back", order)
    element: Value = Record(tuple(keys.key(row))) if len(keys.key(row)) > 1 else keys.key(row)[0]
    return Wanted(None, evaluator.statement(Query(frame, element)), (), limit, strategies, columns)


def _body(call: Call, node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Lambda) and len(node.args.args) == 1:
        return node.body
    raise Unfit("E-CALL", f"{call.name}() takes a lambda of one row", "lambda t: t.name == 'x'", node)


def _inner(call: Call, node: ast.expr, frame: Frame, row: Row) -> Scope:
    assert isinstance(node, ast.Lambda)
    return Scope(call.scope, frame, {node.args.args[0].arg: row})


def _add(call: Call, owner: Value) -> Value:
    """track.add(name='x', album=a): a new object; track.add(x): one that has left the Session."""
    session, entry = repository(call.evaluator), _entry(owner)
    if call.node.args:
        (node,) = call.take("object")
        assert node is not None
        value = call.value(node)
        if not isinstance(value, Instance):
            raise Unfit("E-TYPE", f"{describe(value)} is no object", f"{call.name}(name=value, …)", node)
        session.put(value.held)
        return value
    made = session.add(entry, {})
    values: dict[str, Any] = {}
    for keyword in call.node.keywords:
        if keyword.arg is None or keyword.arg.startswith("_"):
            raise Unfit("E-CALL", "add() takes columns and relationships by name", node=keyword)
        try:
            family = session.family(made, keyword.arg)
        except Unfit as unfit:
            unfit.node = unfit.node or keyword
            raise
        values[keyword.arg] = python(call.evaluator, keyword.value, call.scope, family)
    for name, value in values.items():
        session.write(made, name, value)
    session.put(made)
    return Instance(made)


def _remove(call: Call, owner: Value) -> Value:
    session = repository(call.evaluator)
    (node,) = call.take("object")
    assert node is not None
    value = call.value(node)
    if not isinstance(value, Instance):
        hint = f"{call.evaluator.source.text(call.node.func)}(x), of x = track.get(1)"
        raise Unfit("E-TYPE", f"{describe(value)} is no object", hint, node)
    session.remove(value.held)
    return value


TABLE: dict[str, Method] = {"get": _get, "all": _all, "add": _add, "remove": _remove}


def _collected(action: str) -> Method:
    def method(call: Call, owner: Value) -> Value:
        session = repository(call.evaluator)
        (node,) = call.take("object")
        assert node is not None and isinstance(owner, Objects)
        value = call.value(node)
        if owner.owner is None:
            raise Unfit("E-TYPE", "this list belongs to no object", "x.tracks.append(t), of one object's relationship")
        if not isinstance(value, Instance):
            raise Unfit("E-TYPE", f"{describe(value)} is no object", node=node)
        (session.append if action == "append" else session.take)(owner.owner, owner.name, value.held)
        return value

    return method


OBJECTS: dict[str, Method] = {"append": _collected("append"), "remove": _collected("remove")}
