"""The sanitiser: nothing it lets through can steer a terminal or hide."""

from __future__ import annotations

import sys
from unicodedata import category

import pytest
from format_cases import characters, strings, unhurried
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dbx.formats.visible import JOINS, MARKS, visible

BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
DRAWN = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")


def _harmless(text: str) -> bool:
    return not any(c < " " or "\x7f" <= c <= "\x9f" or c in BIDI for c in text) and bool(text.encode() or not text)


def test_every_character_of_unicode() -> None:
    """Controls, formats, separators and surrogates are escaped, each differently; all else stays as it is."""
    seen = set()
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        shown = visible(character)
        assert _harmless(shown), hex(code)
        if category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in DRAWN:
            assert shown.isascii(), hex(code)
            assert shown[0] == "\\", hex(code)
        elif shown != character:
            assert cell_len(character) == 0 or character in "\u115f\u1160\u3164\uffa0" or not character.isprintable()
        assert shown not in seen, hex(code)
        seen.add(shown)


@unhurried
@given(st.lists(characters, max_size=40).map("".join))
def test_any_text(text: str) -> None:
    shown = visible(text)
    assert _harmless(shown)
    assert visible(shown) == shown
    assert _harmless(visible(text, keep="\n").replace("\n", ""))
    assert visible(text, keep="\n").count("\n") == text.count("\n")


@unhurried
@given(strings, strings)
def test_lines_may_be_shown_one_by_one(one: str, other: str) -> None:
    assert visible(f"{one}\n{other}", keep="\n") == visible(one, keep="\n") + "\n" + visible(other, keep="\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, C:\\new", "plain, C:\\new"),
        ("a\nb\rc\td", r"a\nb\rc\td"),
        ("\x1b]0;PWNED\x07", r"\x1b]0;PWNED\x07"),
        ("\x1b]52;c;ZWNobyBwd24=\x07", r"\x1b]52;c;ZWNobyBwd24=\x07"),
        ("\x1b[2J\x1b[H", r"\x1b[2J\x1b[H"),
        ("\x9b31m", r"\u009b31m"),
        ("\x9d0;x\x9c", r"\u009d0;x\u009c"),
        ("a\x08b\x00\x7f", r"a\x08b\x00\x7f"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("\u2066\u2069\u200e\u061c", r"\u2066\u2069\u200e\u061c"),
        ("\u200b\u2060\ufeff\xad", r"\u200b\u2060\ufeff\u00ad"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\U000e0041", r"\U000e0041"),
        ("caf\udc80\udcff\ud800\udc7f", r"caf\x80\xff\ud800\udc7f"),
        ("[red]x[/red][/nope]:smile:\\[x]", "[red]x[/red][/nope]:smile:\\[x]"),
    ],
)
def test_escapes(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "naïve Ελλάδα Привет 東京 \u3000 \xa0",
        "Vi\u0065\u0302\u0323t n\u0061\u0306\u0301m",  # decomposed
        "မြွှုံး ที่ กำลัง ស្ត្រី བསྒྲུབས",
        "می\u200cخواهم",  # Persian
        "ශ\u0dca\u200dරී ලංකා क्\u200dष",  # Sinhala, Hindi
        "👩\u200d👩\u200d👧\u200d👦 ❤️ 🇩🇪 👍🏽 1️⃣ 🏳️\u200d🌈 👩🏽\u200d❤️\u200d💋\u200d👨🏽 🧔\u200d♂️",
        "葛\U000e0100",  # a variant of a glyph
    ],
)
def test_writing_and_emoji_stay(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize("text", ["a\u200db", "ad\u200cmin", "\u200d", "👩\u200d", "\u200d👩", "a\ufe0f\u200d👩"])
def test_joiners_elsewhere_are_seen(text: str) -> None:
    assert "\u200d" not in visible(text)
    assert "\u200c" not in visible(text)


def test_keep() -> None:
    assert visible("a\nb\x1b", keep="\n") == "a\nb\\x1b"
    assert visible("ü\nb\t\x1b", keep="\n\t") == "ü\nb\t\\x1b"


def test_piles_of_marks_are_cut() -> None:
    assert visible("e" + "\u0301" * 10_000 + "x") == "e" + "\u0301" * MARKS + "…x"
    assert visible("e" + "\u0301" * (MARKS + 1)) == "e" + "\u0301" * MARKS + "…"
    assert visible("e" + "\u0301" * MARKS) == "e" + "\u0301" * MARKS


def test_whatever_takes_no_room_is_cut() -> None:
    """Hundreds of characters in one cell: as good as hidden."""
    for code in range(0x300, sys.maxunicode + 1):
        character = chr(code)
        if cell_len(character) == 0 and visible(character) == character and character not in DRAWN:
            shown = visible("a" + character * 100)
            assert len(shown) <= 2 + MARKS, hex(code)


def test_endless_emoji_is_cut() -> None:
    chain = visible("👩" + "\u200d👩" * 1000 + " x")
    assert chain == "👩" + "\u200d👩" * JOINS + "… x"
