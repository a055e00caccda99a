"""Calls: of a function by its name, of a method by the kind of its owner. Both are static tables."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dbx.language.core.func import server_function
from dbx.language.core.methods import operated
from dbx.language.evaluation import here
from dbx.language.evaluation.callables import FUNCTIONS, METHODS, TYPE_FUNCTIONS
from dbx.language.functions.calls import Call
from dbx.language.names.tables import match
from dbx.language.refusal import Unfit, near, suggestion
from dbx.language.syntax import hints
from dbx.language.syntax.raw import RAW_NAMES
from dbx.language.values.kinds import FunctionName, Literal, Namespace, Query, Row, Scalar, TableValue, Value, describe
from dbx.language.values.objects import Instance, attribute

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope


def call(evaluator: Evaluator, node: ast.Call, scope: Scope) -> Value:
    if isinstance(node.func, ast.Name):
        return _function(Call(evaluator, node, scope, node.func.id), node.func)
    if isinstance(node.func, ast.Attribute):
        return _method(Call(evaluator, node, scope, node.func.attr), node.func)
    operator = _operator(node.func)
    if operator is not None and len(node.args) == 1 and not node.keywords:
        assert isinstance(operator.func, ast.Attribute)
        sign = Call(evaluator, operator, scope, "op").string(operator.args[0])
        owner = evaluator.evaluate(operator.func.value, scope)
        return operated(Call(evaluator, node, scope, operator.func.attr), owner, sign, node.args[0])
    raise Unfit("E-NODE", "only a function or a method can be called", node=node.func)


def _operator(node: ast.expr) -> ast.Call | None:
    """The `x.op('->>')` of `x.op('->>')(y)`"""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("op", "bool_op"):
        return node if len(node.args) == 1 and not node.keywords else None
    return None


def _function(request: Call, node: ast.Name) -> Value:
    handler = FUNCTIONS.get(request.name)
    if handler is not None:
        return handler(request)
    evaluator = request.evaluator
    if request.name in TYPE_FUNCTIONS:
        raise Unfit("E-NAME", f"'{request.name}' is a type", f"cast(x, {request.name})", node)
    if request.scope.lookup(request.name) or match(request.name, evaluator.names.tables()):
        hint = f"[x for x in {request.name}], or {request.name}.c for its columns"
        raise Unfit("E-NAME", f"'{request.name}' is no function", hint, node)
    raise Unfit("E-NAME", f"there is no function '{request.name}'", _function_help(request.name), node)


def _function_help(word: str) -> str:
    if word in hints.FUNCTIONS:
        return hints.FUNCTIONS[word]
    if word.startswith("_"):
        return hints.NO_PYTHON
    close = near(word, FUNCTIONS)
    return f"did you mean '{close}'?" if close else f"a function of the server is func.{word}(…)"


def _method(request: Call, node: ast.Attribute) -> Value:
    name = request.name
    if name.startswith("_"):
        raise Unfit("E-ATTR", f"'{name}' begins with an underscore", "such names are reserved", node)
    owner = request.evaluator.evaluate(node.value, request.scope)
    if isinstance(owner, Namespace):
        return server_function(request)
    if isinstance(owner, FunctionName):
        raise Unfit("E-CALL", f"'func.{owner.name}.{name}': a server function has no dots", "", node)
    if (computed := here.method(request, owner)) is not None:
        return computed
    for kind in kinds_of(owner):
        handler = METHODS.get(kind, {}).get(name)
        if handler is not None:
            return handler(request, owner)
    if isinstance(owner, Instance):
        attribute(request.evaluator, owner, name)  # whatever its class has of that name, it is not mapped
    if name in RAW_NAMES and not request.evaluator.strict:
        raise Unfit("E-ATTR", f"'{name}' is not supported here", "write the statement as SQL", node)
    known = [method for kind in kinds_of(owner) for method in METHODS.get(kind, {})]
    raise Unfit("E-ATTR", f"{describe(owner)} has no method '{name}'", _method_help(owner, name, known), node)


def _method_help(owner: Value, name: str, known: list[str]) -> str:
    """What is folded or sorted here is a function's argument, not its owner."""
    if isinstance(owner, (Query, TableValue, Row)) and name in FUNCTIONS and name not in known:
        return f"{name}(…) is a function"
    if isinstance(owner, Scalar) and owner.family == "json" and name in METHODS["str"]:
        return f"str(…).{name}(…): what JSON holds is text only when it is taken for text"
    if isinstance(owner, (Query, TableValue, Row)) and name in hints.FUNCTIONS and not near(name, known):
        return hints.FUNCTIONS[name]
    return suggestion(name, known, "methods")


def kinds_of(value: Value) -> list[str]:
    """Where the methods of a value are looked up. What is unknown might be anything."""
    if not isinstance(value, (Scalar, Literal)):
        return [value.kind]
    if isinstance(value, Scalar) and value.core:
        return ["core", value.family, "any"]
    own = ["str", "datetime", "interval"] if value.family in ("unknown", "enum") else [value.family]
    return [*own, "number", "any", "core"] if value.family in ("int", "float", "decimal") else [*own, "any", "core"]
