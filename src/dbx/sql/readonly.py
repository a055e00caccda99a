"""Read-only, the statement's part: what could change something is refused before it is sent.

It is one of several layers. The server's own setting (Dialect.open_read_only) stands behind it and stops what functions
and triggers write; this one stops what no such setting covers: files and programs on the server, other sessions, and
the settings themselves. Whatever is not known to read is refused. A function that somebody has put into the database
may still do what the server lets it do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dbx.dialects.base import Syntax
from dbx.dialects.reading import Reading
from dbx.errors import Refused
from dbx.rows import Statement
from dbx.sql.lexis import blank, spelled
from dbx.sql.words import words

if TYPE_CHECKING:
    from dbx.connection import Connection

_LOCKS = re.compile(r"\bfor\s+(?:no\s+key\s+)?update\b", re.IGNORECASE)
_WRITES = re.compile(r"\b(?:insert|update|delete|merge|replace)\b(?!\s*\()", re.IGNORECASE)
_ARRANGES = frozenset({"BEGIN", "START", "SET", "RESET", "PRAGMA"})
_TO_CLIENT = re.compile(r"\bto\s+stdout\b", re.IGNORECASE)
_RUNS_IT = re.compile(r"\banaly[sz]e\b", re.IGNORECASE)
_IN_CODE_POINTS = re.compile(r"\bU&\s*[\"']", re.IGNORECASE)


def refuse(connection: Connection, statement: Statement) -> None:
    """Raises Refused for a statement that is not known to read only."""
    dialect, syntax = connection.dialect, connection.syntax
    text = statement.text
    reason = doubt(text, syntax, dialect.reading)
    if not reason and dialect.writes_file is not None and dialect.writes_file.search(blank(text, syntax)):
        reason = "this would write a file or run a program on the server"
    if reason:
        raise Refused(f"the connection is read-only, and {reason}", hint="nothing was sent")


def doubt(text: str, syntax: Syntax, reading: Reading) -> str:
    """Why a statement is not known to read only; '' when it is."""
    code = blank(text, syntax)
    known = words(text, syntax)
    if not known:
        return "this statement could not be read" if code.strip(" ;\n\t\r\f\v") else ""
    first = known[0]
    if first not in reading.words:
        return f"{first} is no query"
    if first in _ARRANGES:
        return "" if _arranges_nothing(text, code, reading) else f"this {first} could change that"
    if first == "COPY" and not _TO_CLIENT.search(code):
        return "COPY is no query"
    planned = first == "EXPLAIN" and not _RUNS_IT.search(code)
    if (found := _WRITES.search(_LOCKS.sub(" ", code))) and not planned:
        return f"{found[0].upper()} changes something"
    if syntax.dollar_quotes and _IN_CODE_POINTS.search(text):
        return "what is written in code points (U&'…') could mean anything"
    code = spelled(text, syntax)
    for found in reading.effects.finditer(code):
        if not reading.exempt.match(text, found.start()):
            return f"{found[1].lower()} has effects outside of the query"
    return ""


def _arranges_nothing(text: str, code: str, reading: Reading) -> bool:
    """Whether a BEGIN, SET or PRAGMA leaves the connection as it is; comments and quotes hide nothing."""
    return not any(reading.settings.search(each) for each in (text, code)) and bool(reading.harmless.fullmatch(code))
