"""Settings of a session that change how its text is read: a splitter that goes on as before would cut wrongly.

A script is read before it runs, so this tells from the text of a SET alone what the server will make of it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dbx.dialects.base import Syntax

_STRINGS = re.compile(r"\bstandard_conforming_strings['\"]?\s*(?:=|\bTO\b)\s*'?(\w+)", re.IGNORECASE)
_RESET = re.compile(r"RESET\s+(?:ALL|standard_conforming_strings)\b", re.IGNORECASE)
_SETS_MODE = re.compile(r"(?!\W*SET\s+STATEMENT\b).*sql_mode", re.IGNORECASE | re.DOTALL)
_MODE = re.compile(
    r"(?<![\w@.])(global\s+|persist\s+|persist_only\s+)?(?:(?:session|local)\s+|@@(?:session\.|local\.)?)?`?sql_mode`?"
    r"\s*:?=\s*([^,;]*)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\s*(['\"])(.*?)\1", re.DOTALL)
_VARIABLE = re.compile(r"\s*(@[\w$.]+)")
_KEPT = re.compile(r"(?<![\w@])(@[\w$.]+)\s*:?=\s*@@(?:session\.|local\.)?sql_mode\b", re.IGNORECASE)
_OFF = frozenset({"OFF", "FALSE", "F", "NO", "0"})
# MySQL's and MariaDB's names for several modes at once; each has ANSI_QUOTES among them
_ANSI = frozenset({"ANSI_QUOTES", "ANSI", "DB2", "MAXDB", "MSSQL", "ORACLE", "POSTGRESQL"})


class Modes:
    """The modes of a session that began with `syntax`, statement by statement."""

    def __init__(self, syntax: Syntax) -> None:
        self._usual = syntax
        self._variables: dict[str, Syntax] = {}

    def after(self, statement: str, syntax: Syntax) -> Syntax:
        """The syntax behind a SET or RESET statement."""
        if syntax.client == "psql":
            return self._strings(statement, syntax)
        if syntax.client == "mysql" and _SETS_MODE.match(statement):
            # in one SET a variable may take the mode before it changes, as in a dump
            for kept in _KEPT.finditer(statement):
                self._variables[kept[1].lower()] = syntax
            for found in _MODE.finditer(statement):
                if not found[1]:
                    syntax = self._mode(statement, found.start(2), syntax)
        return syntax

    def _strings(self, statement: str, syntax: Syntax) -> Syntax:
        found = _STRINGS.search(statement)
        if _RESET.match(statement) or (found and found[1].upper() == "DEFAULT"):
            return replace(syntax, backslash_escapes=self._usual.backslash_escapes)
        return replace(syntax, backslash_escapes=found[1].upper() in _OFF) if found else syntax

    def _mode(self, statement: str, at: int, syntax: Syntax) -> Syntax:
        """The syntax in the mode that the text at `at` gives."""
        if variable := _VARIABLE.match(statement, at):
            return self._variables.get(variable[1].lower(), self._usual)
        quoted = _QUOTED.match(statement, at)
        modes = set(re.findall(r"\w+", (quoted[2] if quoted else statement[at:]).upper()))
        if quoted is None and modes.isdisjoint({"ANSI_QUOTES", "NO_BACKSLASH_ESCAPES"}):
            # an expression that leaves these two as they are, as far as anybody can tell
            return syntax if modes.isdisjoint({"DEFAULT", "GLOBAL"}) else self._usual
        return replace(
            syntax,
            backslash_escapes="NO_BACKSLASH_ESCAPES" not in modes,
            double_quoted_strings=modes.isdisjoint(_ANSI),
        )
