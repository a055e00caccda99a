"""What a server's transactions can do and tell, as data and queries: the dialects' files fill it in.

Queries are SQL with `:name` parameters; none of them changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, NamedTuple

DEADLOCK, SERIALIZATION, LOCK_TIMEOUT = "deadlock", "serialization failure", "lock timeout"

Query = tuple[str, Mapping[str, Any]]


class Ended(Enum):
    """How a statement has ended the transaction that was open before it, without being there for that."""

    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    UNKNOWN = "ended"


class Traces(NamedTuple):
    """How often the session has committed and rolled back so far."""

    commits: int
    rollbacks: int


class Layout(NamedTuple):
    """A table's columns as SQL names them, those that tell its rows apart, and those of its primary key; `label` is
    what `Transactions.changes` calls it. `displaces`: a row that is written may take the place of another one."""

    columns: tuple[str, ...]
    identity: tuple[str, ...]
    key: tuple[str, ...]
    label: str = ""
    displaces: bool = False


class Transactions:
    """A server of which nothing is known: no savepoints, so that no step can be undone alone."""

    savepoints: ClassVar[str] = ""
    """nested: releasing one releases the newer ones with it. replaced: setting it again moves it and leaves the others
    as they are. '': there are none."""
    savepoint_begins: ClassVar[bool] = False
    """A savepoint outside of a transaction opens one, and releasing it commits."""
    levels: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[str] = ""
    """A query for the isolation level of the session."""
    parser: ClassVar[str] = ""
    """What sqlglot calls the server's SQL."""
    quotes: ClassVar[str] = '""'
    folds: ClassVar[bool] = False
    """A name without quotes is read in small letters."""
    keeps: ClassVar[Mapping[str, str]] = {}
    """Behind a SELECT: rows stay as they are until the UPDATE or DELETE that follows."""
    returning: ClassVar[str] = ""
    """The product that knows INSERT … RETURNING."""
    changes: ClassVar[str] = ""
    """A query for the rows that the open transaction has changed so far, triggers and cascades included: table, count,
    and whether it is partitioned, where a row that moves counts twice."""
    elsewhere: ClassVar[str] = ""
    """A query that tells, by a row, that a :verb (INSERT, UPDATE, DELETE) of :name may change other tables, where
    `changes` cannot be asked."""
    lasting: ClassVar[str] = ""
    """A query for those of the tables in :names whose engine has no transactions: table, engine."""
    permanent: ClassVar[frozenset[str]] = frozenset()
    """First words of statements that commit the open transaction and cannot be rolled back themselves."""
    outside: ClassVar[frozenset[str]] = frozenset()
    """First words of settings that do nothing within a transaction, and do not say so."""
    reading: ClassVar[frozenset[str]] = frozenset()
    """First words of PRAGMAs that only read, although they have an argument."""
    acting: ClassVar[frozenset[str]] = frozenset()
    """First words of PRAGMAs that write, although they have none."""
    number: ClassVar[str] = ""
    """A query for the number of the session."""
    holds: ClassVar[str] = ""
    """A query for the locks of session :number: state, mode, on what."""

    def counted(self, connection: Any) -> int | None:
        """Rows that the connection has changed so far, by triggers and cascades too, where the driver can tell."""
        return None

    def commits(self, words: Sequence[str]) -> str:
        """Of a statement's words those that say that it commits the open transaction, '' if none do."""
        starts = (" ".join(words[:count]) for count in range(1, len(words) + 1))
        return next((start for start in starts if start in self.permanent), "")

    def commits_unseen(self, first: str) -> bool:
        """Whether a statement with that first word may commit by what it calls or holds, which its words do not say."""
        return False

    def traces(self, connection: Any, first: str) -> Traces | None:
        """What the session has done so far; None where a statement with that first word ends no transaction unseen."""
        return None

    def ended(self, first: str, before: Traces | None, after: Traces | None, *, failed: bool, conflict: str) -> Ended:
        """How a statement has ended the transaction, going by the traces before and after it."""
        return Ended.ROLLED_BACK if failed else Ended.UNKNOWN

    def conflict(self, error: Exception) -> str:
        """DEADLOCK, SERIALIZATION or LOCK_TIMEOUT if the driver's error is one, else ''."""
        return ""

    def blockers(self, server: str) -> str:
        """A query for the sessions that :number waits for: number, user, state, statement. '' if nobody can tell."""
        return ""

    def idle_limit(self, server: str, seconds: float) -> str:
        """The setting after which the server ends a session whose transaction waits so long for its next statement;
        '' if it has none."""
        return ""

    def table(self, schema: str | None, name: str) -> Query | None:
        """A query for the columns of a table."""
        return None

    def layout(self, rows: Sequence[tuple[Any, ...]]) -> Layout | None:
        """What the rows of that query say; None for a table whose rows cannot be told apart, or no table."""
        return None

    def quoted(self, name: str) -> str:
        first, last = self.quotes[0], self.quotes[-1]
        return f"{first}{name.replace(last, last * 2)}{last}"
