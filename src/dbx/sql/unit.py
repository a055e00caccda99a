"""A Unit is what a run goes through: a piece of what the user wrote, with where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dbx.dialects.base import place
from dbx.errors import Place
from dbx.rows import Statement
from dbx.sql.expect import Expectation


class Unit(NamedTuple):
    """One SQL statement with its first words, or a text of expressions. `data` are the rows that follow a COPY,
    `expectations` what `\\expect` lines before it say of its result, `values` its own parameters."""

    kind: str
    text: str
    words: tuple[str, ...]
    source: str = ""
    line: int = 1
    column: int = 1
    data: Iterator[str] | None = None
    expectations: tuple[Expectation, ...] = ()
    values: Mapping[str, object] | None = None

    @property
    def place(self) -> Place:
        return place(Statement(self.text, None, self.source, self.line, self.column), 0)
