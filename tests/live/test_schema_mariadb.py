"""MariaDB's reader and its DDL: every fact of the torture schema, and the same database made again from what is printed.

The remainder, by reason: a view of a table that is gone (`BROKEN`) no statement makes, so it is in neither the replayed
model nor its dump.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from reading import schema as schema_of
from servers import MariaDB
from torture_mariadb import BROKEN, SCHEMA

from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Partition, Partitioning, Schema, Table
from dbx.schema.objects import Check, Event, Grant, Other, Reference, Routine, Sequence, Trigger

USERS = ("reader", "writer")


@pytest.fixture(scope="module")
def torture(mariadb: MariaDB) -> Iterator[str]:
    """The name of a database with the torture schema, and with privileges of two users in it."""
    name = mariadb.create_database()
    mariadb.execute(f"ALTER DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci COMMENT 'of ''all'''")
    mariadb.run_client("--comments", database=name, text=SCHEMA)
    for user in USERS:
        mariadb.execute(f"CREATE OR REPLACE USER {user}@'%' IDENTIFIED BY 'secret'")
    for grant in (
        "SELECT ON parent TO reader@'%' WITH GRANT OPTION", "SELECT (id), UPDATE (x) ON child TO reader@'%'",
        "EXECUTE ON FUNCTION twice TO reader@'%'", "SELECT ON plain TO writer@'%'", "EVENT ON * TO writer@'%'",
    ):  # fmt: skip
        mariadb.execute(f"GRANT {grant}", name)
    yield name
    mariadb.drop_database(name)
    for user in USERS:
        mariadb.execute(f"DROP USER {user}@'%'")


@pytest.fixture(scope="module")
def schema(mariadb: MariaDB, torture: str) -> Schema:
    return schema_of(mariadb.url(database=torture))


def table(schema: Schema, name: str) -> Table:
    return next(table for table in schema.tables if table.name == name)


def column(schema: Schema, name: str, of: str = "all_types") -> Column:
    found = table(schema, of).column(name)
    assert found is not None
    return found


def index(schema: Schema, of: str, name: str) -> Index:
    return next(index for index in table(schema, of).indexes if index.name == name)


def named(objects: Any, name: str) -> Any:
    return next(found for found in objects if found.name == name)


# --- facts ----------------------------------------------------------------------------------------------------------


def test_columns(schema: Schema) -> None:
    assert [column(schema, name) for name in ("id", "t1", "t4", "t5", "d1", "s1", "s2", "e1", "w2", "w3")] == [
        Column("id", "bigint(20) unsigned", False, "int", automatic=True),
        Column("t1", "tinyint(1)", family="bool", default="1"),
        Column("t4", "int(7) unsigned zerofill", family="int"),
        Column("t5", "bit(3)", family="bytes", default="b'101'"),
        Column("d1", "decimal(12,4) unsigned", family="decimal", default="1.5000"),
        Column("s1", "char(3)", family="str", collation="ascii_general_ci", options=(("charset", "ascii"),)),
        Column("s2", "varchar(300)", family="str", collation="utf8mb4_bin", options=(("charset", "utf8mb4"),)),
        Column("e1", r"enum('a','b''c','d,e','f" + r'"' + r"g','h\\i','it`s')", family="enum", default="'b''c'"),
        Column("w2", "datetime(6)", family="datetime", default="current_timestamp(6)",
               options=(("on update", "current_timestamp(6)"),)),
        Column("w3", "timestamp", family="datetime", default="'2020-01-01 08:00:00'"),
    ]  # fmt: skip


def test_columns_that_say_more(schema: Schema) -> None:
    assert [column(schema, name) for name in ("g1", "x1", "x2", "x3", "v1", "v2", "i1", "c2", "k1", "k2")] == [
        Column("g1", "point", False, options=(("ref_system_id", "4326"),)),
        Column("x1", "datetime", family="datetime", default="(current_timestamp() + interval 1 day)"),
        Column("x2", "varchar(100)", family="str", default=r"""concat('a','b','\'','"')"""),
        Column("x3", "int(11)", family="int", default="nextval(`counter`)"),
        Column("v1", "int(11)", family="int", generated="virtual", expression="`t3` * 2"),
        Column("v2", "varchar(700)", family="str", generated="stored", expression="concat(`s2`,`s2`)", comment="made"),
        Column("i1", "int(11)", family="int", default="3", hidden=True, comment="not seen"),
        Column("c2", "varchar(500)", family="str", default="'x'", options=(("compressed", ""),)),
        Column("k1", "int(11)", False, "int"),
        Column("k2", "int(11)", family="int", comment="tab\tnew\nline 'q' \"d\" \\ back ` tick -- /* */ ;"),
    ]


def test_keys_and_indexes(schema: Schema) -> None:
    assert table(schema, "parent").primary == Key("", (Part("b"), Part("a")))
    assert table(schema, "parent").unique_columns == (("b", "a"), ("a", "c"))
    assert table(schema, "all_types").indexes == (
        Index("bt", (Part("t4"),)),
        Index("h", (Part("t3"),), method="hash"),
        Index("ig", (Part("d1"),), options=(("ignored", ""),)),
        Index("long_unique", (Part("s4"),), True, "hash"),
        Index("pre", (Part("s3", prefix=10), Part("s2", descending=True, prefix=20)), comment="pre"),
        Index("u_u", (Part("u1"),), True),
        Index("v_1", (Part("v1"),)),
        Index("where_", (Part("g1"),), method="spatial"),
        Index("words", (Part("s3"),), method="fulltext", comment="full"),
    )
    assert index(schema, "of_memory", "b").method == "btree"
    assert index(schema, "booking", "once") == Index(
        "once", (Part("room"), Part("stay")), True, options=(("without overlaps", "stay"),)
    )


def test_foreign_keys_and_checks(schema: Schema) -> None:
    assert table(schema, "child").foreign_keys == (
        ForeignKey("to_parent", ("pb", "pa"), None, "parent", ("b", "a"), "SET NULL", "CASCADE"),
        ForeignKey("to_self", ("self",), None, "child", ("id",)),
    )
    assert table(schema, "all_types").checks == (
        Check("", "`k1` > 0", "k1"),
        Check("", "`k2` <> 3 or `k2` is null", "k2"),
        Check("", "json_valid(`j1`)", "j1"),
        Check("CONSTRAINT_1", "`t4` < 10"),
        Check("positive", r"`t3` > 0 and `s2` <> 'a`,\n  `b'"),
    )


def test_options_of_tables(schema: Schema) -> None:
    utf8 = (("charset", "utf8mb4"), ("collation", "utf8mb4_general_ci"))
    found = {name: table(schema, name).options for name in ("all_types", "of_aria", "a_merge", "compressed", "booking")}
    assert found == {
        "all_types": (*utf8, ("engine", "InnoDB"), ("row_format", "DYNAMIC"), ("stats_persistent", "1"), ("stats_sample_pages", "20")),
        "of_aria": (*utf8, ("engine", "Aria"), ("page_checksum", "1"), ("row_format", "PAGE"), ("transactional", "1")),
        "a_merge": (*utf8, ("engine", "MRG_MyISAM"), ("insert_method", "LAST"), ("union", "`m1`,`m2`")),
        "compressed": (*utf8, ("engine", "InnoDB"), ("page_compressed", "1"), ("page_compression_level", "5")),
        "booking": (*utf8, ("engine", "InnoDB"), ("period for `stay`", "`f`, `t`")),
    }  # fmt: skip
    assert table(schema, "parent").comment == 'it\'s the "parent"\nof \\ all'
    assert "AUTO_INCREMENT=" not in str(table(schema, "all_types").definition)
    assert schema.options == (("charset", "utf8mb4"), ("collation", "utf8mb4_general_ci"), ("comment", "of 'all'"))


def test_versions(schema: Schema) -> None:
    assert ("with system versioning", "") in table(schema, "versioned").options
    assert column(schema, "note", "versioned").options == (("without system versioning", ""),)
    assert ("period for system_time", "`f`, `t`") in table(schema, "versioned_own").options
    found = [(each.generated, each.expression, each.hidden) for each in table(schema, "versioned_own").columns[1:]]
    assert found == [("stored", "ROW START", True), ("stored", "ROW END", False)]


def test_partitions(schema: Schema) -> None:
    engine = (("engine", "InnoDB"),)
    assert table(schema, "by_range").partitioning == Partitioning("RANGE (`y`)", "HASH (`id`)", (
        Partition("p0", "VALUES LESS THAN (1990)", "old, (very) 'old'", engine, (("p0sp0", ()), ("p0sp1", ()))),
        Partition("p,1", "VALUES LESS THAN (2000)", None, engine, (("p,1sp0", ()), ("p,1sp1", ()))),
        Partition("p2", "VALUES LESS THAN MAXVALUE", None, (*engine, ("max_rows", "10")), (("p2sp0", ()), ("p2sp1", ()))),
    ))  # fmt: skip
    by = {each.name: each.partitioning.by for each in schema.tables if each.partitioning}
    assert by == {
        "by_columns": "RANGE COLUMNS (`a`,`b`)", "by_hash": "LINEAR HASH (`id`)", "by_key": "KEY ()",
        "by_list": "LIST COLUMNS (`s`)", "by_range": "RANGE (`y`)", "by_sub": "RANGE (`y`)",
        "versioned_parts": "SYSTEM_TIME INTERVAL 1 MONTH STARTS TIMESTAMP'2019-12-31 22:00:00'",
    }  # fmt: skip
    bounds = [each.bound for each in table(schema, "by_list").partitioning.partitions]  # type: ignore[union-attr]
    assert bounds == ["VALUES IN ('x','(y')", "VALUES IN ('z')", "DEFAULT"]
    subparts = [each.parts for each in table(schema, "by_sub").partitioning.partitions]  # type: ignore[union-attr]
    assert subparts[0] == (("s0", engine), ("s1", (("comment", "second"), *engine)))
    assert [each.name for each in table(schema, "by_hash").partitioning.partitions] == ["p0", "p1", "p2", "p3"]  # type: ignore[union-attr]


def test_views(schema: Schema) -> None:
    found = table(schema, "v_check")
    assert (found.kind, found.owner, found.query) == (
        "view", "root@127.0.0.1", "select `by_range`.`id` AS `id`,`by_range`.`y` AS `y` from `by_range` where `by_range`.`y` < 10",
    )  # fmt: skip
    said = {"algorithm": "MERGE", "security": "INVOKER", "check option": "LOCAL"}
    assert said.items() <= dict(found.options).items()
    assert table(schema, "v_gone").owner == "gone@nowhere"
    assert [each.name for each in table(schema, "a_needs_v").columns] == ["n", "se`l"]
    depends = {name: table(schema, name).depends for name in ("a_needs_v", "v_when", "v_with", "v_string")}
    assert {name: {(each.kind, each.name) for each in found} for name, found in depends.items()} == {
        "a_needs_v": {("table", "v_first"), ("function", "twice")},
        "v_when": {("table", "all_types"), ("table", "parent"), ("table", "child"), ("function", "long_one")},
        "v_with": {("table", "child"), ("table", "latin")},
        "v_string": {("sequence", "plain")},
    }
    assert Reference("v_first") in depends["a_needs_v"]


def test_broken_views_are_listed_and_described(schema: Schema) -> None:
    assert {(each.name, each.kind) for each in schema.missing} == {(name, "view") for name in BROKEN}
    assert schema.missing[0].reason.startswith("View 'v_broken' references invalid table(s)")
    assert table(schema, "v_broken").query == "select `doomed`.`id` AS `id` from `doomed`"


def test_sequences(schema: Schema) -> None:
    engine = (("engine", "InnoDB"),)
    assert schema.sequences == (
        Sequence("counter", None, "", 5, 3, 2, 500, 7, True, options=engine),
        Sequence("downwards", None, "", -1, -1, -9223372036854775807, -1, 0, comment="counts 'down'", options=engine),
        Sequence("plain", None, "", 1, 1, 1, 9223372036854775806, 1000, options=engine,
                 grants=(Grant("'writer'@'%'", ("SELECT",)),)),
    )  # fmt: skip


def test_routines(schema: Schema) -> None:
    twice: Routine = named(schema.routines, "twice")
    assert (twice.kind, twice.arguments, twice.returns, twice.owner) == (
        "function",
        "n int(11)",
        "int(11)",
        "root@127.0.0.1",
    )
    assert twice.comment == "two; times"
    said = {"data access": "NO SQL", "security": "INVOKER", "deterministic": "", "character_set_client": "utf8mb4"}
    assert said.items() <= dict(twice.options).items()
    assert dict(named(schema.routines, "ansi").options)["sql_mode"] == "PIPES_AS_CONCAT,ANSI_QUOTES"
    assert named(schema.routines, "proc").arguments == "IN a int(11), OUT b text, INOUT c`d int(11)"
    assert named(schema.routines, "agg").kind == "aggregate"
    assert "-- a comment; with 'quotes" in named(schema.routines, "long_one").definition
    packages = [(each.name, each.kind) for each in schema.others if each.kind != "grant"]
    assert packages == [("pack", "package"), ("pack", "package body")]


def test_triggers_in_their_order(schema: Schema) -> None:
    found: list[Trigger] = [each for each in schema.triggers if each.table == "parent"]
    order = {each.name: dict(each.options).get("order", "1") for each in found}
    assert order == {"t_first": "1", "t_second": "2", "t_third": "3"}
    assert (found[0].timing, found[0].events) == ("BEFORE", ("INSERT",))


def test_events(schema: Schema) -> None:
    often: Event = named(schema.events, "often")
    assert often.schedule == "EVERY 90 MINUTE STARTS '2020-01-01 10:00:00' ENDS '2035-01-01 00:00:00'"
    assert (often.status, dict(often.options)["time_zone"]) == ("ENABLED", "+02:00")
    once: Event = named(schema.events, "once")
    assert (once.schedule, once.status, once.comment) == ("AT '2035-01-01 00:00:00'", "DISABLED", "later's")
    assert dict(once.options)["on completion"] == "PRESERVE"


def test_grants(schema: Schema) -> None:
    reader = "'reader'@'%'"
    assert table(schema, "parent").grants == (Grant(reader, ("SELECT",), True),)
    assert column(schema, "id", "child").grants == (Grant(reader, ("SELECT",)),)
    assert column(schema, "x", "child").grants == (Grant(reader, ("UPDATE",)),)
    assert named(schema.routines, "twice").grants == (Grant(reader, ("EXECUTE",)),)
    assert [each for each in schema.others if each.kind == "grant"] == [
        Other("'writer'@'%'", None, "grant", "GRANT EVENT ON * TO 'writer'@'%'")
    ]
