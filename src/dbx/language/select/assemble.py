"""From a Query to its SELECT: outputs with names, grouping, the conditions each in its clause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnClause, FromClause, Label, Select, SelectBase, TextClause, select
from sqlalchemy.sql import visitors

from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.select.frame import Anchor, Frame
from dbx.language.values.kinds import (
    Change,
    Literal,
    Ordering,
    Query,
    Record,
    Row,
    Scalar,
    Span,
    Sql,
    Value,
    Write,
    describe,
)
from dbx.language.values.scalars import check_width

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def flat(evaluator: Evaluator, element: Value) -> list[Scalar]:
    """The columns that an item comes to, a row being all of its own."""
    if isinstance(element, Row):
        return keys.columns(element)
    if isinstance(element, Record):
        found: list[Scalar] = []
        for index, item in enumerate(element.items):
            parts = flat(evaluator, item)
            name = element.names[index] if element.names else ""
            found += [part.named(name) for part in parts] if name and len(parts) == 1 else parts
            check_width(found)
        return found
    if isinstance(element, Query) and not element.single:
        raise Unfit("E-TYPE", "a query as a column", "fold it: len(…), sum(…), max(…), any(…), first(…)")
    if isinstance(element, (Scalar, Literal, Query, Write, Change)):
        return [evaluator.scalar(element)]
    if isinstance(element, Span):
        raise Unfit("E-TYPE", "a length of time has no one form on all servers", ".total_seconds(), or .days")
    raise Unfit("E-TYPE", f"{describe(element)} cannot be a column")


def labels(scalars: Sequence[Scalar]) -> list[str]:
    """A name for every output: its own, with its path where two are the same, numbered as a last resort."""
    taken: set[str] = set()
    found = []
    for index, scalar in enumerate(scalars, 1):
        choices = (scalar.name, scalar.qualified, f"{scalar.name or 'column'}_{index}")
        name = next((choice for choice in choices if choice and choice not in taken), f"column_{index}_{index}")
        taken.add(name)
        found.append(name)
    return found


def outputs(evaluator: Evaluator, element: Value) -> list[tuple[Scalar, Sql]]:
    scalars = flat(evaluator, element)
    return [(scalar, _labelled(scalar, name)) for scalar, name in zip(scalars, labels(scalars), strict=True)]


def _labelled(scalar: Scalar, name: str) -> Sql:
    if isinstance(scalar.sql, ColumnClause) and scalar.sql.is_literal and not scalar.name:
        return scalar.sql
    if isinstance(scalar.sql, TextClause):
        return scalar.sql
    return scalar.sql if name_of(scalar.sql) == name else scalar.sql.label(name)


def name_of(sql: Sql) -> str:
    """The name a column of this has by itself."""
    return str(sql.name) if isinstance(sql, (ColumnClause, Label)) else ""


def folded(evaluator: Evaluator, query: Query) -> bool:
    """Whether rows are folded into groups, or looked at across rows."""
    frame = query.frame.home
    scalars = [] if isinstance(query.element, Row) else flat(evaluator, query.element)
    return bool(
        frame.having or frame.windowed or query.grouped is not None
        or any(scalar.aggregate or scalar.window or scalar.nested for scalar in scalars)
    )  # fmt: skip


def whole(evaluator: Evaluator, query: Query) -> bool:
    """Whether conditions, joins and other outputs may still be put into this query itself."""
    return query.open and not folded(evaluator, query)


def build(evaluator: Evaluator, query: Query, element: Value | None = None, *, ordered: bool = True) -> Select[Any]:
    """The SELECT; with `element`, of something else over the same rows."""
    frame = query.frame.home
    columns = outputs(evaluator, element if element is not None else query.element)
    scalars = [scalar for scalar, _ in columns]
    if any(scalar.nested and not scalar.window for scalar in scalars):
        raise Unfit("E-TYPE", "an aggregate of an aggregate", "an aggregate of a query, or .over(…) as a window")
    if frame.presort:
        return build(evaluator, presorted(evaluator, query, scalars), ordered=ordered)
    if frame.windowed:
        return _build_windowed(evaluator, query, columns)
    statement: Select[Any] = select(*(sql for _, sql in columns)).select_from(*frame.from_clauses())
    conditions = [*frame.correlated(), *frame.where]
    statement = statement.where(*conditions) if conditions else statement
    statement = _grouped(statement, query, frame, columns)
    statement = statement.distinct() if query.distinct else statement
    single = bool(scalars) and all(scalar.aggregate and not scalar.loose for scalar in scalars)
    if ordered and frame.order and not (single and query.grouped is None):
        statement = statement.order_by(*directions(evaluator, frame.order))
    return correlated(_cut(statement, query), frame)


def _cut(statement: Select[Any], query: Query) -> Select[Any]:
    statement = statement.limit(query.limit) if query.limit is not None else statement
    return statement.offset(query.offset) if query.offset is not None else statement


def correlated(statement: Select[Any], frame: Frame) -> Select[Any]:
    """Inside another query, only what is not this one's own comes from outside, however alike it looks."""
    own = [anchor.selectable for anchor in frame.anchors()]
    return statement.correlate_except(*own) if own else statement


def _grouped(statement: Select[Any], query: Query, frame: Frame, columns: Sequence[tuple[Scalar, Sql]]) -> Select[Any]:
    if query.grouped is not None:
        keys_: Iterable[Sql] = query.grouped
    elif frame.having or any(scalar.aggregate or scalar.nested for scalar, _ in columns):
        keys_ = _keys(scalar for scalar, _ in columns)
    else:
        return statement
    unique = list(dict.fromkeys(keys_))
    _check_having(frame, unique)
    statement = statement.group_by(*unique) if unique else statement
    return statement.having(*(scalar.sql for scalar in frame.having)) if frame.having else statement


def _check_having(frame: Frame, keys_: Sequence[Sql]) -> None:
    """Beside an aggregate, a condition may only speak of what the group has one of."""
    known = {part for key in keys_ for part in visitors.iterate(key)}
    own = {anchor.selectable for anchor in frame.anchors()}
    for scalar in frame.having:
        for part in (part for loose in scalar.loose for part in visitors.iterate(loose)):
            if isinstance(part, ColumnClause) and part.table in own and part not in known:
                hint = "two conditions joined by 'and', or an aggregate of it"
                raise Unfit("E-TYPE", f"a condition on groups speaks of '{part.name}', which is no key", hint)


def _keys(scalars: Iterable[Scalar]) -> Iterator[Sql]:
    """What an aggregate stands beside has to be grouped by."""
    for scalar in scalars:
        if scalar.aggregate:
            yield from scalar.loose
        elif not scalar.constant and not scalar.window and scalar.whole is None:
            yield scalar.sql


def _build_windowed(evaluator: Evaluator, query: Query, columns: Sequence[tuple[Scalar, Sql]]) -> Select[Any]:
    """A window is computed after WHERE, so a condition on one belongs to a SELECT around it."""
    frame = query.frame.home
    conditions, order = frame.windowed, frame.order
    frame.windowed, frame.order = [], []
    extra = [scalar.named(f"condition_{i}") for i, scalar in enumerate(conditions, 1)]
    extra += [term.scalar.named(f"order_{i}") for i, term in enumerate(order, 1) if term.scalar]
    items = tuple(scalar.named(name_of(sql)) for scalar, sql in columns)
    inner = build(evaluator, Query(frame, Record((*items, *extra)))).subquery(evaluator.short_alias("windowed"))
    frame.windowed, frame.order = conditions, order
    count, last = len(columns), len(columns) + len(conditions)
    found = list(inner.c)
    statement = select(*found[:count]).where(*found[count:last])
    terms = [replace(term, scalar=Scalar(sql)) for term, sql in zip(order, found[last:], strict=True)]
    statement = statement.order_by(*directions(evaluator, terms)) if terms else statement
    return _cut(statement.distinct() if query.distinct else statement, query)


def directions(evaluator: Evaluator, terms: Iterable[Ordering]) -> list[Sql]:
    """ORDER BY terms, NULLs first or last where that was said."""
    found: list[Sql] = []
    for term in terms:
        assert term.scalar is not None
        sql = term.scalar.sql
        directed = sql.desc() if term.descending else sql
        if term.nulls and not evaluator.server.can("NULLS LAST"):
            found += [sql.is_(None) if term.nulls == "last" else sql.is_not(None), directed]
        elif term.nulls:
            found.append(directed.nulls_last() if term.nulls == "last" else directed.nulls_first())
        else:
            found.append(directed)
    return found


def as_source(
    evaluator: Evaluator, query: Query, wanted: str = "", source: Callable[[Select[Any]], FromClause] | None = None
) -> Query:
    """The query as a subquery in FROM, with the same items; its order reaches whatever reads from it.

    `source` makes something else of the SELECT that can stand in FROM.
    """
    if source is None and looks_outside(query.frame.home):
        evaluator.server.require(
            "a query inside FROM that looks outside", "a window function, or len, sum, max of the collection itself"
        )
    columns = outputs(evaluator, query.element)
    items = [scalar.named(name_of(sql)) for scalar, sql in columns]
    # The order's own values have to come along, unless they are among the outputs already.
    held = {id(scalar.sql): item.name for (scalar, _), item in zip(columns, items, strict=True)}
    terms = [term for term in query.frame.home.order if not query.distinct or id(_sorted_by(term)) in held]
    for index, term in enumerate(terms, 1):
        if term.scalar is not None and id(term.scalar.sql) not in held:
            held[id(term.scalar.sql)] = f"order_{index}"
            items.append(term.scalar.named(f"order_{index}"))
    statement = build(evaluator, replace(query, element=Record(tuple(items))))
    sub = source(statement) if source is not None else statement.subquery(wanted or evaluator.short_alias("query"))
    inner = Frame()
    element = rebuilt(evaluator, query.element, sub, iter(list(sub.c)), inner)
    if query.grouped and isinstance(query.element, Record) and query.element.keyed:
        keyed = flat(evaluator, Record(query.element.items[: query.element.keyed]))
        inner.roots[0].unique = tuple(list(sub.c)[: len(keyed)])
    for term in terms:
        assert term.scalar is not None
        moved = Scalar(sub.c[held[id(term.scalar.sql)]], term.scalar.family, nullable=term.scalar.nullable)
        inner.order.append(replace(term, scalar=moved))
    return Query(inner, element)


def looks_outside(frame: Frame) -> bool:
    """Whether its conditions speak of rows that it does not read itself. What subqueries read is their own affair."""
    own = {anchor.selectable for anchor in frame.anchors()}
    pending: list[Any] = [*frame.correlated(), *frame.where]
    while pending:
        part = pending.pop()
        if isinstance(part, ColumnClause) and part.table is not None and part.table not in own:
            return True
        if not isinstance(part, (ColumnClause, SelectBase)):
            pending += part.get_children()
    return False


def _sorted_by(term: Ordering) -> Sql | None:
    return term.scalar.sql if term.scalar is not None else None


def rebuilt(evaluator: Evaluator, element: Value, sub: FromClause, columns: Iterator[Any], frame: Frame) -> Value:
    """An item again, read from a subquery's columns."""
    if not frame.roots:
        frame.add(Anchor(frame, sub, {}))
    if isinstance(element, Row):
        own = {name: replace(keys.column(element, name), sql=next(columns)) for name in keys.names(element)}
        cleaned = {name: replace(s, rejects=frozenset(), qualified="", reference=None) for name, s in own.items()}
        if not frame.roots[0].columns and frame.roots[0].model is None:
            frame.roots[0].columns, frame.roots[0].model = cleaned, keys.model(element)
            return Row(frame.roots[0])
        # Further rows of the same subquery share its place in FROM.
        twin = Anchor(frame, sub, cleaned, keys.model(element))
        twin.base = frame.roots[0]
        return Row(twin)
    if isinstance(element, Record):
        items = tuple(rebuilt(evaluator, item, sub, columns, frame) for item in element.items)
        return replace(element, items=items)
    scalar = evaluator.scalar(element)
    sql = next(columns)
    name = scalar.name or name_of(sql)
    return Scalar(sql, scalar.family, nullable=scalar.nullable, name=name, element=scalar.element)


def scalar_query(evaluator: Evaluator, query: Query, element: Scalar | None = None) -> Scalar:
    """A query of one value in the place of a value."""
    evaluator.count_query()
    columns = flat(evaluator, element if element is not None else query.element)
    if len(columns) != 1 and isinstance(query.element, Row):
        columns = keys.key(query.element)
    if len(columns) != 1:
        raise Unfit("E-TYPE", f"a query of {len(columns)} columns is no single value")
    statement = build(evaluator, query, columns[0])
    only = columns[0]
    return Scalar(
        statement.scalar_subquery(), only.family, nullable=True, name=only.name, whole=statement, labelled=True
    )


def presorted(evaluator: Evaluator, query: Query, scalars: Sequence[Scalar]) -> Query:
    """The same groups over rows that a subquery has put in order: for aggregates that cannot sort by themselves."""
    frame = query.frame.home
    keys_ = list(query.grouped if query.grouped is not None else _keys(scalars))
    folded_ = [*scalars, *frame.having, *(term.scalar for term in frame.order if term.scalar)]
    own = {anchor.selectable for anchor in frame.anchors()}
    used = dict.fromkeys(
        part
        for sql in (*(scalar.sql for scalar in folded_), *keys_)
        for part in visitors.iterate(sql)
        if isinstance(part, ColumnClause) and part.table in own
    )
    items = Record(tuple(Scalar(column, name=str(column.name)) for column in used))
    below = Frame(frame.roots, frame.where, order=[*(Ordering(Scalar(key)) for key in keys_), *frame.presort])
    sub = build(evaluator, Query(below, items)).subquery(evaluator.short_alias("sorted"))
    moved: dict[Any, Any] = dict(zip(used, sub.c, strict=True))

    def other(element: Any, **_: Any) -> Any:
        return moved.get(element)

    def swap(sql: Sql) -> Sql:
        found: Sql = visitors.replacement_traverse(sql, {}, other)
        return found

    def carried(scalar: Scalar) -> Scalar:
        return replace(scalar, sql=swap(scalar.sql), loose=tuple(swap(part) for part in scalar.loose))

    above = Frame(having=[carried(scalar) for scalar in frame.having])
    above.add(Anchor(above, sub, {}))
    above.order = [replace(term, scalar=carried(term.scalar)) for term in frame.order if term.scalar]
    named = tuple(carried(s).named(label) for s, label in zip(scalars, labels(scalars), strict=True))
    return replace(query, frame=above, element=Record(named), grouped=tuple(swap(key) for key in keys_))
