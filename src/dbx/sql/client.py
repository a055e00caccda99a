"""Lines in scripts that psql, mysql and sqlite3 take for commands of their own. They are no SQL: named, and refused.

Passed over are `\\restrict` and `\\unrestrict`, which pg_dump writes, and lines that begin with # in a script for
sqlite3. DELIMITER is the mysql client's too; so is USE, which servers know as well, but it ends with its line. HELP
goes to the server.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dbx.dialects.base import Syntax
from dbx.errors import Place, Refused

_MYSQL_WORDS = (
    r"\?|charset|clear|connect|edit|ego|exit|go|nopager|notee|nowarning|pager|print|prompt|quit|rehash|source"
    r"|status|system|tee|warnings"
)
_COMMANDS = {
    "psql": re.compile(r"\\\S*"),
    "mysql": re.compile(rf"(?:{_MYSQL_WORDS})(?![\w$])|\\\S?", re.IGNORECASE),
    "sqlite3": re.compile(r"\.[A-Za-z]\w*|\\[A-Za-z?!]\S*"),  # with those of psql, which are no SQL anywhere
}
_PASSED_OVER = {"psql": re.compile(r"\\(?:un)?restrict\s"), "sqlite3": re.compile("#")}
_EXPECTATION = re.compile(r"\\expect\b")
_ORDER = re.compile(r"\\(?:steps|undo|redo|skip|edit|diff|save|isolation|locks)\b")
_DELIMITER = re.compile(r"delimiter(?:[ \t]+(\S+))?[ \t\r\n]", re.IGNORECASE)
_USE = re.compile(r"use[ \t]+\S", re.IGNORECASE)

_FILES = "name the files one after another: dbx run TARGET FILE…"
_SCHEMA = r"\d and its family work in the shell: dbx connect TARGET; elsewhere: dbx reflect TARGET NAME"
_HINTS = {
    r"\i": _FILES,
    r"\ir": _FILES,
    r"\include": _FILES,
    r"\.": _FILES,
    "source": _FILES,
    ".read": _FILES,
    r"\copy": "rows may stand in the script, behind COPY … FROM stdin;",
    r"\set": "a value for :name comes by -p name=value; dbx run stops at the first error anyway",
    r"\timing": "--report FILE has the time of each statement",
    r"\undo": "steps are undone in: dbx tx TARGET FILE",
    r"\expect": "checks stand in a script: dbx run TARGET FILE",
    r"\g": "end the statement with ;",
    r"\G": "end the statement with ;",
    r"\gx": "end the statement with ;",
}


@lru_cache
def candidate(syntax: Syntax, expectations: bool) -> re.Pattern[str] | None:
    """What a line that may be a command begins with, as far as the buffer goes."""
    starts = []
    if expectations or syntax.client == "psql":
        starts.append(r"\\")
    if syntax.client == "sqlite3":
        starts.append(r"[.#\\]")
    if syntax.client == "mysql":
        starts.append(rf"\\|(?:{_MYSQL_WORDS})(?![\w$])")
    if syntax.delimiter_command:
        starts.append(r"(?:delimiter|use)(?:\s|\Z)|[a-z]+\Z")
    return re.compile("|".join(starts), re.IGNORECASE) if starts else None


def command(client: str, line: str) -> str:
    """The command with which a line begins, where a statement could begin; '' when it is SQL."""
    found = _COMMANDS[client].match(line) if client in _COMMANDS else None
    return found[0] if found else ""


def is_expectation(line: str) -> bool:
    return _EXPECTATION.match(line) is not None


def is_order(line: str) -> bool:
    r"""Whether a line of a script for dbx tx is about its steps: \undo, \redo, …"""
    return _ORDER.match(line) is not None


def is_passed_over(client: str, line: str, column: int) -> bool:
    """Whether a line is no command to worry about; sqlite3 takes only whole lines for comments."""
    found = client in _PASSED_OVER and _PASSED_OVER[client].match(line) is not None
    return found and (column == 1 or client != "sqlite3")


def is_use(line: str, delimiter: str) -> bool:
    """USE ends with its line even without a delimiter."""
    return _USE.match(line) is not None and delimiter not in line


def new_delimiter(line: str) -> str | None:
    """The argument of a DELIMITER line, '' when it lacks one; None for any other line."""
    found = _DELIMITER.match(line)
    return (found[1] or "").strip("'\"`") if found else None


def refused(client: str, name: str, place: Place) -> Refused:
    owner = "psql" if client == "sqlite3" and name.startswith("\\") else client
    hint = _HINTS.get(name) or (_SCHEMA if name.startswith(r"\d") else "")
    return Refused(f"{name} is a command of {owner}, not SQL", code="E-CLIENT", hint=hint, place=place)
