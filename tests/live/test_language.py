"""Expressions on real servers: every gap between dialects, and that what is refused sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from music import Music, bag
from sqlalchemy import event

from dbx import language


@pytest.fixture
def music(any_url: str) -> Iterator[Music]:
    shop = Music(any_url)
    yield shop
    shop.close()


# What the servers say differently, or one of them not at all: the expression, the rows, the servers without.
GAPS: list[tuple[str, list[tuple[Any, ...]], str]] = [
    # NULLS LAST
    ("sorted((t.score for t in track), key=lambda s: nulls_last(s))[:2]", [(-2.5,), (0,)], ""),
    ("sorted((t.score for t in track), key=lambda s: nulls_first(s))[:2]", [(None,), (None,)], ""),
    ("select(track.c.score).order_by(track.c.score.desc().nulls_last()).limit(1)", [(3,)], ""),
    # FULL JOIN
    ("[n for n, in select(func.count()).select_from(artist.join(album, artist.c.artist_id == album.c.artist_id,"
     " full=True)).subquery()]", [(5,)], "mariadb"),
    # FILTER
    ("select(func.sum(track.c.ms).filter(track.c.genre_id == 1), func.count().filter(track.c.ms > 300),"
     " func.count(track.c.genre_id.distinct()).filter(track.c.live))", [(700, 3, 2)], ""),
    # DISTINCT ON
    ("select(track.c.genre_id, track.c.name).distinct(track.c.genre_id).where(track.c.genre_id.is_not(None))"
     ".order_by(track.c.genre_id, track.c.ms)", [(1, "Go Down"), (2, "Army of Me"), (3, "Nowhere")], ""),
    ("[t.name for t in distinct_on(sorted(track, key=lambda t: -t.ms), lambda t: t.genre_id) if t.genre_id]",
     [("Overdose",), ("Hyperballad",), ("Nowhere",)], ""),
    # INTERSECT, EXCEPT
    ("{t.genre_id for t in track} & {g.genre_id for g in genre}", [(1,), (2,), (3,)], ""),
    ("{a.artist_id for a in artist} - {b.artist_id for b in album}", [(4,)], ""),
    ("select(genre.c.genre_id).except_all(select(track.c.genre_id))", [], "sqlite"),
    # values()
    ("select(values(column('a', Integer), column('b', String), name='v').data([(1, 'x'), (2, 'y')]))",
     [(1, "x"), (2, "y")], ""),
    ("[(a, b) for a, b in [(1, 'x'), (2, None)]]", [(1, "x"), (2, None)], ""),
    # ANY and ALL
    ("select(track.c.name).where(track.c.ms == any_(select(track.c.ms).where(track.c.genre_id == 3)))",
     [("100% Pure",), ("Nowhere",)], ""),
    ("select(track.c.name).where(track.c.ms > all_(select(track.c.ms).where(track.c.genre_id != 1)))",
     [("Go Down",), ("Overdose",)], ""),
    ("select(genre.c.name).where(~(genre.c.genre_id > any_(select(track.c.genre_id))))", [], ""),
    # LATERAL
    ("[(g.name, t.name) for g in genre for t in sorted(g.tracks, key=lambda t: t.ms)[:1]]",
     [("Rock", "Go Down"), ("Pop", "Army of Me"), ("Jazz", "Nowhere")], "sqlite mariadb"),
    ("[(g.name, t.name) for g in genre for t in g.tracks if row_number().over(partition_by=g.name, order_by=t.ms) == 1]",
     [("Rock", "Go Down"), ("Pop", "Army of Me"), ("Jazz", "Nowhere")], ""),
    # GROUP BY of an expression with parameters
    ("{t.composer or 'n/a': count(t) for t in track}", [("Young", 2), ("n/a", 3), ("Björk", 1), ("o'o", 1)], ""),
    ("{t.name[0:1] + '!': count(t) for t in track if t.ms > 300}", [("G!", 1), ("O!", 1), ("H!", 1)], ""),
    # strings put together in an order
    ("{b.artist.name: ', '.join(sorted(b.title)) for b in album if b.artist_id < 3}",
     [("AC/DC", "Let There Be Rock"), ("Björk", "Debut, Post")], ""),
    ("[(a.name, '/'.join(b.title for b in sorted(a.albums, key=lambda b: b.title))) for a in artist if a.artist_id == 2]",
     [("Björk", "Debut/Post")], ""),
    # numbers
    ("[(-7 // t.track_id, -7 % t.track_id, t.ms / 100) for t in track if t.track_id == 2]", [(-4, 1, 3.69)], ""),
    ("[(max(t.score, 1.0), min(t.score, 1.0)) for t in track if t.track_id < 3]", [(1.5, 1), (None, None)], ""),
    ("avg(t.ms for t in track)", [(213.714286,)], ""),
    ("[(round(t.score), int(t.score), floor(t.score)) for t in track if t.track_id == 3]", [(-3, -2, -3)], ""),
    # strings
    ("[t.name for t in track if 'O' in t.name or t.name.startswith('N')]", [("Overdose",), ("Nowhere",)], ""),
    ("[t.name.split(' ')[1] for t in track if ' ' in t.name]", [("Down",), ("of",), ("Pure",)], ""),
    ("[t.name.split(' ')[-1] for t in track if t.track_id in (1, 7)]", [("Down",), ("o_o",)], ""),
    ("[f'{t.ms * 1000:,} {t.ms * 10:,.1f} {t.price:.1f}' for t in track if t.track_id == 1]",
     [("331,000 3,310.0 1.0",)], ""),
    ("[t.name.regexp_match('^[A-G]') for t in track if t.track_id in (1, 2)]", [(1,), (0,)], ""),
    # windows
    ("[(t.name, sum(t.ms).over(partition_by=t.genre_id, order_by=t.track_id)) for t in track if t.genre_id == 1]",
     [("Go Down", 331), ("Overdose", 700)], ""),
    ("[lag(t.ms, 1, 0).over(order_by=t.track_id) for t in track if t.track_id < 3]", [(0,), (331,)], "mariadb"),
    # names used twice
    ("big = [t for t in track if t.ms > 320]\n[(a.track_id, b.track_id) for a in big for b in big"
     " if a.track_id < b.track_id]", [(1, 2), (1, 3), (2, 3)], ""),
    # a table from a list of columns
    ("pivot(track, rows=lambda t: t.genre.name, columns=lambda t: t.price, values=[0.99, 1.29],"
     " cell=lambda t: sum(t.ms))", [("Rock", 700, 0), ("Pop", 0, 556), ("Jazz", 0, 0), (None, 0, 0)], ""),
    ("len(sample(track, 3))", [(3,)], ""),
    ("{g.name: len(g.tracks) for g in genre}", [("Rock", 2), ("Pop", 2), ("Jazz", 1)], ""),
    ("[(g.name, len({t.composer for t in g.tracks})) for g in genre]", [("Rock", 1), ("Pop", 2), ("Jazz", 1)], ""),
    # a date beside a datetime is the midnight it begins with
    ("[t.track_id for t in track if t.sold - timedelta(days=2) == t.added]", [(2,)], ""),
    ("[t.track_id for t in track if t.sold > t.added + timedelta(days=1)]", [(1,), (2,)], ""),
    ("[t.track_id for t in track if t.added + timedelta(days=2) in [t.sold, date(2024, 2, 29)]]", [(2,)], ""),
    ("[t.track_id for t in track if t.added in [datetime(2024, 1, 31), datetime(2024, 2, 29, 9)]]", [(1,), (2,)], ""),
    ("[t.track_id for t in track if date(2024, 2, 2) in [t.sold]]", [(2,)], ""),
    ("[t.track_id for t in track if t.sold in [x.added + timedelta(days=2) for x in track]]", [(2,)], ""),
    ("{t.sold for t in track} & {t.added + timedelta(days=2) for t in track}",
     [("2024-02-02 00:00:00",), (None,)], ""),
    ("[max(t.sold, t.added + timedelta(days=2)) for t in track if t.track_id < 3]",
     [("2024-02-02 00:00:00",), ("2024-02-02 00:00:00",)], ""),
    ("[t.sold or t.added for t in track if t.track_id == 3]", [("2023-12-01 00:00:00",)], ""),
    # fractions of a second
    ("[(t.sold + timedelta(seconds=1.5)).isoformat() for t in track if t.track_id == 1]",
     [("2024-02-01T10:00:01.500000",)], ""),
    ("[(t.sold - timedelta(hours=1) + timedelta(milliseconds=250) - timedelta(days=1)).isoformat() for t in track"
     " if t.track_id == 2]", [("2024-01-31T23:00:00.250000",)], ""),
    ("[(t.sold.isoformat(), t.added.isoformat()) for t in track if t.track_id == 1]",
     [("2024-02-01T10:00:00", "2024-01-31")], ""),
    # None among others
    ("[t.track_id for t in track if None in [t.composer, t.score]]", [(2,), (3,), (6,), (7,)], ""),
    ("[t.track_id for t in track if None not in (t.composer, t.score)]", [(1,), (4,), (5,)], ""),
    ("[a.artist_id for a in artist if None in [t.composer for b in a.albums for t in b.tracks]]", [(2,)], ""),
    ("[a.artist_id for a in artist if None not in a.albums.tracks.score]", [(2,), (3,), (4,)], ""),
    ("None in select(track.c.score)", [(1,)], ""),
    ("[t.track_id for t in track if (t.composer, t.ms) in [(None, 120), ('Young', 331)]]", [(1,), (6,)], ""),
    # truths as text
    ("[f'{t.live} {t.ms > 330}' for t in track if t.track_id in (1, 2, 3)]",
     [("True True",), ("False True",), (" False",)], ""),
    ("[str(t.live) for t in track if t.track_id in (2, 3)]", [("False",), (None,)], ""),
    # numbers of several kinds in one place
    ("[t.ms if t.live else t.score for t in track if t.track_id in (1, 5)]", [(331,), (2.5,)], ""),
    ("[(t.live or 5, coalesce(t.live, 7)) for t in track if t.track_id in (1, 2, 3)]", [(1, 1), (5, 0), (5, 7)], ""),
    ("[t.track_id for t in track if t.ms in sorted(x.ms for x in track)[:2]]", [(5,), (6,), (7,)], ""),
    # a base as wide as what the steps make of it
    ("[p for p in recurse([(1, 'a', 1, 1)], lambda p: [(p[0] + 1, p[1] + 'bc', p[2] * 2.5, p[3] * 99999) for _ in [0]"
     " if p[0] < 4]) if p[0] == 4]", [(4, "abcbcbc", 15.625, 99999**3)], ""),
    ("[p for p in recurse([(0, 1)], lambda p: [(p[1], p[0] + p[1]) for _ in [0] if p[1] < 10**10]) if p[1] > 10**10]",
     [(7778742049, 12586269025)], ""),
    ("[x[1] for x in recurse([(e.id, e.name) for e in employee if e.boss is None],"
     " lambda up: [(e.id, up[1] + ' over and above ' + e.name) for e in employee if e.boss == up[0]]) if x[0] == 5]",
     [("Ada over and above Bob over and above Dan over and above Eve",)], ""),
    # what outer() keeps, is there or missing as a whole
    ("[(p.name, t.name) for p in playlist for t in outer(x for x in p.tracks if x.genre.name == 'Pop')]",
     [("Loud", "Army of Me"), ("Quiet", "Hyperballad"), ("Quiet", "Army of Me"), ("Empty", None)], ""),
    ("[(a.name, count(t)) for a in artist for t in outer(a.albums.tracks)]",
     [("AC/DC", 2), ("Björk", 2), (None, 1), ("Can", 0)], ""),
    ("[(p.name, t.album.title) for p in playlist for t in outer(p.tracks) if p.id == 3]", [("Empty", None)], ""),
    # formats: NULL is nothing, and halves go away from zero
    ("[f'{t.score:.0f}|{t.score:,.1f}|{t.genre_id:,}' for t in track if t.track_id in (2, 3, 5)]",
     [("||1",), ("-3|-2.5|2",), ("3|2.5|",)], ""),
    ("[a.artist_id for a in artist if a.artist_id in {b.artist_id: count(b) for b in album if count(b) > 1}]",
     [(2,)], ""),
    # a row by its key beside rows, slices from both ends
    ("[p.track_id for p in playlist_track if p == playlist_track[1, 2]]", [(2,)], ""),
    ("playlist_track[1, 2] in playlist[1].playlist_tracks", [(1,)], ""),
    ("[t.track_id for t in track if t.album.artist == artist[2]]", [(3,), (4,)], ""),
    ("sorted(e.name for e in employee)[1:-2]", [("Bob",), ("Cyd",)], ""),
    ("[(t.name.split(', ')[0], t.name.split('\\t')[0], t.name.split('_')[1]) for t in track if t.track_id == 7]",
     [("o_o", "o_o", "o")], ""),
    ("[(t.ms ** 2, 2 ** t.track_id) for t in track if t.track_id == 5]", [(14400, 32)], ""),
    ("[t.sold.strftime('%d.%m. \"of\" %Y %%') for t in track if t.track_id == 1]", [('01.02. "of" 2024 %',)], ""),
    # JSON
    ("[n.doc['a']['b'][0] + 1 for n in note if n.id == 1]", [(2,)], ""),
    ("[n.id for n in note if n.doc['a']['b'][2] == 'x' and n.doc.get('n') in (7, 8) and n.doc['t'] == True]", [(1,)], ""),
    ("[n.doc['a']['b'][-1] == 'x' for n in note if n.id == 1]", [(1,)], ""),
    ("[n.id for n in note if n.doc['z'] is None]", [(1,), (2,), (3,)], ""),
    ("[(int(n.doc['n']), str(n.doc['n']), n.doc['a']['b'][2] + '!') for n in note if n.id == 1]",
     [(7, "7", "x!")], ""),
]  # fmt: skip

WRITES: list[tuple[str, list[tuple[Any, ...]], str]] = [
    ("delete(playlist).where(playlist.c.id == 3).returning(playlist.c.name)", [("Empty",)], ""),
    ("insert(playlist).values(id=9, name='z').returning(playlist.c.id)", [(9,)], ""),
    ("update(playlist).where(playlist.c.id == 3).values(name='y').returning(playlist.c.name)", [("y",)], "mariadb"),
    ("[t.update(ms=max(x.ms for x in track)) for t in track if t.ms == 0]", [], ""),
    ("[t.delete() for t in track if t.ms == min(x.ms for x in track)]", [], ""),
    ("[p.delete() for p in playlist_track if p.track.genre.name == 'Pop']", [], ""),
]  # fmt: skip


def test_one_meaning_on_every_server_and_what_is_shown_is_what_runs(music: Music) -> None:
    """The shown text is sent as typed text, with nothing beside it: \\save writes it into a script."""
    wrong = []
    for text, rows, without in GAPS:
        music.session.clear()
        if music.key in without.split():
            if music.refusal(text) not in ("E-DIALECT", "E-TYPE", "E-ATTR"):
                wrong.append((text, "not refused"))
            continue
        query = music.translate(text)[-1]
        shown = language.shown(query.statement, music.engine.dialect)
        for found in (music.ran(query), music.sql(shown)):
            if bag(found) != bag(rows):
                wrong.append((text, found, shown))
    assert wrong == []


@pytest.mark.parametrize(("text", "rows", "without"), WRITES, ids=[case[0] for case in WRITES])
def test_writes_mean_one_thing_on_every_server(
    music: Music, text: str, rows: list[tuple[Any, ...]], without: str
) -> None:
    if music.key in without.split():
        assert music.refusal(text) == "E-DIALECT"
    else:
        assert bag(music.rows(text)) == bag(rows)


DOCUMENTS: list[tuple[str, list[tuple[Any, ...]], str]] = [
    ("[n.id for n in note if 'k' in n.doc or 'n' in n.doc]", [(1,), (2,)], "sqlite postgresql"),
    ("[(n.id, len(n.doc), len(n.doc['a'])) for n in note if n.doc]", [(1, 4, 1), (2, 2, None)], "sqlite postgresql"),
    ("[n.id for n in note if not n.doc]", [(3,)], "sqlite postgresql"),
    ("[(n.tags[0], n.tags[-1], len(n.tags)) for n in note if n.tags]", [(1, 3, 3)], "postgresql"),
    ("[n.id for n in note if 2 in n.tags and any(e > 2 for e in n.tags)]", [(1,)], "postgresql"),
    ("[(n.id, e * 10) for n in note for e in n.tags]", [(1, 10), (1, 20), (1, 30)], "postgresql"),
    ("[n.tags[1:] for n in note if n.id == 1]", [("[2, 3]",)], "postgresql"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rows", "servers"), DOCUMENTS, ids=[case[0] for case in DOCUMENTS])
def test_json_and_arrays_where_columns_are_such(
    music: Music, text: str, rows: list[tuple[Any, ...]], servers: str
) -> None:
    if music.key in servers.split():
        assert bag(music.rows(text)) == bag(rows)


REFUSED = [
    "eval('1')", "track.metadata.bind", "select(text('1'))", "select(func.pg_sleep(9))", "[t.nme for t in track]",
    "[t for t in track if t.name > 5]", "delete(track)", "[t.delete() for t in track]", "1 << 10**9", "x = track.c = 1",
    "select(track).were(1)", "'%s' % 1", "[t.name for t in track][::2]", "sorted(track, key=eval)", "trak",
    "select(track.c.name).order_by('name; DROP TABLE track')", "track.c.ms.op(') OR 1=1 --')(3)", "(" * 70 + "1" + ")" * 70,
]  # fmt: skip


def test_what_is_refused_sends_nothing(music: Music) -> None:
    """Once the catalogue has been read, a refusal costs the server not one statement: it says so itself."""
    assert [music.refusal(text) for text in REFUSED].count("") == 0
    sent: list[str] = []
    event.listen(music.engine, "before_cursor_execute", lambda *found: sent.append(found[2]))
    before = _asked(music)
    sent.clear()
    assert [music.refusal(text) for text in REFUSED].count("") == 0
    assert sent == []
    after = _asked(music)
    # Asking takes the statement itself, and the BEGIN and ROLLBACK around it that SQLAlchemy's own connection sends.
    assert after - before <= 2 * len(sent)


def _asked(music: Music) -> int:
    """How many statements MariaDB has had from this connection, this one among them; the others keep no count."""
    if music.key == "mariadb":
        return int(music.sql("show session status like 'Questions'")[0][1])
    return 0
