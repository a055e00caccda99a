"""SQL: what is offered where. | is the cursor."""

import pytest
from completing import known, sql
from hypothesis import given
from hypothesis import strategies as st

from dbx import registry
from dbx.schema.known import Known
from dbx.schema.referenced import MOST, Goal
from dbx.shell.completion.matching import Index
from dbx.shell.completion.sql import Sql

FIRST = [
    ("sel|", ["select"]),
    ("SEL|", ["SELECT"]),
    # tables
    ("select * from tr|", ["track", "playlist_track"]),
    ("select * from pltr|", ["playlist_track"]),
    ("delete from alb|", ["album"]),
    ("insert into alb|", ["album"]),
    ("update alb|", ["album"]),
    ("drop table alb|", ["album"]),
    ("select * from artist, alb|", ["album"]),
    ("select 1; select * from alb|", ["album"]),
    ("with x as (select 1) select * from x|", ["x"]),
    # columns of what is in scope, also of what stands behind the cursor
    ("select na| from track", ["name"]),
    ("select t.mi| from track t", ["milliseconds"]),
    ("select t.mi| from track as t where t.x = 1", ["milliseconds"]),
    ("select track.mi| from track", ["milliseconds"]),
    ("SELECT MI| FROM track", ["milliseconds"]),
    ("select count(mi| from track", ["milliseconds"]),
    ("select name, mi| from track", ["milliseconds"]),
    ("select * from track where mi|", ["milliseconds"]),
    ("select * from track order by mi|", ["milliseconds"]),
    ("select artist_id from album a join artist b using (|", ["artist_id"]),
    ("select * from track t, album a where a.ti|", ["title"]),
    ("select * from track where exists (select 1 from album where album.album_id = track.mi|", ["milliseconds"]),
    ("select * from track join album on track.album_id = album.album_id where ti|", ["title"]),
    # names of subqueries and CTEs
    ("select s.| from (select track_id, milliseconds / 1000 seconds from track) s", ["track_id", "seconds"]),
    ("select s.| from (select * from album) s", ["album_id", "title", "artist_id"]),
    ("with l as (select name, milliseconds as ms from track) select | from l", ["name", "ms"]),
    ("with l(a, b) as (select 1, 2) select l.| from l", ["a", "b"]),
    ("with a as (select name from track), b as (select * from a) select b.| from b", ["name"]),
    ("with recursive r as (select 1 as n union all select | from r) select 1", ["n"]),
    # a column that two tables have is qualified
    ("select artist_i| from album join artist on 1 = 1", ["album.artist_id", "artist.artist_id"]),
    # joins
    ("select * from track t join album a on |", ["a.album_id = t.album_id"]),
    ("SELECT * FROM track t JOIN album a ON | WHERE 1 = 1", ["a.album_id = t.album_id"]),
    ("select * from employee e join employee m on |", ["m.reports_to = e.employee_id", "m.employee_id = e.reports_to"]),
    ("select * from track t join al|", ["album on album.album_id = t.album_id", "album"]),
    ("SELECT * FROM track t JOIN al|", ["album ON album.album_id = t.album_id", "album"]),
    # writes
    ("insert into album (|", ["album_id", "title", "artist_id"]),
    ("insert into album (title, |", ["album_id", "artist_id"]),
    ("update album set ti|", ["title"]),
    ("update album set title = 'x', |", ["album_id", "title", "artist_id"]),
    ("alter table album drop column ti|", ["title"]),
    # values
    ("select * from invoice where status = |", ["'new'", "'paid'", "'it''s off'"]),
    ("select * from invoice i where i.status <> 'p|", ["'paid'"]),
    ("select * from invoice where status = 'p|' and total > 1", ["'paid'"]),
    ("select * from invoice where mood in ('sad', |", ["'sad'", "'so-so'", "'happy'"]),
    ("select * from invoice where mood not in (|", ["'sad'", "'so-so'", "'happy'"]),
    ("select * from track where explicit = |", ["true", "false"]),
    ("update invoice set status = |", ["'new'", "'paid'"]),
    ("insert into invoice (invoice_id, status) values (1, |", ["'new'", "'paid'"]),
    ("insert into invoice values (1, 2, 3, |", ["'new'", "'paid'"]),
    ("insert into invoice (status) values ('new'), (|", ["'new'", "'paid'"]),
    # words
    ("select * from track wh|", ["where"]),
    ("SELECT * FROM track WH|", ["WHERE"]),
    ("select * from track t |", ["where", "join"]),
    ("select id::|", ["integer", "text"]),
    ("create table x (id in|", ["integer"]),
    ("select tot| from invoice", ["total", "total_of("]),
    # names that need quotes
    ("select * from ord|", ['"Order Line"']),
    ('select * from "ord|', ['"Order Line"']),
    ('select * from "Order Line" where uni|', ['"Unit Price"']),
    ('select "Un| from "Order Line"', ['"Unit Price"']),
    ('select gro| from "Order Line"', ['"group"']),
]  # fmt: skip

NOTHING = [
    "select 'tr|",
    "-- select * from tr|",
    "/* tr|",
    "select 12|",
    "select x as tr|",
    "select * from track tr|x",
    "select :tr|",
]


@pytest.mark.parametrize(("text", "expected"), FIRST)
def test_what_is_offered_first(text: str, expected: list[str]) -> None:
    assert sql(text)[: len(expected)] == expected


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_offered_where_nothing_can_be_known(text: str) -> None:
    assert not [each for each in sql(text) if "track" in each]


def test_without_a_character_only_a_key_of_its_own_asks() -> None:
    assert sql("select * from |", asked=False) == []
    assert sql("select * from t|", asked=False)[:1] == ["track"]
    assert sql("select t.| from track t", asked=False)[:1] == ["track_id"]
    assert sql("select * from track t join album a on |", asked=False) == ["a.album_id = t.album_id"]


def test_schemas_have_tables_of_their_own() -> None:
    assert sql("select * from log.|", "postgresql") == ["entry"]
    assert sql("select * from lo|", "postgresql")[:1] == ["log."]
    assert sql("select e.te| from log.entry e", "postgresql")[:1] == ["text"]
    assert sql("select * from public.tr|", "postgresql") == ["track", "playlist_track"]


def test_names_are_quoted_as_the_server_wants_it() -> None:
    assert sql("select * from `ord|", "mysql") == ["`Order Line`"]
    assert sql("select * from ord|", "mysql")[:1] == ["`Order Line`"]
    assert sql("select * from [ord|", "sqlite") == ["[Order Line]"]
    assert sql('select * from "ord|', "postgresql") == ['"Order Line"']


def test_a_table_that_is_not_read_yet_is_wanted_and_offers_nothing() -> None:
    what = Known()
    what.learn_schemas("main", ("main",))
    what.learn_names(None, {"track": "main"})
    assert sql("select * from tr|", what=what) == ["track"]
    assert "name" not in sql("select na| from track", what=what)
    assert list(what.wanted) == [("track", None)]


ARTIST = Goal(None, "artist", "artist_id", "name")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select * from album where artist_id = |", ["1", "12", "2", "album_id"]),
        ("select * from album a where a.artist_id in (2, 1|)", ["1", "12"]),
        ("update album set artist_id = ac|", ["1"]),
        ("update album set artist_id = anth|", ["12"]),
        ("insert into album values (1, 'x', 12|", ["12"]),
        ("select * from album where album_id = 1|", []),
        ("select * from album limit 1|", []),
        ("select 1|", []),
    ],
)
def test_of_a_foreign_key_the_keys_of_the_other_table(text: str, expected: list[str]) -> None:
    what = known()
    sql(text, what=what)
    assert list(what.referenced.wanted) == ([ARTIST] if expected else [])
    what.referenced.learn(ARTIST, [("1", "AC/DC"), ("12", "Anthrax"), ("2", "Accept")])
    found = sql(text, what=what)
    assert found[: len(expected)] == expected
    assert expected or not found


def test_what_was_read_of_the_other_table_is_read_again_for_the_next_input() -> None:
    what = known()
    what.referenced.learn(ARTIST, [("1", "AC/DC")])
    text = "select * from album where artist_id = 1|"
    assert (sql(text, what=what), what.referenced.wanted) == (["1"], {})
    what.referenced.age()
    assert (sql(text, what=what), list(what.referenced.wanted)) == (["1"], [ARTIST])
    what.referenced.learn(ARTIST, [(str(n), "") for n in range(MOST + 1)])
    assert sql(text, what=what) == []


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("select *|", 1, "artist_id, name"),
        ("select distinct *| ", 1, "artist_id, name"),
        ("select 1, a.*|", 3, "a.artist_id, a.name"),
        ('select "a" . *|', 7, "a.artist_id, a.name"),
        ("with x as (select *|", 1, "artist_id, name"),
    ],
)
def test_tab_behind_a_star_writes_it_out(text: str, length: int, expected: str) -> None:
    before = text.partition("|")[0]
    after = " from artist a" if "a." in text or '"a"' in text else " from artist"
    found = Sql(known(), registry.load("sqlite")).complete(before.rstrip(), after, asked=True)
    assert (found[0], [each.text for each in found[1]]) == (length, [expected])
    assert expected not in sql(text + after, asked=False)


def test_a_star_of_several_tables_says_of_which_each_column_is() -> None:
    assert sql("select *| from album a join artist") == [
        "a.album_id, a.title, a.artist_id, artist.artist_id, artist.name"
    ]
    assert sql("select *| from (select name from artist) q") == ["name"]
    assert sql('select *| from "Order Line"') == ['id, "Unit Price", "group"']


@pytest.mark.parametrize(
    "text", ["select count(*| from artist", "select 2 *| from artist", "select name from artist where 2 *|"]
)
def test_not_every_star_is_all_columns(text: str) -> None:
    assert not [each for each in sql(text) if "," in each]


def test_names_are_sorted_again_only_when_there_are_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 5,000 it takes longer than a key may, and tables become known one after another while somebody types."""
    made: list[int] = []
    monkeypatch.setattr("dbx.shell.completion.sql.Index", lambda names: made.append(1) or Index(names))
    what = Known()
    what.learn_schemas("main", ("main",))
    what.learn_names(None, {"track": "main"})
    completer = Sql(what, registry.load("sqlite"))
    assert completer.names(None, "tr") == ["track"]
    what.learn("track", None, known().peek("track"))
    assert (completer.names(None, "tr"), made) == (["track"], [1])
    what.learn_names(None, {"track": "main", "tree": "main"})
    assert (completer.names(None, "tr"), made) == (["track", "tree"], [1, 1])


def test_nothing_is_known_and_nothing_breaks() -> None:
    assert sql("select * from tr|", what=Known()) == []


TEXTS = st.text("selct from whrjoint,.()'\"`[];*=-/:x1 \n", max_size=60)


@given(TEXTS, TEXTS, st.sampled_from(["sqlite", "postgresql", "mysql"]))
def test_no_text_breaks_it(before: str, after: str, dialect: str) -> None:
    length, found = Sql(KNOWN, registry.load(dialect)).complete(before, after, asked=True)
    assert 0 <= length <= len(before)
    assert all(candidate.text for candidate in found)


KNOWN = known()
