r"""One expression as each dialect has it: what `\compare` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect

from dbx.errors import LanguageError
from dbx.language.names.tables import Names
from dbx.language.refusal import Unfit
from dbx.language.reports.display import shown
from dbx.language.reports.offline import BUILT_IN, offline
from dbx.language.syntax.source import Source
from dbx.language.translation import Query, translate
from dbx.rows import Rows


def compared(
    text: str, names: Names, session: Mapping[str, Any], words: Sequence[str], here: Dialect, *, strict: bool = False
) -> Rows:
    """A row for each dialect, the SQL of all of them if no `words` say which. What one cannot say stands in its place.

    Raises LanguageError for what no dialect could say.
    """
    found = [(word, _compiled(text, names, session, word, here, strict)) for word in words or BUILT_IN]
    alike: dict[str, list[str]] = {}
    for word, sql in found:
        alike.setdefault(sql, []).append(word)
    drawn = "\n\n".join(f"{' · '.join(same)}\n{_indented(sql)}" for sql, same in alike.items())
    return Rows.of("dialect", "sql", rows=found).drawn(drawn, anywhere=True)


def _compiled(text: str, names: Names, session: Mapping[str, Any], word: str, here: Dialect, strict: bool) -> str:
    try:
        dialect = offline(word, here, strict=strict)
    except Unfit as unfit:
        raise Source(text).error(unfit, Source(text).statements[0]) from None
    parts = []
    try:
        for query in translate(text, names, dict(session), dialect=dialect, strict=strict):
            if isinstance(query, Query):
                parts.append(shown(query.statement, dialect, strict=True))
    except LanguageError as error:
        if error.code != "E-DIALECT":
            raise
        return f"{error.code}: {error.message}"
    except Unfit as unfit:
        return f"{unfit.code}: {unfit.message}"
    return ";\n".join(parts)


def _indented(sql: str) -> str:
    return "\n".join(f"  {line}" for line in sql.split("\n"))
