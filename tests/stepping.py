"""A Transaction driven statement by statement, for tests of its steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from run_dbx import Done, execute, run

from dbx.connection import Connection
from dbx.rows import Statement
from dbx.sql.unit import Unit
from dbx.sql.words import words
from dbx.transaction.step import Step
from dbx.transaction.steps import Transaction

TABLE = "create table account (id int primary key, name varchar(60), balance int)"


def tx(url: str, folder: Path, script: str, *options: str) -> Done:
    """`dbx tx @ script.sql options` to its end."""
    (folder / "script.sql").write_text(script)
    return run(url, str(folder / "script.sql"), *options, command="tx")


def rows(url: str) -> list[tuple[object, ...]]:
    """The accounts, as another session sees them."""
    return [tuple(row) for row in execute(url, "select * from account order by id")]


def unit(connection: Connection, text: str) -> Unit:
    return Unit("sql", text, words(text, connection.syntax))


def step(transaction: Transaction, text: str, parameters: Any = None) -> Step:
    """Run a statement to its end; the step it was. Raises what the step raises."""
    drain(transaction.run(Statement(text, parameters), unit(transaction.connection, text)))
    return transaction.steps[-1]


def drain(outcomes: Any) -> list[str]:
    """Read everything; the notices that came along."""
    said = []
    for outcome in outcomes:
        for _ in outcome.rows or ():
            pass
        said += [notice.message for notice in outcome.notices]
    return said


def edit(transaction: Transaction, number: int, text: str) -> None:
    drain(transaction.edit(number, Statement(text), unit(transaction.connection, text)))
