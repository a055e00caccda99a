"""What an expression is of, as far as completion has to know: a light reading of the language, from what is known of
the schema. What it cannot tell is None, and nothing is offered."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

from dbx.language.names.tables import match
from dbx.language.queries import navigation
from dbx.language.refusal import Unfit
from dbx.schema.known import Known, Unread
from dbx.schema.model import Column, ForeignKey, Table

_DEEP = 20
_MOST = 200


@dataclass(frozen=True)
class Row:
    table: Table


@dataclass(frozen=True)
class Several:
    """A query or collection; `item` is what it gives."""

    item: Kind


@dataclass(frozen=True)
class TableOf:
    table: Table


@dataclass(frozen=True)
class ColumnsOf:
    table: Table


@dataclass(frozen=True)
class Value:
    """`column` and `table` where it is one as it stands; `core`: it comes from `t.c`."""

    family: str
    column: Column | None = None
    table: Table | None = None
    core: bool = False


@dataclass(frozen=True)
class Tuple:
    items: tuple[Kind, ...]


@dataclass(frozen=True)
class Word:
    """A thing with attributes of its own: db, func, select, write. `name` is the schema of `db.schema`."""

    kind: str
    name: str | None = None


Kind = Row | Several | TableOf | ColumnsOf | Value | Tuple | Word | None


class _Entry(NamedTuple):
    model: Table


class Reader:
    """Reads expressions: `names` are those of comprehensions around, `session` those of assignments."""

    def __init__(self, known: Known, names: Mapping[str, Kind], session: Mapping[str, Any]) -> None:
        self.known = known
        self.bound = dict(names)
        self.session = session
        self._evaluator: Any = SimpleNamespace(names=self)  # navigation asks for `names.children` only

    def children(self, table: Table) -> Iterator[tuple[_Entry, ForeignKey]]:
        """The tables whose foreign keys lead to this one, as far as that is known."""
        for name in self.known.children(table.name, table.schema)[:_MOST]:
            child = self.known.peek(name, table.schema)
            for key in child.foreign_keys if child else ():
                if child and key.target_table == table.name and key.target_schema in (None, table.schema):
                    yield _Entry(child), key

    def table(self, name: str, schema: str | None = None) -> Table | None:
        try:
            exact = match(name, self.known.tables(schema))
            return self.known.table(exact, schema) if exact else None
        except (Unread, Unfit):
            return None

    def text(self, source: str, deep: int = 0) -> Kind:
        """The kind of an expression's text; None when it does not parse."""
        try:
            node = ast.parse(source.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        return self.read(node, deep)

    def read(self, node: ast.expr, deep: int = 0) -> Kind:
        handler = _READERS.get(type(node))
        return handler(self, node, deep + 1) if handler and deep < _DEEP else None

    # --- names and attributes -----------------------------------------------------------------------------------------

    def name(self, node: ast.Name, deep: int) -> Kind:
        word = node.id
        if word in self.bound:
            return self.bound[word]
        if word in ("db", "func"):
            return Word(word)
        if word in self.session:
            held = self.session[word]
            lazy = getattr(held, "lazy", held)
            inner = getattr(lazy, "node", None)
            if isinstance(inner, ast.expr):
                return Reader(self.known, {}, lazy.session).read(inner, deep)
            return None
        table = self.table(word)
        return TableOf(table) if table else None

    def attribute(self, node: ast.Attribute, deep: int) -> Kind:
        return self.member(self.read(node.value, deep), node.attr)

    def member(self, owner: Kind, name: str) -> Kind:
        if isinstance(owner, Row):
            return self._of_row(owner.table, name)
        if isinstance(owner, Several):
            found = self.member(owner.item, name)
            return found if isinstance(found, Several) or found is None else Several(found)
        if isinstance(owner, TableOf):
            if name in ("c", "columns"):
                return ColumnsOf(owner.table)
            return _column(owner.table, name, core=True)
        if isinstance(owner, ColumnsOf):
            return _column(owner.table, name, core=True)
        if isinstance(owner, Value):
            target = self.target(owner)
            if target is not None and (found := self._of_row(target, name)):
                return found
            return Value("int") if owner.family in ("date", "datetime", "time") else None
        if owner == Word("db") and self._is_schema(name):
            return Word("db", name)
        if isinstance(owner, Word) and owner.kind == "db":
            table = self.table(name, owner.name)
            return TableOf(table) if table else None
        return None

    def _is_schema(self, name: str) -> bool:
        try:
            return name in self.known.schemas()[1]
        except Unread:
            return False

    def _of_row(self, table: Table, name: str) -> Kind:
        column = _column(table, name)
        if column is not None:
            return column
        references, collections = self.references(table), self.collections(table)
        plain = name.rstrip("_")
        for each in (name, plain):
            if each in references:
                return Row(references[each])
            if each in collections:
                return Several(Row(collections[each]))
        return None

    def references(self, table: Table) -> dict[str, Table]:
        """Where the foreign keys of a table lead, by the names that they can be followed by."""
        keys = navigation.references(self._evaluator, table)
        found = {
            name: self.known.peek(key.target_table, key.target_schema or table.schema) for name, key in keys.items()
        }
        return {name: each for name, each in found.items() if each is not None}

    def collections(self, table: Table) -> dict[str, Table]:
        """What refers to a table, by the names that mean one thing only."""
        found: dict[str, Table] = {}
        for name, ways in navigation.collections(self._evaluator, table).items():
            child, _, far = ways[0]
            target = self.known.peek(far.target_table, far.target_schema or table.schema) if far else child.model
            if len(ways) == 1 and target is not None:
                found[name] = target
        return found

    def target(self, value: Value) -> Table | None:
        """The table that a column refers to, which a further dot leads into."""
        for key in value.table.foreign_keys if value.table and value.column and not value.core else ():
            if value.column and key.columns == (value.column.name,) and value.table:
                return self.known.peek(key.target_table, key.target_schema or value.table.schema)
        return None

    # --- the rest -----------------------------------------------------------------------------------------------------

    def subscript(self, node: ast.Subscript, deep: int) -> Kind:
        owner, index = self.read(node.value, deep), node.slice
        if (
            isinstance(owner, TableOf | Row | ColumnsOf)
            and isinstance(index, ast.Constant)
            and isinstance(index.value, str)
        ):
            return _column(owner.table, index.value, core=not isinstance(owner, Row))
        if isinstance(owner, Word) and owner.kind == "db" and isinstance(index, ast.Constant):
            return self.member(owner, str(index.value))
        if isinstance(index, ast.Slice):
            return Several(Row(owner.table)) if isinstance(owner, TableOf) else owner
        if isinstance(owner, TableOf):
            return Row(owner.table)
        if isinstance(owner, Several):
            return owner.item
        if isinstance(owner, Tuple) and isinstance(index, ast.Constant) and isinstance(index.value, int):
            return owner.items[index.value] if -len(owner.items) <= index.value < len(owner.items) else None
        return owner if isinstance(owner, Value) and owner.family in ("json", "str") else None

    def items(self, kind: Kind) -> Kind:
        """What a loop over it gives."""
        if isinstance(kind, TableOf):
            return Row(kind.table)
        return kind.item if isinstance(kind, Several) else None

    def call(self, node: ast.Call, deep: int) -> Kind:
        first = self.read(node.args[0], deep) if node.args else None
        if isinstance(node.func, ast.Attribute):
            return self._method(self.read(node.func.value, deep), node.func.attr)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in _SAME:
            return Several(item) if (item := self.items(first)) else None
        if name in ("first", "get", "min", "max"):
            item = self.items(first)
            return item if item is not None else first if isinstance(first, Value) else None
        if name == "select":
            return Word("select")
        if name in ("alias", "outer"):
            return first
        if name in ("ref", "refs"):
            return None
        return Value(_RESULTS[name]) if name in _RESULTS else None

    def _method(self, owner: Kind, name: str) -> Kind:
        if isinstance(owner, Value):
            return Value(_METHOD_RESULTS.get(name, owner.family if name not in _TRUTHS else "bool"), core=owner.core)
        if isinstance(owner, TableOf):
            return (
                Word("select")
                if name == "select"
                else owner
                if name == "alias"
                else Word("write")
                if name in _WRITES
                else None
            )
        if isinstance(owner, Several):
            return owner
        return owner if isinstance(owner, Word) and owner.kind in ("select", "write") else None

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, deep: int) -> Kind:
        inner = Reader(self.known, self.bound, self.session)
        for each in node.generators:
            inner.bind(_names(each.target), inner.items(inner.read(each.iter, deep)))
        return Several(inner.read(node.elt, deep))

    def bind(self, names: tuple[str, ...], item: Kind) -> None:
        if len(names) == 1:
            self.bound[names[0]] = item
        else:
            parts = item.items if isinstance(item, Tuple) else ()
            self.bound.update({name: parts[at] if at < len(parts) else None for at, name in enumerate(names)})

    def either(self, node: ast.IfExp, deep: int) -> Kind:
        return self.read(node.body, deep) or self.read(node.orelse, deep)

    def several(self, node: ast.BoolOp, deep: int) -> Kind:
        return next((kind for each in node.values if (kind := self.read(each, deep))), None)

    def binary(self, node: ast.BinOp, deep: int) -> Kind:
        left = self.read(node.left, deep)
        found = left if left is not None else self.read(node.right, deep)
        return Value(found.family, core=found.core) if isinstance(found, Value) else found

    def tuple(self, node: ast.Tuple, deep: int) -> Kind:
        return Tuple(tuple([self.read(each, deep) for each in node.elts]))

    def constant(self, node: ast.Constant, deep: int) -> Kind:
        family = _CONSTANTS.get(type(node.value))
        return Value(family) if family else None


def _column(table: Table, name: str, *, core: bool = False) -> Value | None:
    column = table.column(name) or table.column(name.rstrip("_"))
    column = column or next((each for each in table.columns if each.name.lower() == name.lower()), None)
    return Value(column.family, column, table, core) if column else None


def _names(target: ast.expr) -> tuple[str, ...]:
    return tuple([each.id for each in ast.walk(target) if isinstance(each, ast.Name)])


_CONSTANTS: dict[type, str] = {str: "str", int: "int", float: "float", bool: "bool", bytes: "bytes"}
_SAME = frozenset(("sorted", "reversed", "distinct", "set", "list", "sample", "rows", "distinct_on", "recurse"))
_RESULTS = {
    **dict.fromkeys(("len", "count", "int", "floor", "ceil", "sign", "row_number", "rank", "dense_rank",
                    "ntile"), "int"),
    **dict.fromkeys(("sum", "abs", "round", "Decimal"), "decimal"),
    **dict.fromkeys(("avg", "mean", "float", "sqrt", "exp", "log", "pow", "percent_rank", "cume_dist"), "float"),
    **dict.fromkeys(("any", "all", "bool", "exists"), "bool"),
    "str": "str", "date": "date", "today": "date", "datetime": "datetime", "now": "datetime", "time": "time",
    "timedelta": "interval",
}  # fmt: skip
_METHOD_RESULTS = {
    "find": "int", "weekday": "int", "isoweekday": "int", "date": "date", "time": "time", "strftime": "str",
    "isoformat": "str", "total_seconds": "float",
}  # fmt: skip
_TRUTHS = frozenset(
    ("startswith", "endswith", "like", "ilike", "contains", "in_", "not_in", "is_", "is_not", "between", "regexp_match")
)
_WRITES = frozenset(("insert", "update", "delete", "upsert"))

_READERS: dict[type, Any] = {
    ast.Name: Reader.name, ast.Attribute: Reader.attribute, ast.Subscript: Reader.subscript, ast.Call: Reader.call,
    ast.ListComp: Reader.comprehension, ast.GeneratorExp: Reader.comprehension, ast.SetComp: Reader.comprehension,
    ast.IfExp: Reader.either, ast.BoolOp: Reader.several, ast.BinOp: Reader.binary, ast.Tuple: Reader.tuple,
    ast.Constant: Reader.constant, ast.JoinedStr: lambda reader, node, deep: Value("str"),
    ast.Compare: lambda reader, node, deep: Value("bool"),
    ast.NamedExpr: lambda reader, node, deep: reader.read(node.value, deep),
}  # fmt: skip
