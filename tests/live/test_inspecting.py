r"""The \d family: the same columns on every server, and what is in them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from run_dbx import execute, existing
from watching import backend

from dbx import config, target
from dbx.database import Database
from dbx.errors import UsageError
from dbx.rows import Rows
from dbx.schema import lists, read
from dbx.schema.select import Wish
from dbx.schema.writers import Look, families
from dbx.schema.writers.families import Family
from dbx.shell.commands import inspecting

TABLES = "create table parent (id int primary key, name varchar(20) unique)"
CHILD = "create table child (id int primary key, parent_id int references parent (id))"
INDEX = "create index by_parent on child (parent_id)"
VIEW = "create view grown as select id from parent"
FAMILIES = {name: value for name, value in vars(families).items() if isinstance(value, Family)}


def database(url: str) -> Database:
    return Database(target.parse(existing(url), config.load()))


def table(rows: Rows) -> list[dict[str, object]]:
    names = [column.name for column in rows.columns]
    return [dict(zip(names, row, strict=True)) for batch in rows for row in batch]


def test_every_list_has_its_columns_everywhere(any_url: str) -> None:
    execute(any_url, TABLES, CHILD, INDEX, VIEW)
    found = database(any_url)
    schema, look = read.schema(found), Look(sizes=lists.sizes(found), estimates=read.estimates(found))
    for family in FAMILIES.values():
        short, long = family.write(schema, look, more=False), family.write(schema, look, more=True)
        assert [column.name for column in long.columns][: len(short.columns)] == [c.name for c in short.columns]
        assert len(long.columns) == len(family.columns)
        assert all(len(row) == len(long.columns) for batch in long for row in batch)
    found.close()


def test_indexes_name_keys_and_columns(any_url: str) -> None:
    execute(any_url, TABLES, CHILD, INDEX)
    found = database(any_url)
    rows = table(families.INDEXES.write(read.schema(found), Look(), more=False))
    kinds = {(row["table"], row["of"]): row["kind"] for row in rows}
    assert kinds["child", "(parent_id)"] == "index"
    assert kinds["parent", "(id)"] == "primary key"
    assert str(kinds["parent", "(name)"]).startswith("unique")
    found.close()


def test_databases_say_which_is_in_use_and_how_large(any_url: str) -> None:
    execute(any_url, TABLES)
    found = database(any_url)
    rows = table(lists.databases(found))
    (used,) = [row for row in rows if row["now"] == "*"]
    expected = "main" if backend(any_url) == "sqlite" else found.target.url.database
    assert used["name"] == expected
    assert str(used["size"]).split()[-1] in ("B", "kB", "MB")
    found.close()


def test_sizes_are_known_by_table(any_url: str) -> None:
    execute(any_url, TABLES)
    found = database(any_url)
    assert any(name.name == "parent" and size > 0 for name, size in lists.sizes(found).items())
    found.close()


def test_the_schema_path_is_asked_and_set(pg_url: str) -> None:
    execute(pg_url, "create schema other", "create table other.hidden (a int)")
    found = database(pg_url)
    assert lists.path(found) == ["public"]
    lists.set_path(found, ["other", "public"])
    assert lists.path(found) == ["other", "public"]
    found.close()


def test_users_say_what_they_may(pg_url: str) -> None:
    found = database(pg_url)
    rows = {row["name"]: row for row in table(lists.roles(found))}
    assert rows[found.target.url.user]["login"] == "yes"
    found.close()


def test_sizes_read_like_sizes() -> None:
    shown = [lists.readable_size(size) for size in (None, 0, 512, 2048, 1536000, 5 * 1024**3)]
    assert shown == ["", "0 B", "512 B", "2.0 kB", "1.5 MB", "5.0 GB"]


def shown(database: Database, line: str) -> list[dict[str, object]]:
    """The rows of a command of the family, from all its results."""
    name, _, rest = line.partition(" ")
    bare = name.rstrip("+S")
    (command,) = [each for each in inspecting.COMMANDS if bare in each.names]
    answer = command.run(SimpleNamespace(database=database), f"{name[len(bare) :] or ''} {rest}".lstrip())
    answers = [answer] if isinstance(answer, Rows) else [each.rows for each in answer]
    return [row for rows in answers for row in table(rows)]


SYSTEM = {
    "postgresql": ("pg_class", "pg_catalog.pg_class", "relname"),
    "sqlite": ("sqlite_master", "main.sqlite_master", "tbl_name"),
    "mysql": ("mysql.proc", "mysql.proc", "param_list"),
}


def test_the_servers_own_are_shown_when_they_are_asked_for(any_url: str) -> None:
    execute(any_url, TABLES)
    found = database(any_url)
    bare, qualified, column = SYSTEM[backend(any_url)]
    name = qualified.rpartition(".")[2]
    assert name not in {row["name"] for row in shown(found, "\\dt")}
    assert {"parent", name} <= {row["name"] for row in shown(found, "\\dtS")}
    assert [row["name"] for row in shown(found, f"\\dtS {bare}")] == [name]
    for given in (bare, qualified):
        assert column in {row.get("column") for row in shown(found, f"\\d {given}")}
    assert [row["name"] for row in shown(found, "\\dt parent")] == ["parent"]
    found.close()


def test_all_of_the_servers_own_can_be_read(any_url: str) -> None:
    found = database(any_url)
    assert read.wanted(found, Wish(hidden=True)).missing == ()
    found.close()


def test_functions_of_the_server(pg_url: str) -> None:
    found = database(pg_url)
    assert {row["schema"] for row in shown(found, "\\dfS abs")} == {"pg_catalog"}
    assert shown(found, "\\df") == []
    with pytest.raises(UsageError, match="nothing is called 'columns'"):  # information_schema is not searched
        shown(found, "\\dt columns")
    assert [row["name"] for row in shown(found, "\\dv information_schema.columns")] == ["columns"]
    found.close()


def test_another_database_is_named(maria_url: str) -> None:
    execute(maria_url, TABLES, "create database if not exists beside", "create or replace table beside.there (a int)")
    found = database(maria_url)
    home = found.target.url.database
    try:
        assert [row["column"] for row in shown(found, "\\d beside.there")] == ["a"]
        assert [row["name"] for row in shown(found, "\\dt beside.*")] == ["there"]
        assert [row["name"] for row in shown(found, f"\\dt {home}.parent")] == ["parent"]
        with pytest.raises(UsageError, match="nothing is called 'there'"):
            shown(found, "\\dt there")
    finally:
        execute(maria_url, "drop database beside")
        found.close()


PARTS = (
    "create table days (d date not null, b int) partition by range (d)",
    "create table days_1 partition of days for values from ('2026-01-01') to ('2027-01-01')",
    "create sequence numbers start 5 increment 2 cycle",
    "create domain posint as int default 1 check (value > 0)",
    "create table t (a int primary key, b text collate \"C\" default 'x', c int)",
    "create unique index mvi on t (c desc nulls last) include (b)",
    "alter table t add constraint small check (a < 9) not valid",
    "create view v as select a from t",
)


def test_d_shows_all_that_an_object_is_made_of(pg_url: str) -> None:
    execute(pg_url, *PARTS)
    found = database(pg_url)
    kin = [(row["kind"], row["name"], row["what"]) for row in shown(found, "\\d days") if "kind" in row]
    assert kin == [
        ("partitioned", "", "by RANGE (d)"),
        ("partition", "public.days_1", "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"),
    ]
    (numbers,) = shown(found, "\\d numbers")
    assert [numbers[name] for name in ("start", "increment", "minimum", "cycle")] == [5, 2, 1, "yes"]
    assert [row["what"] for row in shown(found, "\\d posint")] == ["integer default 1 check ((VALUE > 0))"]
    rows = shown(found, "\\d t")
    assert [row["type"] for row in rows if row.get("column") == "b"] == ["text collate C"]
    whats = {row["name"]: row["what"] for row in rows if "what" in row}
    assert whats["small"] == "(a < 9) not valid"
    assert whats["mvi"] == "(c desc nulls last) include (b)"
    for command in ("\\d mvi", "\\di mvi", "\\di public.mvi"):
        assert [(row["name"], row["table"]) for row in shown(found, command)] == [("mvi", "t")]
    assert len(shown(found, "\\di t")) == 2
    assert any("FROM public.t" in str(row.get("query")) for row in shown(found, "\\d+ v"))
    with pytest.raises(UsageError, match="nothing is called 'mvx'"):
        shown(found, "\\d mvx")
    found.close()


def test_d_of_mariadb_says_what_the_server_does_by_itself(maria_url: str) -> None:
    execute(
        maria_url,
        "create table fk (d datetime default current_timestamp on update current_timestamp, s int default 1 invisible)",
        "create table gone (a int)",
        "create view brk as select a from gone",
        "drop table gone",
    )
    found = database(maria_url)
    rows = {row["column"]: row["default"] for row in shown(found, "\\d fk")}
    assert rows == {"d": "current_timestamp() on update current_timestamp()", "s": "1 invisible"}
    (broken,) = shown(found, "\\d brk")
    assert "references invalid table" in str(broken["why"])
    found.close()


def test_dp_lists_what_has_the_default_rights(pg_url: str) -> None:
    execute(
        pg_url,
        "create table sec (a int)",
        "create function f() returns int language sql as 'select 1'",
        "create table read_by_all (a int)",
        "grant select on read_by_all to public",
    )
    found = database(pg_url)
    me = found.target.url.user
    rows = {(row["name"], row["grantee"]): (row["may"], row["may grant"]) for row in shown(found, "\\dp")}
    assert rows["sec", me] == ("everything, by default", "yes")
    assert ("sec", "PUBLIC") not in rows
    assert rows["f", "PUBLIC"] == ("EXECUTE, by default", "no")
    assert rows["read_by_all", "PUBLIC"] == ("SELECT", "no")
    assert rows["read_by_all", me][1] == "yes"
    found.close()


def test_du_of_mariadb_says_where(maria_url: str) -> None:
    execute(maria_url, TABLES, "create or replace user lim_du")
    found = database(maria_url)
    home = found.target.url.database
    try:
        rows = {row["name"]: row["may"] for row in shown(found, "\\du")}
        assert rows["'lim_du'@'%'"] == "USAGE"
        execute(
            maria_url,
            f"grant insert, delete on {home}.* to lim_du",
            "grant select on parent to lim_du",
            "grant update (name) on parent to lim_du",
        )
        rows = {row["name"]: row["may"] for row in shown(found, "\\du")}
        assert rows["'lim_du'@'%'"] == (
            f"DELETE, INSERT on {home}.*; SELECT on {home}.parent; UPDATE on {home}.parent.name"
        )
    finally:
        execute(maria_url, "drop user lim_du")
        found.close()


def test_schemas_are_listed_everywhere(any_url: str) -> None:
    found = database(any_url)
    names = {row["name"] for row in shown(found, "\\dn")}
    assert {"sqlite": "main", "postgresql": "public"}.get(backend(any_url), found.target.url.database) in names
    found.close()
