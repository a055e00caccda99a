r"""What may stand behind a statement, on its line: \g FILE, \gx or \G, \watch 2. It says what becomes of the rows."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from dbx.dialects.base import Syntax
from dbx.sql.kind import kind
from dbx.sql.lexis import blank

_NAME = re.compile(r"\\(gx?|G|watch)(?![\w\\])")


class Ending(NamedTuple):
    r"""`text` is the statement before it, `name` \g, \gx (\G) or \watch, `rest` what stands behind that."""

    text: str
    name: str
    rest: str


def ending(text: str, syntax: Syntax) -> Ending | None:
    """The ending of a text that has one: outside of quotes and comments, and behind something."""
    places = [found for found in _NAME.finditer(text) if "\n" not in text[found.end() :].rstrip()]
    if not places:
        return None
    code = blank(text, syntax)
    for found in places:
        before, rest = text[: found.start()].rstrip(), text[found.end() :]
        what = kind(before, shell=True)
        if (what == "sql" and code[found.start()] == "\\") or (what == "expression" and _parses(before)):
            return Ending(before, found[0], rest.strip().removesuffix(";").rstrip())
    return None


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
