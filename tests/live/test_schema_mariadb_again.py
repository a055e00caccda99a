"""MariaDB's schema made again from what is printed, and as other readers see it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from reading import reflect
from reading import schema as schema_of
from run_dbx import DBX, SECONDS, environment, execute, good
from servers import MariaDB
from test_schema_mariadb import schema, table, torture
from torture_mariadb import BROKEN, hostile

from dbx import config, target
from dbx.database import Database
from dbx.schema import serial
from dbx.schema.listing import ordered
from dbx.schema.model import Schema, Table
from dbx.schema.readers import inspector

__all__ = ["schema", "torture"]


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
    # the columns of a row's period are ordinary ones for it, which may be NULL
    period = ("f", "t") if found.name == "versioned_own" else ()
    known = [
        c.name if found.kind == "view" else (c.name, c.nullable or c.name in period, c.automatic) for c in found.columns
    ]
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
    primary = [name for name in found.primary_key if found.column(name)]  # it loses a period
    return found.kind, known, comments, families, primary, keys, indexes, checks, found.comment or None


def test_mysqlclient_reads_the_same(mariadb: MariaDB, torture: str, schema: Schema) -> None:
    pytest.importorskip("MySQLdb")
    assert schema_of(mariadb.url(database=torture).replace("mysql:", "mysql+mysqldb:")) == schema
