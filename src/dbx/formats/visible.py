r"""The one sanitiser: every character that would act on a terminal, or hide, becomes a backslash escape.

Backslashes of the text itself stay as they are: what is shown is for reading, not for reading back.
"""

from __future__ import annotations

import re
from unicodedata import category, combining, east_asian_width

MARKS = 8
"""Combining marks in a row that stay: Burmese writes six on one letter, Zalgo thousands."""

JOINS = 3
"""Zero width joiners in a row that stay: no emoji of the standard has more."""

# Characters that join: emoji (families, flags, professions), and the scripts that spell with joiners.
_EMOJI = "\u2194\u2195\u2600-\u27bf\u2b1b\U0001f000-\U0001faff"
_INDIC = "\u0900-\u0dff"
_CURSIVE = "\u0620-\u06ff"

# Where ZERO WIDTH (NON-)JOINER is spelling and not hiding; anywhere else it is escaped.
_JOINER = (
    rf"(?:(?<=[{_EMOJI}])|(?<=[{_EMOJI}]\ufe0f))\u200d(?=[{_EMOJI}])"
    rf"|(?<=[{_INDIC}])[\u200c\u200d](?=[{_INDIC}])"
    rf"|(?<=[{_CURSIVE}])\u200c(?=[{_CURSIVE}])"
)

# C0, DEL, C1; what Unicode says to ignore when it is displayed, but for variation selectors (they choose a glyph);
# line and paragraph separators; bidi controls; annotations and tags; surrogates. No other Cf character is here: the
# rest of them are drawn (the Arabic number signs).
_HIDDEN = (
    r"[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)

# Blocks that hold every character without a width of its own. They hold letters too: `_thinned` looks closer.
_STACKING = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u1dff\u20d0-\u20ff\u2cef-\u2cf1\u2d7f\u2de0-\u2dff\u302a-\u302f\u3099\u309a"
    r"\ua66f-\ua6f1\ua802-\uabed\ud7b0-\ud7ff\ufb1e\ufe00-\ufe2f\U000101fd-\U00011fff\U00013440-\U00013455"
    r"\U0001611e-\U0001612f\U00016af0-\U00016ff1\U0001bc9d\U0001bc9e\U0001cf00-\U0001e95f\U0001f3fb-\U0001f3ff"
    r"\U000e0100-\U000e01ef"
)

_joiner = re.compile(_JOINER)
_hidden = re.compile(_HIDDEN)
_pile = re.compile(f"[{_STACKING}]{{{MARKS + 1},}}")
_link = rf"\u200d.[{_STACKING}]*"
_chain = re.compile(f"((?:{_link}){{{JOINS}}})(?:{_link})+")

_MARKS = {"Mn", "Me", "Mc", "Sk", "Cn"}

_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def visible(text: str, *, keep: str = "") -> str:
    r"""The text with controls, invisible characters and invalid bytes as escapes: `\n`, `\x1b`, `\u202e`.

    A byte that was no UTF-8 is `\xff`, the C1 control of the same number `\u00ff`. Characters in `keep` stay.
    Piles of combining marks and endless emoji end in `…`.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _hidden.sub(lambda found: found[0] if found[0] in keep or _joins(found) else _escaped(found[0]), text)
    return text if text.isascii() else _chain.sub(r"\1…", _pile.sub(_thinned, text))


def _joins(found: re.Match[str]) -> bool:
    return found[0] in "\u200c\u200d" and _joiner.match(found.string, found.start()) is not None


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # surrogateescape: a byte that was not UTF-8
        return rf"\x{code - 0xDC00:02x}"
    if code < 0x80:
        return _NAMED.get(character) or rf"\x{code:02x}"
    return rf"\u{code:04x}" if code < 0x10000 else rf"\U{code:08x}"


def _thinned(found: re.Match[str]) -> str:
    """The run with its piles cut: after MARKS of them in a row, the rest of the marks are one `…`."""
    kept: list[str] = []
    pile = 0
    for character in found[0]:
        pile = pile + 1 if _stacks(character) else 0
        if pile <= MARKS:
            kept.append(character)
        elif pile == MARKS + 1:
            kept.append("…")
    return "".join(kept)


def _stacks(character: str) -> bool:
    """Whether it takes no room of its own: marks, skin tones (Sk), marks of a newer Unicode (Cn), Hangul vowels."""
    return category(character) in _MARKS or "\u1161" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7ff"


def cells(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    return (
        len(text)
        if text.isascii()
        else sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
    )
