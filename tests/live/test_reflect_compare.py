"""dbx reflect --snapshot, --check and --diff as a user runs them: what is said, and the exit code."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import schema
from run_dbx import execute, run
from servers import MariaDB, PostgreSQL
from test_schema_postgresql_sessions import locked

from dbx.schema import migrate
from dbx.schema.diff import changes

TABLES = """
create table genre (id integer primary key, name text not null unique);
create table book (id integer primary key, genre integer references genre, title text, price numeric(8,2) default 0);
create index book_title on book (title);
"""


def made(path: Path, script: str = TABLES) -> str:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
        connection.commit()
    return str(path)


def reflect(url: str, *arguments: str) -> tuple[int, list[str], str]:
    done = run(url, *arguments, command="reflect")
    return done.code, done.lines(), done.err


@pytest.fixture
def shop(tmp_path: Path) -> str:
    return made(tmp_path / "shop.db")


@pytest.fixture
def snapshot(shop: str, tmp_path: Path) -> Path:
    path = tmp_path / "schema.json"
    assert reflect(shop, "--snapshot", str(path)) == (0, [], "")
    return path


def test_a_check_says_nothing_until_something_has_changed(shop: str, snapshot: Path) -> None:
    assert reflect(shop, "--check", str(snapshot)) == (0, [], "")
    made(
        Path(shop),
        "alter table book add column pages integer; drop index book_title; insert into genre values (1, 'x')",
    )
    code, lines, err = reflect(shop, "--check", str(snapshot))
    assert (code, err) == (1, "")
    assert lines == ["+ column book.pages: INTEGER", "- index book.book_title: (title)"]
    assert reflect(shop, "genre", "--check", str(snapshot)) == (0, [], "")


def test_a_snapshot_is_the_same_bytes_and_has_no_rows(shop: str, snapshot: Path, tmp_path: Path) -> None:
    made(Path(shop), "insert into genre values (1, 'hunter2')")
    again = tmp_path / "again.json"
    reflect(shop, "--snapshot", str(again))
    assert again.read_bytes() == snapshot.read_bytes()
    assert b"hunter2" not in again.read_bytes()
    assert stat.S_IMODE(again.stat().st_mode) == 0o666 & ~umask()
    assert reflect(str(snapshot), "--snapshot", str(again))[0] == 0
    assert again.read_bytes() == snapshot.read_bytes()


def umask() -> int:
    value = os.umask(0o077)
    os.umask(value)
    return value


def test_a_snapshot_is_a_source(shop: str, snapshot: Path) -> None:
    assert reflect(str(snapshot), "-f", "ddl") == reflect(shop, "-f", "ddl")
    assert reflect(str(snapshot), "--diff", shop) == (0, [], "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[: len(text) // 2], "is no JSON"),
        (lambda text: text.replace('"version": 1', '"version": 9'), "of version 9, and this dbx reads 1"),
        (lambda text: text.replace('"name": "title"', '"name": "titel"'), "is damaged: book is not what its hash says"),
        (lambda text: "[]", "is no schema"),
        (lambda text: text.replace('"nullable": false', '"nullable": 7'), "is damaged"),
        (lambda text: text.removesuffix("]}\n"), "is no JSON"),
    ],
)
def test_a_broken_snapshot_is_told(shop: str, snapshot: Path, change: object, said: str) -> None:
    snapshot.write_text(change(snapshot.read_text()))  # type: ignore[operator]
    made(Path(shop), "alter table book add column pages integer; alter table genre add column pages integer")
    code, lines, err = reflect(shop, "--check", str(snapshot))
    assert (code, lines) == (2, [])
    assert said in err


def test_a_snapshot_written_otherwise_is_read_all_the_same(shop: str, snapshot: Path) -> None:
    snapshot.write_text(json.dumps(json.loads(snapshot.read_text()), indent=4))
    assert reflect(shop, "--check", str(snapshot)) == (0, [], "")
    made(Path(shop), "drop index book_title")
    assert reflect(shop, "--check", str(snapshot)) == (1, ["- index book.book_title: (title)"], "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--check", "nowhere.json"), 2),
        (("--diff", "postgresql://nobody@127.0.0.1:1/x"), 3),
        (("--diff", "a.db", "--check", "b.json"), 2),
        (("--diff", "a.db", "--ignore", "everything"), 2),
        (("--diff", "a.db", "--diff-format", "yaml"), 2),
        (("nothing", "--check", "SNAPSHOT"), 2),
    ],
)
def test_one_means_only_that_they_differ(shop: str, snapshot: Path, arguments: tuple[str, ...], code: int) -> None:
    given = [str(snapshot) if word == "SNAPSHOT" else word for word in arguments]
    assert reflect(shop, *given)[0] == code


def test_what_cannot_be_read_is_no_difference(tmp_path: Path) -> None:
    """A view of what is gone: told, and 7; where something differs beside it, 1."""
    broken = made(tmp_path / "a.db", TABLES + "create view v as select title from book; drop table book")
    copy = tmp_path / "b.db"
    copy.write_bytes(Path(broken).read_bytes())
    code, lines, err = reflect(broken, "--diff", str(copy))
    assert (code, lines) == (7, [])
    assert "could not be read" in err
    made(copy, "create table more (id integer)")
    assert reflect(broken, "--diff", str(copy))[:2] == (1, ["+ table more: 1 column"])


def test_what_another_session_has_locked_is_told_and_not_compared(pg_url: str, tmp_path: Path) -> None:
    execute(
        pg_url,
        "CREATE TABLE gen (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED, CHECK (a > 0))",
        "CREATE STATISTICS st ON a, b FROM gen",
        "CREATE TABLE plain (a integer)",
    )
    whole, part = str(tmp_path / "whole.json"), str(tmp_path / "part.json")
    assert reflect(pg_url, "--snapshot", whole)[0] == 0
    with locked(pg_url, "gen"):
        for form in ("text", "sql"):
            code, lines, err = reflect(pg_url, "--check", whole, "--diff-format", form)
            assert (code, lines) == (7, []), err
            assert "table public.gen: locked" in err
        execute(pg_url, "ALTER TABLE plain ADD COLUMN c text")
        code, lines, err = reflect(pg_url, "--check", whole)
        assert (code, lines) == (1, ["+ column public.plain.c: text"])
        assert "table public.gen: locked" in err
        assert reflect(pg_url, "--snapshot", part)[0] == 7
        assert "    b integer /* generated, from what could not be read */" in reflect(pg_url, "-f", "ddl", "gen")[1]
    code, lines, err = reflect(pg_url, "--check", part)
    assert (code, lines) == (7, [])
    assert "table public.gen: locked" in err


def test_every_form_of_a_difference(shop: str, tmp_path: Path) -> None:
    other = made(tmp_path / "other.db", TABLES.replace("title text", "name text").replace("(title)", "(name)"))
    _, text, _ = reflect(shop, "--diff", other)
    assert text == [
        "- column book.title: TEXT",
        "+ column book.name: TEXT",
        "~ index book.book_title: parts (title) → (name)",
        "? column book.title renamed to book.name? (same type and place)  --rename book.title=name",
    ]
    code, document, _ = reflect(shop, "--diff", other, "--diff-format", "json")
    found = json.loads("\n".join(document))
    assert code == 1
    assert [each["action"] for each in found["changes"]] == ["removed", "added", "changed"]
    assert found["questions"][0]["after"] == "name"
    assert reflect(shop, "--diff", other, "--diff-format", "markdown")[1][0] == "**1 added, 1 removed, 1 changed**"
    assert reflect(shop, "--diff", shop, "--diff-format", "json")[0] == 0


def test_a_rename_that_was_answered_keeps_the_values(shop: str, tmp_path: Path) -> None:
    made(Path(shop), "insert into book (title) values ('Emma')")
    other = made(tmp_path / "other.db", TABLES.replace("title text", "name text").replace("(title)", "(name)"))
    code, statements, _ = reflect(shop, "--diff", other, "--rename", "book.title=name", "--diff-format", "sql")
    assert (code, statements) == (1, ['ALTER TABLE "book" RENAME COLUMN "title" TO "name";'])
    told = reflect(shop, "--diff", other, "--rename", "book.title=name")
    assert told == (1, ["~ column book.title renamed to book.name"], "")
    _, document, _ = reflect(shop, "--diff", other, "--rename", "book.title=name", "--diff-format", "json")
    assert [each["after"] for each in json.loads("\n".join(document))["renames"]] == ["name"]
    code, lines, err = reflect(shop, "--diff", other, "--rename", "book.title=naem")
    assert (code, lines) == (2, []) and "naem" in err
    other = made(tmp_path / "third.db", TABLES.replace("book", "novel"))
    _, lines, _ = reflect(shop, "--diff", other)
    assert "? table book renamed to novel? (the same columns)  --rename book=novel" in lines


def test_mariadb_renames_and_knows_its_sizes(maria_url: str, mariadb: MariaDB) -> None:
    execute(
        maria_url,
        "CREATE TABLE book (id int PRIMARY KEY, title varchar(9) NOT NULL, KEY (title)) ENGINE=MyISAM",
        "INSERT INTO book VALUES (1, 'Emma'), (2, 'Evelina')",
        "CREATE TABLE kept (id int) WITH SYSTEM VERSIONING ENGINE=MyISAM",
        "INSERT INTO kept VALUES (1)",
        "CREATE VIEW v AS SELECT id FROM book",
    )
    with closing(mariadb.connect()) as connection, connection.cursor() as cursor:
        other = mariadb.create_database()
        cursor.execute(
            f"CREATE TABLE {other}.novel (id int PRIMARY KEY, name varchar(9) NOT NULL, KEY title (name)) ENGINE=MyISAM"
        )
        cursor.execute(f"CREATE TABLE {other}.kept (id int) WITH SYSTEM VERSIONING ENGINE=MyISAM")
        cursor.execute(f"CREATE VIEW {other}.v AS SELECT id FROM {other}.novel")
    code, lines, err = reflect(maria_url, "-f", "sizes")
    rows = {line.split("\t")[1]: line.split("\t") for line in lines[1:]}
    assert (code, {name: row[2] for name, row in rows.items()}) == (0, {"book": "2", "kept": "1"}), err
    assert int(rows["book"][3]) > 0 and int(rows["book"][4]) > 0
    answers = ("--rename", "book=novel", "--rename", "book.title=name")
    code, lines, err = reflect(maria_url, "--diff", mariadb.url(database=other), *answers, "--diff-format", "sql")
    assert code == 1, err
    mariadb.run_client(database=maria_url.rpartition("/")[2], text="\n".join(lines))
    assert reflect(maria_url, "--diff", mariadb.url(database=other)) == (0, [], "")
    with closing(mariadb.connect(maria_url.rpartition("/")[2])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM novel ORDER BY 1")
        assert cursor.fetchall() == (("Emma",), ("Evelina",))
    mariadb.drop_database(other)


def test_a_hostile_name_ends_neither_line_nor_comment(tmp_path: Path) -> None:
    name = 'x\n"; drop table t; --\u202e'
    quoted = name.replace('"', '""')
    one = made(tmp_path / "one.db", f'create table t (id integer); create table u ("{quoted}" text)')
    two = made(tmp_path / "two.db", 'create table t (id integer); create table u ("fine" text)')
    _, lines, _ = reflect(one, "--diff", two)
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)
    script = "\n".join(reflect(one, "--diff", two, "--diff-format", "sql")[1])
    assert run(one, "-", command="run", stdin=script.encode()).code == 0
    assert reflect(one, "--diff", two) == (0, [], "")


# --- dumps ------------------------------------------------------------------------------------------------------------


def test_a_dump_of_sqlite_is_loaded_in_memory(shop: str, tmp_path: Path) -> None:
    dump = tmp_path / "dump.sql"
    with closing(sqlite3.connect(shop)) as connection:
        dump.write_text("\n".join(connection.iterdump()))
    assert reflect(shop, "--diff", str(dump)) == (0, [], "")
    dump.write_text(dump.read_text().replace("title text", "title varchar(9)"))
    assert reflect(shop, "--diff", str(dump))[1] == ["~ column book.title: type TEXT → varchar(9)"]


def test_a_dump_that_fails_is_told_with_its_line(shop: str, tmp_path: Path) -> None:
    dump = tmp_path / "dump.sql"
    dump.write_text("create table a (id integer);\ncreate tabel b (id integer);\n")
    code, lines, err = reflect(shop, "--diff", str(dump))
    assert (code, lines) == (2, [])
    assert f"{dump}:2:" in err


def test_a_dump_of_a_server_needs_one(shop: str, tmp_path: Path) -> None:
    dump = tmp_path / "dump.pg.sql"
    dump.write_text("create table a (id integer);")
    code, _, err = reflect(shop, "--diff", str(dump))
    assert code == 2
    assert "--scratch postgresql://" in err


def test_a_dump_of_postgresql(pg_url: str, postgresql: PostgreSQL, tmp_path: Path) -> None:
    execute(pg_url, "create table a (id integer primary key, n text)")
    dump = tmp_path / "dump.sql"
    dump.write_text(
        "-- PostgreSQL database dump\n\\connect elsewhere\ncreate table public.a (id integer primary key, n text);\n"
        "alter table public.a owner to nobody_at_all;\ncopy public.a (id, n) from stdin;\n1\tx\n\\.\n"
    )
    before = databases(postgresql)
    assert reflect(pg_url, "--diff", str(dump), "--scratch", pg_url) == (0, [], "")
    dump.write_text("-- PostgreSQL database dump\ncreate table a (id bigint);\ncreate role intruder;\n")
    code, _, err = reflect(pg_url, "--diff", str(dump), "--scratch", pg_url)
    assert code == 6
    assert "CREATE ROLE would outlast the scratch database" in err
    assert databases(postgresql) == before


def databases(server: PostgreSQL) -> list[tuple[str]]:
    return sorted(server.execute("select datname from pg_database"))


def test_a_dump_of_mariadb_stays_in_its_own_database(maria_url: str, mariadb: MariaDB, tmp_path: Path) -> None:
    execute(maria_url, "create table a (id int primary key)")
    dump = tmp_path / "dump.mysql.sql"
    dump.write_text(
        "create database shop; use shop;\ncreate table shop.a (id int primary key);\ninsert into a values (1);\n"
    )
    before = sorted(mariadb.execute("show databases"))
    assert reflect(maria_url, "--diff", str(dump), "--scratch", maria_url) == (0, [], "")
    dump.write_text("drop table mysql.user;\n")
    code, _, err = reflect(maria_url, "--diff", str(dump), "--scratch", maria_url)
    assert code == 6
    assert "not the scratch database" in err
    assert sorted(mariadb.execute("show databases")) == before


# --- laws --------------------------------------------------------------------------------------------------------------

_TYPES = st.sampled_from(["INTEGER", "TEXT", "numeric(8,2)", "REAL", ""])
_COLUMNS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(_TYPES, st.booleans(), st.sampled_from(["", " default 5", " default 'x'", " collate nocase"])),
    min_size=1,
)
_SCHEMAS = st.dictionaries(st.sampled_from(["t", "u", "v"]), st.tuples(_COLUMNS, st.booleans()))


def script(tables: dict[str, tuple[dict[str, tuple[str, bool, str]], bool]]) -> str:
    texts = []
    for name, (columns, indexed) in tables.items():
        lines = [
            f"{column} {type_}{' not null' if required else ''}{more}"
            for column, (type_, required, more) in columns.items()
        ]
        texts.append(f"create table {name} ({', '.join(lines)});")
        texts += [f"create index {name}_i on {name} ({next(iter(columns))});"] if indexed else []
    return "\n".join(texts)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_SCHEMAS, _SCHEMAS)
def test_the_statements_lead_from_any_schema_to_any_other(
    one: dict[str, tuple[dict[str, tuple[str, bool, str]], bool]],
    two: dict[str, tuple[dict[str, tuple[str, bool, str]], bool]],
) -> None:
    names = [f"file:{name}?mode=memory&cache=shared" for name in ("one", "two")]
    with (
        closing(sqlite3.connect(names[0], uri=True)) as first,
        closing(sqlite3.connect(names[1], uri=True)) as second,
    ):
        first.executescript(script(one))
        second.executescript(script(two))
        urls = [f"sqlite:///{name}&uri=true" for name in names]
        wanted = schema(urls[1])
        found = changes.compare(schema(urls[0]), wanted)
        assert script(one) != script(two) or found.changes == ()
        first.executescript("\n".join(migrate.statements(found)))
        assert changes.compare(schema(urls[0]), wanted).changes == ()
