"""The arguments of a call, checked against what is taken before anything is made of them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbx.language.refusal import Unfit, suggestion
from dbx.language.select import keys
from dbx.language.syntax.hints import misspelt_comparison
from dbx.language.values.kinds import Columns, Literal, Record, Row, Scalar, Sequence, Value

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope

MAX_STARRED = 200


@dataclass(slots=True, eq=False)
class Call:
    """A call under way. Arguments are evaluated by whoever takes them: a type is not looked up as a value is."""

    evaluator: Evaluator
    node: ast.Call
    scope: Scope
    name: str

    def take(self, *parameters: str) -> list[ast.expr | None]:
        """The arguments by position or keyword; "x?" may be left out. Anything else is refused."""
        names = [parameter.rstrip("?") for parameter in parameters]
        found: dict[str, ast.expr] = {}
        if len(self.node.args) > len(names):
            raise Unfit("E-CALL", f"{self.name}() takes {_arguments(names)}", node=self.node.args[len(names)])
        for name, node in zip(names, self.node.args, strict=False):
            if isinstance(node, ast.Starred):
                raise Unfit("E-CALL", f"{self.name}() takes no *", node=node)
            found[name] = node
        for keyword in self.node.keywords:
            if keyword.arg is None or keyword.arg not in names or keyword.arg in found:
                raise self.unknown(keyword, names)
            found[keyword.arg] = keyword.value
        for parameter in parameters:
            if not parameter.endswith("?") and parameter not in found:
                raise Unfit("E-CALL", f"{self.name}() needs {_arguments([parameter])}")
        return [found.get(name) for name in names]

    def unknown(self, keyword: ast.keyword, names: list[str]) -> Unfit:
        word = f"{keyword.arg}=" if keyword.arg else "**"
        known = suggestion(keyword.arg or "", [name for name in names if name])
        known = known or misspelt_comparison(self.name, keyword.arg or "column")
        return Unfit("E-CALL", f"{self.name}() takes no {word}", known, keyword)

    def options(self, *names: str) -> dict[str, ast.expr]:
        """Only the keywords."""
        for keyword in self.node.keywords:
            if keyword.arg is None or keyword.arg not in names:
                raise self.unknown(keyword, list(names))
        return {keyword.arg: keyword.value for keyword in self.node.keywords if keyword.arg}

    def flag(self, name: str, node: ast.expr | None, default: bool = False) -> bool:
        """A keyword that is True or False as written."""
        if node is None:
            return default
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return node.value
        raise Unfit("E-CALL", f"{name}= is True or False", node=node)

    def value(self, node: ast.expr) -> Value:
        return self.evaluator.evaluate(node, self.scope)

    def scalar(self, node: ast.expr, family: str = "") -> Scalar:
        return self.evaluator.value_of(node, self.scope, family)

    def number(self, node: ast.expr | None, default: int) -> int:
        """An integer as written."""
        if node is None:
            return default
        value = self.value(node)
        if isinstance(value, Literal) and value.family == "int":
            return int(value.value)
        raise Unfit("E-CALL", f"{self.name}() needs a number here, as written", node=node)

    def string(self, node: ast.expr) -> str:
        value = self.value(node)
        if isinstance(value, Literal) and value.family == "str":
            return str(value.value)
        raise Unfit("E-CALL", f"{self.name}() needs a string here, as written", node=node)

    def mark(self, node: ast.expr | None) -> str | None:
        """The character behind escape="""
        if node is None:
            return None
        character = self.string(node)
        if len(character) != 1:
            raise Unfit("E-VALUE", "escape= is one character", node=node)
        return character

    def each(self) -> list[tuple[ast.expr, Value]]:
        """All positional arguments, `*` of a literal list or of columns unfolded."""
        found: list[tuple[ast.expr, Value]] = []
        for node in self.node.args:
            if isinstance(node, ast.Starred):
                found += [(node, value) for value in starred(self.evaluator, node, self.scope)]
            else:
                found.append((node, self.value(node)))
        if len(found) > MAX_STARRED + 50:
            raise Unfit("E-LIMIT", f"{self.name}() with {len(found)} arguments")
        return found


Handler = Callable[[Call], Value]
Method = Callable[[Call, Value], Value]


def starred(evaluator: Evaluator, node: ast.Starred, scope: Scope) -> list[Value]:
    """`*` is for a list that is written out, for `t.c`, and for a row."""
    from_list = isinstance(node.value, (ast.List, ast.Tuple))
    value = evaluator.evaluate(node.value, scope) if from_list or _is_name(node.value) else None
    if isinstance(value, (Sequence, Record)) and from_list:
        items: list[Value] = list(value.items)
    elif isinstance(value, Columns):
        items = list(value.columns.values())
    elif isinstance(value, Row):
        items = [*keys.columns(value)]
    elif isinstance(value, Record):
        items = list(value.items)
    else:
        raise Unfit("E-TYPE", "* is for a literal list, t.c, or a row", node=node)
    if len(items) > MAX_STARRED:
        raise Unfit("E-LIMIT", f"* of {len(items)} items", node=node)
    return items


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute))


def _arguments(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "no arguments"
