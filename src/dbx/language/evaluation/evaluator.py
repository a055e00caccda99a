"""The symbolic evaluator: a tree goes in, values of dbx's own kinds come out. No Python of the user is ever run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from time import thread_time
from typing import Any

from sqlalchemy import CTE, Alias, Dialect, SelectBase

from dbx.language.evaluation.nodes import NODES
from dbx.language.names.lookup import Kept, Lazy
from dbx.language.names.reuse import Shared
from dbx.language.names.scope import Scope
from dbx.language.names.tables import Names
from dbx.language.queries.sources import iterate
from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.select.assemble import build, scalar_query
from dbx.language.select.frame import Anchor, Followed, Frame
from dbx.language.server import format as server_format
from dbx.language.server import json as server_json
from dbx.language.server import number as server_number
from dbx.language.server import text as server_text
from dbx.language.server import time as server_time
from dbx.language.server.server import Server
from dbx.language.syntax.source import Source
from dbx.language.values.kinds import (
    AliasValue,
    Change,
    LambdaValue,
    Literal,
    Query,
    Record,
    Row,
    Scalar,
    Selected,
    Sequence,
    Sql,
    TableValue,
    Value,
    Write,
    describe,
)
from dbx.language.values.objects import Instance, Repository, key_of
from dbx.language.values.scalars import Parameters, check_width
from dbx.language.values.types import beside, family_of

WRITERS = (server_format, server_json, server_number, server_text, server_time)
"""Imported for the operations they register."""

MAX_STEPS = 50_000
CLOCK_STEPS = 32
MAX_SECONDS = 2.0
"""Of this thread's own work: neither a busy machine nor a server that is asked about its tables counts."""

MAX_SOURCES = 8
MAX_QUERIES = 16
MAX_NESTING = 200


class Evaluator:
    """One statement's evaluation: what it may name, what it has used up, what it has bound."""

    def __init__(
        self,
        names: Names,
        session: Mapping[str, Any],
        dialect: Dialect,
        source: Source,
        *,
        strict: bool,
        objects: Repository | None = None,
    ) -> None:
        self.names = names
        self.session = session
        self.server = Server(dialect)
        self.source = source
        self.strict = strict
        self.objects = objects
        """The Session, where there is one and it may be asked."""
        self.parameters = Parameters()
        self.steps = 0
        self.nesting = 0
        self.sources = 0
        self.queries = 0
        self.nowhere = Frame()
        self.owner = ""
        """The text of what an attribute is being asked of, for the help line."""
        self.enclosing: tuple[Frame, ...] = ()
        self.aliases: set[str] = set()
        self.made: set[str] = set()
        self.reserved: frozenset[str] = frozenset()
        self.shared = Shared((), {})
        self.until = thread_time() + MAX_SECONDS
        self.remade: dict[int, Value] = {}
        self.followed: list[Followed] = []

    def afresh(self, dialect: Dialect | None = None) -> Evaluator:
        """Another one, for a part that is a statement of its own, perhaps on another server."""
        other = Evaluator(self.names, self.session, dialect or self.server.dialect, self.source, strict=self.strict)
        other.reserved = self.reserved
        return other

    def evaluate(self, node: ast.AST, scope: Scope) -> Value:
        """The one way from a node to a value; what comes out is asserted to be one."""
        self.steps += 1
        self.nesting += 1
        try:
            late = self.steps % CLOCK_STEPS == 0 and thread_time() > self.until
            if self.steps > MAX_STEPS or self.nesting > MAX_NESTING or late:
                raise Unfit("E-LIMIT", "too much work in one statement", "split it into statements")
            value = NODES[type(node)](self, node, scope)
        except Unfit as unfit:
            raise self.source.error(unfit, node) from None
        finally:
            self.nesting -= 1
        assert isinstance(value, Value)
        return value

    def value_of(self, node: ast.AST, scope: Scope, family: str = "") -> Scalar:
        """A node in the place of a scalar."""
        value = self.evaluate(node, scope)
        try:
            return self.scalar(value, family)
        except Unfit as unfit:
            raise self.source.error(unfit, node) from None

    def scalar(self, value: Value, family: str = "") -> Scalar:
        """One SQL value. A literal is read in the light of the `family` beside it."""
        if isinstance(value, Scalar):
            if value.literal is not None and family:
                return self.parameters.bind(beside(value.literal, family))
            return value
        if isinstance(value, Literal):
            return self.parameters.bind(beside(value, family) if family else value)
        if isinstance(value, Row):
            key = keys.key(value)
            if len(key) != 1:
                raise Unfit("E-TYPE", "a row with a key of several columns is no single value", "name the column")
            return key[0]
        if isinstance(value, Instance):
            return self.scalar(key_of(self, value), family)
        if isinstance(value, Record) and len(value.items) == 1:
            return self.scalar(value.items[0], family)
        if isinstance(value, Selected):
            columns = list(value.statement.selected_columns)
            if len(columns) != 1:
                raise Unfit("E-TYPE", f"a query of {len(columns)} columns is no single value")
            return Scalar(value.statement.scalar_subquery(), family_of(columns[0].type), whole=value.statement)
        if isinstance(value, Query):
            if value.single:
                return scalar_query(self, value)
            raise Unfit("E-TYPE", "a query as a column", "fold it: len(…), sum(…), max(…), any(…), first(…)")
        if isinstance(value, (Write, Change)):
            raise Unfit("E-WRITE", "a write is a statement by itself", "write it alone, outside any other expression")
        raise Unfit("E-TYPE", f"{describe(value)} is no single value")

    def core(self, value: Value, node: ast.AST) -> Scalar:
        """A value as an argument of Core, with the place of the argument when it cannot be one."""
        try:
            return self.scalar(value)
        except Unfit as unfit:
            unfit.node = unfit.node or node
            raise

    def query(self, value: Value) -> Query:
        """A table or query as the Pythonic form has it."""
        if isinstance(value, Query):
            return value
        if isinstance(value, (TableValue, AliasValue, Selected, Sequence)):
            frame = Frame()
            return Query(frame, iterate(self, value, Scope(), frame, ""))
        raise Unfit("E-TYPE", f"{describe(value)} is no query")

    def statement(self, value: Value) -> SelectBase:
        """A query as it would run."""
        if isinstance(value, Selected):
            check_width(value.statement.selected_columns)
            return value.statement
        query = self.query(value)
        if query.compound is not None and query.open and not query.frame.home.where + query.frame.home.order:
            return query.compound
        return build(self, query)

    def elsewhere(self, lazy: Lazy, scope: Scope, name: str = "") -> Value:
        """What a session name stands for, evaluated in its own text and with the names of its time.

        It sees nothing of the place it is used at, except which aliases are taken there. A query used twice is read
        twice from one place.
        """
        if not self.shared.known(lazy):
            return self._elsewhere(lazy, scope)
        found = self.shared.again(self, lazy)
        return found if found is not None else self.shared.read(self, lazy, name, self._elsewhere(lazy, scope))

    def _elsewhere(self, lazy: Lazy, scope: Scope) -> Value:
        before = self.source, self.session, self.enclosing
        self.source, self.session, self.enclosing = lazy.source, lazy.session, (*self.enclosing, *scope.frames())
        try:
            return self.evaluate(lazy.node, Scope())
        finally:
            self.source, self.session, self.enclosing = before

    def again(self, kept: Kept, scope: Scope) -> Value:
        """One of Core's objects for this dialect: the same one wherever this statement names it."""
        if id(kept) not in self.remade:
            self.remade[id(kept)] = self.elsewhere(kept.lazy, scope)
        return self.remade[id(kept)]

    def apply(self, key: LambdaValue, *arguments: Value) -> Value:
        """The body of a lambda with its parameters bound. It is translated like any other part."""
        parameters = key.node.args
        names = [parameter.arg for parameter in parameters.args]
        if len(names) != len(arguments) or parameters.vararg or parameters.kwarg or parameters.kwonlyargs:
            raise Unfit("E-CALL", f"this lambda takes {len(arguments)} parameter", node=key.node)
        scope = Scope(key.scope, variables=dict(zip(names, arguments, strict=True)))
        return self.evaluate(key.node.body, scope)

    def write(self, operation: str, *parts: Scalar | Sql, detail: Any = None) -> Sql:
        """An operation as this server writes it."""
        return self.server.write(
            operation, *(part.sql if isinstance(part, Scalar) else part for part in parts), detail=detail
        )

    def count_source(self) -> None:
        self.sources += 1
        if self.sources > MAX_SOURCES:
            raise Unfit("E-LIMIT", f"more than {MAX_SOURCES} sources in one statement")

    def count_query(self) -> None:
        self.queries += 1
        if self.queries > MAX_QUERIES:
            raise Unfit("E-LIMIT", f"more than {MAX_QUERIES} queries in one statement")

    def alias(self, wanted: str, scope: Scope | None = None) -> str:
        """A name for a FROM element: a loop variable's own if it is free, else one that is used nowhere yet."""
        around = [*_frames(scope), *self.enclosing]
        used = {str(anchor.selectable.name) for frame in around for anchor in _named(frame)}
        if scope is not None and wanted not in used:
            self.aliases.add(wanted)
            return wanted
        return self._free(wanted)

    def short_alias(self, table: str) -> str:
        """The shortest beginning of a table's name that nothing else is called: a, al, alb, …"""
        word = "".join(c for c in table.lower() if c.isalnum() and c.isascii()).lstrip("0123456789") or "t"
        taken = self.aliases | self.reserved
        for size in range(1, min(len(word), 12) + 1):
            if word[:size] not in taken and word[:size] not in _KEYWORDS:
                self.aliases.add(word[:size])
                self.made.add(word[:size])
                return word[:size]
        return self._free(word)

    def rename(self, anchor: Anchor, wanted: str, scope: Scope) -> None:
        """Give a FROM element that got its name from nobody the name of the loop variable it turned out to be for."""
        selectable = anchor.selectable
        own = str(selectable.name) if isinstance(selectable, (Alias, CTE)) else ""
        if isinstance(selectable, (Alias, CTE)) and own in self.made and own != wanted:
            self.made.discard(own)
            self.aliases.discard(own)
            selectable.name = self.alias(wanted, scope)

    def _free(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self.aliases | self.reserved:
            number += 1
            name = f"{wanted}{number}"
        self.aliases.add(name)
        return name


_KEYWORDS = frozenset(("as", "at", "by", "do", "go", "if", "in", "is", "no", "of", "on", "or", "to", "all", "and",
                       "any", "asc", "end", "for", "not", "set", "add", "key", "use", "int", "new", "old"))  # fmt: skip


def _frames(scope: Scope | None) -> list[Frame]:
    return list(scope.frames()) if scope is not None else []


def _named(frame: Frame) -> list[Any]:
    return [anchor for anchor in frame.anchors() if hasattr(anchor.selectable, "name")]
