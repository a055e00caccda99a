"""Named parameters in SQL that the user wrote: `:name`, outside quotes, comments, casts, assignments and slices."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from dbx.dialects.base import Syntax, place
from dbx.errors import UsageError
from dbx.rows import Statement
from dbx.sql.lexis import blank
from dbx.sql.unit import Unit

# Behind a value a colon is a slice a[1:n], a path or a label; before = an assignment.
_PARAMETER = re.compile(r"(?<![:\w$)\]'\"`]):([^\W\d]\w*+)")
_GIVEN = re.compile(r"([^\W\d]\w*)(?::(\w*))?=(.*)", re.DOTALL)

_MARKS = {"pyformat": "%({0})s", "named": ":{0}"}
_PLACES = {"format": "%s", "qmark": "?", "numeric": ":{1}", "numeric_dollar": "${1}"}


def names(text: str, syntax: Syntax) -> frozenset[str]:
    """The parameters in a statement."""
    return frozenset(_PARAMETER.findall(blank(text, syntax)))


def bind(
    text: str,
    values: Mapping[str, object],
    syntax: Syntax,
    paramstyle: str,
    *,
    all_used: bool = True,
    where: Statement | None = None,
) -> tuple[str, dict[str, object] | tuple[object, ...]]:
    """`text` with its parameters in the driver's style, and the container of their values.

    Raises UsageError for a name without a value, and for a value without use: not where `all_used` is False, because
    another statement of the script may use it. `where` is the statement as it stands in its script.
    """
    code = blank(text, syntax)
    mark = _MARKS.get(paramstyle) or _PLACES[paramstyle]
    doubled = paramstyle in ("pyformat", "format")
    parts, used, at = [], [], 0
    for found in _PARAMETER.finditer(code):
        name = found[1]
        if name not in values:
            at_name = place(where or Statement(text), found.start(), len(found[0]))
            raise UsageError(f"no value for the parameter :{name}", hint=f"give one: -p {name}=…", place=at_name)
        before = text[at : found.start()]
        used.append(name)
        parts += [before.replace("%", "%%") if doubled else before, mark.format(name, len(used))]
        at = found.end()
    parts.append(text[at:].replace("%", "%%") if doubled else text[at:])
    if all_used and (unused := values.keys() - set(used)):
        raise UsageError(f"no parameter :{min(unused)} in the statement")
    if paramstyle in _PLACES:
        return "".join(parts), tuple(values[name] for name in used)
    return "".join(parts), {name: values[name] for name in used}


def used(unit: Unit, syntax: Syntax) -> frozenset[str]:
    """The names in a unit that may be parameters."""
    return names(unit.text, syntax) if unit.kind == "sql" else frozenset(re.findall(r"\w+", unit.text))


def all_used(units: Iterable[Unit], given: Iterable[str], syntax: Syntax) -> Iterator[Unit]:
    """The units; at their end a parameter that none of them has is a UsageError."""
    left = set(given)
    for unit in units:
        left -= used(unit, syntax) if left else frozenset()
        yield unit
    if left:
        raise UsageError(f"the parameter {min(left)} is used nowhere")


def is_name(text: str) -> bool:
    return re.fullmatch(r"[^\W\d]\w*", text) is not None


def parse_parameter(text: str) -> tuple[str, object]:
    """`name=value` or `name:type=value` of the command line. Raises UsageError."""
    found = _GIVEN.fullmatch(text)
    if found is None:
        raise UsageError(f"not a parameter: {text!r}", hint="write name=value or name:type=value")
    name, type_name, value = found.groups()
    convert = _TYPES.get("str" if type_name is None else type_name)
    if convert is None:
        raise UsageError(f"no type {type_name!r} for the parameter {name}", hint=f"one of: {', '.join(_TYPES)}")
    try:
        return name, convert(value)
    except (ValueError, InvalidOperation, RecursionError):
        shown = repr(value if len(value) <= 60 else value[:59] + "…")
        raise UsageError(f"the parameter {name} is no {type_name}: {shown}") from None


def _boolean(text: str) -> bool:
    known = {"true": True, "t": True, "1": True, "yes": True, "on": True}
    known |= {"false": False, "f": False, "0": False, "no": False, "off": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


def _null(text: str) -> None:
    if text:
        raise ValueError(text)


def _json(text: str) -> str:
    """JSON travels as text: no driver need know the type."""
    json.loads(text)
    return text


_TYPES: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": _boolean,
    "decimal": Decimal,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
    "json": _json,
    "null": _null,
}
