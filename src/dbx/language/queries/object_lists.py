"""Comprehensions over objects: evaluated for one after another, where those over tables become one SELECT."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dbx.language.names.scope import Scope
from dbx.language.operators import truth
from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Literal, Record, Value, describe
from dbx.language.values.kinds import Sequence as SequenceValue
from dbx.language.values.objects import Instance, Objects, is_held

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator

ASKING = frozenset(("get", "all"))
"""The methods of a table that give objects."""


def leads_to_objects(evaluator: Evaluator, node: ast.expr, scope: Scope) -> bool:
    """Whether a source can only be objects. It is decided by the text, since to evaluate it may ask the server."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Attribute):
                return False
            if node.func.attr in ASKING:
                return evaluator.objects is not None
            node = node.func
        node = node.value
    if not isinstance(node, ast.Name):
        return isinstance(node, ast.ListComp) and leads_to_objects(evaluator, node.generators[0].iter, scope)
    found = scope.lookup(node.id) or evaluator.session.get(node.id)
    return isinstance(found, (Instance, Objects))


def comprehended(evaluator: Evaluator, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Objects:
    """[t.album.title for t in tracks if t.album]: one object after another, as Python would."""
    found: list[Value] = []

    def each(generators: list[ast.comprehension], scope: Scope) -> None:
        if not generators:
            value = evaluator.evaluate(node.elt, scope)
            if not (isinstance(value, Literal) or is_held(value)):
                raise Unfit("E-TYPE", f"{describe(value)} is computed by the server", _IN_QUERY, node.elt)
            found.append(value)
            return
        first, *rest = generators
        source = evaluator.evaluate(first.iter, scope)
        if not isinstance(source, SequenceValue):
            raise Unfit("E-TYPE", f"{describe(source)} beside objects is no source", _IN_QUERY, first.iter)
        for item in source.items:
            inner = Scope(scope, None, _bound(first.target, item))
            if all(_true(evaluator, test, inner) for test in first.ifs):
                each(rest, inner)

    each(node.generators, scope)
    return Objects(tuple(found))


_IN_QUERY = "table.all(lambda t: …) lets the server choose"


def _true(evaluator: Evaluator, node: ast.expr, scope: Scope) -> bool:
    """A condition on values that are here. AND and OR stop where Python would."""
    if isinstance(node, ast.BoolOp):
        parts = (_true(evaluator, each, scope) for each in node.values)
        return all(parts) if isinstance(node.op, ast.And) else any(parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _true(evaluator, node.operand, scope)
    value = evaluator.evaluate(node, scope)
    if isinstance(value, Instance):
        return True
    test = truth.truth(evaluator, value)
    if test.literal is None:
        raise Unfit("E-TYPE", "this is decided by the server", _IN_QUERY, node)
    return bool(test.literal.value)


def _bound(target: ast.expr, item: Value) -> dict[str, Value]:
    if isinstance(target, ast.Name):
        return {target.id: item}
    if isinstance(target, (ast.Tuple, ast.List)) and isinstance(item, Record) and len(item.items) == len(target.elts):
        pairs = zip(target.elts, item.items, strict=True)
        return {name: value for each, part in pairs for name, value in _bound(each, part).items()}
    raise Unfit("E-TYPE", f"{describe(item)} cannot be unpacked", "", target)
