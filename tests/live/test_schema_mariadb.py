"""MariaDB's reader and its DDL: every fact of the torture schema, and the same database made again from what is printed.

The remainder, by reason: a view of a table that is gone (`BROKEN`) no statement makes, so it is in neither the replayed
model nor its dump.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from run_dbx import DBX, SECONDS, Done, environment, execute, good
from servers import MariaDB
from torture_mariadb import BROKEN, SCHEMA, hostile

from dbx import config, target
from dbx.database import Database
from dbx.schema import read, serial
from dbx.schema.listing import ordered
from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Partition, Partitioning, Schema, Table
from dbx.schema.objects import Check, Event, Grant, Other, Reference, Routine, Sequence, Trigger
from dbx.schema.readers import inspector

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


def schema_of(url: str, *names: str, schemas: tuple[str, ...] = ()) -> Schema:
    database = Database(target.parse(url, config.Config()))
    try:
        return read.schema(database, names, schemas)
    finally:
        database.close()


def reflect(url: str, *arguments: str) -> Done:
    command = [DBX, "reflect", "@", *arguments]
    done = subprocess.run(command, env=environment(url), capture_output=True, timeout=SECONDS, check=False)
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "surrogateescape"))


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


# --- made again -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=["torture", "hostile"])
def original(request: pytest.FixtureRequest, mariadb: MariaDB, torture: str) -> Iterator[str]:
    if request.param == "torture":
        yield torture
        return
    name = mariadb.create_database()
    execute(mariadb.url(database=name), *hostile())
    yield name
    mariadb.drop_database(name)


@pytest.mark.parametrize("through", ["dbx run", "mariadb"])
def test_what_is_printed_makes_an_equal_database(mariadb: MariaDB, original: str, through: str) -> None:
    url = mariadb.url(database=original)
    printed = reflect(url, "-f", "ddl")
    assert printed.code in (0, 7), printed.err
    copy = mariadb.create_database()
    mariadb.execute(f"ALTER DATABASE {copy} CHARACTER SET latin1")
    if through == "mariadb":
        mariadb.run_client("--comments", database=copy, text=printed.text)
    else:
        command = [DBX, "run", "@", "-"]
        env = environment(mariadb.url(database=copy))
        done = subprocess.run(command, input=printed.out, env=env, capture_output=True, timeout=SECONDS, check=False)
        assert done.returncode == 0, done.stderr.decode()
    before, after = schema_of(url), schema_of(mariadb.url(database=copy))
    kept = tuple(each for each in before.tables if each.name not in BROKEN)
    assert serial.dumps(before._replace(tables=kept, missing=())).decode() == serial.dumps(after).decode()
    assert dumped(mariadb, copy).replace(f"`{copy}`", f"`{original}`") == dumped(mariadb, original)
    mariadb.drop_database(copy)


def dumped(server: MariaDB, database: str) -> str:
    """mariadb-dump, but for how far AUTO_INCREMENT has counted, and views that do not work."""
    argv, env = server.client()
    tool = str(server.binary("mariadb-dump", "mysqldump"))
    options = [
        "--no-data",
        "--routines",
        "--events",
        "--skip-dump-date",
        "--skip-comments",
        "--force",
        "--single-transaction",
        "--skip-lock-tables",
    ]
    options += [f"--ignore-table={database}.{name}" for name in BROKEN]
    done = subprocess.run(
        [tool, *argv[1:], *options, database],
        env=env,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "CREATE TABLE" in done.stdout
    return re.sub(r"(?m)^(\) ENGINE=\w+) AUTO_INCREMENT=\d+", r"\1", done.stdout)


def test_several_databases_are_printed_with_their_names(mariadb: MariaDB, torture: str) -> None:
    """Read from no database at all; a name goes before every object, because USE would not lead back."""
    one, two = mariadb.create_database(), mariadb.create_database()
    statements = (
        f"CREATE TABLE {one}.a (id int PRIMARY KEY)",
        f"CREATE TABLE {two}.b (a int, FOREIGN KEY (a) REFERENCES {one}.a (id))",
        f"CREATE VIEW {two}.v AS SELECT * FROM {one}.a",
        f"CREATE FUNCTION {two}.f(x int) RETURNS int RETURN x",
        f"CREATE TRIGGER {two}.t BEFORE INSERT ON {two}.b FOR EACH ROW BEGIN SET NEW.a = 1; END",
        f"CREATE EVENT {two}.e ON SCHEDULE AT '2035-01-01 00:00:00' DO SELECT 1",
        f"CREATE SEQUENCE {two}.s",
    )
    execute(mariadb.url(), *statements)
    before = schema_of(mariadb.url(), schemas=(one, two))
    assert [each.name for each in before.namespaces] == [one, two]
    assert [(each.schema, each.name) for each in before.tables] == [(one, "a"), (two, "b"), (two, "v")]
    assert table(before, "b").foreign_keys[0].target_schema == one
    printed = reflect(mariadb.url(), "-s", one, "-s", two, "-f", "ddl")
    assert printed.code == 0, printed.err
    for name in (two, one):
        mariadb.execute(f"DROP DATABASE {name}")
    mariadb.run_client(text=printed.text)
    assert schema_of(mariadb.url(), schemas=(one, two)) == before
    assert {each.schema for each in schema_of(mariadb.url()).tables} >= {one, two, torture}
    seen_from_one = schema_of(mariadb.url(database=one), schemas=(two,))
    assert table(seen_from_one, "b").foreign_keys[0].target_schema is None
    for name in (two, one):
        mariadb.drop_database(name)


def test_the_database_of_a_trigger_or_default_goes_with_it(mariadb: MariaDB, maria_url: str) -> None:
    """What was made with the database's name in front is made in another database too."""
    home = maria_url.rpartition("/")[2]
    execute(
        maria_url,
        f"CREATE SEQUENCE {home}.s",
        f"CREATE TABLE {home}.t (id int DEFAULT nextval({home}.s), note varchar(20) DEFAULT '`{home}`.`f`(')",
        f"CREATE TRIGGER `{home}` . tr BEFORE INSERT ON {home}.t FOR EACH ROW SET NEW.note = '{home}.t'",
        f"CREATE FUNCTION {home}.f() RETURNS int RETURN 1",
        f"CREATE ALGORITHM=TEMPTABLE VIEW v AS SELECT {home}.f() AS f, {home}.t.id FROM {home}.t",
    )
    printed = good(reflect(maria_url, "-f", "ddl")).text
    names = [line for line in printed.splitlines() if f"`{home}`" in line]
    assert len(names) == 1 and f"DEFAULT '`{home}`.`f`('" in names[0]  # a string stays what it is
    copy = mariadb.create_database()
    mariadb.run_client(database=copy, text=printed)
    assert schema_of(mariadb.url(database=copy)) == schema_of(maria_url)
    mariadb.drop_database(copy)


# --- with others ----------------------------------------------------------------------------------------------------


def test_the_generic_reader_agrees(mariadb: MariaDB, torture: str, schema: Schema) -> None:
    """In what SQLAlchemy can express; REFLECT.md of its losses has the rest, which is left out here by kind."""
    database = Database(target.parse(mariadb.url(database=torture), config.Config()))
    try:
        generic = ordered(inspector.read_all(database))
    finally:
        database.close()
    own = {each.name: each for each in schema.tables if each.name not in BROKEN}
    assert {each.name for each in generic.tables} - {each.name for each in schema.sequences} - BROKEN == set(own)
    for theirs in generic.tables:
        if theirs.name in own:
            assert common(theirs) == common(own[theirs.name]), theirs.name


def common(found: Table) -> Any:
    # of a view's columns it knows names and types alone; of an invisible one (i1) it loses the comment
    known = [c.name if found.kind == "view" else (c.name, c.nullable, c.automatic) for c in found.columns]
    comments = [c.comment for c in found.columns if found.kind == "table" and c.name != "i1"]
    # of names with a line break or a doubled backtick its patterns make nothing, or something else
    if any(not c.name.replace(" ", "").isidentifier() for c in found.columns) or not found.name.isidentifier():
        return None
    families = [
        c.family for c in found.columns if c.family not in ("unknown", "uuid") and not c.type.startswith("inet")
    ]
    keys = [(k.name, k.columns, k.target_table, k.target_columns, k.on_delete, k.on_update) for k in found.foreign_keys]
    indexes = [
        (i.name, i.columns, i.unique) for i in found.indexes if ("ignored", "") not in i.options and not i.unique
    ]
    checks = [(c.name, c.expression) for c in found.checks if c.column is None]
    return found.kind, known, comments, families, found.primary_key, keys, indexes, checks, found.comment or None


def test_mysqlclient_reads_the_same(mariadb: MariaDB, torture: str, schema: Schema) -> None:
    pytest.importorskip("MySQLdb")
    assert schema_of(mariadb.url(database=torture).replace("mysql:", "mysql+mysqldb:")) == schema
