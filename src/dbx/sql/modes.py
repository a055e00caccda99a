"""Settings of a session that change how its text is read: a splitter that goes on as before would cut wrongly."""

from __future__ import annotations

import re
from dataclasses import replace

from dbx.dialects.base import Syntax

_STRINGS = re.compile(r"\bstandard_conforming_strings['\"]?\s*(?:=|\bTO\b)\s*'?(\w+)", re.IGNORECASE)
_MODE = re.compile(r"\bsql_mode`?\s*:?=\s*([^,;]*)", re.IGNORECASE)
_QUOTED = re.compile(r"\s*(['\"])(.*?)\1", re.DOTALL)
_OFF = frozenset({"OFF", "FALSE", "F", "NO", "0"})
# MySQL's and MariaDB's names for several modes at once; each has ANSI_QUOTES among them
_ANSI = frozenset({"ANSI_QUOTES", "ANSI", "DB2", "MAXDB", "MSSQL", "ORACLE", "POSTGRESQL"})


def after(statement: str, syntax: Syntax, usual: Syntax) -> Syntax:
    """The syntax behind a SET statement; `usual` is the one the session began with."""
    if syntax.client == "psql" and (found := _STRINGS.search(statement)):
        return replace(syntax, backslash_escapes=found[1].upper() in _OFF)
    if syntax.client == "mysql" and (found := _MODE.search(statement)):
        quoted = _QUOTED.match(statement, found.start(1))
        if quoted is None and "ANSI_QUOTES" not in statement and "NO_BACKSLASH_ESCAPES" not in statement:
            return usual  # a variable that keeps what it was, or DEFAULT
        modes = set(re.findall(r"\w+", (quoted[2] if quoted else statement).upper()))
        return replace(
            syntax,
            backslash_escapes="NO_BACKSLASH_ESCAPES" not in modes,
            double_quoted_strings=modes.isdisjoint(_ANSI),
        )
    return syntax
