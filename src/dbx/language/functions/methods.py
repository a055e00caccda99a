"""Methods of strings, dates and times as Python has them."""

from __future__ import annotations

import ast
from typing import Any

from sqlalchemy import case, func, literal_column

from dbx.language.functions.calls import Call, Method
from dbx.language.functions.joining import joined_text
from dbx.language.operators import documents, spans
from dbx.language.operators.arithmetic import MAX_REPEAT
from dbx.language.operators.truth import combined
from dbx.language.refusal import Unfit
from dbx.language.server.text import ONE
from dbx.language.server.time import strftime_format
from dbx.language.values.kinds import Literal, Pieces, Record, Scalar, Sequence, Value, describe
from dbx.language.values.scalars import derive


def _text(call: Call, owner: Value, operation: str, *arguments: str) -> tuple[Scalar, list[Scalar]]:
    nodes = call.take(*arguments)
    own = call.evaluator.scalar(owner)
    scalars = [call.scalar(node) for node in nodes if node is not None]
    return own, scalars


def _case(which: Any) -> Method:
    def method(call: Call, owner: Value) -> Value:
        call.take()
        own = call.evaluator.scalar(owner)
        return derive(which(own.sql), "str", own, name=own.name)

    return method


def _strip(call: Call, owner: Value) -> Value:
    (node,) = call.take("characters?")
    own = call.evaluator.scalar(owner)
    extra = [call.scalar(node)] if node is not None else []
    sql = call.evaluator.write("strip", own, *extra, literal_column(call.name))
    return derive(sql, "str", own, *extra, name=own.name)


def _starts(call: Call, owner: Value) -> Value:
    """startswith and endswith; of a tuple, any of them."""
    (node,) = call.take("part")
    assert node is not None
    own, value = call.evaluator.scalar(owner), call.value(node)
    choices = list(value.items) if isinstance(value, (Sequence, Record)) else [value]
    tests = []
    for each in choices:
        part = call.evaluator.scalar(each)
        if part.family not in ("str", "unknown", "null"):
            raise Unfit("E-TYPE", f"{call.name} of {describe(part)}", node=node)
        tests.append(derive(call.evaluator.write(call.name, own, part), "bool", own, part, predicate=True))
    return combined(tests, conjunction=False) if len(tests) != 1 else tests[0]


def _replace(call: Call, owner: Value) -> Value:
    own, (old, new) = _text(call, owner, "replace", "old", "new")
    return derive(call.evaluator.write("replace", own, old, new), "str", own, old, new, name=own.name)


def _find(call: Call, owner: Value) -> Value:
    own, (part,) = _text(call, owner, "find", "part")
    return derive(call.evaluator.write("position", own, part) - ONE, "int", own, part)


def _remove(call: Call, owner: Value) -> Value:
    """removeprefix, removesuffix"""
    own, (part,) = _text(call, owner, call.name, "part")
    write = call.evaluator.write
    length, cut = write("length", own), write("length", part)
    if call.name == "removeprefix":
        test, rest = write("startswith", own, part), write("substr", own.sql, cut + ONE)
    else:
        test, rest = write("endswith", own, part), write("substr", own.sql, ONE, length - cut)
    return derive(case((test, rest), else_=own.sql), "str", own, part, name=own.name)


def _just(call: Call, owner: Value) -> Value:
    width, fill = call.take("width", "fill?")
    own = call.evaluator.scalar(owner)
    assert width is not None
    size = _width(call, width)
    pad = call.scalar(fill) if fill is not None else call.evaluator.scalar(Literal(" ", "str"))
    side = "left" if call.name == "rjust" else "right"
    return derive(call.evaluator.write("padded", own, size, pad, detail=side), "str", own, size, pad)


def _width(call: Call, node: ast.expr) -> Scalar:
    """As written and not huge: the server would fill whatever memory it is asked to."""
    if call.number(node, 0) > MAX_REPEAT:
        raise Unfit("E-LIMIT", f"a width beyond {MAX_REPEAT:,}", node=node)
    return call.scalar(node)


def _zfill(call: Call, owner: Value) -> Value:
    (width,) = call.take("width")
    assert width is not None
    own, size = call.evaluator.scalar(owner), _width(call, width)
    pad = call.evaluator.scalar(Literal("0", "str"))
    return derive(call.evaluator.write("padded", own, size, pad, detail="left"), "str", own, size)


def _like(call: Call, owner: Value) -> Value:
    pattern, escape = call.take("pattern", "escape?")
    assert pattern is not None
    own, other = call.evaluator.scalar(owner), call.scalar(pattern)
    mark = call.mark(escape)
    which = own.sql.ilike if call.name == "ilike" else own.sql.like
    return derive(which(other.sql, escape=mark), "bool", own, other, predicate=True)


def _regexp(call: Call, owner: Value) -> Value:
    (node,) = call.take("pattern")
    assert node is not None
    own, pattern = call.evaluator.scalar(owner), call.scalar(node)
    if pattern.family not in ("str", "unknown", "null"):
        raise Unfit("E-TYPE", f"a pattern is str, not {describe(pattern)}", node=node)
    return derive(call.evaluator.write("regexp", own, pattern), "bool", own, pattern, predicate=True)


def _join(call: Call, owner: Value) -> Value:
    """sep.join(x): the strings of a group, a collection or a query as one."""
    (node,) = call.take("strings")
    assert node is not None
    return joined_text(call, owner, node)


def _strftime(call: Call, owner: Value) -> Value:
    (node,) = call.take("format")
    assert node is not None
    own = call.evaluator.scalar(owner)
    pattern = Literal(strftime_format(call.string(node), call.evaluator.server.key), "str")
    scalar = call.evaluator.scalar(pattern)
    return derive(call.evaluator.write("strftime", own, scalar), "str", own)


def _weekday(call: Call, owner: Value) -> Value:
    call.take()
    own = call.evaluator.scalar(owner)
    day = call.evaluator.write("isoweekday", own)
    return derive(day - ONE if call.name == "weekday" else day, "int", own, name=call.name)


def _date(call: Call, owner: Value) -> Value:
    call.take()
    own = call.evaluator.scalar(owner)
    return derive(call.evaluator.write("date of", own), "date", own, name=own.name)


def _time(call: Call, owner: Value) -> Value:
    call.take()
    own = call.evaluator.scalar(owner)
    return derive(call.evaluator.write("time of", own), "time", own, name=own.name)


def _isoformat(call: Call, owner: Value) -> Value:
    call.take()
    own = call.evaluator.scalar(owner)
    if own.family == "date":
        return derive(call.evaluator.write("text", own), "str", own, name=own.name)
    return derive(call.evaluator.write("isoformat", own, detail=own.family), "str", own, name=own.name)


def _total_seconds(call: Call, owner: Value) -> Value:
    call.take()
    return spans.total_seconds(call.evaluator, owner)


def _split(call: Call, owner: Value) -> Value:
    """x.split(sep)[i]: the pieces are values only by their place."""
    (node,) = call.take("sep")
    assert node is not None
    own = call.evaluator.scalar(owner)
    separator = call.string(node)
    if not separator:
        raise Unfit("E-VALUE", "an empty separator", node=node)
    if (separator.isalnum() or "\\" in separator) and not call.evaluator.server.can("a letter as a separator"):
        # There, a string is split as JSON, where such a separator might be part of an escape.
        raise Unfit("E-DIALECT", "a letter as a separator cannot be said on SQLite", "find(…), and a slice", node)
    return Pieces(own, call.evaluator.scalar(Literal(separator, "str")))


def _title(call: Call, owner: Value) -> Value:
    call.take()
    own = call.evaluator.scalar(owner)
    return derive(call.evaluator.write("title", own), "str", own, name=own.name)


STR: dict[str, Method] = {
    "upper": _case(func.upper),
    "lower": _case(func.lower),
    "strip": _strip,
    "lstrip": _strip,
    "rstrip": _strip,
    "startswith": _starts,
    "endswith": _starts,
    "replace": _replace,
    "find": _find,
    "removeprefix": _remove,
    "removesuffix": _remove,
    "ljust": _just,
    "rjust": _just,
    "zfill": _zfill,
    "like": _like,
    "ilike": _like,
    "join": _join,
    "split": _split,
    "get": documents.METHODS["get"],
    "title": _title,
    "regexp_match": _regexp,
}

DATE: dict[str, Method] = {
    "strftime": _strftime,
    "weekday": _weekday,
    "isoweekday": _weekday,
    "isoformat": _isoformat,
}
DATETIME: dict[str, Method] = {**DATE, "date": _date, "time": _time}
INTERVAL: dict[str, Method] = {"total_seconds": _total_seconds}
TIME: dict[str, Method] = {"strftime": _strftime, "isoformat": _isoformat}

KINDS: dict[str, dict[str, Method]] = {
    "str": STR,
    "date": DATE,
    "datetime": DATETIME,
    "time": TIME,
    "interval": INTERVAL,
    "json": documents.METHODS,
}
