"""SQLAlchemy's Inspector says the same of SQLite as the reader of its own, as far as it can; and reads what has none."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reading import reflect
from run_dbx import DBX, environment, good
from test_reflect import made, read_whole
from torture_sqlite import SCHEMA

from dbx import config, target
from dbx.database import Database
from dbx.schema import serial
from dbx.schema.listing import ordered
from dbx.schema.model import Index, Key, Schema
from dbx.schema.readers import inspector


def generic(url: str) -> Schema:
    database = Database(target.parse(url, config.Config()))
    try:
        return ordered(inspector.read_all(database))
    finally:
        database.close()


def common(schema: Schema) -> Iterator[Any]:
    """What both can tell of a SQLite database; REFLECT says what SQLAlchemy loses: actions and names of constraints
    written at a column, a second key to one table, collations, DESC, what is generated, parts of expression indexes,
    checks at columns."""
    for table in schema.tables:
        if table.kind in ("virtual", "shadow"):
            continue  # plain tables to the other
        columns = [
            (column.name, column.type, column.family, bool(column.generated))
            + ((column.nullable, column.automatic) if table.name not in NO_ROWID else ())
            for column in table.columns
        ]
        # in any case: SQLAlchemy has it as written, and loses an implied target that is written in another one
        keys = sorted({(key.columns, key.target_table.lower()) for key in table.foreign_keys})
        unique = sorted(key.columns for key in table.unique)
        indexes = sorted(
            (index.name, index.columns, index.unique, index.predicate) for index in table.indexes if plain(index)
        )
        yield table.name, table.kind, columns, table.primary_key, keys, unique, indexes


NO_ROWID = ("self made", "strict_one")
"""INTEGER PRIMARY KEY DESC, and one of a table without rowid: no rowid, though SQLAlchemy's dialect thinks so."""


def plain(index: Index | Key) -> bool:
    return all(part.column is not None for part in index.parts)


def test_the_generic_reader_agrees(sqlite_url: str) -> None:
    url = made(Path(sqlite_url.removeprefix("sqlite:///")), SCHEMA)
    ours, theirs = list(common(read_whole(url))), list(common(generic(url)))
    named = {entry[0]: entry for entry in theirs}
    for entry in ours:
        assert named[entry[0]] == entry
    assert {each.name for each in generic(url).missing} == {"broken"}


def test_a_foreign_dialect_is_read_and_its_ddl_replays(tmp_path: Path) -> None:
    """DuckDB, which has no reader of its own."""
    pytest.importorskip("duckdb")
    script = [
        "create sequence s",
        "create table parent (id integer primary key, code varchar not null unique)",
        "create table child (id integer primary key, up integer references parent (id), x decimal(6, 2) default 1.5)",
        "create view shown as select id from child",
    ]
    first, second = f"duckdb:///{tmp_path / 'a.duck'}", f"duckdb:///{tmp_path / 'b.duck'}"
    run_script(first, ";\n".join(script))
    run_script(second, good(reflect(first, "-f", "ddl")).text)
    one, two = (json.loads(good(reflect(each, "-f", "json")).out) for each in (first, second))
    assert [table["name"] for table in one["tables"]] == ["child", "parent", "shown"]
    assert one == two
    assert serial.loads(reflect(first, "-f", "json").out).dialect == "duckdb"


def run_script(url: str, text: str) -> None:
    done = subprocess.run(
        [DBX, "query", "@", "-", "--sql", "--autocommit"],
        env=environment(url),
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
