"""sql(q), explain(q), type(x) and their kin: what an expression comes to, told instead of run. Each stands alone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Alias, ColumnClause, Dialect, ScalarSelect
from sqlalchemy import Table as SqlTable

from dbx.language.functions.calls import Call
from dbx.language.names.scope import Scope
from dbx.language.program.to_core import program
from dbx.language.refusal import Unfit
from dbx.language.reports.display import shown
from dbx.language.reports.offline import offline
from dbx.language.reports.why import joins
from dbx.language.select.assemble import flat, labels
from dbx.language.statements.toplevel import executable
from dbx.language.values.kinds import Literal, Query, Report, Scalar, Value
from dbx.language.values.types import family_of
from dbx.rows import Rows
from dbx.schema.model import Table

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def subject(call: Call, node: ast.expr, dialect: Dialect | None = None) -> tuple[Evaluator, Value]:
    """What a report is about, evaluated for itself, and by whom."""
    if next(call.scope.chain()).parent is not None or list(call.scope.names()):
        raise Unfit("E-CALL", f"{call.name}() is a statement by itself", f"{call.name}([… for … in …])")
    evaluator = call.evaluator.afresh(dialect)
    value = evaluator.evaluate(node, Scope())
    if isinstance(value, Report):
        raise Unfit("E-TYPE", f"{call.name}() of what runs nothing", "give it a query", node)
    return evaluator, value


def _sql(call: Call) -> Value:
    """The SQL, here or on another server."""
    query, name = call.take("q", "dialect?")
    assert query is not None
    dialect = call.evaluator.server.dialect
    if name is not None:
        try:
            dialect = offline(call.string(name), dialect, strict=call.evaluator.strict)
        except Unfit as unfit:
            unfit.node = unfit.node or name
            raise
    evaluator, value = subject(call, query, dialect)
    text = shown(executable(evaluator, value)[0], dialect, strict=True)
    return Report(Rows.of("sql", rows=[(text,)]).drawn(text, anywhere=True))


def _explain(call: Call) -> Value:
    """The server's plan; with analyze=True what it came to, in a transaction that is rolled back."""
    query, analyze = call.take("q", "analyze?")
    assert query is not None
    evaluator, value = subject(call, query)
    return Report(None, executable(evaluator, value)[0], call.flag("analyze", analyze))


def _to_core(call: Call) -> Value:
    """The SQLAlchemy program that makes the same statement."""
    (query,) = call.take("q")
    assert query is not None
    evaluator, value = subject(call, query)
    text = program(executable(evaluator, value)[0], evaluator.server.dialect)
    return Report(Rows.of("code", rows=[(text,)]).drawn(text, anywhere=True))


def _why(call: Call) -> Value:
    """Each join that was not written: the foreign key it follows, and why it is LEFT or not."""
    (query,) = call.take("q")
    assert query is not None
    evaluator, value = subject(call, query)
    statement = executable(evaluator, value)[0]
    return Report(joins(statement, evaluator.followed, evaluator.server.dialect))


def _type(call: Call) -> Value:
    """Name, type, whether it may be NULL, and the columns it is made of: one row for each column."""
    (node,) = call.take("x")
    assert node is not None
    evaluator, value = subject(call, node)
    scalars = _scalars(evaluator, value)
    rows = [
        (name, scalar.family, _declared(scalar), "yes" if scalar.nullable else "no", ", ".join(_origins(scalar)))
        for name, scalar in zip(labels(scalars), scalars, strict=True)
    ]
    return Report(Rows.of("name", "type", "declared", "nullable", "origin", rows=rows))


def _scalars(evaluator: Evaluator, value: Value) -> list[Scalar]:
    if isinstance(value, Query) and not value.compound:
        return flat(evaluator, value.element)
    if isinstance(value, Literal):
        return [Scalar(evaluator.scalar(value).sql, value.family, nullable=value.value is None, name="value")]
    if isinstance(value, Scalar):
        return [value if value.name else value.named("value")]
    statement = executable(evaluator, value)[0]
    selected = statement.selected_columns if hasattr(statement, "selected_columns") else ()
    return [_core(column) for column in selected]


def _core(column: Any) -> Scalar:
    """A column of a Core query: it may be NULL unless its own table says otherwise."""
    inner = column.element if column.__visit_name__ == "label" else column
    nullable = not isinstance(inner, ColumnClause) or bool(getattr(inner, "nullable", True))
    return Scalar(column, family_of(column.type), nullable=nullable, name=str(getattr(column, "name", "") or ""))


def _columns(element: Any) -> Iterator[tuple[Table, str]]:
    """The columns that a value is made of; those a subquery only looks at are none of them."""
    if isinstance(element, ScalarSelect):
        for column in element.element.selected_columns:
            yield from _columns(column)
        return
    if isinstance(element, ColumnClause) and element.table is not None:
        source = element.table.element if isinstance(element.table, Alias) else element.table
        model = source.info.get("model") if isinstance(source, SqlTable) else None
        if isinstance(model, Table):
            yield model, str(element.name)
    for child in element.get_children():
        yield from _columns(child)


def _origins(scalar: Scalar) -> list[str]:
    return list(dict.fromkeys(f"{model.name}.{name}" for model, name in _columns(scalar.sql)))


def _declared(scalar: Scalar) -> str:
    """The server's own word for the type, where it is a column as it stands."""
    sql = scalar.sql
    if isinstance(sql, ScalarSelect):
        sql = next(iter(sql.element.selected_columns))
    if isinstance(sql, ColumnClause):
        for model, name in _columns(sql):
            column = model.column(name)
            return column.type if column else ""
    return ""


FUNCTIONS: dict[str, Callable[[Call], Value]] = {
    "sql": _sql,
    "to_core": _to_core,
    "explain": _explain,
    "why": _why,
    "type": _type,
}
