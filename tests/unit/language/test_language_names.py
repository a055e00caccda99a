"""What names mean: tables read one at a time, schemas, the names of a session."""

from __future__ import annotations

import datetime as dt

import pytest
from shop import DDL, Shop, marked

from dbx.errors import LanguageError
from dbx.language.refusal import Unfit
from dbx.language.translation import translate


def reads(shop: Shop) -> list[str]:
    return [name.split(".")[-3] for name in shop.reads]


def test_nothing_is_read_before_it_is_asked_for(own_shop: Shop) -> None:
    assert own_shop.reads == []
    own_shop.translate("1 + 1")
    assert own_shop.reads == []
    own_shop.translate("[t.name for t in track]")
    assert len(own_shop.reads) == 2  # the names of the tables, and the one
    own_shop.translate("[t.composer for t in track]")
    assert len(own_shop.reads) == 2
    own_shop.translate("[t.album.title for t in track]")
    assert len(own_shop.reads) == 3


def test_what_refers_to_a_table_is_read_only_when_it_is_asked_for(own_shop: Shop) -> None:
    own_shop.translate("[a.title for a in album]")
    assert "references" not in reads(own_shop)
    own_shop.translate("[len(a.track) for a in album]")
    assert reads(own_shop).count("references") == 1
    own_shop.translate("[len(a.album) for a in artist]")
    assert reads(own_shop).count("references") == 1


def test_refresh_forgets(own_shop: Shop) -> None:
    own_shop.translate("[g.name for g in genre]")
    with own_shop.engine.begin() as connection:
        connection.exec_driver_sql("alter table genre add column mood text")
    assert own_shop.refusal("[g.mood for g in genre]").code == "E-ATTR"
    own_shop.names.refresh()
    assert own_shop.rows("[g.mood for g in genre if g.genre_id == 1]") == [(None,)]


def test_a_table_that_is_gone(own_shop: Shop) -> None:
    own_shop.translate("len(genre)")
    with own_shop.engine.begin() as connection:
        connection.exec_driver_sql("create table t2 (x)")
        connection.exec_driver_sql("drop table playlist_track")
    assert own_shop.refusal("len(playlist_track)").code == "E-NAME"
    own_shop.names.refresh()
    assert own_shop.rows("len(t2)") == [(0,)]


def test_a_view_that_is_broken() -> None:
    shop = Shop("create view v as select x from nowhere; create table t (x integer)", {})
    error = shop.refusal("len(v)")
    assert (error.code, error.message) == ("E-DB", "no such table: main.nowhere")
    assert shop.rows("len(t)") == [(0,)]


def test_a_name_in_another_schema(own_shop: Shop) -> None:
    with own_shop.engine.begin() as connection:
        for schema in ("aux1", "aux2", '"a b"'):
            connection.exec_driver_sql(f"attach ':memory:' as {schema}")
            connection.exec_driver_sql(f"create table {schema}.both (x integer)")
        connection.exec_driver_sql("create table aux1.one (x integer primary key, y text)")
        connection.exec_driver_sql("insert into aux1.one values (1, 'a')")
        connection.exec_driver_sql("create table aux1.part (p integer primary key, one_x integer references one (x))")
        connection.exec_driver_sql("insert into aux1.part values (7, 1)")
    assert own_shop.rows("[o.y for o in one]") == [("a",)]
    assert own_shop.rows("[o.y for o in db.aux1.one]") == [("a",)]
    assert own_shop.rows('db["aux1"]["one"]') == [(1, "a")]
    error = own_shop.refusal("both")
    assert (error.code, error.hint) == ("E-AMBIG", "db.aux1.both, db.aux2.both, db['a b'].both")
    assert own_shop.rows("db['a b'].both") == []
    assert own_shop.rows("[(p.one.y, len(p.one.part)) for p in db.aux1.part]") == [("a", 1)]


def test_case_decides_only_where_it_must() -> None:
    shop = Shop('create table "Genre" (x integer, "X y" integer); create table a (b integer, c integer)', {})
    assert shop.rows("[g.x for g in genre]") == []
    assert shop.rows('[g["x Y"] for g in GENRE]') == []
    assert shop.rows("[A.B for A in a]") == []


def test_a_table_with_a_leading_underscore_is_reached_as_a_string() -> None:
    shop = Shop("create table _t (x integer)", {"_t": [(1,)]})
    assert [shop.refusal(text).code for text in ("_t", "db._t")] == ["E-NAME", "E-ATTR"]
    assert shop.rows('[t.x for t in db["_t"]]') == [(1,)]


def test_functions_and_tables_have_names_of_their_own() -> None:
    shop = Shop("create table count (len integer); create table date (sum integer); create table func (x integer)",
                {"count": [(1,), (2,)], "date": [(3,)], "func": [(4,)]})  # fmt: skip
    assert shop.rows("len(count)") == [(2,)]
    assert shop.rows("sum(c.len for c in count)") == [(3,)]
    assert shop.rows("[d.sum for d in date if date(2024, 1, 1) == date(2024, 1, 1)]") == [(3,)]
    assert shop.rows('[f.x for f in db["func"]]') == [(4,)]


# --- the names of a session -----------------------------------------------------------------------------------------


def test_a_name_is_lazy_and_keeps_the_names_of_its_time(own_shop: Shop) -> None:
    assert own_shop.translate("x = 300\nbig = [t for t in track if t.ms > x]\nx = 0") == []
    assert own_shop.rows("len(big)") == [(3,)]
    with own_shop.engine.begin() as connection:
        connection.exec_driver_sql("update track set ms = 1 where ms > 330")
    assert own_shop.rows("len(big)") == [(1,)]


def test_one_name_twice_in_a_statement(shop: Shop) -> None:
    shop.translate("big = [t for t in track if t.ms > 320]")
    assert shop.rows("[(a.track_id, b.track_id) for a in big for b in big if a.track_id < b.track_id]") == [
        (1, 2), (1, 3), (2, 3),
    ]  # fmt: skip
    assert shop.rows("[(t.track_id, b.track_id) for t in track for b in big if t.track_id == b.track_id + 4]") == [
        (5, 1), (6, 2), (7, 3),
    ]  # fmt: skip
    assert shop.rows("[t.name for t in big if t.ms == max(t.ms for t in big)]") == [("Overdose",)]


def test_the_last_query(shop: Shop) -> None:
    first, second = shop.translate("[t.ms for t in track if t.track_id < 3]\nsum(_)")
    assert shop.run(first) == [(331,), (369,)]
    assert shop.run(second) == [(700,)]
    assert shop.rows("_") == [(700,)]


def test_the_last_query_does_not_keep_all_before_it(shop: Shop) -> None:
    shop.translate("1\n2\n[t.ms for t in track]")
    assert shop.session["_"].session == {}
    shop.translate("x = 300\n[t for t in track if t.ms > x]")
    assert set(shop.session["_"].session) == {"x"}


def test_a_name_used_twice_is_read_from_one_place(shop: Shop) -> None:
    shop.translate("big = [t for t in track if t.ms > 320]")
    (query,) = shop.translate("[(a.name, a.album.title) for a in big if a.ms == max(b.ms for b in big)]")
    text = str(query.statement)
    assert (text.count("WITH big AS"), text.count("FROM track")) == (1, 1)
    assert shop.run(query) == [("Overdose", "Let There Be Rock")]
    (query,) = shop.translate("[a.name for a in big]")
    assert "WITH" not in str(query.statement)


def test_what_was_fetched_is_a_list(shop: Shop) -> None:
    shop.session["_rows"] = [(331,), (369,)]
    assert shop.rows("[t.name for t in track if t.ms in _rows]") == [("Go Down",), ("Overdose",)]
    shop.session["_rows"] = [(1, 2)] * 10_001
    assert shop.refusal("len(_rows)").code == "E-LIMIT"


def test_declared_keys_of_a_view() -> None:
    shop = Shop(DDL + "create view v as select track_id, name, album_id from track where ms > 200;")
    assert shop.refusal("[x.album.title for x in v]").hint.endswith(
        r"declare one with \fk v.album_id -> album.album_id"
    )
    assert shop.names.declare("v.album_id -> album.album_id").text == "v.(album_id) -> album.(album_id)"
    assert shop.rows("[x.album.title for x in v if x.album.artist.name == 'AC/DC']") == [("Let There Be Rock",)] * 2
    assert shop.rows("[(a.title, len(a.v)) for a in album if a.album_id < 3]") == [
        ("Let There Be Rock", 2), ("Post", 2),
    ]  # fmt: skip
    shop.names.refresh()
    assert shop.rows("max(x.album.title for x in v)") == [("Post",)]
    for text, code in (("v.x -> album.album_id", "E-ATTR"), ("w.a -> album.b", "E-NAME"), ("v -> album", "E-SYNTAX"),
                       ("v.(a, b) -> album.album_id", "E-SYNTAX")):  # fmt: skip
        with pytest.raises(Unfit) as caught:
            shop.names.declare(text)
        assert caught.value.code == code


def test_forgetting_a_name(shop: Shop) -> None:
    shop.translate("x = 1; del x")
    assert "x" not in shop.session
    assert shop.refusal("x").code == "E-NAME"


def test_values_from_outside_are_names_too(shop: Shop) -> None:
    shop.session.update(n=2, day=dt.date(2024, 1, 31), word="o'o", nothing=None)
    assert shop.rows("[t.name for t in track if t.track_id == n and t.added == day]") == [("Overdose",)]
    assert shop.rows("[t.name for t in track if t.composer == word]") == [("o_o",)]
    assert len(shop.rows("[t.name for t in track if t.composer == nothing]")) == 2
    assert shop.rows("[t.name for t in track if t.track_id == param('n')]") == [("Overdose",)]


def test_statements_are_translated_one_by_one(shop: Shop) -> None:
    stream = translate("1\n2\nnope\n3", shop.names, shop.session, dialect=shop.engine.dialect)
    assert [next(stream).line, next(stream).line] == [1, 2]
    with pytest.raises(LanguageError) as caught:
        next(stream)
    assert marked(caught.value) == "nope"


def test_where_a_statement_begins(shop: Shop) -> None:
    queries = shop.translate("x = 1; x + 1\n\n  # a remark\nx", line=5, column=8)
    assert [(query.line, query.column) for query in queries] == [(5, 15), (8, 1)]


def test_the_columns_of_a_statement(shop: Shop) -> None:
    (query,) = shop.translate("[(t.name, t.genre.name, t.ms * 2, count(t)) for t in track]")
    assert query.columns == (("name", "str"), ("genre_name", "str"), ("column_3", "int"), ("count", "int"))
    (query,) = shop.translate("select(track.c.ms, func.count().label('n'))")
    assert query.columns == (("ms", "int"), ("n", "int"))
    assert not query.write
    assert shop.translate("[t.delete() for t in track if t.ms == 1]")[0].write


def test_comments_and_nothing(shop: Shop) -> None:
    assert shop.translate("") == []
    assert shop.translate("# nothing\n\n") == []
    assert shop.translate("\ufeff1")[0].line == 1
