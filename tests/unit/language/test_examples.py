"""Every function and method of the language has an example, and every example is one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.dialects import mysql, postgresql

from dbx import config, sample, target
from dbx.database import Database
from dbx.errors import LanguageError
from dbx.language import Names, examples, translate
from dbx.language.evaluation.callables import FUNCTIONS, METHODS
from dbx.schema.catalog import catalog

ALL = [*examples.FUNCTIONS.items(), *examples.METHODS.items()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = Path(tmp_path_factory.mktemp("examples")) / "shop.db"
    sample.create(path)
    database = Database(target.parse(str(path), config.load()))
    yield database
    database.close()


def test_nothing_is_without_an_example() -> None:
    methods = {name for group in METHODS.values() for name in group}
    assert set(FUNCTIONS) == set(examples.FUNCTIONS) | (set(examples.ALIKE) & set(FUNCTIONS))
    assert methods == set(examples.METHODS) | (set(examples.ALIKE) & methods)
    assert set(examples.ALIKE.values()) <= set(examples.FUNCTIONS) | set(examples.METHODS)


@pytest.mark.parametrize(("name", "text"), ALL, ids=[name for name, _ in ALL])
def test_an_example_uses_what_it_is_of(name: str, text: str) -> None:
    called = [node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert name in {getattr(each, "id", None) or getattr(each, "attr", None) for each in called}


def test_every_example_is_a_statement_on_some_server(demo: Database) -> None:
    names = Names(catalog(demo))
    dialects = [demo.engine.dialect, postgresql.dialect(), mysql.dialect()]
    wrong = {}
    for name, text in ALL:
        for dialect in dialects:
            try:
                assert list(translate(text, names, {"wanted": 1}, dialect=dialect))
                wrong.pop(name, None)
                break
            except LanguageError as error:
                wrong[name] = f"{text}: {error.message}"
    # what is told to be for another server, and what is done to objects of the Session, which are no statements
    assert wrong.keys() == {"try_cast", "all", "add", "append", "remove"}
