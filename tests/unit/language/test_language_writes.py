"""INSERT, UPDATE and DELETE: what is in the tables afterwards."""

from __future__ import annotations

import pytest
from shop import Shop

CASES = [
    ("[t.update(price=2) for t in track if t.genre.name == 'Rock']", "update track set price = 2 where genre_id = 1"),
    ("[t.update(ms=t.ms + 1, composer=None) for t in track if t.ms < 130]",
     "update track set ms = ms + 1, composer = null where ms < 130"),
    ("[t.update(composer=t.album.artist.name) for t in track if t.composer is None]",
     "update track set composer = (select name from album join artist using (artist_id)"
     " where album_id = track.album_id) where composer is null"),
    ("[t.update(composer=t.album.title or 'n/a') for t in track if t.genre.name == 'Jazz']",
     "update track set composer = 'n/a' where genre_id = 3"),
    ("[t.update(added='2020-01-01') for t in track if t.track_id == 1]",
     "update track set added = '2020-01-01' where track_id = 1"),
    ("[t.update(ms=max(x.ms for x in track)) for t in track if t.ms == 0]", "update track set ms = 369 where ms = 0"),
    ("[t.update(ms=1) for t in track].all_rows()", "update track set ms = 1"),
    ("[t.update(ms=1) for t in sorted(track, key=lambda t: t.ms)[:2]]", "update track set ms = 1 where track_id in (7, 5)"),
    ("[t.delete() for t in track if t.ms == 0]", "delete from track where ms = 0"),
    ("[t.delete() for a in artist for t in a.albums.tracks if a.name == 'Björk']",
     "delete from track where album_id in (2, 3)"),
    ("[p.delete() for p in playlist_track if p.track.genre.name == 'Pop']",
     "delete from playlist_track where track_id in (3, 4)"),
    ("[p.delete() for p in playlist if not p.playlist_track]", "delete from playlist where id = 3"),
    ("delete(track).where(track.c.ms == 0)", "delete from track where ms = 0"),
    ("update(track).where(track.c.ms == 0).values(name='x', price=track.c.price + 1)",
     "update track set name = 'x', price = price + 1 where ms = 0"),
    ("update(track).values({'ms': 5}).all_rows()", "update track set ms = 5"),
    ("insert(genre).values(genre_id=9, name='z')", "insert into genre values (9, 'z')"),
    ("insert(genre).values([{'genre_id': 9, 'name': 'z'}, {'genre_id': 8, 'name': 'y'}])",
     "insert into genre values (9, 'z'), (8, 'y')"),
    ("insert(genre).from_select(['genre_id', 'name'], select(playlist.c.id + 10, playlist.c.name))",
     "insert into genre select id + 10, name from playlist"),
    ("genre.insert(genre_id=9, name='z')", "insert into genre values (9, 'z')"),
    ("genre.insert({'genre_id': 9, 'name': 'z'})", "insert into genre values (9, 'z')"),
    ("genre.insert([{'genre_id': p.id + 10, 'name': p.name} for p in playlist])",
     "insert into genre select id + 10, name from playlist"),
    ("genre.upsert([{'genre_id': 1, 'name': 'ROCK'}, {'genre_id': 9, 'name': 'z'}])",
     "replace into genre values (1, 'ROCK'), (9, 'z')"),
    ("course.upsert({'name': 'Art', 'semester': 1, 'credits': 9}, update=['credits'])",
     "update course set credits = 9 where name = 'Art'"),
    ('db["order line"].insert(**{"unit price": 5, "class": "C"})', """insert into "order line" ("unit price", "class")
     values (5, 'C')"""),
]  # fmt: skip

TABLES = ("track", "genre", "playlist", "playlist_track", "course", '"order line"')


def content(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(shop.sql(f"select * from {table}"), key=repr) for table in TABLES}


@pytest.mark.parametrize(("text", "sql"), CASES, ids=[case[0] for case in CASES])
def test_writes_do_what_their_sql_does(text: str, sql: str) -> None:
    ours, theirs = Shop(), Shop()
    before = content(ours)
    ours.rows(text)
    with theirs.engine.begin() as connection:
        connection.exec_driver_sql(sql)
    assert content(ours) == content(theirs) != before


def test_returning(own_shop: Shop) -> None:
    assert own_shop.rows("delete(genre).where(genre.c.genre_id == 3).returning(genre.c.name)") == [("Jazz",)]


def test_a_write_is_seen_by_its_own_kind(shop: Shop) -> None:
    (query,) = shop.translate("genre.insert(genre_id=9, name='z')")
    assert query.write
