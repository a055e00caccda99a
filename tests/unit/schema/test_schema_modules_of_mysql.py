"""What modules say of tables of MySQL and MariaDB, compiled for their dialects without a server."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import CreateTable

from dbx.schema.model import Schema
from dbx.schema.readers.mysql import table as mysql_table
from dbx.schema.readers.mysql.table import Home
from dbx.schema.writers import WRITERS, Look

HOME = Home(None, "shop", "shop", "mariadb", "utf8mb4_general_ci")


def made(name: str, *texts: str) -> ModuleType:
    tables = tuple(mysql_table.table(text.split("`")[1], text, HOME) for text in texts)
    found = ModuleType("written")
    source = b"".join(WRITERS[name].load()(Schema("mariadb", tables), Look()).raw or ())
    exec(compile(source, "written.py", "exec", dont_inherit=True), found.__dict__)
    return found


def columns(module: Any) -> str:
    (table,) = module.metadata.tables.values()
    return str(CreateTable(table).compile(dialect=mysql.dialect()))


@pytest.mark.parametrize("type_", ["int(10)", "bigint(12) unsigned zerofill", "tinyint(1)", "tinyint(1) unsigned"])
@pytest.mark.parametrize("name", ["orm", "sqlalchemy"])
def test_a_key_of_any_width_counts_by_itself(name: str, type_: str) -> None:
    found = made(
        name, f"CREATE TABLE `t` (\n  `id` {type_} NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB"
    )
    said = type_.replace("int(10)", "INTEGER(10)").upper()
    assert f"id {said} NOT NULL AUTO_INCREMENT" in columns(found)


def test_numbers_are_numbers() -> None:
    """Their values are what the driver gives, and their sign and width stay."""
    types = ["int(5) zerofill", "double unsigned", "double(10,2)", "float(7,3)", "decimal(6,2) unsigned zerofill"]
    lines = "".join(f"  `c{number}` {type_} NOT NULL,\n" for number, type_ in enumerate(types))
    found = made("sqlalchemy", f"CREATE TABLE `t` (\n{lines}  PRIMARY KEY (`c0`)\n) ENGINE=InnoDB")
    kinds = [column.type for column in found.t.columns]
    assert [isinstance(kind, sa.Integer) for kind in kinds] == [True, False, False, False, False]
    assert [getattr(kind, "asdecimal", None) for kind in kinds] == [None, False, False, False, True]
    text = columns(found).replace(", ", ",")
    assert all(
        f"c{number} {type_.replace('int', 'INTEGER').upper()} NOT NULL" in text for number, type_ in enumerate(types)
    )


def test_a_float_that_counts_is_left_to_the_server() -> None:
    found = made(
        "orm", "CREATE TABLE `t` (\n  `id` float NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB"
    )
    assert found.metadata.tables["t"].info["create"].count("AUTO_INCREMENT") == 1
    assert found.T.__table__.c.id.autoincrement == "auto"
