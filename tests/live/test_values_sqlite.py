"""Values of SQLite as its own shell shows them."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path

import pytest
from run_dbx import cells, values

SQLITE = {
    "invalid UTF-8": "cast(x'ff41' as text)",
    "half a character": "cast(x'61e2' as text)",
    "lone surrogate": "cast(x'eda080' as text)",
    "too long": "cast(x'c080' as text)",
    "lowest": "-9223372036854775808",
    "highest": "9223372036854775807",
    "beyond": "cast(9223372036854775808 as text)",
    "empty": "''",
    "NULL": "null",
    "text": "'plain'",
    "control": "char(9, 10, 13, 8, 12, 11, 92, 7, 27)",
    "unicode": "char(128512, 20320, 101, 769, 65279, 8238)",
    "number in text": "'007'",
    "percent": "'100 % %s :b ?'",
    "json": """'{"a":1, "a":2}'""",
}
REALS = (
    "0.1",
    "1e308*10",
    "-1e308*10",
    "-0.0",
    "5e-324",
    "1.7976931348623157e308",
    "9.2e18",
    "9223372036854775808",
    "1.0",
    "1e15",
    "1/3.0",
)
BLOBS = ("x'ff41'", "x''", "x'00'", "zeroblob(3)")


def sqlite3_shell(database: str, query: str) -> list[str | None]:
    """The one row of a query as sqlite3 prints it."""
    argv = [
        "sqlite3",
        "-batch",
        "-list",
        "-separator",
        "\x1f",
        "-newline",
        "\x1e",
        "-nullvalue",
        "<null>",
        database,
        query,
    ]
    told = subprocess.run(argv, capture_output=True, check=True).stdout.decode("utf-8", "surrogateescape")
    return [None if cell == "<null>" else cell for cell in told.removesuffix("\x1e").split("\x1f")]


def test_sqlite() -> None:
    query = f"select {', '.join(SQLITE.values())}"
    (shown,) = values(":memory:", query)
    assert cells(SQLITE, shown) == cells(SQLITE, sqlite3_shell(":memory:", query))
    assert shown[0] == "\udcffA", "invalid bytes must leave as they were stored"


@pytest.mark.parametrize("every", [1, 777, 2000, 2001, 4999, 5000])
def test_sqlite_rows_around_invalid_text(every: int) -> None:
    """Python's strict decoding gives up within a batch: no row before, at or behind that place may be lost."""
    query = f"""with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
        select i, cast(case when i % {every} then x'6f6b' else x'61ff62' end as text) from n"""
    expected = [[str(i), "ok" if i % every else "a\udcffb"] for i in range(1, 5001)]
    assert values(":memory:", query) == expected


def test_sqlite_reals() -> None:
    """The sqlite3 shell cuts to 15 digits; its quote() does not. A real is shown so that it reads back."""
    (shown,) = values(":memory:", f"select {', '.join(REALS)}")
    exact = sqlite3.connect(":memory:").execute(f"select {', '.join(REALS)}").fetchone()
    quoted = sqlite3_shell(":memory:", f"select {', '.join(f'quote({real})' for real in REALS)}")
    assert [repr(float(cell or "")) for cell in shown] == [repr(real) for real in exact]
    assert [float(cell or "") for cell in shown] == [float((cell or "").replace("9.0e+999", "inf")) for cell in quoted]


def test_sqlite_blobs() -> None:
    (shown,) = values(":memory:", f"select {', '.join(BLOBS)}")
    quoted = sqlite3_shell(":memory:", f"select {', '.join(f'quote({blob})' for blob in BLOBS)}")
    assert [f"X'{(cell or '').removeprefix(chr(92) + 'x').upper()}'" for cell in shown] == quoted


def test_sqlite_nul_in_text() -> None:
    """The sqlite3 shell stops at the NUL; dbx does not."""
    assert values(":memory:", "select 'a' || char(0) || 'b', length(cast('a' || char(0) || 'b' as blob))") == [
        ["a\0b", "3"]
    ]


def test_sqlite_wrong_types_in_a_column(tmp_path: Path) -> None:
    database = str(tmp_path / "wrong.db")
    with sqlite3.connect(database) as connection:
        connection.execute("create table t (d date, n numeric, b boolean, j json, i integer)")
        connection.executemany(
            "insert into t values (?, ?, ?, ?, ?)",
            [("not a date", "1e400x", "t", "{", "x"), (20200101, "1.50", 2, 5, "12"), (None, b"\xff", True, None, 1.0)],
        )
    connection.close()
    query = "select d, n, b, j, i, typeof(n) from t where rowid = "
    shown = [values(database, f"{query}{row}")[0] for row in (1, 2)]
    assert shown == [sqlite3_shell(database, f"{query}{row}") for row in (1, 2)]
    assert values(database, f"{query}3") == [[None, r"\xff", "1", None, "1", "blob"]]
