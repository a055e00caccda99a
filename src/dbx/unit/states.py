"""What SQLAlchemy knows of each object, kept and put back: so that a flush that failed, or was only a plan, leaves
no trace.

A Session gives up all changes when a flush fails. Here they are still there, to be mended and flushed again. It reads
and writes what SQLAlchemy keeps of an object (`InstanceState`); tests pin the names.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session


class _Kept(NamedTuple):
    object: Any
    key: Any
    values: dict[str, Any]
    items: dict[str, Any]
    """What was in its collections: those are kept as they are, and change."""
    committed: dict[str, Any]
    expired: set[str]
    modified: bool
    is_expired: bool


class Snapshot:
    """The objects of a Session as they are now."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._new = sorted(session.new, key=lambda each: inspect(each).insert_order or 0)
        self._deleted = list(session.deleted)
        self._kept = [_keep(each) for each in (*session.identity_map.values(), *self._new)]

    def restore(self) -> None:
        session: Any = self._session
        for kept in self._kept:
            inspect(kept.object).key = kept.key
        # one that has left since may have been read again, as another object
        there = session.identity_map
        gone = [kept for kept in self._kept if kept.object not in session and kept.key not in there]
        session.add_all([kept.object for kept in gone])
        for kept in self._kept:
            state: Any = inspect(kept.object)
            state.dict.clear()
            state.dict.update(kept.values)
            state.committed_state.clear()
            state.committed_state.update(kept.committed)
            state.expired_attributes.clear()
            state.expired_attributes.update(kept.expired)
            state.expired = kept.is_expired
            for name, value in kept.values.items():
                if (adapter := getattr(value, "_sa_adapter", None)) is not None:
                    adapter.invalidated = False
                    _fill(adapter, kept.items[name])
            if kept.modified and not state.modified:
                state.modified = True
                if kept.key is not None:  # what is new is held elsewhere
                    session.identity_map._modified.add(state)
                    state._strong_obj = kept.object
            elif not kept.modified and state.modified:
                state.modified = False
                session.identity_map._modified.discard(state)
                state._strong_obj = None
        for number, each in enumerate(self._new, 1):
            inspect(each).insert_order = number
        for each in self._deleted:
            if each not in session.deleted:
                session._deleted[inspect(each)] = each


def _keep(instance: Any) -> _Kept:
    state: Any = inspect(instance)
    return _Kept(
        instance,
        state.key,
        dict(state.dict),
        {name: list(value._sa_adapter) for name, value in state.dict.items() if hasattr(value, "_sa_adapter")},
        dict(state.committed_state),
        set(state.expired_attributes),
        state.modified,
        state.expired,
    )


def _fill(adapter: Any, items: list[Any]) -> None:
    """Without an event: nothing has been added or removed."""
    if list(adapter) != items:
        for each in list(adapter):
            adapter.remove_without_event(each)
        for each in items:
            adapter.append_without_event(each)


def expire_clean(session: Session) -> None:
    """Every object is read again when it is next looked at; what was changed and not flushed stays changed, and the
    key is what it was found by."""
    for each in list(session.identity_map.values()):
        state: Any = inspect(each)
        keys = {state.mapper.get_property_by_column(column).key for column in state.mapper.primary_key}
        kept = keys | state.committed_state.keys()
        clean = [name for name in state.manager if name in state.dict and name not in kept]
        if each not in session.deleted and clean:
            session.expire(each, clean)


def ended(session: Any) -> None:
    """End what SQLAlchemy takes for a transaction; nothing is sent. Its commit would flush once more."""
    session._flushing = True
    try:
        session.commit()
    finally:
        session._flushing = False


class Strong:
    """Keeps every object of a Session alive: SQLAlchemy's identity map forgets those that nobody holds, and here the
    user looks at it."""

    def __init__(self, session: Session) -> None:
        self._held: dict[int, Any] = {}
        for name in (
            "loaded_as_persistent",
            "pending_to_persistent",
            "detached_to_persistent",
            "deleted_to_persistent",
        ):
            event.listen(session, name, lambda session, each: self._held.update({id(each): each}))
        for name in ("persistent_to_detached", "deleted_to_detached", "persistent_to_transient"):
            event.listen(session, name, lambda session, each: self._held.pop(id(each), None))
