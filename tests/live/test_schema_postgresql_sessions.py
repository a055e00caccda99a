"""PostgreSQL's schema as one reader among others finds it: locks, little rights, open transactions, what it costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from reading import database, reflect, schema
from run_dbx import execute, until

from dbx.database import Database
from dbx.dialects.base import State
from dbx.dialects.postgresql import cursor as postgresql_cursor
from dbx.errors import StatementFailed
from dbx.rows import Statement
from dbx.schema import read, serial
from dbx.schema.ddl import statements
from dbx.schema.objects import Missing, Name
from dbx.schema.readers.postgresql import snapshot


@contextmanager
def locked(url: str, *tables: str) -> Iterator[None]:
    with closing(psycopg.connect(url)) as connection:
        for table in tables:
            connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


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
def limited(pg_url: str) -> Iterator[str]:
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
