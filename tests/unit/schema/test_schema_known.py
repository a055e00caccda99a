"""What is known without asking: names, tables as bare names mean them, and what is wanted next."""

import pytest

from dbx.schema.known import Known, Unread
from dbx.schema.model import Column, ForeignKey, Key, Part, Schema, Table


def table(name: str, schema: str | None, *keys: ForeignKey) -> Table:
    return Table(name, schema, (Column("id", "integer"),), Key("", (Part("id"),)), keys)


TRACK = table("track", "public", ForeignKey("", ("album_id",), "public", "album", ("id",)))
ALBUM, AUDIT = table("album", "public"), table("audit", "log")
POSTGRESQL = Schema("postgresql", (ALBUM, AUDIT, TRACK))


def whole() -> Known:
    known = Known()
    known.learn_schemas("public", ("log", "public"))
    known.learn_names(None, {"album": "public", "track": "public"})
    known.learn_all(POSTGRESQL)
    return known


def test_nothing_is_known_at_first_and_all_of_it_is_wanted() -> None:
    known = Known()
    for ask in (known.schemas, known.tables, lambda: known.table("track"), lambda: known.references()):
        with pytest.raises(Unread):
            ask()  # type: ignore[operator]
    assert list(known.wanted) == [(None, None), ("track", None)]
    assert known.peek("track") is None


def test_a_table_is_known_by_its_name_before_it_is_read() -> None:
    known = Known()
    known.learn_schemas("public", ("public",))
    known.learn_names(None, {"track": "public"})
    assert known.tables() == ("track",)
    assert known.table("nothing") is None
    with pytest.raises(Unread):
        known.table("track")
    known.learn("track", None, TRACK)
    assert known.table("track") is not None and not known.wanted


def test_what_cannot_be_read_is_not_asked_for_again() -> None:
    known = Known()
    known.learn_names(None, {"broken": None})
    known.learn("broken", None, None)
    assert known.table("broken") is None and not known.wanted


def test_bare_names_say_no_schema_and_neither_do_their_keys() -> None:
    known = whole()
    assert known.schemas() == ("public", ("log", "public"))
    assert sorted(known.tables()) == ["album", "track"] and known.tables("log") == ("audit",)
    bare, placed = known.table("track"), known.table("track", "public")
    assert bare and bare.schema is None and bare.foreign_keys[0].target_schema is None
    assert placed == TRACK
    assert list(known.references()) == [("track", None, "album")]
    assert list(known.references("log")) == []
    assert sorted(known.listed(), key=str) == [("log", "audit"), (None, "album"), (None, "track")]


def test_before_the_server_was_asked_bare_names_mean_the_usual_schema() -> None:
    known = Known()
    known.learn_all(POSTGRESQL)
    assert sorted(known.tables()) == ["album", "track"]
    sqlite = Known()
    sqlite.learn_all(Schema("sqlite", (table("a", None), table("b", "other"))))
    assert sqlite.tables() == ("a",) and sqlite.tables("other") == ("b",)


def test_the_first_schema_of_the_path_is_meant() -> None:
    known = Known()
    known.learn_schemas("app", ("app", "public"))
    known.learn_names(None, {"track": "app", "album": "public"})
    known.learn_all(Schema("postgresql", (table("track", "app"), table("album", "public"), TRACK)))
    found = known.table("track")
    assert found and found.foreign_keys == () and known.table("track", "public") == TRACK


def test_what_is_gone_is_gone_and_what_changed_is_read_again() -> None:
    known = whole()
    stamp = known.stamp
    known.forget("album")
    with pytest.raises(Unread):
        known.table("album")
    known.learn_names(None, {"album": "public"})
    assert known.table("track") is None and known.stamp > stamp
    known.learn_all(Schema("postgresql", (ALBUM,)))
    assert known.tables() == ("album",) and "log" not in known.tables()


def test_shadow_tables_have_no_name_here() -> None:
    known = Known()
    known.learn_all(Schema("sqlite", (table("docs", None), table("docs_data", None)._replace(kind="shadow"))))
    assert known.tables() == ("docs",)


def test_what_was_known_already_is_no_news() -> None:
    """After each piece of news somebody completes anew."""
    known = whole()
    stamp, told = known.stamp, []
    known.learnt = lambda: told.append(True)
    known.learn_schemas("public", ("log", "public"))
    known.learn_names(None, {"album": "public", "track": "public"})
    assert known.stamp == stamp and not told
    known.learn_names(None, {"album": "public"})
    known.learn_schemas("public", ("public",))
    assert known.stamp == stamp + 2 and len(told) == 2
    known.learn("broken", None, None)
    known.learn_names(None, {"album": "public"})
    assert len(told) == 4  # it may be readable now
