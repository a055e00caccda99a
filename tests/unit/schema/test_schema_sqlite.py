"""What SQLite's reader finds: each fact of the torture schema that is easily lost, by name."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from torture_sqlite import SCHEMA

from dbx.schema.listing import ordered
from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Schema, Table
from dbx.schema.objects import Check, Missing, Trigger
from dbx.schema.readers.sqlite import reader


@pytest.fixture(scope="module")
def schema() -> Schema:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        return ordered(reader.read(connection))


def table(schema: Schema, name: str) -> Table:
    return next(table for table in schema.tables if table.name == name)


def test_kinds(schema: Schema) -> None:
    assert {table.name: table.kind for table in schema.tables if table.kind not in ("table", "shadow")} == {
        "as": "view", "broken": "view", "open_comment": "view", "shown": "view", "boxes": "virtual", "texts": "virtual",
    }  # fmt: skip
    shadows = {table.name.partition("_")[0] for table in schema.tables if table.kind == "shadow"}
    assert shadows == {"boxes", "texts"}
    assert not [table.name for table in schema.tables if table.name.startswith("sqlite_")]


def test_columns(schema: Schema) -> None:
    assert table(schema, "child").columns == (
        Column("a", "INT", False, "int"),
        Column(
            "b",
            "TEXT",
            False,
            "str",
            "'it''s, (fine)'",
            options=(("not null", "b_named"), ("not null on conflict", "ignore")),
        ),
        Column("parent_id", "INTEGER", False, "int"),
        Column("total", "numeric(6, 2)", True, "decimal", "1 + 2"),
        Column("doubled", "INT", True, "int", generated="stored", expression="a * 2"),
        Column("tripled", "", generated="virtual", expression="a * 3"),
        Column("odd", "anything"),
        Column("untyped", ""),
    )
    assert [(c.name, c.generated, c.expression) for c in table(schema, "one_line").columns if c.generated] == [
        ("g", "stored", "n*2"),
        ("g2", "virtual", "k+1"),
    ]
    assert [column.default for column in table(schema, "plain").columns] == [
        None, "-1", "+1.5e-3", "x'00ff'", "TRUE", "'x'",
    ]  # fmt: skip


def test_collation_and_autoincrement(schema: Schema) -> None:
    assert table(schema, "parent").columns == (
        Column("id", "INTEGER", False, "int", automatic=True, options=(("autoincrement", ""),)),
        Column("code", "TEXT", False, "str", collation="NOCASE"),
    )


@pytest.mark.parametrize(
    ("name", "automatic", "nullable"),
    [
        ("lost", True, False),  # INTEGER PRIMARY KEY is the rowid
        ("plain", False, True),  # INT is not, and may be NULL
        ("self made", False, True),  # nor is INTEGER PRIMARY KEY DESC
        ("strict_one", False, False),  # nor anything WITHOUT ROWID, where a key is never NULL
    ],
)
def test_which_key_is_the_rowid(schema: Schema, name: str, automatic: bool, nullable: bool) -> None:
    column = table(schema, name).columns[0]
    assert (column.automatic, column.nullable) == (automatic, nullable)


def test_keys(schema: Schema) -> None:
    assert table(schema, "pair").primary == Key(
        "pair_key", (Part("x"), Part("y", descending=True)), options=(("on conflict", "replace"),)
    )
    assert table(schema, "child").unique == (
        Key("", (Part("b"),)),
        Key("many", (Part("a"), Part("total")), options=(("on conflict", "fail"),)),
    )
    assert table(schema, "parent").unique == (Key("", (Part("code"),)),)
    assert table(schema, "child").unique_columns == (("a", "b"), ("b",), ("a", "total"))


def test_foreign_keys(schema: Schema) -> None:
    assert table(schema, "child").foreign_keys == (
        ForeignKey("", ("parent_id",), None, "parent", ("id",)),
        ForeignKey("", ("parent_id",), None, "parent", ("id",), on_update="SET NULL", on_delete="CASCADE"),
        ForeignKey("fk_two", ("a", "b"), None, "pair", ("x", "y"), match="FULL", deferrable="INITIALLY DEFERRED"),
    )
    assert table(schema, "lost").foreign_keys == (
        ForeignKey("", ("gone_id",), None, "gone", ("id",), deferrable="DEFERRABLE"),
        ForeignKey("", ("other",), None, "gone", ()),
    )
    assert [(key.columns, key.target_columns) for key in table(schema, "twice").foreign_keys] == [
        (("a",), ("id",)),
        (("b",), ("id",)),
        (("c", "d"), ("x", "y")),
        (("d", "c"), ("x", "y")),
    ]
    assert table(schema, "plain").foreign_keys[0].on_delete == "SET DEFAULT"
    assert table(schema, "self made").foreign_keys[0].target_table == "self made"


def test_checks_and_options(schema: Schema) -> None:
    assert table(schema, "child").checks == (
        Check("", "total < 1e6 and b <> ')'"),
        Check("a > 0", "a > 0 /* , ) */", "a"),
    )
    assert table(schema, "strict_one").options == (("strict", ""), ("without rowid", ""))
    assert table(schema, "texts").options == (("using", "fts5(title, body, tokenize = 'porter')"),)
    assert [(column.name, column.hidden) for column in table(schema, "texts").columns] == [
        ("title", False),
        ("body", False),
        ("texts", True),
        ("rank", True),
    ]


def test_indexes(schema: Schema) -> None:
    by_expression, by_total = (index._replace(definition=None) for index in table(schema, "child").indexes)
    assert by_expression == Index(
        "by_expression",
        (Part(None, "lower(b || ',')", True, collation="NOCASE"), Part(None, "a + 1"), Part("total")),
        unique=True,
    )
    assert by_total == Index(
        "by_total",
        (Part("total", descending=True), Part("b", collation="RTRIM")),
        predicate="total > 0 AND b <> ' where '",
    )
    assert [index.parts for index in table(schema, "parent").indexes] == [
        (Part("code"),),  # with the column's own collation
        (Part("code", collation="BINARY"),),
    ]


def test_views_and_triggers(schema: Schema) -> None:
    shown = table(schema, "shown")
    assert ([column.name for column in shown.columns], shown.query) == (
        ["one", "two, three"],
        "SELECT id, code FROM parent WHERE code <> ' AS '",
    )
    assert [trigger._replace(definition=None) for trigger in schema.triggers] == [
        Trigger("by_view", None, "shown", "INSTEAD OF", ("INSERT",)),
        Trigger("early", None, "parent", "BEFORE", ("DELETE",)),
        Trigger("stamp", None, "child", "AFTER", ("UPDATE OF a, b",), condition="new.a > 1"),
    ]
    assert schema.missing == (Missing("broken", None, "view", "no such table: main.nowhere"),)
    assert table(schema, "broken").query == "SELECT x FROM nowhere"


def test_an_encoding_that_is_not_the_usual_one_is_told() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("pragma encoding = 'UTF-16be'")
        connection.execute("create table t (ü text)")
        schema = reader.read(connection)
    assert schema.options == (("encoding", "UTF-16be"),)
    assert schema.tables[0].columns[0].name == "ü"
