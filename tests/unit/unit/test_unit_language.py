"""Objects in the language: what is done, what is refused, and that no name reaches further than a class maps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk

from dbx import sample
from dbx.errors import DbxError, LanguageError


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("objects") / "shop.db"
    sample.create(path)
    with sqlite3.connect(path) as connection:
        connection.execute("create table loose (a integer, b text)")
        connection.execute("insert into loose values (1, 'x'), (1, 'x')")
        connection.execute("create table made (id integer primary key, a integer, b integer as (a + 1))")
    return path


@pytest.fixture
def desk(shop: Path) -> Iterator[Desk]:
    made = Desk(shop)
    yield made
    made.database.close()


def test_an_object_is_read_once(desk: Desk) -> None:
    desk("t = track.get(1)")
    assert desk.sent == ["SELECT"]
    assert desk("track.get(1) is t") == [("true",)]
    assert desk.sent == [] and "from the identity map, no SQL" in desk.told
    assert desk("t.album is album.get(1)") == [("true",)]
    assert desk.sent == ["SELECT"] and "Track.album was read" in desk.told
    assert desk("t is album.get(1)") == [("false",)] and desk("t.album is not None") == [("true",)]


def test_values_that_are_here_are_shown_without_asking(desk: Desk) -> None:
    desk("t = track.get(1)")
    assert desk("t.name") == desk("t['name']") == [("Crooked Carousel",)]
    assert desk("(t.name, t.album_id)") == [("Crooked Carousel", 1)]
    assert desk("employee.get(2).reports_to.last_name") == desk("employee.get(2).reports_to_employee.last_name")


def test_an_object_stands_for_its_key(desk: Desk) -> None:
    desk("a = album.get(1)")
    whole = desk("len([t for t in track if t.album_id == 1])")
    assert (
        desk("len([t for t in track if t.album == a])") == whole == desk("len([t for t in track if t.album_id == a])")
    )


def test_comprehensions_over_objects_are_pythons(desk: Desk) -> None:
    names = desk("[t.name for t in album.get(1).tracks if t.milliseconds > 250000 and not t.composer]")
    with_sql = desk("[t.name for t in track if t.album_id == 1 and t.milliseconds > 250000 and not t.composer]")
    assert names == with_sql
    assert desk("[(a.title, t.name) for a in album.all(limit=2) for t in a.tracks][:1]") == [
        ("100% Magnet", "Crooked Carousel")
    ]
    desk("tracks = track.all(limit=3)")
    assert desk("len(tracks)") == [(3,)] and desk("tracks[0].name") == desk("track.get(1).name")


def test_n_plus_one_is_told_with_its_cure(desk: Desk) -> None:
    desk("[t.album.artist.name for t in track.all(limit=60)]")
    assert "N+1: Track.album was loaded 5 times" in desk.told
    assert "track.all(…, selectinload='album')" in desk.told
    for strategy in ("selectinload", "joinedload", "subqueryload"):
        other = Desk(Path(str(desk.database.target.url.database)))
        other(f"[t.album.artist.name for t in track.all(limit=60, {strategy}='album.artist')]")
        assert "N+1" not in other.told and len(other.sent) <= 3
        other.database.close()
    with pytest.raises(DbxError, match="raise"):
        Desk(Path(str(desk.database.target.url.database)))("[t.album for t in track.all(limit=1, raiseload='album')]")


def test_conditions_are_the_languages_own(desk: Desk) -> None:
    for condition in ("t.milliseconds > 400000", "t.album.artist.name == 'The Paper Lanterns'", "len(t.invoice_line) > 2",
                      "t.composer is None and t.unit_price < 1", "t.name.startswith('A') or t.genre.name == 'Rock'"):  # fmt: skip
        objects = desk(f"[t.track_id for t in track.all(lambda t: {condition})]")
        rows = desk(f"[t.track_id for t in track if {condition}]")
        assert sorted(objects) == sorted(rows) != []


def test_what_changes_is_shown_planned_flushed_and_given_back(desk: Desk) -> None:
    desk("n = artist.add(name='Nobody Yet')")
    desk("a = album.add(title='None', artist=n)")
    desk("t = track.get(1)")
    desk("t.album = a")
    desk("t.name = 'y'")
    rows = desk.order(r"\session")
    assert ("new album 1", "pending", "title", None, "None") in rows
    assert ("track 1", "dirty", "name", "Crooked Carousel", "y") in rows
    plan = desk.order(r"\flush", "--plan")
    assert [row[1].split()[0] for row in plan] == ["INSERT", "INSERT", "UPDATE"] and desk.sent == []
    assert "<key of new artist 1>" in plan[1][2] and "<key of new album 1>" in plan[2][2]
    assert desk.order(r"\session") == rows  # the plan has changed nothing
    desk.order(r"\flush")
    assert desk.sent == ["INSERT", "INSERT", "UPDATE"]
    desk.order(r"\session", "rollback")
    assert desk("n") == [("transient", None, "Nobody Yet", None, None, None)]
    assert desk("t.name") == [("Crooked Carousel",)]


def test_a_flush_that_fails_keeps_what_was_changed(desk: Desk) -> None:
    desk("t = track.get(1)")
    desk("t.name = 'kept'")
    desk("g = genre.add(name='Rock')")
    before = desk.order(r"\session")
    with pytest.raises(DbxError, match="UNIQUE"):
        desk.order(r"\flush")
    assert desk.order(r"\session") == before
    desk("g.name = 'Not Rock'")
    desk.order(r"\flush")
    desk.order(r"\session", "rollback")


def test_stale_objects_are_found(desk: Desk) -> None:
    desk("g = genre.get(1)")
    desk("h = genre.get(2)")
    connection = desk.database.connection
    connection.call(lambda raw: raw.execute("begin"))
    connection.call(lambda raw: raw.execute("update genre set name = 'changed behind' where genre_id = 1"))
    assert desk.order(r"\session", "--check") == [("genre 1", "stale", "name", "Rock", "changed behind")]
    connection.call(lambda raw: raw.execute("rollback"))
    assert desk.order(r"\session", "check") == []


REFUSED = [
    ("track.get(1).name = 5", "E-TYPE"),
    ("track.get(1).nme = 'x'", "E-ATTR"),
    ("track.get(1).album = 'x'", "E-TYPE"),
    ("track.get(1).album = track.get(2)", "E-TYPE"),
    ("album.get(1).released = 'yesterday'", "E-VALUE"),
    ("track.get(1)._sa_instance_state", "E-ATTR"),
    ("track.get(1)._sa_instance_state = 1", "E-ATTR"),
    ("track.get(1).__class__", "E-ATTR"),
    ("track.get(1).registry", "E-ATTR"),
    ("track.get(1).metadata", "E-ATTR"),
    ("track.get(1)['__dict__']", "E-ATTR"),
    ("track.get(1).name.__class__", "E-ATTR"),
    ("track.add(__init__=1)", "E-CALL"),
    ("track.add(metadata=1)", "E-ATTR"),
    ("track.add(**{'name': 'x'})", "E-CALL"),
    ("track.all(lambda t: t.name, key=1)", "E-CALL"),
    ("track.all(selectinload='__class__')", "E-ATTR"),
    ("track.all(selectinload='name')", "E-ATTR"),
    ("track.all(t.name)", "E-CALL"),
    ("track.get()", "E-CALL"),
    ("track.get(1, 2)", "E-CALL"),
    ("track.remove(1)", "E-TYPE"),
    ("track.x = 1", "E-NODE"),
    ("track.get(1).name = track.c.name", "E-TYPE"),
    ("track.get(1).name, track.get(1).composer = 'a', 'b'", "E-NODE"),
    ("made.get(1)", "") , ("made.add(a=1, b=2)", "E-WRITE"),
    ("loose.get(1)", "E-TYPE"),
    ("loose.add(a=1)", "E-TYPE"),
    ("playlist_track.get(1, 2)", "E-TYPE"),
    ("[t.name for t in track.all(limit=2) if func.random() > t.milliseconds]", "E-TYPE"),
    ("track.all(limit=-1)", "E-VALUE"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_is_refused(desk: Desk, text: str, code: str) -> None:
    if not code:
        desk(text)
        return
    with pytest.raises(LanguageError) as caught:
        desk(text)
    assert caught.value.code == code, caught.value.message
    assert desk.order(r"\session") == []


def test_rows_without_a_key_are_values(desk: Desk) -> None:
    assert desk("loose.all()") == [(1, "x"), (1, "x")]
    assert desk("[r.b for r in loose.all(lambda r: r.a == 1)]") == [("x",), ("x",)]


def test_without_a_session_nothing_is_done(desk: Desk) -> None:
    desk("t = track.get(1)")
    desk.translate.objects = None
    for text in ("track.get(1)", "t.name", "t", "t.name = 'x'", "track.add(name='x')", "[x.name for x in track.all()]"):
        with pytest.raises(LanguageError, match="need a Session"):
            desk(text)


@pytest.mark.parametrize(
    "text", ["[t.name for t in track if t.composer == 'x']", "len(track)", "len([a for a in album if a.tracks])"]
)
def test_a_query_of_what_is_not_flushed_says_so(desk: Desk, text: str) -> None:
    desk("track.get(1).composer = 'x'")
    desk(text)
    assert desk.told.count("what is not flushed is not in the server's answer") == 1
    desk("[g.name for g in genre]")
    desk("genre.all()")
    assert "not flushed" not in desk.told


def test_a_new_row_of_a_connecting_table_is_not_flushed(desk: Desk) -> None:
    desk("playlist.get(1).tracks.append(track.get(2))")
    desk("len(playlist_track)")
    assert "what is not flushed" in desk.told


def test_an_operator_assigns_to_an_attribute(desk: Desk) -> None:
    desk("t = track.get(1)")
    before = desk("t.milliseconds")[0][0]
    desk("t.milliseconds += 1000")
    desk("t.milliseconds *= 2")
    assert desk("t.milliseconds") == [((before + 1000) * 2,)]
    with pytest.raises(LanguageError) as refused:
        desk("n += 1")
    assert refused.value.hint == "n = n + 1"
    with pytest.raises(LanguageError, match="only a name or an object's attribute"):
        desk("track.c += 1")


def test_strings_that_were_read_are_pythons(desk: Desk) -> None:
    desk("t = track.get(1)")
    name = desk("t.name")[0][0]
    for text in ("t.name.upper()", "t.name.strip().lower()", "t.name.replace('o', '0')", "t.name[:3]", "t.name[-1]",
                 "t.name.startswith(('x', 'Cr'))", "t.name.zfill(30)", "t.name.find('z')"):  # fmt: skip
        expected = eval(text.removeprefix("t."), {"name": name})
        shown = str(expected).lower() if isinstance(expected, bool) else expected
        assert desk(text) == [(shown,)] and desk.sent == []
    desk("t.name = t.name.upper()")
    assert desk("t.name") == [(name.upper(),)]
    assert desk("[t.name[:1] for t in track.all(limit=1) if t.name.endswith('L')]") == [("C",)]


@pytest.mark.parametrize("text", ["t.name.ljust(10 ** 12)", "t.name.replace('', 'x' * 60000)", "t.name[99]"])
def test_strings_that_were_read_make_no_bomb(desk: Desk, text: str) -> None:
    desk("t = track.get(1)")
    with pytest.raises(LanguageError):
        desk(f"t.name = {text}")


def test_a_size_that_the_server_does_not_keep_to_refuses_nothing(desk: Desk) -> None:
    desk("track.get(1).name = 'x' * 300")
    assert desk("len(track.get(1).name)") == [(300,)]
