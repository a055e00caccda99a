"""Strings that were read already: what their methods and elements are is Python's to say, and no server is asked."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dbx.language.functions.calls import Call
from dbx.language.operators.folding import MAX_TEXT
from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Literal, Record, Value
from dbx.language.values.objects import Held, held

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope

_PURE: dict[str, Callable[..., Any]] = {
    "upper": str.upper, "lower": str.lower, "title": str.title, "strip": str.strip, "lstrip": str.lstrip,
    "rstrip": str.rstrip, "startswith": str.startswith, "endswith": str.endswith, "find": str.find,
    "replace": str.replace, "removeprefix": str.removeprefix, "removesuffix": str.removesuffix, "ljust": str.ljust,
    "rjust": str.rjust, "zfill": str.zfill,
}  # fmt: skip
_WIDENS = frozenset(("ljust", "rjust", "zfill"))


def method(call: Call, owner: Value) -> Value | None:
    """x.name.upper() of an object x; None where this is the server's after all."""
    if not (isinstance(owner, Held) and isinstance(owner.value, str)) or call.name not in _PURE or call.node.keywords:
        return None
    arguments = [_plain(value) for _, value in call.each()]
    if any(each is None for each in arguments) or _large(owner.value, call.name, arguments):
        return None
    try:
        return held(_PURE[call.name](owner.value, *arguments))
    except TypeError:
        return None  # what it takes is told as of any other string


def element(evaluator: Evaluator, owner: Held, node: ast.Subscript, scope: Scope) -> Value | None:
    """x.name[0], x.name[:3]; None where this is the server's after all."""
    parts = [node.slice.lower, node.slice.upper] if isinstance(node.slice, ast.Slice) else [node.slice]
    bounds: list[Any] = [None if part is None else _plain(evaluator.evaluate(part, scope)) for part in parts]
    written = [bound for part, bound in zip(parts, bounds, strict=True) if part is not None]
    if not isinstance(owner.value, str) or any(type(bound) is not int for bound in written):
        return None
    if isinstance(node.slice, ast.Slice):
        return held(owner.value[slice(*bounds)])
    try:
        return held(owner.value[bounds[0]])
    except IndexError:
        raise Unfit("E-VALUE", f"this string has {len(owner.value):,} characters", "", node.slice) from None


def _plain(value: Value) -> Any:
    """What is written, or was read; None for what is neither, and for NULL."""
    if isinstance(value, Record):
        items = tuple(_plain(each) for each in value.items)
        return None if None in items else items
    return value.value if isinstance(value, Literal) else None


def _large(text: str, name: str, arguments: list[Any]) -> bool:
    if name in _WIDENS:
        return bool(arguments) and isinstance(arguments[0], int) and arguments[0] > MAX_TEXT
    if name == "replace" and len(arguments) == 2 and all(isinstance(each, str) for each in arguments):
        return text.count(arguments[0]) * len(arguments[1]) > max(MAX_TEXT, len(text))
    return False
