"""What an expression can come to. The evaluator returns nothing else; no value of these is ever called."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CTE, ColumnElement, FromClause, Select, SelectBase
from sqlalchemy.sql.base import Executable

from dbx.language.values.distinct import first_rows

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope
    from dbx.language.names.tables import Entry
    from dbx.language.select.frame import Anchor, Frame
    from dbx.rows import Rows
    from dbx.schema.model import ForeignKey

Sql = ColumnElement[Any]


@dataclass(slots=True, eq=False)
class Value:
    """Anything an expression can be. `kind` selects its attributes and methods."""

    kind: ClassVar[str] = "value"


@dataclass(slots=True, eq=False)
class Literal(Value):
    """A value known before any server is asked. `text` is how a float was written, so that 1.1 can be exact."""

    kind: ClassVar[str] = "literal"
    value: Any
    family: str
    text: str = ""


@dataclass(slots=True, eq=False)
class Scalar(Value):
    """One SQL value per row.

    `loose` are the row's own parts beside an aggregate, which a GROUP BY has to name; `rejects` are the joined rows
    whose absence makes this NULL, so that a condition on it makes their LEFT JOIN an inner one.
    """

    kind: ClassVar[str] = "scalar"
    sql: Sql
    family: str = "unknown"
    nullable: bool = True
    core: bool = False
    predicate: bool = False
    aggregate: bool = False
    window: bool = False
    nested: bool = False
    """It folds what has been folded: good only around a GROUP BY, as a window."""
    loose: tuple[Sql, ...] = ()
    rejects: frozenset[Anchor] = frozenset()
    name: str = ""
    qualified: str = ""
    labelled: bool = False
    literal: Literal | None = None
    reference: tuple[Row, ForeignKey] | None = None
    whole: SelectBase | None = None
    """The statement this is a scalar subquery of: run as it is when it stands alone."""
    made: Any = None
    """What a later method builds on: a function before something is put around it, the path into a JSON value."""
    otherwise: Sql | None = None
    """What the aggregate in `made` is where there are no rows: it goes around a window, not into it."""
    size: int = 1
    """About how much SQL it is."""
    element: str = "unknown"
    """The family of an array's elements."""

    @property
    def constant(self) -> bool:
        return self.literal is not None

    def named(self, name: str) -> Scalar:
        return replace(self, name=name, qualified="", labelled=True)


@dataclass(slots=True, eq=False)
class Record(Value):
    """Several values side by side: a tuple, a dict with literal keys (named), or a row of such a query."""

    kind: ClassVar[str] = "tuple"
    items: tuple[Value, ...]
    names: tuple[str, ...] = ()
    keyed: int = 0
    """For the items of a dict comprehension: how many of them are its key."""

    @property
    def pair(self) -> tuple[Value, Value]:
        """An item of a dict: its key and its value, each a tuple where it is more than one column."""
        halves = self.items[: self.keyed], self.items[self.keyed :]
        first, second = (half[0] if len(half) == 1 else Record(half) for half in halves)
        return first, second


@dataclass(slots=True, eq=False)
class Sequence(Value):
    """A literal list or set."""

    kind: ClassVar[str] = "list"
    items: tuple[Value, ...]
    unique: bool = False


@dataclass(slots=True, eq=False)
class Row(Value):
    """A row of a table, view or subquery: a loop variable, or what a foreign key leads to."""

    kind: ClassVar[str] = "row"
    anchor: Anchor | None
    path: str = ""
    via: Hop | None = None


@dataclass(slots=True, eq=False)
class Hop:
    """A foreign key followed from a row. Its join is made only when a column is read that the key does not hold."""

    base: Row
    key: ForeignKey
    entry: Entry
    evaluator: Evaluator
    name: str = ""


@dataclass(slots=True, eq=False)
class Query(Value):
    """A Pythonic query: where rows come from, and what each item is. Built when it is known how it is used."""

    kind: ClassVar[str] = "query"
    frame: Frame
    element: Value
    distinct: bool = False
    limit: Sql | None = None
    offset: Sql | None = None
    single: bool = False
    collection: bool = False
    compound: SelectBase | None = None
    united: bool = False
    """Made of sets, so that no item stands in it twice."""
    grouped: tuple[Sql, ...] | None = None
    """The keys of a dict comprehension; None where the items decide (no aggregate: no grouping)."""

    @property
    def open(self) -> bool:
        """More conditions and joins may still be added, because nothing has cut or folded its rows."""
        return not (self.distinct or self.limit is not None or self.offset is not None or self.grouped is not None)


@dataclass(slots=True, eq=False)
class TableValue(Value):
    kind: ClassVar[str] = "table"
    entry: Entry


@dataclass(slots=True, eq=False)
class AliasValue(Value):
    """A Core FROM object: alias(), subquery(), cte(), values(), or a join."""

    kind: ClassVar[str] = "alias"
    selectable: FromClause
    entry: Entry | None = None
    cte: CTE | None = None
    values: tuple[Scalar, ...] = ()
    """The columns of values() whose data are still to come."""


@dataclass(slots=True, eq=False)
class Columns(Value):
    """`.c`"""

    kind: ClassVar[str] = "columns"
    columns: Mapping[str, Scalar]
    owner: str


@dataclass(slots=True, eq=False)
class Selected(Value):
    """A Core query: select(), its unions, and what its methods return.

    `built` is what further methods build on; `on` are the columns of a DISTINCT ON that the server has no words for.
    """

    kind: ClassVar[str] = "select"
    built: SelectBase
    on: tuple[Sql, ...] = ()

    @property
    def statement(self) -> SelectBase:
        """As it runs."""
        plain = self.plain
        return first_rows(plain, self.on) if plain is not None and self.on else self.built

    @property
    def plain(self) -> Select[Any] | None:
        return self.built if isinstance(self.built, Select) else None


@dataclass(slots=True, eq=False)
class Ordering(Value):
    """A value with a direction; a plain string names a label, which the SELECT it lands in must have."""

    kind: ClassVar[str] = "ordering"
    scalar: Scalar | None
    label: str = ""
    descending: bool = False
    nulls: str = ""


@dataclass(slots=True, eq=False)
class Namespace(Value):
    """`func`, `db`, and `db.schema`."""

    kind: ClassVar[str] = "func"
    name: str = ""


@dataclass(slots=True, eq=False)
class Database(Value):
    kind: ClassVar[str] = "db"
    schema: str | None = None


@dataclass(slots=True, eq=False)
class FunctionName(Value):
    """`func.lower` without a call."""

    kind: ClassVar[str] = "function name"
    name: str


@dataclass(slots=True, eq=False)
class LambdaValue(Value):
    """A sort key or step: translated where it is used, never called."""

    kind: ClassVar[str] = "lambda"
    node: ast.Lambda
    scope: Scope


@dataclass(slots=True, eq=False)
class Span(Value):
    """timedelta, or the difference of two moments. `seconds` is SQL for its length."""

    kind: ClassVar[str] = "interval"
    seconds: Scalar | None
    literal: Literal | None = None


@dataclass(slots=True, eq=False)
class Pieces(Value):
    """x.split(sep), of which a place makes a value."""

    kind: ClassVar[str] = "pieces"
    text: Scalar
    separator: Scalar


@dataclass(slots=True, eq=False)
class Range(Value):
    kind: ClassVar[str] = "range"
    start: Value
    stop: Value
    step: int = 1


@dataclass(slots=True, eq=False)
class Write(Value):
    """An INSERT, UPDATE or DELETE. Only a whole statement may be one."""

    kind: ClassVar[str] = "write"
    statement: Executable
    verb: str = ""
    pending: Any = None
    bounded: bool = True


@dataclass(slots=True, eq=False)
class Change(Value):
    """`x.update(...)` or `x.delete()` of a loop variable; with the `frame` of its comprehension it is complete."""

    kind: ClassVar[str] = "change"
    row: Row
    verb: str
    values: Mapping[str, Scalar] = field(default_factory=dict)
    frame: Frame | None = None
    all_rows: bool = False


@dataclass(slots=True, eq=False)
class Report(Value):
    """What dbx says of an expression, which is not run; for `explain(q)` the server is asked about the `statement`."""

    kind: ClassVar[str] = "report"
    rows: Rows | None
    statement: Executable | None = None
    analyze: bool = False


@dataclass(slots=True, eq=False)
class Outer(Value):
    """`outer(...)` as a source: every row of the left side stays."""

    kind: ClassVar[str] = "outer"
    query: Query


NAMES: dict[str, str] = {
    "literal": "a literal",
    "scalar": "a value",
    "tuple": "a tuple",
    "list": "a list",
    "row": "a row",
    "object": "an object",
    "objects": "a list of objects",
    "query": "a query",
    "table": "a table",
    "alias": "an alias",
    "columns": "columns",
    "select": "a query",
    "ordering": "an order",
    "func": "'func'",
    "db": "'db'",
    "function name": "a function",
    "lambda": "a lambda",
    "interval": "a length of time",
    "range": "a range",
    "pieces": "the pieces of a string",
    "write": "a write",
    "change": "a write",
    "report": "what dbx says of an expression",
    "outer": "outer()",
}


def describe(value: Value) -> str:
    """For messages: the family of what has one, the kind of what has none."""
    if isinstance(value, (Literal, Scalar)):
        return value.family if value.family != "null" else "None"
    return NAMES[value.kind]
