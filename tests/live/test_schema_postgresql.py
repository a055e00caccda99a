"""PostgreSQL's schema: what is read makes the same database again, whoever holds a lock, whatever is closed or broken."""

from __future__ import annotations

import difflib
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import torture_postgresql as torture
from run_dbx import DBX, SECONDS, Done, environment, execute, good, until
from servers import PostgreSQL

from dbx import config, target
from dbx.database import Database
from dbx.dialects import postgresql_cursor
from dbx.dialects.base import State
from dbx.errors import StatementFailed
from dbx.rows import Statement
from dbx.schema import read, serial
from dbx.schema.ddl import statements
from dbx.schema.listing import objects
from dbx.schema.model import Schema, Table
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


def reflect(url: str, *arguments: str) -> Done:
    command = [DBX, "reflect", "@", *arguments]
    done = subprocess.run(command, env=environment(url), capture_output=True, timeout=SECONDS, check=False)
    return Done(done.returncode, done.stdout, done.stderr.decode())


@contextmanager
def database(url: str) -> Iterator[Database]:
    opened = Database(target.parse(url, config.Config()))
    try:
        yield opened
    finally:
        opened.close()


def schema(url: str, *names: str, schemas: tuple[str, ...] = ()) -> Schema:
    with database(url) as opened:
        return read.schema(opened, names, schemas)


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
    for kind, text in (("torture", torture.SCHEMA), ("hostile", torture.hostile())):
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


@contextmanager
def locked(url: str, *tables: str) -> Iterator[None]:
    with closing(psycopg.connect(url)) as connection:
        for table in tables:
            connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


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


def test_a_plain_table_is_read_whole_under_its_lock(pg_url: str) -> None:
    """What has no expressions needs no lock at all."""
    execute(
        pg_url,
        "CREATE TABLE a (id serial PRIMARY KEY, b text DEFAULT now()::text)",
        "CREATE TABLE c (id integer REFERENCES a, d integer)",
        "CREATE INDEX e ON c (d DESC, id) INCLUDE (id)",
    )
    before = schema(pg_url)
    with locked(pg_url, "a", "c"):
        assert schema(pg_url) == before
    assert before.missing == ()


def test_a_function_over_a_locked_table_is_listed(pg_url: str) -> None:
    execute(pg_url, "CREATE TABLE a (id integer)")
    execute(
        pg_url, *(f"CREATE FUNCTION f{n}() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM a; END" for n in range(9))
    )
    whole = schema(pg_url)
    with locked(pg_url, "a"):
        found = schema(pg_url)
    assert [missing.name for missing in found.missing] == [f"f{n}" for n in range(9)]
    assert [routine._replace(definition=None) for routine in whole.routines] == list(found.routines)
    assert [text.split()[0:2] for text in statements(found)] == [["CREATE", "TABLE"], ["ALTER", "TABLE"]]


def test_who_waits_for_a_lock_counts_as_well(pg_url: str) -> None:
    """Behind a lock that is waited for, everybody waits."""
    execute(pg_url, "CREATE TABLE a (id integer CHECK (id > 0))")
    with closing(psycopg.connect(pg_url)) as reader, closing(psycopg.connect(pg_url)) as waiting:
        reader.execute("SELECT * FROM a")
        waiting.autocommit = True
        waiting.pgconn.send_query(b"ALTER TABLE a ADD b integer")
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        until(lambda: execute(pg_url, asked) != [(0,)], "the ALTER TABLE waits")
        assert schema(pg_url).missing == (Missing("a", "public", "table", snapshot.LOCKED),)
        reader.rollback()


@pytest.fixture
def limited(server: PostgreSQL, pg_url: str) -> Iterator[str]:
    """The URL of a user who may connect, and nothing else."""
    execute(pg_url, "CREATE ROLE limited LOGIN PASSWORD 'limited'", "CREATE SCHEMA closed")
    execute(
        pg_url, "CREATE TABLE closed.a (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b text CHECK (b <> ''))"
    )
    execute(
        pg_url,
        "CREATE FUNCTION closed.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE VIEW closed.v AS SELECT * FROM closed.a",
    )
    yield re.sub(r"//[^@]*@", "//limited:limited@", pg_url)
    execute(pg_url, "DROP OWNED BY limited", "DROP ROLE limited")


def test_the_catalog_is_open_to_who_may_read_nothing_else(pg_url: str, limited: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        execute(limited, "SELECT * FROM closed.a")
    assert schema(limited) == schema(pg_url)
    assert reflect(limited).code == 0


def test_what_is_closed_is_listed_and_the_rest_is_read(pg_url: str, limited: str) -> None:
    whole = schema(pg_url)
    execute(pg_url, "REVOKE SELECT ON pg_proc, pg_rewrite, pg_description FROM PUBLIC")
    found = schema(limited)
    closed = {missing.name for missing in found.missing}
    assert closed == {
        "pg_proc",
        "pg_rewrite",
        "pg_description",
        "pg_trigger",
        "pg_aggregate",
        "v",
        "grants",
        "dependencies",
    }
    assert {missing.reason for missing in found.missing} >= {"permission denied for table pg_proc"}
    assert [table.name for table in found.tables] == [table.name for table in whole.tables]
    assert found.tables[0].columns == whole.tables[0].columns
    done = reflect(limited, "-f", "ddl")
    assert done.code == 7
    assert "permission denied for table pg_proc" in done.err
    assert "CREATE TABLE closed.a" in done.text


def test_a_broken_object_is_listed_and_the_rest_is_read(pg_url: str) -> None:
    execute(
        pg_url,
        "CREATE FUNCTION gone() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE t (a integer CHECK (a > 0))",
    )
    execute(pg_url, *(f"CREATE VIEW v{n} AS SELECT {n} AS n FROM t" for n in range(20)))
    execute(pg_url, "CREATE VIEW broken AS SELECT gone() AS n", "DELETE FROM pg_proc WHERE proname = 'gone'")
    done = reflect(pg_url, "-f", "json")
    assert done.code == 7
    found = serial.loads(done.out)
    (missing,) = (each for each in found.missing if each.kind == "view")
    assert missing.name == "broken"
    assert missing.reason.startswith("cache lookup failed for function")
    tables = {table.name: table for table in found.tables}
    assert tables["broken"].query is None
    assert [column.name for column in tables["broken"].columns] == ["n"]
    assert all(tables[f"v{n}"].query for n in range(20))
    assert "broken" not in "".join(statements(found))


# --- a reader among others -------------------------------------------------------------------------------------------


def test_an_idle_session_is_idle_afterwards(pg_url: str) -> None:
    with database(pg_url) as opened:
        before = settings(opened)
        read.schema(opened)
        assert opened.connection.state is State.IDLE
        assert settings(opened) == before


def settings(opened: Database) -> Any:
    names = ("search_path", "lock_timeout", "timezone", "transaction_isolation", "transaction_read_only")
    rows = opened.connection.run(Statement("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))).rows
    return rows and [row for batch in rows for row in batch]


def test_an_open_transaction_goes_on_as_it_was(pg_url: str) -> None:
    with database(pg_url) as opened:
        run = opened.connection.run
        for text in ("BEGIN", "SET LOCAL lock_timeout = '7s'", "CREATE TABLE mine (a integer CHECK (a > 0))"):
            run(Statement(text))
        before = settings(opened)
        assert [table.name for table in read.schema(opened).tables] == ["mine"]
        assert opened.connection.state is State.OPEN
        assert settings(opened) == before
        assert [table.name for table in read.schema(opened).tables] == ["mine"]
        run(Statement("COMMIT"))
    assert [table.name for table in schema(pg_url).tables] == ["mine"]


def test_within_a_transaction_a_lock_costs_nothing_but_what_it_hides(pg_url: str) -> None:
    execute(pg_url, "CREATE TABLE a (id integer CHECK (id > 0))")
    with database(pg_url) as opened, locked(pg_url, "a"):
        opened.connection.run(Statement("BEGIN"))
        opened.connection.run(Statement("CREATE TABLE mine (b integer)"))
        found = read.schema(opened)
        assert [missing.name for missing in found.missing] == ["a"]
        assert [table.name for table in found.tables] == ["a", "mine"]
        assert opened.connection.state is State.OPEN


def test_a_failed_transaction_is_told(pg_url: str) -> None:
    with database(pg_url) as opened:
        opened.connection.run(Statement("BEGIN"))
        with pytest.raises(StatementFailed):
            opened.connection.run(Statement("SELECT 1/0"))
        with pytest.raises(StatementFailed, match="transaction is aborted"):
            read.schema(opened)
        assert opened.connection.state is State.FAILED


def test_temporary_tables_are_in_pg_temp(pg_url: str) -> None:
    with database(pg_url) as opened:
        opened.connection.run(Statement("CREATE TEMP TABLE passing (id integer PRIMARY KEY, b text DEFAULT 'x')"))
        found = read.schema(opened)
        assert [(table.schema, table.name) for table in found.tables] == [("pg_temp", "passing")]
        assert found.namespaces == schema(pg_url).namespaces
        opened.connection.run(Statement("DROP TABLE passing"))
        for text in statements(found):
            opened.connection.run(Statement(text.rstrip(";")))
        assert read.schema(opened) == found
    assert schema(pg_url).tables == ()


def test_the_number_of_statements_does_not_grow(pg_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do the trips: what is sent together is one call."""
    sent: list[int] = []

    def counted(connection: Any, queries: Any) -> Any:
        sent.append(len(queries))
        return postgresql_cursor.pipelined_rows(connection, queries)

    monkeypatch.setattr(snapshot, "pipelined_rows", counted)
    counts = []
    for start in (0, 40):
        for n in range(start, start + 5 + start):
            execute(pg_url, f"CREATE TABLE t{n} (id serial PRIMARY KEY, b text CHECK (b > ''), c integer REFERENCES t{start})",
                    f"CREATE INDEX ON t{n} (lower(b))", f"CREATE VIEW v{n} AS SELECT * FROM t{n}")  # fmt: skip
        sent.clear()
        schema(pg_url)
        counts.append(list(sent))
    assert counts[0] == counts[1]
    assert len(counts[0]) == 3
    assert sum(counts[0]) < 60


def test_some_schemas_only(torture_url: str) -> None:
    found = schema(torture_url, schemas=("Odd schema",))
    assert {table.schema for table in found.tables} == {"Odd schema"}
    assert [space.name for space in found.namespaces] == ["Odd schema"]
    assert {table.name for table in schema(torture_url, "pg_class", schemas=("pg_catalog",)).tables} == {"pg_class"}


CHANGES = (
    "ALTER TABLE t ADD b integer", "ALTER TABLE t ALTER b SET DEFAULT 1", "ALTER TABLE t ALTER b SET DEFAULT 2",
    "COMMENT ON TABLE t IS 'x'", "COMMENT ON TABLE t IS 'y'", "ALTER TABLE t DROP b", "CREATE INDEX i ON t (a)", "DROP INDEX i",
    "CREATE VIEW v AS SELECT 1 AS a", "CREATE OR REPLACE VIEW v AS SELECT 2 AS a", "GRANT SELECT ON t TO PUBLIC",
    "REVOKE SELECT ON t FROM PUBLIC", "CREATE TYPE e AS ENUM ('a')", "ALTER TYPE e ADD VALUE 'b'", "ALTER TYPE e RENAME VALUE 'b' TO 'c'",
    "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2'",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "CREATE POLICY p ON t", "ALTER POLICY p ON t USING (a > 0)", "DROP POLICY p ON t",
    "CREATE SEQUENCE s", "ALTER SEQUENCE s INCREMENT 2", "ALTER TABLE t SET (fillfactor = 50)", "ALTER TABLE t RENAME TO u",
    "CREATE SCHEMA other", "ALTER TABLE u SET SCHEMA other", "ALTER TABLE other.u ADD CHECK (a > 0) NOT VALID",
    "ALTER TABLE other.u VALIDATE CONSTRAINT u_a_check", "CREATE EXTENSION citext", "DROP EXTENSION citext",
)  # fmt: skip


def test_the_fingerprint_changes_with_every_change(pg_url: str) -> None:
    execute(pg_url, "CREATE TABLE t (a integer)")
    with database(pg_url) as opened:
        seen = [read.fingerprint(opened)]
        for change in CHANGES:
            execute(pg_url, change)
            seen.append(read.fingerprint(opened))
            assert seen[-1] != seen[-2], change
        # nor with what is no change
        execute(
            pg_url,
            "INSERT INTO other.u VALUES (1)",
            "SELECT nextval('s')",
            "VACUUM ANALYZE",
            "CREATE TEMP TABLE x (a integer)",
        )
        assert read.fingerprint(opened) == seen[-1]


def test_estimates_are_the_catalogs(pg_url: str) -> None:
    execute(
        pg_url,
        "CREATE TABLE t (a integer)",
        "CREATE TABLE never (a integer)",
        "INSERT INTO t SELECT generate_series(1, 500)",
        "ANALYZE t",
    )
    with database(pg_url) as opened:
        assert read.estimates(opened) == {Name("t", "public"): 500}


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
