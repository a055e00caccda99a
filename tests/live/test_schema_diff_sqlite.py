"""Two SQLite databases that differ in one thing of each kind, as in test_schema_diff_postgresql; and rows that stay when
a table is made anew."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from diff_cases_sqlite import CASES
from run_dbx import run
from test_schema_diff_postgresql import names, schema

from dbx.schema import migrate
from dbx.schema.diff import changes, words


class Found(NamedTuple):
    lines: dict[int, list[str]]
    left: dict[int, list[str]]
    script: str
    before: Path
    after: Path
    code: int
    error: str


def rows(path: Path, number: int, table: str = "t") -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"select * from k{number:03}_{table}")]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
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
    wanted = schema(str(two))
    difference = changes.compare(schema(str(one)), wanted)
    script = "\n".join(migrate.statements(difference))
    done = run(str(one), "-", stdin=script.encode(), command="run")
    left = changes.compare(schema(str(one)), wanted)
    return Found(by_case(difference), by_case(left), script, kept, one, done.code, done.err)


def by_case(difference: changes.Diff) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for change in difference.changes:
        number = re.search(r"\bk(\d{3})", change.name)
        assert number is not None, change
        found.setdefault(int(number[1]), []).append(words.line(change))
    return found


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
def test_the_rows_stay(found: Found, number: int) -> None:
    before, after = rows(found.before, number), rows(found.after, number)
    assert len(before) == len(after) > 0
    for old, new in zip(before, after, strict=True):
        common = (old.keys() & new.keys()) - {"g"}
        assert {name: old[name] for name in common} == {name: new[name] for name in common}


def test_foreign_keys_are_whole_and_lead_where_they_did(found: Found) -> None:
    with closing(sqlite3.connect(found.after)) as connection:
        assert list(connection.execute("pragma foreign_key_check")) == []
    number = next(n for n, case in enumerate(CASES) if "{k}_c (t references" in case.before)
    assert rows(found.after, number, "c") == [{"t": 1}]
    with closing(sqlite3.connect(found.after)) as connection:
        connection.execute("pragma foreign_keys = on")
        connection.execute(f"delete from k{number:03}_t")
        assert list(connection.execute(f"select * from k{number:03}_c")) == []


def test_the_native_shell_runs_the_same_statements(found: Found, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(found.before.read_bytes())
    done = subprocess.run(
        ["sqlite3", "-bail", str(copy)], input=found.script.encode(), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")
    assert not changes.compare(schema(str(found.after)), schema(str(copy))).changes
