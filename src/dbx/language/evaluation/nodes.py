"""What each node of the tree comes to. One function for each kind of node; there is no other way in."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnClause, case

from dbx.language.evaluation.attributes import attribute
from dbx.language.evaluation.dispatch import call
from dbx.language.evaluation.subscripts import subscript
from dbx.language.functions.calls import starred
from dbx.language.names.lookup import name
from dbx.language.operators import truth
from dbx.language.operators.alike import alike
from dbx.language.operators.arithmetic import SIGNS, binary, unary
from dbx.language.operators.comparison import compare
from dbx.language.operators.fstrings import formatted
from dbx.language.queries.comprehension import comprehension, dictionary
from dbx.language.refusal import Unfit
from dbx.language.values.kinds import LambdaValue, Literal, Query, Record, Scalar, Sequence, Value
from dbx.language.values.scalars import derive
from dbx.language.values.types import literal

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope

MAX_ITEMS = 10_000


def _constant(evaluator: Evaluator, node: ast.Constant, scope: Scope) -> Value:
    if node.value is ... or isinstance(node.value, complex):
        raise Unfit("E-NODE", "'...' and complex numbers are not in this language")
    text = evaluator.source.text(node) if isinstance(node.value, float) else ""
    return literal(node.value, text.replace("_", ""))


def _tuple(evaluator: Evaluator, node: ast.Tuple, scope: Scope) -> Value:
    items, names = _items(evaluator, node.elts, scope)
    return Record(tuple(items), tuple(names) if any(names) else ())


def _list(evaluator: Evaluator, node: ast.List | ast.Set, scope: Scope) -> Value:
    items, _ = _items(evaluator, node.elts, scope)
    return Sequence(tuple(items), isinstance(node, ast.Set))


def _items(evaluator: Evaluator, nodes: list[ast.expr], scope: Scope) -> tuple[list[Value], list[str]]:
    if len(nodes) > MAX_ITEMS:
        raise Unfit("E-LIMIT", f"more than {MAX_ITEMS:,} items")
    items: list[Value] = []
    names: list[str] = []
    for node in nodes:
        found = starred(evaluator, node, scope) if isinstance(node, ast.Starred) else [evaluator.evaluate(node, scope)]
        items += found
        names += [node.target.id if isinstance(node, ast.NamedExpr) else ""] * len(found)
    return items, names


def _dict(evaluator: Evaluator, node: ast.Dict, scope: Scope) -> Value:
    items, names = [], []
    for key, value in zip(node.keys, node.values, strict=True):
        names.append(_column_name(evaluator, key, scope, value))
        items.append(evaluator.evaluate(value, scope))
    if len(set(names)) != len(names):
        raise Unfit("E-VALUE", "two columns of one name")
    return Record(tuple(items), tuple(names))


def _column_name(evaluator: Evaluator, key: ast.expr | None, scope: Scope, place: ast.expr) -> str:
    """A string as written, or a column of Core, which stands for its name."""
    if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value:
        return str(literal(key.value).value)
    if isinstance(key, (ast.Attribute, ast.Subscript)):
        column = evaluator.evaluate(key, scope)
        if isinstance(column, Scalar) and column.core and isinstance(column.sql, ColumnClause):
            return column.name
    hint = "" if key is not None else "(*x, y): all columns of a row, and another"
    raise Unfit("E-TYPE", "the names of columns are strings as written", hint, key or place)


def _binary(evaluator: Evaluator, node: ast.BinOp, scope: Scope) -> Value:
    left, right = evaluator.evaluate(node.left, scope), evaluator.evaluate(node.right, scope)
    return binary(evaluator, SIGNS[type(node.op)], left, right)


def _unary(evaluator: Evaluator, node: ast.UnaryOp, scope: Scope) -> Value:
    if isinstance(node.op, ast.Not):
        found = truth.condition(evaluator, node, scope)
        return found.literal if found.literal is not None else found
    if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant) and node.operand.value == 2**63:
        # The one integer whose digits are too large without their sign.
        return literal(-(2**63))
    return unary(evaluator, node.op, evaluator.evaluate(node.operand, scope))


def _boolean(evaluator: Evaluator, node: ast.BoolOp, scope: Scope) -> Value:
    """and/or as a value: of conditions a condition, of other values the one that Python would give."""
    values = [evaluator.evaluate(each, scope) for each in node.values]
    if all(isinstance(value, Literal) for value in values):
        return _chosen(node.op, values)
    if all(isinstance(v, (Scalar, Literal)) and (v.family == "bool") for v in values) or any(
        isinstance(value, Query) and not value.single for value in values
    ):
        parts = [truth.truth(evaluator, value) for value in values]
        return truth.combined(parts, conjunction=isinstance(node.op, ast.And))
    result = evaluator.scalar(values[-1], _family(values))
    for value in reversed(values[:-1]):
        own = evaluator.scalar(value, result.family)
        (own, result), family = alike(evaluator, [own, result], f"'{_word(node.op)}' of")
        test = truth.truth(evaluator, value)
        first, second = (result, own) if isinstance(node.op, ast.And) else (own, result)
        sql = case((test.sql, first.sql), else_=second.sql)
        nullable = result.nullable if isinstance(node.op, ast.Or) else own.nullable or result.nullable
        result = derive(sql, family, own, result, nullable=nullable, strict=False, name=own.name)
    return result


def _family(values: list[Value]) -> str:
    return next((v.family for v in values if isinstance(v, Scalar) and v.family != "null"), "")


def _chosen(operator: ast.boolop, values: list[Value]) -> Value:
    for value in values[:-1]:
        assert isinstance(value, Literal)
        if bool(value.value) != isinstance(operator, ast.And):
            return value
    return values[-1]


def _word(operator: ast.boolop) -> str:
    return "and" if isinstance(operator, ast.And) else "or"


def _choice(evaluator: Evaluator, node: ast.IfExp, scope: Scope) -> Value:
    """a if test else b; a chain of them is one CASE."""
    branches: list[tuple[Scalar, Value]] = []
    rest: ast.expr = node
    while isinstance(rest, ast.IfExp):
        test = truth.condition(evaluator, rest.test, scope)
        branches.append((test, evaluator.evaluate(rest.body, scope)))
        rest = rest.orelse
    last = evaluator.evaluate(rest, scope)
    if len(branches) == 1 and branches[0][0].literal is not None:
        return branches[0][1] if branches[0][0].literal.value else last
    family = _family([*(value for _, value in branches), last])
    pairs = [(test, evaluator.scalar(value, family)) for test, value in branches]
    otherwise = evaluator.scalar(last, family)
    results, known = alike(evaluator, [*(value for _, value in pairs), otherwise], "'if' and 'else' give")
    chosen = [(test.sql, value.sql) for (test, _), value in zip(pairs, results[:-1], strict=True)]
    sql = case(*chosen) if otherwise.family == "null" else case(*chosen, else_=results[-1].sql)
    nullable = any(value.nullable for value in results)
    return derive(sql, known, *(test for test, _ in pairs), *results, nullable=nullable, strict=False)


def _walrus(evaluator: Evaluator, node: ast.NamedExpr, scope: Scope) -> Value:
    inner = next((each for each in scope.chain() if each.frame is not None), None)
    if inner is None:
        raise Unfit("E-NODE", "':=' names a part of a comprehension", f"{node.target.id} = …")
    value = evaluator.evaluate(node.value, scope)
    if isinstance(value, Query) and not value.single:
        raise Unfit("E-TYPE", "':=' names a value, not a query", "write it where it is used")
    if isinstance(value, Scalar):
        value = value.named(node.target.id)
    inner.variables[node.target.id] = value
    return value


def _lambda(evaluator: Evaluator, node: ast.Lambda, scope: Scope) -> Value:
    return LambdaValue(node, scope)


def _starred(evaluator: Evaluator, node: ast.Starred, scope: Scope) -> Value:
    raise Unfit("E-TYPE", "* stands inside a tuple or a call")


def _name(evaluator: Evaluator, node: ast.Name, scope: Scope) -> Value:
    return name(evaluator, unicodedata.normalize("NFKC", node.id), scope)


NODES: dict[type[ast.AST], Callable[[Evaluator, Any, Scope], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: attribute,
    ast.Subscript: subscript,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _list,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: compare,
    ast.IfExp: _choice,
    ast.JoinedStr: formatted,
    ast.Call: call,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.DictComp: dictionary,
    ast.NamedExpr: _walrus,
    ast.Lambda: _lambda,
    ast.Starred: _starred,
}
