"""What could go on at the cursor in an expression. Imported on a thread: the language's tables need SQLAlchemy."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from dbx.language.core import func
from dbx.language.core import types as core_types
from dbx.language.evaluation.attributes import SCALAR_ATTRIBUTES
from dbx.language.evaluation.callables import FUNCTIONS, METHODS
from dbx.language.names.lookup import RESERVED
from dbx.schema.known import Known, Unread
from dbx.schema.model import Table
from dbx.shell.completion.candidate import Candidate, described, is_key
from dbx.shell.completion.matching import LIMIT, rank
from dbx.shell.completion.python_kinds import (
    ColumnsOf,
    Kind,
    Reader,
    Row,
    Several,
    TableOf,
    Value,
    Word,
)
from dbx.shell.completion.python_text import Around, Token, around, operand
from dbx.shell.completion.values import fitting, is_text

_BEHIND_OPERAND = ("for", "if", "in", "and", "or", "not in", "is", "is not", "else", "not")
_BEFORE_OPERAND = ("not", "None", "True", "False", "lambda")


class Python:
    """`names` finds the tables of a schema that fit what is typed."""

    def __init__(self, known: Known, names: Callable[[str | None, str], list[str]]) -> None:
        self.known = known
        self.names = names

    def complete(
        self, before: str, after: str, session: Mapping[str, Any], *, asked: bool
    ) -> tuple[int, list[Candidate]]:
        """How many characters before the cursor are replaced, and by what."""
        here = around(before, after)
        if here is None:
            return 0, []
        reader = self._reader(here, session)
        if here.quote:
            return self._string(here, reader)
        if here.owner is not None:
            found = self._members(reader.text(here.owner), here.word, reader)
            return self._with_subscripts(found, here)
        if not here.word and not asked:
            return 0, []
        return len(here.word), list(_first(self._names(here, reader, session)))

    def _reader(self, here: Around, session: Mapping[str, Any]) -> Reader:
        """With the names that are bound around the cursor."""
        reader = Reader(self.known, {}, session)
        for binding in here.bindings:
            kind = reader.text(binding.source)
            reader.bind(binding.names, kind if binding.how == "walrus" else reader.items(kind))
        return reader

    # --- behind a dot -------------------------------------------------------------------------------------------------

    def _members(self, kind: Kind, word: str, reader: Reader) -> list[Candidate]:
        if isinstance(kind, Word):
            return list(_first(self._of_word(kind, word)))
        if isinstance(kind, Several):
            own = _methods(("query",), word)
            return [*self._members(kind.item, word, reader), *own] if not isinstance(kind.item, Value) else own
        if isinstance(kind, Row):
            return [*self._of_row(kind.table, word, reader), *_methods(("row",), word)]
        if isinstance(kind, TableOf):
            columns = _columns(kind.table, word)
            return [*columns, *_fitting(("c",), word, "schema", "its columns"), *_methods(("table",), word)]
        if isinstance(kind, ColumnsOf):
            return _columns(kind.table, word)
        return self._of_value(kind, word, reader) if isinstance(kind, Value) else []

    def _of_row(self, table: Table, word: str, reader: Reader) -> list[Candidate]:
        references = [
            Candidate(name, "reference", f"→ {target.name}")
            for name, target in reader.references(table).items()
            if rank(word, name)
        ]
        collections = [
            Candidate(name, "collection", f"rows of {target.name}")
            for name, target in reader.collections(table).items()
            if rank(word, name)
        ]
        found = [*_columns(table, word), *references, *collections]
        return sorted(found, key=lambda each: rank(word, each.text)) if word else found

    def _of_value(self, value: Value, word: str, reader: Reader) -> list[Candidate]:
        target = reader.target(value)
        if target is not None:
            return self._of_row(target, word, reader)
        parts = [name for kind in _kinds(value) for name in SCALAR_ATTRIBUTES.get(kind, ())]
        return [*_fitting(parts, word, "column", "int"), *_methods(_kinds(value), word)]

    def _of_word(self, kind: Word, word: str) -> Iterator[Candidate]:
        if kind.kind == "db":
            if kind.name is None:
                yield from _fitting(self._schemas(), word, "schema", "schema")
            yield from self._tables(word, kind.name, behind_dot=True)
        elif kind.kind == "func":
            names = sorted(func.KNOWN)
            yield from (Candidate(name + "(", "function", "", name) for name in names if rank(word, name))
        else:
            yield from _methods((kind.kind,), word)

    def _schemas(self) -> tuple[str, ...]:
        try:
            return self.known.schemas()[1]
        except Unread:
            return ()

    @staticmethod
    def _with_subscripts(found: list[Candidate], here: Around) -> tuple[int, list[Candidate]]:
        """What is no attribute in Python is written as a subscript, in the place of the dot."""
        length = len(here.word)
        if all(_is_attribute(each.text) for each in found):
            return length, found
        dotted = [
            each._replace(
                text=f".{each.text}" if _is_attribute(each.text) else f"[{each.text!r}]", label=each.label or each.text
            )
            for each in found
        ]
        return length + 1, dotted

    # --- names --------------------------------------------------------------------------------------------------------

    def _names(self, here: Around, reader: Reader, session: Mapping[str, Any]) -> Iterator[Candidate]:
        last = here.before[-1] if here.before else None
        if last is not None and last.text in ("for", "lambda"):
            return
        if _is_operand(last):
            yield from _fitting(_BEHIND_OPERAND, here.word, "keyword")
            return
        if operator := _comparison(here.before):
            yield from self._values(reader.text(operand(here.before[: -len(operator)], here.text)), here.word)
        if here.word[:1].isdigit():
            return
        if _is_type_position(here):
            yield from _fitting(core_types.NAMES, here.word, "function", "type")
            return
        source = last is not None and last.text == "in"
        word = here.word
        for name, kind in reversed(reader.bound.items()):
            if rank(word, name):
                yield Candidate(name, "name", _described(kind))
        yield from _fitting([name for name in session if not name.startswith("_")], word, "name", "yours")
        tables, functions = (
            list(self._tables(word, None)),
            [
                Candidate(name + "(", "function", _help(FUNCTIONS[name]), name)
                for name in sorted(FUNCTIONS, key=lambda name: (len(name), name))
                if rank(word, name) in (1, 2)
            ],
        )
        exact = [each for each in functions if each.label.startswith(word)]
        yield from tables if source else [each for each in tables if rank(word, each.text) == 1]
        if word:
            yield from exact
            yield from () if source else [each for each in tables if rank(word, each.text) != 1]
            yield from [each for each in functions if each not in exact]
        yield from _fitting((*sorted(RESERVED), *_BEFORE_OPERAND), word, "keyword")

    def _tables(self, word: str, schema: str | None, *, behind_dot: bool = False) -> Iterator[Candidate]:
        for name in self.names(schema, word):
            table = self.known.sketch(name, schema)
            text = name if behind_dot or name.isidentifier() else f"db[{name!r}]"
            yield Candidate(text, "table", table.kind if table else "table", name)

    # --- values -------------------------------------------------------------------------------------------------------

    def _values(self, kind: Kind, word: str) -> Iterator[Candidate]:
        if isinstance(kind, Value) and kind.column is not None:
            for value, meaning in fitting(word, kind.column, kind.table, self.known):
                text = repr(value) if is_text(kind.column) else value.capitalize()
                yield Candidate(text, "value", meaning)

    def _string(self, here: Around, reader: Reader) -> tuple[int, list[Candidate]]:
        """Within quotes: a value of what it is compared with, or the name of a column in `t["…"]`."""
        length = len(here.word) + len(here.quote)
        before = here.before
        if before and before[-1].text == "[" and _is_operand(before[-2] if len(before) > 1 else None):
            owner = reader.text(operand(before[:-1], here.text))
            if owner == Word("db"):
                found = [*_fitting(self._schemas(), here.word, "schema", "schema"), *self._tables(here.word, None)]
                return length, [each._replace(text=repr(each.label or each.text)) for each in found]
            table = owner.table if isinstance(owner, Row | TableOf | ColumnsOf) else None
            columns = _columns(table, here.word) if table else []
            return length, [each._replace(text=repr(each.text), label=each.text) for each in columns]
        operator = _comparison(before)
        if not operator:
            return 0, []
        kind = reader.text(operand(before[: -len(operator)], here.text))
        return length, [each._replace(label=each.text) for each in self._values(kind, here.word)]


def _columns(table: Table, word: str) -> list[Candidate]:
    found = [
        (
            rank(word, each.name),
            Candidate(each.name, "key" if is_key(each, table) else "column", described(each, table)),
        )
        for each in table.columns
    ]
    return [
        candidate for _, candidate in sorted((pair for pair in found if pair[0] or not word), key=lambda pair: pair[0])
    ]


def _methods(kinds: Iterable[str], word: str) -> list[Candidate]:
    found: dict[str, Candidate] = {}
    for kind in kinds:
        for name, handler in METHODS.get(kind, {}).items():
            if rank(word, name) and name not in found:
                found[name] = Candidate(name + "(", "method", _help(handler), name)
    return sorted(found.values(), key=lambda each: (rank(word, each.label), not each.label.startswith(word)))


def _kinds(value: Value) -> list[str]:
    """Where the methods of a value are looked up, as the language does it."""
    if value.core:
        return ["core", value.family, "any"]
    own = ["str", "datetime"] if value.family in ("unknown", "enum") else [value.family]
    return [*own, "any"]


def _fitting(words: Iterable[str], word: str, kind: str, meta: str = "") -> list[Candidate]:
    return [Candidate(each, kind, meta) for each in words if rank(word, each) in (1, 2)]


def _help(handler: Any) -> str:
    return (handler.__doc__ or "").strip().partition("\n")[0]


def _described(kind: Kind) -> str:
    if isinstance(kind, Row):
        return f"row of {kind.table.name}"
    if isinstance(kind, Several):
        return "rows"
    return kind.family if isinstance(kind, Value) else ""


def _is_attribute(text: str) -> bool:
    name = text.removesuffix("(")
    return name.isidentifier() and not keyword.iskeyword(name)


def _is_operand(token: Token | None) -> bool:
    if token is None:
        return False
    if token.kind == "name":
        return token.text not in (*_BEHIND_OPERAND, "lambda", "return")
    return token.kind in ("number", "string") or token.text in (")", "]", "}")


def _comparison(before: list[Token]) -> list[Token]:
    """The operator at the end of the tokens: ==, !=, `in [`, `in ['a',`; [] for anything else."""
    if before and before[-1].text in ("==", "!=", "is"):
        return before[-1:]
    at = len(before)
    while at > 0 and (before[at - 1].kind == "string" or before[at - 1].text == ","):
        at -= 1
    if at > 1 and before[at - 1].text in ("[", "(", "{") and before[at - 2].text == "in":
        start = at - 3 if at > 2 and before[at - 3].text == "not" else at - 2
        return before[start:]
    return []


def _is_type_position(here: Around) -> bool:
    """The second argument of cast()."""
    depth = 0
    for at in range(len(here.before) - 1, -1, -1):
        text = here.before[at].text
        depth += (text in (")", "]", "}")) - (text in ("(", "[", "{"))
        if depth < 0:
            names = ("cast", "try_cast", "type_coerce")
            return at > 0 and here.before[at - 1].text in names and here.before[-1].text == ","
    return False


def _first(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """The first of each text, not more than anybody reads."""
    seen: set[str] = set()
    for candidate in found:
        if candidate.text not in seen:
            seen.add(candidate.text)
            yield candidate
        if len(seen) >= LIMIT:
            return
