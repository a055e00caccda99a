"""What would be lost is said before, and what is not meant to happen does not: the SQL of a difference, dumps of
others, and the options of reflect."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_dbx import execute, run, values
from servers import MariaDB, PostgreSQL
from test_reflect_compare import made, reflect


def sql(one: str, two: str) -> list[str]:
    return reflect(one, "--diff", two, "--diff-format", "sql")[1]


def test_a_narrower_column_of_postgresql_is_announced(pg_url: str, postgresql: PostgreSQL) -> None:
    """And a text that does not fit stops the statement, as it would by hand: no USING cuts it."""
    other = postgresql.create_database()
    there = postgresql.url(database=other)
    execute(
        pg_url, "create table t (s text, n numeric(10,4), at timestamp, f double precision, wide int, v varchar(9))"
    )
    execute(there, "create table t (s varchar(2), n numeric(10,1), at date, f integer, wide bigint, v varchar(20))")
    lines = sql(pg_url, there)
    told = [line.split()[4] for line in lines if line.startswith("-- the values of ")]
    assert sorted(told) == ["public.t.at", "public.t.f", "public.t.n", "public.t.s"]
    execute(pg_url, "insert into t (s) values ('abc')")
    done = run(pg_url, "-", command="run", stdin="\n".join(lines).encode())
    assert (done.code, "22001" in done.err) == (1, True)
    assert values(pg_url, "select s from t") == [["abc"]]
    postgresql.drop_database(other)


def test_a_narrower_column_of_mariadb_is_announced(maria_url: str, mariadb: MariaDB) -> None:
    other = mariadb.create_database()
    there = mariadb.url(database=other)
    execute(
        maria_url,
        "create table t (s varchar(9), n decimal(10,4), wide int, e enum('a','b'), d datetime, x datetime(6))",
    )
    execute(
        there, "create table t (s varchar(2), n decimal(10,1), wide bigint, e enum('a'), d datetime(3), x datetime)"
    )
    told = [line.split()[4] for line in sql(maria_url, there) if line.startswith("-- the values of ")]
    assert told == ["`t`.`s`", "`t`.`n`", "`t`.`e`", "`t`.`x`"]
    mariadb.drop_database(other)


def test_what_sqlite_loses_is_announced(tmp_path: Path) -> None:
    one = made(tmp_path / "one.db", "create table gone (a); create table t (x, y, z); insert into t values (1, 2, 3)")
    two = made(tmp_path / "two.db", "create table t (x, y)")
    lines = sql(one, two)
    assert lines[lines.index('DROP TABLE "gone";') - 1] == '-- the rows of "gone" are lost:'
    assert '-- the values of "t"."z" are lost:' in lines


def test_an_enum_and_its_default_change_together(pg_url: str, postgresql: PostgreSQL) -> None:
    other = postgresql.create_database()
    there = postgresql.url(database=other)
    for url, labels, default in ((pg_url, "'a', 'b', 'c'", "a"), (there, "'a', 'c', 'x'", "c")):
        execute(url, f"create type en as enum ({labels})")
        execute(url, f"create table t (e en default '{default}')")
    lines = sql(pg_url, there)
    assert "-- rows that hold 'b' stop this: public.en has no such label then" in lines
    assert run(pg_url, "-", command="run", stdin="\n".join(lines).encode()).code == 0
    assert reflect(pg_url, "--diff", there) == (0, [], "")
    postgresql.drop_database(other)


@pytest.mark.parametrize(
    "text",
    ["rename table t to elsewhere.t", "alter table t rename to `elsewhere`.t", "do sleep(0)", "do release_lock('x')"],
)
def test_a_dump_of_mariadb_does_not_reach_out(maria_url: str, tmp_path: Path, text: str) -> None:
    dump = tmp_path / "dump.mysql.sql"
    dump.write_text(f"create table t (id int);\n{text};\n")
    done = run(str(dump), "--scratch", maria_url, command="reflect")
    assert (done.code, "E-" in done.err) == (6, True), done.err


@pytest.mark.parametrize(
    "text",
    [
        "do $$ begin execute 'create role diff_reached'; end $$",
        "create event trigger e on ddl_command_end execute function f()",
    ],
)
def test_a_dump_of_postgresql_does_not_reach_out(pg_url: str, tmp_path: Path, text: str) -> None:
    dump = tmp_path / "dump.pg.sql"
    dump.write_text(
        "create function f() returns event_trigger language plpgsql as $$ begin create role diff_reached; end $$;\n"
        f"{text};\ncreate table t (id int);\n"
    )
    assert run(str(dump), "--scratch", pg_url, command="reflect").code == 6
    assert values(pg_url, "select count(*) from pg_roles where rolname = 'diff_reached'") == [["0"]]


def test_what_a_dump_only_reads_is_passed_over(maria_url: str, tmp_path: Path) -> None:
    endless = "with recursive x(a) as (select 1 union all select a + 1 from x) select count(*) from x;"
    dump = tmp_path / "a.sqlite.sql"
    dump.write_text(f"create table t (id integer); {endless}")
    assert reflect(str(dump), "-f", "summary")[0] == 0
    target = tmp_path / "out"
    dump = tmp_path / "a.mysql.sql"
    dump.write_text(f"create table t (id int); select 1 into outfile '{target}';")
    assert reflect(str(dump), "--scratch", maria_url, "-f", "summary")[0] == 0
    assert not target.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rename", "a=b"), "--rename is about a comparison"),
        (("--diff-format", "sql"), "--diff-format is about a comparison"),
        (("--ignore", "order"), "--ignore is about a comparison"),
        (("--check", "schema.json", "-f", "table"), "-f: a comparison writes no schema"),
        (("--check", "schema.json", "--strict"), "a comparison writes no schema"),
    ],
)
def test_an_option_that_would_not_be_looked_at_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, lines, err = reflect(made(tmp_path / "a.db"), *arguments)
    assert (code, lines, said in err) == (2, [], True), err


def test_a_snapshot_comes_from_standard_input(tmp_path: Path) -> None:
    shop = made(tmp_path / "a.db")
    text = run(shop, "-f", "json", command="reflect").out
    assert run(shop, "--check", "-", command="reflect", stdin=text).code == 0
    made(Path(shop), "alter table book add column pages integer")
    assert run(shop, "--check", "-", command="reflect", stdin=text).text == "+ column book.pages: INTEGER\n"


def test_split_keeps_its_directory_and_no_other(tmp_path: Path) -> None:
    shop, out = made(tmp_path / "a.db"), tmp_path / "out"
    write = ("-f", "ddl", "--split", "-o", str(out))
    assert reflect(shop, *write)[0] == 0
    (out / "notes.txt").write_text("mine")
    made(Path(shop), "drop table book")
    assert reflect(shop, *write)[0] == 0
    files = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert files == ["index.txt", "notes.txt", "table/genre.sql"]
    (out / "index.txt").unlink()
    code, _, err = reflect(shop, *write)
    assert (code, "genre.sql is there, and no earlier --split has made it" in err) == (2, True), err


def test_a_password_in_the_environment_is_no_matter_of_a_file(tmp_path: Path) -> None:
    assert run(made(tmp_path / "a.db"), "select 1", DBX_PASSWORD="x").code == 0
