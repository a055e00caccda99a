"""A query named in the session and used twice in one statement: one common table expression, read twice."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from dbx.language.names.lookup import Lazy
from dbx.language.select.assemble import as_source
from dbx.language.syntax.grammar import parts
from dbx.language.values.kinds import Query, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import CTE, SelectBase

    from dbx.language.evaluation.evaluator import Evaluator

_WRITES = frozenset(("insert", "update", "delete", "upsert"))


class Shared:
    """The queries of one statement that are used more than once, each made when it is first met."""

    def __init__(self, nodes: Sequence[ast.AST], session: Mapping[str, Any]) -> None:
        counts: dict[int, int] = {}
        if not _writes(nodes):
            _count(nodes, session, counts)
        self._twice = {key for key, count in counts.items() if count > 1}
        self._made: dict[int, tuple[Query, CTE]] = {}

    def known(self, lazy: Lazy) -> bool:
        return id(lazy) in self._twice

    def read(self, evaluator: Evaluator, lazy: Lazy, name: str, value: Value) -> Value:
        """The first time, where it is made. What is no query of several rows is as it was."""
        if not isinstance(value, Query) or value.single or value.collection:
            self._twice.discard(id(lazy))
            return value
        label = name if name.isidentifier() and not name.startswith("_") else "last"

        def first(statement: SelectBase) -> Any:
            made: CTE = statement.cte(evaluator.alias(label))
            self._made[id(lazy)] = value, made
            return made.alias(evaluator.short_alias(label))

        evaluator.count_source()
        return as_source(evaluator, value, source=first)

    def again(self, evaluator: Evaluator, lazy: Lazy) -> Value | None:
        if id(lazy) not in self._made:
            return None
        query, made = self._made[id(lazy)]
        evaluator.count_source()
        return as_source(evaluator, query, source=lambda _: made.alias(evaluator.short_alias(str(made.name))))


def _writes(nodes: Sequence[ast.AST]) -> bool:
    """Not every server has WITH in front of a write."""
    return any(
        isinstance(each, ast.Call)
        and (
            (isinstance(each.func, ast.Attribute) and each.func.attr in _WRITES)
            or (isinstance(each.func, ast.Name) and each.func.id in _WRITES)
        )
        for each in nodes
    )


def _count(nodes: Iterable[ast.AST], session: Mapping[str, Any], counts: dict[int, int]) -> None:
    """How often each name is used, those in what other names stand for once for all their uses."""
    for each in nodes:
        lazy = session.get(each.id) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) else None
        if isinstance(lazy, Lazy):
            counts[id(lazy)] = counts.get(id(lazy), 0) + 1
            if counts[id(lazy)] == 1:
                _count(parts(lazy.node), lazy.session, counts)
