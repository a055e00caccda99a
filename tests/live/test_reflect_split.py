"""reflect --split: the files replay in the order of the index, and a package of Python makes the same schema."""

from __future__ import annotations

import importlib
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
import torture_mariadb
import torture_postgresql
import torture_sqlite
from reading import schema
from run_dbx import DBX, SECONDS, environment
from servers import MariaDB, PostgreSQL
from test_schema_modules import differences

from dbx.schema.model import Schema
from dbx.schema.writers import Look, split

FUNCTION_BEHIND_ITS_TABLE = """
CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);
CREATE FUNCTION twice(t) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1.a * 2';
CREATE INDEX by_twice ON t (twice(t));
COMMENT ON INDEX by_twice IS 'needs the function, which needs the table';
CREATE TABLE child (t_id integer CONSTRAINT to_t REFERENCES t);
COMMENT ON CONSTRAINT to_t ON child IS 'said of a key that is made last';
"""


@pytest.fixture(params=["sqlite", "postgresql", "functions", "mariadb"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A database with one of everything, and an empty one."""
    if request.param == "sqlite":
        one, two = tmp_path / "a.db", tmp_path / "b.db"
        with closing(sqlite3.connect(one)) as connection:
            connection.executescript(torture_sqlite.SCHEMA)
        two.touch()
        yield f"sqlite:///{one}", f"sqlite:///{two}"
        return
    text = {
        "postgresql": torture_postgresql.SCHEMA,
        "functions": FUNCTION_BEHIND_ITS_TABLE,
        "mariadb": torture_mariadb.SCHEMA,
    }[request.param]
    server: PostgreSQL | MariaDB = request.getfixturevalue("mariadb" if request.param == "mariadb" else "postgresql")
    if isinstance(server, PostgreSQL):
        for role in torture_postgresql.ROLES:
            if not server.execute(f"SELECT 1 FROM pg_roles WHERE rolname = {torture_postgresql.text(role)}"):
                server.execute(f"CREATE ROLE {torture_postgresql.quoted(role)}")
    names = server.create_database(), server.create_database()
    argv, own = server.client(names[0])
    subprocess.run(argv, input=text.encode(), env=own, capture_output=True, check=True)
    yield server.url(database=names[0]), server.url(database=names[1])
    for each in names:
        server.drop_database(each)


def written(form: str, found: Schema, folder: Path) -> list[str]:
    listed = list(split.files(form, found, Look()))
    for file in listed:
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(file.data)
    return [file.path for file in listed]


def test_the_files_replay_in_the_order_of_the_index(places: tuple[str, str], tmp_path: Path) -> None:
    found = schema(places[0])
    written("ddl", found, tmp_path / "out")
    listed = (tmp_path / "out" / "index.txt").read_text().splitlines()
    command = [DBX, "run", "@", "--autocommit", *listed]
    own = environment(places[1])
    done = subprocess.run(
        command, cwd=tmp_path / "out", env=own, capture_output=True, timeout=SECONDS, text=True, check=False
    )
    assert (done.returncode, "") == (0, done.stderr if done.returncode else "")
    again = schema(places[1])
    kept = tuple(
        table for table in found.tables if (table.name, "view") not in {(m.name, m.kind) for m in found.missing}
    )
    assert again._replace(missing=()) == found._replace(
        missing=(), tables=kept if found.dialect == "mariadb" else found.tables
    )


@pytest.mark.parametrize("form", ["orm", "sqlalchemy"])
def test_a_package_makes_the_same_schema(
    form: str, places: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = schema(places[0])
    name = f"package_{form}_{tmp_path.name}"
    files = written(form, found, tmp_path / name)
    monkeypatch.syspath_prepend(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error", sa.exc.SAWarning)
        made = importlib.import_module(name)
        if form == "orm":
            made.Base.registry.configure()
    try:
        url = sa.make_url(places[1])
        drivers = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
        engine = sa.create_engine(url.set(drivername=drivers.get(url.drivername, url.drivername)))
        made.metadata.create_all(engine)
        engine.dispose()
        assert differences(form, found, schema(places[1])) == []
        assert {"__init__.py", "base.py"} < set(files)
        ruff = [sys.executable, "-m", "ruff"]
        for arguments in (["format", "--check"], ["check", "--select", "F,I"]):
            command = [*ruff, arguments[0], "--isolated", "--line-length", "88", *arguments[1:], str(tmp_path / name)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout
    finally:
        for module in [each for each in sys.modules if each.startswith(name)]:
            del sys.modules[module]
