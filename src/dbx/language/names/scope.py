"""Which names an expression sees, innermost first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbx.language.values.kinds import Value

if TYPE_CHECKING:
    from dbx.language.select.frame import Frame


@dataclass(slots=True, eq=False)
class Scope:
    """A comprehension's or lambda's variables. `frame` is the SELECT under construction there."""

    parent: Scope | None = None
    frame: Frame | None = None
    variables: dict[str, Value] = field(default_factory=dict)
    promised: dict[str, ast.NamedExpr] = field(default_factory=dict)
    """What `:=` will name further on: a name is good in the whole comprehension."""
    pending: Frame | None = None
    """The rows so far of a recursion, which the first comprehension inside has to read from."""

    def chain(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def lookup(self, name: str) -> Value | None:
        return next((scope.variables[name] for scope in self.chain() if name in scope.variables), None)

    def promise(self, name: str) -> ast.NamedExpr | None:
        """The `:=` of a name that was not reached yet; asked for once, so that it cannot be its own value."""
        for scope in self.chain():
            if name in scope.promised:
                return scope.promised.pop(name)
        return None

    def names(self) -> Iterator[str]:
        for scope in self.chain():
            yield from scope.variables

    def frames(self) -> Iterator[Frame]:
        for scope in self.chain():
            if scope.frame is not None:
                yield scope.frame.home
