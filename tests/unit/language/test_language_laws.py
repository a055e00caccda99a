"""Laws: an expression means in SQL what it means in Python, and what SQLAlchemy gives it, Core gives it here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import ROWS, Shop


class Record:
    """A row for Python: columns as attributes; true, as any object is."""

    def __init__(self, names: list[str], values: tuple[Any, ...]) -> None:
        vars(self).update(zip(names, values, strict=True))


def python_tables() -> dict[str, list[Record]]:
    columns = {
        "artist": ["artist_id", "name"],
        "album": ["album_id", "title", "artist_id"],
        "genre": ["genre_id", "name"],
        "track": [
            "track_id",
            "name",
            "composer",
            "album_id",
            "genre_id",
            "ms",
            "price",
            "score",
            "live",
            "added",
            "sold",
        ],
    }
    tables = {name: [Record(names, row) for row in ROWS[name]] for name, names in columns.items()}

    def link(child: str, parent: str, key: str) -> None:
        parents = {getattr(row, key): row for row in tables[parent]}
        for row in parents.values():
            vars(row)[child] = []
        for row in tables[child]:
            found = vars(row)[parent] = parents.get(getattr(row, key))
            if found is not None:
                vars(found)[child].append(row)

    link("album", "artist", "artist_id")
    link("track", "album", "album_id")
    link("track", "genre", "genre_id")
    for row in tables["track"]:
        vars(row)["added"] = dt.date.fromisoformat(vars(row)["added"]) if vars(row)["added"] else None
    return tables


numbers = st.sampled_from(["t.ms", "t.track_id", "len(t.name)", "abs(t.ms)", "t.ms * 2", "t.ms // 7", "t.ms % 7",
                           "(100 - t.ms) // 7", "(100 - t.ms) % 7", "-t.ms", "(t.ms & 12)", "(t.ms | 5)", "t.ms - 120",
                           "max(t.ms, 200)", "min(t.ms, t.track_id)", "(t.ms if t.live else 1)", "t.ms / 4",
                           "t.name.find('o')", "len(t.name[2:])", "int(t.ms / 100)", "t.ms % -7",
                           "-t.ms // -7", "(t.ms or 3)"])  # fmt: skip
texts = st.sampled_from(["t.name", "t.name.lower()", "t.name[1:]", "t.name[-3:]", "t.name[:-2]", "t.name[2:5]",
                         "t.name[-5:-2]", "t.name.replace('o', '0')", "t.name + '!'", "f'{t.name}-{t.ms}'",
                         "(t.composer or 'none')", "t.name.strip('G')", "t.name[t.track_id:]", "str(t.ms)",
                         "t.name.removeprefix('Go')", "t.name.rjust(12, '*')", "t.name.zfill(11)", "t.name * 2",
                         "t.name[:t.track_id]", "('big' if t.ms > 300 else 'mid' if t.ms > 200 else 'low')",
                         "t.name[1]", "t.name[-1]"])  # fmt: skip
numeric_tests = st.builds("({0}) {1} {2}".format, numbers, st.sampled_from(["<", "<=", "==", "!=", ">", ">="]),
                          st.sampled_from(["0", "120", "235", "3.5", "-1"]))  # fmt: skip
text_tests = st.one_of(
    st.builds("({0}) {1} {2!r}".format, texts, st.sampled_from(["==", "!=", "<", ">"]),
              st.sampled_from(["Go Down", "o_o", "", "100% Pure"])),
    st.builds("{0!r} {1} ({2})".format, st.sampled_from(["o", "%", "_", "", "O", "'"]),
              st.sampled_from(["in", "not in"]), texts),
    st.builds("({0}).{1}({2!r})".format, texts, st.sampled_from(["startswith", "endswith"]),
              st.sampled_from(["o", "G", "100%", "", "_o"])),
)  # fmt: skip
other_tests = st.sampled_from(["t.composer", "t.score", "t.live", "t.album", "t.genre", "t.added", "t.composer is None",
                               "t.genre_id is not None", "t.ms in (120, 0)", "t.track_id not in [1, 2]", "200 < t.ms < 350",
                               "t.live is True", "t.live is not False", "t.album and t.album.title > 'M'",
                               "t.album and t.album.artist.name", "t.genre and t.genre.name == 'Rock'",
                               "t.album and len(t.album.track) > 1", "t.added and t.added.year == 2024",
                               "t.album and any(x.ms > 330 for x in t.album.track)", "t.ms in range(100, 400, 5)",
                               "t.genre and t.genre.name in ('Rock', 'Jazz')", "t.ms == max(x.ms for x in track)",
                               "any(x.ms > t.ms for x in track)", "all(x.ms <= t.ms for x in track)",
                               "t.track_id in [x.album_id for x in album]", "t.ms not in {x.ms for x in track if x.live}",
                               ])  # fmt: skip
leaves = st.one_of(numeric_tests, text_tests, other_tests)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("(({0}) {1} ({2}))".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not ({0})".format, inner),
    ),
    max_leaves=5,
)
items = st.one_of(numbers, texts, st.builds("({0}, {1})".format, numbers, texts),
                  st.builds("bool({0})".format, leaves))  # fmt: skip


def same(values: list[Any]) -> Counter[Any]:
    rows = [value if isinstance(value, tuple) else (value,) for value in values]
    return Counter(tuple(round(v, 6) if isinstance(v, (int, float)) else v for v in row) for row in rows)


PLAIN = python_tables()


@settings(max_examples=400, deadline=None)
@given(item=items, test=conditions)
def test_a_comprehension_gives_the_same_in_python(shop: Shop, item: str, test: str) -> None:
    text = f"[{item} for t in track if {test}]"
    assert same(shop.rows(text)) == same(eval(text, dict(PLAIN)))


FOLDS = ["len([t for t in track if {0}])", "sum({1} for t in track if {0})", "any({0} for t in track)",
         "all({0} for t in track)", "len({{{1} for t in track if {0}}})", "sum(1 for t in track if {0})"]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(shape=st.sampled_from(FOLDS), item=numbers, test=conditions)
def test_folding_gives_the_same_in_python(shop: Shop, shape: str, item: str, test: str) -> None:
    text = shape.format(test, item)
    assert same([row[0] for row in shop.rows(text)]) == same([eval(text, dict(PLAIN))])


@settings(max_examples=100, deadline=None)
@given(key=st.sampled_from(["t.ms", "-t.ms", "t.name", "(t.price, t.name)", "len(t.name)"]), reverse=st.booleans(),
       low=st.integers(0, 8), high=st.integers(-3, 8), test=leaves)  # fmt: skip
def test_order_and_slices_are_those_of_python(
    shop: Shop, key: str, reverse: bool, low: int, high: int, test: str
) -> None:
    bounds = f"{low}:{high}" if high >= 0 else f"{high}:"
    source = f"[t for t in track if {test}]"
    text = f"[t.track_id for t in sorted({source}, key=lambda t: ({key}, t.track_id), reverse={reverse})][{bounds}]"
    assert [row[0] for row in shop.rows(text)] == eval(text, dict(PLAIN))


CORE = [
    "select(track)",
    "select(track.c.name, track.c.ms * 2).where(track.c.ms > 200).order_by(track.c.ms.desc(), track.c.name)",
    "select(track.c.ms / 7, track.c.ms // 7, track.c.ms % 7, -track.c.ms)",
    "select(track.c.name.contains('o'), track.c.name.startswith('G'), track.c.name.endswith('e'))",
    "select(track.c.name).where(track.c.name.contains('%', autoescape=True))",
    "select(track.c.name).where(track.c.name.ilike('%O%') & ~(track.c.ms == 120) | track.c.composer.is_(None))",
    "select(track.c.name).where(and_(track.c.ms.between(100, 300), not_(track.c.genre_id.in_([1]))))",
    "select(track.c.composer).where(track.c.composer.not_in(['Young', 'x'])).distinct()",
    "select(track.c.composer.is_distinct_from('Young'), track.c.name + '!')",
    "select(func.count(), func.count(track.c.composer), func.max(track.c.ms), func.sum(track.c.price))",
    "select(track.c.genre_id, func.count().label('n')).group_by(track.c.genre_id).order_by(desc('n'), track.c.genre_id)",
    "select(track.c.genre_id).group_by(track.c.genre_id).having(func.sum(track.c.ms) > 300)",
    "select(case((track.c.ms > 300, 'a'), (track.c.ms > 200, 'b'), else_='c'))",
    "select(case({1: 'one', 2: 'two'}, value=track.c.genre_id, else_='other'))",
    "select(cast(track.c.ms, String), cast(track.c.score, Integer), type_coerce(track.c.ms, Float))",
    "select(literal(1), literal('x'), null(), true(), false())",
    "select(album.c.title, artist.c.name).join(artist, album.c.artist_id == artist.c.artist_id)",
    "select(artist.c.name, album.c.title).join_from(artist, album, artist.c.artist_id == album.c.artist_id, isouter=True)",
    "select(artist.c.name).outerjoin(album, album.c.artist_id == artist.c.artist_id).where(album.c.title.is_(None))",
    "select(album.c.title).select_from(album.join(artist, album.c.artist_id == artist.c.artist_id))",
    "union_all(select(track.c.ms), select(album.c.album_id)).order_by('ms')",
    "select(track.c.ms).union(select(album.c.album_id))",
    "intersect(select(track.c.genre_id), select(genre.c.genre_id))",
    "except_(select(genre.c.genre_id), select(track.c.genre_id).where(track.c.genre_id.is_not(None)))",
    "select(track.c.name).where(track.c.ms == select(func.max(track.c.ms)).scalar_subquery())",
    "select(track.c.name).where(track.c.genre_id.in_(select(genre.c.genre_id).where(genre.c.name == 'Rock')))",
    "select(artist.c.name).where(exists().where(album.c.artist_id == artist.c.artist_id))",
    "select(artist.c.name).where(select(album.c.album_id).where(album.c.artist_id == artist.c.artist_id).exists())",
    "select(track.c.name, func.rank().over(partition_by=track.c.genre_id, order_by=track.c.ms.desc()))",
    "select(func.sum(track.c.ms).over(order_by=track.c.track_id, rows=(None, 0)))",
    "select(track.c.name).order_by(track.c.composer.desc().nulls_last(), track.c.name).limit(3).offset(1)",
    "select(func.count()).select_from(playlist_track).where(tuple_(playlist_track.c.playlist_id,"
    " playlist_track.c.track_id).in_([(1, 1), (2, 4)]))",
    "select(func.coalesce(track.c.composer, 'n/a'), func.count()).group_by(func.coalesce(track.c.composer, 'n/a'))",
    "select(func.sum(track.c.ms).filter(track.c.genre_id == 1))",
    "select(track.c.name.label('x')).order_by('x')",
    "select(extract('year', track.c.sold))",
    "select(func.lower(track.c.name), func.substr(track.c.name, 2, 3), func.round(track.c.score, 1))",
]  # fmt: skip

SESSIONS = [
    ("sub = select(track.c.genre_id, func.avg(track.c.ms).label('a')).group_by(track.c.genre_id).subquery()",
     "select(genre.c.name, sub.c.a).join_from(genre, sub, genre.c.genre_id == sub.c.genre_id)"),
    ("boss = employee.alias('b')", "select(employee.c.name, boss.c.name).join(boss, employee.c.boss == boss.c.id)"),
    ("top = select(track).where(track.c.ms > 300).cte('top')", "select(func.count()).select_from(top)"),
    ("q = select(track.c.name)", "q.where(track.c.ms == 120)"),
]  # fmt: skip


def sqlalchemy_rows(shop: Shop, *texts: str) -> list[Any]:
    known: dict[str, Any] = {name: getattr(sa, name) for name in sa.__all__ if name.isidentifier()} if hasattr(
        sa, "__all__") else {name: value for name, value in vars(sa).items() if not name.startswith("_")}  # fmt: skip
    for table in shop.names.tables():
        entry = shop.names.find(table)
        assert entry is not None
        known[table] = entry.sql
    *assignments, last = texts
    for assignment in assignments:
        exec(assignment, known)
    with shop.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(eval(last, known))]


def our_rows(shop: Shop, text: str) -> list[Any]:
    with shop.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(shop.translate(text)[-1].statement)]  # type: ignore[call-overload]


@pytest.mark.parametrize("text", CORE)
def test_core_means_what_it_means_in_sqlalchemy(shop: Shop, text: str) -> None:
    assert our_rows(shop, text) == sqlalchemy_rows(shop, text)


@pytest.mark.parametrize("texts", SESSIONS, ids=lambda texts: texts[1])
def test_core_objects_keep_their_identity(shop: Shop, texts: tuple[str, ...]) -> None:
    assert our_rows(shop, "\n".join(texts)) == sqlalchemy_rows(shop, *texts)


@pytest.mark.parametrize("condition", ["u.track_id > 0", "u.track_id == 1", "u.track_id < 0"])
@pytest.mark.parametrize("column", ["genre_id", "album_id", "composer"])
def test_not_in_a_set_is_not_in_the_list(shop: Shop, column: str, condition: str) -> None:
    """Neither keeps a row whose own value is NULL, unless there is nothing to compare it with."""
    query = f"u.{column} for u in track if {condition}"
    rows = [shop.rows(f"[t.track_id for t in track if t.{column} not in {a}{query}{b}]") for a, b in ("[]", "{}")]
    assert rows[0] == rows[1]
    assert len(rows[0]) == len(ROWS["track"]) or condition != "u.track_id < 0"
