r"""What may stand behind a statement, on its line: \g FILE, \gx, \watch 2. It says what becomes of the rows."""

from __future__ import annotations

import re
from typing import NamedTuple

from dbx.dialects.base import Syntax
from dbx.sql.enter import open_construct, ready_expression
from dbx.sql.kind import kind

_ENDING = re.compile(r"\\(gx?|watch)(?![\w\\])[ \t]*([^\n]*?)[ \t]*;?\s*\Z")


class Ending(NamedTuple):
    r"""`text` is the statement before it, `name` \g, \gx or \watch, `rest` what stands behind that."""

    text: str
    name: str
    rest: str


def ending(text: str, syntax: Syntax) -> Ending | None:
    """The ending of a text that has one: outside of quotes and comments, and behind something."""
    if "\\g" not in text and "\\watch" not in text:
        return None
    for found in _ENDING.finditer(text):
        before = text[: found.start()].rstrip()
        what = kind(before, shell=True)
        if (what == "sql" and open_construct(before, syntax) is None) or (
            what == "expression" and ready_expression(before)
        ):
            return Ending(before, "\\" + found[1], found[2])
    return None
