"""Scripts that are refused: before anything of them runs, with file and line, from a file and from standard input."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from run_dbx import DBX, Done, environment, execute, existing, run

BEGIN = "create table made (x int);\ninsert into made values (1);\n"

COMMANDS = {
    "postgresql": [
        r"\i a.sql",
        r"\copy made from 'x'",
        r"\c other",
        r"\connect other",
        "select 1 \\g",
        r"\gset",
        r"\! id",
        r"\o f",
    ],
    "mysql": [
        "source a.sql",
        r"\. a.sql",
        "connect other",
        "select 1 \\g",
        "\\G",
        "system id",
        r"\! id",
        "tee f",
        "QUIT",
    ],
    "sqlite": [".read a.sql", ".mode csv", ".import a b", ".quit", ".shell id", ".once f"],
}

ENDS = {
    "postgresql": [
        "select 'a",
        'select "a',
        "select $x$ $$",
        "/* /* */",
        "select (1",
        "copy made from stdin;\n1",
        "select e'\\'",
    ],
    "mysql": ["select 'a", 'select "a', "select `a", "/* a", "select '\\'"],
    "sqlite": [
        "select 'a",
        'select "a',
        "select [a",
        "select `a",
        "create trigger t after insert on made begin select 1;",
    ],
}


def through(how: str, url: str, file: Path) -> Done:
    """The script as a file, or as standard input that is one."""
    if how == "file":
        return run(url, str(file), command="run")
    with file.open("rb") as stdin:
        done = subprocess.run(
            [DBX, "run", "@", "-"], env=environment(url), stdin=stdin, capture_output=True, check=False
        )
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "surrogateescape"))


def cases(found: dict[str, list[str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("server", "text"), [(server, text) for server, texts in found.items() for text in texts]
    )


@pytest.fixture
def url(server: str, request: pytest.FixtureRequest) -> str:
    return existing(
        request.getfixturevalue({"postgresql": "pg_url", "mysql": "maria_url", "sqlite": "sqlite_url"}[server])
    )


def is_made(url: str) -> bool:
    try:
        execute(url, "select * from made")
    except Exception as error:
        assert "made" in str(error)
        return False
    return True


@pytest.mark.parametrize("how", ["file", "stdin"])
@cases(COMMANDS)
def test_commands_of_other_shells(url: str, server: str, text: str, how: str, tmp_path: Path) -> None:
    """Even where a CREATE could not be rolled back nothing has happened."""
    file = tmp_path / "script.sql"
    file.write_text(f"{BEGIN}\n  {text}\nselect 1;\n")
    done = through(how, url, file)
    source = str(file) if how == "file" else "stdin"
    assert (done.code, done.out) == (6, b"")
    assert done.err.startswith(f"{source}:4:")
    assert "E-CLIENT" in done.err
    assert "is a command of " in done.err
    assert not is_made(url)


@pytest.mark.parametrize("options", [[], ["--autocommit"]])
@cases(ENDS)
def test_what_is_never_closed(url: str, server: str, text: str, options: list[str], tmp_path: Path) -> None:
    """It is named by the line that opened it. Nothing runs, not even where it could not be rolled back."""
    file = tmp_path / "script.sql"
    file.write_text(f"{BEGIN}{text}\n;\nselect 1;\n\n")
    done = run(url, str(file), *options, command="run")
    assert (done.code, done.out) == (1, b"")
    assert done.err.startswith(f"{file}:3:")
    assert "is never closed" in done.err
    assert not is_made(url)


@pytest.mark.parametrize("how", ["file", "stdin"])
@pytest.mark.parametrize(
    ("bad", "column"), [(b"select 1\0;", 9), (b"sel\xffect 1;", 4), (b"\xe2\x82", 1), (b"-- only a \0 comment", 11)]
)
@pytest.mark.parametrize("server", ["postgresql", "mysql", "sqlite"])
def test_what_is_no_text(url: str, bad: bytes, column: int, how: str, tmp_path: Path) -> None:
    """Found first, so that not even what the script commits by itself has happened."""
    file = tmp_path / "script.sql"
    file.write_bytes(b"begin;\n" + BEGIN.encode() + b"commit;\n" + bad + b"\ninsert into made values (2);\n")
    done = through(how, url, file)
    source = str(file) if how == "file" else "stdin"
    assert (done.code, done.out) == (1, b"")
    assert done.err.startswith(f"{source}:5:{column}: E-SYNTAX ")
    assert "NUL" in done.err or "not UTF-8" in done.err
    assert not is_made(url)


@pytest.mark.parametrize("server", ["postgresql", "sqlite"])
def test_bytes_that_are_no_text_in_quotes(url: str, tmp_path: Path) -> None:
    file = tmp_path / "script.sql"
    file.write_bytes(BEGIN.encode() + b"select '\xff';\n")
    assert run(url, str(file), command="run").err.startswith(f"{file}:3:9: E-SYNTAX this is not UTF-8")
    assert not is_made(url)


@pytest.mark.parametrize("server", ["mysql"])
def test_bytes_that_are_no_text_reach_mysql_in_quotes_only(url: str, tmp_path: Path) -> None:
    """They are a blob's in a dump; in a text the server itself refuses them, and that can be shown."""
    file = tmp_path / "script.sql"
    file.write_bytes(b"create table b (x blob, t text);\ninsert into b (x) values ('\xff\\'\xc3');\n")
    assert run(url, str(file), command="run").code == 0
    assert execute(url, "select x from b") == [(b"\xff'\xc3",)]
    for options in ([], ["--errors", "json"], ["--report", str(tmp_path / "report.json")], ["--on-error", "continue"]):
        file.write_bytes(b"insert into b (t) values ('a\xff;');\n")
        done = run(url, str(file), *options, command="run")
        assert done.code == 1
        assert "Incorrect string value" in done.err
    assert execute(url, "select count(*) from b") == [(1,)]


@pytest.mark.parametrize("server", ["postgresql"])
def test_the_sessions_own_setting_is_known_before(url: str, tmp_path: Path) -> None:
    r"""To a reader of standard strings the second one ends with the last line, and '\' in between is a command."""
    name = url.rpartition("/")[2]
    execute(url, f"alter database {name} set standard_conforming_strings = off", "create table made (x text)")
    file = tmp_path / "script.sql"
    file.write_text("insert into made values ('it\\'s; one');\n")
    assert run(url, str(file), command="run").code == 0
    assert execute(url, "select x from made") == [("it's; one",)]


@pytest.mark.parametrize("line", [r"\i other.sql", r"\set x 1", r"\gx"])
def test_a_script_for_psql_is_refused_by_sqlite_too(sqlite_url: str, tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.sql"
    path.write_text(f"create table t (x int);\n{line}\n")
    done = run(existing(sqlite_url), str(path), command="run")
    assert (done.code, f"a.sql:2:1: E-CLIENT {line.split()[0]} is a command of psql" in done.err) == (6, True), done.err
    assert execute(sqlite_url, "select count(*) from sqlite_master") == [(0,)]
