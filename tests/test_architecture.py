"""The shape of the program: who imports whom, what a start loads, how large things are."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from run_dbx import environment, execute

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "dbx"
FILES = sorted(SOURCE.rglob("*.py"))

DRIVERS = {"psycopg", "pymysql"}
HEAVY = {"sqlalchemy", "rich", "prompt_toolkit", "pydantic", "pygments", "sqlglot"}

# os._exit ends the program, so the list is written in its place
WRAPPER = """
import os, sys
def leave(code, leave=os._exit):
    sys.stderr.write("\\n" + " ".join({part for name in sys.modules for part in (name.partition(".")[0], ".".join(name.split(".")[:2]))}))
    sys.stderr.flush()
    leave(code)
os._exit = leave
sys.argv[0] = "dbx"
from dbx.__main__ import main
main()
"""


def loaded(*arguments: str, url: str = "", code: int = 0) -> set[str]:
    """The top-level modules that a command has loaded when it ends, and the second level's."""
    argv = [sys.executable, "-c", WRAPPER, *arguments]
    done = subprocess.run(
        argv, env=environment(url), capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == code, done.stderr
    found = set(done.stderr.rpartition("\n")[2].split())
    assert {"dbx", "typer"} <= found
    return found


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("query", "--help"),
        ("--version",),
        ("dialects", "--help"),
        ("reflect", "--help"),
        ("explain", "--help"),
        ("pool", "--help"),
        ("copy", "--help"),
        ("dialects",),
        ("doctor",),
    ],
)
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert not loaded(*arguments) & (HEAVY | DRIVERS)


@pytest.mark.parametrize(
    "arguments", [("--nonsense",), ("query",), ("query", ":memory:"), ("query", "nosuch://x", "--format")]
)
def test_a_usage_error_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert not loaded(*arguments, code=2) & (HEAVY | DRIVERS)


def test_a_query_on_sqlite_loads_no_sqlalchemy() -> None:
    found = loaded("query", ":memory:", "select 1 as a; select 2 as b", "-f", "csv")
    assert "sqlite3" in found
    assert not found & (HEAVY | DRIVERS | {"dbx.schema", "dbx.plan", "dbx.shell"})


def test_a_query_on_postgresql_loads_its_driver_only(pg_url: str) -> None:
    found = loaded("query", "@", "select 1 as a; select 2 as b", url=pg_url)
    assert "psycopg" in found
    assert not found & (HEAVY | {"pymysql", "sqlite3"})


def test_a_query_on_mariadb_loads_its_driver_only(maria_url: str) -> None:
    found = loaded("query", "@", "select 1 as a; select 2 as b", url=maria_url)
    assert "pymysql" in found
    assert not found & (HEAVY | {"psycopg", "sqlite3"})


@pytest.mark.parametrize("form", ["tree", "ddl", "json", "jsonl", "csv", "summary"])
def test_a_schema_of_sqlite_loads_no_sqlalchemy(form: str) -> None:
    assert not loaded("reflect", ":memory:", "-f", form) & (HEAVY | DRIVERS)


def test_a_plan_of_sql_on_sqlite_loads_no_sqlalchemy() -> None:
    assert not loaded("explain", ":memory:", "select 1", "--analyze") & (HEAVY | DRIVERS)


def test_an_expression_loads_no_terminal(tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    execute(f"sqlite:///{database}", "create table t (id integer primary key, x int)")
    found = loaded("query", str(database), "[r.x for r in t]")
    assert "sqlalchemy" in found
    assert not found & ({"prompt_toolkit", "rich", "pydantic"} | DRIVERS)


def test_a_table_off_the_terminal_loads_no_terminal() -> None:
    assert "prompt_toolkit" not in loaded("query", ":memory:", "select 1 as a", "-f", "table")


def test_contracts_of_imports() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


# --- sizes and habits ------------------------------------------------------------------------------------------------


def nodes(kind: type | tuple[type, ...]) -> Iterator[tuple[Path, ast.AST]]:
    for file in FILES:
        yield from ((file, node) for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, kind))


def where(file: Path, node: ast.AST) -> str:
    return f"{file.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]


def test_no_file_is_too_long() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in FILES}
    assert len(lengths) > 50
    assert {name: length for name, length in lengths.items() if length > 350} == {}


def test_no_function_is_too_long() -> None:
    found = nodes((ast.FunctionDef, ast.AsyncFunctionDef))
    long = {where(file, node): node.end_lineno - node.lineno + 1 for file, node in found}  # type: ignore[attr-defined]
    assert len(long) > 400
    assert {name: length for name, length in long.items() if length > 40} == {}


def test_nothing_is_printed_past_the_screen() -> None:
    calls = [(file, node) for file, node in nodes(ast.Call) if file.name != "screen.py"]
    printed = [where(file, node) for file, node in calls if isinstance(node.func, ast.Name) and node.func.id == "print"]  # type: ignore[attr-defined]
    assert printed == []


def test_imports_inside_functions_are_few() -> None:
    """Laziness lives in tables; the one exception brings SQLAlchemy with the first Engine."""
    functions = nodes((ast.FunctionDef, ast.AsyncFunctionDef))
    inner = {
        where(file, node)
        for file, function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {place.rpartition(":")[0] for place in inner} <= {"src/dbx/database.py"}, inner


def test_every_module_says_what_it_is() -> None:
    missing = [
        str(file) for file in FILES if file.read_text().strip() and not ast.get_docstring(ast.parse(file.read_text()))
    ]
    assert missing == []


def test_nothing_of_the_program_depends_on_the_folder(tmp_path: Path) -> None:
    """A stray module in the current folder is not imported."""
    (tmp_path / "typer.py").write_text("raise SystemExit('shadowed')")
    dbx = str(Path(sys.executable).with_name("dbx"))
    done = subprocess.run([dbx, "--version"], cwd=tmp_path, capture_output=True, text=True, env=os.environ, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_test_files_have_names_of_their_own() -> None:
    """tests/ is no package: of two files with one name pytest would find the first."""
    names = [path.name for path in Path(__file__).parent.rglob("test_*.py")]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


# --- capabilities, not names ------------------------------------------------------------------------------------------

DIALECTS = {"sqlite", "postgresql", "mysql", "mariadb"}

NAMED = {
    "commands/copy.py": 1,
    "copying/move.py": 1,
    "doctor/connecting.py": 1,
    "language/core/functions.py": 1,
    "language/operators/documents.py": 2,
    "language/reports/display.py": 1,
    "language/reports/remarks.py": 1,
    "language/server/json.py": 1,
    "language/server/time.py": 3,
    "language/values/types.py": 6,
    "schema/advice.py": 1,
    "schema/cache.py": 1,
    "schema/diff/changes.py": 2,
    "schema/diff/cross.py": 2,
    "schema/readers/inspector.py": 3,
    "schema/scratch.py": 1,
    "schema/sources.py": 1,
    "schema/translate/definition.py": 1,
    "schema/types/compared.py": 2,
    "schema/types/families.py": 3,
    "schema/types/vocabulary.py": 4,
    "schema/types/written.py": 1,
    "schema/verify.py": 1,
    "schema/writers/python/losses.py": 1,
    "schema/writers/python/types.py": 5,
    "sql/client.py": 1,
    "sql/modes.py": 1,
    "target.py": 1,
    "transaction/watch.py": 1,
    "unit/types.py": 2,
}
"""How often a module still asks which dialect it is. Nothing is added here: what differs is data or a method of the
dialect, or of the table or module that knows it; and what has been mended is taken off."""


def is_name(node: ast.AST) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return bool(node.elts) and all(map(is_name, node.elts))
    return isinstance(node, ast.Constant) and node.value in DIALECTS


def asks_for_a_name(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return any(map(is_name, [node.left, *node.comparators]))
    return isinstance(node, ast.MatchValue) and is_name(node.value)


def test_no_dialect_is_asked_for_by_name_outside_its_own_modules() -> None:
    found: Counter[str] = Counter()
    for file, node in nodes((ast.Compare, ast.MatchValue)):
        place = file.relative_to(SOURCE)
        if place.parts[0] != "dialects" and not any(name in part for part in place.parts for name in DIALECTS):
            found[str(place)] += asks_for_a_name(node)
    assert {place: count for place, count in found.items() if count > NAMED.get(place, 0)} == {}
    assert {place: count for place, count in NAMED.items() if found[place] < count} == {}, "take it off the list"


def test_a_name_that_is_asked_for_is_found() -> None:
    for text in ("x == 'sqlite'", "'mysql' != x", "x in ('mysql', 'mariadb')", "x not in {'sqlite'}"):
        assert asks_for_a_name(ast.parse(text, mode="eval").body)
    for text in ("x == 'psql'", "x['sqlite']", "x in ('mysql', y)", "x in ()"):
        assert not asks_for_a_name(ast.parse(text, mode="eval").body)
