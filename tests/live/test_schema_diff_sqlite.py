"""Two SQLite databases that differ in one thing of each kind, as in test_schema_diff_postgresql; and rows that stay when
a table is made anew."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from diff_cases_sqlite import CASES
from differing import Found, made_equal, names
from reading import schema

from dbx.schema.diff import changes


class Made(NamedTuple):
    found: Found
    before: Path
    after: Path


def rows(path: Path, number: int, table: str = "t") -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"select * from k{number:03}_{table}")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """All cases in two databases, compared at once, changed at once."""
    folder = tmp_path_factory.mktemp("diff")
    one, two = folder / "one.db", folder / "two.db"
    for path in (one, two):
        with closing(sqlite3.connect(path)) as connection:
            for number, case in enumerate(CASES):
                connection.executescript(names(number, case.before + ";"))
                if path == two:
                    connection.executescript(names(number, case.change + ";"))
            connection.commit()
    kept = folder / "kept.db"
    kept.write_bytes(one.read_bytes())
    return Made(made_equal(str(one), str(two)), kept, one)


@pytest.fixture(scope="module")
def found(made: Made) -> Found:
    return made.found


def ids(number: int) -> Any:
    return f"{number}: {CASES[number].line}"


@pytest.mark.parametrize("number", range(len(CASES)), ids=ids)
def test_the_difference_is_named_and_nothing_else(found: Found, number: int) -> None:
    assert found.lines.get(number) == [names(number, CASES[number].line)]


def test_the_statements_run(found: Found) -> None:
    assert found.code == 0, found.error


@pytest.mark.parametrize("number", range(len(CASES)), ids=ids)
def test_the_statements_make_them_equal(found: Found, number: int) -> None:
    assert found.left.get(number) is None


@pytest.mark.parametrize("number", [n for n, case in enumerate(CASES) if "insert into {k}_t" in case.before], ids=ids)
def test_the_rows_stay(made: Made, number: int) -> None:
    before, after = rows(made.before, number), rows(made.after, number)
    assert len(before) == len(after) > 0
    for old, new in zip(before, after, strict=True):
        common = (old.keys() & new.keys()) - {"g"}
        assert {name: old[name] for name in common} == {name: new[name] for name in common}


def test_foreign_keys_are_whole_and_lead_where_they_did(made: Made) -> None:
    with closing(sqlite3.connect(made.after)) as connection:
        assert list(connection.execute("pragma foreign_key_check")) == []
    number = next(n for n, case in enumerate(CASES) if "{k}_c (t references" in case.before)
    assert rows(made.after, number, "c") == [{"t": 1}]
    with closing(sqlite3.connect(made.after)) as connection:
        connection.execute("pragma foreign_keys = on")
        connection.execute(f"delete from k{number:03}_t")
        assert list(connection.execute(f"select * from k{number:03}_c")) == []


def test_the_native_shell_runs_the_same_statements(made: Made, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(made.before.read_bytes())
    done = subprocess.run(
        ["sqlite3", "-bail", str(copy)], input=made.found.script.encode(), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")
    assert not changes.compare(schema(str(made.after)), schema(str(copy))).changes
