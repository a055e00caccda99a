"""The bytes of the writers, and what no name may do to them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from schema_cases import BILL, SCHEMA, SNAPSHOTS, snapshots, written
from torture_sqlite import NAMES

from dbx.formats.visible import visible
from dbx.schema import ddl
from dbx.schema.ddl import generic
from dbx.schema.ddl.sqlite import statements
from dbx.schema.listing import ordered
from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Schema, Table
from dbx.schema.objects import Check, Missing, Sequence, Trigger
from dbx.schema.text import standard
from dbx.schema.writers import WRITERS, Look, named


@pytest.mark.parametrize("file", sorted(snapshots()))
def test_bytes(file: str) -> None:
    assert snapshots()[file] == (SNAPSHOTS / file).read_bytes()


def test_there_is_a_snapshot_for_each_and_no_other() -> None:
    assert {path.name for path in SNAPSHOTS.glob("[!.]*")} == set(snapshots())


@pytest.mark.parametrize("name", WRITERS)
def test_the_order_in_which_it_was_read_changes_nothing(name: str) -> None:
    turned = SCHEMA._replace(**{
        field: tuple(reversed(value)) for field, value in SCHEMA._asdict().items() if isinstance(value, tuple)
    })  # fmt: skip
    assert written(name, ordered(turned)) == written(name, ordered(SCHEMA))


@pytest.mark.parametrize("name", WRITERS)
def test_an_empty_schema(name: str) -> None:
    assert written(name, Schema("sqlite")).count(b"\n") <= (15 if name in ("orm", "sqlalchemy") else 8)


def everywhere(name: str) -> Schema:
    """A schema with one name in every place that has one."""
    table = Table(
        name,
        name,
        (Column(name, "text", default=standard.literal(name), comment=name, collation=name),),
        Key(name, (Part(name),)),
        (ForeignKey(name, (name,), name, name, (name,)),),
        (Key(name, (Part(name),)),),
        checks=(Check(name, f"{standard.quoted(name)} <> {standard.literal(name)}"),),
        indexes=(Index(name, (Part(name), Part(None, standard.quoted(name))), comment=name),),
        comment=name,
    )
    missing = Missing(name, name, "view", name)
    return Schema(
        "other", (table,), triggers=(Trigger(name, name, name),), sequences=(Sequence(name, name),), missing=(missing,)
    )


@given(st.text() | st.sampled_from(NAMES))
@example("\u202ex\ny -- */ ' \" ; \x1b[0m")
def test_no_name_breaks_a_line_of_the_tree_or_hides_in_it(name: str) -> None:
    lines = written("tree", everywhere(name)).decode().split("\n")
    assert len(lines) == len(written("tree", everywhere("x")).decode().split("\n"))
    assert all(visible(line) == line for line in lines)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(NAMES))
def test_every_name_survives_csv_and_json(name: str) -> None:
    schema = everywhere(name)
    text = written("csv", schema).decode()
    row = dict(zip(*csv.reader(io.StringIO(text, newline=""), strict=True), strict=True))
    assert (row["schema"], row["table"], row["column"], row["comment"]) == (name,) * 4
    assert [json.loads(line)["name"] for line in written("jsonl", schema).decode().split("\n")[:-1]] == [name] * 3


def test_what_a_column_refers_to_can_be_taken_apart() -> None:
    columns = tuple(Column(name, "int") for name in "abc")
    keys = (
        ForeignKey("", ("a",), "we ird", 'Ta.ble"x', ("id",)),
        ForeignKey("", ("b", "c"), "home", "pair", ("x", "y z")),
        ForeignKey("", ("c",), None, "gone", ()),
    )
    schema = Schema("other", (Table("t", "home", columns, foreign_keys=keys),))
    rows = csv.DictReader(io.StringIO(written("csv", schema).decode()))
    assert [row["references"] for row in rows] == [
        '"we ird"."Ta.ble""x".id',
        "home.pair.x",
        'home.pair."y z", gone',
    ]


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(NAMES))
@example("sqlite")
def test_no_name_ends_a_statement_of_standard_sql(name: str) -> None:
    """SQLite reads standard SQL, comments on tables aside: each statement is just one, and makes what it says."""
    if name.lower().startswith("sqlite_"):
        return
    schema = everywhere(name)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"attach ':memory:' as {standard.quoted('x' + name)}")
        for table in schema.tables:
            keys = tuple(key._replace(target_schema=None) for key in table.foreign_keys)  # as SQLite wants it
            table = table._replace(schema=f"x{name}", foreign_keys=keys)
            connection.execute(generic.create_table(table))
            found = connection.execute(
                f"select name, sql from {standard.quoted('x' + name)}.sqlite_master where type = 'table'"
            )
            assert [made for made, _ in found] == [name]
    for statement in ddl.statements(schema):
        assert not {"--", "/*"} & set(outside(statement).split())
        assert outside(statement).count(";") == 1


def outside(statement: str) -> str:
    """A statement without its quoted names and strings."""
    left, quote = [], ""
    for character in statement:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            left.append(character)
    assert not quote
    return "".join(left)


def test_tables_stand_behind_those_they_refer_to() -> None:
    def table(name: str, *targets: str) -> Table:
        keys = tuple(ForeignKey("", ("x",), None, target, ("x",)) for target in targets)
        return Table(name, None, (Column("x", "int"),), foreign_keys=keys)

    schema = Schema("other", (table("a", "b", "a"), table("b", "c"), table("c", "d", "gone"), table("d", "b")))
    made: list[str] = []
    for text in ddl.statements(schema):
        words = text.split()
        if words[0] == "CREATE":
            made.append(words[2].strip('"'))
        references = {part.split()[0].strip('"') for part in text.split("REFERENCES ")[1:]}
        assert references <= {*made, "gone"}
    assert sorted(made) == ["a", "b", "c", "d"]
    assert made.index("b") < made.index("a")


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 9), max_size=4)))
def test_order_by_need(needs: dict[int, list[int]]) -> None:
    order = generic.in_order(needs)
    assert sorted(order) == sorted(needs)
    for one, others in needs.items():
        for other in others:
            if other in needs and not reaches(needs, other, one):
                assert order.index(other) < order.index(one)


def reaches(needs: dict[int, list[int]], start: int, goal: int) -> bool:
    seen, edge = {start}, [start]
    while edge:
        for following in needs.get(edge.pop(), ()):
            if following not in seen:
                seen.add(following)
                edge.append(following)
    return goal in seen


def test_a_long_chain_is_no_deep_recursion() -> None:
    assert generic.in_order({n: [n + 1] for n in range(100_000)})[0] == 99_999


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("CREATE VIEW v AS SELECT 1", "CREATE VIEW v AS SELECT 1;"),
        ("CREATE VIEW v AS SELECT 1 -- x", "CREATE VIEW v AS SELECT 1 -- x\n;"),
        ("CREATE VIEW v AS SELECT 1 /* x", "CREATE VIEW v AS SELECT 1 /* x */;"),
        ("CREATE VIEW v AS SELECT 1 /* x */", "CREATE VIEW v AS SELECT 1 /* x */;"),
        ("CREATE VIEW v AS SELECT 1 /*/", "CREATE VIEW v AS SELECT 1 /*/ */;"),
        ("CREATE VIEW v AS SELECT '-- x'", "CREATE VIEW v AS SELECT '-- x';"),
    ],
)
def test_no_comment_swallows_the_semicolon(text: str, ended: str) -> None:
    assert list(statements(Schema("sqlite", (Table("v", None, (), kind="view", definition=text),)))) == [ended]


def test_a_name_in_another_schema_is_told_with_it() -> None:
    tables = (
        Table(
            "t",
            "temp",
            (),
            definition="CREATE TABLE t (a)",
            indexes=(Index("i", (), definition="CREATE UNIQUE INDEX i ON t (a)"),),
        ),
        Table('o"', 'a"b', (), kind="virtual", definition='CREATE VIRTUAL TABLE "o""" USING fts5(a)'),
    )
    triggers = (Trigger("g", "temp", "t", definition="CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END"),)
    assert list(statements(Schema("sqlite", tables, triggers=triggers))) == [
        'CREATE TABLE "temp".t (a);',
        'CREATE UNIQUE INDEX "temp".i ON t (a);',
        'CREATE VIRTUAL TABLE "a""b"."o""" USING fts5(a);',
        'CREATE TRIGGER "temp".g AFTER INSERT ON t BEGIN SELECT 1; END;',
    ]


def test_a_tree_says_where_a_key_leads_and_what_leads_here() -> None:
    schema = Schema("other", (BILL, Table("buyer", "shop", (Column("id", "int"),))))
    lines = written("tree", schema, Look()).decode().splitlines()
    assert any(line.endswith("→ buyer.id on delete cascade deferrable") for line in lines)
    assert "└─ ← bill(buyer_id)" in lines


def test_a_file_s_ending_says_the_writer() -> None:
    files = ("shop.sql", "shop.json", "er.MMD", "er.dot", "models.py", "shop.md", "shop.txt")
    assert [named(file) for file in files] == ["ddl", "json", "mermaid", "dot", "orm", "markdown", "tree"]
    assert named("shop") == named("shop.bak") == ""
