"""The generic reader, on SQLite; how it does on the other servers is for the live tests."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine

from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Table
from dbx.schema.readers import inspector

DDL = [
    "create table parent (id integer primary key, code text not null unique)",
    "create table child (a int not null, b text, parent_id integer not null references parent on delete cascade,"
    " total numeric(6, 2) default 0, doubled int generated always as (a * 2), odd anything, untyped,"
    " primary key (a, b), constraint fk_two foreign key (a, b) references pair (x, y))",
    "create table pair (x int, y text, primary key (x, y))",
    "create table lost (id integer primary key, gone_id integer references gone (id))",
    "create table plain (n INT PRIMARY KEY)",
    "create view shown as select id, code from parent",
    "create view broken as select x from nowhere",
    "attach ':memory:' as aux",
    "create table aux.other (id integer primary key)",
    "create table aux.refers (id integer primary key, other_id integer references other (id))",
]


@pytest.fixture
def connection() -> Iterator[Connection]:
    with create_engine("sqlite://").connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("error")
        for statement in DDL:
            connection.exec_driver_sql(statement)
        yield connection


def test_names(connection: Connection) -> None:
    assert inspector.default_schema(connection) == "main"
    assert set(inspector.schemas(connection)) == {"main", "aux"}
    assert set(inspector.tables(connection)) == {"parent", "child", "pair", "lost", "plain", "shown", "broken"}
    assert inspector.tables(connection, "aux") == ("other", "refers")
    assert set(inspector.views(connection)) == {"shown", "broken"}


def test_a_table(connection: Connection) -> None:
    assert inspector.read(connection, "parent") == Table(
        "parent", None,
        (Column("id", "INTEGER", nullable=False, family="int", automatic=True),
         Column("code", "TEXT", nullable=False, family="str")),
        primary=Key("", (Part("id"),)), unique=(Key("", (Part("code"),)),),
        indexes=(Index("sqlite_autoindex_parent_1", (Part("code"),), unique=True),),
    )  # fmt: skip


def test_columns(connection: Connection) -> None:
    table = inspector.read(connection, "child")
    assert table is not None
    assert [(c.name, c.type, c.family, c.nullable) for c in table.columns] == [
        ("a", "INT", "int", False),
        ("b", "TEXT", "str", True),  # SQLite lets NULL into such a key
        ("parent_id", "INTEGER", "int", False),
        ("total", "numeric(6, 2)", "decimal", True),
        ("doubled", "INT", "int", True),
        ("odd", "anything", "unknown", True),
        ("untyped", "", "unknown", True),
    ]
    assert [c.name for c in table.columns if c.generated] == ["doubled"]
    assert [c.name for c in table.columns if c.default is not None] == ["total"]
    assert table.primary_key == ("a", "b")


def test_foreign_keys(connection: Connection) -> None:
    table = inspector.read(connection, "child")
    assert table is not None
    assert set(table.foreign_keys) == {
        ForeignKey("", ("parent_id",), None, "parent", ("id",)),
        ForeignKey("fk_two", ("a", "b"), None, "pair", ("x", "y")),
    }
    found = inspector.references(connection)
    assert {table for table, _, _ in found} == {"child", "lost"}
    assert sorted(target for table, _, target in found if table == "child") == ["pair", "parent"]
    assert [target for table, _, target in inspector.references(connection, "aux") if table == "refers"] == ["other"]


def test_an_integer_key_is_a_rowid_only_by_that_word(connection: Connection) -> None:
    table = inspector.read(connection, "plain")
    assert table is not None
    assert (table.columns[0].automatic, table.columns[0].nullable) == (False, True)


def test_views(connection: Connection) -> None:
    table = inspector.read(connection, "shown")
    assert table is not None
    assert (table.kind, table.primary_key, [c.name for c in table.columns]) == ("view", (), ["id", "code"])


def test_what_is_not_there(connection: Connection) -> None:
    assert inspector.read(connection, "absent") is None


def test_a_table_that_refers_to_nothing_is_read(connection: Connection) -> None:
    table = inspector.read(connection, "lost")
    assert table is not None
    assert table.foreign_keys[0].target_table == "gone"


def test_another_schema(connection: Connection) -> None:
    table = inspector.read(connection, "refers", "aux")
    assert table is not None
    assert (table.schema, table.columns[1].type) == ("aux", "INTEGER")


def test_the_model_is_frozen_and_comparable(connection: Connection) -> None:
    one, two = (inspector.read(connection, "pair") for _ in range(2))
    assert one == two
    assert hash(one) == hash(two)
    with pytest.raises(AttributeError):
        one.name = "x"  # type: ignore[union-attr, misc]
    assert one is not None
    assert one.column("x") == one.columns[0]
    assert one.column("absent") is None
