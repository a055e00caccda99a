"""What is read from the statements that SQLite keeps."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torture_sqlite import NAMES, quoted

from dbx.schema.text import sqlite as sqlite_text
from dbx.schema.text.sqlite import Clause


def table(body: str) -> list[Clause]:
    """The clauses of a table that SQLite itself takes."""
    sql = f"CREATE TABLE t ({body}"
    sqlite3.connect(":memory:").execute(sql)
    return sqlite_text.table(sql)


@pytest.mark.parametrize(
    ("body", "clauses"),
    [
        ("a)", []),
        ("a int, b varchar(10) default 'x, check (y)')", []),
        ("a check (a > 0))", [Clause("check", "", "a", text="a > 0")]),
        ("a constraint n check (a in (1, ')')))", [Clause("check", "n", "a", text="a in (1, ')')")]),
        ("a, constraint n check (a > 0) check (a < 9))", [Clause("check", "n", text="a > 0"), Clause("check", text="a < 9")]),
        ("a primary key autoincrement)", None),
        ("a integer primary key desc on conflict abort autoincrement)", None),
        (
            "a integer primary key on conflict abort autoincrement)",
            [Clause("primary", "", "a", ("a",), conflict="abort", flag="AUTOINCREMENT")],
        ),
        ("a int not null on conflict ignore)", [Clause("not null", "", "a", conflict="ignore")]),
        ("a int constraint n not null, b null)", [Clause("not null", "n", "a")]),
        ("a collate nocase unique)", [Clause("collate", "", "a", text="nocase"), Clause("unique", "", "a", ("a",))]),
        ("c, [a b] as (1 + (2)) stored)", [Clause("generated", "", "a b", text="1 + (2)", flag="STORED")]),
        ("a, b int generated always as (a))", [Clause("generated", "", "b", text="a")]),
        (
            "a references p on delete set null deferrable initially deferred, b references p (x) not deferrable)",
            [
                Clause("foreign", "", "a", ("a",), deferrable="INITIALLY DEFERRED"),
                Clause("foreign", "", "b", ("b",)),
            ],
        ),
        (
            "a, b, constraint f foreign key (a, b) references p (x, y) match full on update no action deferrable)",
            [Clause("foreign", "f", None, ("a", "b"), deferrable="DEFERRABLE", flag="FULL")],
        ),
        ("a, unique (a collate nocase desc) on conflict replace)", [Clause("unique", "", None, ("a",), conflict="replace")]),
        ("a /* check (x) */ -- unique, (\n, b unique)", [Clause("unique", "", "b", ("b",))]),
        ('"check", "constraint" text, unique ("constraint"))', [Clause("unique", "", None, ("constraint",))]),
        ("'str' text check ('str' > 1))", [Clause("check", "", "str", text="'str' > 1")]),
        ("a default (abs(-1)) unique, b default -1 unique)", [
            Clause("unique", "", "a", ("a",)), Clause("unique", "", "b", ("b",)),
        ]),
        ("a default ('x' collate nocase) unique)", [Clause("unique", "", "a", ("a",))]),
        ("a default +1.5e-3 unique)", [Clause("unique", "", "a", ("a",))]),
        ("a default x'00' unique)", [Clause("unique", "", "a", ("a",))]),
        ("a int primary key) without rowid, strict", [
            Clause("primary", "", "a", ("a",)), Clause("option", text="without rowid"), Clause("option", text="strict"),
        ]),
    ],
)  # fmt: skip
def test_clauses_of_a_table(body: str, clauses: list[Clause] | None) -> None:
    if clauses is None:
        with pytest.raises(sqlite3.OperationalError):
            table(body)
    else:
        assert table(body) == clauses


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("quote", ['"{}"', "`{}`", "[{}]"])
def test_names_in_every_kind_of_quotes(name: str, quote: str) -> None:
    if quote[0] == "[" and "]" in name:
        return
    written = quote.format(name.replace(quote[-1], quote[-1] * 2) if quote[0] != "[" else name)
    found = table(f"{written} constraint {written} check ({written} <> 1), unique ({written}))")
    assert [(clause.name, clause.column, clause.columns) for clause in found] == [
        (name, name, ()),
        ("", None, (name,)),
    ]


@pytest.mark.parametrize(
    ("sql", "parts", "predicate"),
    [
        ("CREATE INDEX i ON t (a)", ("a",), None),
        (
            "CREATE INDEX i ON t (a desc, lower(b, ',') COLLATE nocase ASC) WHERE x > 1 -- y",
            ("a", "lower(b, ',')"),
            "x > 1 -- y",
        ),
        ('CREATE INDEX "i (" ON "t (" ("a,b", (c COLLATE x) DESC)', ('"a,b"', "(c COLLATE x)"), None),
        ("CREATE INDEX \"ON\" ON t (a) where b = 'where'", ("a",), "b = 'where'"),
    ],
)
def test_parts_of_an_index(sql: str, parts: tuple[str, ...], predicate: str | None) -> None:
    assert sqlite_text.index(sql) == (parts, predicate)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("CREATE TRIGGER x INSERT ON t BEGIN select 1; END", ("AFTER", "INSERT", None)),
        ("CREATE TRIGGER x instead of delete on t begin select 1; end", ("INSTEAD OF", "DELETE", None)),
        (
            'CREATE TRIGGER "BEFORE" after update of "a on b", c ON t FOR EACH ROW WHEN (new.a BEGIN) > 1 BEGIN select 1; END',
            ("AFTER", 'UPDATE of "a on b", c', "(new.a BEGIN) > 1"),
        ),
    ],
)
def test_when_a_trigger_fires(sql: str, found: tuple[str, str, str | None]) -> None:
    assert sqlite_text.trigger(sql) == found


def test_views_and_virtual_tables() -> None:
    assert sqlite_text.query('CREATE VIEW "as" (a, "b as c") AS select 1 as x') == "select 1 as x"
    assert sqlite_text.module('CREATE VIRTUAL TABLE "using" USING fts5(a, "b")') == 'fts5(a, "b")'


@pytest.mark.parametrize(
    ("sql", "comment"),
    [
        ("select 1", ""),
        ("select 1 -- x", "-- x"),
        ("select 1 -- x\n", "-- x"),
        ("select '--'", ""),
        ("select 1 /* x", "/* x"),
        ("select 1 /* x */", "/* x */"),
        ("select 1 /* x */ + 2", ""),
    ],
)
def test_the_comment_at_the_end(sql: str, comment: str) -> None:
    assert sqlite_text.last_comment(sql) == comment


@given(st.text(max_size=40) | st.text("\"'`[]()-/*, aAcCkK\n", max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    """Nor does any take long, or get a name out of nothing."""
    for read in (
        sqlite_text.table,
        sqlite_text.index,
        sqlite_text.query,
        sqlite_text.trigger,
        sqlite_text.module,
        sqlite_text.last_comment,
        sqlite_text.name_place,
    ):
        read(text)
        read(f"CREATE TABLE {quoted(text)} ({text}")
