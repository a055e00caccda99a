"""Budgets that hold before Python's own parser sees the text, which deep nesting can drive out of its stack."""

from __future__ import annotations

import re

from dbx.language.refusal import Unfit

MAX_BYTES = 64 * 1024
MAX_TOKENS = 5000
MAX_DEPTH = 64
MAX_PREFIXES = 64
MAX_NUMBER = 64

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Terminal escapes, and the marks that make text read otherwise than it is written."""

_SURROGATE = re.compile("[\ud800-\udfff]")

# One character at a time where nothing matches, so that the scan never fails and never backtracks.
_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\n]+|\\\n)
  | (?P<comment>\#[^\n]*)
  | (?P<string>[A-Za-z]{0,2}(?:\"{3}|'{3}|\"|'))
  | (?P<number>\.?[0-9](?:[eE][+-]|[0-9A-Za-z_.])*)
  | (?P<word>\w+)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<other>\*\*|//|<<|>>|<=|>=|==|!=|->|:=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PREFIXES = frozenset(("+", "-", "~", "not", "await", "lambda", "yield"))
_BRACKET = re.compile(r"[()\[\]{}]")


class Spot(Unfit):
    """A refusal whose place is known as an offset into the text, there being no tree yet."""

    def __init__(self, code: str, message: str, hint: str, offset: int) -> None:
        super().__init__(code, message, hint)
        self.offset = offset


def scan(text: str) -> None:
    """Refuse text that is too much, or that no terminal should see."""
    _characters(text)
    position = tokens = depth = prefixes = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match
        kind, token, start = match.lastgroup, match[0], position
        position = match.end()
        if kind in ("space", "comment"):
            continue
        tokens += 1
        if tokens > MAX_TOKENS:
            raise Spot("E-LIMIT", f"more than {MAX_TOKENS:,} words and signs", "split it into statements", start)
        if kind == "string":
            position, depth = _string(text, token, position, depth)
        elif kind == "number" and len(token) > MAX_NUMBER:
            raise Spot("E-LIMIT", f"a number of {len(token):,} characters", f"at most {MAX_NUMBER}", start)
        depth += (kind == "open") - (kind == "close" and depth > 0)
        prefixes = prefixes + 1 if token in _PREFIXES else prefixes if token == ":" else 0
        if depth > MAX_DEPTH:
            raise Spot("E-LIMIT", f"brackets nested deeper than {MAX_DEPTH}", "name the inner parts", start)
        if prefixes > MAX_PREFIXES:
            raise Spot("E-LIMIT", f"more than {MAX_PREFIXES} prefix operators in a row", "", start)


def _characters(text: str) -> None:
    surrogate = _SURROGATE.search(text)
    if surrogate:
        raise Spot("E-SYNTAX", "the text is not valid UTF-8", "", surrogate.start())
    size = len(text.encode())
    if size > MAX_BYTES:
        raise Spot("E-LIMIT", f"{size:,} bytes of text", f"at most {MAX_BYTES:,}", 0)
    control = _CONTROL.search(text)
    if control:
        message = f"control character U+{ord(control[0]):04X}"
        raise Spot("E-SYNTAX", message, f"inside a string, write it as '\\u{ord(control[0]):04x}'", control.start())


def _string(text: str, opening: str, position: int, depth: int) -> tuple[int, int]:
    """The end of a string literal. Brackets inside an f-string nest like any others, so they are counted."""
    quote = opening.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    formatted = "f" in opening.lower() or "t" in opening.lower()
    raw_end = len(text) if len(quote) == 3 else (text + "\n").index("\n", position)
    end = position
    while end < raw_end and not text.startswith(quote, end):
        end += 2 if text[end] == "\\" else 1
    body = text[position:end]
    if formatted:
        for bracket in _BRACKET.finditer(body):
            depth = depth + 1 if bracket[0] in "([{" else max(depth - 1, 0)
            if depth > MAX_DEPTH:
                raise Spot("E-LIMIT", f"brackets nested deeper than {MAX_DEPTH}", "", position + bracket.start())
    return min(end + len(quote), len(text)), depth
