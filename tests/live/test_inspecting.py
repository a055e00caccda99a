r"""The \d family: the same columns on every server, and what is in them."""

from __future__ import annotations

from run_dbx import execute, existing
from watching import backend

from dbx import config, target
from dbx.database import Database
from dbx.rows import Rows
from dbx.schema import lists, read
from dbx.schema.writers import Look, families
from dbx.schema.writers.families import Family

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
