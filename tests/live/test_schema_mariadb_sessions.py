"""MariaDB's reader beside others: with few privileges, under locks, within a session of the user's, on many tables."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pymysql
import pytest
from reading import reflect
from reading import schema as schema_of
from run_dbx import connected, driver, execute, until
from servers import MariaDB
from test_schema_mariadb import table

from dbx import config, target
from dbx.connection import Connection
from dbx.database import Database
from dbx.dialects.base import State
from dbx.dialects.mysql.dialect import several
from dbx.dialects.mysql.packets import answers
from dbx.errors import StatementFailed, TimedOut
from dbx.rows import Statement
from dbx.schema import read
from dbx.schema.model import Schema
from dbx.schema.objects import Missing, Name
from dbx.schema.readers.mysql import reader

SMALL = (
    "CREATE TABLE seen (id int PRIMARY KEY, note text)",
    "CREATE TABLE partly (id int PRIMARY KEY, secret text DEFAULT 'x', n int DEFAULT 3)",
    "CREATE TABLE hidden (id int PRIMARY KEY)",
    "CREATE TABLE leads (h int, at timestamp NULL DEFAULT '2020-01-01 10:00:00', FOREIGN KEY (h) REFERENCES hidden (id))",
    "CREATE VIEW view_seen AS SELECT id FROM seen",
    "CREATE FUNCTION f() RETURNS int RETURN 1",
    "CREATE TRIGGER tr BEFORE INSERT ON seen FOR EACH ROW SET NEW.id = 1",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
    "CREATE SEQUENCE s",
)


def raw(connection: Connection, *names: str) -> Schema:
    return connection.call(lambda driver: reader.read(driver, names))


@contextmanager
def user(server: MariaDB, database: str, *grants: str) -> Iterator[str]:
    """The URL for a user with just these privileges."""
    server.execute("CREATE OR REPLACE USER few@'%' IDENTIFIED BY 'secret'")
    for grant in grants:
        server.execute(f"GRANT {grant} TO few@'%'", database)
    yield server.url("few", "secret", database)
    server.execute("DROP USER few@'%'")


# --- privileges -----------------------------------------------------------------------------------------------------


def test_of_what_a_user_may_not_see_the_rest_is_read(mariadb: MariaDB, maria_url: str) -> None:
    execute(maria_url, *SMALL)
    grants = (
        "SELECT ON seen",
        "SELECT (id, n) ON partly",
        "SELECT ON view_seen",
        "SELECT ON leads",
        "EXECUTE ON FUNCTION f",
    )
    with user(mariadb, maria_url.rpartition("/")[2], *grants) as url:
        schema = schema_of(url)
        done = reflect(url, "-f", "ddl")
    assert [each.name for each in schema.tables] == ["leads", "partly", "seen", "view_seen"]
    assert [(each.name, each.default) for each in table(schema, "partly").columns] == [("id", None), ("n", "3")]
    assert [each.name for each in table(schema, "view_seen").columns] == ["id"]
    denied = "command denied to user 'few'@'127.0.0.1' for table"
    lacks = "others may be hidden: the user has {} on the database"
    assert schema.missing == (
        Missing("events", None, "", lacks.format("no EVENT")),
        Missing("f", None, "function", "its text is shown to its definer only"),
        Missing("hidden", None, "table", f"SHOW {denied} `hidden`"),
        Missing("partly", None, "table", f"SHOW {denied} `partly`"),
        Missing("routines", None, "", lacks.format("no EXECUTE")),
        Missing("tables", None, "", lacks.format("no privilege")),
        Missing("triggers", None, "", lacks.format("no TRIGGER")),
        Missing("view_seen", None, "view", f"SHOW VIEW {denied} `view_seen`"),
    )
    assert done.code == 7
    assert "view view_seen: SHOW VIEW command denied" in done.err
    copy = mariadb.create_database()
    mariadb.run_client(database=copy, text=done.text)  # what is there is a script all the same
    again = schema_of(mariadb.url(database=copy))
    assert [each.name for each in again.tables] == ["leads", "partly", "seen"]
    mariadb.drop_database(copy)


@pytest.mark.parametrize(
    ("grant", "missing"),
    [
        ("ALL PRIVILEGES ON *", ["f"]),
        ("SELECT, SHOW VIEW ON *", ["events", "routines", "triggers"]),
        ("SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON *.*", []),
        ("SELECT ON mysql.proc", ["events", "tables", "triggers"]),
    ],
)
def test_which_parts_may_be_hidden(mariadb: MariaDB, maria_url: str, grant: str, missing: list[str]) -> None:
    execute(maria_url, *SMALL)
    with user(mariadb, maria_url.rpartition("/")[2], "SELECT ON seen", grant) as url:
        found = [each.name for each in schema_of(url).missing]
    assert found == missing


def test_grants_are_read_by_those_who_may_see_all(mariadb: MariaDB, maria_url: str) -> None:
    execute(maria_url, *SMALL)
    with user(mariadb, maria_url.rpartition("/")[2], "ALL PRIVILEGES ON *", "INSERT ON seen") as url:
        assert table(schema_of(url), "seen").grants == ()
        assert [each.kind for each in schema_of(url).others] == []
        assert [each.privileges for each in table(schema_of(maria_url), "seen").grants] == [("INSERT",)]


def test_a_temporary_table_hides_only_itself(maria_url: str) -> None:
    execute(maria_url, *SMALL)
    with connected(maria_url) as connection:
        connection.run(Statement("CREATE TEMPORARY TABLE seen (x int)"))
        schema = raw(connection)
    assert schema.missing == (Missing("seen", None, "table", "a temporary table hides it"),)
    assert [each.name for each in table(schema, "seen").columns] == ["id", "note"]


# --- locks ----------------------------------------------------------------------------------------------------------


@contextmanager
def running(url: str, statement: str, state: str) -> Iterator[None]:
    """A block while another session is in the middle of a statement."""
    connection = driver(url)

    def run() -> None:
        with pytest.raises(pymysql.Error):
            connection.cursor().execute(statement)

    thread = threading.Thread(target=run)
    thread.start()
    asked = f"SELECT 1 FROM information_schema.processlist WHERE id = {connection.thread_id()}"
    until(lambda: execute(url, f"{asked} AND state = '{state}'"), statement)
    try:
        yield
    finally:
        execute(url, f"KILL {connection.thread_id()}")
        thread.join()
        connection.close()
        until(lambda: not execute(url, asked), f"{statement} has gone")


def test_a_table_somebody_has_for_himself_is_missing_and_nothing_hangs(maria_url: str) -> None:
    execute(maria_url, *SMALL)
    with (
        running(maria_url, "CREATE TABLE held AS SELECT sleep(60) AS x", "User sleep"),
        connected(maria_url) as connection,
    ):
        connection.canceller.timeout = 10
        schema = raw(connection)
        assert schema.missing == (
            Missing("held", None, "table", "Lock wait timeout exceeded; try restarting transaction"),
        )
        assert {each.name for each in schema.tables} >= {"seen", "hidden", "held"}
        assert [each.name for each in schema.triggers] == ["tr"]
        assert [each.name for each in raw(connection, "held").missing] == ["held"]
        assert Name("seen") in connection.call(reader.estimates)
        assert reflect(maria_url, "-f", "json").code == 7


def test_locked_tables_and_open_transactions_are_passed(maria_url: str) -> None:
    execute(maria_url, *SMALL)
    expected = schema_of(maria_url)
    with (
        closing(driver(maria_url)) as locker,
        closing(driver(maria_url)) as writer,
        closing(driver(maria_url)) as reader,
    ):
        for cursor, statements in (
            (writer.cursor(), ("BEGIN", "INSERT INTO hidden VALUES (1)")),
            (locker.cursor(), ("LOCK TABLES seen WRITE, partly WRITE",)),
            (reader.cursor(), ("BACKUP LOCK leads",)),
        ):
            for statement in statements:
                cursor.execute(statement)
        with running(maria_url, "ALTER TABLE hidden ADD x int", "Waiting for table metadata lock"):
            assert schema_of(maria_url) == expected


# --- the session ----------------------------------------------------------------------------------------------------

SETTINGS = {
    "sql_mode": "ANSI_QUOTES,NO_BACKSLASH_ESCAPES",
    "time_zone": "-03:00",
    "lock_wait_timeout": "77",
    "sql_quote_show_create": "0",
    "sql_select_limit": "2",
    "character_set_client": "latin1",
    "character_set_results": None,
    "collation_connection": "latin1_german1_ci",
}


@pytest.mark.parametrize("scheme", ["mysql", "mysql+mysqldb"])
def test_settings_change_nothing_and_stay(maria_url: str, scheme: str) -> None:
    if scheme != "mysql":
        pytest.importorskip("MySQLdb")
    execute(maria_url, *SMALL)
    expected = schema_of(maria_url)
    with connected(maria_url.replace("mysql:", f"{scheme}:")) as connection:
        given = ", ".join(f"{name} = {'NULL' if value is None else repr(value) if not value.isdecimal() else value}" for name, value in SETTINGS.items())  # fmt: skip
        connection.run(Statement(f"SET {given}"))
        schema = raw(connection)
        shown = connection.run(Statement(f"SELECT {', '.join('@@' + name for name in SETTINGS)}")).rows
        assert shown is not None
        ((*after,),) = [row for batch in shown for row in batch]
        after = [each.decode() if isinstance(each, bytes) else each for each in after]
    assert after == list(SETTINGS.values())
    assert {each.name: each for each in schema.tables} == {each.name: each for each in expected.tables}


@pytest.mark.parametrize("autocommit", ["1", "0"])
@pytest.mark.parametrize("scheme", ["mysql", "mysql+mysqldb"])
def test_the_transaction_stays_as_it_was(maria_url: str, autocommit: str, scheme: str) -> None:
    if scheme != "mysql":
        pytest.importorskip("MySQLdb")
    execute(maria_url, *SMALL)
    with connected(maria_url.replace("mysql:", f"{scheme}:")) as connection:
        connection.run(Statement(f"SET autocommit = {autocommit}"))
        raw(connection)
        assert connection.dialect.state(connection.raw) is State.IDLE
        for statement in ("BEGIN", "INSERT INTO hidden VALUES (5)", "SAVEPOINT here"):
            connection.run(Statement(statement))
        raw(connection)
        assert connection.dialect.state(connection.raw) is State.OPEN
        connection.run(Statement("SAVEPOINT still_possible"))
        for statement in ("ROLLBACK TO here", "ROLLBACK"):
            connection.run(Statement(statement))
    assert execute(maria_url, "SELECT count(*) FROM hidden") == [(0,)]


def test_a_reading_out_of_time_leaves_the_session_as_it_was(maria_url: str) -> None:
    execute(maria_url, *SMALL)
    database = Database(target.parse(maria_url, config.Config()))
    with running(maria_url, "CREATE TABLE held AS SELECT sleep(60) AS x", "User sleep"), closing(database):
        connection = database.connection
        connection.canceller.timeout = 0.3
        with pytest.raises(TimedOut):
            read.schema(database)
        connection.canceller.timeout = None
        rows = connection.run(Statement("SELECT @@lock_wait_timeout, @@time_zone, @@sql_mode <> ''")).rows
        assert rows is not None
        assert [row for batch in rows for row in batch] == [("86400", "+00:00", "1")]
        with pytest.raises(StatementFailed, match="syntax"):
            connection.run(Statement("SELECT 1; SELECT 2"))


def test_packets_of_every_length(maria_url: str) -> None:
    sizes = (0, 1, 250, 251, 252, 65535, 65536, 16777210, 16777215, 17000000)
    text = ";".join(f"SELECT repeat('ä', {size} div 2), NULL, 'x' FROM seq_1_to_2" for size in sizes)
    with connected(maria_url) as connection, several(connection.raw):
        for size, rows in zip(sizes, answers(connection.raw, text), strict=True):
            assert rows == [("ä" * (size // 2), None, "x")] * 2
        rows: Any = answers(connection.raw, "SELECT 1; SELECT 2; SELECT nothing; SELECT 3")
        assert [next(rows), next(rows)] == [[("1",)], [("2",)]]
        with pytest.raises(pymysql.Error, match="nothing"):
            next(rows)
        rows = answers(connection.raw, "SELECT 4; SELECT seq FROM seq_1_to_1000; SELECT 5")
        assert next(rows) == [("4",)]
        rows.close()  # nothing of it is left for the next one
        assert list(answers(connection.raw, "SELECT 6")) == [[("6",)]]
