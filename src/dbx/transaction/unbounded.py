"""Statements that leave no row out: UPDATE and DELETE without a condition, TRUNCATE, DROP of what holds rows.

Read from the text alone, without its quotes and comments. A condition that names no column (1 = 1, true) is none; a
LIMIT bounds as well. A condition that names one is believed.
"""

from __future__ import annotations

import re

from dbx.dialects.base import Syntax
from dbx.sql.lexis import spelled
from dbx.sql.words import words

_VERB = re.compile(r"\b(UPDATE|DELETE)\b", re.IGNORECASE)
# … FOR UPDATE, ON UPDATE, DO UPDATE SET, ON DUPLICATE KEY UPDATE belong to another statement
_BEFORE = re.compile(r"\b(?:FOR|ON|DO|KEY)\s+\Z|\.\s*\Z", re.IGNORECASE)
_TABLE = re.compile(
    r"\s*(?:(?:LOW_PRIORITY|QUICK|IGNORE|FROM|ONLY|OR\s+\w+)\b\s*)*((?:[^\s(),;.=]+\s*\.\s*)*[^\s(),;.=]+)",
    re.IGNORECASE,
)
_BOUND = re.compile(r"[()]|\bWHERE\b|\bLIMIT\b|\bRETURNING\b|\bORDER\b", re.IGNORECASE)
_NAME = re.compile(
    r"(?<!\w)(?!(?:and|or|not|true|false|null|is|in|like|between|exists|xor)\b)[^\W\d]\w*", re.IGNORECASE
)
_REST = r"\s+(.+?)\s*(?:\b(?:CASCADE|RESTRICT|RESTART|CONTINUE)\b|;|\Z)"
_TRUNCATED = re.compile(r"TRUNCATE(?:\s+TABLE)?" + _REST, re.IGNORECASE | re.DOTALL)
_DROPPED = re.compile(r"DROP\s+\w+(?:\s+IF\s+EXISTS)?" + _REST, re.IGNORECASE | re.DOTALL)
_HOLDS_ROWS = frozenset({"TABLE", "DATABASE", "SCHEMA", "OWNED", "TABLESPACE"})


def question(text: str, syntax: Syntax) -> str:
    """What is to be confirmed before the statement runs; '' when it leaves rows alone, as far as can be seen."""
    known = words(text, syntax)
    code = spelled(text, syntax)
    match known:
        case ("TRUNCATE", *_):
            return f"TRUNCATE empties {_named(_TRUNCATED, code)}"
        case ("DROP", kind, *_) if kind in _HOLDS_ROWS:
            return f"DROP {kind} destroys {_named(_DROPPED, code)} and every row in it"
        case ("UPDATE" | "DELETE" | "WITH", *_):
            return next(filter(None, (_every_row(code, found) for found in _VERB.finditer(code))), "")
        case ("EXPLAIN", *_) if "ANALYZE" in code.upper():
            return next(filter(None, (_every_row(code, found) for found in _VERB.finditer(code))), "")
    return ""


def _named(head: re.Pattern[str], code: str) -> str:
    found = head.search(code)
    return " ".join(found[1].split()) if found else "it"


def _every_row(code: str, verb: re.Match[str]) -> str:
    if _BEFORE.search(code, 0, verb.start()):
        return ""
    table = _TABLE.match(code, verb.end())
    condition = _condition(code, verb.end())
    if table is None or (condition is not None and _NAME.search(condition)):
        return ""
    if condition is None:
        return f"{verb[0].upper()} has no WHERE: it is for every row of {table[1]}"
    return f"{verb[0].upper()} has a WHERE that names no column: it is for every row of {table[1]}, or for none"


def _condition(code: str, at: int) -> str | None:
    """The condition of the statement that goes on at `at`, up to the parenthesis around it; None without one."""
    depth, start, end = 0, -1, -1
    for token in _BOUND.finditer(code, at):
        word = token[0].upper()
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth < 0:
            end = token.start() if end < 0 else end
            break
        if not depth and word == "LIMIT":
            return word
        if not depth and word == "WHERE" and start < 0:
            start = token.end()
        elif not depth and word in ("RETURNING", "ORDER") and start >= 0 and end < 0:
            end = token.start()
    return code[start : end if end >= 0 else len(code)] if start >= 0 else None
