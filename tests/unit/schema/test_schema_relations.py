"""The names that tables, columns and foreign keys have in Python."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.relations import (
    RESERVED,
    Class,
    attribute_names,
    class_name,
    class_names,
    identifier,
    mappings,
    plural,
    stem,
)


def table(name: str, columns: str, *keys: ForeignKey, primary: str = "", unique: str = "") -> Table:
    parts = tuple(Part(each) for each in primary.split())
    indexes = (Index("u", tuple(Part(each) for each in unique.split()), unique=True),) if unique else ()
    listed = tuple(Column(each, "integer") for each in columns.split())
    return Table(name, None, listed, Key("", parts) if parts else None, keys, indexes=indexes)


def key(columns: str, target: str, targets: str = "id") -> ForeignKey:
    return ForeignKey("", tuple(columns.split()), None, target, tuple(targets.split()))


def classes(*tables: Table) -> dict[str, Class]:
    return {name.name: each for name, each in mappings(Schema("other", tables)).items()}


def relations(found: Class) -> dict[str, tuple[str, bool, str]]:
    return {each.name: (each.target.name, each.many, each.back) for each in found.relations}


ALBUM = table("album", "id artist_id", key("artist_id", "artist"), primary="id")
ARTIST = table("artist", "id name", primary="id")


def test_a_key_is_an_attribute_on_both_sides() -> None:
    found = classes(ALBUM, ARTIST)
    assert relations(found["album"]) == {"artist": ("artist", False, "albums")}
    assert relations(found["artist"]) == {"albums": ("album", True, "artist")}


def test_a_unique_key_leads_back_to_one() -> None:
    found = classes(table("detail", "album_id x", key("album_id", "album"), primary="album_id"), ALBUM, ARTIST)
    assert relations(found["album"])["detail"] == ("detail", False, "album")


def test_several_keys_between_two_tables_are_told_apart() -> None:
    trip = table("trip", "id from_id to_id", key("from_id", "city"), key("to_id", "city"), primary="id")
    found = classes(trip, table("city", "id", primary="id"))
    assert relations(found["trip"]) == {
        "from_": ("city", False, "trips_by_from"),
        "to": ("city", False, "trips_by_to"),
    }
    assert set(relations(found["city"])) == {"trips_by_from", "trips_by_to"}


def test_a_table_that_refers_to_itself() -> None:
    found = classes(table("person", "id boss_id", key("boss_id", "person"), primary="id"))
    assert relations(found["person"]) == {
        "boss": ("person", False, "persons_by_boss"),
        "persons_by_boss": ("person", True, "boss"),
    }


def test_an_association_table_is_no_class() -> None:
    listed = table("listed", "album_id list_id", key("album_id", "album"), key("list_id", "list"), primary="album_id list_id")  # fmt: skip
    found = classes(listed, ALBUM, ARTIST, table("list", "id", primary="id"))
    assert "listed" not in found
    assert relations(found["album"])["lists"] == ("list", True, "albums")
    assert relations(found["list"]) == {"albums": ("album", True, "lists")}
    (through,) = found["list"].relations
    assert (through.table, through.key.columns, through.far and through.far.columns) == (
        Name("listed"), ("list_id",), ("album_id",),
    )  # fmt: skip


def test_an_association_with_a_column_of_its_own_is_a_class() -> None:
    listed = table("listed", "album_id list_id at", key("album_id", "album"), key("list_id", "list"), primary="album_id list_id")  # fmt: skip
    assert "listed" in classes(listed, ALBUM, ARTIST, table("list", "id", primary="id"))


def test_friends_are_named_by_their_columns() -> None:
    follows = table("follows", "follower_id followed_id", key("follower_id", "person"), key("followed_id", "person"),
                    primary="follower_id followed_id")  # fmt: skip
    found = classes(follows, table("person", "id", primary="id"))
    assert set(relations(found["person"])) == {"followeds", "followers"}


def test_a_relationship_never_takes_the_name_of_a_column() -> None:
    found = classes(table("album", "id artist artist_id", key("artist_id", "artist"), primary="id"), ARTIST)
    assert set(relations(found["album"])) == {"artist_artist"}


def test_keys_that_share_columns_say_so() -> None:
    line = table("line", "tenant order_id item_id", key("tenant order_id", "order", "tenant id"), key("tenant item_id", "item", "tenant id"))  # fmt: skip
    order, item = (table(name, "tenant id", primary="tenant id") for name in ("order", "item"))
    found = classes(line, order, item)
    assert {each.name: each.overlaps for each in found["line"].relations} == {
        "item": ("lines", "order"),
        "order": ("item", "lines"),
    }


def test_a_key_to_what_is_not_there_or_to_itself_is_no_relationship() -> None:
    found = classes(table("a", "id b", key("b", "gone"), key("id", "a"), primary="id"))
    assert found["a"].relations == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [("from", "from_"), ("a b", "a_b"), ("1st", "_1st"), ("metadata", "metadata_"), ("__x", "_x"), ("", "column"),
     ("ﬁ", "fi"), ("ünïcödé", "ünïcödé"), ('"\n', "column"), ("None", "None_")],
)  # fmt: skip
def test_identifiers(name: str, said: str) -> None:
    assert identifier(name) == said


def test_class_names() -> None:
    assert class_names(["invoice_line", "InvoiceLine", "none", "1st", "list", "ärzte"]) == [
        "InvoiceLine", "InvoiceLine_2", "None_", "T_1st", "List", "Ärzte",
    ]  # fmt: skip


def test_stems_and_plurals() -> None:
    assert [stem(each) for each in (("album_id",), ("x",), ("course_a", "course_b"))] == ["album", "", "course"]
    assert [plural(each) for each in ("city", "day", "box", "orders", "address", "status")] == [
        "cities", "days", "boxes", "orders", "addresses", "statuses",
    ]  # fmt: skip


@given(st.lists(st.text(), unique=True))
def test_names_are_identifiers_and_distinct(names: list[str]) -> None:
    reserved = {"Mapped"}
    found = attribute_names(names, {*reserved, *RESERVED})
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    named = class_names(names)
    assert len(set(named)) == len(names)
    for each in (*found.values(), *named):
        assert each.isidentifier()
        assert not keyword.iskeyword(each)
        assert not each.startswith("__")
        assert each not in {*RESERVED, *reserved}


def test_a_column_keeps_its_name_whatever_stands_before() -> None:
    assert attribute_names(["a b", "a_b", "from_", "from"]) == {
        "a b": "a_b_",
        "a_b": "a_b",
        "from_": "from_",
        "from": "from__",
    }
    assert class_name("x") == "X"
