"""The shell's ORM Session: opened with the first object, and told of after each line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbx import unit
from dbx.rows import Rows
from dbx.unit.script import CHANGES

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


class ObjectSession:
    """`models` names the user's own classes."""

    def __init__(self, shell: Shell, models: str = "") -> None:
        self._shell = shell
        self._models = models
        self._repository: Any = None
        self.attach()

    def attach(self) -> None:
        """The shell has a new connection, or a new translator: objects of before belong to no Session."""
        if self._repository is not None and self._repository.opened:
            self._repository.work.close()
            self._shell.screen.say("the Session's objects are detached: \\session merge NAME takes one in again")
        self._repository = None
        self._shell.translate.objects = self.repository

    def introduce(self) -> None:
        """What is wrong with models that were named on the command line is told before anything is typed."""
        if self._models:
            with self.telling():
                self.repository().begin()
                self.repository().models  # noqa: B018  (made here)

    def repository(self) -> Any:
        if self._repository is None:
            self._repository = unit.Repository(self._shell.database, self._models)
            self._repository.steps = lambda: self._shell.steps.for_flush()
            if self._shell.database.target.profile.production:
                self._repository.confirm = self._shell.screen.confirm
        return self._repository

    @property
    def unflushed(self) -> bool:
        return self._repository is not None and self._repository.opened and self._repository.work.pending

    def changed(self, words: tuple[str, ...]) -> None:
        """A statement has run after which tables may be others."""
        if self._repository is not None and words[:1] and words[0] in CHANGES:
            self._repository.stale = True

    def order(self, name: str, rest: str) -> Rows | None:
        with self.telling():
            rows: Rows | None = unit.ordered(self.repository(), self._shell.translate.session, name, rest)
            if rows is not None:
                self._shell.screen.show(rows)
            return None

    @contextmanager
    def telling(self) -> Iterator[None]:
        """A line, behind which is told what the Session has sent for it."""
        if self._repository is not None:
            self._repository.begin()
        try:
            yield
        finally:
            for line in self._repository.told() if self._repository is not None else ():
                self._shell.screen.say(line)
