"""dbx dialects: what it lists without importing is what the drivers say when they are imported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from dbx.commands import dialects
from dbx.dialects.generic import driver
from dbx.dialects.known import DBAPIS, KNOWN, OTHERS, install_command, says
from dbx.errors import UsageError


def lines(*names: str) -> dict[str, dict[str, Any]]:
    rows = dialects.run(list(names))
    titles = [column.name for column in rows.columns]
    found = [dict(zip(titles, row, strict=True)) for batch in rows for row in batch]
    return {str(line["scheme"]): line for line in found}


@pytest.mark.parametrize("module", DBAPIS)
def test_what_is_known_of_a_driver_is_what_it_says(module: str) -> None:
    said = driver(module) if module in KNOWN else __import__(module)
    assert says(said) == DBAPIS[module]


@pytest.mark.parametrize("scheme", ["sqlite", "postgresql", "mysql", "mysql+mysqldb", "duckdb"])
def test_a_dialect_that_is_loaded_says_what_was_listed(scheme: str) -> None:
    (loaded,) = lines(scheme).values()
    assert loaded == lines()[f"{scheme}://"]
    assert None not in list(loaded.values())[:8]


def test_every_known_database_has_a_line() -> None:
    found = lines()
    assert set(found) >= {f"{scheme}://" for scheme in [*KNOWN, *OTHERS, "sqlite", "postgresql", "mysql"]}
    for line in found.values():
        assert (line["to install"] is None) == (line["state"] != "missing")
        assert line["state"] == "missing" or line["paramstyle"]
    assert "'trino[sqlalchemy]>=0.340'" in found["trino://"]["to install"]
    assert "--no-deps 'sqlalchemy-cockroachdb" in found["cockroachdb://"]["to install"]


def test_the_list_imports_no_driver() -> None:
    code = (
        "import sys; from dbx.commands import dialects; n = len(list(dialects.run())[0]);"
        "print(n > 25, {'sqlalchemy', 'psycopg', 'pymysql', 'MySQLdb', 'duckdb', 'duckdb_sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "True set()"


class Broken:
    name, version = "broken-dialect", "1.0"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    point = EntryPoint("broken", "nowhere.at_all:Dialect", "sqlalchemy.dialects")
    vars(point)["dist"] = Broken()
    monkeypatch.setattr(dialects, "entry_points", lambda group: [point])
    yield


@pytest.mark.usefixtures("broken")
def test_a_dialect_that_does_not_load_says_why() -> None:
    assert lines()["broken://"]["state"] == "installed"
    assert lines("broken")["broken://"]["state"].startswith("does not load: ")


def test_a_name_that_is_none() -> None:
    with pytest.raises(UsageError) as caught:
        lines("postgrsql")
    assert caught.value.hint == "did you mean postgresql?"


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/home/a/.local/pipx/venvs/dbx", "pipx inject dbx-shell 'x>=1'"),
        ("/home/a/.local/share/uv/tools/dbx", "uv tool install dbx-shell --with 'x>=1'"),
        ("/usr", f"{sys.executable} -m pip install 'x>=1'"),
    ],
)
def test_the_command_fits_how_dbx_was_installed(monkeypatch: pytest.MonkeyPatch, prefix: str, command: str) -> None:
    monkeypatch.setattr(sys, "prefix", prefix)
    assert install_command("x>=1") == command
