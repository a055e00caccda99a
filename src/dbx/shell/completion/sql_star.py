"""The * of a SELECT, written out."""

from __future__ import annotations

import re

from dbx.dialects.base import Dialect
from dbx.shell.completion.candidate import Candidate
from dbx.shell.completion.quoting import quoted
from dbx.shell.completion.sql_columns import Scope
from dbx.shell.completion.sql_scope import Block, segment
from dbx.shell.completion.sql_tokens import Token

_NAME = r'(?:[\w$]+|"[^"]*"|`[^`]*`|\[[^\]]*\])'
_WRITTEN = re.compile(rf"(?:{_NAME}\s*\.\s*)*\*\Z")
_LABEL = 50


def star(before: str, home: Block, scope: Scope, dialect: Dialect) -> tuple[int, Candidate] | None:
    """How many characters before the cursor stand for all columns, and the columns; None where they do not, or are not
    all known."""
    written = _WRITTEN.search(before)
    here = home.here or 0
    owner = home.items[here - 3] if here > 2 and home.sign(here - 2) == "." else None
    if written is None or home.sign(here - 1) != "*" or not _lists(home, here - 2, owner):
        return None
    called = owner.text.lower() if isinstance(owner, Token) else None
    chosen = [source for source in scope.near if called is None or source.called.lower() == called]
    columns = [(source, scope.columns(source)) for source in chosen]
    if not all(found for _, found in columns) or not columns:
        return None
    several = owner is not None or len(scope.near) > 1
    texts = [
        (f"{quoted(source.called, dialect)}." if several and source.called else "") + quoted(each.name, dialect)
        for source, found in columns
        for each in found
    ]
    text = ", ".join(texts)
    label = text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"
    return len(written[0]), Candidate(text, "column", f"{len(texts)} columns", label)


def _lists(home: Block, before: int, owner: object) -> bool:
    """Whether the * is an item of a select list, not a product or that of count(*)."""
    first, _ = segment(home)
    words = [home.word(at) for at in range(first, before + 1)]
    if "SELECT" not in words or any(word in words for word in ("FROM", "WHERE", "VALUES")):
        return False
    return owner is not None or home.word(before) in ("SELECT", "DISTINCT", "ALL") or home.sign(before) == ","
