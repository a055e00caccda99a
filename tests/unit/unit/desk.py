"""A Session in this process, and the lines typed there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dbx import config, target
from dbx.database import Database
from dbx.language.translator import Translator
from dbx.sql.unit import Unit
from dbx.unit.orders import ordered
from dbx.unit.repository import Repository


class Desk:
    """A Session on the sample database, and the lines typed there."""

    def __init__(self, path: Path) -> None:
        self.database = Database(target.parse(str(path), config.Config()))
        self.translate = Translator(self.database, {})
        self.repository = Repository(self.database)
        self.translate.objects = lambda: self.repository

    def __call__(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of the last expression; `sent` and `told` are of this line."""
        self.repository.begin()
        rows: list[tuple[Any, ...]] = []
        for statement in self.translate(Unit("expression", text, ())):
            outcome = self.database.connection.run(statement)
            rows = [row for batch in outcome.rows or () for row in batch]
        return rows

    def order(self, name: str, rest: str = "") -> list[tuple[Any, ...]]:
        self.repository.begin()
        rows = ordered(self.repository, self.translate.session, name, rest)
        return [row for batch in rows or () for row in batch]

    @property
    def sent(self) -> list[str]:
        return [each.text.split()[0] for each in self.repository.work.log.sent]

    @property
    def told(self) -> str:
        return "\n".join(self.repository.told())
