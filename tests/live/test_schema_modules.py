"""reflect -f orm and -f sqlalchemy: the module imports, maps, and makes the same schema again; and so does --dialect."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pymysql
import pytest
import sqlalchemy as sa
import torture_mariadb
import torture_postgresql
import torture_postgresql_names
import torture_sqlite
from reading import schema
from run_dbx import DBX, SECONDS, environment, execute
from servers import MariaDB, PostgreSQL
from sqlalchemy.orm import Session

from dbx import config, target
from dbx.database import Database
from dbx.errors import StatementFailed
from dbx.schema import read, verify
from dbx.schema.ddl import statements
from dbx.schema.diff import changes
from dbx.schema.model import Column, Schema, Table
from dbx.schema.translate.tables import translated
from dbx.schema.writers import WRITERS, Look


def module(name: str, found: Schema) -> ModuleType:
    """What the writer wrote, imported; a warning of SQLAlchemy's is an error."""
    source = b"".join(WRITERS[name].load()(found, Look()).raw or ())
    made = ModuleType("written")
    with warnings.catch_warnings():
        warnings.simplefilter("error", sa.exc.SAWarning)
        exec(compile(source, "written.py", "exec", dont_inherit=True), made.__dict__)
        if name == "orm":
            made.Base.registry.configure()
    return made


def emptied(made: ModuleType, engine: sa.Engine, url: str) -> None:
    """drop_all takes back all that create_all made; so it can be made again."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", sa.exc.SAWarning)
        made.metadata.drop_all(engine)
    left = schema(url)
    assert left == Schema(left.dialect, options=left.options)
    made.metadata.create_all(engine)


def differences(name: str, before: Schema, after: Schema) -> list[Any]:
    losses = WRITERS[name].lost(before, Look())
    compared = changes.compare(verify.comparable(before), verify.comparable(after), ("owner", "grants"))
    return [change for change in compared.changes if not verify.is_named(change, losses)]


@pytest.fixture(params=["torture", "hostile"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", ["orm", "sqlalchemy"])
def test_sqlite(name: str, kind: str, tmp_path: Path) -> None:
    first, second = tmp_path / "a.db", tmp_path / "b.db"
    with closing(sqlite3.connect(first)) as connection:
        if kind == "torture":
            connection.executescript(torture_sqlite.SCHEMA)
        else:
            for statement in torture_sqlite.hostile():
                connection.execute(statement)
        connection.commit()
    found = schema(f"sqlite:///{first}")
    second.touch()
    made = module(name, found)
    engine = sa.create_engine(f"sqlite:///{second}")
    for _ in range(2):  # the second time there is nothing to make
        made.metadata.create_all(engine)
    assert differences(name, found, schema(f"sqlite:///{second}")) == []
    emptied(made, engine, f"sqlite:///{second}")


@pytest.fixture
def databases(postgresql: PostgreSQL) -> Iterator[tuple[str, str]]:
    torture_postgresql.make_roles(postgresql)
    names = postgresql.create_database(), postgresql.create_database()
    yield names
    for each in names:
        postgresql.drop_database(each)


@pytest.mark.parametrize("name", ["orm", "sqlalchemy"])
def test_postgresql(name: str, kind: str, postgresql: PostgreSQL, databases: tuple[str, str]) -> None:
    text = torture_postgresql.SCHEMA if kind == "torture" else torture_postgresql_names.hostile()
    argv, own = postgresql.client(databases[0])
    subprocess.run([*argv, "-q"], input=text.encode(), env=own, capture_output=True, check=True)
    found = schema(postgresql.url(database=databases[0]))
    made = module(name, found)
    engine = sa.create_engine(postgresql.url(database=databases[1]).replace("postgresql:", "postgresql+psycopg:"))
    for _ in range(2):
        made.metadata.create_all(engine)
    engine.dispose()
    assert differences(name, found, schema(postgresql.url(database=databases[1]))) == []


@pytest.mark.parametrize("name", ["orm", "sqlalchemy"])
def test_mariadb(name: str, kind: str, mariadb: MariaDB) -> None:
    first, second = mariadb.create_database(), mariadb.create_database()
    try:
        if kind == "torture":
            argv, own = mariadb.client(first)
            subprocess.run(argv, input=torture_mariadb.SCHEMA.encode(), env=own, capture_output=True, check=True)
        else:
            with closing(mariadb.connect(first)) as connection:
                for statement in torture_mariadb.hostile():
                    try:
                        connection.cursor().execute(statement)
                    except pymysql.Error:
                        continue
        found = schema(mariadb.url(database=first))
        made = module(name, found)
        engine = sa.create_engine(mariadb.url(database=second).replace("mysql:", "mysql+pymysql:"))
        made.metadata.create_all(engine)
        assert differences(name, found, schema(mariadb.url(database=second))) == []
        emptied(made, engine, mariadb.url(database=second))
        engine.dispose()
    finally:
        for each in (first, second):
            mariadb.drop_database(each)


def test_a_default_that_is_no_text(mariadb: MariaDB) -> None:
    """The server writes a binary default byte by byte, whatever bytes they are."""
    name = mariadb.create_database()
    database = Database(target.parse(mariadb.url(database=name), config.Config()))
    try:
        mariadb.execute(f"CREATE TABLE {name}.t (a int, b varbinary(9) DEFAULT 0x00ff27, c varbinary(9) DEFAULT x'c3')")
        found = read.schema(database)
        assert [column.default for column in found.tables[0].columns[1:]] == ["'\\0\udcff'''", "'\udcc3'"]
        for form in ("ddl", "orm"):
            assert verify.changes(form, found, [], [database]) == []
    finally:
        database.close()
        mariadb.drop_database(name)


def test_what_mariadb_keeps_as_somebody_wrote_it(mariadb: MariaDB, maria_url: str) -> None:
    """A key that is older than its target, in whose case it is not; a body in letters of another client's; and a view
    of what is gone, which nothing makes."""
    execute(
        maria_url,
        "SET foreign_key_checks = 0",
        "CREATE TABLE a (p int, CONSTRAINT early FOREIGN KEY (P) REFERENCES b (ID))",
        "CREATE TABLE b (id int PRIMARY KEY)",
        "SET character_set_client = latin1",
        "CREATE FUNCTION f() RETURNS varchar(9) RETURN 'ä'",
        "CREATE TABLE gone (id int)",
        "CREATE VIEW v AS SELECT id FROM gone",
        "DROP TABLE gone",
    )
    found = schema(maria_url)
    assert found.tables[0].foreign_keys[0].target_columns == ("id",)
    assert [each.name for each in found.missing] == ["v"]
    database = Database(target.parse(maria_url, config.Config()))
    try:
        for form in ("ddl", "orm"):
            assert verify.changes(form, found, [], [database]) == []
    finally:
        database.close()


def test_what_the_server_writes_otherwise_once_is_read_back(pg_url: str) -> None:
    execute(pg_url, "create table t (id int primary key, kind varchar(9) check (kind in ('a', 'b')))")
    execute(pg_url, "create view v as select n from (select id as n from t union select null) q")
    execute(pg_url, "create domain letter as varchar(3) check (value in ('a', 'b'))")
    database = Database(target.parse(pg_url, config.Config()))
    try:
        found = read.schema(database)
        for form in ("ddl", "orm"):
            assert verify.changes(form, found, [], [database]) == []
    finally:
        database.close()


def test_what_is_mapped_is_used(tmp_path: Path) -> None:
    """Both ways along a key, through an association table, and no way into a view."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "create table person (id integer primary key, name text not null, boss_id integer references person (id));"
            "create table club (id integer primary key, name text);"
            "create table member (person_id integer references person (id), club_id integer references club (id),"
            " primary key (person_id, club_id));"
            "create view big as select name from club;"
        )
    made = module("orm", schema(f"sqlite:///{path}"))
    with Session(sa.create_engine(f"sqlite:///{path}")) as session:
        boss = made.Person(name="a", persons_by_boss=[made.Person(name="b")], clubs=[made.Club(name="c")])
        session.add(boss)
        session.commit()
        assert [each.boss.name for each in boss.persons_by_boss] == ["a"]
        assert session.scalars(sa.select(made.Club)).one().persons == [boss]
        assert [each.name for each in session.scalars(sa.select(made.Big))] == ["c"]
        session.add(made.Big(name="x"))
        with pytest.raises(TypeError, match="it is only read"):
            session.flush()


def test_the_bytes_are_the_same_and_as_ruff_would_lay_them_out(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(torture_sqlite.SCHEMA)
    found = schema(f"sqlite:///{path}")
    for name in ("orm", "sqlalchemy"):
        first, second = (b"".join(WRITERS[name].load()(found, Look()).raw or ()) for _ in range(2))
        assert first == second
        file = tmp_path / f"{name}.py"
        file.write_bytes(first)
        ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "88", "--check", str(file)]
        assert subprocess.run(ruff, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("form", ["orm", "ddl"])
def test_verify_says_no_to_what_is_not_the_same(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Schema("sqlite")
    assert verify.changes(form, found, [], []) == []
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("create table t (a integer primary key, b text default 'x');")
    found = schema(f"sqlite:///{path}")
    assert verify.changes(form, found, [], []) == []
    (table,) = found.tables
    other = table._replace(columns=(table.columns[0], table.columns[1]._replace(default="'y'")))
    monkeypatch.setattr(read, "schema", lambda database: found._replace(tables=(other,)))
    assert [change.name for change in verify.changes(form, found, [], [])] == ["t.b"]


@pytest.mark.parametrize("form", ["orm", "ddl"])
def test_verify_says_what_cannot_be_made_at_all(form: str) -> None:
    """As where tables were changed behind what refers to them, with nothing checked."""
    table = Table("t", None, (Column("a", ""),), definition="CREATE TABLE t (a, a)")
    with pytest.raises(StatementFailed, match=f"what {form} wrote cannot be made: duplicate column"):
        verify.changes(form, Schema("sqlite", (table,)), [], [])


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("create table t (a check (a > 0));")

    def reflect(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [DBX, "reflect", str(path), *arguments]
        return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False)

    assert (reflect("-f", "mermaid").returncode, reflect("-f", "mermaid", "--strict").returncode) == (0, 7)
    assert "1 check" in reflect("-f", "mermaid").stderr
    assert '"what": "check (a > 0)"' in reflect("-f", "mermaid", "--report", "-").stdout
    assert reflect("-f", "ddl", "--strict", "--verify").returncode == 0
    assert reflect("-f", "csv", "--verify").returncode == 2
    assert reflect("-f", "ddl", "--split").returncode == 2
    assert reflect("-f", "ddl", "--split", "-o", str(tmp_path / "out")).returncode == 0
    listed = (tmp_path / "out" / "index.txt").read_text().split()
    assert listed == ["table/t.sql"]
    assert (tmp_path / "out" / "table" / "t.sql").read_text() == "CREATE TABLE t (a check (a > 0));\n"
    assert "`a`" in reflect("-f", "ddl", "--dialect", "mysql").stdout


def test_another_dialect_makes_tables(mariadb: MariaDB, pg_url: str, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "create table a (id integer primary key, name varchar(40) not null default 'it''s', at datetime default current_timestamp);"
            "create table b (id integer primary key, a_id integer not null references a (id) on delete cascade, unique (a_id));"
        )
    found = schema(f"sqlite:///{path}")
    made, _ = translated(found, "postgresql")
    with sa.create_engine(pg_url.replace("postgresql:", "postgresql+psycopg:")).begin() as connection_:
        for statement in statements(made):
            connection_.exec_driver_sql(statement)
    assert {table.name for table in schema(pg_url).tables} == {"a", "b"}
    name = mariadb.create_database()
    try:
        argv, own = mariadb.client(name)
        text = "\n".join(statements(translated(found, "mariadb")[0]))
        subprocess.run(argv, input=text.encode(), env=own, capture_output=True, check=True)
        there = schema(mariadb.url(database=name))
        assert [key.on_delete for table in there.tables for key in table.foreign_keys] == ["CASCADE"]
    finally:
        mariadb.drop_database(name)
