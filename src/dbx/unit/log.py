"""What a Session sends, statement by statement, and what for: a query, an attribute that was read, a flush."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import ORMExecuteState, Session

MANY = 3
"""Lazy loads of one attribute in one line that are taken for a pattern."""


_WRITES = ("INSERT ", "UPDATE ", "DELETE ")


class Sent(NamedTuple):
    """A statement as the driver got it. `parameters` is a list where it went out once for each of them."""

    text: str
    parameters: Any
    cause: str = ""


class Lazy(NamedTuple):
    """A relationship that was loaded because somebody looked at it: of which class, along which path from the rows
    that a query had loaded."""

    owner: str
    attribute: str


class Log:
    """The statements since `clear`, and how many there ever were."""

    def __init__(self, engine: Engine, session: Session) -> None:
        self.sent: list[Sent] = []
        self.lazy: Counter[Lazy] = Counter()
        self.count = 0
        self.cause = ""
        event.listen(engine, "before_cursor_execute", self._sending)
        event.listen(session, "do_orm_execute", self._asking)

    def clear(self) -> None:
        self.sent.clear()
        self.lazy.clear()

    def _asking(self, state: ORMExecuteState) -> None:
        self.cause = self._because(state)

    def _because(self, state: ORMExecuteState) -> str:
        path: Any = state.loader_strategy_path
        if state.is_relationship_load and path is not None and len(path) > 1:
            owner, attribute = path[-2].class_.__name__, path[-1].key
            if state.lazy_loaded_from is None:
                return f"{owner}.{attribute}, with the rows"
            self.lazy[Lazy(owner, attribute)] += 1
            return f"{owner}.{attribute} was read"
        return "read again" if state.is_column_load else ""

    def _sending(
        self, connection: Connection, cursor: Any, text: str, parameters: Any, context: Any, many: bool
    ) -> None:
        self.count += 1
        # a flush may read on its way
        self.sent.append(Sent(text, parameters, "flush" if text.startswith(_WRITES) else self.cause))

    def repeated(self) -> list[tuple[Lazy, int]]:
        """N+1: an attribute that was loaded for one object after another."""
        return [(lazy, count) for lazy, count in self.lazy.items() if count >= MANY]
