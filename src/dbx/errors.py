"""Everything that can go wrong, as one tree; each class knows its exit code, each error may carry a hint.

DbxError                  exit code
├── UsageError            2     the command line or the configuration is wrong
├── ConnectFailed         3     refused, unreachable, no answer, not authenticated
├── ConnectionLost        4     the connection ended; the outcome may be unknown
├── TimedOut              4     --timeout
├── StatementFailed       1     the server said no; its SQLSTATE is the code
├── LanguageError         1     an expression that cannot be one; its code is E-…
├── OutputFailed          5     the rows could not be written
├── Refused               6     dbx will not do that
├── RolledBack            6     COMMIT was answered with ROLLBACK
├── Partial               7     some of it could not be read
└── Fault                 1     a fault of dbx's own

Interrupted (129, 130, 143) is a KeyboardInterrupt, so that no `except Exception` swallows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from dbx.rows import Notice


class Place:
    """Where in the user's own text: lines and columns count characters from 1, the end is exclusive.

    `text` begins at `first_line` and `first_column`, which are not 1 for a statement from the middle of a script.
    """

    __slots__ = ("column", "end_column", "end_line", "first_column", "first_line", "line", "source", "text")

    def __init__(
        self,
        text: str,
        line: int = 1,
        column: int = 1,
        end_line: int = 0,
        end_column: int = 0,
        source: str = "",
        first_line: int = 1,
        first_column: int = 1,
    ) -> None:
        self.text = text
        self.line = line
        self.column = column
        self.end_line = end_line or line
        self.end_column = end_column or column + 1
        self.source = source
        self.first_line = first_line
        self.first_column = first_column


class DbxError(Exception):
    """What happened (`message`), where (`place`, in the user's text), and what to do (`hint`).

    `notices` are what the server had said before it failed, `fate` what became of the transaction it ended.
    """

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "E-DBX"

    def __init__(
        self, message: str, *, code: str = "", hint: str = "", detail: str = "", place: Place | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint
        self.detail = detail
        self.place = place
        self.notices: list[Notice] = []
        self.fate = ""


class UsageError(DbxError):
    exit_code = 2
    default_code = "E-USAGE"


class ConnectFailed(DbxError):
    """`password`: the server wanted a password, or another one."""

    exit_code = 3
    default_code = "E-CONNECT"
    password = False


class ConnectionLost(DbxError):
    """`lost_work`: a transaction was open, and is gone."""

    lost_work = False
    exit_code = 4
    default_code = "E-LOST"


class TimedOut(DbxError):
    exit_code = 4
    default_code = "E-TIMEOUT"


class StatementFailed(DbxError):
    """The server refused a statement. `sqlstate` is its own, where it has one. `conflict` says which way it was in the
    way of another transaction (dbx.dialects.transactions), '' if it was not."""

    conflict = ""
    exit_code = 1
    default_code = "E-DB"


class LanguageError(DbxError):
    exit_code = 1
    default_code = "E-SYNTAX"


class OutputFailed(DbxError):
    exit_code = 5
    default_code = "E-OUTPUT"


class Refused(DbxError):
    exit_code = 6
    default_code = "E-REFUSED"


class RolledBack(DbxError):
    exit_code = 6
    default_code = "E-ROLLBACK"


class Partial(DbxError):
    exit_code = 7
    default_code = "E-PARTIAL"


class Fault(DbxError):
    """A fault of dbx's own: no user should read it raw."""

    default_code = "E-BUG"

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"unexpected {type(error).__name__}: {error}",
            hint="this is a fault of dbx; --debug shows where it happened",
        )


class Interrupted(KeyboardInterrupt):
    """A signal asked dbx to stop; `exit_code` is 128 + its number, as a shell reports it.

    `finished`: the statement had ended by itself before the signal could stop it. `fate`: what became of the
    transaction.
    """

    fate = ""

    def __init__(self, signum: int = 2, *, finished: bool = False) -> None:
        super().__init__()
        self.signum = signum
        self.finished = finished
        self.exit_code = 128 + signum
