"""What MySQL 8 writes, which no test meets live."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dbx.schema.model import Column, Index, Key, Part, Partition, Partitioning, Table
from dbx.schema.objects import Check, Reference
from dbx.schema.readers.mysql import objects as mysql_objects
from dbx.schema.readers.mysql import reader
from dbx.schema.readers.mysql import rights as mysql_rights
from dbx.schema.readers.mysql import table as mysql_table
from dbx.schema.readers.mysql.table import Home, Unreadable
from dbx.schema.text.mysql import literal, quoted, text_of, without_database

HOME = Home(None, "shop", "shop", "mysql", "utf8mb4_0900_ai_ci")

TABLE = r"""CREATE TABLE `bill` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `at` timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  `until` datetime DEFAULT ((now() + interval 1 day)),
  `key` binary(16) DEFAULT (uuid_to_bin(uuid())),
  `note` text COLLATE utf8mb4_0900_ai_ci,
  `doc` json DEFAULT NULL,
  `name` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'it''s',
  `gross` decimal(10,2) GENERATED ALWAYS AS ((`net` * 1.19)) STORED NOT NULL,
  `net` decimal(10,2) DEFAULT NULL COMMENT 'without',
  `place` point NOT NULL /*!80003 SRID 4326 */,
  `secret` int DEFAULT NULL /*!80023 INVISIBLE */,
  `bare` int,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_name` (`name`(10) DESC) /*!80000 INVISIBLE */,
  KEY `by_lower` ((lower(`name`)),`net` DESC) COMMENT 'c',
  KEY `by_tag` ((cast(json_extract(`doc`,_utf8mb4'$.tags') as char(10) array))),
  FULLTEXT KEY `words` (`note`) /*!50100 WITH PARSER `ngram` */ ,
  SPATIAL KEY `where` (`place`),
  CONSTRAINT `positive` CHECK ((`net` > 0)),
  CONSTRAINT `later` CHECK ((`net` < 100)) /*!80016 NOT ENFORCED */
) /*!50100 TABLESPACE `ts 1` */ ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='AUTO_INCREMENT=7' /*!80016 ENCRYPTION='Y' */
/*!50100 PARTITION BY RANGE (`id`)
SUBPARTITION BY HASH (`id`)
(PARTITION p0 VALUES LESS THAN (10)
 (SUBPARTITION s0 ENGINE = InnoDB,
  SUBPARTITION s1 ENGINE = InnoDB),
 PARTITION `p 1` VALUES LESS THAN MAXVALUE
 (SUBPARTITION s2 ENGINE = InnoDB,
  SUBPARTITION s3 ENGINE = InnoDB)) */"""


@pytest.fixture(scope="module")
def bill() -> Table:
    return mysql_table.table("bill", TABLE, HOME)


def test_columns_of_mysql(bill: Table) -> None:
    assert bill.columns == (
        Column("id", "bigint unsigned", False, "int", automatic=True),
        Column("at", "timestamp", family="datetime", default="CURRENT_TIMESTAMP", options=(("on update", "CURRENT_TIMESTAMP"),)),
        Column("until", "datetime", family="datetime", default="((now() + interval 1 day))"),
        Column("key", "binary(16)", family="bytes", default="(uuid_to_bin(uuid()))"),
        Column("note", "text", family="str"),
        Column("doc", "json", family="json"),
        Column("name", "varchar(20)", False, "str", "'it''s'", collation="utf8mb4_bin", options=(("charset", "utf8mb4"),)),
        Column("gross", "decimal(10,2)", False, "decimal", generated="stored", expression="(`net` * 1.19)"),
        Column("net", "decimal(10,2)", family="decimal", comment="without"),
        Column("place", "point", False, options=(("srid", "4326"),)),
        Column("secret", "int", family="int", hidden=True),
        Column("bare", "int", family="int", options=(("no default", ""),)),
    )  # fmt: skip


def test_keys_of_mysql(bill: Table) -> None:
    assert bill.primary == Key("", (Part("id"),))
    assert bill.indexes == (
        Index("by_name", (Part("name", descending=True, prefix=10),), True, options=(("invisible", ""),)),
        Index("by_lower", (Part(None, "lower(`name`)"), Part("net", descending=True)), comment="c"),
        Index("by_tag", (Part(None, "cast(json_extract(`doc`,_utf8mb4'$.tags') as char(10) array)"),)),
        Index("words", (Part("note"),), method="fulltext", options=(("parser", "ngram"),)),
        Index("where", (Part("place"),), method="spatial"),
    )
    assert bill.checks == (Check("positive", "(`net` > 0)"), Check("later", "(`net` < 100)", enforced=False))


def test_the_table_of_mysql(bill: Table) -> None:
    engine = (("engine", "InnoDB"),)
    assert dict(bill.options) == {
        "charset": "utf8mb4", "collation": "utf8mb4_0900_ai_ci", "encryption": "Y", "engine": "InnoDB", "tablespace": "ts 1",
    }  # fmt: skip
    assert bill.comment == "AUTO_INCREMENT=7"
    assert bill.definition == TABLE.replace("InnoDB AUTO_INCREMENT=7", "InnoDB")
    assert bill.partitioning == Partitioning("RANGE (`id`)", "HASH (`id`)", (
        Partition("p0", "VALUES LESS THAN (10)", parts=(("s0", engine), ("s1", engine))),
        Partition("p 1", "VALUES LESS THAN MAXVALUE", parts=(("s2", engine), ("s3", engine))),
    ))  # fmt: skip


def test_what_nobody_knows_yet_is_an_option() -> None:
    text = "CREATE TABLE `t` (\n  `a` vector(3) NEW_THING OTHER=5 DEFAULT NULL,\n  KEY `k` (`a`) FANCY=`x`\n) ENGINE=X NEWER=1 PLAIN"
    found = mysql_table.table("t", text, HOME)
    assert found.columns == (Column("a", "vector(3)", options=(("new_thing", ""), ("other", "5"))),)
    assert found.indexes == (Index("k", (Part("a"),), options=(("fancy", "x"),)),)
    assert found.options == (("engine", "X"), ("newer", "1"), ("plain", ""))


@pytest.mark.parametrize("name", ["`" * 64, "'" * 64, "\\" * 64, "`'" * 32])
def test_names_that_could_be_read_in_many_ways_are_read_at_once(name: str) -> None:
    """Each line says something at its end that the patterns of plain lines do not know."""
    here, text = quoted(name), literal(name)
    lines = (
        f"  {here} enum({text},{text}) DEFAULT {text} COMMENT {text} /*!80023 INVISIBLE */",
        f"  `v` int GENERATED ALWAYS AS (concat({here},{text})) VIRTUAL",
        f"  KEY {here} ({here},{here},{here}) USING HASH",
        f"  CONSTRAINT {here} FOREIGN KEY ({here}, {here}) REFERENCES {here} ({here}, {here}) ON DELETE CASCADE /*!99999 MATCH x */",
        f"  CONSTRAINT {here} CHECK ({here} <> {text})",
    )
    body = ",\n".join(lines)
    found = mysql_table.table(name, f"CREATE TABLE {here} (\n{body}\n) ENGINE=X COMMENT={text} CONNECTION={text}", HOME)
    assert [column.name for column in found.columns] == [name, "v"]
    assert found.columns[0].comment == found.comment == name
    assert found.indexes[0].columns == (name,) * 3
    assert [(key.target_table, key.on_delete) for key in found.foreign_keys] == [(name, "CASCADE")]
    assert [check.name for check in found.checks] == [name]
    view = f"CREATE ALGORITHM=MERGE DEFINER={here} SQL SECURITY DEFINER VIEW {here} AS select {text} from {here} where {here}({text})"
    assert {each.name for each in mysql_objects.view(name, ("", view, "", ""), HOME).depends} == {name}


def test_a_temporary_table_is_another() -> None:
    with pytest.raises(Unreadable):
        mysql_table.table("t", "CREATE TEMPORARY TABLE `t` (\n  `a` int\n) ENGINE=X", HOME)


def test_catalog_columns_of_both_servers() -> None:
    row = ("c", "varchar(9)", "YES", "it's", "", "", "utf8mb4_bin", "why")
    assert mysql_objects.catalog_column(row, HOME) == Column(
        "c", "varchar(9)", family="str", default="'it''s'", collation="utf8mb4_bin", comment="why"
    )
    row = ("c", "datetime", "NO", "CURRENT_TIMESTAMP", "DEFAULT_GENERATED on update CURRENT_TIMESTAMP", "", None, "")
    assert mysql_objects.catalog_column(row, HOME) == Column(
        "c", "datetime", False, "datetime", "CURRENT_TIMESTAMP", options=(("on update", "current_timestamp"),)
    )
    row = ("c", "int(11)", "YES", "NULL", "", None, None, "")
    assert mysql_objects.catalog_column(row, HOME._replace(dialect="mariadb")) == Column("c", "int(11)", family="int")
    row = ("c", "int", "YES", None, "VIRTUAL GENERATED INVISIBLE", "(`a` + 1)", None, "")
    assert mysql_objects.catalog_column(row, HOME) == Column(
        "c", "int", family="int", generated="virtual", expression="(`a` + 1)", hidden=True
    )


def test_a_view_of_mysql_names_its_columns() -> None:
    text = (
        "CREATE ALGORITHM=UNDEFINED DEFINER=`app`@`%` SQL SECURITY DEFINER VIEW `v` (`a`,`b, c`) AS select"
        " ' WITH LOCAL CHECK OPTION' AS `x`,`t`.`y` AS `y` from `t` where extract(year from `t`.`y`) > 1"
    )
    found = mysql_objects.view("v", ("v", text, "utf8mb4", "utf8mb4_0900_ai_ci"), HOME)
    assert found.query is not None and found.query.startswith("select ' WITH LOCAL CHECK OPTION' AS")
    assert (found.owner, found.depends) == ("app@%", (Reference("t"),))
    assert "check option" not in dict(found.options)


@pytest.mark.parametrize(
    ("grants", "missing"),
    [
        (["GRANT ALL PRIVILEGES ON *.* TO `root`@`%`"], []),
        (["GRANT USAGE ON *.* TO `a`@`%`", "GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`"], []),
        (["GRANT ALL PRIVILEGES ON `sh%`.* TO `a`@`%`"], []),
        (["GRANT ALL PRIVILEGES ON `s_op`.* TO `a`@`%`"], []),
        (["GRANT ALL PRIVILEGES ON `s\\_op`.* TO `a`@`%`"], ["tables", "routines", "triggers", "events"]),
        (["GRANT SELECT ON `shop`.`t` TO `a`@`%`"], ["tables", "routines", "triggers", "events"]),
        (["GRANT SELECT, TRIGGER ON `shop`.* TO `a`@`%`"], ["routines", "events"]),
        (["GRANT SELECT, EVENT ON *.* TO `a`@`%`"], ["triggers"]),
        (["GRANT INSERT ON `shop`.* TO `a`@`%`", "GRANT SHOW_ROUTINE ON *.* TO `a`@`%`"], ["triggers", "events"]),
    ],
)
def test_what_may_be_hidden(grants: list[str], missing: list[str]) -> None:
    assert [each.name for each in mysql_rights.closed(grants, "shop", None)] == missing


OWN = ("own", "Query", "SELECT …")


@pytest.mark.parametrize(
    ("running", "rows", "may"),
    [
        (1, [OWN], False),
        (1, [OWN, (None, "Sleep", None), (None, "Sleep", "")], False),
        (2, [OWN], True),
        (2, [OWN, (None, "Query", "insert\ninto t")], False),
        (2, [OWN, (None, "Query", "alter table t")], True),
        (2, [OWN, (None, "Execute", "/* c */ select 1")], True),
        (2, [OWN, (None, "Query", None)], True),
        (3, [OWN, (None, "Daemon", None), (None, "Connect", "select 1")], False),
        (3, [OWN, (None, "Daemon", None), (None, "Connect", "create table t")], True),
        # the server's threads may not be counted as running
        (2, [OWN, (None, "Daemon", None), (None, "Slave_SQL", "drop table t")], True),
        (1, [OWN, (None, "Daemon", None)], False),
    ],
)
def test_whether_a_schema_may_be_changing(running: int, rows: list[Any], may: bool) -> None:
    asked: Any = SimpleNamespace(rows=lambda text: rows)
    assert reader._may_change(asked, {"threads_running": running}) is may


def test_strings_and_their_text() -> None:
    for text in ("", "it's", "back\\slash", "\\'", "new\nline", "\\n"):
        assert text_of(literal(text)) == text
    assert text_of(r"'a\0\n\r\t\Z\'\"\\''b'") == "a\0\n\r\t\x1a'\"\\'b"


def test_a_foreign_key_names_columns_as_they_are_called() -> None:
    """The server keeps it as somebody wrote it once."""
    text = """CREATE TABLE `t` (
  `Vm` int(11) DEFAULT NULL,
  `vm2` int(11) DEFAULT NULL,
  CONSTRAINT `f` FOREIGN KEY (`vm`, `vm2`) REFERENCES `u` (`id`, `id2`)
) ENGINE=InnoDB"""
    assert mysql_table.table("t", text, HOME).foreign_keys[0].columns == ("Vm", "vm2")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("select 1 from (`shop`.`a` join `x`.`b`)", "select 1 from (`a` join `x`.`b`)"),
        (
            "select 1 from (`x`.`b` left join (`shop`.`a` join `x`.`c`))",
            "select 1 from (`x`.`b` left join (`a` join `x`.`c`))",
        ),
        ("select `shop`.`a`.`n` from `shop`.`a` `z`", "select `a`.`n` from `a` `z`"),
        ("select extract(day from `shop`.`d`) from `t` `shop`", "select extract(day from `shop`.`d`) from `t` `shop`"),
        ("select 'from `shop`.`a`' from `x`.`b`", "select 'from `shop`.`a`' from `x`.`b`"),
        ("select `shop`.`n` from `shop`.`shop`", "select `shop`.`n` from `shop`"),
    ],
)
def test_a_view_over_databases_names_others_alone(query: str, wanted: str) -> None:
    assert without_database(query, "shop") == wanted
