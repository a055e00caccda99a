"""What dbx shows is what the server's own client shows, cell for cell, escapes and NULL undone on both sides."""

from __future__ import annotations

import re
import subprocess

import pytest
from run_dbx import cells, good, run, unescaped, values
from servers import MariaDB, PostgreSQL, Server

FORMATS = ("csv", "tsv", "json", "jsonl", "table", "vertical")

POSTGRESQL = {
    "infinite date": "'infinity'::date",
    "infinite timestamp": "'-infinity'::timestamp",
    "infinite timestamptz": "'infinity'::timestamptz",
    "date BC": "'0044-03-15 BC'::date",
    "timestamp BC": "'0044-03-15 12:00:00.5 BC'::timestamp",
    "year 12345": "'12345-06-07'::date",
    "end of time": "'294276-12-31 23:59:59.999999'::timestamp",
    "midnight at the end": "'24:00:00'::time",
    "timetz": "'12:34:56.789-03:30'::timetz",
    "a month": "'1 mon'::interval",
    "thirty days": "'30 days'::interval",
    "an eternity": "'178000000 years'::interval",
    "mixed interval": "'-1 year 2 mons -3 days +04:05:06.7'::interval",
    "long numeric": "('1' || repeat('234567890', 111) || '.5')::numeric",
    "numeric NaN": "'NaN'::numeric",
    "numeric infinity": "'-Infinity'::numeric",
    "trailing zeros": "1.5000::numeric(10,4)",
    "negative zero": "'-0'::float8",
    "float NaN": "'NaN'::float8",
    "float infinity": "'Infinity'::float4",
    "tiny float": "1e-300::float8",
    "third": "(1/3.0)::float8",
    "big int": "9223372036854775807::int8",
    "json": """'{"a":1, "a" : 2, "f":1.10000000000000000001}'::json""",
    "jsonb": """'{"b":[1,null], "f":1.10000000000000000001}'::jsonb""",
    "json null": "'null'::json",
    "no json": "null::json",
    "array bounds": "'[0:1]={1,2}'::int[]",
    "nested array": "array[[1,null],[3,4]]",
    "array of text": """array['a,b', 'quote"', 'back\\slash', '', 'null', null, E'new\\nline']""",
    "empty array": "'{}'::text[]",
    "array of intervals": "array['1 mon'::interval, '30 days']",
    "array of dates": "array['infinity'::date, '0044-03-15 BC']",
    "composite": "row(1, null, 'a,b', '')",
    "array of composites": "array[('x', 1)::pair, (null, 2)::pair]",
    "range": "'[1,infinity)'::numrange",
    "date range": "'[2020-01-01,infinity)'::daterange",
    "empty range": "'empty'::int4range",
    "multirange": "'{[1,3),[7,)}'::int8multirange",
    "bytea": r"'\x00ff5c0a'::bytea",
    "empty bytea": "''::bytea",
    "bytea array": r"array['\x00ff'::bytea]",
    "bit": "B'10110'",
    "varbit": "''::varbit",
    "money": "'-12345.67'::money",
    "xml": "'<a>&lt;&#233;</a>'::xml",
    "tsvector": "to_tsvector('simple', 'a cat''s \"cat\"')",
    "tsquery": "'a & !b:*'::tsquery",
    "inet": "'::ffff:10.0.0.1/120'::inet",
    "cidr": "'10.1.0.0/16'::cidr",
    "macaddr": "'08:00:2b:01:02:03'::macaddr",
    "uuid": "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
    "enum": "'so so'::mood",
    "array of enums": "array['ok','so so']::mood[]",
    "domain": "5::small",
    "array of domains": "array[5,6]::small[]",
    "hstore": """'a=>1, "b c"=>NULL'::hstore""",
    "point": "'(1.5,-2)'::point",
    "box": "'(3,4),(1,2)'::box",
    "polygon": "'((0,0),(1,1))'::polygon",
    "array of boxes": "array['(3,4),(1,2)'::box, '(1,1),(0,0)']",
    "padded char": "'ab'::char(5)",
    "one char": """'x'::"char" """,
    "name": "'a name'::name",
    "true": "true",
    "array of booleans": "array[true,false]",
    "record of booleans": "row(true, 'x'::char(3))",
    "regclass": "'pg_catalog.pg_class'::regclass",
    "oid vector": "'1 2 3'::oidvector",
    "snapshot": "'10:20:10,14'::pg_snapshot",
    "lsn": "'16/B374D848'::pg_lsn",
    "empty": "''",
    "NULL": "null",
    "called NULL": "'NULL'",
    "backslash N": r"'\N'",
    "control": r"E'tab\t nl\n cr\r bs\b ff\f back\\slash vt\x0b bell\x07 esc\x1b[31m'",
    "unicode": r"U&'\4F60\597D \+01F600 e\0301 \FEFF \202E'",
    "percent": "'100 % %s %(a)s :b {} ?'",
    "untyped": "'plain'",
    "void": "pg_sleep(0)",
}


def native(server: Server, database: str, *arguments: str) -> str:
    """What the server's own client prints, every byte of it."""
    argv, environment = server.client(database)
    return subprocess.run([*argv, *arguments], env=environment, capture_output=True, check=True).stdout.decode()


def test_postgresql(postgresql: PostgreSQL, pg_url: str) -> None:
    database = pg_url.rpartition("/")[2]
    postgresql.execute("create type mood as enum ('ok', 'so so')", database)
    postgresql.execute("create type pair as (a text, b int)", database)
    postgresql.execute("create domain small as int check (value < 10)", database)
    postgresql.execute("create extension if not exists hstore", database)
    query = f"select {', '.join(POSTGRESQL.values())}"
    options = ("-At", "-F", "\x1f", "-R", "\x1e", "-P", "null=<null>")
    told = native(postgresql, database, *options, "-c", query).removesuffix("\n")
    expected = [None if cell == "<null>" else cell for cell in told.split("\x1f")]
    (shown,) = values(pg_url, query)
    assert cells(POSTGRESQL, shown) == cells(POSTGRESQL, expected)
    assert shown[:4] == ["infinity", "-infinity", "infinity", "0044-03-15 BC"], "the client was read wrongly"


MARIADB = {
    "zero_date": ("date", "'0000-00-00'"),
    "half_date": ("date", "'2020-00-31'"),
    "zero_datetime": ("datetime(6)", "'0000-00-00 00:00:00'"),
    "datetime_us": ("datetime(6)", "'9999-12-31 23:59:59.999999'"),
    "ts": ("timestamp(3) null", "'2020-02-29 01:02:03.456'"),
    "long_time": ("time", "'838:59:59'"),
    "negative_time": ("time(6)", "'-00:00:01.5'"),
    "y": ("year", "2155"),
    "b8": ("bit(8)", "b'1000001'"),
    "b64": ("bit(64)", "b'1'"),
    "the_set": ("set('b','a','c')", "'c,b'"),
    "the_enum": ("enum('x','','y')", "'y'"),
    "js": ("json", """'{"a": 1, "a" : 2, "f":1.10000000000000000001}'"""),
    "geo": ("geometry", "st_geomfromtext('POINT(1 2)')"),
    "line": ("linestring", "st_geomfromtext('LINESTRING(0 0,1.5 2.5)')"),
    "big_decimal": ("decimal(65,30)", "-12345678901234567890123456789012345.123456789012345678901234567890"),
    "dbl": ("double", "1e-300"),
    "third": ("double", "1/3e0"),
    "flt": ("float", "1e10"),
    "minus_zero": ("double", "-0e0"),
    "huge": ("bigint unsigned", "18446744073709551615"),
    "low": ("bigint", "-9223372036854775808"),
    "zf": ("int(8) zerofill", "42"),
    "tiny": ("tinyint(1)", "1"),
    "bin": ("binary(4)", "'ab'"),
    "vbin": ("varbinary(10)", "x'00ff5c09'"),
    "bl": ("blob", "x'ff00'"),
    "no_blob": ("blob", "null"),
    "empty_blob": ("blob", "''"),
    "emoji": ("varchar(20) character set utf8mb4", "'😀 你好 e\u0301'"),
    "latin": ("varchar(20) character set latin1", "'é€'"),
    "bin_collation": ("varchar(20) character set utf8mb4 collate utf8mb4_bin", "'A b'"),
    "u": ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
    "six": ("inet6", "'::ffff:10.0.0.1'"),
    "nothing": ("varchar(5)", "null"),
    "empty": ("varchar(5)", "''"),
    "padded": ("char(5)", "'ab  '"),
    "backslash_n": ("varchar(5)", r"'\\N'"),
    "control": ("text", r"'tab\t nl\n cr\r bs\b back\\slash nul\0 end'"),
    "percent": ("text", "'100 % %s %(a)s :b {} ?'"),
}


@pytest.fixture
def maria_zoo(mariadb: MariaDB, maria_url: str) -> str:
    database = maria_url.rpartition("/")[2]
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in MARIADB.items())
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("set sql_mode = ''")
        cursor.execute(f"create table zoo ({columns})")
        cursor.execute(f"insert into zoo values ({', '.join(value for _, value in MARIADB.values())})")
    return maria_url


def _hex(cell: str) -> str | None:
    r"""The mariadb client writes NULL and 0xFF where dbx has \N and \xff."""
    if cell == "NULL":
        return None
    found = re.fullmatch(r"0x([0-9A-F]*)", cell)
    return rf"\x{found[1].lower()}" if found else unescaped(cell)


def test_mariadb(mariadb: MariaDB, maria_zoo: str) -> None:
    database = maria_zoo.rpartition("/")[2]
    told = native(mariadb, database, "-N", "-B", "--binary-as-hex", "-e", "select * from zoo")
    (shown,) = values(maria_zoo, "select * from zoo")
    found = cells(MARIADB, shown)
    expected = cells(MARIADB, map(_hex, told.removesuffix("\n").split("\t")))
    assert found == expected | {"no_blob": None}  # the client writes 0x for a NULL of bytes
    assert [found["zero_date"], found["huge"], found["vbin"]] == ["0000-00-00", "18446744073709551615", r"\x00ff5c09"]


def test_mariadb_computed(mariadb: MariaDB, maria_url: str) -> None:
    """Without a table the types are the server's own guess."""
    expressions = [
        "1/3",
        "cast(1 as binary)",
        "unhex('41')",
        "now() > 0",
        "cast('12:00' as time)",
        "null",
        "'x'",
        "b'1'",
        "x'41'",
    ]
    query = f"select {', '.join(expressions)}"
    told = native(mariadb, maria_url.rpartition("/")[2], "-N", "-B", "--binary-as-hex", "-e", query)
    (shown,) = values(maria_url, query)
    assert cells(expressions, shown) == cells(expressions, map(_hex, told.removesuffix("\n").split("\t")))


# --- names and no columns at all -------------------------------------------------------------------------------------

TWICE = {
    "csv": 'a,a,"",4\n1,2,3,4\n',
    "tsv": "a\ta\t\t4\n1\t2\t3\t4\n",
    "json": '[\n{"a":1,"a_2":2,"column3":3,"4":4}\n]\n',
    "jsonl": '{"a":1,"a_2":2,"column3":3,"4":4}\n',
    "table": "a  a     4\n──────────\n1  2  3  4\n",
    "vertical": "── row 1 ──\na  1\na  2\n   3\n4  4\n",
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_name_twice_and_an_empty_name(maria_url: str, name: str) -> None:
    for url, empty in ((":memory:", '""'), (maria_url, "''")):
        assert good(run(url, f"select 1 as a, 2 as a, 3 as {empty}, 4", "-f", name)).text == TWICE[name]


def test_a_missing_name_on_postgresql(pg_url: str) -> None:
    assert good(run(pg_url, "select 1, 2, 3 as a", "-f", "jsonl")).text == '{"?column?":1,"?column?_2":2,"a":3}\n'


NO_COLUMNS = {
    "csv": "\n\n\n",
    "tsv": "\n\n\n",
    "json": "[\n{},\n{},\n{}\n]\n",
    "jsonl": "{}\n{}\n{}\n",
    "table": "",
    "vertical": "",
}


@pytest.mark.parametrize("name", FORMATS)
def test_rows_without_columns(pg_url: str, name: str) -> None:
    done = good(run(pg_url, "select from generate_series(1, 3)", "-f", name, "--no-header"))
    assert (done.text, done.err) == (NO_COLUMNS[name], "")
    assert good(run(pg_url, "create table t ()", "select from t", "-f", name)).err == ""
    assert (
        good(run(pg_url, "select from generate_series(1, 3)", "--limit", "2", "-f", name)).err
        == "(first 2 rows; there are more)\n"
    )
