"""`in`: of a list, a query, a collection, a string, a range."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, false, not_, or_, select, true, tuple_

from dbx.language.operators import documents
from dbx.language.operators.alike import moments
from dbx.language.operators.truth import combined
from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.select.assemble import as_source, build, flat, scalar_query, whole
from dbx.language.server.text import ONE, ZERO
from dbx.language.values.kinds import (
    Literal,
    Query,
    Range,
    Record,
    Row,
    Scalar,
    Selected,
    Sequence,
    Sql,
    TableValue,
    Value,
    describe,
)
from dbx.language.values.scalars import derive
from dbx.language.values.types import comparable

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator

MAX_ITEMS = 10_000


def contains(evaluator: Evaluator, item: Value, container: Value, *, negate: bool) -> Scalar:
    if isinstance(container, (Sequence, Record)):
        return _listed(evaluator, item, container.items, negate)
    if isinstance(container, Range):
        return _range(evaluator, item, container, negate)
    if isinstance(container, Selected):
        return _selected(evaluator, item, container, negate)
    if isinstance(container, TableValue) or (isinstance(container, Query) and not container.single):
        return _queried(evaluator, item, evaluator.query(container), negate)
    return _part(evaluator, item, container, negate)


def _part(evaluator: Evaluator, item: Value, container: Value, negate: bool) -> Scalar:
    """A part of a string."""
    if isinstance(item, Literal) and isinstance(container, Literal) and {item.family, container.family} == {"str"}:
        return evaluator.scalar(Literal((item.value in container.value) != negate, "bool"))
    text = evaluator.scalar(container)
    if text.family in ("json", "array"):
        return documents.holds(evaluator, text, item, negate)
    part = evaluator.scalar(item)
    if text.family not in ("str", "unknown", "enum") or part.family not in ("str", "unknown", "null", "enum"):
        # A column of a table is no list of what it holds.
        column = isinstance(container, Scalar) and container.core and container.name
        hint = f"'in [x.{column} for x in …]' looks among the values of a column" if column else ""
        raise Unfit("E-TYPE", f"'in' of {describe(container)} for {describe(item)}", hint)
    found = evaluator.write("position", text, part)
    return derive(found == ZERO if negate else found > ZERO, "bool", text, part, predicate=True)


def _listed(evaluator: Evaluator, item: Value, items: tuple[Value, ...], negate: bool) -> Scalar:
    if len(items) > MAX_ITEMS:
        raise Unfit("E-LIMIT", f"a list of more than {MAX_ITEMS:,} items")
    if isinstance(item, Record) or (isinstance(item, Row) and len(keys.key(item)) > 1):
        return _tuples(evaluator, item, items, negate)
    if isinstance(item, Literal) and item.value is None:
        return _nothing_in(evaluator, items, negate)
    beside = next((each.family for each in items if isinstance(each, Scalar)), "") if isinstance(item, Literal) else ""
    left = evaluator.scalar(item, beside)
    known = (each.family for each in items if isinstance(each, Literal) and each.value is not None)
    left = documents.beside(evaluator, left, next(known, ""))
    values, others = [], []
    there = [each for each in items if not (isinstance(each, Literal) and each.value is None)]
    nothing = len(there) < len(items)
    rights = [evaluator.scalar(each, left.family) for each in there]
    for right in rights:
        if not comparable(left.family, right.family):
            raise Unfit("E-TYPE", f"'in' a list of {describe(right)} for {describe(left)}")
        left = moments(evaluator, left, right)[0]
    for right in (moments(evaluator, left, right)[1] for right in rights):
        values.append(right.literal.value) if right.literal is not None else others.append(right)
    sql = _in(left, values, others, negate, items)
    parts = [left, *others]
    if nothing:
        absent = left.sql.is_not(None) if negate else left.sql.is_(None)
        sql = and_(sql, absent) if negate else or_(sql, absent)
    return derive(sql, "bool", *parts, predicate=True, strict=negate or not nothing)


def _nothing_in(evaluator: Evaluator, items: tuple[Value, ...], negate: bool) -> Scalar:
    """None is among the items that are NULL."""
    scalars = [evaluator.scalar(each) for each in items]
    tests = [true() if each.family == "null" else each.sql.is_(None) for each in scalars if each.literal is None
             or each.family == "null"]  # fmt: skip
    sql = or_(false(), *tests)
    return derive(not_(sql) if negate else sql, "bool", *scalars, predicate=True, nullable=False, strict=False)


def _in(left: Scalar, values: list[Any], others: list[Scalar], negate: bool, items: tuple[Value, ...]) -> Sql:
    if not values and not others:
        return true() if negate else false()
    right: list[Any] = [*values, *(other.sql for other in others)]
    return left.sql.not_in(right) if negate else left.sql.in_(right)


def _tuples(evaluator: Evaluator, item: Value, items: tuple[Value, ...], negate: bool) -> Scalar:
    left = flat(evaluator, item) if isinstance(item, Record) else keys.key(item) if isinstance(item, Row) else []
    choices = []
    for each in items:
        parts = each.items if isinstance(each, Record) else ()
        if len(parts) != len(left):
            raise Unfit("E-TYPE", f"a list of {describe(each)} for a tuple of {len(left)}")
        choices.append([evaluator.scalar(part, own.family) for part, own in zip(parts, left, strict=True)])
    if not choices:
        return Scalar(true() if negate else false(), "bool", nullable=False, predicate=True)
    if all(scalar.literal is not None and scalar.family != "null" for choice in choices for scalar in choice):
        values = [tuple(s.literal.value for s in choice if s.literal is not None) for choice in choices]
        row = tuple_(*(part.sql for part in left))
        return derive(row.not_in(values) if negate else row.in_(values), "bool", *left, predicate=True)
    met = [[moments(evaluator, a, b) for a, b in zip(left, choice, strict=True)] for choice in choices]
    sql = or_(*(and_(*(a.sql == b.sql for a, b in pairs)) for pairs in met))
    others = [scalar for choice in choices for scalar in choice]
    return derive(not_(sql) if negate else sql, "bool", *left, *others, predicate=True, strict=False)


def _range(evaluator: Evaluator, item: Value, span: Range, negate: bool) -> Scalar:
    left = evaluator.scalar(item)
    start, stop = evaluator.scalar(span.start, left.family), evaluator.scalar(span.stop, left.family)
    if left.family not in ("int", "unknown"):
        raise Unfit("E-TYPE", f"'in' a range for {describe(item)}")
    tests: list[Sql] = [left.sql >= start.sql, left.sql < stop.sql]
    if span.step != 1:
        step = evaluator.scalar(Literal(span.step, "int"))
        tests.append((left.sql - start.sql).op("%", precedence=8)(step.sql) == ZERO)
    sql = and_(*tests)
    return derive(not_(sql) if negate else sql, "bool", left, predicate=True)


def _selected(evaluator: Evaluator, item: Value, query: Selected, negate: bool) -> Scalar:
    """`in` a Core select. `not in` leaves out its NULLs, as everywhere in this language; .not_in() does not."""
    left = evaluator.scalar(item)
    evaluator.count_query()
    statement: Any = query.statement
    if negate or left.family == "null":
        sub = statement.subquery(evaluator.short_alias("query"))
        column = next(iter(sub.c))
        if left.family == "null":
            found = exists(sub.select().where(column.is_(None)))
            return Scalar(not_(found) if negate else found, "bool", nullable=False, predicate=True)
        statement = sub.select().where(column.is_not(None))
        return derive(left.sql.not_in(statement), "bool", left, predicate=True)
    return derive(left.sql.in_(statement), "bool", left, predicate=True)


def _queried(evaluator: Evaluator, item: Value, query: Query, negate: bool) -> Scalar:
    evaluator.count_query()
    if isinstance(query.element, Record) and query.element.keyed:
        query = replace(query, element=Record(query.element.items[: query.element.keyed]))  # a dict holds its keys
    elements = keys.key(query.element) if isinstance(query.element, Row) else flat(evaluator, query.element)
    left = _item(evaluator, item)
    if len(left) != len(elements):
        raise Unfit("E-TYPE", f"{len(left)} values looked for among rows of {len(elements)}")
    for one, other in zip(left, elements, strict=True):
        if not comparable(one.family, other.family):
            raise Unfit("E-TYPE", f"'in' a query of {describe(other)} for {describe(one)}")
    unknown = any(each.family == "null" for each in left)
    if unknown or len(left) > 1 or (negate and any(e.nullable for e in elements) and not whole(evaluator, query)):
        return _exists(evaluator, left, query, negate)
    only = evaluator.scalar(left[0], elements[0].family)
    only, elements[0] = moments(evaluator, only, elements[0])
    if negate and elements[0].nullable:
        query.frame.home.where.append(elements[0].sql.is_not(None))
    statement = build(evaluator, query, elements[0], ordered=query.limit is not None)
    if query.limit is not None and not evaluator.server.can("LIMIT in a query for IN"):
        statement = select(statement.subquery(evaluator.short_alias("query")))
    sql = only.sql.not_in(statement) if negate else only.sql.in_(statement)
    return derive(sql, "bool", only, predicate=True)


def _item(evaluator: Evaluator, item: Value) -> list[Scalar]:
    if isinstance(item, Row):
        return keys.key(item)
    if isinstance(item, Query) and item.single and isinstance(item.element, Row):
        return key_parts(evaluator, item)
    return flat(evaluator, item) if isinstance(item, Record) else [evaluator.scalar(item)]


def key_parts(evaluator: Evaluator, query: Query) -> list[Scalar]:
    """The key of the one row that a query is, each column of it a query of its own."""
    assert isinstance(query.element, Row)
    return [scalar_query(evaluator, query, column) for column in keys.key(query.element)]


def _exists(evaluator: Evaluator, left: list[Scalar], query: Query, negate: bool) -> Scalar:
    """For several columns, which not every server compares as one, and where NULLs must not count."""
    if not whole(evaluator, query):
        query = as_source(evaluator, query)
    inner = keys.key(query.element) if isinstance(query.element, Row) else flat(evaluator, query.element)
    query.frame.home.where += [
        _met(*moments(evaluator, a, evaluator.scalar(b, a.family)), negate) for a, b in zip(inner, left, strict=True)
    ]
    found = exists(build(evaluator, replace(query, distinct=False), Scalar(ONE, "int"), ordered=False))
    test = derive(not_(found) if negate else found, "bool", *left, predicate=True, nullable=False, strict=False)
    return combined([test], conjunction=True)


def _met(inner: Scalar, left: Scalar, negate: bool) -> Sql:
    """Whether a row is the one that is looked for. NULL, which NOT IN would leave out as soon as there is anything to
    compare it with, is as good as every value there: so it is left out here too."""
    if not (negate and left.nullable and left.literal is None):
        return inner.sql == left.sql
    met = or_(inner.sql == left.sql, left.sql.is_(None))
    return and_(met, inner.sql.is_not(None)) if inner.nullable else met
