"""When dbx begins a transaction and when it does not, what it refuses there, dry runs, and production."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, driver, environment, execute, existing, good, run
from scripts import BAD, ONE, QUERY, THREE, TWO, called, ended, kept, ran, script
from watching import backend

from dbx.connection import Connection


@pytest.fixture
def url(any_url: str) -> str:
    """A database with an empty table t."""
    execute(existing(any_url), "create table t (x int)")
    return any_url


SETTINGS = {
    "postgresql": "set work_mem = '7MB';\n",
    "mysql": "set @mine = 7;\n/*!40101 SET NAMES utf8mb4 */;\n",
    "sqlite": "PRAGMA foreign_keys=OFF;\n",
}


# --- whose transaction -----------------------------------------------------------------------------------------------


def test_settings_stand_before_the_transaction(url: str, tmp_path: Path) -> None:
    """They do not make a script of one statement two, nor stop one that begins its own transactions."""
    settings = SETTINGS[backend(url)]
    done = good(ran(url, tmp_path, f"{settings}BEGIN;\n{ONE}COMMIT;\nbegin;\n{TWO}rollback;\n"))
    assert "the script begins its own transactions; dbx adds none" in done.err
    ended(
        ran(url, tmp_path, f"{settings}begin;\n{TWO}commit;\nbegin;\n{THREE}{BAD}"),
        1,
        f"line {settings.count(chr(10)) + 4} is kept",
    )
    ended(ran(url, tmp_path, f"{settings}begin;\n{THREE}"), 1, "E-OPEN", "it is rolled back")
    ended(ran(url, tmp_path, f"{settings}{THREE}{BAD}"), 1, "all of it was rolled back")
    assert kept(url) == [1, 2]


def test_a_dump_of_sqlite3_keeps_its_own_transaction(sqlite_url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as source:
        source.executescript("create table t (x int); insert into t values (1), (2); create table u (y text)")
        dump = "PRAGMA foreign_keys=OFF;\n" + "\n".join(source.iterdump())
    good(ran(existing(sqlite_url), tmp_path, dump))
    assert kept(sqlite_url) == [1, 2]


def test_changes_are_sent_together(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within dbx's transaction and within one of the script's own; outside of them each is kept for itself."""
    sizes: list[int] = []
    original = Connection.run_all
    monkeypatch.setattr(
        Connection, "run_all", lambda self, statements: sizes.append(len(statements)) or original(self, statements)
    )
    text = "".join(f"insert into t values ({number});\n" for number in range(300))
    for before, after, arguments, expected in (
        ("", "", (), [200, 100]),
        ("begin;\n", "commit;\n", (), [200, 100]),
        ("", "", ("--autocommit",), []),
        ("", "", ("--on-error", "continue"), []),
    ):
        sizes.clear()
        good(ran(url, tmp_path, before + text + after, *arguments))
        assert sizes == expected
    assert execute(url, "select count(*), count(distinct x) from t") == [(1200, 300)]


def test_rows_that_a_script_commits_itself_are_not_capped(url: str, tmp_path: Path) -> None:
    done = ran(url, tmp_path, f"{SETTINGS[backend(url)]}begin;\n{ONE}commit;\n", "--max-rows", "5")
    ended(done, 6, "--max-rows cannot roll back what the script commits by itself")
    assert kept(url) == []


def test_a_program_on_the_server_has_no_dry_run(pg_url: str, tmp_path: Path) -> None:
    execute(pg_url, "create table t (x int)")
    for copy in ("copy t from program 'touch {}'", "copy t to program 'cat > {}'", "copy t to '{}'"):
        text = copy.format(tmp_path / "made") + ";\n"
        ended(ran(pg_url, tmp_path, text, "--dry-run"), 6, "write a file or run a program on the server")
    assert not (tmp_path / "made").exists()


def test_one_statement_alone_goes_without(pg_url: str, sqlite_url: str, tmp_path: Path) -> None:
    existing(sqlite_url)
    for url in (pg_url, sqlite_url):
        good(ran(url, tmp_path, f"-- tidy\n{SETTINGS[backend(url)]}VACUUM;\n"))
        ended(ran(url, tmp_path, "VACUUM;\nselect 1;\n"), 6, "runs VACUUM in no transaction")
        good(ran(url, tmp_path, "VACUUM;\nselect 1;\n", "--autocommit"))


ISOLATION = {
    "postgresql": ("SERIALIZABLE", "show transaction_isolation", "serializable"),
    "mysql": (
        "READ COMMITTED",
        "select trx_isolation_level from information_schema.innodb_trx where trx_mysql_thread_id = connection_id()",
        "READ COMMITTED",
    ),
}


@pytest.mark.parametrize("before", ["", "settings"])
def test_an_isolation_level_takes_effect(pg_url: str, maria_url: str, tmp_path: Path, before: str) -> None:
    """On PostgreSQL it is the first statement inside, on MySQL the last before."""
    for url in (pg_url, maria_url):
        execute(url, "create table t (x int)")
        level, ask, told = ISOLATION[backend(url)]
        settings = SETTINGS[backend(url)] if before else ""
        text = f"{settings}SET TRANSACTION ISOLATION LEVEL {level};\n{ONE}{ask};\n"
        assert good(ran(url, tmp_path, text, "--no-header")).text == f"{told}\n"
        good(ran(url, tmp_path, text, "--dry-run"))
        assert kept(url) == [1]


def test_several_files_are_one_transaction(url: str, tmp_path: Path) -> None:
    files = [script(tmp_path, text, f"{number}.sql") for number, text in enumerate((ONE, TWO, THREE + BAD))]
    ended(called(url, *files), 1, f"{files[2]}:2:", "all of it was rolled back")
    assert kept(url) == []
    script(tmp_path, THREE, "2.sql")
    good(called(url, *files))
    good(run(url, files[0], "-", command="run", stdin=TWO.encode()))
    assert kept(url) == [1, 1, 2, 2, 3]


def test_savepoints_of_a_script_are_its_own(url: str, tmp_path: Path) -> None:
    text = f"{ONE}savepoint a;\n{TWO}rollback to savepoint a;\n{THREE}release savepoint a;\n"
    for options in ((), ("--on-error", "continue")):
        good(ran(url, tmp_path, text, *options))
    assert kept(url) == [1, 1, 3, 3]


# --- dry runs --------------------------------------------------------------------------------------------------------


def test_a_dry_run_changes_nothing(url: str, tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    done = good(ran(url, tmp_path, SETTINGS[backend(url)] + ONE + QUERY, "--dry-run", "--report", str(report)))
    assert (
        done.err
        == f"{len(SETTINGS[backend(url)].splitlines()) + 2} statements · 1 row changed · dry run: rolled back\n"
    )
    assert '"outcome": "dry run: rolled back"' in report.read_text()
    assert good(ran(url, tmp_path, ONE + QUERY, "--dry-run")).text == "n\n1\n"
    good(ran(url, tmp_path, ONE, "--dry-run"))
    ended(ran(url, tmp_path, ONE + BAD + TWO, "--dry-run", "--on-error", "continue"), 1, "1 of 3 statements failed")
    for text, option in ((f"begin;\n{ONE}commit;\n", "--quiet"), (ONE, "--autocommit")):
        ended(ran(url, tmp_path, text, "--dry-run", option), 6, "a dry run cannot roll back")
    assert kept(url) == []


def test_a_dry_run_of_ddl(pg_url: str, sqlite_url: str, tmp_path: Path) -> None:
    for url in (pg_url, existing(sqlite_url)):
        good(ran(url, tmp_path, f"create table t (x int);\n{ONE}alter table t add y int;\n", "--dry-run"))
        ended(ran(url, tmp_path, QUERY), 1)


# --- production ------------------------------------------------------------------------------------------------------


@pytest.fixture
def production(url: str, tmp_path: Path) -> str:
    """A configuration in which @p is the database, and somebody's bread and butter."""
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles.p]\nurl = "{url}"\nproduction = true\n')
    return str(config)


def test_production_keeps_nothing_unasked(url: str, production: str, tmp_path: Path) -> None:
    """Not rows, not definitions, not what a server commits by itself."""
    for text, *options in (
        (ONE,),
        (ONE + TWO,),
        (f"begin;\n{ONE}commit;\n",),
        (ONE, "--autocommit"),
        ("create table u (y int);\n",),
        (f"create table u (y int);\n{ONE}",),
        (f"{ONE}drop table t;\n",),
    ):
        ended(ran("@p", tmp_path, text, *options, DBX_CONFIG=production), 6, "in production", "--yes")
    assert kept(url) == []
    ended(ran("@p", tmp_path, QUERY + QUERY, DBX_CONFIG=production), 0)
    ended(
        ran("@p", tmp_path, "create table u (x int);\ninsert into u values (1);\n", "--yes", DBX_CONFIG=production), 0
    )
    assert execute(url, "select x from u") == [(1,)]


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 6), ("\x03", 130)])
def test_production_asks(url: str, production: str, tmp_path: Path, answer: str, code: int) -> None:
    path = script(tmp_path, ONE + TWO)
    with Terminal([DBX, "run", "@p", path], env=environment(DBX_CONFIG=production)) as terminal:
        terminal.wait_for(r"2 rows changed in production. Commit\? \[y/N\]")
        assert execute(url, "select count(*) from t") == [(0,)] if backend(url) != "sqlite" else True
        terminal.send(answer if answer == "\x03" else f"{answer}\r")
        assert terminal.wait() == code
        assert ("committed" in terminal.history()) == (code == 0)
        assert ("rolled back" in terminal.history()) == (code != 0)
    with closing(driver(url)):
        assert kept(url) == ([1, 2] if code == 0 else [])
