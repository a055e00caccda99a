"""How much the reader of MariaDB asks: packets, statements, fingerprints, estimates."""

from __future__ import annotations

from typing import Any

from run_dbx import connected, execute
from servers import MariaDB
from test_schema_mariadb import schema_of
from test_schema_mariadb_sessions import SMALL, raw, running, user

from dbx.connection import Connection
from dbx.rows import Statement
from dbx.schema.objects import Name
from dbx.schema.readers.mysql import reader


def counted(connection: Connection, *names: str) -> tuple[int, dict[str, int]]:
    """Packets to the server, and statements by kind, of one reading."""
    packets = 0
    own = connection.raw._execute_command

    def send(*arguments: Any) -> Any:
        nonlocal packets
        packets += 1
        return own(*arguments)

    def status() -> dict[str, int]:
        rows = connection.run(Statement("SHOW SESSION STATUS WHERE Variable_name LIKE 'Com_show%' OR Variable_name IN "
                                        "('Com_select', 'Opened_tables', 'Questions')")).rows  # fmt: skip
        return {name: int(value) for batch in rows or () for name, value in batch}

    before = status()
    connection.raw._execute_command = send
    try:
        raw(connection, *names)
    finally:
        del connection.raw._execute_command
    after = status()
    return packets, {name: after[name] - before[name] for name in after}


def test_packets_are_few_and_statements_linear(maria_url: str) -> None:
    def tables(first: int, last: int) -> list[str]:
        return [
            f"CREATE TABLE t{number} (id int PRIMARY KEY, a int, KEY (a)) ENGINE=MEMORY"
            for number in range(first, last)
        ]

    execute(maria_url, *tables(0, 20))
    with connected(maria_url) as connection:
        few, of_few = counted(connection)
        execute(maria_url, *tables(20, 1220))
        many, of_many = counted(connection)
        one, of_one = counted(connection, "t700")
    assert few < 25
    assert many - few == 2  # 1,220 statements, 500 a packet
    assert of_many["Com_show_create_table"] - of_few["Com_show_create_table"] == 1200
    assert of_many["Questions"] - of_few["Questions"] == 1200
    assert one < 25
    assert of_one["Com_show_create_table"] == 1
    assert of_one["Opened_tables"] < 10


def test_names(maria_url: str) -> None:
    execute(
        maria_url,
        *SMALL,
        "CREATE TABLE tr_table (id int)",
        "CREATE TRIGGER other BEFORE INSERT ON tr_table FOR EACH ROW SET @a = 1",
    )
    whole = schema_of(maria_url)
    for name, kinds in {
        "seen": ("tables", "triggers"),
        "f": ("routines",),
        "e": ("events",),
        "s": ("sequences",),
        "other": ("triggers",),
    }.items():
        one = schema_of(maria_url, name)
        for kind in kinds:
            wanted = [each for each in getattr(whole, kind) if name in (each.name, getattr(each, "table", ""))]
            assert list(getattr(one, kind)) == wanted != []
        assert not one.missing
        assert [each.name for each in one.tables] == ([name] if name == "seen" else [])
    assert schema_of(maria_url, "nothing").tables == ()


def test_fingerprint(maria_url: str) -> None:
    execute(maria_url, *SMALL)
    with connected(maria_url) as connection:

        def mark() -> str:
            return connection.call(reader.fingerprint)

        first = mark()
        execute(
            maria_url, "INSERT INTO hidden VALUES (7)", "CREATE TEMPORARY TABLE t (x int)", "DROP TEMPORARY TABLE t"
        )
        assert mark() == first != ""
        for statement in (
            "ALTER TABLE hidden ADD y int", "CREATE INDEX i ON hidden (y)", "DROP VIEW view_seen", "DROP TRIGGER tr",
            "ALTER EVENT e DISABLE", "RENAME TABLE partly TO wholly", "DROP FUNCTION f", "ALTER SEQUENCE s CYCLE",
            "CREATE PROCEDURE p() CREATE TABLE late (x int)", "CALL p()",
            "BEGIN NOT ATOMIC EXECUTE IMMEDIATE 'DROP TABLE late'; END", "GRANT SELECT ON hidden TO CURRENT_USER",
        ):  # fmt: skip
            before = mark()
            execute(maria_url, statement)
            assert mark() != before, statement
        connection.run(Statement("USE information_schema"))
        assert mark() != before
    with (
        running(maria_url, "CREATE TABLE held AS SELECT sleep(60) AS x", "User sleep"),
        connected(maria_url) as connection,
    ):
        assert connection.call(reader.fingerprint) == ""
    with running(maria_url, "SELECT sleep(60)", "User sleep"), connected(maria_url) as connection:
        assert connection.call(reader.fingerprint) != ""


def test_a_fingerprint_of_one_who_sees_only_himself(mariadb: MariaDB, maria_url: str) -> None:
    """What others run may be anything."""
    execute(maria_url, *SMALL)
    with user(mariadb, maria_url.rpartition("/")[2], "SELECT ON *") as url, connected(url) as connection:
        assert connection.call(reader.fingerprint) != ""
        with running(maria_url, "SELECT sleep(60)", "User sleep"):
            assert connection.call(reader.fingerprint) == ""


def test_estimates(maria_url: str) -> None:
    execute(maria_url, *SMALL, "INSERT INTO hidden SELECT seq FROM seq_1_to_1000", "ANALYZE TABLE hidden")
    with connected(maria_url) as connection:
        found = connection.call(reader.estimates)
    assert set(found) == {Name(name) for name in ("hidden", "leads", "partly", "seen")}
    assert 500 < found[Name("hidden")] < 2000
