"""What writers and translations once made of schemas that are a little odd."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from schema_cases import written

from dbx import config, target
from dbx.database import Database
from dbx.schema import read
from dbx.schema.diff import cross
from dbx.schema.migrate.narrowing import narrows
from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Schema, Table
from dbx.schema.objects import Check, Name
from dbx.schema.translate.expression import expression, with_truths
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


def test_a_key_to_a_column_that_is_not_there_is_left_out_and_named(tmp_path: Path) -> None:
    found = sqlite(tmp_path, "create table one (id integer primary key); create table two (y references one(nocol));")
    for name in ("orm", "sqlalchemy", "dbml"):
        assert "one.nocol" not in written(name, found).decode()
        assert '"one"."nocol"' not in written(name, found).decode()
        assert any(loss.what.startswith("foreign key y") for loss in WRITERS[name].lost(found, Look()))


def test_what_sqlalchemy_keeps_on_objects_is_no_attribute(tmp_path: Path) -> None:
    found = sqlite(tmp_path, "create table t (id integer primary key, _sa_class_manager text, _sa_registry, _sa_x);")
    made = ModuleType("written")
    exec(compile(written("orm", found).decode(), "written.py", "exec", dont_inherit=True), made.__dict__)
    made.Base.registry.configure()
    assert made.T.column_sa_class_manager.expression.name == "_sa_class_manager"


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
    text = written("ddl", translated(found, "postgresql")[0]).decode()
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


@pytest.mark.parametrize(
    ("text", "postgresql", "mysql"),
    [
        ('"a" NOT NULL', '"a" IS NOT NULL', "`a` IS NOT NULL"),
        (
            "(a + 1) notnull AND b ISNULL",
            '("a" + 1) IS NOT NULL AND "b" IS NULL',
            "(`a` + 1) IS NOT NULL AND `b` IS NULL",
        ),
        ("a <> ' NOT NULL'", "\"a\" <> ' NOT NULL'", "`a` <> ' NOT NULL'"),
        ("a is not null", '"a" is not null', "`a` is not null"),
        ("a IS b", '"a" IS NOT DISTINCT FROM "b"', "`a` <=> `b`"),
        ("a IS NOT 'x'", "\"a\" IS DISTINCT FROM 'x'", None),
    ],
)
def test_what_sqlite_says_of_null_in_words_of_others(text: str, postgresql: str, mysql: str | None) -> None:
    assert expression(text, "sqlite", "postgresql") == postgresql
    assert expression(text, "sqlite", "mysql") == expression(text, "sqlite", "mariadb") == mysql


@pytest.mark.parametrize(
    ("type_", "text", "kept"),
    [
        ("datetime", "'2000-01-01 00:00:00'", True),
        ("datetime", "'2000-01-01T00:00'", True),
        ("timestamp", "'1970-01-01T00:00:00Z'", False),
        ("date", "'never'", False),
        ("time", "'10:30'", True),
        ("", "current_timestamp", False),
        ("varchar(9)", "'never'", True),
    ],
)
def test_a_point_in_time_is_kept_as_a_default_where_all_read_it(
    tmp_path: Path, type_: str, text: str, kept: bool
) -> None:
    found = sqlite(tmp_path, f"create table t (id integer primary key, at {type_} default {text});")
    for dialect in ("postgresql", "mariadb"):
        made, losses = translated(found, dialect)
        assert made.tables[0].columns[1].default == (text if kept else None)
        assert any("default" in loss.what for loss in losses) is not kept


def test_names_that_differ_in_case_alone_are_two_only_where_case_counts() -> None:
    id_ = Column("id", "integer", family="int")
    tables = (Table("Foo", "a", (id_,)), Table("foo", "a", (id_,)), Table("c", "b", (id_, Column("ID", "integer"))))
    found = Schema("postgresql", tables)
    made, losses = translated(found, "sqlite")
    assert [table.name for table in made.tables] == ["a_Foo", "a_foo_2"]
    assert [loss.object for loss in losses if not loss.what] == ["table b.c"]
    indexes = (Index("X", (Part("id"),)), Index("x", (Part("id"),)))
    (table,) = translated(Schema("postgresql", (Table("t", "public", (id_,), indexes=indexes),)), "mysql")[0].tables
    assert [index.name for index in table.indexes] == ["X", "t_x"]


def test_mysql_has_no_check_of_what_a_foreign_key_changes_and_wants_a_key_in_its_order() -> None:
    columns = (Column("x", "integer", family="int"), Column("y", "integer", family="int"))
    twice = Column("twice", "integer", family="int", generated="stored", expression="(x * 2)")
    unique = (Key("", (Part("x"), Part("y"))),)
    key = ForeignKey("fk", ("y", "x"), "public", "a", ("y", "x"), on_update="CASCADE")
    checks = (Check("positive", "(x > 0)"), Check("other", "(z > 0)"))
    last = Table(
        "b", "public", (*columns, Column("z", "integer", family="int"), twice), foreign_keys=(key,), checks=checks
    )
    found = Schema("postgresql", (Table("a", "public", columns, unique=unique), last))
    for dialect, kept in (("mysql", ["other"]), ("sqlite", ["other", "positive"])):
        made, losses = translated(found, dialect)
        second = made.tables[1]
        assert [check.name for check in second.checks] == kept
        assert bool(second.columns[3].generated) is (dialect == "sqlite")
        assert second.foreign_keys[0].target_columns == (("x", "y") if dialect == "mysql" else ("y", "x"))
        assert len([loss for loss in losses if loss.why == "a foreign key changes what it is of"]) == 2 * (
            dialect == "mysql"
        )


@pytest.mark.parametrize(
    ("text", "kept"), [("1970-01-01 00:00:00", False), ("2038-01-19 03:14:08", False), ("2020-02-29 12:00:00", True)]
)
def test_mysql_has_no_moment_outside_of_its_years_as_a_default(text: str, kept: bool) -> None:
    columns = (
        Column("a", "timestamp with time zone", family="datetime", default=f"'{text}'::timestamp with time zone"),
    )
    made, losses = translated(Schema("postgresql", (Table("t", "public", columns),)), "mysql")
    assert made.tables[0].columns[0].default == (f"'{text}'" if kept else None)
    assert any(loss.what.startswith("column a, default") for loss in losses) is not kept


def test_a_column_that_a_parent_got_later_is_named_where_it_cannot_stay_behind_the_childs_own() -> None:
    a, late, own = (Column(name, "integer", family="int") for name in ("a", "late", "own"))
    parent = Table("parent", "public", (a, late))
    for columns, lost in (((a, own, late), ["table public.child"]), ((a, late, own), [])):
        child = Table("child", "public", columns, parents=(Name("parent", "public"),))
        for form in ("ddl", "orm"):
            losses = WRITERS[form].lost(Schema("postgresql", (child, parent)), Look())
            assert [loss.object for loss in losses if loss.what == "order of columns"] == lost


def test_a_row_that_is_too_long_for_mysql_has_its_longest_texts_apart(tmp_path: Path) -> None:
    lines = ", ".join(f"c{number} varchar(2000) default 'x'" for number in range(9))
    found = sqlite(tmp_path, f"create table t (id integer primary key, k varchar(700) unique, {lines});")
    made, losses = translated(found, "mysql")
    types = [column.type for column in made.tables[0].columns]
    assert types == ["bigint", "varchar(700)", "text", "text", *["varchar(2000)"] * 7]
    assert made.tables[0].columns[2].default == "('x')"
    assert [loss.what for loss in losses if loss.why == "a row has no room for it"] == [
        "column c0, its length",
        "column c1, its length",
    ]
    assert not any("its length" in loss.what for loss in translated(found, "postgresql")[1])


def test_indexes_of_the_same_columns_are_told_apart(tmp_path: Path) -> None:
    """One is unique and the other is not, on both sides."""
    column = (Column("a", "int"),)
    unique, plain = Index("u", (Part("a"),), True), Index("p", (Part("a"),))
    one = Schema("sqlite", (Table("t", None, column, indexes=(unique, plain)),))
    two = Schema("mariadb", (Table("t", None, column, indexes=(plain, unique)),))
    assert cross.compare(one, two, ()).changes == ()


def test_what_refers_has_the_type_of_what_is_referred_to() -> None:
    """MySQL counts in unsigned numbers, which PostgreSQL cannot; and a truth may refer to a number there."""
    counted = (Column("id", "bigint(20) unsigned", False, "int", automatic=True),)
    small = (Column("id", "tinyint(3)", False, "int"),)
    key = Key("", (Part("id"),))
    links = (
        ForeignKey("f1", ("one",), None, "counted", ("id",)),
        ForeignKey("f2", ("two",), None, "small", ("id",)),
    )
    columns = (
        Column("one", "bigint(20) unsigned", family="int"),
        Column("two", "tinyint(1)", False, "bool", default="1"),
    )
    tables = (
        Table("counted", None, counted, key),
        Table("small", None, small, key),
        Table("t", None, columns, None, links),
    )
    made = translated(Schema("mariadb", tables), "postgresql")[0].tables[-1]
    assert [column.type for column in made.columns] == ["bigint", "smallint"]
    assert made.columns[1].default == "1"


@pytest.mark.parametrize(
    ("name", "labels"),
    [("Mood", ("a", "b")), ("op", ("<>", "!=", "NOT IN")), ("p", ("low - high", "it's ::text")), ("x", ("one",))],
)
def test_an_enum_and_a_check_of_its_labels_are_the_same(name: str, labels: tuple[str, ...]) -> None:
    listed = ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
    said = f"{name} = {listed}::text" if len(labels) == 1 else f"{name} = ANY (ARRAY[{listed}])"
    one = Table("t", None, (Column(name, f"enum({listed})"),))
    two = Table("t", "public", (Column(name, "text"),), checks=(Check("c", f"(({said}))"),))
    found = cross.compare(Schema("mariadb", (one,)), Schema("postgresql", (two,)), ()).changes
    assert [change for change in found if change.kind == "check"] == []
    other = two._replace(checks=(Check("c", f"(({said.replace(labels[0].split()[0], 'z')}))"),))
    found = cross.compare(Schema("mariadb", (one,)), Schema("postgresql", (other,)), ()).changes
    assert [change.kind for change in found if change.kind == "check"] == ["check"]


ODD = (
    "create table g (id integer primary key check (id > 0), n int not null, b int as (n + 1), c int as (b * 2) stored not null);"
    "create table u (a check (a > 1), primary key (a));"
    "create table two (id integer primary key, code text unique);"
    "create table o (x integer references two (id) references u (a), foreign key (x) references two (code));"
)


def test_what_sqlite_takes_and_others_do_not(tmp_path: Path) -> None:
    found = sqlite(tmp_path, ODD)
    made, losses = translated(found, "mariadb")
    tables = {table.name: table for table in made.tables}
    assert tables["g"].checks == ()  # of what counts
    assert [(each.generated, each.nullable) for each in tables["g"].columns[2:]] == [
        ("virtual", True),
        ("stored", True),
    ]
    assert len(tables["o"].foreign_keys) == 1  # one type for one column
    whats = {loss.what for loss in losses}
    assert {"check `id` > 0", "column c, not null"} <= whats
    made, losses = translated(found, "postgresql")
    tables = {table.name: table for table in made.tables}
    assert [each.generated for each in tables["g"].columns[2:]] == ["stored", ""]
    assert tables["u"].checks == ()
    assert {"column c, what it is generated from", "check a > 1"} <= {loss.what for loss in losses}


def test_a_table_of_too_many_columns_is_left_out_and_named() -> None:
    columns = tuple(Column(f"c{number}", "integer", family="int") for number in range(1100))
    found = Schema("sqlite", (Table("t", None, columns),))
    assert len(translated(found, "postgresql")[0].tables) == 1
    made, losses = translated(found, "mysql")
    assert made.tables == ()
    assert [loss.object for loss in losses] == ["table t"]
