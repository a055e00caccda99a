"""Advice from a schema and what a server has counted."""

from __future__ import annotations

import pytest

from dbx.schema.advice import findings
from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.statistics import IndexCount, Statistics, TableCount


def index(name: str, *columns: str, **more: object) -> Index:
    return Index(name, tuple(Part(column) for column in columns), **more)  # type: ignore[arg-type]


def table(name: str, *columns: str, **more: object) -> Table:
    facts = {"primary": Key("", (Part(columns[0]),))} | more
    return Table(name, None, tuple(Column(column, "integer") for column in columns), **facts)  # type: ignore[arg-type]


def told(*tables: Table, counted: Statistics | None = None, dialect: str = "sqlite") -> list[tuple[str, str]]:
    found = findings(Schema(dialect, tables), counted or Statistics())
    return [(finding.kind, finding.object) for finding in found]


def test_nothing_is_said_of_what_is_well() -> None:
    assert told(table("t", "id", "a", indexes=(index("i", "a"),))) == []


@pytest.mark.parametrize(
    ("indexes", "said"),
    [
        ((index("a", "x"), index("b", "x")), [("duplicate index", "t.b")]),
        ((index("a", "x"), index("b", "x", "y")), [("redundant index", "t.a")]),
        ((index("a", "y"), index("b", "x", "y")), []),
        ((index("a", "x", unique=True), index("b", "x", "y")), []),
        ((index("a", "x", unique=True), index("b", "x")), [("duplicate index", "t.b")]),
        ((index("b", "x", unique=True), index("a", "x")), [("duplicate index", "t.a")]),
        ((index("a", "x", predicate="x > 0"), index("b", "x")), []),
        ((index("a", "x", method="hash"), index("b", "x")), []),
        ((index("a", "x", include=("y",)), index("b", "x")), [("duplicate index", "t.b")]),
        ((index("a", "id"),), [("duplicate index", "t.a")]),
        ((index("a", "x", valid=False),), [("invalid index", "t.a")]),
    ],
)
def test_indexes_that_another_one_makes_needless(indexes: tuple[Index, ...], said: list[tuple[str, str]]) -> None:
    assert told(table("t", "id", "x", "y", indexes=indexes)) == said


def test_a_foreign_key_without_an_index() -> None:
    key = ForeignKey("", ("a_id", "b"), None, "a", ("id", "b"))
    bare = table("t", "id", "a_id", "b", foreign_keys=(key,))
    assert told(bare) == [("foreign key without index", "t.a_id, b")]
    assert told(bare._replace(indexes=(index("i", "b", "a_id", "id"),))) == []
    assert told(bare._replace(indexes=(index("i", "id", "b", "a_id"),)))[0][0] == "foreign key without index"
    assert (
        told(bare._replace(indexes=(index("i", "b", "a_id", predicate="b > 0"),)))[0][0] == "foreign key without index"
    )


def test_what_the_server_has_counted() -> None:
    key = ForeignKey("", ("b",), None, "u", ("id",))
    found = table("t", "id", "a", "b", indexes=(index("i", "a"), index("k", "b")), foreign_keys=(key,))
    counted = Statistics(
        {Name("t"): TableCount(10_000, 8192, 8192, 5_000)},
        {(Name("t"), "i"): IndexCount(8192, 0), (Name("t"), "k"): IndexCount(8192, 0)},
        "2026-01-01",
    )
    assert told(found, counted=counted) == [("unused index", "t.i"), ("dead rows", "t")]
    statement = next(findings(Schema("mysql", (found,)), counted)).statement
    assert statement == "DROP INDEX `i` ON `t`;"
    used = counted._replace(indexes={(Name("t"), "i"): IndexCount(8192, 3)}, tables={})
    assert told(found, counted=used) == []


def test_a_table_without_a_key() -> None:
    assert told(table("t", "a", primary=None)) == [("no primary key", "t")]
    assert told(table("t", "a", primary=None, indexes=(index("u", "a", unique=True),))) == []


@pytest.mark.parametrize(
    ("column", "certainty"),
    [
        ("customer_id", "likely"),
        ("customerid", "likely"),
        ("billing_customer_id", "possible"),
        ("customer", ""),
        ("id2", ""),
    ],
)
def test_a_relation_that_nobody_declared(column: str, certainty: str) -> None:
    tables = (table("customers", "id", "name"), table("orders", "number", column, indexes=(index("i", column),)))
    found = list(findings(Schema("postgresql", tables)))
    assert [finding.object for finding in found] == ([f"orders.{column} → customers.id"] if certainty else [])
    assert all(finding.why.startswith(f"{certainty}, not declared") for finding in found)
    key = ForeignKey("", (column,), None, "customers", ("id",))
    assert told(tables[0], tables[1]._replace(foreign_keys=(key,))) == []


def test_of_two_tables_that_it_might_be_none_is_named() -> None:
    tables = (table("a", "part_id"), table("b", "part_id"), table("c", "id", "part_id"))
    assert told(*tables) == []
