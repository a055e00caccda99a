"""Tables read from their text alone are what SQLite's pragmas say of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from torture_sqlite import SCHEMA

from dbx.schema.listing import ordered
from dbx.schema.model import Schema
from dbx.schema.readers.sqlite import plain, reader

PARENTS = """CREATE TABLE p (x INTEGER PRIMARY KEY, Y text UNIQUE); CREATE TABLE "q r" (A, b, PRIMARY KEY (b, A));
CREATE VIEW v AS SELECT 1 AS one;"""

NAMES = ["a", "B", '"c d"', "[e f]", "`g`", "key", '"unique"', "h1_", "é"]
TYPES = ["", "integer", "INT", "Integer", "varchar(40)", "numeric(10, 2)", "numeric (10,2)", "double precision", "any"]
TYPES += ["double  precision", "unsigned big int", "text( 5 )", '"quoted type"', "Blob", "REAL", "float(-1)", "null"]
AT_COLUMN = ["not null", "NOT  NULL", "null", "primary key", "primary key autoincrement", "primary key desc", "unique"]
AT_COLUMN += ["default 1", "default -1.5e3", "default 'it''s, (x'", 'default "d"', "default (1 + 2)", "default NULL"]
AT_COLUMN += [
    "default current_timestamp",
    "default x'00'",
    "default true",
    "default + 1",
    "default bare",
    "default 0x1F",
]
AT_COLUMN += ["collate nocase", "check (1 > 0)", "references p", "references P (X)", 'references "Q R" (B)', "as (1)"]
AT_COLUMN += ["references p on delete cascade on update set  null", "references v", "references nowhere (z)"]
AT_COLUMN += [
    "references p (y) on delete set default on delete no action",
    "references p deferrable initially deferred",
]
AT_COLUMN += ["constraint c not null", "not null on conflict ignore", "generated always as (2) stored", "/* , ( */"]
AT_COLUMN += ["references p match full", "unique on conflict fail", "-- , '\n", "default 'x'not null"]
LISTS = [
    "(a)",
    "(A, b)",
    '("c d", a)',
    "( [e f] )",
    "(a desc)",
    "(a collate nocase)",
    "(a, a)",
    "(b,a)",
    "('a')",
    '("a")',
]
KEYS = ["primary key", "unique", "constraint n1 primary key", 'constraint "n, 2" unique', "PRIMARY  KEY"]
TAILS = ["", "", "", " without rowid", " strict", "\n", " /* ) */"]
GAPS = [",", ", ", ",\n  ", " , ", ", -- it's, (\n", " /* ' */, "]
INDEXED = [
    "(a)",
    "(B desc, a asc)",
    "(a collate nocase)",
    "(lower(a))",
    "(a) where a > 0",
    '("c d" ASC)',
    "([e f], `g`)",
]
INDEXED += ["(a, a)", "('a')", '("none")', "(a+1, b)", "(é)", " ( a )", "(a)/* , */"]

columns = st.builds(
    lambda name, type_, constraints: " ".join([name, type_, *constraints]),
    st.sampled_from(NAMES),
    st.sampled_from(TYPES),
    st.lists(st.sampled_from(AT_COLUMN), max_size=3),
)
foreign = st.builds(
    lambda name, own, target, more: f"{name}foreign key {own} references {target}{more}",
    st.sampled_from(["", "constraint f ", 'constraint "f ""g" ']),
    st.sampled_from(LISTS),
    st.sampled_from(["p", "P(x)", '"q r"', '"Q r" (B, a)', "made (a)", "nowhere (n, m)"]),
    st.sampled_from(["", " on delete restrict", " ON UPDATE SET  DEFAULT on delete no action", " not deferrable"]),
)
keys = st.builds(lambda kind, own: f"{kind} {own}", st.sampled_from(KEYS), st.sampled_from(LISTS))
tables = st.builds(
    lambda made, constraints, gap, tail: f"create table made ({gap.join([*made, *constraints])}){tail}",
    st.lists(columns, min_size=1, max_size=5),
    st.lists(foreign | keys | st.sampled_from(["check (a > ',')"]), max_size=3),
    st.sampled_from(GAPS),
    st.sampled_from(TAILS),
)


def both(connection: sqlite3.Connection) -> tuple[Schema, Schema]:
    """Read with the texts, and by the pragmas alone."""
    by_text = ordered(reader.read(connection))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "KNOWN", False)
        return by_text, ordered(reader.read(connection))


@given(tables, st.lists(st.sampled_from(INDEXED), max_size=3), st.booleans())
@example("create table made (a integer primary key, b integer unique, unique (b))", ["(b)"], False)
@example("create table made (a int, b text, primary key (a, b), unique (b, a))", [], True)
@example("create table made (a int, foreign key (a) references made (A) on delete cascade)", ["(a desc)"], True)
def test_a_text_says_what_the_pragmas_say(table: str, indexed: Sequence[str], unique: bool) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(PARENTS)
    try:
        connection.execute(table)
        for number, each in enumerate(indexed):
            connection.execute(f"create {'unique ' if unique else ''}index i{number} on Made {each}")
    except sqlite3.OperationalError:  # SQLite does not take everything that is made up here
        pass
    by_text, by_pragmas = both(connection)
    assert by_text == by_pragmas
    connection.close()


@pytest.mark.parametrize("script", [SCHEMA, PARENTS], ids=["torture", "parents"])
def test_schemas_are_the_same_both_ways(script: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(script)
    by_text, by_pragmas = both(connection)
    assert by_text == by_pragmas
    connection.close()


@pytest.mark.parametrize(
    ("table", "indexes"),
    [
        (
            "CREATE TABLE t (id integer primary key autoincrement, a varchar(40) not null default '', b numeric(10,2))",
            [],
        ),
        ('CREATE TABLE "t" ([id] INT PRIMARY KEY, `b c` text unique, "d" references t (id) on delete set null)', []),
        ("CREATE TABLE t (a, b, constraint k primary key (a, b), foreign key (a, b) references t)", ["(a desc, B)"]),
        ("CREATE TABLE t(\n  a text DEFAULT 'x, (y',\n  b double precision DEFAULT -1.5e3\n)\n", ["(\n a,\n b )"]),
    ],
)
def test_common_tables_need_no_pragma(table: str, indexes: list[str]) -> None:
    assert plain.table(table, [(f"i{at}", f"CREATE INDEX i{at} ON t {text}") for at, text in enumerate(indexes)])


@pytest.mark.parametrize(
    "table",
    [
        "CREATE TABLE t (a check (a > 0))",
        "CREATE TABLE t (a collate nocase)",
        "CREATE TABLE t (a integer primary key desc)",
        "CREATE TABLE t (a int -- , b\n, c)",
        "CREATE TABLE t (a unique, unique (a))",
        "CREATE TABLE t (é)",
        "CREATE TABLE t (a) strict",
        "CREATE TABLE t (a generated always as (1))",
        "CREATE TABLE t (a default 'x)",
        "CREATE VIRTUAL TABLE t USING fts5(a)",
    ],
)
def test_others_do(table: str) -> None:
    assert plain.table(table, []) is None


def test_an_index_that_is_not_plain_takes_its_table_along() -> None:
    for text in ("(a + 1)", "(a) WHERE a > 0", "(a COLLATE NOCASE)", "(nothing)"):
        assert plain.table("CREATE TABLE t (a)", [("i", f"CREATE INDEX i ON t {text}")]) is None
