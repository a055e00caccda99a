"""Which of Python's syntax the language has. Anything not listed is refused, so new syntax has to be looked at."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbx.language.refusal import Unfit

MAX_NODES = 5000
MAX_TREE = 100


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALLOWED = _names(
    """
    Module Expression Expr Assign AugAssign Delete
    Constant Name Attribute Subscript Slice Starred Tuple List Set Dict
    BinOp UnaryOp BoolOp Compare IfExp Call keyword Lambda arguments arg
    ListComp SetComp DictComp GeneratorExp comprehension NamedExpr JoinedStr FormattedValue
    Load Store Del
    Add Sub Mult Div FloorDiv Mod Pow BitAnd BitOr BitXor LShift RShift
    Not USub UAdd Invert And Or Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn
    """
)

REFUSED: dict[str, str] = {
    "FunctionDef": "functions cannot be defined; a lambda may be a sort key",
    "AsyncFunctionDef": "functions cannot be defined",
    "ClassDef": "classes cannot be defined",
    "Return": "there is nothing to return from; write the expression alone",
    "Import": "there are no modules; what there is to call is listed by \\? functions",
    "ImportFrom": "there are no modules; what there is to call is listed by \\? functions",
    "For": "use a comprehension: [x.name for x in table]",
    "AsyncFor": "use a comprehension: [x.name for x in table]",
    "While": "use a comprehension, or recurse(base, step)",
    "If": "use 'a if condition else b', or an if inside a comprehension",
    "AnnAssign": "use a name and '='",
    "Await": "nothing is awaited here",
    "Yield": "use a comprehension",
    "YieldFrom": "use a comprehension",
    "MatMult": "there is no matrix product",
    "TemplateStr": "use an f-string",
    "Interpolation": "use an f-string",
}

OTHERS = _names(
    """
    With AsyncWith Raise Try TryStar Assert Global Nonlocal Pass Break Continue Match match_case
    MatchValue MatchSingleton MatchSequence MatchMapping MatchClass MatchStar MatchAs MatchOr
    Interactive FunctionType TypeIgnore ExceptHandler alias withitem TypeAlias TypeVar ParamSpec TypeVarTuple
    """
)
"""Refused without a word of their own. With ALLOWED and REFUSED, every node type there is: a test compares them."""


def parts(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it: ast.walk in no order, at a third of its cost."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        for value in vars(node).values():
            if isinstance(value, ast.AST):
                pending.append(value)
            elif isinstance(value, list):
                pending += [each for each in value if isinstance(each, ast.AST)]


def check(module: ast.Module) -> None:
    """Refuse what is not in the language, and trees too large to walk. Iterative: depth is what it measures."""
    nodes = 0
    pending: list[tuple[ast.AST, int, ast.AST]] = [(module, 0, module)]
    refused: list[tuple[tuple[int, int], ast.AST, str]] = []
    while pending:
        node, depth, placed = pending.pop()
        nodes += 1
        placed = node if isinstance(node, (ast.expr, ast.stmt, ast.arg, ast.keyword)) else placed
        if nodes > MAX_NODES:
            raise Unfit("E-LIMIT", f"more than {MAX_NODES:,} parts", "split it into statements", placed)
        if depth > MAX_TREE:
            raise Unfit("E-LIMIT", f"nested deeper than {MAX_TREE}", "name the inner parts", placed)
        name = type(node).__name__
        if name not in ALLOWED or (isinstance(node, ast.comprehension) and node.is_async):
            place = (getattr(placed, "lineno", 1), getattr(placed, "col_offset", 0))
            refused.append((place, placed, "AsyncFor" if name == "comprehension" else name))
            continue
        pending.extend((child, depth + 1, placed) for child in ast.iter_child_nodes(node))
    if refused:
        _, node, name = min(refused, key=lambda found: found[0])
        raise Unfit("E-NODE", f"{_words(name)} is not in this language", REFUSED.get(name, ""), node)


_WORDS = {
    "FunctionDef": "'def'", "AsyncFunctionDef": "'async def'", "ClassDef": "'class'", "ImportFrom": "'import'",
    "AsyncFor": "'async for'", "AsyncWith": "'async with'",
    "AnnAssign": "assignment with a type", "YieldFrom": "'yield'", "TryStar": "'try'", "MatMult": "'@'",
    "TemplateStr": "a t-string", "Interpolation": "a t-string",
}  # fmt: skip


def _words(name: str) -> str:
    return _WORDS.get(name, f"'{name.lower()}'")
