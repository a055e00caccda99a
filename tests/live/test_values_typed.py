"""Values in parquet and arrow files, read back by DuckDB and pyarrow."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pytest
from pyarrow import ipc, parquet
from run_dbx import execute, existing, good, run, values
from test_values import MARIADB, POSTGRESQL, maria_zoo
from test_values_back import pg_zoo
from test_values_sqlite import BLOBS, REALS, SQLITE

__all__ = ["maria_zoo", "pg_zoo"]

UNFIT_POSTGRESQL = {
    "infinite date", "infinite timestamp", "infinite timestamptz", "end of time", "midnight at the end", "array bounds",
    "nested array", "array of dates",
}  # fmt: skip
UNFIT_MARIADB = {"zero_date", "half_date", "zero_datetime", "long_time", "negative_time"}
BEYOND_PYTHON = {
    "date BC": "0044-03-15 (BC)",
    "timestamp BC": "0044-03-15 (BC) 12:00:00.5",
    "year 12345": "12345-06-07",
}
"""What Python has no date for, as DuckDB shows it."""

TYPES_POSTGRESQL = {
    "trailing zeros": pa.decimal128(10, 4), "long numeric": pa.string(), "numeric NaN": pa.string(), "big int": pa.int64(),
    "negative zero": pa.float64(), "float infinity": pa.float32(), "date BC": pa.date32(), "timestamp BC": pa.timestamp("us"),
    "bytea": pa.binary(), "true": pa.bool_(), "domain": pa.int32(), "uuid": pa.string(), "mixed interval": pa.string(),
    "timetz": pa.string(), "json": pa.string(), "enum": pa.string(), "inet": pa.string(), "composite": pa.string(),
    "instant": pa.timestamp("us", "UTC"),
}  # fmt: skip
TYPES_MARIADB = {
    "datetime_us": pa.timestamp("us"), "ts": pa.timestamp("us"), "y": pa.uint16(), "b64": pa.binary(), "js": pa.string(),
    "geo": pa.binary(), "big_decimal": pa.decimal256(65, 30), "dbl": pa.float64(), "flt": pa.float32(),
    "huge": pa.uint64(), "low": pa.int64(), "zf": pa.uint32(), "tiny": pa.int8(), "bin": pa.binary(), "bl": pa.binary(),
    "no_blob": pa.binary(), "emoji": pa.string(), "bin_collation": pa.string(), "the_set": pa.string(),
}  # fmt: skip


def _table(url: str, query: str, name: str, folder: Path) -> pa.Table:
    path = folder / f"rows.{name}"
    good(run(url, query, "-f", name, "-o", str(path)))
    return parquet.read_table(path) if name == "parquet" else ipc.open_file(path).read_all()


def _python(table: pa.Table, skipped: Iterable[str]) -> dict[str, Any]:
    return {name: table[name][0].as_py() for name in table.column_names if name not in skipped}


def _in_duckdb(
    table: pa.Table, name: str, folder: Path, skipped: Iterable[str], cast: Iterable[str] = ()
) -> dict[str, Any]:
    """The first row as DuckDB reads the file; an IPC file by way of pyarrow, which maps it."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        source = f"read_parquet('{folder / 'rows.parquet'}')" if name == "parquet" else "arrow_rows"
        columns = [column for column in table.column_names if column not in skipped]
        if name == "arrow":
            connection.register("arrow_rows", table.select(columns))
        shown = [f'"{column}"::varchar' if column in cast else f'"{column}"' for column in columns]
        return dict(
            zip(columns, connection.execute(f"select {', '.join(shown)} from {source}").fetchone(), strict=True)
        )


def _same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_typed_files_of_postgresql(pg_zoo: str, tmp_path: Path, name: str) -> None:
    """The types are the server's; the values those that psycopg loads by itself, or where they are text its own."""
    zoo = {key: text for key, text in POSTGRESQL.items() if key not in UNFIT_POSTGRESQL}
    zoo["instant"] = "'2024-02-29 12:00:00.5+05:30'::timestamptz"
    query = f"select {', '.join(f'{text} as {_quoted(key)}' for key, text in zoo.items())}"
    table = _table(pg_zoo, query, name, tmp_path)
    schema = {field.name: field.type for field in table.schema}
    assert {key: schema[key] for key in TYPES_POSTGRESQL} == TYPES_POSTGRESQL
    assert table.schema.field("trailing zeros").metadata[b"sql_type"] == b"numeric(10,4)"
    texts = dict(zip(zoo, values(pg_zoo, query)[0], strict=True))
    loaded = {key: "null" if key in BEYOND_PYTHON or schema[key] == pa.string() else text for key, text in zoo.items()}
    with psycopg.connect(pg_zoo) as connection:
        typed = dict(zip(zoo, connection.execute(f"select {', '.join(loaded.values())}").fetchone() or (), strict=True))
    found = _python(table, BEYOND_PYTHON)
    wanted = {key: texts[key] if schema[key] == pa.string() else typed[key] for key in found}
    wanted["array of intervals"] = ["1 mon", "30 days"]
    assert found["instant"] == typed["instant"]
    wanted["instant"] = found["instant"]
    assert {key: value for key, value in found.items() if not _same(value, wanted[key])} == {}
    seen = _in_duckdb(table, name, tmp_path, (), BEYOND_PYTHON)
    assert [seen.pop(key).startswith(shown[:10]) for key, shown in BEYOND_PYTHON.items()] == [True] * 3
    seen["instant"] = seen["instant"].astimezone(found["instant"].tzinfo)
    assert {key: value for key, value in seen.items() if not _same(value, found[key])} == {}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@pytest.mark.parametrize("key", sorted(UNFIT_POSTGRESQL))
def test_what_does_not_fit_on_postgresql(pg_zoo: str, tmp_path: Path, key: str) -> None:
    path = tmp_path / "rows.parquet"
    done = run(pg_zoo, f"select 'x' as n, {POSTGRESQL[key]} as v", "-f", "parquet", "-o", str(path))
    assert (done.code, path.exists(), list(tmp_path.iterdir())) == (5, False, [])
    assert re.match(r"dbx: E-OUTPUT column 'v', row 1: .* does not fit ", done.err)
    table = _table(pg_zoo, f"select ({POSTGRESQL[key]})::text as v", "parquet", tmp_path)
    assert table["v"].to_pylist() == values(pg_zoo, f"select {POSTGRESQL[key]}")[0]


@pytest.mark.parametrize("scheme", ["mysql", "mysql+mysqldb"])
@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_typed_files_of_mariadb(maria_zoo: str, tmp_path: Path, name: str, scheme: str) -> None:
    if scheme != "mysql":
        pytest.importorskip("MySQLdb")
    url = maria_zoo.replace("mysql://", f"{scheme}://")
    names = [column for column in MARIADB if column not in UNFIT_MARIADB]
    query = f"select {', '.join(names)} from zoo"
    table = _table(url, query, name, tmp_path)
    schema = {field.name: field.type for field in table.schema}
    wanted_types = TYPES_MARIADB | ({"no_blob": pa.string()} if scheme != "mysql" else {})  # its cells decide
    assert {key: schema[key] for key in TYPES_MARIADB} == wanted_types
    assert table.schema.field("big_decimal").metadata[b"sql_type"] == b"decimal(65,30)"
    assert table.schema.field("huge").metadata[b"sql_type"] == b"bigint unsigned"
    typed = dict(zip(names, execute(maria_zoo, query)[0], strict=True))
    texts = dict(zip(names, values(maria_zoo, query)[0], strict=True))
    found = _python(table, ())
    wanted = {key: texts[key] if schema[key] == pa.string() and texts[key] is not None else typed[key] for key in names}
    assert {key: (value, wanted[key]) for key, value in found.items() if not _same(value, wanted[key])} == {}
    seen = _in_duckdb(table, name, tmp_path, {"big_decimal"})  # DuckDB has 38 digits
    assert {key: value for key, value in seen.items() if not _same(value, found[key])} == {}


@pytest.mark.parametrize("column", sorted(UNFIT_MARIADB))
def test_what_does_not_fit_on_mariadb(maria_zoo: str, tmp_path: Path, column: str) -> None:
    done = run(maria_zoo, f"select {column} as v from zoo", "-f", "arrow", "-o", str(tmp_path / "rows"))
    assert (done.code, list(tmp_path.iterdir())) == (5, [])
    assert re.match(r"dbx: E-OUTPUT column 'v', row 1: .* does not fit ", done.err)
    table = _table(maria_zoo, f"select cast({column} as char) as v from zoo", "arrow", tmp_path)
    assert table["v"].to_pylist() == values(maria_zoo, f"select {column} from zoo")[0]


def test_decimals_of_mariadb_that_no_table_has(maria_url: str, tmp_path: Path) -> None:
    """A result tells a decimal's length with its point and sign, from which its precision is taken."""
    expressions = [
        "1/3",
        "-99999.99",
        "cast('1.5' as decimal(5,2))",
        "sum(9999999999)",
        "avg(1.5)",
        "18446744073709551615 * 1.0",
        "1e0",
        "-1",
    ]
    columns = ", ".join(f"{text} as c{number}" for number, text in enumerate(expressions))
    execute(maria_url, "create table d (u decimal(5,2) unsigned, s decimal(5,2), i decimal(7,0), z decimal(4,4))")
    execute(maria_url, "insert into d values (999.99, -999.99, -9999999, -0.9999)")
    for query in (f"select {columns}", "select * from d"):
        table = _table(maria_url, query, "parquet", tmp_path)
        (row,) = execute(maria_url, query)
        assert [table[name][0].as_py() for name in table.column_names] == list(row)
    assert [str(kind) for kind in table.schema.types] == [
        "decimal128(5, 2)", "decimal128(5, 2)", "decimal128(7, 0)", "decimal128(4, 4)",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_typed_files_of_sqlite(sqlite_url: str, tmp_path: Path, name: str) -> None:
    existing(sqlite_url)
    zoo = {
        key: text
        for key, text in SQLITE.items()
        if key not in ("invalid UTF-8", "half a character", "lone surrogate", "too long")
    }
    zoo |= {f"real {number}": text for number, text in enumerate(REALS)} | {
        f"blob {number}": text for number, text in enumerate(BLOBS)
    }
    query = f"select {', '.join(f'{text} as {_quoted(key)}' for key, text in zoo.items())}"
    table = _table(sqlite_url, query, name, tmp_path)
    stored = dict(zip(zoo, sqlite3.connect(":memory:").execute(query).fetchone(), strict=True))
    found = _python(table, ())
    assert {key: (value, stored[key]) for key, value in found.items() if not _same(value, stored[key])} == {}
    seen = _in_duckdb(table, name, tmp_path, ())
    assert {key: (value, stored[key]) for key, value in seen.items() if not _same(value, stored[key])} == {}
    # 5000 rows without a value say nothing about the one behind them
    late = "with recursive n(i) as (select 1 union all select i + 1 from n where i <= 5000) select case i when 5001 then {} end as v from n"
    for value, kind in (("1", pa.int64()), ("0.5", pa.float64()), ("x'00'", pa.binary()), ("'x'", pa.string())):
        assert _table(sqlite_url, late.format(value), name, tmp_path).schema.types == [kind]
    done = run(sqlite_url, "select cast(x'ff' as text) as v", "-f", name, "-o", str(tmp_path / "bad"))
    assert (done.code, (tmp_path / "bad").exists()) == (5, False)
    assert r"column 'v', row 1: \xff is not valid UTF-8" in done.err


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_a_second_result_is_refused(name: str, tmp_path: Path) -> None:
    done = run(":memory:", "select 1 as a", "select 2 as a", "-f", name, "-o", str(tmp_path / "rows"))
    assert (done.code, list(tmp_path.iterdir())) == (6, [])


def test_without_pyarrow_nothing_is_connected_to(tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError")
    done = run("postgresql://127.0.0.1:1/none", "select 1", "-f", "parquet", PYTHONPATH=str(tmp_path))
    assert (done.code, done.out) == (2, b"")
    assert "pip install 'dbx-shell[arrow]'" in done.err


def test_several_tables_of_markdown_and_html() -> None:
    """Two tables of Markdown without a blank line between them would be one."""
    done = good(run(":memory:", "select 1 as a", "select 'x|y' as b", "-f", "markdown"))
    assert done.text == "| a |\n|--:|\n| 1 |\n\n| b |\n|---|\n| x\\|y |\n"
    assert good(run(":memory:", "select 1 as a", "select 2 as b", "-f", "html")).text.count("</table>\n<table>") == 1


def test_the_types_of_time_are_comparable() -> None:
    """The tests above compare what is printed; these print alike only when they are alike."""
    assert not _same(time(1), timedelta(hours=1))
    assert not _same(Decimal("1.0"), Decimal("1.00"))
    assert not _same(0.0, -0.0)
    assert not _same(1, 1.0)
