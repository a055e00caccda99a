"""dbx session with a script: what is kept in production, where an error is, and what is told."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from run_dbx import Done, run

from dbx import sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sample.create(tmp_path / "shop.db")
    text = f'[profiles.prod]\nurl = "{tmp_path / "shop.db"}"\nproduction = true\n'
    (tmp_path / "config.toml").write_text(text)
    return tmp_path


def session(folder: Path, target: str, text: str, *options: str) -> Done:
    (folder / "s.dbx").write_text(text)
    settings = {"DBX_CONFIG": str(folder / "config.toml")}
    return run(target, str(folder / "s.dbx"), *options, command="session", **settings)


def first(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        return str(connection.execute("select name from genre where genre_id = 1").fetchone()[0])


@pytest.mark.parametrize(
    "text",
    [
        "update genre set name = 'x' where genre_id = 1;",
        "begin;\ngenre.get(1).name = 'x'\n\\flush\ncommit;",
        "genre.get(1).name = 'x'\n\\session commit",
    ],
)
def test_nothing_is_kept_in_production_unasked(folder: Path, text: str) -> None:
    done = session(folder, "@prod", text)
    assert (done.code, first(folder)) == (6, "Rock") and "nobody is there to confirm" in done.err
    assert session(folder, "@prod", text, "--yes").code == 0 and first(folder) == "x"


def test_the_question_names_the_rows_that_a_flush_has_written(folder: Path) -> None:
    text = "genre.get(1).name = 'x'\ngenre.get(2).name = 'y'\n\\session commit"
    assert "E-REFUSED 2 rows changed in production" in session(folder, "@prod", text).err


def test_an_error_has_its_line_and_what_commit_writes_is_shown(folder: Path) -> None:
    database = str(folder / "shop.db")
    done = session(folder, database, "\n\nn = genre.add(name='Rock')\n\\flush\n")
    assert f"{folder / 's.dbx'}:4:1: SQLITE_CONSTRAINT_UNIQUE" in done.err
    done = session(folder, database, "genre.get(1).name = 'x'\n", "--commit")
    assert done.code == 0 and 'UPDATE genre SET name=? WHERE genre.genre_id = ? · ["x", 1] · flush' in done.err


def test_records_hold_json_as_json_and_an_errors_code(folder: Path) -> None:
    text = "genre.get(1).name = 'x'\n\\flush --plan\n"
    done = session(folder, str(folder / "shop.db"), text, "--commit", "-f", "jsonl")
    records = [json.loads(line) for line in done.lines()]
    assert records[1]["rows"][0]["parameters"] == ["x", 1]
    assert [each["cause"] for each in records[2]["statements"]] == ["flush"] and records[2]["notes"] == ["committed"]
    done = session(folder, str(folder / "shop.db"), "nobody.get(1)", "-f", "jsonl")
    assert json.loads(done.lines()[0])["notes"][0].startswith("error: E-NAME")


def test_insert_has_the_columns_of_the_table_and_nothing_else(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.execute('create table kept (id integer primary key, "metadata" text)')
        connection.execute("insert into kept values (1, 'm')")
        connection.commit()
    done = session(folder, str(folder / "shop.db"), "kept.get(1)\n", "-f", "insert", "--table", "zz")
    assert done.text == 'INSERT INTO "zz" ("id", "metadata") VALUES\n(1, \'m\');\n'


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("genre.all(lambda g: g.name == 'none')", "state,genre_id,name"),
        ("genre.all(limit=0)[:1]", "state,genre_id,name"),
        ("genre.add(name='x').tracks", "state,track_id,name,album_id"),
        ("bare.all()", "a,b"),
    ],
)
def test_an_empty_list_of_objects_has_their_columns(folder: Path, text: str, columns: str) -> None:
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.execute("create table bare (a int, b int)")
    done = session(folder, str(folder / "shop.db"), text, "-f", "csv")
    assert done.text.strip().startswith(columns) and len(done.lines()) == 1
