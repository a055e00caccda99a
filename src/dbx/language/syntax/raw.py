"""What carries SQL text into a statement. In strict mode its mere mention is refused, before its place is looked at."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from dbx.language.refusal import Unfit

RAW_NAMES = frozenset(
    (
        "text", "literal_column", "prefix_with", "suffix_with", "with_hint", "with_statement_hint",
        "columns_from_text", "from_statement", "execution_options",
    )
)  # fmt: skip


def refuse_raw(nodes: Iterable[ast.AST]) -> None:
    for node in nodes:
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            name = node.func.attr if isinstance(node.func, ast.Attribute) else name
            if name in RAW_NAMES:
                raise Unfit("E-RAW", f"{name}() carries SQL text, which is refused here", "", node.func)
