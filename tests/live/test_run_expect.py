r"""`\expect` lines in scripts: databases tested, and nothing kept when one is not met."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_dbx import execute, existing, good
from scripts import BAD, ONE, THREE, TWO, called, ended, kept, ran
from watching import backend

DUPLICATE = {"postgresql": "23505", "mysql": "23000", "sqlite": "SQLITE_CONSTRAINT_PRIMARYKEY"}


@pytest.fixture
def url(any_url: str) -> str:
    """A database with an empty table t."""
    execute(existing(any_url), "create table t (x int primary key)")
    return any_url


BYTES = {"postgresql": "'\\x00ff'::bytea", "mysql": "x'00ff'", "sqlite": "x'00ff'"}


def test_all_of_them_at_once(url: str, tmp_path: Path) -> None:
    text = rf"""
\expect changed = 2
insert into t values (1), (2);
  \expect rows = 2;
\expect rows > 1
select x from t;
\expect value = 2.0
select max(x) from t;
\expect value = NULL
select null;
\expect value = 'NULL'
\expect value != NULL
select 'NULL';
\expect value = \x00ff
select {BYTES[backend(url)]};
\expect error {DUPLICATE[backend(url)]}
{ONE}
\expect error
{BAD}
select 'shown' as x;
{THREE}"""
    report = tmp_path / "r.tap"
    done = good(ran(url, tmp_path, text, "--report", str(report)))
    assert (done.text, done.err) == ("x\nshown\n", "10 statements · 3 rows changed · 10 checks met · committed\n")
    assert kept(url) == [1, 2, 3]
    assert "\n1..10\n# committed\n" in report.read_text()
    assert "not ok" not in report.read_text()


WRONG = f"\\expect rows = 2\nselect x from t;\n\\expect value = 7\nselect 1;\n{TWO}"


@pytest.mark.parametrize("options", [(), ("--on-error", "continue"), ("--dry-run",)])
def test_one_that_is_not_met_leaves_nothing(url: str, tmp_path: Path, options: tuple[str, ...]) -> None:
    """All of them are checked all the same."""
    done = ran(url, tmp_path, ONE + WRONG, *options)
    ended(done, 1, "a.sql:2:1: E-EXPECT expected rows = 2, got 1", "a.sql:4:1:", "2 of 2 checks not met", "rolled back")
    assert "\n  \\expect rows = 2\n  ^^^^^^^^^^^^^^^^\n" in done.err
    assert kept(url) == []


def test_without_a_transaction_it_ends_the_run_at_once(url: str, tmp_path: Path) -> None:
    """What is not kept yet is not begun."""
    done = ended(ran(url, tmp_path, ONE + WRONG, "--autocommit"), 1, "1 of 1 check not met", "with line 3 is kept")
    assert "a.sql:4:1" not in done.err
    assert kept(url) == [1]
    done = ended(ran(url, tmp_path, f"begin;\n{TWO}commit;\nbegin;\n{THREE}{WRONG}commit;\n"), 1, "line 4 is kept")
    assert kept(url) == [1, 2]
    ended(ran(url, tmp_path, WRONG, "--autocommit", "--on-error", "continue"), 1, "1 of 2 checks not met")
    execute(url, "delete from t")
    ended(ran(url, tmp_path, WRONG, "--autocommit", "--on-error", "continue"), 1, "2 of 2 checks not met")
    assert kept(url) == [2]


def test_before_what_cannot_be_taken_back(maria_url: str, tmp_path: Path) -> None:
    execute(maria_url, "create table t (x int)")
    ended(
        ran(maria_url, tmp_path, f"{ONE}\\expect rows = 2\nselect * from t;\ncreate table u (y int);\n"),
        1,
        "rolled back",
    )
    assert kept(maria_url) == []
    assert execute(maria_url, "show tables like 'u'") == []


def test_an_error_that_was_not_expected(url: str, tmp_path: Path) -> None:
    for wish, words in (("rows = 1", "nope"), ("error 12345", "expected error 12345, got "), ("error", "got none")):
        text = f"{ONE}\\expect {wish}\n{TWO if words == 'got none' else BAD}"
        ended(ran(url, tmp_path, text), 1, words, "all of it was rolled back")
    assert kept(url) == []


LATE = {
    "postgresql": "select 1 / (5000 - n) from generate_series(1, 9000) as n",
    "mysql": "select (select s.seq from seq_1_to_2 as s where q.seq >= 5000) from seq_1_to_9000 as q",
    "sqlite": "select case when n = 5000 then abs(-9223372036854775807 - 1) end from r",
}


def test_an_expected_error_behind_thousands_of_rows(url: str, tmp_path: Path) -> None:
    """The transaction lives on."""
    numbers = "with recursive r(n) as (select 1 union all select n + 1 from r where n < 9000) "
    text = f"{ONE}\\expect error\n{numbers if backend(url) == 'sqlite' else ''}{LATE[backend(url)]};\n{TWO}"
    assert good(ran(url, tmp_path, text)).text == ""
    assert kept(url) == [1, 2]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"{ONE}\\expect rows = many\nselect 1;\n", "a.sql:2:1"),
        (f"{ONE}{TWO}\n  \\expect it = good\n", "a.sql:4:"),
        (f"{ONE}{TWO}\\expect rows = 1\n", "a.sql:3:1"),
    ],
)
def test_one_that_cannot_be_met(url: str, tmp_path: Path, text: str, place: str) -> None:
    """Wrong, or with nothing behind it."""
    ended(ran(url, tmp_path, text), 1, place, "E-SYNTAX", "\\expect", "\n  ^" if place != "a.sql:4:" else "^")
    assert kept(url) == []


def test_in_scripts_of_expressions(sqlite_url: str, tmp_path: Path) -> None:
    execute(sqlite_url, "create table t (id integer primary key, x int)", "insert into t values (1, 7), (2, 8)")
    path = tmp_path / "a.dbx"
    path.write_text("\\expect rows = 2\n[r.x for r in t]\n\n\\expect value = 15\nsum(r.x for r in t)\n")
    done = good(called(sqlite_url, str(path)))
    assert "2 checks met" in done.err
    path.write_text("\\expect rows = 3\n[r.x for r in t]\n")
    ended(called(sqlite_url, str(path)), 1, "a.dbx:1:1: E-EXPECT expected rows = 3, got 2")
