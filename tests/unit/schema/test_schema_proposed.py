"""Foreign keys that names and types make likely."""

from dbx.language.names.declared import parse
from dbx.schema.model import Column, ForeignKey, Key, Part, Table
from dbx.schema.proposed import proposed


def table(name: str, *columns: str, key: str = "", kind: str = "table", keys: tuple[ForeignKey, ...] = ()) -> Table:
    made = tuple(Column(each, "text" if each.startswith("x") else "integer") for each in columns)
    made = tuple(column._replace(family="str" if column.name.startswith("x") else "int") for column in made)
    return Table(name, None, made, Key("", (Part(key),)) if key else None, keys, kind=kind)


ARTIST = table("artist", "artist_id", "xname", key="artist_id")
CITIES = table("cities", "id", key="id")


def texts(*tables: Table) -> list[str]:
    return [each.text for each in proposed(tables)]


def test_a_column_of_a_view_called_like_a_key_may_lead_there() -> None:
    view = table("v", "artist_id", "city_id", "artist", "id", kind="view")
    assert texts(ARTIST, CITIES, view) == ["v.artist_id -> artist.artist_id", "v.city_id -> cities.id"]


def test_keys_that_are_there_and_primary_keys_are_not_proposed() -> None:
    key = ForeignKey("", ("artist_id",), None, "artist", ("artist_id",))
    assert texts(ARTIST, table("album", "id", "artist_id", key="id", keys=(key,))) == []
    assert texts(ARTIST, table("again", "artist_id", key="artist_id")) == []


def test_another_type_or_two_tables_that_fit_are_no_proposal() -> None:
    other = table("v", "artist_id")._replace(columns=(Column("artist_id", "text")._replace(family="str"),))
    assert texts(ARTIST, other) == []
    twin = ARTIST._replace(schema="old")
    assert texts(ARTIST, twin, table("v", "artist_id")) == []


def test_a_proposal_can_be_declared_as_it_is() -> None:
    (found,) = proposed([ARTIST, table("odd view", "artist_id", kind="view")])
    assert found.text == '"odd view".artist_id -> artist.artist_id'
    assert parse(found.text).key == ForeignKey("", ("artist_id",), None, "artist", ("artist_id",))
