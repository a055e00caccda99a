"""Names in value position: loop variables, walrus names, session names, tables."""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbx.language.refusal import Unfit, near, suggestion
from dbx.language.select import keys
from dbx.language.syntax.hints import NAMES
from dbx.language.values.kinds import Database, Namespace, Record, Row, Sequence, TableValue, Value
from dbx.language.values.types import literal

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from sqlalchemy import Dialect

    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.scope import Scope
    from dbx.language.syntax.source import Source

MAX_KEPT = 10_000

RESERVED = frozenset(("func", "db", "_", "_rows", "True", "False", "None"))


@dataclass(frozen=True, slots=True, eq=False)
class Lazy:
    """What a session name stands for: its text, evaluated anew wherever it is used, with the names of its time."""

    node: ast.expr
    source: Source
    session: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A session name that stands for one of Core's objects; made anew only where another dialect is asked about."""

    value: Value
    lazy: Lazy
    dialect: Dialect


def name(evaluator: Evaluator, word: str, scope: Scope) -> Value:
    if word == "func":
        return Namespace()
    if word == "db":
        return Database()
    if word.startswith("_") and word not in RESERVED:
        raise Unfit("E-NAME", f"'{word}' begins with an underscore", "such names are reserved")
    found = scope.lookup(word)
    if found is not None:
        return found
    promise = scope.promise(word)
    if promise is not None:
        return evaluator.evaluate(promise, scope)
    if word in evaluator.session:
        return _session(evaluator, word, scope)
    if word in ("_", "_rows"):
        raise Unfit("E-NAME", f"'{word}' is the last {'query' if word == '_' else 'result'}; there is none yet")
    return table(evaluator, word, scope)


def _session(evaluator: Evaluator, word: str, scope: Scope) -> Value:
    held = evaluator.session[word]
    if isinstance(held, Kept):
        return held.value if held.dialect is evaluator.server.dialect else evaluator.again(held, scope)
    if isinstance(held, Lazy):
        return evaluator.elsewhere(held, scope, word)
    return held if isinstance(held, Value) else kept(held)


def kept(held: Any) -> Value:
    """What was fetched, as values: a list of rows, of one column or of several."""
    if not isinstance(held, (list, tuple)):
        return literal(held)
    if len(held) > MAX_KEPT:
        raise Unfit("E-LIMIT", f"{len(held):,} rows are too many to be parameters", f"at most {MAX_KEPT:,}")
    return Sequence(tuple(_kept_row(row) for row in held))


def _kept_row(row: Any) -> Value:
    if not isinstance(row, (list, tuple)):
        return literal(row)
    items = tuple(literal(item) for item in row)
    return items[0] if len(items) == 1 else Record(items)


def table(evaluator: Evaluator, word: str, scope: Scope) -> Value:
    entry = evaluator.names.find(word)
    if entry is not None:
        return TableValue(entry)
    named = evaluator.objects.table(word) if evaluator.objects is not None else None
    if named is not None and (entry := evaluator.names.find(*named)) is not None:
        return TableValue(entry)
    others = evaluator.names.elsewhere(word)
    if len(others) == 1:
        entry = evaluator.names.find(others[0][1], others[0][0])
        if entry is not None:
            return TableValue(entry)
    if others:
        options = ", ".join(f"db{_inside(schema)}{_inside(found)}" for schema, found in others)
        raise Unfit("E-AMBIG", f"'{word}' is in several schemas", options)
    raise Unfit("E-NAME", f"there is no '{word}'", help_for(evaluator, word, scope))


def _inside(name: str) -> str:
    """As it is said behind what it is in."""
    return f".{name}" if name.isidentifier() and not keyword.iskeyword(name) else f"[{name!r}]"


def column_names(value: Value) -> tuple[str, ...]:
    return keys.names(value) if isinstance(value, Row) else ()


def help_for(evaluator: Evaluator, word: str, scope: Scope) -> str:
    if word in NAMES:
        return NAMES[word]
    tables = evaluator.names.tables()
    known = [*scope.names(), *evaluator.session, *tables]
    if near(word, known):
        return suggestion(word, known)
    for owner, model in ((n, v) for each in scope.chain() for n, v in each.variables.items()):
        if word in column_names(model):
            return f"did you mean '{owner}.{word}'?"
    return suggestion("", tables, "tables")
