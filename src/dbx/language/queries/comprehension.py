"""[… for x in y if z] and its kin: to a Query."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.sql import visitors

from dbx.language.names.scope import Scope
from dbx.language.operators.truth import condition
from dbx.language.queries.object_lists import comprehended, leads_to_objects
from dbx.language.queries.sources import iterate
from dbx.language.refusal import Unfit
from dbx.language.select import keys
from dbx.language.select.assemble import flat
from dbx.language.select.frame import Anchor, Frame
from dbx.language.values.kinds import Change, Literal, Query, Record, Row, Scalar, Sql, Value, describe
from dbx.language.values.types import NUMBERS

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def comprehension(
    evaluator: Evaluator, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope, *, tested: bool = False
) -> Value:
    """A query of its items; with `tested`, of whether each is true."""
    if leads_to_objects(evaluator, node.generators[0].iter, scope):
        return comprehended(evaluator, node, scope)
    evaluator.count_query()
    frame = Frame()
    inner = opened(evaluator, node.generators, scope, frame, [node.elt])
    tested = tested and isinstance(node.elt, (ast.BoolOp, ast.UnaryOp))
    element = condition(evaluator, node.elt, inner) if tested else evaluator.evaluate(node.elt, inner)
    if isinstance(element, Change):
        return replace(element, frame=frame)
    if isinstance(element, Query) and not element.single:
        hint = "fold it: len(…), sum(…), max(…), any(…); or add a second 'for'"
        raise Unfit("E-TYPE", "a query as a column", hint, node.elt)
    try:
        if not isinstance(element, Row):
            flat(evaluator, element)
    except Unfit as unfit:
        raise evaluator.source.error(unfit, _culprit(node.elt, element)) from None
    return Query(frame, element, distinct=isinstance(node, ast.SetComp))


def _culprit(node: ast.expr, element: Value) -> ast.expr:
    """Which part of a tuple cannot be a column."""
    parts = node.elts if isinstance(node, ast.Tuple) else node.values if isinstance(node, ast.Dict) else []
    items = element.items if isinstance(element, Record) else ()
    if len(parts) == len(items):
        for part, item in zip(parts, items, strict=True):
            if not isinstance(item, (Row, Record, Scalar, Literal)) and not (isinstance(item, Query) and item.single):
                return part
    return node


def _promised(nodes: list[ast.expr]) -> dict[str, ast.NamedExpr]:
    """The `:=` in what a comprehension gives, not in those inside it."""
    found: dict[str, ast.NamedExpr] = {}
    pending: list[ast.AST] = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.NamedExpr):
            found[node.target.id] = node
        if not isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)):
            pending += ast.iter_child_nodes(node)
    return found


def opened(
    evaluator: Evaluator, generators: list[ast.comprehension], scope: Scope, frame: Frame, items: list[ast.expr]
) -> Scope:
    """The sources and conditions, each evaluated where those before it are known."""
    inner = Scope(scope, frame, promised=_promised(items))
    step = next((each for each in scope.chain() if each.pending is not None), None)
    if step is not None and step.pending is not None:
        frame.absorb(step.pending)
        step.pending = None
    for generator in generators:
        value = evaluator.evaluate(generator.iter, inner)
        wanted = generator.target.id if isinstance(generator.target, ast.Name) else ""
        try:
            element = iterate(evaluator, value, inner, frame, wanted)
        except Unfit as unfit:
            raise evaluator.source.error(unfit, generator.iter) from None
        bind(evaluator, generator.target, element, inner)
        for test in generator.ifs:
            for part in conjuncts(test):
                require(evaluator, part, inner, frame)
    return inner


def conjuncts(node: ast.expr) -> list[ast.expr]:
    """The parts of `a and b and c`, each of which has its own clause to go to."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return [part for value in node.values for part in conjuncts(value)]
    return [node]


def require(evaluator: Evaluator, node: ast.expr, scope: Scope, frame: Frame) -> None:
    test = condition(evaluator, node, scope)
    if test.window:
        frame.windowed.append(test)
    elif test.aggregate:
        frame.having.append(test)
    elif test.literal is None or not test.literal.value:
        frame.where.append(test.sql)
        frame.require(test.rejects)


def bind(evaluator: Evaluator, target: ast.expr, element: Value, scope: Scope) -> None:
    if isinstance(target, ast.Name):
        if target.id.startswith("_") and target.id != "_":
            raise Unfit("E-NAME", f"'{target.id}' is reserved", "a name begins with a letter", target)
        scope.variables[target.id] = element
        return
    if not isinstance(target, (ast.Tuple, ast.List)):
        raise Unfit("E-NODE", "only a name or a tuple of names can be a loop variable", "", target)
    if isinstance(element, Row):
        items: tuple[Value, ...] = tuple(keys.columns(element))
    elif isinstance(element, Record):
        items = element.items
    else:
        raise Unfit("E-TYPE", f"{describe(element)} cannot be unpacked", "", target)
    if isinstance(element, Record) and len(target.elts) == 2 and 0 < element.keyed < len(items):
        # The items of a dict: its key and its value, each a tuple where it is more than one column.
        items = element.pair
    if len(items) != len(target.elts):
        raise Unfit("E-TYPE", f"{len(items)} values for {len(target.elts)} names", "", target)
    for part, value in zip(target.elts, items, strict=True):
        bind(evaluator, part, value, scope)


def dictionary(evaluator: Evaluator, node: ast.DictComp, scope: Scope) -> Value:
    """{key: value}: one row for each key, so the value has to be one for each key."""
    evaluator.count_query()
    frame = Frame()
    inner = opened(evaluator, node.generators, scope, frame, [node.key, node.value])
    key, value = evaluator.evaluate(node.key, inner), evaluator.evaluate(node.value, inner)
    try:
        # Every row is joined before its columns are taken: a key that was a foreign key is the other table's now.
        flat(evaluator, Record((key, value)))
        key_columns, values = flat(evaluator, key), flat(evaluator, value)
    except Unfit as unfit:
        raise evaluator.source.error(unfit, node.value) from None
    grouping = tuple(dict.fromkeys(scalar.sql for scalar in key_columns if not scalar.constant))
    if any(scalar.aggregate for scalar in key_columns):
        raise Unfit("E-TYPE", "a key cannot be an aggregate", "", node.key)
    element = Record((*_items(key), *_items(value)), keyed=len(_items(key)))
    if not any(scalar.aggregate for scalar in values):
        if _unique(frame, key_columns):
            return Query(frame, element)
        _check_functions(evaluator, node, key_columns, values)
        return Query(frame, element, distinct=True)
    return Query(frame, element, grouped=grouping)


def _items(value: Value) -> tuple[Value, ...]:
    return value.items if isinstance(value, Record) and not value.names else (value,)


def _unique(frame: Frame, key: list[Scalar]) -> bool:
    """Whether the key holds a unique key of the only source, so that no two rows share one."""
    roots = [anchor for anchor in frame.anchors() if not anchor.hop]
    if len(roots) != 1:
        return False
    held = {id(scalar.sql) for scalar in key}
    return any(all(id(column) in held for column in columns) for columns in _keys(roots[0]))


def _keys(anchor: Anchor) -> Iterator[list[Sql]]:
    """The columns of each unique key of a table, and those that a query was grouped by."""
    for names in anchor.model.unique_columns if anchor.model is not None else ():
        if names and set(names) <= set(anchor.columns):
            yield [anchor.columns[name].sql for name in names]
    if anchor.unique:
        yield list(anchor.unique)


def _check_functions(evaluator: Evaluator, node: ast.DictComp, key: list[Scalar], values: list[Scalar]) -> None:
    known = {id(scalar.sql) for scalar in key}
    for scalar in values:
        for part in visitors.iterate(scalar.sql):
            if part.__visit_name__ == "column" and id(part) not in known:
                text = evaluator.source.text(node.value)
                fold = "sum" if scalar.whole is not None and scalar.family in NUMBERS else "max"
                pairs = f"[({evaluator.source.text(node.key)}, {text}) for …]"
                hint = f"an aggregate of it, such as {fold}({text}); or pairs: {pairs}"
                raise Unfit("E-TYPE", "a value for each key: several rows may have the same key", hint, node.value)
