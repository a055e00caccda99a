"""dbx copy: on every pair of servers the copy equals what it was made from, cell for cell; all of it, or nothing."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from copying import copy, started, told
from run_dbx import driver, execute, existing, finish, good, run, values
from servers import KINDS
from watching import Watch, backend

pytestmark = pytest.mark.usefixtures("own_folder")

TABLE = {
    "sqlite": "create table zoo (id integer primary key, n int, big bigint, d numeric(12,2), f double, s text, v varchar(60),"
    " b boolean, day date, at timestamp, raw blob, j json, \"odd % 'name\" int not null)",
    "postgresql": "create table zoo (id serial primary key, n int, big bigint, d numeric(12,2), f double precision, s text,"
    " v varchar(60), b boolean, day date, at timestamp, raw bytea, j jsonb, \"odd % 'name\" int not null)",
    "mysql": "create table zoo (id int auto_increment primary key, n int, big bigint, d decimal(12,2), f double, s longtext,"
    " v varchar(60), b tinyint(1), day date, at datetime(6), raw longblob, j json, `odd % 'name` int not null)",
}  # fmt: skip
KIND = ["int", "int", "int", "decimal", "float", "text", "text", "bool", "date", "timestamp", "binary", "json", "int"]
TEXTS = [
    "",
    " ",
    "it's",
    "a\\b",
    "tab\tline\nreturn\r",
    "日本 🎉",
    "\\N",
    "\\.",
    '"',
    "%s % %%",
    ":x",
    "NULL",
    "a,b",
    "\\x41",
]
ROWS = 2100
"""More than a batch."""


def rows() -> Iterator[tuple[Any, ...]]:
    """The same ones each time; every kind of value, and NULL, next to every other."""
    chance = random.Random(8)
    pick = chance.choice
    for number in range(1, ROWS + 1):
        row = [
            pick([0, 1, -(2**31), 2**31 - 1, chance.randint(-9999, 9999)]),
            pick([2**63 - 1, -(2**63), chance.randint(-(2**60), 2**60)]),
            pick(["0.00", "-0.01", "9999999999.99", f"{chance.randint(-99999, 99999)}.25"]),
            pick([0.1, 1e300, -2.5e-10, 1 / 3, 0.0, 1e22, 123456789.12345679, chance.random()]),
            pick(TEXTS) + pick(TEXTS),
            pick(TEXTS),
            pick([0, 1]),
            pick(["1970-01-01", "2026-11-22", "9999-12-31"]),
            pick(["2026-11-22 01:02:03", "2026-11-22 23:59:59.999999", "1970-01-01 00:00:00.5"]),
            pick([b"", b"\x00\xff\\x\n\t'", bytes(range(256))]),
            pick(['{"a": [1, null, "x\\\\y\\"z"]}', "[]", '"text"']),
        ]
        yield (number, *[None if chance.random() < 0.1 else cell for cell in row], number % 7)


def filled(url: str) -> str:
    kind = backend(existing(url))
    with closing(driver(url)) as connection:
        cursor = connection.cursor()
        cursor.execute(TABLE[kind])
        mark = "?" if kind == "sqlite" else "%s"
        convert = {"postgresql": {7: lambda cell: cell if cell is None else bool(cell)}}.get(kind, {})
        data = [tuple(convert.get(place, lambda cell: cell)(cell) for place, cell in enumerate(row)) for row in rows()]
        cursor.executemany(f"insert into zoo values ({', '.join([mark] * len(KIND))})", data)
        connection.commit()
    return url


def meant(kind: str, cell: str | None) -> Any:
    """What a server's text for a value means, whichever server it is."""
    if cell is None or kind in ("text", "date", "binary"):
        return cell
    if kind == "timestamp":
        return cell.rstrip("0").rstrip(".") if "." in cell else cell
    if kind == "bool":
        return {"t": 1, "f": 0}.get(cell, cell if not cell.isdigit() else int(cell))
    return {"int": int, "decimal": Decimal, "float": float, "json": json.loads}[kind](cell)


def held(url: str) -> list[tuple[Any, ...]]:
    found = values(url, "select * from zoo order by id")
    return [tuple(meant(kind, cell) for kind, cell in zip(KIND, row, strict=True)) for row in found]


@pytest.mark.parametrize(("one", "other"), list(product(KINDS, KINDS)))
def test_a_copy_equals_its_source(databases: Any, one: str, other: str) -> None:
    source, goal = filled(databases(one)), databases(other)
    ((line),) = told(copy(source, goal, "--create"))
    assert (line["table"].rpartition(".")[2], line["rows"], line["made"]) == ("zoo", ROWS, "yes")
    before = held(source)
    assert len(before) == ROWS
    assert held(goal) == before
    if other == "sqlite":
        typed = values(
            goal, "select distinct typeof(raw), typeof(f), typeof(d) from zoo where (raw + f + d) is not null"
        )
        assert {"blob", "real"} == {row[0] for row in typed} | {row[1] for row in typed}
    if one == other:  # once more, into what is there now
        assert told(copy(source, goal, "--empty"))[0]["rows"] == ROWS
        assert held(goal) == before
    # numbers go on behind what was copied
    quote = "`" if other == "mariadb" else '"'
    execute(goal, f"insert into zoo ({quote}odd % 'name{quote}) values (1)")
    assert values(goal, "select max(id) from zoo") == [[str(ROWS + 1)]]


def test_values_that_only_one_server_has(databases: Any) -> None:
    pg, maria = databases("postgresql"), databases("mariadb")
    execute(
        pg,
        "set time zone 'Asia/Tokyo'",
        "create table only_pg (id int primary key, z timestamptz, a int[], b bit(5), r real, u uuid, m money, e text)",
        "insert into only_pg values (1, '2026-11-22 09:00', '{1,null,3}', b'01011', 3.1415927,"
        " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '1,234.50', 'x')",
    )
    execute(
        maria,
        "set time_zone = '+09:00'",
        "create table only_my (id bigint unsigned auto_increment primary key, b bit(5), f float, e enum('a', 'b''c'), y year,"
        " t timestamp(3) null, s set('x', 'y'), g char(3))",
        "insert into only_my values (18446744073709551615, b'01011', 3.1415927, 'b''c', 2026, '2026-11-22 09:00:00.5', 'x,y', 'a')",
    )
    good(copy(pg, maria, "--create", "only_pg"))
    assert values(maria, "set time_zone = '+00:00'", "select z, a, bin(b), r = cast(3.1415927 as float), u, m, e from only_pg") == [
        ["2026-11-22 00:00:00.000000", "[1, null, 3]", "1011", "1", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "1234.50", "x"]
    ]  # fmt: skip
    good(copy(maria, pg, "--create", "only_my"))
    assert values(pg, "set time zone 'UTC'", "select id, b, f = 3.1415927::real, e, y, t, s, g from only_my") == [
        ["18446744073709551615", "01011", "t", "b'c", "2026", "2026-11-22 00:00:00.5+00", "x,y", "a  "]
    ]


@pytest.mark.parametrize(("kind", "form"), list(zip(KINDS, ("csv", "tsv", "jsonl"), strict=True)))
def test_a_file_goes_back_in(databases: Any, tmp_path: Path, form: str, kind: str) -> None:
    url = databases(kind)
    execute(url, "create table t (id int primary key, s varchar(99), d decimal(10,2), day date)")
    with closing(driver(url)) as connection:
        mark = "?" if kind == "sqlite" else "%s"
        data = [(n, text, f"{n}.25", "2026-11-22") for n, text in enumerate(TEXTS, 1)] + [(99, None, None, None)]
        connection.cursor().executemany(f"insert into t values ({', '.join([mark] * 4)})", data)
        connection.commit()
    before = values(url, "select * from t order by id")
    file = tmp_path / f"rows.{form}"
    good(run(url, "select * from t", "-f", form, "-o", str(file)))
    for table, options in (("t", ["--empty"]), ("made", ["--create"])):
        assert told(copy(str(file), url, table, *options))[0]["rows"] == len(TEXTS) + 1
        assert values(url, f"select * from {table} order by id") == before


@pytest.mark.parametrize("kind", KINDS)
def test_all_or_nothing(databases: Any, kind: str) -> None:
    """The first table is made and filled, and the second fails: neither is there afterwards."""
    source, goal = databases("sqlite"), databases(kind)
    execute(source, "create table a (id int primary key)", "insert into a values (1), (2)")
    execute(source, "create table b (id int primary key, n int)", "insert into b values (1, 5), (2, null)")
    execute(goal, "create table b (id int primary key, n int not null)", "insert into b values (7, 7)")
    done = copy(source, goal, "--create", "--empty")
    assert done.code == 1
    assert "nothing was copied" in done.err
    assert values(goal, "select * from b") == [["7", "7"]]
    assert run(goal, "select * from a").code == 1
    assert told(copy(source, goal, "a", "--create", "--dry-run"))[0]["rows"] == 2
    assert run(goal, "select * from a").code == 1


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ([], 2, "has no table child\nhint: --create makes it"),
        (["nowhere", "--create"], 2, "nowhere"),
        (["parent"], 2, "has no column extra"),
    ],
)
def test_what_cannot_be_copied(databases: Any, options: list[str], code: int, words: str) -> None:
    source, goal = databases("sqlite"), databases("postgresql")
    execute(source, "create table parent (id integer primary key, extra int)")
    execute(source, "create table child (id integer primary key, parent_id int references parent)")
    execute(goal, "create table parent (id int primary key)")
    if not options:
        execute(goal, "alter table parent add extra int")
    done = copy(source, goal, *options)
    assert (done.code, words in done.err) == (code, True), done.err


def test_files_with_faults(databases: Any, tmp_path: Path) -> None:
    url = databases("sqlite")
    for name, text, words in (
        ("short.csv", "a,b\n1,2\n3\n", "short.csv:3: 1 values for 2 columns"),
        ("empty.csv", "", "its first line must name the columns"),
        ("bad.jsonl", '{"a": 1}\n{"a": \n', "bad.jsonl:2: no JSON"),
        ("list.jsonl", "[1]\n", "list.jsonl:1: not an object"),
        ("twice.tsv", "a\ta\n1\t2\n", "its first line must name the columns, each once"),
    ):
        (tmp_path / name).write_text(text)
        done = copy(str(tmp_path / name), url, "--create")
        assert (done.code, words in done.err) == (2, True), done.err
    done = copy(str(tmp_path / "none.csv"), url, "--create")
    assert (done.code, "No such file" in done.err) == (2, True)
    assert values(url, "select count(*) from sqlite_master") == [["0"]]


def test_tables_go_in_the_order_of_their_keys(databases: Any) -> None:
    source, goal = databases("sqlite"), databases("postgresql")
    for url in (source, goal):
        execute(url, "create table z_parent (id int primary key)")
        execute(url, "create table a_child (id int primary key, p int references z_parent)")
    execute(source, "insert into z_parent values (1)", "insert into a_child values (1, 1)")
    assert [line["table"] for line in told(copy(source, goal))] == ["z_parent", "a_child"]
    assert [line["rows"] for line in told(copy(source, goal, "--empty"))] == [1, 1]


def test_an_interrupted_copy_is_none(databases: Any) -> None:
    source, goal = databases("postgresql"), databases("mariadb")
    execute(
        source,
        "create view endless as select g as id, repeat('x', 100) as x from (select generate_series(1, 100000000) as g) s",
    )
    process = started(source, goal, "--create", "endless")
    with Watch(source) as watch:
        watch.wait_running('FROM "public"."endless"')
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert (done.code, "interrupted: nothing was copied" in done.err) == (130, True), done.err
    assert values(goal, "show tables") == []
    with Watch(source) as watch:
        watch.wait_gone('FROM "public"."endless"')


@pytest.mark.parametrize(("setting", "words"), [("read_only", "is read-only"), ("production", "is production")])
def test_a_target_that_is_guarded(databases: Any, setting: str, words: str) -> None:
    source, goal = databases("sqlite"), databases("sqlite")
    execute(source, "create table a (id int primary key)", "insert into a values (1)")
    done = finish(started(source, goal, "--create", setting=setting))
    assert (done.code, words in done.err) == (6, True)
    assert values(goal, "select * from sqlite_master") == []


def test_a_copy_onto_itself_is_refused(databases: Any) -> None:
    url = databases("postgresql")
    assert copy(url, url).code == 6


def test_arrays_come_back_and_no_bits_are_zero(databases: Any) -> None:
    pg, maria, lite = databases("postgresql"), databases("mariadb"), databases("sqlite")
    execute(pg, "create table ty (id int primary key, a int[], t text[], bits bit varying(8))")
    execute(
        pg,
        "insert into ty values (1, '{1,null,3}', '{\"a,b\",NULL,\"q\\\\\\\"\"}', ''), (2, '{{1,2},{3,4}}', '{}', b'101')",
    )
    before = values(pg, "select * from ty order by id")
    good(copy(pg, lite, "--create", "ty"))
    execute(pg, "delete from ty")
    good(copy(lite, pg, "ty"))
    assert values(pg, "select * from ty order by id") == before
    good(copy(pg, maria, "--create", "ty"))
    assert values(maria, "select bits + 0 from ty order by id") == [["0"], ["5"]]
