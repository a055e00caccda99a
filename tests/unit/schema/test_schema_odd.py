"""What writers and translations once made of schemas that are a little odd."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from dbx import config, target
from dbx.database import Database
from dbx.schema import read
from dbx.schema.migrate.narrowing import narrows
from dbx.schema.model import Column, Schema, Table
from dbx.schema.translate.expression import with_truths
from dbx.schema.translate.tables import translated
from dbx.schema.types.vocabulary import parse
from dbx.schema.writers import WRITERS, Look
from dbx.schema.writers.losses import Loss, summary


def sqlite(tmp_path: Path, script: str) -> Schema:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    database = Database(target.parse(str(path), config.Config()))
    try:
        return read.schema(database)
    finally:
        database.close()


def written(name: str, found: Schema) -> str:
    return b"".join(WRITERS[name].load()(found, Look()).raw or ()).decode()


def test_a_key_to_a_column_that_is_not_there_is_left_out_and_named(tmp_path: Path) -> None:
    found = sqlite(tmp_path, "create table one (id integer primary key); create table two (y references one(nocol));")
    for name in ("orm", "sqlalchemy", "dbml"):
        assert "one.nocol" not in written(name, found)
        assert '"one"."nocol"' not in written(name, found)
        assert any(loss.what.startswith("foreign key y") for loss in WRITERS[name].lost(found, Look()))


def test_what_sqlalchemy_keeps_on_objects_is_no_attribute(tmp_path: Path) -> None:
    found = sqlite(tmp_path, "create table t (id integer primary key, _sa_class_manager text, _sa_registry, _sa_x);")
    made = ModuleType("written")
    exec(compile(written("orm", found), "written.py", "exec", dont_inherit=True), made.__dict__)
    made.Base.registry.configure()
    assert made.T.column_sa_class_manager.expression.name == "_sa_class_manager"


def test_mermaid_keeps_tables_apart_whose_names_it_cannot_write() -> None:
    column = (Column("id", "int"),)
    text = written("mermaid", Schema("sqlite", tuple(Table(name, None, column) for name in ('a"b', "a%b", "a_b"))))
    assert [line.split('"')[1] for line in text.splitlines() if line.endswith("{")] == ["a_b_2", "a_b_3", "a_b"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('"a" IN (0, 1)', '"a" IN (false, true)'),
        ('"a" = 0 AND "n" = 1', '"a" = false AND "n" = 1'),
        ('1 < "n" AND "a" <> 1', '1 < "n" AND "a" <> true'),
        ('"a" + 1 > 1', None),
        ('"a" = 2', None),
        ('"a" BETWEEN 0 AND 1', None),
        ('"aa" = 1', '"aa" = 1'),
    ],
)
def test_numbers_become_truths_where_a_column_is_one(text: str, wanted: str | None) -> None:
    assert with_truths(text, ["a"]) == wanted


def test_a_check_and_a_predicate_follow_their_column(tmp_path: Path) -> None:
    found = sqlite(
        tmp_path,
        "create table t (id integer primary key, paid boolean default 0 check (paid in (0, 1)));"
        "create index unpaid on t (id) where paid = 0;",
    )
    text = written("ddl", translated(found, "postgresql")[0])
    assert 'CHECK ("paid" in (false, true))' in text
    assert 'WHERE "paid" = false' in text


def test_a_key_to_what_is_not_unique_is_left_out_and_named(tmp_path: Path) -> None:
    found = sqlite(
        tmp_path,
        'create table "select" ("from" int references "select"("from"));'
        'create unique index some on "select" ("from") where "from" > 0;',
    )
    made, losses = translated(found, "postgresql")
    assert made.tables[0].foreign_keys == ()
    assert Loss("table select", "foreign key from", "what it refers to has no unique key") in losses


def test_types_stay_within_what_mysql_takes() -> None:
    columns = (
        Column("n", "numeric(1000,-2)", family="decimal"),
        Column("at", "timestamp(3) with time zone", family="datetime", default="now()"),
        Column("on_", "timestamp without time zone", family="datetime", default="now()"),
    )
    made, losses = translated(Schema("postgresql", (Table("t", "public", columns),)), "mysql")
    assert [column.type for column in made.tables[0].columns] == ["decimal(65,0)", "timestamp(3)", "datetime(6)"]
    assert [column.default for column in made.tables[0].columns[1:]] == ["CURRENT_TIMESTAMP(3)", "CURRENT_TIMESTAMP(6)"]
    assert any(loss.what.startswith("column n, ") for loss in losses)


def test_a_summary_counts_things_by_their_names() -> None:
    whats = [
        "check (a IN (0, 1))",
        "check (b IN ('x, (y', 'z'))",
        "column n, default 'a, b'",
        "column n, set('T','C','D')",
        "column n, that it counts by itself",
        "its schema",
        "a column without a name",
        "foreign key a, b",
        "statement text",
    ]
    assert summary([Loss("table t", what, "") for what in whats]) == (
        "4 other parts, 2 checks, 1 default, 1 foreign key, 1 statement text"
    )


NARROWER = [
    ("text", "character varying(2)"), ("numeric(10,4)", "numeric(10,1)"), ("timestamp without time zone", "date"),
    ("double precision", "integer"), ("text", "character(3)"), ("bigint", "integer"), ("integer", "numeric(5,0)"),
    ("timestamp(6) without time zone", "timestamp(3) without time zone"), ("numeric", "numeric(9,2)"),
    ("public.mood", "public.other"), ("jsonb", "integer"),
]  # fmt: skip
WIDER = [
    ("character varying(2)", "text"), ("character varying(2)", "character varying(9)"), ("integer", "bigint"),
    ("numeric(10,1)", "numeric(12,3)"), ("date", "timestamp without time zone"), ("integer", "numeric"), ("jsonb", "text"),
    ("real", "double precision"), ("boolean", "integer"), ("json", "jsonb"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "wanted"), [(*pair, True) for pair in NARROWER] + [(*pair, False) for pair in WIDER]
)
def test_what_may_be_lost_with_another_type(old: str, new: str, wanted: bool) -> None:
    assert narrows(parse(old, "postgresql"), parse(new, "postgresql")) is wanted
