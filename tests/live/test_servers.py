"""The private servers themselves: everything live stands on them."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pymysql
import pytest
from run_dbx import until
from servers import FailedError, MariaDB, PostgreSQL, Server


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Server:
    running: Server = request.getfixturevalue(request.param)
    return running


def test_fresh_databases_know_nothing_of_each_other(server: Server) -> None:
    one, two = server.create_database(), server.create_database()
    server.execute("CREATE TABLE t (x int)", one)
    server.execute("CREATE TABLE t (x int)", two)
    server.drop_database(one)
    assert server.execute("SELECT count(*) FROM t", two) == [(0,)]
    server.drop_database(two)


def test_drop_is_not_stopped_by_an_open_transaction(server: Server) -> None:
    name = server.create_database()
    server.execute("CREATE TABLE t (x int)", name)
    with contextlib.closing(server.connect(name)) as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO t VALUES (1)")
        dropping = threading.Thread(target=server.drop_database, args=(name,), daemon=True)
        dropping.start()
        dropping.join(60)
        assert not dropping.is_alive()
        with contextlib.suppress(psycopg.Error, pymysql.Error):
            cursor.close()


def test_a_wrong_password_is_refused(postgresql: PostgreSQL, mariadb: MariaDB) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgresql.url(password="wrong", database="postgres"))
    for password in ("wrong", ""):
        with pytest.raises(pymysql.OperationalError, match="Access denied"):
            pymysql.connect(host="127.0.0.1", port=mariadb.port, user="root", password=password)


def test_the_native_client_gets_its_password_by_environment(server: Server) -> None:
    name = server.create_database()
    argv, environment = server.client(name)
    assert server.password not in " ".join(argv)
    assert server.password in environment.values()
    assert server.run_client(text="SELECT 'Ünïcøde · 40';\n", database=name).count("Ünïcøde · 40") >= 1
    server.drop_database(name)


def test_the_password_is_in_no_process_list(server: Server) -> None:
    command = Path(f"/proc/{server.pid}/cmdline")
    if command.exists():
        assert server.password.encode() not in command.read_bytes()


def test_what_was_created_survives_a_restart_and_a_crash(server: Server) -> None:
    with type(server)() as own:
        name, port, directory = own.create_database(), own.port, own.directory
        own.execute("CREATE TABLE t (x int)", name)
        own.halt()
        own.start()
        own.kill()
        own.start()
        assert own.port == port
        assert own.execute("SELECT count(*) FROM t", name) == [(0,)]
    assert not directory.exists()


def test_settings_are_the_servers_own() -> None:
    with PostgreSQL(max_connections="7") as own:
        assert own.execute("SHOW max_connections") == [("7",)]
    with MariaDB(max_connections="11") as own:
        assert own.execute("SELECT @@max_connections") == [(11,)]


def test_a_server_that_cannot_start_says_why_and_leaves_nothing() -> None:
    own = PostgreSQL(no_such_setting="1")
    with pytest.raises(FailedError, match="no_such_setting"):
        own.start()
    assert own.directory == Path()


def test_nothing_survives_a_killed_test_run(server: Server) -> None:
    program = f"import servers, time\ns = servers.{type(server).__name__}()\ns.start()\n"
    program += "print(s.port, s.directory, flush=True)\ntime.sleep(600)"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        port, directory = run.stdout.readline().split()
        run.kill()
    until(lambda: not Path(directory).exists(), "its directory is gone")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)), timeout=60)
