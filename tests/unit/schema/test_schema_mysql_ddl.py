"""DDL of MySQL for schemas that no server has read."""

from __future__ import annotations

from dbx.schema import ddl
from dbx.schema.model import Column, Schema, Table
from dbx.schema.objects import Grant, Missing, Namespace, Routine, Trigger


def ddl_of(schema: Schema) -> list[str]:
    """Without what stands around every script."""
    texts = list(ddl.statements(schema))
    assert texts[1:3] == ["SET NAMES utf8mb4;", "SET foreign_key_checks = 0, sql_mode = '', time_zone = '+00:00';"]
    assert texts[0].startswith("SET @") and texts[-1].startswith("SET character_set_client = @")
    return texts[3:-1]


def test_nothing_makes_no_script() -> None:
    assert list(ddl.statements(Schema("mysql"))) == []


def test_settings_are_set_where_they_change() -> None:
    latin = (
        ("character_set_client", "latin1"),
        ("collation_connection", "latin1_swedish_ci"),
        ("sql_mode", "ANSI_QUOTES"),
    )
    routines = (
        Routine("f", None, definition="CREATE FUNCTION `f`() RETURN 1", options=latin),
        Routine("g", None, definition="CREATE FUNCTION `g`() RETURN 'ä'", options=latin),
        Routine("h", None, definition="CREATE FUNCTION `h`() RETURN 1 -- end", options=latin),
        Routine("i", None, definition="CREATE PROCEDURE `i`() BEGIN SELECT ';;'; END", options=latin),
        Routine("j", None),
    )
    assert ddl_of(Schema("mysql", routines=routines)) == [
        "SET character_set_client = 'latin1', sql_mode = 'ANSI_QUOTES', collation_connection = 'latin1_swedish_ci';",
        "CREATE FUNCTION `f`() RETURN 1;",
        "SET character_set_client = 'utf8mb4';",
        "CREATE FUNCTION `g`() RETURN 'ä';",
        "SET character_set_client = 'latin1';",
        "CREATE FUNCTION `h`() RETURN 1 -- end\n;",
        "DELIMITER ;;$\nCREATE PROCEDURE `i`() BEGIN SELECT ';;'; END\n;;$\nDELIMITER ;",
        "-- function j could not be read",
        "SET character_set_client = 'utf8mb4', sql_mode = '';",
    ]


def test_the_collation_of_the_database_is_what_it_was() -> None:
    routine = Routine(
        "f", None, definition="CREATE FUNCTION `f`() RETURN 1", options=(("database_collation", "latin1_bin"),)
    )
    schema = Schema("mysql", routines=(routine,), options=(("charset", "utf8mb4"), ("collation", "utf8mb4_bin")))
    assert ddl_of(schema) == [
        "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;",
        "ALTER DATABASE COLLATE latin1_bin;",
        "CREATE FUNCTION `f`() RETURN 1;",
        "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;",
    ]


def test_another_database_is_said_with_every_name() -> None:
    schema = Schema(
        "mysql",
        namespaces=(Namespace("o`r", options=(("charset", "latin1"),)),),
        tables=(Table("t", "o`r", (Column("a", "int"),), definition="CREATE TABLE `t` (\n  `a` int\n) ENGINE=X"),),
        routines=(
            Routine(
                "TRIGGER", "o`r", "procedure", definition="CREATE DEFINER=`a b`@`%` PROCEDURE `TRIGGER`() SELECT 1"
            ),
        ),
        triggers=(
            Trigger(
                "x",
                "o`r",
                "t",
                definition='CREATE DEFINER="a"@"b" TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1',
            ),
        ),
    )
    assert ddl_of(schema) == [
        "CREATE DATABASE IF NOT EXISTS `o``r` CHARACTER SET latin1;",
        "CREATE TABLE `o``r`.`t` (\n  `a` int\n) ENGINE=X;",
        "CREATE DEFINER=`a b`@`%` PROCEDURE `o``r`.`TRIGGER`() SELECT 1;",
        'CREATE DEFINER="a"@"b" TRIGGER `o``r`.x BEFORE INSERT ON `o``r`.t FOR EACH ROW SET @a = 1;',
    ]


def test_what_could_not_be_read_ends_no_comment() -> None:
    name = "v\n; DROP TABLE x; -- \r*/"
    views = (Table(name, None, (), kind="view", definition="CREATE VIEW\n`x`"),)
    parts = (Table("half", None, (Column("a", "int", comment="c"),)), Table("none", None, ()))
    missing = (
        Missing(name, None, "view", "why\nnot"),
        Missing("half", None, "table", "denied"),
        Missing("none", None, "table", "locked"),
    )
    texts = ddl_of(Schema("mysql", tables=(*parts, *views), missing=missing))
    assert texts == [
        "-- table half in part: denied",
        "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';",
        'CREATE TABLE "half" (\n    "a" int\n);',
        "SET sql_mode = '';",
        "-- table none in part: locked",
        "-- view v\n-- ; DROP TABLE x; -- \n-- */ cannot be made: why\n-- not\n-- CREATE VIEW\n-- `x`",
    ]


def test_grants_come_last() -> None:
    grants = (Grant("'a'@'%'", ("INSERT", "SELECT"), True),)
    columns = (Column("c", "int", grants=(Grant("'b'", ("SELECT", "UPDATE")),)),)
    schema = Schema(
        "mariadb",
        tables=(Table("t", None, columns, definition="CREATE TABLE `t` (…)", grants=grants),),
        routines=(
            Routine(
                "p", None, "procedure", definition="CREATE PROCEDURE `p`() …", grants=(Grant("'a'@'%'", ("EXECUTE",)),)
            ),
        ),
    )
    assert ddl_of(schema)[-3:] == [
        "GRANT INSERT, SELECT ON `t` TO 'a'@'%' WITH GRANT OPTION;",
        "GRANT SELECT (`c`), UPDATE (`c`) ON `t` TO 'b';",
        "GRANT EXECUTE ON PROCEDURE `p` TO 'a'@'%';",
    ]
