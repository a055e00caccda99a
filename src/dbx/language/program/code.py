"""A SQLAlchemy program under construction: its imports, the names it has given, the definitions before the query."""

from __future__ import annotations

import datetime as dt
import keyword
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy
from sqlalchemy import BindParameter, Dialect
from sqlalchemy import types as sql_types
from sqlalchemy.types import TypeDecorator, TypeEngine

from dbx.language.refusal import Unfit

_PUBLIC = frozenset(name for name, each in vars(sqlalchemy).items() if callable(each))
_RESERVED = _PUBLIC | frozenset((*keyword.kwlist, "engine", "metadata", "query", "datetime", "uuid"))
_COLLECTION = frozenset((
    "keys", "values", "items", "get", "add", "remove", "update", "extend", "clear", "corresponding_column", "compare",
    "as_readonly", "contains_column",
))  # fmt: skip
"""What `.c` has itself: a column of that name is reached by brackets."""


WIDTH = 100


class Piece(NamedTuple):
    """Source text; `whole` when a method can be called on it without brackets."""

    text: str
    whole: bool = True

    @property
    def bracketed(self) -> str:
        return self.text if self.whole else f"({self.text})"


Writer = Callable[["Code", Any], Piece]


class Code:
    """The program. `writers` know the elements by their class; `shared` are those that stand in the query several
    times and have to be one object."""

    def __init__(self, dialect: Dialect, writers: Mapping[type, Writer], shared: Counter[int]) -> None:
        self.dialect = dialect
        self.writers = writers
        self.shared = shared
        self.seen: Counter[int] = Counter()
        self.keyed: set[int] = set()
        """What has to be one object wherever it stands: labels, and parameters in GROUP BY, or it is no expression
        that it groups by."""
        self.conflict = ""
        """The statement whose ON CONFLICT is being written: the row that is in the way is an attribute of it."""
        self.imports: dict[str, set[str]] = {}
        self.lines: list[str] = []
        self._names: dict[object, str] = {}
        self._taken: set[str] = set(_RESERVED)
        self._held: list[Any] = []

    def piece(self, element: Any) -> Piece:
        """An element as source text; the way in for everything."""
        for kind in type(element).__mro__:
            if kind in self.writers:
                return self.writers[kind](self, element)
        raise unsaid(type(element).__name__)

    def write(self, element: Any) -> str:
        return self.piece(element).text

    def listed(self, elements: Iterable[Any]) -> str:
        return ", ".join(self.write(element) for element in elements)

    def argument(self, element: Any) -> str:
        """A value as it is written, where SQLAlchemy binds it by itself; anything else as everywhere."""
        if isinstance(element, BindParameter) and element.unique and not element.expanding:
            self.seen[id(element)] += 1
            if self.shared[id(element)] < 2 and element.value is not None:
                return self.bound(element)
            self.seen[id(element)] -= 1
        return self.write(element)

    def bound(self, element: BindParameter[Any]) -> str:
        """The value of a parameter, as its type would send it: dates are text on SQLite, equal where they are equal."""
        value = element.effective_value
        if isinstance(element.type, TypeDecorator) and type(element.type).__module__.startswith("dbx."):
            sent = element.type.process_bind_param(value, self.dialect)
            value = sent if isinstance(sent, str) else value
        return self.value(value)

    def use(self, name: str, module: str = "sqlalchemy") -> str:
        self.imports.setdefault(module, set()).add(name)
        return name

    def define(self, element: Any, wanted: str, write: Callable[[], str], key: object = None) -> str:
        """The name of an element, which is defined where it is first asked for. Equal keys are one element."""
        key = key or id(element)
        if key not in self._names:
            text = write()
            self._names[key] = name = self._free(wanted)
            self._held.append(element)  # or its id might become another's
            self.lines.append(f"{name} = {text}")
        return self._names[key]

    def once(self, element: Any, wanted: str, write: Callable[[], Piece]) -> Piece:
        """An element in place; behind a name where it has to be one object in several places."""
        self.seen[id(element)] += 1
        self._held.append(element)
        if self.shared[id(element)] < 2:
            return write()
        return Piece(self.define(element, wanted, lambda: write().text))

    def _free(self, wanted: str) -> str:
        word = re.sub(r"\W+", "_", wanted).strip("_").lower() or "part"
        word = f"t_{word}" if word[0].isdigit() else word
        name, number = word, 1
        while name in self._taken:
            number += 1
            name = f"{word}_{number}"
        self._taken.add(name)
        return name

    def type(self, type_: TypeEngine[Any]) -> str:
        """A type as it is written: of SQLAlchemy's own, or the dialect's."""
        if isinstance(type_, TypeDecorator):
            type_ = type_.load_dialect_impl(self.dialect)
        if isinstance(type_, sql_types.NullType):
            return self.use("NullType", "sqlalchemy.types")
        text = repr(type_).removesuffix("()")
        name = type(type_).__name__
        module = type(type_).__module__
        home = "sqlalchemy" if name in _PUBLIC else ".".join(module.split(".")[:3])
        if module.startswith("sqlalchemy.sql") and home != "sqlalchemy":
            home = "sqlalchemy.types"
        if isinstance(type_, sql_types.ARRAY):
            return f"{self.use(name, home)}({self.type(type_.item_type)})"
        self.use(name, home)
        return text

    def value(self, value: object) -> str:
        """A Python value as it is written."""
        if isinstance(value, (dt.date, dt.time, dt.timedelta)):
            self.imports.setdefault("", set()).add("datetime")
        if isinstance(value, Decimal):
            self.use("Decimal", "decimal")
        if isinstance(value, uuid.UUID):
            self.use("UUID", "uuid")
        if isinstance(value, (list, tuple)):
            inner = ", ".join(map(self.value, value))
            return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
        if not isinstance(
            value, (str, bytes, int, float, Decimal, dt.date, dt.time, dt.timedelta, uuid.UUID, type(None))
        ):
            raise unsaid(type(value).__name__)
        if isinstance(value, str):
            return quoted(value)
        return repr(value)

    def text(self, query: str) -> str:
        """The whole program."""
        head = [f"import {name}" for name in sorted(self.imports.pop("", ()))]
        order = sorted(self.imports, key=lambda module: (module.startswith("sqlalchemy"), module))
        head += [f"from {module} import {', '.join(sorted(self.imports[module]))}" for module in order]
        return "\n".join([*head, "", *self.lines, "", f"query = {query}"])


def quoted(text: str) -> str:
    """A string in double quotes, as most programs are written today."""
    return repr(text) if '"' in text or "\\" in repr(text) else f'"{repr(text)[1:-1]}"'


def member(name: str) -> str:
    """A column behind `.c`."""
    plain = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_") and name not in _COLLECTION
    return f".{name}" if plain else f"[{quoted(name)}]"


def arguments(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def chained(name: str, items: Iterable[str], methods: Iterable[str], *, inner: bool) -> Piece:
    """A call and what is called on it: one line inside another expression, else as many as it needs."""
    items, methods = list(items), list(methods)
    first = f"{name}({', '.join(items)})"
    if inner or len(first) + sum(map(len, methods)) <= WIDTH:
        return Piece(first + "".join(methods))
    if len(first) > WIDTH:
        first = f"{name}(\n        {(',' + chr(10) + ' ' * 8).join(items)},\n    )"
    lines = "\n".join(f"    {line}" for line in (first, *methods))
    return Piece(f"(\n{lines}\n)")


def unsaid(what: str) -> Unfit:
    return Unfit("E-CALL", f"to_core() has no words for {what}", "sql(q) shows the SQL")
