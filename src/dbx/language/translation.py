"""From text to statements: one Query for each expression, in order, each when it is asked for."""

from __future__ import annotations

import ast
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.sql.base import Executable

from dbx.language.evaluation.callables import FUNCTIONS
from dbx.language.evaluation.evaluator import Evaluator
from dbx.language.functions.windows import check_windows
from dbx.language.names.lookup import RESERVED, Kept, Lazy
from dbx.language.names.reuse import Shared
from dbx.language.names.scope import Scope
from dbx.language.names.tables import Names, match
from dbx.language.refusal import Unfit
from dbx.language.statements.repository import assign
from dbx.language.statements.toplevel import executable
from dbx.language.syntax.grammar import parts
from dbx.language.syntax.raw import refuse_raw
from dbx.language.syntax.source import Source
from dbx.language.values.kinds import (
    AliasValue,
    Change,
    LambdaValue,
    Literal,
    Report,
    Scalar,
    Selected,
    Value,
    Write,
)
from dbx.language.values.objects import Repository, is_held, shown
from dbx.language.values.scalars import check_size


@dataclass(frozen=True, slots=True)
class Query:
    """One statement to run. `columns` are (name, family) of what it gives, where that is known; `keep` is the name that
    its rows are to have from then on."""

    statement: Executable
    line: int
    column: int
    columns: tuple[tuple[str, str], ...] = field(default=())
    write: bool = False
    keep: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What dbx says of an expression instead of running it."""

    report: Report
    line: int
    column: int


def translate(
    text: str,
    names: Names,
    session: MutableMapping[str, Any],
    *,
    dialect: Dialect,
    strict: bool = False,
    source: str = "",
    line: int = 1,
    column: int = 1,
    objects: Repository | None = None,
) -> Iterator[Query | Answer]:
    """The statements of a text. Assignments bind into `session` and give none.

    `line` and `column` are where the text begins in what it was taken from. `strict` refuses whatever carries SQL.
    `objects` is the Session that `track.get(1)` asks; what it is told is done as the statements are asked for.
    """
    parsed = Source(text, source, line, column)
    for node in parsed.statements:
        nodes = list(parts(node))
        found = _checked(
            Evaluator(names, session, dialect, parsed, strict=strict, objects=objects), node, nodes, session
        )
        if found is not None:
            statement, columns = found
            place = parsed.place(node)
            if isinstance(statement, Report):
                yield Answer(statement, place.line, place.column)
                continue
            write = not getattr(statement, "is_select", False)
            if objects is not None and not write:
                objects.asked(statement)
            keep = _fetched(node)[0] if isinstance(node, ast.Assign) else ""
            yield Query(statement, place.line, place.column, columns, write, keep)
            if isinstance(node, ast.Expr) and getattr(statement, "is_select", False):
                session["_"] = Lazy(node.value, parsed, _used(nodes, session))


def _checked(
    evaluator: Evaluator, node: ast.stmt, nodes: Sequence[ast.AST], session: MutableMapping[str, Any]
) -> tuple[Any, tuple[tuple[str, str], ...]] | None:
    """One statement; whatever is wrong with it is a LanguageError with its place."""
    refuse = evaluator.source.error
    try:
        if evaluator.strict:
            refuse_raw(nodes)
        return _statement(evaluator, node, nodes, session)
    except Unfit as unfit:
        raise refuse(unfit, node) from None
    except RecursionError:
        raise refuse(Unfit("E-LIMIT", "nested too deeply", "name the inner parts"), node) from None
    except DBAPIError as error:
        # The server would not say what a table looks like.
        raise refuse(Unfit("E-DB", str(error.orig)), node) from None
    except (SQLAlchemyError, NotImplementedError) as error:
        # A statement that cannot be built, for a reason that nothing here has foreseen.
        raise refuse(Unfit("E-TYPE", str(error).split("\n")[0]), node) from None


def _statement(
    evaluator: Evaluator, node: ast.stmt, nodes: Sequence[ast.AST], session: MutableMapping[str, Any]
) -> tuple[Any, tuple[tuple[str, str], ...]] | None:
    check_windows(nodes)
    evaluator.reserved = _targets(nodes)
    evaluator.shared = Shared(nodes, session)
    if isinstance(node, ast.AugAssign):
        node = _written_out(evaluator, node)
    if isinstance(node, ast.Assign) and (asked := _fetched(node)[1]) is not None:
        _check_target(evaluator, _target(node))
        return executable(evaluator, _read(evaluator, asked))
    if isinstance(node, ast.Assign):
        _assign(evaluator, node, nodes, session)
        return None
    if isinstance(node, ast.Delete):
        _forget(node, session)
        return None
    if not isinstance(node, ast.Expr):
        raise Unfit("E-NODE", "only expressions and assignments to a name")
    value = evaluator.evaluate(node.value, Scope())
    if isinstance(value, Report):
        return value, ()
    if is_held(value):
        return Report(shown(evaluator, value)), ()
    found = executable(evaluator, value)
    check_size(found[0])
    return found


def _written_out(evaluator: Evaluator, node: ast.AugAssign) -> ast.Assign:
    """x.count = x.count + 1, of x.count += 1"""
    target = node.target
    if isinstance(target, ast.Attribute):
        read: ast.expr = ast.Attribute(target.value, target.attr, ast.Load())
        value = ast.BinOp(ast.copy_location(read, target), node.op, node.value)
        return ast.copy_location(ast.Assign([target], ast.copy_location(value, node)), node)
    text = evaluator.source.text(target)
    hint = f"{text} = {ast.unparse(ast.BinOp(ast.Name(text), node.op, node.value)):.60}"
    raise Unfit("E-NODE", "assignment with an operator is for an object's attribute", hint)


def _fetched(node: ast.Assign) -> tuple[str, ast.expr | None]:
    """The name and the query of `name = rows(query)`."""
    call, target = node.value, node.targets[0]
    if (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "rows"
        and len(call.args) == 1
        and not call.keywords
        and isinstance(target, ast.Name)
    ):
        return target.id, call.args[0]
    return "", None


def _used(nodes: Sequence[ast.AST], session: MutableMapping[str, Any]) -> dict[str, Any]:
    """The names of a session that a statement uses; to keep them all would keep every query there ever was."""
    names = {each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
    names.update(_parameters(nodes))
    return {name: session[name] for name in names if name in session}


def _parameters(nodes: Sequence[ast.AST]) -> set[str]:
    """Those that are named in strings: param('n'), bindparam('n')."""
    return {
        each.args[0].value
        for each in nodes
        if isinstance(each, ast.Call) and each.args and isinstance(each.args[0], ast.Constant)
        and isinstance(each.args[0].value, str)
    }  # fmt: skip


def _targets(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """The loop variables of a statement, which no other FROM element should be called."""
    found: set[str] = set()
    for each in nodes:
        if isinstance(each, ast.comprehension):
            found.update(part.id for part in parts(each.target) if isinstance(part, ast.Name))
    return frozenset(found)


def _assign(
    evaluator: Evaluator, node: ast.Assign, nodes: Sequence[ast.AST], session: MutableMapping[str, Any]
) -> None:
    if len(node.targets) == 1 and isinstance(node.targets[0], ast.Attribute):
        assign(evaluator, node.targets[0], node.value)
        return
    target = _target(node)
    _check_target(evaluator, target)
    value = _read(evaluator, node.value)
    if is_held(value):
        session[target.id] = value
        return
    lazy = Lazy(node.value, evaluator.source, _used(nodes, session))
    session[target.id] = Kept(value, lazy, evaluator.server.dialect) if _kept(value) else lazy


def _target(node: ast.Assign) -> ast.Name:
    if len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
        raise Unfit("E-NODE", "only a name can be assigned to", "name = expression", node.targets[0])
    return node.targets[0]


def _read(evaluator: Evaluator, node: ast.expr) -> Value:
    """What a name may stand for. Raises Unfit for a write."""
    value = evaluator.evaluate(node, Scope())
    if isinstance(value, (Write, Change)):
        raise Unfit("E-WRITE", "a write is a statement by itself, and has no name", "write it alone", node)
    if isinstance(value, LambdaValue):
        raise Unfit("E-NODE", "a lambda has no name", "write it where it is the key", node)
    return value


def _check_target(evaluator: Evaluator, target: ast.Name) -> None:
    name = target.id
    hint = "use another name"
    if name in RESERVED or name.startswith("_"):
        raise Unfit("E-NAME", f"'{name}' is reserved", hint, target)
    if name in FUNCTIONS:
        raise Unfit("E-NAME", f"'{name}' is a function", hint, target)
    if match(name, evaluator.names.tables()) is not None:
        raise Unfit("E-NAME", f"'{name}' is a table", f"{hint}; the table is also db[{name!r}]", target)


def _kept(value: Value) -> bool:
    """Core's objects have an identity, which all uses in one statement must share; the rest is made anew."""
    if isinstance(value, (Literal, AliasValue, Selected)):
        return True
    return isinstance(value, Scalar) and value.core


def _forget(node: ast.Delete, session: MutableMapping[str, Any]) -> None:
    for target in node.targets:
        if not isinstance(target, ast.Name):
            raise Unfit("E-NODE", "del forgets a name; it deletes no data", node=target)
        if target.id not in session:
            raise Unfit("E-NAME", f"there is no name '{target.id}'", node=target)
    for target in node.targets:
        if isinstance(target, ast.Name):
            del session[target.id]
