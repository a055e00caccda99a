"""What a Session has written that is not committed yet, and how a rollback gives it back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session, make_transient, make_transient_to_detached

Before = tuple[Any, dict[str, Any]]
"""A new object, and what its attributes were before its flush: the others came from that."""


class Written:
    """The objects that were inserted and deleted since the Session's first flush."""

    def __init__(self) -> None:
        self.inserted: list[Any] = []
        self.deleted: list[Any] = []
        self.changed: list[Any] = []
        self._had: dict[int, dict[str, Any]] = {}

    def __bool__(self) -> bool:
        return bool(self.inserted or self.deleted)

    def add(self, new: Iterable[Before], deleted: Iterable[Any], changed: Iterable[Any]) -> None:
        for instance, had in new:
            if inspect(instance).persistent:
                self.inserted.append(instance)
                self._had[id(instance)] = had
        self.deleted += deleted
        self.changed += changed

    def leave(self, other: Written) -> None:
        """Without those of another."""
        for mine, theirs in ((self.inserted, other.inserted), (self.deleted, other.deleted)):
            mine[:] = [each for each in mine if each not in theirs]
        for each in other.changed:
            if each in self.changed:
                self.changed.remove(each)

    def take(self, other: Written) -> None:
        """Those of another besides; it has none then."""
        self.inserted += other.inserted
        self.deleted += other.deleted
        self._had |= other._had
        other.clear()

    def clear(self) -> None:
        self.inserted.clear()
        self.deleted.clear()
        self.changed.clear()
        self._had.clear()

    def there(self, session: Session) -> set[int]:
        """Of all of them, by id(): those that have a row. Asks the server."""
        return {id(each) for each in (*self.inserted, *self.deleted) if _exists(session, each)}

    def give_back(self, session: Session, there: Collection[int] | None = None) -> list[str]:
        """Inserted objects that are not there leave the Session as if they had never been in it; deleted ones that
        are there come back. Without `there` all is as before the first flush. What happened, in words."""
        gone = [each for each in self.inserted if there is None or id(each) not in there]
        back = [each for each in self.deleted if (there is None or id(each) in there) and each not in gone]
        for each in gone:
            if each in session:
                session.expunge(each)
            make_transient(each)
            values, had = inspect(each).dict, self._had[id(each)]
            for name in values.keys() - had.keys():
                del values[name]
            for name in had.keys() - values.keys():  # it would be read again, from a row that is not there
                values[name] = had[name]
        for each in back:  # all of them before the first is added, which takes its neighbours along
            make_transient(each)
            make_transient_to_detached(each)
        session.add_all(back)
        self.inserted = [each for each in self.inserted if each not in gone]
        self.deleted = [each for each in self.deleted if each not in back and each not in gone]
        changed = {id(each) for each in self.changed if there is None and each not in gone}
        told = [
            (gone, "inserted, new again outside the Session"),
            (back, "deleted, there again"),
            (changed, "changed, as in the database again"),
        ]
        return [f"{count(len(objects), 'object')} {what}" for objects, what in told if objects]


def give_up(session: Any) -> list[str]:
    """Give up what was not flushed; what becomes of it, in words."""
    new, deleted = list(session.new), list(session.deleted)
    dirty = [each for each in session.dirty if session.is_modified(each)]
    for each in new:
        session.expunge(each)
    for each in deleted:
        session._deleted.pop(inspect(each), None)
    given = [(new, "new again, outside the Session"), (dirty, "as in the database"), (deleted, "not deleted")]
    return [f"{count(len(objects), 'object')} {what}" for objects, what in given if objects]


def _exists(session: Session, instance: Any) -> bool:
    state: Any = inspect(instance)
    mapper = state.mapper
    key = state.key[1] if state.key else mapper.primary_key_from_instance(instance)
    pairs = zip(mapper.primary_key, key, strict=True)
    statement = mapper.local_table.select().where(*(column == value for column, value in pairs))
    return session.connection().execute(statement).first() is not None


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
