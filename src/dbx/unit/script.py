"""A Session's script: expressions, SQL and orders, line by line as the shell reads them, and what is told of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from dbx import unit
from dbx.connection import Connection
from dbx.dialects.base import State, Syntax
from dbx.errors import DbxError, UsageError
from dbx.language.translator import Translator
from dbx.rows import Outcome, Rows, Statement
from dbx.sql.enter import ready, ready_expression
from dbx.sql.kind import kind
from dbx.sql.script import split
from dbx.sql.unit import Unit
from dbx.unit.menu import ORDERS

CHANGES = ("CREATE", "ALTER", "DROP", "RENAME", "ROLLBACK", "TRUNCATE")
"""First words of statements after which tables may be others."""

Perform = Callable[[Connection, Statement, Unit], Iterator[Outcome]]


class Piece(NamedTuple):
    """What is run at once: from which line on, what it is, and its text."""

    line: int
    kind: str
    text: str


def pieces(lines: Iterable[str], syntax: Syntax) -> Iterator[Piece]:
    """The texts that Enter would run."""
    text, first = "", 1
    for number, line in enumerate(lines, 1):
        text, first = (f"{text}\n{line.rstrip()}", first) if text else (line.rstrip(), number)
        what = kind(text, shell=True)
        whole = (
            ready(text, syntax, semicolon=False) if what == "sql" else what != "expression" or ready_expression(text)
        )
        if what == "nothing" and whole:
            text = ""
        elif whole:
            yield Piece(first, what, text)
            text = ""
    if text.strip():
        yield Piece(first, kind(text, shell=True), text)


class Run:
    """A script under way. `repository` is its Session."""

    def __init__(
        self, connection: Connection, translate: Translator, repository: Any, perform: Perform, source: str = ""
    ) -> None:
        self.connection = connection
        self.translate = translate
        self.repository = repository
        translate.objects = lambda: repository
        self._perform = perform
        self._source = source

    def perform(self, piece: Piece) -> Iterator[Outcome]:
        """What one piece comes to; afterwards the repository has more to tell."""
        self.repository.begin()
        try:
            yield from self._perform_piece(piece)
        except DbxError as error:
            error.place = error.place or Unit(piece.kind, piece.text, (), self._source, piece.line).place
            raise

    def _perform_piece(self, piece: Piece) -> Iterator[Outcome]:
        if piece.kind == "command":
            name, _, rest = piece.text.strip().rstrip(";").partition(" ")
            if name not in ORDERS:
                raise UsageError(f"no order {name}", hint=f"here: {', '.join(ORDERS)}")
            rows = unit.ordered(self.repository, self.translate.session, name, rest)
            if isinstance(rows, Rows):
                yield Outcome(Statement(""), rows)
            return
        for each in self._units(piece):
            for statement in self.translate(each):
                yield from self._perform(self.connection, statement, each)
            if each.words[:1] and each.words[0] in CHANGES:
                self.translate.refresh()
                self.repository.stale = True

    def _units(self, piece: Piece) -> Iterator[Unit]:
        if piece.kind == "expression":
            yield Unit("expression", piece.text, (), self._source, piece.line)
            return
        for each in split([piece.text], self.connection.syntax, source=self._source):
            yield Unit("sql", each.text, each.words, self._source, piece.line + each.line - 1, each.column)

    def end(self, *, commit: bool) -> list[str]:
        """What is given up of what is left, in words; what a commit has sent is the repository's to tell."""
        self.repository.begin()
        work = self.repository.work if self.repository.opened else None
        if commit and work is not None and (work.pending or work.part.kind):
            unit.ordered(self.repository, self.translate.session, r"\session", "commit")
        told = []
        if work is not None and work.pending:
            told.append(r"given up: changes that were not flushed; \session commit writes and keeps them")
        if self.connection.state in (State.OPEN, State.FAILED):
            told.append("given up: an open transaction; nothing of it is kept")
        return told
