"""The elements of an expression as the source text that would make them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    BooleanClauseList,
    Case,
    Cast,
    CollectionAggregate,
    ColumnClause,
    Extract,
    False_,
    Label,
    Null,
    ScalarSelect,
    SelectBase,
    TextClause,
    True_,
    Tuple,
    TypeCoerce,
    UnaryExpression,
)
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    AsBoolean,
    BinaryExpression,
    ClauseList,
    CollationClause,
    ExpressionClauseList,
    Grouping,
    TypeClause,
    _label_reference,
    _textual_label_reference,
)
from sqlalchemy.sql.selectable import Exists, SelectStatementGrouping
from sqlalchemy.types import NullType

from dbx.language.program.code import Code, Piece, Writer, arguments, member, quoted, unsaid

_SIGNS = {
    operators.eq: "==", operators.ne: "!=", operators.lt: "<", operators.le: "<=", operators.gt: ">",
    operators.ge: ">=", operators.add: "+", operators.sub: "-", operators.mul: "*", operators.truediv: "/",
    operators.floordiv: "//", operators.mod: "%", operators.concat_op: "+", operators.lshift: "<<",
    operators.rshift: ">>",
}  # fmt: skip
_SAME = (operators.add, operators.mul, operators.concat_op)
"""A chain of these needs no brackets on its left."""

_METHODS = {
    operators.is_: "is_", operators.is_not: "is_not", operators.in_op: "in_", operators.not_in_op: "not_in",
    operators.like_op: "like", operators.not_like_op: "not_like", operators.ilike_op: "ilike",
    operators.not_ilike_op: "not_ilike", operators.is_distinct_from: "is_distinct_from",
    operators.is_not_distinct_from: "is_not_distinct_from", operators.collate: "collate",
    operators.contains_op: "contains", operators.startswith_op: "startswith", operators.endswith_op: "endswith",
    operators.regexp_match_op: "regexp_match", operators.bitwise_and_op: "bitwise_and",
    operators.bitwise_or_op: "bitwise_or", operators.bitwise_xor_op: "bitwise_xor",
    operators.bitwise_lshift_op: "bitwise_lshift", operators.bitwise_rshift_op: "bitwise_rshift",
    operators.match_op: "match",
}  # fmt: skip
_DENIED = {
    operators.not_contains_op: "contains", operators.not_startswith_op: "startswith",
    operators.not_endswith_op: "endswith", operators.not_regexp_match_op: "regexp_match",
    operators.not_match_op: "match",
}  # fmt: skip
_MODIFIERS = {
    operators.desc_op: "desc", operators.asc_op: "asc", operators.nulls_first_op: "nulls_first",
    operators.nulls_last_op: "nulls_last",
}  # fmt: skip


def operand(code: Code, element: Any, beside: Any = None, operator: Any = None) -> str:
    """One side of an operator: the mere value where SQLAlchemy, seeing the other side, binds it with the same type."""
    if isinstance(element, BindParameter) and beside is not None and not _is_written(beside):
        kind = beside.type.coerce_compared_value(operator, element.value)
        wide = isinstance(kind, BigInteger) == isinstance(element.type, BigInteger)
        if kind._type_affinity is element.type._type_affinity and wide and not isinstance(kind, NullType):
            return code.argument(element)
    return code.piece(element).bracketed


def _is_written(element: Any) -> bool:
    """Text of its own, after which SQLAlchemy would name the parameter beside it."""
    return isinstance(element, BindParameter) or (isinstance(element, ColumnClause) and element.is_literal)


def _bind(code: Code, element: BindParameter[Any]) -> Piece:
    if not element.unique:
        kind = f", type_={code.type(element.type)}"
        return Piece(f"{code.use('bindparam')}({quoted(element.key)}, {code.value(element.value)}{kind})")
    return code.once(
        element, "value",
        lambda: Piece(f"{code.use('literal')}({code.bound(element)}, {code.type(element.type)})"),
    )  # fmt: skip


def _column(code: Code, element: ColumnClause[Any]) -> Piece:
    if element.table is not None:
        table = code.write(element.table)
        position = [each is element for each in element.table.c].index(True) if _nameless(element) else None
        return Piece(
            f"{table}.c[{position}]" if position is not None else f"{table}{_dot_c(table)}{member(element.key)}"
        )
    kind = "" if isinstance(element.type, NullType) else code.type(element.type)
    name = "literal_column" if element.is_literal else "column"
    return Piece(f"{code.use(name)}({arguments(quoted(str(element.name)), kind)})")


def _dot_c(table: str) -> str:
    return "" if table.endswith((".excluded", ".inserted")) else ".c"


def _nameless(element: ColumnClause[Any]) -> bool:
    return type(element.name).__name__ == "_anonymous_label"


def _binary(code: Code, element: BinaryExpression[Any]) -> Piece:
    operator, left, right = element.operator, element.left, element.right
    if operator in _SIGNS:
        return _signed(code, element)
    if operator in (operators.between_op, operators.not_between_op):
        low, high = right.clauses
        found = Piece(f"{operand(code, left)}.between({code.argument(low)}, {code.argument(high)})")
        return found if operator is operators.between_op else Piece(f"~{found.text}", whole=False)
    if operator in _METHODS:
        return Piece(f"{operand(code, left)}.{_METHODS[operator]}({_right(code, element)})")
    if operator in _DENIED:
        return Piece(f"~{operand(code, left)}.{_DENIED[operator]}({_right(code, element)})", whole=False)
    if operator in (operators.json_getitem_op, operators.json_path_getitem_op, operators.getitem):
        return Piece(f"{operand(code, left)}[{code.argument(right)}]")
    if isinstance(operator, operators.custom_op):
        return Piece(f"{operand(code, left)}.{_custom(code, element, operator)}({code.argument(right)})")
    raise unsaid(f"the operator {operator.__name__}")


def _signed(code: Code, element: BinaryExpression[Any]) -> Piece:
    operator, left, right = element.operator, element.left, element.right
    if operator is operators.concat_op and not (_is_text(left) or _is_text(right)):
        return Piece(f"{operand(code, left)}.concat({code.argument(right)})")
    if operator in _SAME and isinstance(left, BinaryExpression) and left.operator is operator:
        first = code.write(left)
    else:
        # a mere value on the left of a comparison would turn it round
        first = operand(code, left, None if operators.is_comparison(operator) else right, operator)
    return Piece(f"{first} {_SIGNS[operator]} {operand(code, right, left, operator)}", whole=False)


def _chain(code: Code, element: ExpressionClauseList[Any]) -> Piece:
    """a || b || c, as one element."""
    if element.operator not in _SIGNS:
        raise unsaid("this list of expressions")
    first, *rest = element.clauses
    parts = [operand(code, first), *(operand(code, each, first, element.operator) for each in rest)]
    return Piece(f" {_SIGNS[element.operator]} ".join(parts), whole=False)


def _is_text(element: Any) -> bool:
    return bool(element.type._type_affinity.__name__ == "String")


def _right(code: Code, element: BinaryExpression[Any]) -> str:
    right, modifiers = element.right, element.modifiers
    options = [f"{name}={code.value(value)}" for name, value in modifiers.items() if value is not None]
    if isinstance(right, BindParameter) and right.expanding:
        code.seen[id(right)] += 1
        return code.value(list(right.effective_value or ()))
    if isinstance(right, CollationClause):
        return quoted(right.collation)
    inner = right.element if isinstance(right, Grouping) else right
    if element.operator in (operators.in_op, operators.not_in_op) and isinstance(inner, ClauseList):
        return f"[{', '.join(code.argument(each) for each in inner.clauses)}]"
    if isinstance(inner, (Null, True_, False_)) and element.operator in (operators.is_, operators.is_not):
        return {"null": "None", "true": "True", "false": "False"}[inner.__visit_name__]
    if isinstance(right, ScalarSelect) and element.operator in (operators.in_op, operators.not_in_op):
        return code.write(right.element)
    return arguments(code.argument(right), *options)


def _custom(code: Code, element: BinaryExpression[Any], operator: operators.custom_op[Any]) -> str:
    options = [quoted(operator.opstring)]
    if operator.precedence:
        options.append(f"precedence={operator.precedence}")
    if operator.is_comparison:
        options.append("is_comparison=True")
    if not isinstance(element.type, NullType):
        options.append(f"return_type={code.type(element.type)}()".replace(")()", ")"))
    return f"op({', '.join(options)})"


def _unary(code: Code, element: UnaryExpression[Any]) -> Piece:
    operator, modifier = element.operator, element.modifier
    if modifier in _MODIFIERS:
        return Piece(f"{operand(code, element.element)}.{_MODIFIERS[modifier]}()")
    inner = element.element.element if isinstance(element.element, Grouping) else element.element
    if operator is operators.distinct_op:
        return Piece(f"{code.use('distinct')}({code.write(element.element)})")
    if operator is operators.inv:
        return Piece(f"{code.use('not_')}({code.write(inner)})")
    if operator is operators.neg:
        return Piece(f"-{operand(code, inner)}", whole=False)
    if operator is operators.bitwise_not_op:
        return Piece(f"{operand(code, inner)}.bitwise_not()")
    if operator in (operators.any_op, operators.all_op):
        return Piece(f"{code.use(operator.__name__.removesuffix('op'))}({code.write(element.element)})")
    raise unsaid(f"the operator {getattr(operator, '__name__', '?')}")


def _exists(code: Code, element: Exists) -> Piece:
    inner: Any = element.element
    while not isinstance(inner, SelectBase) or isinstance(inner, SelectStatementGrouping):
        inner = inner.element
    return Piece(f"{code.use('exists')}({code.write(inner)})")


def _boolean(code: Code, element: BooleanClauseList) -> Piece:
    name = "and_" if element.operator is operators.and_ else "or_"
    return Piece(f"{code.use(name)}({', '.join(code.write(_ungrouped(each)) for each in element.clauses)})")


def _ungrouped(element: Any) -> Any:
    """Brackets that SQLAlchemy sets by itself."""
    return element.element if isinstance(element, Grouping) else element


def _as_boolean(code: Code, element: AsBoolean) -> Piece:
    if element.operator is operators.is_false:
        return Piece(f"{code.use('not_')}({code.write(element.element)})")
    return code.piece(element.element)


def _grouping(code: Code, element: Grouping[Any]) -> Piece:
    return code.piece(element.element)


def _test(code: Code, element: Any) -> str:
    """A boolean column is a condition by itself in WHERE, and has to be made one elsewhere."""
    return f"{code.use('and_')}({code.write(element)})" if isinstance(element, AsBoolean) else code.write(element)


def _case(code: Code, element: Case[Any]) -> Piece:
    whens = [f"({_test(code, _ungrouped(test))}, {code.argument(then)})" for test, then in element.whens]
    value = f"value={code.write(element.value)}" if element.value is not None else ""
    otherwise = f"else_={code.argument(element.else_)}" if element.else_ is not None else ""
    return Piece(f"{code.use('case')}({arguments(*whens, value, otherwise)})")


def _cast(code: Code, element: Cast[Any]) -> Piece:
    return Piece(
        f"{code.use(type(element).__name__.lower())}({code.argument(element.clause)}, {code.type(element.type)})"
    )


def _coerced(code: Code, element: TypeCoerce[Any]) -> Piece:
    return Piece(f"{code.use('type_coerce')}({code.argument(element.clause)}, {code.type(element.type)})")


def _extract(code: Code, element: Extract) -> Piece:
    return Piece(f"{code.use('extract')}({quoted(element.field)}, {code.write(element.expr)})")


def _label(code: Code, element: Label[Any]) -> Piece:
    name = str(element.name)
    if _nameless(element):  # type: ignore[arg-type]
        return code.piece(element.element)
    code.keyed.add(id(element))
    return code.once(
        element, name, lambda: Piece(f"{operand(code, _ungrouped(element.element))}.label({quoted(name)})")
    )


def _constant(name: str) -> Callable[[Code, Any], Piece]:
    return lambda code, element: Piece(f"{code.use(name)}()")


def _tuple(code: Code, element: Tuple) -> Piece:
    return Piece(f"{code.use('tuple_')}({', '.join(code.argument(each) for each in element.clauses)})")


def _list(code: Code, element: ClauseList) -> Piece:
    return Piece(", ".join(code.argument(each) for each in element.clauses))


def _scalar(code: Code, element: ScalarSelect[Any]) -> Piece:
    return Piece(f"{code.write(element.element)}.scalar_subquery()")


def _raw(code: Code, element: TextClause) -> Piece:
    return Piece(f"{code.use('text')}({quoted(element.text)})")


def _reference(code: Code, element: Any) -> Piece:
    return code.piece(element.element) if not isinstance(element.element, str) else Piece(quoted(element.element))


WRITERS: dict[type, Writer] = {
    ExpressionClauseList: _chain, BindParameter: _bind, ColumnClause: _column, BinaryExpression: _binary,
    UnaryExpression: _unary, Exists: _exists, BooleanClauseList: _boolean, AsBoolean: _as_boolean, Grouping:
    _grouping, Case: _case, Cast: _cast, TypeCoerce: _coerced, Extract: _extract, Label: _label, Null:
    _constant("null"), True_: _constant("true"), False_: _constant("false"), Tuple: _tuple, ClauseList: _list,
    ScalarSelect: _scalar, TextClause: _raw, CollectionAggregate: _unary, _label_reference: _reference,
    _textual_label_reference: _reference, TypeClause: lambda code, element: Piece(code.type(element.type)),
}  # fmt: skip
