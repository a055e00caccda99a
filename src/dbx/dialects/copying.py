"""What rows need on their way from one kind of database to another. The dialects' files fill it in.

On the way every value is text that all of them read alike: booleans are 1 and 0, times with a zone are UTC without it,
bits are zeros and ones, arrays are JSON; only binary values are bytes, and SQLite's numbers numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from dbx.rows import Cell

Taken = Callable[[Cell], Cell]


class Copying:
    """A database whose values are that text already."""

    settings: ClassVar[tuple[str, ...]] = ()
    """Statements for a session that copies, on either side."""
    snapshot: ClassVar[tuple[str, ...]] = ("BEGIN",)
    """What begins a transaction in which all tables are read as of one moment."""

    strict: ClassVar[bool] = False
    """The values of a column are what its type says; elsewhere there may be bytes in a text, and text in bytes."""
    automatic: ClassVar[str] = ""
    """What makes a column of a new table count by itself, behind its type."""
    key_text: ClassVar[str] = ""
    """The type of a text that is to be a key, where the type for any text cannot be one."""

    def read(self, kind: str, name: str, *, size: int | None, zoned: bool, same: bool) -> str:
        """What a SELECT says to get that text from a column; `same`: for a database of the same kind."""
        return name

    def sent(self, kind: str) -> Taken | None:
        """How what the driver gives is made that text; None where it is."""
        return None

    def taken(self, kind: str) -> Taken | None:
        """How that text is made what a column takes; None where it takes it as it is."""
        return None

    def counts_on(self, table: str, column: str) -> str:
        """The statement that has a column's counter go on behind the rows that were copied, '' where it does anyway."""
        return ""
