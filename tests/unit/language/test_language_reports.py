"""sql(q), type(x), why(q), compare and the hints: what is said of an expression, and that it is not run."""

from __future__ import annotations

from typing import Any

import pytest
from shop import Shop, marked
from snapshot_cases import CASES, dialects

from dbx.errors import LanguageError
from dbx.language.compare import compared
from dbx.language.reports.remarks import hinted
from dbx.language.translation import Answer, Query, translate
from dbx.rows import Rows

DIALECTS = dialects()


def report(shop: Shop, text: str, **options: Any) -> Rows:
    answer = shop.translate(text, **options)[-1]
    assert isinstance(answer, Answer)
    assert answer.report.rows is not None
    return answer.report.rows


def rows(found: Rows) -> list[tuple[Any, ...]]:
    return [row for batch in found.here() for row in batch]


# --- sql(q) ----------------------------------------------------------------------------------------------------------


def test_sql_is_what_would_run_with_its_values(shop: Shop) -> None:
    found = report(shop, 'sql([t.name for t in track if t.composer == "o\'o"])')
    assert found.text == "SELECT t.name FROM track AS t WHERE t.composer = 'o''o'"
    assert rows(found) == [(found.text,)]


@pytest.mark.parametrize(
    ("dialect", "sql"),
    {
        "sqlite": "SELECT t.name FROM track AS t WHERE instr(t.name, '100%') > 0 LIMIT 2",
        "postgresql": "SELECT t.name FROM track AS t WHERE strpos(t.name, '100%') > 0 LIMIT 2",
        "pg": "SELECT t.name FROM track AS t WHERE strpos(t.name, '100%') > 0 LIMIT 2",
        "mysql": "SELECT t.name\nFROM track AS t\nWHERE locate(convert('100%' USING utf8mb4) COLLATE utf8mb4_bin, t.name) > 0\nLIMIT 2",
    }.items(),
)
def test_sql_of_another_dialect_needs_no_connection(shop: Shop, dialect: str, sql: str) -> None:
    assert report(shop, f"sql([t.name for t in track if '100%' in t.name][:2], '{dialect}')").text == sql


def test_what_a_dialect_cannot_say(shop: Shop) -> None:
    lateral = "sql(select(artist.c.name, select(album.c.title).where(album.c.artist_id == artist.c.artist_id).lateral('x').c.title), {!r})"
    assert "LATERAL" in report(shop, lateral.format("postgresql")).text
    assert shop.refusal(lateral.format("mariadb")).code == "E-DIALECT"
    assert report(shop, "sql(select(track.c.name).limit(2), 'oracle')").text.endswith("FETCH FIRST 2 ROWS ONLY")
    error = shop.refusal("sql([t.name for t in track][:2], 'mssql')")
    assert (error.code, marked(error)) == ("E-DIALECT", "sql([t.name for t in track][:2], 'mssql')")
    assert "MSSQL requires an order_by" in error.message


def test_an_unknown_dialect(shop: Shop) -> None:
    for word in ("mysq", "../x", "os", "sqlalchemy.dialects", "", "a" * 999):
        error = shop.refusal(f"sql(track, {word!r})", strict=False)
        assert (error.code, marked(error)) == ("E-DIALECT", repr(word))
    assert "did you mean 'mysql'" in shop.refusal("sql(track, 'mysq')").hint
    # what is no part of SQLAlchemy would have to be imported
    assert shop.refusal("sql(track, 'duckdb')").code == "E-DIALECT"
    assert shop.refusal("sql(track, track.c.name)").code == "E-CALL"


def test_a_name_means_the_same_on_another_dialect(shop: Shop) -> None:
    """Core's objects are kept as this server has them, and made anew for another."""
    shop.translate("q = select(track.c.name).order_by(track.c.composer.nulls_last())")
    assert report(shop, "sql(q)").text.endswith("NULLS LAST")
    assert report(shop, "sql(q, 'mysql')").text.endswith("ORDER BY track.composer IS NULL, track.composer")
    shop.translate("s = select(track.c.name, track.c.ms).order_by(track.c.composer.nulls_last()).limit(3).subquery()")
    twice = report(shop, "sql(select(s.c.name).where(s.c.ms > 3), 'mysql')").text
    assert twice.count("LIMIT 3") == 1


def test_reports_stand_alone(shop: Shop) -> None:
    for text in (
        "[sql(t) for t in track]",
        "len(sql(track))",
        "sql(sql(track))",
        "sql(track) + 1",
        "[t for t in why(track)]",
    ):
        assert shop.refusal(text).code in ("E-CALL", "E-TYPE"), text
    for text in ("sql()", "sql(track, 'mysql', 3)", "why(1, 2)", "type()", "explain(track, analyze=t)"):
        assert shop.refusal(text).code in ("E-CALL", "E-NAME"), text
    assert shop.refusal("sql([t.titel for t in track])").code == "E-ATTR"
    assert marked(shop.refusal("why([t.titel for t in track])")) == "t.titel"


def test_reports_run_nothing(own_shop: Shop) -> None:
    before = own_shop.sql("select count(*), sum(ms) from track")
    for text in (
        "sql([t.delete() for t in track if t.ms > 0])",
        "why([t.update(ms=0) for t in track if t.ms > 0])",
        "to_core(track.insert(track_id=9, name='x', ms=1, price=1))",
    ):
        report(own_shop, text)
    assert own_shop.sql("select count(*), sum(ms) from track") == before


def test_a_report_is_not_the_last_query(shop: Shop) -> None:
    shop.translate("[t.name for t in track]\nsql(track)")
    assert report(shop, "sql(_)").text == "SELECT t.name FROM track AS t"


# --- \compare --------------------------------------------------------------------------------------------------------


def compare(shop: Shop, text: str, *words: str) -> Rows:
    return compared(text, shop.names, shop.session, words, shop.engine.dialect)


def test_compare_has_every_dialect(shop: Shop) -> None:
    found = compare(shop, "[t.name for t in track][:2]")
    assert [name for name, _ in rows(found)] == ["sqlite", "postgresql", "mysql", "mariadb"]
    assert found.text == "sqlite · postgresql · mysql · mariadb\n  SELECT t.name FROM track AS t LIMIT 2"


def test_compare_says_who_cannot(shop: Shop) -> None:
    text = "select(artist.c.name, select(album.c.title).where(album.c.artist_id == artist.c.artist_id).lateral('x').c.title)"
    found = dict(rows(compare(shop, text, "pg", "mariadb")))
    assert found["pg"].startswith("SELECT")
    assert found["mariadb"].startswith("E-DIALECT: ")


def test_compare_refuses_what_nobody_could_say(shop: Shop) -> None:
    for text, words in (("[t.titel for t in track]", ()), ("track", ("nosuch",)), ("track +", ())):
        with pytest.raises(LanguageError):
            compare(shop, text, *words)


def test_compare_keeps_names_to_itself(shop: Shop) -> None:
    assert "LIMIT" in compare(shop, "x = track\n[t for t in x][:1]", "sqlite").text
    assert "x" not in shop.session


# --- type(x) ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "track[1].name": [("name", "str", "varchar(60)", "yes", "track.name")],
        "track.c.composer": [("composer", "str", "varchar(40)", "yes", "track.composer")],
        "1 + 1": [("value", "int", "", "no", "")],
        "None": [("value", "null", "", "yes", "")],
        "[(t.name, t.album.artist.name) for t in track]": [
            ("name", "str", "varchar(60)", "no", "track.name"),
            ("album_artist_name", "str", "varchar(40)", "yes", "artist.name"),
        ],
        "{t.genre.name: sum(t.ms) + t.genre.genre_id for t in track}": [
            ("name", "str", "varchar(20)", "yes", "genre.name"),
            ("column_2", "int", "", "yes", "track.ms, track.genre_id"),
        ],
        "select(genre.c.name, func.count().label('n'))": [
            ("name", "str", "varchar(20)", "no", "genre.name"),
            ("n", "int", "", "yes", ""),
        ],
        "genre": [
            ("genre_id", "int", "INTEGER", "no", "genre.genre_id"),
            ("name", "str", "varchar(20)", "no", "genre.name"),
        ],
    }.items(),
)
def test_type(shop: Shop, text: str, expected: list[tuple[str, ...]]) -> None:
    assert rows(report(shop, f"type({text})")) == expected


# --- why(q) ----------------------------------------------------------------------------------------------------------


def why(shop: Shop, text: str) -> list[tuple[str, ...]]:
    """Path, kind of join and reason."""
    return [(row[0], row[1], row[5]) for row in rows(report(shop, f"why({text})"))]


def test_a_reference_that_may_be_missing(shop: Shop) -> None:
    assert why(shop, "[t.album.artist.name for t in track]") == [
        ("t.album", "LEFT JOIN", "track.album_id may be NULL; its row stays"),
        ("t.album.artist", "LEFT JOIN", "there may be no t.album to begin with; its row stays"),
    ]
    assert why(shop, "[t.name for t in track if t.album.title == 'x']") == [
        ("t.album", "JOIN", "a condition is never true without it, so no row is lost by it"),
    ]
    assert why(shop, "[b.artist.name for b in album]") == [
        ("b.artist", "JOIN", "album.artist_id is never NULL, so no row is lost"),
    ]


def test_a_key_that_is_there_already(shop: Shop) -> None:
    assert why(shop, "[t.album.album_id for t in track]") == [
        ("t.album", "none", "what is asked of it is album_id itself")
    ]
    assert why(shop, "track") == []


def test_collections(shop: Shop) -> None:
    assert why(shop, "[(a.name, len(a.albums)) for a in artist]") == [
        ("a.album", "subquery", "one for each a, so that nothing is counted twice"),
    ]
    assert why(shop, "[b.title for a in artist for b in a.albums]") == [
        ("a.album", "JOIN", "a 'for' over it: one row for each, none for who has none"),
    ]
    assert why(shop, "[b.title for a in artist for b in outer(a.albums)]") == [
        ("a.album", "LEFT JOIN", "outer(): who has none stays"),
    ]


def test_a_join_is_told_once_with_its_constraint(shop: Shop) -> None:
    found = rows(report(shop, "why([(e.course.credits, e.course.name) for e in exam if e.course.credits > 1])"))
    assert [row[:5] for row in found] == [
        (
            "e.course",
            "JOIN",
            "course AS c",
            "e.course_name = c.name AND e.course_semester = c.semester",
            "(course_name, course_semester) → course",
        ),
        ("e.course", "none", None, None, "(course_name, course_semester) → course"),
    ]
    assert report(shop, "why(track)").text == "no joins but those that are written"
    assert report(shop, "why([b.artist.name for b in album])").text == (
        "b.artist: JOIN artist AS a ON b.artist_id = a.artist_id\n"
        "  album.artist_id is never NULL, so no row is lost ((artist_id) → artist)"
    )


# --- hints -----------------------------------------------------------------------------------------------------------


def said(shop: Shop, text: str) -> list[str]:
    query = shop.translate(text)[-1]
    assert isinstance(query, Query)
    return hinted(query.statement, shop.engine.dialect)


@pytest.mark.parametrize(
    ("text", "hint"),
    {
        "[t.name for t in track if t.composer != 'a']": "rows without t.composer are left out by !=; 'is not' keeps them",
        "[t.name for t in track if not (t.composer == 'a')]": "rows without t.composer are left out by !=; 'is not' keeps them",
        "[t.name for t in track if t.composer not in ('a', 'b')]": "rows without t.composer are left out by not in; 'or … is None' keeps them",
        "[t.name for t in track if t.album.title != 'a']": "rows without a.title are left out by !=; 'is not' keeps them",
        "select(track).where(track.c.composer != 'a')": "rows without track.composer are left out by !=; 'is not' keeps them",
        "[t.delete() for t in track if t.composer != 'a']": "rows without track.composer are left out by !=; 'is not' keeps them",
        "len(t for t in track if t.composer != 'a')": "rows without t.composer are left out by !=; 'is not' keeps them",
        "[(t.name, g.name) for t in track for g in genre]": "each row of t is combined with every row of g: no condition joins them",
        "select(track.c.name, genre.c.name)": "each row of track is combined with every row of genre: no condition joins them",
        "[a.name.lower() for a in artist if 'ö' in a.name.lower()]": "SQLite's lower() knows the letters of ASCII alone: others stay as they are",
        "{a.name: (sum(t.ms), count(b.title)) for a in artist for b in a.album for t in b.track}": "count() takes a row of b once for each row of t: fold one of them in a query of its own",
        "select(func.sum(genre.c.genre_id)).join_from(genre, track, genre.c.genre_id == track.c.genre_id)": "sum() takes a row of genre once for each row of track: fold one of them in a query of its own",
    }.items(),
)
def test_hints(shop: Shop, text: str, hint: str) -> None:
    assert said(shop, text) == [hint]


@pytest.mark.parametrize(
    "text",
    [
        "[t.name for t in track if t.name != 'a']",
        "[t.name for t in track if t.composer is not 'a']",
        "[t.name for t in track if t.composer is not None and t.composer != 'a']",
        "[t.name for t in track if t.composer != 'a' or t.composer is None]",
        "[t.name for t in track if t.composer and t.score and not t.live]",
        "[t.name for t in track if t.ms not in (1, 2)]",
        "[a.name for a in artist if a.name.lower() == 'can']",
        "[(t.name, g.name) for t in track for g in genre if t.genre_id == g.genre_id]",
        "select(track.c.name).join(album, track.c.album_id == album.c.album_id).where(album.c.title != 'a')",
        "{a.name: sum(t.ms) for a in artist for b in a.album for t in b.track}",
        "[(count(distinct(b.title)), max(b.title), count(t)) for b in album for t in b.track]",
        "[(a.name, len(a.album), sum(a.album.track.ms)) for a in artist]",
    ],
)
def test_no_hint(shop: Shop, text: str) -> None:
    assert said(shop, text) == []


@pytest.mark.parametrize("name", DIALECTS)
def test_hints_never_fail(shop: Shop, name: str) -> None:
    for text in CASES.values():
        try:
            for query in translate(text, shop.names, {}, dialect=DIALECTS[name]):
                hinted(query.statement, DIALECTS[name])  # type: ignore[union-attr]
        except LanguageError:
            continue
