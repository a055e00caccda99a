"""Expressions that mean the same on every server: comparisons of columns, numbers and strings, and no calls."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbx.dialects.traits import traits
from dbx.schema.model import Column

_CAST = (
    r"::\s*(?:character\ varying|double\ precision|time(?:stamp)?\ with(?:out)?\ time\ zone|\w+)"
    r"(?:\([\d,]+\))?(?:\[\])?"
)
_TOKEN = re.compile(
    rf"""(?P<space>\s+)|(?P<string>'(?:[^'\\]|'')*')|(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<cast>{_CAST})
    |(?P<word>[A-Za-z_]\w*)|(?P<sign><>|<=|>=|!=|[=<>+*/(),-])""",
    re.VERBOSE,
)
_WORDS = frozenset(["and", "or", "not", "in", "is", "null", "between", "like", "true", "false"])
_NOW = re.compile(r"\(*(current_timestamp(?:\(\d?\))?|now\(\)|localtimestamp(?:\(\d?\))?|datetime\('now'\))\)*", re.I)
_NUMBER = re.compile(r"\(*'?(-?\d+(?:\.\d+)?)'?\)*(?:::[\w ]+)?\)*")
_TEXT = re.compile(r"\(*('(?:[^'\\]|'')*')\)*(?:::[\w .\"]+(?:\(\d+\))?)?\)*")


def expression(text: str, source: str, target: str) -> str | None:
    """The expression in the words of `target`, or None where it may mean something else there."""
    there = traits(target).tables
    words, at, operand = list[str](), 0, False
    text = _RESPELLED.get(source, str)(text)
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return None
        at = found.end()
        kind, token = found.lastgroup, found[0]
        here = kind in ("name", "string", "number") or (kind == "word" and token.lower() not in _WORDS)
        if here and operand:
            return None  # words that only one server knows: AT TIME ZONE, ROW START
        operand = here if kind not in ("space", "cast") else operand
        if kind == "name":
            inner = token[1:-1].replace(token[0] * 2, token[0])
            if token[0] == '"' != traits(source).tables.quote:
                return None  # a string, in some sessions
            words.append(there.quoted(inner))
        elif kind == "word" and token.lower() not in _WORDS:
            if text[at:].lstrip().startswith("("):
                return None  # a call
            words.append(there.quoted(token))
        elif kind == "cast":
            continue
        elif token.lower() == "is" and (other := _IS.match(text, at)):  # SQLite's, of any two values
            same = there.differs if other[1] else there.same
            if not same:
                return None
            words.append(same)
            at = other.end(1) if other[1] else at
        else:
            words.append(token)
    return "".join(words).strip() or None


_IS = re.compile(r"(?:\s+(NOT))?\s+(?!(?:NOT|NULL|TRUE|FALSE)\b)", re.IGNORECASE)
_NULL = re.compile(
    r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\])"
    r"|(?<!\bIS)(\s+)(?:NOT\s+NULL|(NOTNULL|ISNULL))\b",
    re.IGNORECASE,
)


def _with_is(text: str) -> str:
    """`a NOT NULL`, `a NOTNULL` and `a ISNULL`, which SQLite takes for a IS [NOT] NULL."""

    def said(found: re.Match[str]) -> str:
        if found[1] is not None:
            return found[1]
        return f"{found[2]}IS NULL" if (found[3] or "").upper() == "ISNULL" else f"{found[2]}IS NOT NULL"

    return _NULL.sub(said, text)


_RESPELLED = {"sqlite": _with_is}


def with_truths(text: str, columns: Iterable[str]) -> str | None:
    """PostgreSQL's expression with the numbers that boolean columns are compared with as truths; None where one is
    used as a number otherwise."""
    for column in columns:
        name = re.escape('"' + column.replace('"', '""') + '"')
        text = re.sub(rf"({name}\s*(?:=|<>|!=|\bIS(?: NOT)?)\s*)([01])\b", _truth, text, flags=re.IGNORECASE)
        text = re.sub(rf"({name}\s*(?:NOT )?IN\s*\()([01]\s*(?:,\s*[01]\s*)*)(?=\))", _truth, text, flags=re.IGNORECASE)
        if re.search(
            rf"{name}\s*[-+*/<>=!]+\s*\d|\d\s*[-+*/<>=!]+\s*{name}|{name}\s*(?:NOT )?(?:IN\s*\(\s*\d|BETWEEN)",
            text,
            re.I,
        ):
            return None
    return text


def _truth(found: re.Match[str]) -> str:
    return found[1] + re.sub(r"[01]", lambda digit: str(digit[0] == "1").lower(), found[2])


def default(column: Column, kind: str, source: str, target: str) -> str | None:
    """A default in the words of `target`: a number, a string, a truth or the time; None for anything else."""
    here, there = traits(source).tables, traits(target).tables
    text = (column.default or "").strip()
    if text.upper() == "NULL":
        return None
    if _NOW.fullmatch(text):
        if there.typed and kind in ("blob", "binary", "varbinary", "bool", "int", "decimal", "float"):
            return None
        digits = here.time_digits if there.exact_time and column.family == "datetime" else 0
        return f"CURRENT_TIMESTAMP({digits})" if digits else "CURRENT_TIMESTAMP"
    if kind == "bool":
        word = text.strip("()'").lower()
        truth = {"1": True, "true": True, "t": True, "0": False, "false": False, "f": False}.get(word)
        return None if truth is None else str(truth).lower() if there.truths else str(int(truth))
    if kind in ("int", "decimal", "float") and (found := _NUMBER.fullmatch(text)):
        return found[1]
    if found := _TEXT.fullmatch(text):
        if kind in ("char", "varchar", "enum"):
            return found[1]
        if kind == "text":
            return f"({found[1]})" if there.bracketed_defaults else found[1]
        if kind in _POINTS and (not there.typed or _POINTS[kind].fullmatch(found[1])):
            return None if found[1].startswith("'0000-") and not there.zero_dates else found[1]
    return None


_DATE, _CLOCK = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?"
_POINTS = {
    "date": re.compile(f"'{_DATE}'"),
    "time": re.compile(f"'{_CLOCK}'"),
    "timestamp": re.compile(f"'{_DATE}(?:[ T]{_CLOCK})?'"),
}
"""Points in time as every server reads them."""
