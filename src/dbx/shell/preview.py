"""The SQL that a text would become, from what is known of the database: nothing here ever sends a statement."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any, NamedTuple

from dbx import language
from dbx.database import Database
from dbx.errors import LanguageError, Place
from dbx.language.translator import Translator
from dbx.schema.known import Known, Unread
from dbx.shell.fix import MEANT, fixed
from dbx.shell.indentation import completed
from dbx.sql.kind import kind

LONGEST = 8 * 1024
"""Characters of a text behind which nobody looks for its SQL any more."""


class Preview(NamedTuple):
    """What is shown of a text: its SQL, or where and why it has none, or that a table it names has not been read.

    `sql` beside a `place` is that of the text with what it leaves open closed, or that of an `old` text. `fix` is the
    text as the message advises it.
    """

    text: str
    sql: str = ""
    place: Place | None = None
    message: str = ""
    fix: str | None = None
    waits: bool = False
    old: bool = False


class Previewer:
    """Previews for one prompt, with the names that its session has by then."""

    def __init__(self, database: Database, known: Known, translate: Translator) -> None:
        self._database = database
        self._known = known
        self._session: Mapping[str, Any] = dict(translate.session)
        self._strict = not translate.raw
        self._dialect: Any = None
        self._names: Any = None
        self._stamp = -1

    @property
    def stamp(self) -> int:
        """Grows with what is known: a preview that waits may be worth another look."""
        return self._known.stamp

    def __call__(self, text: str, columns: int) -> Preview:
        """Of an expression; of anything else nothing. A fault is nothing as well: whoever runs the text is told."""
        if len(text) > LONGEST or kind(text, shell=True) != "expression":
            return Preview(text)
        try:
            return self._preview(text, columns)
        except Exception:
            return Preview(text)

    def _preview(self, text: str, columns: int) -> Preview:
        try:
            return Preview(text, self._sql(text, columns))
        except Unread:
            return Preview(text, waits=True)
        except LanguageError as error:
            whole = completed(text)
            if error.code == "E-SYNTAX" and whole != text:
                closed = self._preview(whole, columns)
                return Preview(text, closed.sql, error.place, error.message, waits=closed.waits)
            if error.code in ("E-NAME", "E-ATTR") and _is_being_typed(text, error.place):
                return Preview(text)
            better = self._fix(text, error)
            hint = f"{MEANT.findall(error.hint)[0]} (F2)" if better else error.hint
            return Preview(text, "", error.place, "  ".join(filter(None, (error.message, hint))), better)

    def _fix(self, text: str, error: LanguageError) -> str | None:
        """Only what makes something else of it."""
        better = fixed(text, error)
        try:
            if better is not None:
                self._sql(better, 0)
        except Unread:
            pass
        except LanguageError as still:
            return None if still.message == error.message else better
        return better

    def _sql(self, text: str, columns: int) -> str:
        """Raises LanguageError, and Unread for a table that is not known yet."""
        if self._names is None or self._stamp != self._known.stamp:
            self._stamp = self._known.stamp
            self._names = language.Names(self._known)
        if self._dialect is None:
            self._dialect = self._own_dialect()
        if self._dialect is None:
            return ""
        found = []
        session = dict(self._session)
        for each in language.translate(text, self._names, session, dialect=self._dialect, strict=self._strict):
            statement = each.statement if isinstance(each, language.Query) else each.report.statement
            if statement is not None:
                found.append(language.shown(statement, self._dialect, width=columns))
            elif each.report.rows is not None:
                found.append(each.report.rows.text)
        return ";\n".join(filter(None, found))

    def _own_dialect(self) -> Any:
        """One that nobody else has: what a session keeps of Core is then made anew, from the tables that are known."""
        engine = self._database.engine_made
        if engine is not None:
            return copy(engine.dialect)
        return language.unconnected(self._database.connection.server)


def _is_being_typed(text: str, place: Place | None) -> bool:
    """Whether the name at a place ends where the text ends: it may not be the whole name yet."""
    if place is None:
        return False
    lines = text.split("\n")
    return place.end_line == len(lines) and place.end_column > len(lines[-1].rstrip())
