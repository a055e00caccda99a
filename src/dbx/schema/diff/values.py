"""Defaults and expressions of different servers in one spelling, as far as they are plain enough to be one."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_CAST = re.compile(
    r"::(?:\"[^\"]+\"|[a-z_][\w.]*)(?: (?:varying|precision|with(?:out)? time zone))*(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])?",
    re.IGNORECASE,
)
_STRING = r"'(?:[^'\\]|''|\\.)*'"
_TOKEN = re.compile(rf"(?s)({_STRING})|[`\"\[]([\w $]+)[`\"\]]|(\s+)|(.)")
_NOW = ("now()", "current_timestamp()", "current_timestamp", "localtimestamp", "transaction_timestamp()",
        "datetime('now')", "strftime('%y-%m-%d %h:%m:%s','now')", "current_timestamp at time zone 'utc'")  # fmt: skip
_TODAY = ("current_date", "curdate()", "'now'", "date('now')", "current_date()")
_TRUE, _FALSE = ("true", "'t'", "b'1'", "'1'", "1"), ("false", "'f'", "b'0'", "'0'", "0")


def default(text: str | None, family: str) -> str | None:
    """A default: numbers as such, whatever they are quoted with; NULL is none; the words for now are one."""
    if text is None:
        return None
    plain = _outer(_CAST.sub("", text).strip())
    low = plain.lower()
    if low == "null":
        return None
    if re.fullmatch(r"(?:current_timestamp|now)\(\d*\)", low) or low in _NOW:
        return "current_timestamp"
    if low in _TODAY and (family == "date" or low != "'now'"):
        return "current_date"
    if low in (*_TRUE, *_FALSE) and (family == "bool" or low in ("true", "false", "b'0'", "b'1'")):
        return "1" if low in _TRUE else "0"
    return _number(plain) or (plain if plain.startswith("'") else expression(plain))


def _number(text: str) -> str:
    try:
        value = Decimal(text.strip("'"))
    except InvalidOperation:
        return ""
    return format(value.normalize(), "f") if value.is_finite() else ""


def _outer(text: str) -> str:
    """Without parentheses around the whole."""
    while text.startswith("(") and text.endswith(")") and _is_pair(text):
        text = text[1:-1].strip()
    return text


def _is_pair(text: str) -> bool:
    depth = 0
    for at, sign in enumerate(re.sub(_STRING, lambda found: "_" * len(found[0]), text)):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return at == len(text) - 1
    return False


def expression(text: str) -> str:
    """Without casts, quotes of names, spaces and the parentheses that only group; in lower case but for strings.

    Two texts that are one here need not be one: it tells what is plainly the same, and the rest is a difference.
    """
    strings: list[str] = []

    def kept(string: re.Match[str]) -> str:
        strings.append(string[0])
        return f"'{len(strings) - 1}'"

    text = _CAST.sub("", re.sub(_STRING, kept, text))
    found = [
        string or name.lower() or (" " if space else sign.lower()) for string, name, space, sign in _TOKEN.findall(text)
    ]
    plain = _outer("".join(found).strip())
    plain = re.sub(r"\s*([=<>!,()+*/-]+)\s*", r"\1", plain).replace("!=", "<>")
    plain = re.sub(r"=any\(array\[(.*?)\]\)", r" in(\1)", plain)
    plain = re.sub(r"(?<![\w)])\(([\w.']+)\)", r"\1", plain)
    return re.sub(r"'(\d+)'", lambda number: strings[int(number[1])], " ".join(plain.split()))
