"""What is asked by name: the own modules of names, SQLAlchemy's Inspector and a schema held in memory say the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from run_dbx import driver, execute, existing

from dbx import config, target
from dbx.database import Database
from dbx.errors import StatementFailed, UsageError
from dbx.schema import read
from dbx.schema.catalog import Catalog, Held, catalog
from dbx.schema.model import Table
from dbx.schema.readers import inspector
from dbx.schema.select import Wish
from dbx.target import parse_url

DDL = (
    "create table artist (id integer primary key, name varchar(20))",
    "create table album (id integer primary key, artist_id integer, a integer, b integer, foreign key (artist_id) references artist (id))",
    "create table pair (a integer, b integer, parent integer, primary key (a, b))",
    "create table child (a integer, b integer, album_id integer, foreign key (a, b) references pair (a, b), foreign key (album_id) references album (id))",
    "create view shown as select name from artist",
)


@pytest.fixture
def database(any_url: str) -> Iterator[Database]:
    execute(any_url, *DDL)
    opened = Database(target.parse(existing(any_url), config.Config()))
    yield opened
    opened.close()


def facts(found: Catalog) -> object:
    """What an expression can tell catalogs by."""
    tables = {name: found.table(name, None) for name in found.tables(None)}
    return (
        sorted(found.tables(None)),
        sorted(found.references(None)),
        {name: told(table) for name, table in tables.items()},
    )


def told(table: Table | None) -> object:
    assert table is not None
    keys = [(key.columns, key.target_schema, key.target_table, key.target_columns) for key in table.foreign_keys]
    columns = [(column.name, column.family, column.nullable) for column in table.columns]
    return table.schema, table.name, columns, table.primary_key, sorted(keys)


def test_all_catalogs_agree(database: Database) -> None:
    own = catalog(database)
    home, schemas = own.schemas()
    assert own.tables(None)
    assert facts(own) == facts(inspector.catalog(database))
    assert facts(own) == facts(Held(read.schema(database), home))
    assert home in schemas
    assert own.table("shown", None) is not None
    assert own.table("absent", None) is None


def test_a_schema_that_is_named(database: Database) -> None:
    own = catalog(database)
    home, _ = own.schemas()
    named = own.table("album", home)
    assert named is not None
    assert named.schema == home
    assert sorted(own.tables(home)) == sorted(own.tables(None))
    assert {(table, target) for table, _, target in own.references(home)} == {
        ("album", "artist"),
        ("child", "album"),
        ("child", "pair"),
    }


def test_an_error_is_the_servers(pg_url: str) -> None:
    opened = Database(target.parse(pg_url, config.Config()))
    own = catalog(opened)
    for text in ("begin", "select 1/0"):
        try:
            opened.connection.call(lambda raw, text=text: raw.execute(text))
        except Exception:
            assert text == "select 1/0"
    with pytest.raises(StatementFailed, match="aborted"):
        own.tables(None)
    opened.close()


def test_a_temporary_table_comes_first(sqlite_url: str) -> None:
    execute(sqlite_url, "create table t (x integer)", "create table other (t integer references t (x))")
    opened = Database(target.parse(existing(sqlite_url), config.Config()))
    opened.connection.call(lambda raw: raw.execute("create temp table t (y integer)").fetchall())
    own = catalog(opened)
    found = own.table("t", None)
    assert found is not None
    assert (found.schema, [column.name for column in found.columns]) == (None, ["y"])
    other = own.table("t", "main")
    assert other is not None
    assert [column.name for column in other.columns] == ["x"]
    opened.close()


def test_the_search_path_is_what_bare_names_mean(pg_url: str) -> None:
    execute(
        pg_url,
        "create schema a",
        "create schema b",
        "create table b.far (id integer primary key)",
        "create table a.near (id integer primary key, far_id integer references b.far)",
        "create table public.hidden (near_id integer references a.near)",
        "create table b.near (id integer primary key)",
    )
    with driver(pg_url) as connection:
        connection.execute(f"alter database {parse_url(pg_url).database} set search_path = a, b")
        connection.commit()
    opened = Database(target.parse(pg_url, config.Config()))
    own = catalog(opened)
    assert own.schemas() == ("a", ("a", "b", "information_schema", "pg_catalog", "public"))
    assert own.tables(None) == ("far", "near")
    near = own.table("near", None)
    assert near is not None
    assert [(key.target_schema, key.target_table) for key in near.foreign_keys] == [(None, "far")]
    assert own.references(None) == [("near", None, "far")]
    hidden = own.table("hidden", "public")
    assert hidden is not None
    assert [(key.target_schema, key.target_table) for key in hidden.foreign_keys] == [(None, "near")]
    opened.close()


def test_schemas_are_chosen_by_globs(any_url: str) -> None:
    execute(any_url, *DDL)
    opened = Database(target.parse(existing(any_url), config.Config()))
    home, _ = catalog(opened).schemas()
    assert home is not None
    everything = {table.name for table in read.wanted(opened, Wish()).tables}
    for pattern in (home, f"{home[:-1]}?", f"{home[:-1]}*"):
        chosen = read.wanted(opened, Wish(names=("*",), schemas=(pattern,)))
        assert everything <= {table.name for table in chosen.tables}
    assert not {"information_schema", "pg_catalog"} & {
        table.schema for table in read.wanted(opened, Wish(schemas=("*",), names=("a*",))).tables
    }
    with pytest.raises(UsageError, match="no schema 'absent'"):
        read.wanted(opened, Wish(schemas=("absent",)))
    opened.close()
