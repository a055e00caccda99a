"""The rows' way into the target: one transaction there, one moment of the source, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from typing import Any

from dbx.connection import Connection
from dbx.copying.move import Move, batches
from dbx.database import Database
from dbx.dialects.base import State
from dbx.errors import DbxError, StatementFailed
from dbx.formats import Style, load
from dbx.rows import Batch, Rows, Statement

_MARKS = {"qmark": "?", "format": "%s", "pyformat": "%s", "numeric": ":{}", "numeric_dollar": "${}", "named": ":{}"}


class Transfer:
    """The moves of one copy. `count` is the number of rows that have gone so far, of all tables."""

    def __init__(self, moves: Sequence[Move], source: Database | None, target: Database) -> None:
        self.moves = moves
        self.count = 0
        self._source = source
        self._target = target
        self._same = source is not None and source.dialect.name == target.dialect.name
        self._made: list[Move] = []
        self._ending = False

    @property
    def fate(self) -> str:
        """What became of a copy that was ended by an error or a signal; '' where only the server knows."""
        if self._ending:
            return ""
        left = ", ".join(move.place for move in self._made)
        return f"no row was copied; made and still there: {left}" if left else "nothing was copied"

    def run(self, *, empty: bool, keep: bool) -> list[int]:
        """Copy all, or with an error nothing; the number of rows of each move. With `empty` the tables' rows are
        deleted first; without `keep` everything is rolled back.

        Raises the connections' errors.
        """
        target = self._target.connection
        _settle(target, self._target.dialect.copying.settings)
        if self._source is not None:
            _settle(self._source.connection, self._source.dialect.copying.settings)
            _settle(self._source.connection, self._source.dialect.copying.snapshot)
        # where CREATE TABLE ends a transaction, it is done before, and taken back by DROP
        early = "CREATE" in self._target.dialect.transactions.permanent
        try:
            if early:
                self._create(target)
            target.run(Statement(self._target.dialect.begin))
            if not early:
                self._create(target)
            counts = self._copy_all(target, empty=empty)
            self._ending = keep
            target.run(Statement("COMMIT" if keep else "ROLLBACK"))
        except BaseException:
            self._undo(target)
            raise
        if not keep:
            self._drop(target)
        return counts

    def _create(self, target: Connection) -> None:
        for move in self.moves:
            for text in move.create:
                target.run(Statement(text))
                if move not in self._made:
                    self._made.append(move)

    def _copy_all(self, target: Connection, *, empty: bool) -> list[int]:
        if empty:
            for move in reversed(self.moves):  # what refers to others goes first
                target.run(Statement(f"DELETE FROM {move.place}"))
        counts = [self._copy(target, move) for move in self.moves]
        for move in self.moves:
            for column in move.counters:
                if text := self._target.dialect.copying.counts_on(move.place, column):
                    for _ in target.run(Statement(text)).rows or ():
                        pass
        return counts

    def _copy(self, target: Connection, move: Move) -> int:
        before = self.count
        with closing(self._counted(move)) as rows:
            if target.dialect.syntax.copy_data:
                _by_copy(target, move, rows)
            else:
                self._by_insert(target, move, rows)
        return self.count - before

    def _counted(self, move: Move) -> Generator[Batch, None, None]:
        for batch in batches(move, self._same):
            yield batch
            self.count += len(batch)

    def _by_insert(self, target: Connection, move: Move, rows: Iterator[Batch]) -> None:
        names = ", ".join(map(self._target.dialect.transactions.quoted, move.columns))
        style = target.dialect.marks(target.raw) if target.dialect.marks(target.raw) in _MARKS else "qmark"
        mark = _MARKS["qmark" if style == "named" and target.dialect.paramstyle == "qmark" else style]
        marks = ", ".join(mark.format(number + 1) for number in range(len(move.columns)))
        doubled = names.replace("%", "%%") if "%" in mark else names
        place = move.place.replace("%", "%%") if "%" in mark else move.place
        text = f"INSERT INTO {place} ({doubled}) VALUES ({marks})"
        for batch in rows:
            where = f"in rows {self.count + 1:,} to {self.count + len(batch):,} of {move.origin.name.shown}"
            target.call(_inserting(target, text, batch, where))

    def _undo(self, target: Connection) -> None:
        with suppress(DbxError):  # the error that led here says more
            if target.state is not State.LOST:
                target.run(Statement("ROLLBACK"))
                self._drop(target)
            elif "CREATE" not in self._target.dialect.transactions.permanent:
                self._made.clear()

    def _drop(self, target: Connection) -> None:
        """Tables that were made where ROLLBACK does not take them back."""
        while self._made:
            if "CREATE" in self._target.dialect.transactions.permanent:
                target.run(Statement(f"DROP TABLE {self._made[-1].place}"))
            self._made.pop()


def _settle(connection: Connection, statements: Sequence[str]) -> None:
    for text in statements:
        connection.run(Statement(text))


def _by_copy(target: Connection, move: Move, rows: Iterator[Batch]) -> None:
    """COPY … FROM stdin, whose text is that of the format tsv."""
    names = ", ".join(map(target.dialect.transactions.quoted, move.columns))
    lines = load("tsv").write(Rows([], rows), Style(header=False))
    data = (chunk.decode("utf-8", "surrogateescape") for chunk in lines)
    target.run(Statement(f"COPY {move.place} ({names}) FROM stdin", data=data))


def _inserting(target: Connection, text: str, batch: Batch, where: str) -> Callable[[Any], None]:
    def job(raw: Any) -> None:
        try:
            target.dialect.insert(raw, text, batch)
        except DbxError:
            raise
        except Exception as error:
            fault = target.dialect.fault(error, Statement(text))
            if isinstance(fault, StatementFailed):
                fault.place, fault.detail = None, where
            raise fault from error

    return job
