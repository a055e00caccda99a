"""The values that travel between the layers: a Statement goes in, an Outcome comes out, Rows are what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

if TYPE_CHECKING:
    from dbx.errors import DbxError

Cell = str | bytes | int | float | None
"""Mostly the server's own text. int and float come only from SQLite, whose cells carry their types themselves."""

Batch = Sequence[tuple[Cell, ...]]
Item = TypeVar("Item")

BATCH = 2000
"""Rows in a batch: enough that the work per batch vanishes, few enough that they stay in the cache."""
AHEAD = 4
"""Batches that are read at once of what a cut has left, where somebody may want to read on,"""
HASTE = 0.1
"""seconds that this may take,"""
HEAVY = 8 * 1024 * 1024
"""and characters after which it is enough."""


class Column(NamedTuple):
    """A result's column. `kind` is what a format needs to know: text, number, boolean, json or binary; a remark is what
    dbx says of a row, which is no data. `origin` is the column of a table that it is, where that has another name."""

    name: str
    type: str = ""
    kind: str = "text"
    origin: str = ""

    @property
    def numeric(self) -> bool:
        return self.kind == "number"


class Rows:
    """Columns, and batches of cells that are read once and in order.

    `carry` runs an iterator where the rows are made (a connection's worker thread) and hands over its items;
    without one, rows are made where they are read. `whole`: leaving them unread would undo what their statement does.
    `ahead`: of what a cut leaves a little is read at once; when that is all of it, nothing stays open on the server.
    """

    rest: Rows | None = None
    """What a cut has left, for as long as it can be read."""

    raw: Iterator[bytes] | None = None
    """Bytes that the server has written already, to be shown as they are, instead of batches."""
    text = ""
    """The same as text for people, shown instead where no format was asked for: on a terminal, or `anywhere`."""
    anywhere = False

    def __init__(
        self,
        columns: Sequence[Column],
        batches: Iterable[Batch],
        carry: Callable[[Iterator[Any]], Iterator[Any]] | None = None,
        *,
        whole: bool = False,
        ahead: bool = False,
    ) -> None:
        self.whole, self._ahead = whole, ahead
        self.columns = tuple(columns)
        self.count = 0
        self.cut = False
        self._batches = batches
        self._carry = carry

    @classmethod
    def of(cls, *columns: str | Column, rows: Iterable[tuple[Cell, ...]]) -> Rows:
        """Rows that dbx made itself."""
        iterator = iter(rows)
        return cls(
            [column if isinstance(column, Column) else Column(column) for column in columns],
            iter(lambda: list(islice(iterator, BATCH)), []),
        )

    def drawn(self, text: str, *, anywhere: bool = False) -> Rows:
        """These rows, with the text that says the same."""
        self.text, self.anywhere = text, anywhere
        return self

    def here(self) -> Iterator[Batch]:
        """The batches, on the thread that calls: for writers, which run inside `written`."""
        for batch in self._batches:
            self.count += len(batch)
            yield batch

    def __iter__(self) -> Iterator[Batch]:
        """The batches, wherever they are made, handed to the caller's thread."""
        return self.written(Rows.here)

    def written(self, write: Callable[[Rows], Iterator[Item]]) -> Iterator[Item]:
        """The items of `write(self)`, produced where the rows are made. Close the iterator to stop early."""
        items = write(self) if self.raw is None else cast("Iterator[Item]", self.raw)
        return self._carry(items) if self._carry else items

    @property
    def live(self) -> bool:
        """Whether they still come from a connection."""
        return self._carry is not None

    def watched(self, see: Callable[[Batch], None]) -> Rows:
        """These rows; each batch is shown to `see` when it is read, where it is made."""
        batches = self._batches

        def seen() -> Iterator[Batch]:
            for batch in batches:
                see(batch)
                yield batch

        self._batches = seen()
        return self

    def catch(
        self, kind: type[BaseException] | tuple[type[BaseException], ...], handle: Callable[[BaseException], None]
    ) -> None:
        """An error of that kind ends the rows, and is given to `handle` instead of to the reader."""
        carry = self._carry

        def careful(items: Iterator[Any]) -> Iterator[Any]:
            try:
                yield from carry(items) if carry else items
            except kind as error:
                handle(error)

        self._carry = careful

    def first(self, limit: int) -> Rows:
        """At most `limit` rows. One more is read, so that `cut` says afterwards whether there were more.

        The `rest` is not asked for, unless the rows are `whole`; then it is read and dropped.
        """
        if self.raw is not None:
            return self
        short = Rows(self.columns, (), self._carry, whole=self.whole)

        def batches() -> Iterator[Batch]:
            left, unread = limit, iter(self._batches)
            for batch in unread:
                if left:
                    yield batch[:left]
                short.cut |= len(batch) > left
                if short.cut and not self.whole:
                    kept, ended = _kept(unread) if self._ahead else ([], False)
                    short.rest = Rows(self.columns, chain([batch[left:]], kept, unread), None if ended else self._carry)
                    return
                left = max(left - len(batch), 0)

        short._batches = batches()
        return short


def _kept(batches: Iterator[Batch]) -> tuple[list[Batch], bool]:
    """The next batches as long as they come fast and are not heavy, and whether these were all."""
    kept: list[Batch] = []
    weight, until = 0, monotonic() + HASTE
    while len(kept) < AHEAD and weight < HEAVY and monotonic() < until:
        batch = next(batches, None)
        if batch is None:
            return kept, True
        kept.append(batch)
        weight += sum(len(cell) for row in batch for cell in row if isinstance(cell, (str, bytes)))
    return kept, False


class Statement(NamedTuple):
    """Text for the driver. `parameters` is None for text as the user typed it, in which `%` and `:` are just text;
    compiled text always has a container, even an empty one. `data` are the rows that follow COPY … FROM stdin, `typed`
    is the text before its parameters were bound.

    With an `answer` there is no text, and it gives the rows: what dbx itself has to say of an expression. `display` and
    `hints` are for a reader, and made only where there is one: compiled text as it should be seen, and remarks on it.
    """

    text: str
    parameters: Any = None
    source: str = ""
    line: int = 1
    column: int = 1
    display: Callable[[], str] | None = None
    data: Iterator[str] | None = None
    typed: str = ""
    failure: DbxError | None = None
    answer: Callable[[], Rows] | None = None
    hints: Callable[[], Sequence[str]] | None = None

    @property
    def shown(self) -> str:
        """What a reader should see of compiled text; '' for what somebody typed."""
        return self.display() if self.display else ""

    @property
    def own(self) -> str:
        """The text as the user wrote it."""
        return self.typed or self.text


class Notice(NamedTuple):
    """What a server said beside its result: severity (NOTICE, WARNING, …), code and text."""

    severity: str
    message: str
    code: str = ""


class Outcome:
    """What a statement came to. Everything but `rows` is final once the rows have been read.

    `error` is a failure that did not end the run; `checks` are the expectations it was held against, and what was
    wrong. `seconds` is how long it took, and `fetching` how much of that the rows took to come.
    """

    def __init__(self, statement: Statement, rows: Rows | None = None) -> None:
        self.statement = statement
        self.rows = rows
        self.changed: int | None = None
        self.tag = ""
        self.seconds = 0.0
        self.fetching = 0.0
        self.notices: list[Notice] = []
        self.error: DbxError | None = None
        self.checks: list[tuple[str, DbxError | None]] = []
