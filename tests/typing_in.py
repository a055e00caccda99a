"""A shell without a terminal: each line is run as if it had been typed, and what it asks is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from run_dbx import existing

from dbx import config, target
from dbx.database import Database
from dbx.dialects.base import State
from dbx.errors import DbxError
from dbx.options import Output, Report
from dbx.screen import Screen
from dbx.settings import Profile
from dbx.shell.loop import Shell


class Typed:
    """`asked` are the questions so far; `answers` those to come, and "n" behind them. `told` is what was said."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.asked: list[str] = []
        self.answers: list[str | None] = []
        self.told: list[str] = []
        screen: Any = shell.screen
        screen.ask, screen.say, screen.error = self._answer, self.told.append, self._error
        screen.confirm = lambda changed: self._answer(f"{changed} changed") in ("y", "yes")

    def _answer(self, question: str) -> str | None:
        self.asked.append(question)
        return self.answers.pop(0) if self.answers else "n"

    def _error(self, error: DbxError) -> None:
        self.told.append(f"{error.code} {error.message} | {error.hint}")

    def __call__(self, *lines: str) -> str:
        """Type lines; what the last one ended with: '' or its error, with its hint."""
        said = ""
        for line in lines:
            said = ""
            try:
                self.shell._run(line)
            except DbxError as error:
                said = f"{error.message} | {error.hint}"
        return said

    @property
    def state(self) -> State:
        return self.shell.connection.state

    @property
    def prompt(self) -> str:
        return self.shell.steps.prompt


@contextmanager
def typing(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, production: bool = False) -> Iterator[Typed]:
    """A shell on a database, with the state and configuration of nobody."""
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("DBX_CONFIG", str(folder / "none.toml"))
    found = target.parse(existing(url), config.Config())
    database = Database(found._replace(profile=Profile(url=url, production=production)))
    try:
        yield Typed(Shell(database, Screen(Output(output="/dev/null"), Report())))
    finally:
        database.close()
