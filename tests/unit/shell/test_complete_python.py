"""Expressions: what is offered where. | is the cursor; most of the texts do not parse yet."""

import pytest
from completing import known, python
from hypothesis import given
from hypothesis import strategies as st

from dbx.schema.known import Known
from dbx.schema.referenced import Goal

TRACK = ["track_id", "name", "album_id", "milliseconds", "explicit", "released"]

FIRST = [
    ("tr|", ["track"]),
    ("len(tr|", ["track"]),
    ("so|", ["sorted("]),
    ("[t for t in alb|", ["album"]),
    # a row: columns, then where its keys lead, then what refers to it
    ("[t.| for t in track]", [*TRACK, "album", "playlist_track"]),
    ("[t for t in track if t.|", [*TRACK, "album"]),
    ("[t.na|me for t in track]", ["name"]),
    ("[t.name for t in track if t.album.|", ["album_id", "title", "artist_id", "artist"]),
    ("[t.name for t in track if t.album.artist.na|", ["name"]),
    ("[t.name for t in track if t.album_id.ti|", ["title"]),
    ("[e.reports_to.la| for e in employee]", ["last_name"]),
    ("[p.tra| for p in playlist]", ["track", "tracks"]),
    ("[a.album.ti| for a in artist]", ["title"]),
    ("track[1].na|", ["name"]),
    ("len(t for t in track if t.mi|", ["milliseconds"]),
    ("sum(c.invoice.to| for c in customer)", ["total"]),
    ("{i.customer.na|: sum(i.total) for i in invoice}", ["name"]),
    # names that are bound around the cursor
    ("[x.ti| for a in artist for x in a.album]", ["title"]),
    ("[t.mi| for a in album for t in a.track]", ["milliseconds"]),
    ("[a for a in album if any(t.mi| for t in a.track)]", ["milliseconds"]),
    ("sorted(track, key=lambda t: t.mi|", ["milliseconds"]),
    ("track.filter(lambda t: t.mi|", ["milliseconds"]),
    ("[n.up| for t in track if (n := t.name)]", ["upper("]),
    ("[tra| for trackling in artist]", ["trackling"]),
    # the Core form
    ("track.mi|", ["milliseconds"]),
    ("track.sel|", ["select("]),
    ("track.c.mi|", ["milliseconds"]),
    ("track.c.name.ili|", ["ilike("]),
    ("select(track).whe|", ["where("]),
    ("cast(track.c.name, Int|", ["Integer"]),
    # methods by the type of what stands before the dot
    ("[t.name.st| for t in track]", ["strip(", "startswith("]),
    ("[t.released.| for t in track]", ["year", "month", "day", "strftime("]),
    ("func.coal|", ["coalesce("]),
    # values
    ("[i for i in invoice if i.status == |", ["'new'", "'paid'", '"it\'s off"']),
    ('[i for i in invoice if i.status == "p|', ["'paid'"]),
    ('[i for i in invoice if i.status in ["new", |', ["'new'", "'paid'"]),
    ("[i for i in invoice if i.mood != |]", ["'sad'", "'so-so'", "'happy'"]),
    ("[t for t in track if t.explicit == |", ["True", "False"]),
    # names that are no identifiers
    ("[o.| for o in db['Order Line']]", [".id", "['Unit Price']", ".group"]),
    ("db.Ord|", ["['Order Line']"]),
    ("Ord|", ["db['Order Line']"]),
    ('track["mi|', ["'milliseconds'"]),
    ('db["alb|', ["'album'"]),
    # words
    ("[t f|", ["for"]),
    ("[t for t in track i|", ["if", "in"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FIRST)
def test_what_is_offered_first(text: str, expected: list[str]) -> None:
    assert python(text)[: len(expected)] == expected


@pytest.mark.parametrize("text", ["[t for |", "'tr|", "# tr|", "12|", "[nobody.| for t in track]", "lambda tr|", "t.|"])
def test_nothing_is_offered_where_nothing_can_be_known(text: str) -> None:
    assert python(text) == []


def test_methods_are_those_of_the_type_only() -> None:
    assert "upper(" not in python("[t.milliseconds.| for t in track]")
    assert "year" not in python("[t.name.| for t in track]")


def test_names_that_the_user_made_are_offered_and_gone_on_from() -> None:
    import ast

    from dbx.language.names.lookup import Lazy
    from dbx.language.syntax.source import Source

    text = "[t for t in track if t.explicit]"
    session: dict[str, object] = {"loud": Lazy(ast.parse(text, mode="eval").body, Source(text), {})}
    assert python("lou|", session=session) == ["loud"]
    assert python("[x.mi| for x in loud]", session=session) == ["milliseconds"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a.title for a in album if a.artist_id == |", ["1", "2"]),
        ("[a.title for a in album if a.artist_id == 2|", ["2"]),
        ("[a.title for a in album if a.artist_id == ac|", ["1"]),
        ("[a.title for a in album if a.album_id == 2|", []),
        ("album[:2|", []),
    ],
)
def test_of_a_foreign_key_the_keys_of_the_other_table(text: str, expected: list[str]) -> None:
    what = known()
    what.referenced.learn(Goal(None, "artist", "artist_id", "name"), [("1", "AC/DC"), ("2", "Motörhead")])
    found = python(text, what=what)
    assert found[: len(expected)] == expected
    assert expected or not found


def test_what_is_not_read_yet_is_wanted_and_offers_nothing() -> None:
    what = Known()
    what.learn_schemas("main", ("main",))
    what.learn_names(None, {"track": "main"})
    assert python("tr|", what=what)[:1] == ["track"]
    assert python("[t.na| for t in track]", what=what) == []
    assert list(what.wanted) == [("track", None)]
    assert python("[t.na| for t in track]", what=Known()) == []


@given(
    st.text("[(t.name for in track_idx:=\"'{}),lambda 1#\n", max_size=50), st.text("[]() for t in track", max_size=20)
)
def test_no_text_breaks_it(before: str, after: str) -> None:
    python(f"{before.replace('|', '')}|{after.replace('|', '')}", what=KNOWN)


KNOWN = known()
