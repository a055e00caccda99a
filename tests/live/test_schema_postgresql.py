"""PostgreSQL's schema: what is read makes the same database again, whoever holds a lock, whatever is closed or broken."""

from __future__ import annotations

import difflib
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torture_postgresql as torture
import torture_postgresql_names
from reading import database, reflect, schema
from run_dbx import good
from servers import PostgreSQL
from test_schema_postgresql_sessions import locked

from dbx.schema import read, serial, verify
from dbx.schema.ddl import statements
from dbx.schema.listing import objects
from dbx.schema.model import Table
from dbx.schema.objects import Missing, Name
from dbx.schema.readers import inspector
from dbx.schema.readers.postgresql import snapshot

REMAINDER = {
    r"WITH \(.*\);$": "storage parameters are an unordered set in the model",
    r"^CREATE INDEX .* WITH \(": "the same, of an index",
    r"^(GRANT|REVOKE) ": "grants on one object have no order in the model",
    r"^(RE)?SET SESSION AUTHORIZATION": "around such grants",
    r"^    password '": "a secret is not read",
}
"""Lines of pg_dump that may differ, and why."""


def psql(server: PostgreSQL, name: str, text: str) -> None:
    argv, own = server.client(name)
    done = subprocess.run(
        [*argv, "-q", "-v", "ON_ERROR_STOP=1"], input=text.encode(), env=own, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def dump(server: PostgreSQL, name: str) -> list[str]:
    argv, own = server.client(name)
    command = [str(server.binary("pg_dump")), "-s", *argv[argv.index("-h") :]]
    text = subprocess.run(command, env=own, capture_output=True, check=True).stdout.decode()
    return [line for line in text.split("\n") if not line.startswith(("\\restrict", "\\unrestrict"))]


def different(one: list[str], other: list[str]) -> list[str]:
    lines = difflib.unified_diff(one, other, lineterm="", n=0)
    changed = [line for line in lines if line[:1] in "+-" and not line.startswith(("+++", "---"))]
    return [line for line in changed if not any(re.search(known, line[1:]) for known in REMAINDER)]


@pytest.fixture(scope="module")
def server(postgresql: PostgreSQL) -> PostgreSQL:
    torture.make_roles(postgresql)
    return postgresql


@pytest.fixture(scope="module")
def made(server: PostgreSQL) -> Iterator[dict[str, str]]:
    """The names of the databases that are hard to read; no test changes them."""
    names = {}
    for kind, text in (("torture", torture.SCHEMA), ("hostile", torture_postgresql_names.hostile())):
        names[kind] = server.create_database()
        psql(server, names[kind], text)
    yield names
    for name in names.values():
        server.drop_database(name)


@pytest.fixture(params=["torture", "hostile"])
def name(request: pytest.FixtureRequest, made: dict[str, str]) -> str:
    return made[request.param]


@pytest.fixture
def torture_url(server: PostgreSQL, made: dict[str, str]) -> str:
    return server.url(database=made["torture"])


# --- there and back --------------------------------------------------------------------------------------------------


def test_the_ddl_makes_the_same_database_again(server: PostgreSQL, name: str) -> None:
    again = server.create_database()
    try:
        psql(server, again, good(reflect(server.url(database=name), "-f", "ddl")).text)
        found, copied = schema(server.url(database=name)), schema(server.url(database=again))
        assert found.missing == copied.missing == ()
        for one, other in zip(objects(found), objects(copied), strict=True):
            assert one == other
        assert different(dump(server, name), dump(server, again)) == []
    finally:
        server.drop_database(again)


def test_json_keeps_everything(server: PostgreSQL, name: str) -> None:
    url = server.url(database=name)
    assert serial.loads(good(reflect(url, "-f", "json")).out) == schema(url)


def test_every_kind_of_object_is_in_the_torture(torture_url: str) -> None:
    kinds = {kind for kind, _ in objects(schema(torture_url))}
    assert kinds >= {
        "table", "view", "matview", "foreign", "sequence", "enum", "domain", "composite", "range", "function", "procedure",
        "aggregate", "trigger", "policy", "extension", "server", "schema", "rule", "statistics object", "event trigger",
        "publication", "default acl", "user mapping", "foreign-data wrapper", "collation", "conversion", "cast", "operator",
        "operator class", "operator family", "text search configuration", "text search dictionary", "type",
    }  # fmt: skip


def test_an_object_by_name_is_the_object_of_the_whole(server: PostgreSQL, name: str) -> None:
    with database(server.url(database=name)) as opened:
        found = [pair for pair in objects(read.schema(opened)) if pair[0] != "schema"]
        for kind, each in found if len(found) < 200 else found[::9]:
            assert (kind, each) in list(objects(read.schema(opened, [each.name]))), each


def test_a_table_by_name_reads_no_other(torture_url: str) -> None:
    assert {table.name for table in schema(torture_url, "child").tables} == {"child"}


def test_the_ddl_of_some_objects_is_of_those(torture_url: str) -> None:
    text = "\n".join(statements(schema(torture_url, "parent")))
    assert "CREATE TABLE app.parent (" in text
    assert "CREATE TABLE app.child" not in text


def test_extensions_keep_what_is_theirs(torture_url: str) -> None:
    found = schema(torture_url)
    assert "citext" in {each.name for each in found.extensions}
    assert "pg_stat_statements" not in {table.name for table in found.tables}
    assert not {"similarity", "citextin"} & {routine.name for routine in found.routines}


def test_secrets_are_not_read(torture_url: str) -> None:
    for form in ("json", "ddl", "tree"):
        assert "hunter2" not in good(reflect(torture_url, "-f", form)).text


def test_the_proof_is_made_of_everything(torture_url: str) -> None:
    with database(torture_url) as opened:
        assert verify.changes("ddl", read.schema(opened), [], [opened]) == []


def test_a_number_that_the_server_keeps_at_a_column_is_no_option(server: PostgreSQL) -> None:
    """Its newest releases do so by themselves; the catalog of an older one takes it too."""
    name = server.create_database()
    url = server.url(database=name)
    try:
        server.execute("CREATE TABLE t (a int PRIMARY KEY, b text)", name)
        server.execute("ALTER TABLE t ALTER b SET (n_distinct = 3)", name)
        with closing(server.connect(name)) as connection:
            connection.execute("SET allow_system_table_mods = on")
            connection.execute(
                "UPDATE pg_attribute SET attoptions = '{pg_attver=77}'::text[] || attoptions "
                "WHERE attrelid IN ('t'::regclass, 't_pkey'::regclass) AND attnum > 0"
            )
        (table,) = schema(url).tables
        assert [column.options for column in table.columns] == [(), (("with n_distinct", "3"),)]
        assert "attver" not in good(reflect(url, "-f", "ddl")).text
    finally:
        server.drop_database(name)


def test_a_subscription_does_not_say_where_it_connects_to(server: PostgreSQL) -> None:
    text = (
        "CREATE SUBSCRIPTION far CONNECTION 'password=hunter2' PUBLICATION p WITH (connect = false, slot_name = NONE)"
    )
    names = [server.create_database(), server.create_database()]
    try:
        server.execute(text, names[0])
        psql(server, names[1], good(reflect(server.url(database=names[0]), "-f", "ddl")).text)
        found = [schema(server.url(database=each)) for each in names]
        assert found[0] == found[1]
        assert found[0].others[0].kind == "subscription"
        assert b"hunter2" not in serial.dumps(found[0])
    finally:
        for each in names:
            with closing(server.connect(each)) as connection:
                connection.execute("DROP SUBSCRIPTION IF EXISTS far")
            server.drop_database(each)


def test_the_generic_reader_says_the_same(server: PostgreSQL, made: dict[str, str]) -> None:
    """On what both can express. SQLAlchemy says column types in its own words, and defaults without their quotes."""
    url = server.url(database=made["torture"])
    own = {Name(table.name, table.schema): table for table in schema(url).tables}
    with database(url) as opened:
        other = inspector.read_all(opened, (), ("app", "Odd schema"))
    seen = 0
    for table in other.tables:
        mine = own[Name(table.name, table.schema)]
        # to SQLAlchemy a column is NOT NULL when its domain is
        domains = {column.name for column in mine.columns if column.type in ("app.code", "app.codes")}
        assert common(mine, domains) == common(table, domains), table.name
        seen += 1
    assert seen == len(own)


# the server's own keys to the partitions of a table, which it keeps beside the key to the table, are no keys of a user
def common(table: Table, domains: set[str]) -> Any:
    keys = sorted((key.columns, key.target_schema, key.target_table, key.target_columns, key.on_update, key.on_delete.partition(' (')[0], key.match,
                   key.deferrable) for key in table.foreign_keys if not key.target_table.startswith("hashed_"))  # fmt: skip
    columns = [(column.name, column.nullable or column.name in domains, column.comment, bool(column.generated), bool(column.identity), column.automatic)
               for column in table.columns]  # fmt: skip
    # SQLAlchemy has no indexes of expressions with operator classes in one form, so only their names are compared
    indexes = sorted(index.name for index in table.indexes)
    unique = sorted((key.name, key.columns) for key in table.unique)
    checks = sorted(check.name for check in table.checks)
    return table.name, table.is_view, columns, table.primary_key, keys, indexes, unique, checks, table.comment


# --- without locks and with little rights ----------------------------------------------------------------------------


def test_a_locked_table_does_not_hold_up(torture_url: str) -> None:
    before = schema(torture_url)
    with locked(torture_url, "app.parent", "app.sales"):
        done = reflect(torture_url, "-f", "json")
    assert done.code == 7
    found = serial.loads(done.out)
    assert Missing("parent", "app", "table", snapshot.LOCKED) in found.missing
    assert Missing("shown", "app", "view", snapshot.LOCKED) in found.missing
    assert not any(missing.name.startswith("pg_") for missing in found.missing)
    assert "app.parent" in done.err
    tables = {table.name: table for table in found.tables}
    whole = {table.name: table for table in before.tables}
    assert tables.keys() == whole.keys()
    assert [column.name for column in tables["parent"].columns] == [column.name for column in whole["parent"].columns]
    assert tables["parent"].primary == whole["parent"].primary
    assert tables["child"] == whole["child"]
    assert tables["shown"].query is None


def test_some_schemas_only(torture_url: str) -> None:
    found = schema(torture_url, schemas=("Odd schema",))
    assert {table.schema for table in found.tables} == {"Odd schema"}
    assert [space.name for space in found.namespaces] == ["Odd schema"]
    assert {table.name for table in schema(torture_url, "pg_class", schemas=("pg_catalog",)).tables} == {"pg_class"}


def test_no_name_ends_what_it_stands_in(server: PostgreSQL, made: dict[str, str], tmp_path: Path) -> None:
    """A name that broke out of its quotes would make psql see another number of statements."""
    found = schema(server.url(database=made["hostile"]))
    texts = list(statements(found))
    listing = tmp_path / "all.sql"
    listing.write_text("\n".join(texts))
    argv, own = server.client(server.create_database())
    done = subprocess.run(
        [*argv, "-v", "ON_ERROR_STOP=1", "-e", "-f", listing], env=own, capture_output=True, check=True
    )
    tags = re.findall(rb"^(?:CREATE|ALTER|COMMENT|GRANT|REVOKE|SET)(?: [A-Z]+)*$", done.stdout, re.MULTILINE)
    assert len(tags) >= len(texts)
    assert done.stderr == b""
