"""What the language compiles to on each server, one file for each.

`python tests/unit/language/snapshot_cases.py` writes the snapshots anew.
"""

from __future__ import annotations

from pathlib import Path

from shop import Shop
from sqlalchemy import Dialect, make_url

from dbx.errors import LanguageError
from dbx.language.reports.display import laid_out
from dbx.language.translation import translate

SNAPSHOTS = Path(__file__).parents[2] / "snapshots" / "language"

CASES = {
    "table": "track",
    "conditions": "[t.name for t in track if 100 < t.ms <= 300 and not (t.live or t.composer is None)]",
    "truth": "[(bool(t.composer), bool(t.score), bool(t.live), bool(t.added)) for t in track if t.name and not t.score]",
    "null safe": "[t.name for t in track if t.composer is not 'Young' and t.genre_id is t.album_id]",
    "in": "[t.name for t in track if t.ms in (1, 2, None) and 'o' in t.name and t.ms in range(1, 9, 2)]",
    "not in query": "[e.name for e in employee if e.id not in [x.boss for x in employee]]",
    "in pairs": "[c.credits for c in course if (c.name, c.semester) in [('Art', 1), ('Physics', 2)]]",
    "key of two columns": "[c.credits for c in course if c not in [e.course for e in exam]]",
    "navigation": "[(t.name, t.album.artist.name) for t in track if t.genre.name == 'Rock']",
    "collections": "[(a.name, len(a.albums), sum(a.albums.tracks.ms)) for a in artist if not a.album]",
    "many to many": "[(p.name, t.name) for p in playlist for t in p.tracks if t.ms > 200]",
    "outer": "[(g.name, count(t)) for g in genre for t in outer(x for x in track if x.genre_id == g.genre_id)]",
    "group": "{t.genre.name: (count(t), sum(t.ms), avg(t.ms), max(t.price)) for t in track if count(t) > 1}",
    "group by part of a date": "[(t.sold.year, t.sold.month, count(t)) for t in track]",
    "group by expression with a literal": "{t.composer or 'n/a': count(t) for t in track}",
    "count": "[(count(t), count(t.composer), count(t.ms > 9), count(distinct(t.ms))) for t in track]",
    "strings joined": "{a.artist.name: ', '.join(sorted(a.title)) for a in album}",
    "strings of a collection": "[', '.join(b.title for b in sorted(a.album, key=lambda b: -b.album_id)) for a in artist]",
    "arithmetic": "[(t.ms / 7, t.ms // 7, t.ms % 7, t.ms // t.track_id, t.ms ** 2, t.ms & 3, t.ms ^ 3) for t in track]",
    "rounding": "[(round(t.score), round(t.score, 1), int(t.score), floor(t.score), ceil(t.score)) for t in track]",
    "greatest": "[(max(t.ms, t.track_id), min(t.ms, t.track_id, 5)) for t in track]",
    "string tests": "[t.name for t in track if t.name.startswith('O') and t.name.endswith('e') and t.composer in t.name]",
    "string methods": "[(t.name.upper(), t.name.strip(), t.name.replace('a', 'b'), t.name.find('o'), len(t.name),"
    " t.name.zfill(9), t.name.ljust(9), t.name.removeprefix('x')) for t in track]",
    "slices of strings": "[(t.name[0], t.name[-1], t.name[2:5], t.name[-3:], t.name[:-2], t.name[t.track_id:])"
    " for t in track]",
    "f-string": "[f'{t.name} ({t.ms:06d}, {t.price:.1f}, {t.sold:%Y-%m-%d}) {t.composer}' for t in track]",
    "dates": "[(t.sold.weekday(), t.sold.date(), (t.sold - t.added).days, t.sold + timedelta(days=1),"
    " t.added - timedelta(days=1)) for t in track if t.added > date(2024, 1, 2) and t.sold < '2024-03-01']",
    "choice": "['a' if t.ms > 300 else 'b' if t.ms > 200 else None for t in track]",
    "order": "sorted(track, key=lambda t: (-t.ms, nulls_last(t.composer)))[10:20]",
    "from the end": "sorted(t.name for t in track)[-3:]",
    "query of a query": "[x.name for x in sorted(track, key=lambda t: t.ms)[:5] if x.genre.name == 'Rock']",
    "sets": "({t.ms for t in track} | {b.album_id for b in album}) - {g.genre_id for g in genre}",
    "window": "[(t.name, row_number().over(partition_by=t.genre_id, order_by=t.ms)) for t in track]",
    "window in a condition": "[t.name for t in track if row_number().over(partition_by=t.genre_id, order_by=t.ms) <= 2]",
    "recursion": "recurse([(e.id, 0) for e in employee if e.boss is None],"
    " lambda up: [(e.id, up[1] + 1) for e in employee if e.boss == up[0]])",
    "values": "[a for a, b in [(1, 'x'), (2, 'y')] if b == 'y']",
    "odd names": '[(x.count, x["unit price"], x.update) for x in db["order line"] if x["class"] == "a"]',
    "any and all": "(any(t.ms > 1 for t in track), all(t.score > 1 for t in track), len({t.ms for t in track}))",
    "rows by key": "(track[1].album.artist.name, course['Art', 1].credits)",
    "core select": "select(track.c.name, func.count().label('n')).join(album, track.c.album_id == album.c.album_id)"
    ".where(track.c.name.contains('x')).group_by(track.c.name).having(func.count() > 1).order_by(desc('n')).limit(3)",
    "core nulls last": "select(track.c.name).order_by(track.c.composer.desc().nulls_last())",
    "core distinct on": "select(track.c.name).distinct(track.c.genre_id)",
    "core full join": "select(artist.c.name).join(album, artist.c.artist_id == album.c.artist_id, full=True)",
    "core filter": "select(func.sum(track.c.ms).filter(track.c.live))",
    "name used twice": "big = [t for t in track if t.ms > 320]\n"
    "[(a.name, a.album.title) for a in big if a.ms == max(b.ms for b in big)]",
    "first of each": "distinct_on(sorted(track, key=lambda t: -t.ms), lambda t: t.genre_id)",
    "some": "sample([t.name for t in track], 3)",
    "pivot": "pivot(track, rows=lambda t: t.genre.name, columns=lambda t: t.price, values=[0.99, 1.29],"
    " cell=lambda t: sum(t.ms))",
    "beside a row": "[(g.name, t.name) for g in genre for t in sorted(g.track, key=lambda t: t.ms)[:2]]",
    "pieces of strings": "[(t.name.split(' ')[0], t.name.split(' ')[-2]) for t in track]",
    "pattern": "[t.name for t in track if t.name.regexp_match('^A')]",
    "json": "[(d.v['a'][0], int(d.v['n'])) for d in [{'v': '{}'}] if d.v['s'] == 'x' and d.v['z'] is not None]",
    "running sum": "[(t.name, sum(t.ms).over(order_by=t.track_id)) for t in track]",
    "different values": "[(g.name, len({t.composer for t in g.track})) for g in genre]",
    "core any and all": "select(track.c.name).where(track.c.ms > all_(select(track.c.ms)), "
    "track.c.ms == any_(select(track.c.ms)), ~(track.c.ms < any_(select(track.c.ms))))",
    "core values": "select(values(column('a', Integer), column('b', String), name='v').data([(1, 'x'), (2, 'y')]))",
    "core lateral": "s = select(album.c.title).where(album.c.artist_id == artist.c.artist_id).limit(1).lateral()\n"
    "select(artist.c.name, s.c.title).join(s, true())",
    "core for update": "select(genre).with_for_update(skip_locked=True)",
    "update": "[t.update(price=t.price * 2, composer=t.album.artist.name) for t in track if t.genre.name == 'Rock']",
    "delete": "[t.delete() for t in track if t.ms == 0 and not t.playlist_track]",
    "insert": "genre.insert([{'genre_id': 8, 'name': 'a'}, {'genre_id': 9, 'name': None}])",
    "insert from query": "genre.insert([{'genre_id': p.id, 'name': p.name} for p in playlist])",
    "upsert": "course.upsert([{'name': 'Art', 'semester': 1, 'credits': 3}])",
    "returning": "delete(genre).where(genre.c.genre_id == 1).returning(genre.c.name)",
}


def dialects() -> dict[str, Dialect]:
    """As they are once they have seen their server, as far as SQL depends on it."""
    urls = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://", "mysql": "mysql+pymysql://",
            "mariadb": "mariadb+pymysql://"}  # fmt: skip
    made: dict[str, Dialect] = {name: make_url(url).get_dialect()() for name, url in urls.items()}
    for name, version in (
        ("sqlite", (3, 40, 1)),
        ("mysql", (8, 0, 36)),
        ("mariadb", (10, 11, 6)),
        ("postgresql", (15, 0)),
    ):
        made[name].server_version_info = version  # type: ignore[attr-defined]
    return made


def compiled(shop: Shop, text: str, dialect: Dialect) -> str:
    """The SQL as the driver gets it, and its parameters."""
    try:
        query = list(translate(text, shop.names, {}, dialect=dialect))[-1]
    except LanguageError as error:
        return f"-- {error.code}: {error.message}\n"
    found = query.statement.compile(  # type: ignore[attr-defined]
        dialect=dialect, compile_kwargs={"render_postcompile": True}
    )
    return f"{laid_out(str(found))}\n-- {dict(found.params)}\n"


def snapshots() -> dict[str, str]:
    shop = Shop()
    return {
        f"{case.replace(' ', '_')}/{name}.sql": compiled(shop, text, dialect)
        for case, text in CASES.items()
        for name, dialect in dialects().items()
    }


if __name__ == "__main__":
    for file, text in snapshots().items():
        path = SNAPSHOTS / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
