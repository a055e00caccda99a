"""A statement as sqlglot's tree: what it changes, and whether its condition gives the same answer twice."""

from __future__ import annotations

import logging
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dbx.transaction.unknown import Unknown

# what sqlglot cannot read it says in the log, and Python prints that to standard error
logging.getLogger("sqlglot").addHandler(logging.NullHandler())
logging.getLogger("sqlglot").propagate = False

_KINDS: dict[str, type[exp.Expr]] = {"UPDATE": exp.Update, "DELETE": exp.Delete, "INSERT": exp.Insert}
_PARTS = {
    "UPDATE": {"this", "expressions", "where", "returning"},
    "DELETE": {"this", "where", "returning"},
    "INSERT": {"this", "expression", "returning"},
}
_CLOCKS = {"LOCALTIME", "LOCALTIMESTAMP", "SYSDATE", "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP"}
_MODIFIERS = {"DELAYED", "HIGH_PRIORITY", "IGNORE", "LOW_PRIORITY", "ONLY", "QUICK"}
"""Words that stand where a table does, and that sqlglot takes for one."""

# What gives the same answer when it is asked again within a transaction. A function of the user's own may not.
_STEADY = (
    exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.Placeholder, exp.Paren, exp.Tuple, exp.Where,
    exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike, exp.Escape, exp.Exists,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.BitwiseAnd, exp.BitwiseOr, exp.DPipe, exp.Concat,
    exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Lower, exp.Upper, exp.Length, exp.Abs, exp.Round, exp.Trim,
    exp.Substring, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Count, exp.Sum, exp.Min, exp.Max, exp.Avg,
    exp.Select, exp.Subquery, exp.From, exp.Join, exp.Table, exp.TableAlias, exp.Alias, exp.Star, exp.Group, exp.Having,
    exp.Distinct,
)  # fmt: skip


class Parsed(NamedTuple):
    """`schema` and `name` of the table without their quotes; `sets` are the columns that an UPDATE sets."""

    schema: str | None
    name: str
    sets: frozenset[str]


def parsed(text: str, dialect: str, verb: str, *, folds: bool) -> Parsed:
    """What one statement changes; `folds` as in Transactions. Raises Unknown, with the reason."""
    try:
        trees = sqlglot.parse(text, read=dialect)
    except (SqlglotError, RecursionError):
        raise Unknown("it could not be read") from None
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, _KINDS[verb]):
        raise Unknown("no UPDATE, DELETE or INSERT of one table")
    extra = {name for name, value in tree.args.items() if value} - _PARTS[verb]
    if extra:
        raise Unknown(f"it has {min(extra).rstrip('_').upper()}, which may choose other rows another time")
    table = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    _check_table(table, verb)
    where = tree.args.get("where")
    for node in where.walk() if where else ():
        _check_steady(node)
    sets = frozenset(
        column.name for item in tree.args.get("expressions") or () for column in item.this.find_all(exp.Column)
    )
    schema, name = (_folded(table.args.get(part), folds) for part in ("db", "this"))
    return Parsed(schema or None, name, sets)


def _folded(name: exp.Identifier | None, folds: bool) -> str:
    if name is None:
        return ""
    return name.name.lower() if folds and not name.quoted else name.name


def _check_table(table: exp.Expr, verb: str) -> None:
    if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
        raise Unknown("it changes more than one table")
    if {name for name, value in table.args.items() if value} - {"this", "db", "alias"}:
        raise Unknown("it changes more than one table, or part of one")
    if not table.this.quoted and table.name.upper() in _MODIFIERS:
        raise Unknown(f"it has {table.name.upper()}")


def _check_steady(node: exp.Expr) -> None:
    if type(node) not in _STEADY:
        name = node.name.upper() if isinstance(node, exp.Anonymous) else type(node).__name__.upper()
        raise Unknown(f"its condition has {name}, which may give another answer")
    if isinstance(node, exp.Column) and not node.this.quoted and node.name.upper() in _CLOCKS:
        raise Unknown(f"its condition has {node.name.upper()}, which may give another answer")
    if isinstance(node, exp.DataType) and node.this is exp.DataType.Type.USERDEFINED:
        raise Unknown("its condition has a type of the user's own")
    if isinstance(node, exp.Select) and node.args.get("limit"):
        raise Unknown("its condition has a LIMIT, which may choose other rows another time")


def written(text: str, dialect: str) -> list[str]:
    """The names of the tables that a statement writes; all of its tables where that cannot be told."""
    try:
        trees = sqlglot.parse(text, read=dialect)
    except (SqlglotError, RecursionError):
        return []
    found: set[str] = set()
    for tree in filter(None, trees):
        goals = [tree]
        if isinstance(tree, exp.Insert | exp.Update | exp.Delete):
            goals = tree.args.get("tables") or [tree.this]
        for goal in goals:
            found.update(table.name for table in goal.find_all(exp.Table))
    return sorted(found)
