"""dbx reflect on real databases: what it prints makes the same database again, and it reads what is readable."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from run_dbx import DBX, SECONDS, Done, connected, environment, execute, good
from torture_sqlite import NAMES, SCHEMA, hostile

from dbx import config, target
from dbx.database import Database
from dbx.formats.visible import visible
from dbx.schema import read
from dbx.schema.listing import ordered
from dbx.schema.model import Schema
from dbx.schema.readers.sqlite import reader
from dbx.schema.select import Wish, select
from dbx.schema.writers import WRITERS

MASTER = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY 1, 2"


def reflect(url: str, *arguments: str, source: str = "@", stdin: bytes = b"") -> Done:
    command = [DBX, "reflect", source, *arguments]
    done = subprocess.run(command, env=environment(url), input=stdin, capture_output=True, timeout=SECONDS, check=False)
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "surrogateescape"))


def made(path: Path, statements: str | list[str]) -> str:
    with closing(sqlite3.connect(path)) as connection:
        if isinstance(statements, str):
            connection.executescript(statements)
        else:
            for statement in statements:
                connection.execute(statement)
        connection.commit()
    return f"sqlite:///{path}"


def master(url: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.text_factory = bytes
        return list(connection.execute(MASTER))


@pytest.fixture(params=["torture", "hostile", "bytes"])
def url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    """A database that is hard to read."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    if request.param == "bytes":
        return not_utf8(path)
    return made(path, SCHEMA if request.param == "torture" else hostile())


def not_utf8(path: Path) -> str:
    """Names and texts that are no UTF-8, as an old program may have left them."""
    made(
        path,
        ["CREATE TABLE aXb (cXd TEXT DEFAULT 'eXf', g REFERENCES aXb (cXd))", "CREATE VIEW vX AS SELECT 'X' FROM aXb"],
    )
    data = path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema = on")
        for name, table, sql in connection.execute("SELECT name, tbl_name, sql FROM sqlite_master").fetchall():
            broken = [text.encode().replace(b"X", b"\xff") for text in (name, table, sql)]
            connection.execute(
                "UPDATE sqlite_master SET name = CAST(? AS TEXT), tbl_name = CAST(? AS TEXT), sql = CAST(? AS TEXT)"
                " WHERE name = ?", [*broken, name],
            )  # fmt: skip
        connection.commit()
    assert path.read_bytes() != data
    return f"sqlite:///{path}"


def test_ddl_replayed_is_the_same_database(url: str, tmp_path: Path) -> None:
    script = reflect(url, "-f", "ddl")
    assert script.code in (0, 7)
    copy = tmp_path / "copy.db"
    done = subprocess.run(["sqlite3", "-bail", str(copy)], input=script.out, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    again = f"sqlite:///{copy}"
    assert master(again) == master(url)
    assert reflect(again, "-f", "json").out == reflect(url, "-f", "json").out
    assert reflect(again, "-f", "ddl").out == script.out


def test_shadow_tables_are_shown_and_not_made(tmp_path: Path) -> None:
    url = made(tmp_path / "x.db", "create virtual table v using fts5(a);")
    assert "shadow table v_data" in good(reflect(url, "-f", "tree", "--system")).text
    assert "v_data" not in good(reflect(url, "-f", "tree")).text
    assert good(reflect(url, "-f", "ddl", "--system")).text == "CREATE VIRTUAL TABLE v using fts5(a);\n"


def test_every_writer_says_the_same_of_a_dump(url: str, tmp_path: Path) -> None:
    dump = tmp_path / "dump.json"
    dump.write_bytes(reflect(url, "-f", "json").out)
    for name in WRITERS:
        live, offline = reflect(url, "-f", name), reflect("", "-f", name, source=str(dump))
        assert (offline.out, offline.code, offline.err) == (live.out, live.code, live.err), name
    assert reflect("", "-f", "json", source="-", stdin=dump.read_bytes()).out == dump.read_bytes()


def test_dbx_itself_runs_the_ddl(sqlite_url: str, tmp_path: Path) -> None:
    url = made(Path(sqlite_url.removeprefix("sqlite:///")), hostile())
    copy = tmp_path / "copy.db"
    copy.touch()
    script = tmp_path / "script.sql"
    script.write_bytes(reflect(url, "-f", "ddl").out)
    good(subprocess_run(str(copy), str(script)))
    assert master(f"sqlite:///{copy}") == master(url)


def subprocess_run(*arguments: str) -> Done:
    done = subprocess.run(
        [DBX, "run", *arguments], env=environment(), capture_output=True, timeout=SECONDS, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "surrogateescape"))


def test_a_hostile_name_can_be_asked_for(tmp_path: Path) -> None:
    database = Database(target.parse(made(tmp_path / "x.db", hostile()), config.Config()))
    for name in NAMES:
        for wish in (Wish([name]), Wish([f"main.{name}"]), Wish(near=f"{name}:0")):
            found = read.wanted(database, wish)
            assert [table.name for table in found.tables] == [name]
            assert [trigger.table for trigger in found.triggers] == [name]
    database.close()


def test_no_name_breaks_a_line_of_the_tree_or_hides(tmp_path: Path) -> None:
    lines = good(reflect(made(tmp_path / "x.db", hostile()), "-f", "tree")).out.decode().split("\n")
    heads = [line for line in lines if line and not line.startswith(("├─ ", "└─ "))]
    assert len(heads) == 1 + 2 * len(NAMES)
    assert all(visible(line) == line for line in lines)
    assert set(heads) >= {f"table {visible(name)}" for name in NAMES}


def test_csv_and_table_have_every_name(tmp_path: Path) -> None:
    url = made(tmp_path / "x.db", hostile())
    rows = list(csv.DictReader(good(reflect(url, "-f", "csv")).out.decode().splitlines(keepends=True)))
    tables = {row["table"] for row in rows if row["kind"] == "table"}
    assert tables == set(NAMES)


def test_a_broken_view_is_told_and_the_rest_is_written(tmp_path: Path) -> None:
    url = made(
        tmp_path / "x.db",
        "create view broken as select x from nowhere; create table t (a); create view w as select 1 as n;",
    )
    target_file = tmp_path / "out.json"
    done = reflect(url, "-f", "json", "-o", str(target_file))
    assert (done.code, done.out) == (7, b"")
    assert "view broken: no such table: main.nowhere" in done.err
    found = json.loads(target_file.read_bytes())
    assert [(table["name"], len(table["columns"])) for table in found["tables"]] == [("broken", 0), ("t", 1), ("w", 1)]
    assert reflect(url, "-f", "json", "t", "w").code == 0
    assert reflect(url, "-f", "json", "broken").code == 7
    record = json.loads(reflect(url, "-f", "summary", "--errors", "json").err)
    assert (record["code"], record["exit"]) == ("E-PARTIAL", 7)


def test_a_virtual_table_whose_module_is_gone_is_told(tmp_path: Path) -> None:
    url = made(tmp_path / "x.db", "create virtual table v using fts5(a); create table t (a);")
    execute(
        url,
        "pragma writable_schema = on",
        "update sqlite_master set sql = replace(sql, 'fts5', 'gone9') where name = 'v'",
    )
    done = reflect(url, "-f", "summary")
    assert done.code == 7
    assert "virtual v: no such module: gone9" in done.err
    assert "\ttable\t" in done.text


def test_one_table_by_name_reads_only_that_table(tmp_path: Path) -> None:
    """A view that is broken is not even looked at."""
    url = made(tmp_path / "x.db", SCHEMA)
    schema = reader_on(url, ["child"])
    assert [table.name for table in schema.tables] == ["child"]
    assert [trigger.name for trigger in schema.triggers] == ["stamp"]
    assert schema.missing == ()
    assert schema.tables[0] == next(table for table in read_whole(url).tables if table.name == "child")


def reader_on(url: str, names: list[str]) -> Schema:
    with connected(url) as connection:
        return ordered(connection.call(lambda raw: reader.read(raw, names, ())))


def read_whole(url: str) -> Schema:
    return reader_on(url, [])


def test_every_table_read_alone_is_as_it_is_read_with_all(url: str) -> None:
    for table in read_whole(url).tables:
        alone = reader_on(url, [table.name])
        assert [each for each in alone.tables if each.name == table.name] == [table]


def test_a_table_is_found_in_any_case(tmp_path: Path) -> None:
    url = made(tmp_path / "x.db", "create table Mixed (a); create index i on mixed (A);")
    found = json.loads(good(reflect(url, "-f", "jsonl", "mixed")).out)
    assert (found["name"], found["indexes"][0]["definition"]) == ("Mixed", "CREATE INDEX i on mixed (A)")


def test_an_open_transaction_stays_open_and_what_it_made_is_read(tmp_path: Path) -> None:
    url = made(tmp_path / "x.db", "create table t (a);")
    database = Database(target.parse(url, config.Config()))
    connection = database.connection.raw
    database.connection.call(lambda raw: raw.execute("begin").fetchall())
    database.connection.call(lambda raw: raw.execute("create table mine (a)").fetchall())
    assert [table.name for table in read.schema(database).tables] == ["mine", "t"]
    assert connection.in_transaction
    database.close()


def test_reading_leaves_no_transaction_and_no_lock(tmp_path: Path) -> None:
    url = made(tmp_path / "x.db", "create table t (a); create view broken as select * from nowhere;")
    database = Database(target.parse(url, config.Config()))
    read.schema(database)
    assert not database.connection.raw.in_transaction
    execute(url, "create table u (a)")
    assert [table.name for table in read.schema(database, ["u"]).tables] == ["u"]
    database.close()


def test_attached_and_temporary_tables_say_where_they_are(tmp_path: Path) -> None:
    made(tmp_path / "y.db", "create table other (a, b references other);")
    url = made(tmp_path / "x.db", "create table t (a);")
    database = Database(target.parse(url, config.Config()))
    for statement in (
        f'attach \'{tmp_path / "y.db"}\' as "o\'""x"',
        "create temp table t (z)",
        "create temp view v as select 1",
    ):
        database.connection.call(lambda raw, text=statement: raw.execute(text).fetchall())
    schema = read.schema(database)
    assert [(table.schema, table.name) for table in schema.tables] == [
        (None, "t"), ("o'\"x", "other"), ("temp", "t"), ("temp", "v"),
    ]  # fmt: skip
    assert [table.name for table in read.schema(database, schemas=["main"]).tables] == ["t"]
    assert [table.name for table in select(schema, Wish(schemas=["te*"])).tables] == ["t", "v"]
    database.close()


def test_estimates_are_those_of_the_last_analyze(tmp_path: Path) -> None:
    url = made(
        tmp_path / "x.db",
        "create table t (a, b); create index i on t (a); insert into t select value, 1 from json_each('[1,2,3]'); analyze;",
    )
    assert "table t · ~3 rows" in good(reflect(url, "-f", "tree")).text
    assert "sqlite_stat1" not in reflect(url, "-f", "ddl").text


def test_a_locked_database_is_read_or_told(tmp_path: Path) -> None:
    url = made(tmp_path / "x.db", "create table t (a);")
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as other:
        other.execute("begin exclusive")
        done = reflect(f"{url}?timeout=0.1", "-f", "summary")
    assert done.code == 3  # nothing of it was read, so this is no partial result
    assert "SQLITE_BUSY database is locked for reading too" in done.err
    assert "until its transaction ends; to wait longer: ?timeout=SECONDS" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-f", "vertical"], "no format 'vertical' for a schema"),
        (["nope"], "nothing is called 'nope'"),
        (["--kind", "tables"], "no kind 'tables'"),
        (["--kind", ""], "no kind ''"),
        (["--near", "nope:2"], "no table 'nope' to be near to"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = reflect(made(tmp_path / "x.db", "create table t (a);"), *arguments)
    assert done.code == 2
    assert said in done.err


def test_an_exclude_that_leaves_out_nothing_is_said(tmp_path: Path) -> None:
    one = made(tmp_path / "x.db", "create table t (a); create table u (a);")
    made(tmp_path / "y.db", "create table t (a);")
    assert good(reflect(one, "-x", "u", "-f", "summary")).err == ""
    done = good(reflect(one, "-x", "uu", "-x", "t*", "-f", "summary"))
    assert done.err == "-x uu leaves out nothing\n"
    done = reflect(one, "-x", "u", "-x", "uu", "--diff", str(tmp_path / "y.db"))  # u is in one of the two
    assert (done.code, done.err) == (0, "-x uu leaves out nothing\n")


def test_a_source_that_is_no_dump_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    for source in (tmp_path / "x.json", tmp_path / "absent.json", tmp_path):
        assert reflect("", source=str(source)).code in (2, 3)
    assert "is no schema" in reflect("", source=str(tmp_path / "x.json")).err
