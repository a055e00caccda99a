r"""Dumps go through `dbx run` into an empty database, and that database dumps the same again.

The databases, in dump_data, hold what is easily lost or cut wrongly on the way.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from run_dbx import Done, execute, existing, good, run
from servers import MariaDB, PostgreSQL

DATA = Path(__file__).with_name("dump_data")


def script(path: Path, text: bytes) -> Path:
    path.write_bytes(text)
    return path


def replay(url: str, dump: bytes, tmp_path: Path, *options: str) -> Done:
    return good(run(url, str(script(tmp_path / "dump.sql", dump)), *options, command="run"))


def dumped(argv: list[str], environment: dict[str, str]) -> bytes:
    done = subprocess.run(argv, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def pg_dump(server: PostgreSQL, database: str, *options: str) -> bytes:
    argv, environment = server.client()
    login = argv[argv.index("-h") : argv.index("-d")]
    return dumped([str(server.binary("pg_dump")), *login, *options, database], environment)


def unkeyed(dump: bytes) -> bytes:
    r"""Without \restrict and its key, which differs from dump to dump."""
    return re.sub(rb"^\\(un)?restrict .*$", b"", dump, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def pg_filled(postgresql: PostgreSQL) -> str:
    """The name of a database with all that dump_data/postgresql.sql makes."""
    name = postgresql.create_database()
    postgresql.run_client("-q", "-v", "ON_ERROR_STOP=1", "-f", str(DATA / "postgresql.sql"), database=name)
    return name


@pytest.mark.parametrize("options", ["", "--inserts", "--column-inserts", "--rows-per-insert=2", "--clean --if-exists"])
def test_pg_dump(postgresql: PostgreSQL, pg_filled: str, pg_url: str, tmp_path: Path, options: str) -> None:
    before = pg_dump(postgresql, pg_filled, *options.split())
    assert re.search(rb"^\\restrict ", before, re.MULTILINE)
    replay(pg_url, before, tmp_path)
    assert unkeyed(pg_dump(postgresql, pg_url.rpartition("/")[2], *options.split())) == unkeyed(before)


def test_what_psql_loads_dbx_loads(postgresql: PostgreSQL, pg_filled: str, pg_url: str) -> None:
    good(run(pg_url, str(DATA / "postgresql.sql"), command="run"))
    assert unkeyed(pg_dump(postgresql, pg_url.rpartition("/")[2])) == unkeyed(pg_dump(postgresql, pg_filled))


ROWS = [
    *[(0, "it's; \\"), (1, "';"), (2, "a\tb\\c\nd;"), (3, None), (4, ""), (5, "\\N"), (6, "\\."), (7, "x\\.")],
    *[(8, "AA\b\f\v\r"), (9, "\ncontinued"), (10, "'\"$$;--/*")],
]


def test_rows_in_a_script(pg_url: str) -> None:
    good(run(pg_url, str(DATA / "rows.sql"), command="run"))
    assert execute(pg_url, "select a, b from c order by a") == ROWS


def test_rows_with_carriage_returns(postgresql: PostgreSQL, pg_url: str, tmp_path: Path) -> None:
    text = (DATA / "rows.sql").read_bytes().replace(b"9\t\\\ncontinued\n", b"")
    replay(pg_url, text.replace(b"\n", b"\r\n"), tmp_path)
    ours = execute(pg_url, "select a, b from c order by a")
    execute(pg_url, "drop table c")
    name = pg_url.rpartition("/")[2]
    postgresql.run_client("-q", "-v", "ON_ERROR_STOP=1", "-f", str(tmp_path / "dump.sql"), database=name)
    assert ours == execute(pg_url, "select a, b from c order by a")
    assert len(ours) == len(ROWS) - 1


def test_rows_in_csv(pg_url: str) -> None:
    good(run(pg_url, str(DATA / "rows_csv.sql"), command="run"))
    found = execute(pg_url, "select a, b from c order by a")
    assert found == [(11, 'a;"b\n'), (12, None), (13, ""), (14, "\\"), (15, ";")]


def test_rows_without_an_end_keep_nothing(pg_url: str, tmp_path: Path) -> None:
    file = script(tmp_path / "a.sql", b"create table c (a int);\ncopy c from stdin;\n1\n2\n")
    done = run(pg_url, str(file), command="run")
    assert (done.code, done.err.partition(" ")[0]) == (1, f"{file}:2:1:")
    assert "COPY … FROM stdin is never closed" in done.err
    assert execute(pg_url, "select to_regclass('c')") == [(None,)]


def test_errors_on_the_statements_of_psql(postgresql: PostgreSQL, pg_url: str, tmp_path: Path) -> None:
    """A script half of which fails: the same errors, and the same database behind it."""
    broken = (DATA / "postgresql.sql").read_bytes()
    for old, new in (
        (b"CREATE TABLE lines", b"CREATE TABLES lines"),
        (b"NUMERIC", b"NUMBER"),
        (b"RETURN new", b"RETRUN new"),
    ):
        broken = broken.replace(old, new)
    file = script(tmp_path / "broken.sql", broken + b"copy empty_one from stdin;\nx\n\\.\n")
    name = postgresql.create_database()
    argv, environment = postgresql.client(name)
    done = subprocess.run([*argv, "-q", "-f", str(file)], env=environment, capture_output=True, text=True, check=False)
    theirs = re.findall(r"^psql:\S+ ERROR:  (.*)$", done.stderr, re.MULTILINE)
    ours = failures(run(pg_url, str(file), "--autocommit", "--on-error", "continue", command="run"))
    assert len(theirs) > 8
    assert ours == theirs
    assert unkeyed(pg_dump(postgresql, pg_url.rpartition("/")[2])) == unkeyed(pg_dump(postgresql, name))


def test_the_rows_of_a_copy_that_fails_are_no_statements(pg_url: str, tmp_path: Path) -> None:
    """To psql they are."""
    execute(pg_url, "create table c (a int)")
    text = b"copy nowhere from stdin;\n1\ndrop table c;\n\\.\ninsert into c values (2);\n"
    file = script(tmp_path / "a.sql", text)
    done = run(pg_url, str(file), "--autocommit", "--on-error", "continue", command="run")
    assert failures(done) == ['relation "nowhere" does not exist']
    assert execute(pg_url, "select a from c") == [(2,)]


def failures(done: Done) -> list[str]:
    """The messages of the statements that failed, but not what is said of all of them."""
    assert done.code == 1, done.err
    found = re.findall(r"^\S+:\d+:\d+: \w+ (.*)$", done.err, re.MULTILINE)
    return [re.sub(r" \(\d+\)$", "", message) for message in found]


# --- MariaDB ---------------------------------------------------------------------------------------------------------


def mariadb_dump(server: MariaDB, database: str, *options: str) -> bytes:
    """Nothing of it tells when it was made."""
    argv, environment = server.client()
    program = shutil.which("mariadb-dump") or shutil.which("mysqldump")
    if program is None:
        pytest.skip("no mariadb-dump here; `make test` as root installs it")
    kinds = ("--routines", "--triggers", "--events", "--skip-dump-date", "--skip-comments")
    return dumped([program, *argv[1:], *kinds, *options, database], environment)


@pytest.fixture(scope="module")
def maria_filled(mariadb: MariaDB) -> str:
    """The name of a database with all that dump_data/mariadb.sql makes."""
    name = mariadb.create_database()
    mariadb.run_client("--comments", database=name, text=(DATA / "mariadb.sql").read_text("utf-8"))
    return name


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--skip-extended-insert",
        "--hex-blob --complete-insert --skip-opt --create-options --quote-names",
        "--comments --single-transaction --add-drop-trigger --replace",
        "--skip-quote-names --skip-tz-utc --skip-lock-tables --insert-ignore",
    ],
)
def test_mariadb_dump(mariadb: MariaDB, maria_filled: str, maria_url: str, tmp_path: Path, options: str) -> None:
    before = mariadb_dump(mariadb, maria_filled)
    replay(maria_url, mariadb_dump(mariadb, maria_filled, *options.split()), tmp_path)
    assert mariadb_dump(mariadb, maria_url.rpartition("/")[2]) == before


def test_what_the_mariadb_client_loads_dbx_loads(mariadb: MariaDB, maria_filled: str, maria_url: str) -> None:
    good(run(maria_url, str(DATA / "mariadb.sql"), command="run"))
    assert mariadb_dump(mariadb, maria_url.rpartition("/")[2]) == mariadb_dump(mariadb, maria_filled)


def test_errors_on_the_statements_of_the_mariadb_client(mariadb: MariaDB, maria_url: str, tmp_path: Path) -> None:
    """A script a part of which fails: the same errors, and the same database behind it."""
    broken = (DATA / "mariadb.sql").read_bytes()
    for old, new in (
        (b"DECIMAL(10, 3)", b"DECIMALS(10, 3)"),
        (b"RETURN CASE", b"RETRUN CASE"),
        (b"SET b = -1", b"SET b - 1"),
    ):
        assert old in broken
        broken = broken.replace(old, new)
    file = script(tmp_path / "broken.sql", broken)
    name = mariadb.create_database()
    argv, environment = mariadb.client(name)
    done = subprocess.run([*argv, "--force"], env=environment, input=broken, capture_output=True, check=False)
    theirs = re.findall(r"^ERROR \d+ \(\w+\) at line (\d+): (.*)$", done.stderr.decode(), re.MULTILINE)
    ours = failures(run(maria_url, str(file), "--autocommit", "--on-error", "continue", command="run"))
    assert len(theirs) > 4
    assert [message.replace(maria_url.rpartition("/")[2], name) for message in ours] == [
        message for _, message in theirs
    ]
    assert mariadb_dump(mariadb, maria_url.rpartition("/")[2]) == mariadb_dump(mariadb, name)


BEGINNINGS = {
    "": r"""create table a (x text, y text); insert into a values ('\';', "\";")""",
    "NO_BACKSLASH_ESCAPES": r"""create table a (x text, y text); insert into a values ('\', "\") -- ';""",
    "ANSI_QUOTES": r"""create table a ("\" text, ";" text); insert into a values ('\';', 'y')""",
    "ANSI_QUOTES,NO_BACKSLASH_ESCAPES": r"""create table a ("\" text, ";" text); insert into a values ('\', 'y') -- ';""",
}
"""Scripts that the session's own mode decides about: whether a backslash takes away what a quote means."""


@pytest.mark.parametrize(("mode", "begin"), BEGINNINGS.items(), ids=BEGINNINGS)
def test_modes(mariadb: MariaDB, maria_url: str, tmp_path: Path, mode: str, begin: str) -> None:
    before = mariadb.execute("select @@global.sql_mode")[0][0]
    mariadb.execute(f"set global sql_mode = '{mode}'")
    try:
        replay(maria_url, begin.encode(), tmp_path)
        good(run(maria_url, str(DATA / "modes.sql"), command="run"))
    finally:
        mariadb.execute(f"set global sql_mode = '{before}'")
    assert len(execute(maria_url, "select * from a")) == 1
    assert execute(maria_url, "select * from `t;`") == [("\\", ";"), (";\\", '"'), ('";', "'"), ("\\", ";")]


# --- SQLite ----------------------------------------------------------------------------------------------------------


def sqlite_dump(file: Path) -> bytes:
    return dumped(["sqlite3", "-init", "/dev/null", str(file), ".dump"], {"PATH": os.environ["PATH"]})


@pytest.fixture(scope="module")
def sqlite_filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all that dump_data/sqlite.sql makes."""
    if shutil.which("sqlite3") is None:
        pytest.skip("no sqlite3 here; `make test` as root installs it")
    file = tmp_path_factory.mktemp("dumps") / "filled.db"
    with (DATA / "sqlite.sql").open("rb") as text:
        done = subprocess.run(["sqlite3", "-init", "/dev/null", "-bail", str(file)], stdin=text, check=False)
    assert done.returncode == 0
    return file


def test_sqlite_dump(sqlite_filled: Path, sqlite_url: str, tmp_path: Path) -> None:
    """Virtual tables among it, PRAGMA, BEGIN and COMMIT."""
    before = sqlite_dump(sqlite_filled)
    assert before.startswith(b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;")
    done = replay(existing(sqlite_url), before, tmp_path)
    assert "the script begins its own transactions" in done.err
    assert sqlite_dump(Path(sqlite_url.removeprefix("sqlite:///"))) == before


def test_what_sqlite3_loads_dbx_loads(sqlite_filled: Path, sqlite_url: str) -> None:
    good(run(existing(sqlite_url), str(DATA / "sqlite.sql"), command="run"))
    assert sqlite_dump(Path(sqlite_url.removeprefix("sqlite:///"))) == sqlite_dump(sqlite_filled)
