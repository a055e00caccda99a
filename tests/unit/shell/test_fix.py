"""What a hint advises, done."""

import pytest

from dbx.errors import LanguageError, Place
from dbx.shell.fix import fixed


def error(text: str, marked: str, hint: str) -> LanguageError:
    before = text[: text.index(marked)]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    place = Place(text, line, column, line, column + len(marked))
    return LanguageError("no", code="E-NAME", hint=hint, place=place)


@pytest.mark.parametrize(
    ("text", "marked", "meant", "expected"),
    [
        ("len(trak)", "trak", "track", "len(track)"),
        ("lenn(track)", "lenn(track)", "len", "len(track)"),
        ("[t.nme for t in track]", "t.nme", "name", "[t.name for t in track]"),
        ("[t.titel for t in track]", "t.titel", "t.album.title", "[t.album.title for t in track]"),
        ("[t.album.titel\nfor t in x]", "t.album.titel", "title", "[t.album.title\nfor t in x]"),
        ("[t\nfor t in trak]", "trak", "track", "[t\nfor t in track]"),
        ("'漢', trak", "trak", "track", "'漢', track"),
    ],
)
def test_the_name_that_was_meant_is_put_in(text: str, marked: str, meant: str, expected: str) -> None:
    assert fixed(text, error(text, marked, f"did you mean '{meant}'?  columns: a, b")) == expected


def test_of_a_statement_within_a_text_the_place_is_its_own() -> None:
    found = LanguageError(
        "no", hint="did you mean 'len'?", place=Place("lenn(x)", 2, 4, 2, 8, first_line=2, first_column=4)
    )
    assert fixed("a;\n   lenn(x)", found) == "a;\n   len(x)"


def test_without_a_proposal_or_a_likeness_nothing_is_done() -> None:
    assert fixed("len(trak)", error("len(trak)", "trak", "tables: a, b")) is None
    assert fixed("len(zzz)", error("len(zzz)", "zzz", "did you mean 'customer'?")) is None
    assert fixed("x", LanguageError("no", hint="did you mean 'y'?")) is None
    assert fixed("another text", error("len(trak)", "trak", "did you mean 'track'?")) is None
