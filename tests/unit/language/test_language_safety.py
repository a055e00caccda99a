"""The evaluator's own source: nothing in it can run what a user wrote."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dbx import language
from dbx.language.evaluation import nodes
from dbx.language.evaluation.callables import FUNCTIONS, METHODS
from dbx.language.syntax import grammar
from dbx.language.values.kinds import Value

PACKAGE = Path(str(language.__file__)).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
FORBIDDEN = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "globals",
    "locals",
    "setattr",
    "delattr",
    "open",
    "print",
    "input",
}
MODULES_FORBIDDEN = {"importlib", "os", "sys", "subprocess", "pickle", "inspect", "builtins", "operator.attrgetter"}


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES])
def test_no_module_can_run_text(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN, f"{node.func.id} at {path.name}:{node.lineno}"
            if node.func.id in ("getattr", "hasattr"):
                name = node.args[1]
                assert isinstance(name, ast.Constant), f"{node.func.id} at {path.name}:{node.lineno}"
        if isinstance(node, (ast.Import, ast.ImportFrom)) and path != PACKAGE / "__init__.py":
            imported = {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
            assert not imported & MODULES_FORBIDDEN, f"{imported} at {path.name}:{node.lineno}"
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and path != PACKAGE / "__init__.py":
            inside = [each for each in ast.walk(node) if isinstance(each, (ast.Import, ast.ImportFrom))]
            assert not inside, f"an import inside {node.name} in {path.name}"


def test_only_the_lazy_package_imports_by_name() -> None:
    """Its names come from a table, not from a text."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "import_module"]
    assert [ast.unparse(call.args[0]) for call in calls] == ["_HOMES[name]"]


def python_nodes() -> set[str]:
    """The concrete node types of the Python that runs, without what it keeps for code older than 3.8."""
    old = {
        "Num",
        "Str",
        "Bytes",
        "NameConstant",
        "Ellipsis",
        "Index",
        "ExtSlice",
        "Suite",
        "AugLoad",
        "AugStore",
        "Param",
    }
    found: set[str] = set()
    pending: list[type[ast.AST]] = [ast.AST]
    while pending:
        for child in pending.pop().__subclasses__():
            pending.append(child)
            if child.__module__ in ("ast", "_ast") and not child.__subclasses__() and child.__name__ not in old:
                found.add(child.__name__)
    return found


def test_every_node_of_python_has_been_looked_at() -> None:
    """A new Python brings new syntax. It is refused, but somebody should decide that."""
    known = grammar.ALLOWED | set(grammar.REFUSED) | grammar.OTHERS
    assert python_nodes() - known == set()
    assert not grammar.ALLOWED & (set(grammar.REFUSED) | grammar.OTHERS)


def test_every_expression_allowed_has_a_meaning() -> None:
    expressions = {name for name in grammar.ALLOWED if issubclass(vars(ast).get(name, object), ast.expr)}
    parts = {"Slice", "FormattedValue"}
    assert {node.__name__ for node in nodes.NODES} == expressions - parts


def test_no_name_to_call_is_private() -> None:
    names = [*FUNCTIONS, *(name for methods in METHODS.values() for name in methods)]
    assert not [name for name in names if name.startswith("_")]


def test_values_are_not_callable() -> None:
    pending = [Value]
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        assert "__call__" not in vars(kind)


def test_modules_and_functions_are_small() -> None:
    for path in MODULES:
        text = path.read_text()
        assert text.count("\n") <= 350, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 40, f"{path.name}: {node.name}"
