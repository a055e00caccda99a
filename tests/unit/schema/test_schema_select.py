"""Which objects are chosen by names, globs, kinds, schemas and nearness."""

from __future__ import annotations

import pytest
from schema_cases import SCHEMA

from dbx.errors import UsageError
from dbx.schema.listing import KINDS, objects
from dbx.schema.model import Column, ForeignKey, Schema, Table
from dbx.schema.objects import Missing, Name, Other, Server, Trigger
from dbx.schema.select import Wish, bare, neighbours, select


def names(wish: Wish, schema: Schema = SCHEMA) -> list[str]:
    return [found.name for _, found in objects(select(schema, wish))]


def table(name: str, *targets: str, schema: str | None = None, kind: str = "table") -> Table:
    keys = tuple(ForeignKey("", ("x",), schema, target, ("x",)) for target in targets)
    return Table(name, schema, (Column("x", "int"),), foreign_keys=keys, kind=kind)


CHAIN = Schema("sqlite", (table("a"), table("b", "a"), table("c", "b", "c"), table("d", "c", "gone"), table("lone")),
               triggers=(Trigger("t", None, "c"), Trigger("u", None, "lone")))  # fmt: skip
ODD = Schema("sqlite", (table("*"), table("a.b"), table("Mixed"), table("mIxed"), table("Alone"), table("x:2", "Alone"),
                        table("b", schema="temp"), table("fts_data", kind="shadow")))  # fmt: skip


def test_a_name_brings_what_belongs_to_it() -> None:
    assert names(Wish(["bill"])) == ["bill", "stamp", "keep"]
    assert names(Wish(["shop.bill"])) == ["bill", "stamp", "keep"]
    assert names(Wish(["stamp"])) == ["stamp"]
    assert names(Wish(["bill*"])) == ["bill", "bill_1", "stamp", "keep"]
    assert names(Wish(["bill*"], exclude=["bill_?", "keep"])) == ["bill", "stamp"]
    assert names(Wish(["shop"])) == ["shop"]


def test_kinds() -> None:
    assert names(Wish(kinds=["trigger", "view"])) == ["rich", "stamp"]
    assert names(Wish(kinds=["type"])) == ["mood", "zip", "place", "span"]
    assert names(Wish(kinds=["rule"])) == ["keep"]
    with pytest.raises(UsageError, match="no kind 'tabel'") as caught:
        select(SCHEMA, Wish(kinds=["tabel"]))
    assert caught.value.hint == "did you mean table?"
    assert {"table", "view", "trigger"} <= set(KINDS)


def test_schemas() -> None:
    assert names(Wish(schemas=["pub*"])) == ["pg_trgm", "rich", "nightly"]
    assert "shop" in names(Wish(schemas=["shop"]))
    assert names(Wish(schemas=["temp"]), ODD) == ["b"]
    assert "a.b" in names(Wish(schemas=["main"]), ODD)
    outside = Schema("postgresql", (table("t", schema="o"),), servers=(Server("s", "w"),),
                     others=(Other("a as b", None, "cast"),), missing=(Missing("pg_proc", None, "", "closed"),))  # fmt: skip
    found = select(outside, Wish(schemas=["o", "*"]))
    assert [found.name for _, found in objects(found)] == ["t"]
    assert found.missing == outside.missing
    assert names(Wish(schemas=["x"]), outside._replace(dialect="mysql")) == ["a as b"]  # it is in the current database


def test_a_pattern_that_is_a_name_stands_for_just_that() -> None:
    assert names(Wish(["*"]), ODD) == ["*"]
    assert names(Wish(["a.b"]), ODD) == ["a.b"]
    assert names(Wish(["temp.b"]), ODD) == ["b"]
    assert names(Wish(["main.Alone"]), ODD) == ["Alone"]
    assert names(Wish(["alone"]), ODD) == ["Alone"]
    assert names(Wish(["Mixed"]), ODD) == ["Mixed"]
    with pytest.raises(UsageError):  # which of the two?
        select(ODD, Wish(["MIXED"]))


def test_a_glob_is_over_names_unless_it_has_a_dot() -> None:
    assert names(Wish(["*a*"]), ODD) == ["a.b"]  # not everything in main
    assert names(Wish(["m*"]), ODD) == ["mIxed"]
    assert names(Wish(["ALO*"]), ODD) == ["Alone"]
    assert names(Wish(["te*.*"]), ODD) == ["b"]
    assert names(Wish(exclude=["*a*"]), CHAIN) == ["b", "c", "d", "lone", "t", "u"]


def test_a_name_may_be_quoted_as_in_sql() -> None:
    odd = Schema("postgresql", (table('Ta ble"x', schema="we ird"), table("x")))
    assert names(Wish(['"we ird"."Ta ble""x"']), odd) == ['Ta ble"x']
    assert names(Wish(['`we ird`.`Ta ble"x`']), odd) == ['Ta ble"x']
    assert names(Wish(['"x"']), odd) == ["x"]
    assert bare(['"we ird"."x"']) == ('"we ird"."x"', '"x"', "we ird.x", "x")


def test_hidden_kinds_have_to_be_asked_for() -> None:
    assert "fts_data" not in names(Wish(), ODD)
    assert names(Wish(["fts_data"]), ODD) == ["fts_data"]
    assert "fts_data" in names(Wish(hidden=True), ODD)
    assert names(Wish(kinds=["shadow"]), ODD) == ["fts_data"]


def test_what_is_nothings_name_is_an_error() -> None:
    with pytest.raises(UsageError, match="nothing is called 'bil'") as caught:
        select(SCHEMA, Wish(["bil"]))
    assert caught.value.hint == "did you mean 'bill'?"
    with pytest.raises(UsageError):
        select(SCHEMA, Wish(["nothing*"]))
    idle: list[str] = []
    assert names(Wish(["bill"], exclude=["nothing*", "stamp", "nope"], idle=idle.append)) == ["bill", "keep"]
    assert idle == ["nothing*", "nope"]  # there is no harm in leaving out what is not there, but somebody may wonder
    with pytest.raises(UsageError, match="no kind ''"):
        select(SCHEMA, Wish(kinds=[""]))


def test_what_is_missing_is_told_if_it_is_wanted() -> None:
    assert [each.name for each in select(SCHEMA, Wish()).missing] == ["secret"]
    assert select(SCHEMA, Wish(["bill"])).missing == ()
    assert [each.name for each in select(SCHEMA, Wish(["secret"])).missing] == ["secret"]


@pytest.mark.parametrize(
    ("near", "found"),
    [
        ("a", "ab"),
        ("a:0", "a"),
        ("a:1", "ab"),
        ("b:1", "abc"),
        ("a:2", "abc"),
        ("a:9", "abcd"),
        ("lone:9", ["lone"]),
        ("d", "cd"),
    ],
)
def test_neighbours_are_foreign_keys_away_in_either_direction(near: str, found: str) -> None:
    assert neighbours(CHAIN, near) == {Name(name) for name in found}


def test_near_brings_what_belongs_to_the_tables() -> None:
    assert names(Wish(near="d"), CHAIN) == ["c", "d", "t"]
    assert names(Wish(["c"], near="d"), CHAIN) == ["c", "t"]
    assert neighbours(ODD, "x:2") == {Name("x:2"), Name("Alone")}  # that is its name
    assert neighbours(ODD, "x:2:0") == {Name("x:2")}


@pytest.mark.parametrize("near", ["", ":", "nope", "nope:1", "a:x", "a:-1", "a:", ":1", "a:²"])
def test_near_to_what(near: str) -> None:
    with pytest.raises(UsageError):
        neighbours(CHAIN, near)


def test_names_for_a_reader() -> None:
    assert bare(["a", "s.b", "x.y.z", ".", ""]) == ("a", "s.b", "b", "x.y.z", "y.z", ".")
