"""Objects of an ORM Session as values: what the language may ask of them, and how it is asked.

The Session is `evaluator.objects`, where there is one: nothing here touches an object itself, and what a name means
is looked up by the Session in what its classes map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Literal, Record, Value
from dbx.language.values.kinds import Sequence as SequenceValue
from dbx.language.values.types import family_of_value

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from dbx.language.evaluation.evaluator import Evaluator
    from dbx.language.names.tables import Entry
    from dbx.rows import Rows

STRATEGIES = ("joinedload", "selectinload", "subqueryload", "lazyload", "raiseload")
"""SQLAlchemy's ways to load a relationship, by its own names for them."""


@dataclass(slots=True, eq=False)
class Instance(Value):
    """An object. Nobody but its Session looks into `held`."""

    kind: ClassVar[str] = "object"
    held: Any


@dataclass(slots=True, eq=False)
class Held(Literal):
    """A value that was read already: it is shown as it is. `key` is the relationship that a foreign key is, too."""

    owner: Any = None
    key: str = ""


@dataclass(slots=True, eq=False)
class Objects(SequenceValue):
    """A list that was read already, of objects or of values; of an object's relationship where it has an `owner`, of a
    table's rows where it has an `entry`."""

    kind: ClassVar[str] = "objects"
    owner: Any = None
    name: str = ""
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which objects: a condition and an order over the `columns` of `entry`, or a query for their keys."""

    where: ColumnElement[bool] | None = None
    keys: Any = None
    order: tuple[Any, ...] = ()
    limit: int | None = None
    strategies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[Any, str] = field(default_factory=dict)


class Repository(Protocol):
    """What a Session does for the language. Raises Unfit for what it has not, DbxError for what went wrong."""

    def key_families(self, entry: Entry, /) -> Sequence[str]: ...
    def get(self, entry: Entry, key: Sequence[Any], /) -> Any | None: ...
    def all(self, entry: Entry, wanted: Wanted, /) -> list[Any]: ...
    def add(self, entry: Entry, values: Mapping[str, Any], /) -> Any: ...
    def put(self, held: Any, /) -> None: ...
    def remove(self, held: Any, /) -> None: ...
    def read(self, held: Any, name: str, /) -> Value: ...
    def family(self, held: Any, name: str, /) -> str: ...
    def write(self, held: Any, name: str, value: Any, /) -> None: ...
    def append(self, held: Any, name: str, other: Any, /) -> None: ...
    def take(self, held: Any, name: str, other: Any, /) -> None: ...
    def key(self, held: Any, /) -> tuple[Any, ...]: ...
    def label(self, held: Any, /) -> str: ...
    def shown(self, items: Sequence[Any], of: Objects | None = None, /) -> Rows: ...
    def asked(self, statement: Any, /) -> None: ...
    def table(self, class_: str, /) -> tuple[str, str | None] | None: ...


def repository(evaluator: Evaluator) -> Repository:
    if evaluator.objects is None:
        raise Unfit("E-CALL", "objects need a Session, and here is none", "dbx session TARGET, or the shell")
    return evaluator.objects


# --- values ----------------------------------------------------------------------------------------------------------


def held(value: Any, owner: Any = None, key: str = "") -> Held:
    """A value as it was read: it may be of any type and size, as what the server sent."""
    return Held(value, family_of_value(value), "", owner, key)


def key_of(evaluator: Evaluator, value: Instance) -> Value:
    """What stands for an object in a query: its primary key."""
    parts = repository(evaluator).key(value.held)
    if not parts or any(part is None for part in parts):
        raise Unfit("E-TYPE", "an object that is not in the database yet has no key", "\\flush")
    values = tuple(held(part) for part in parts)
    return values[0] if len(values) == 1 else Record(values)


def same(left: Value, right: Value, sign: str) -> Held:
    """Identity: one row is one object."""
    alike = isinstance(left, Instance) and isinstance(right, Instance) and left.held is right.held
    return held(alike == (sign in ("is", "==")))


def is_held(value: Value) -> bool:
    """Whether a value is here already, so that showing it asks no server."""
    if isinstance(value, Record):
        return any(isinstance(each, (Instance, Held, Objects)) for each in value.items) and all(
            isinstance(each, Literal) or is_held(each) for each in value.items
        )
    return isinstance(value, (Instance, Held, Objects))


def shown(evaluator: Evaluator, value: Value) -> Rows:
    if isinstance(value, Objects):
        return repository(evaluator).shown([_plain(item) for item in value.items], value)
    return repository(evaluator).shown([_plain(value)])


def _plain(value: Value) -> Any:
    """What the Session knows how to show: objects, values, and tuples of them."""
    if isinstance(value, Record):
        names = value.names or ("",) * len(value.items)
        return tuple((name, _plain(each)) for name, each in zip(names, value.items, strict=True))
    if isinstance(value, Objects):
        return [_plain(each) for each in value.items]
    return value.held if isinstance(value, Instance) else value.value if isinstance(value, Literal) else value


# --- attributes ------------------------------------------------------------------------------------------------------


def attribute(evaluator: Evaluator, value: Instance, name: str) -> Value:
    return repository(evaluator).read(value.held, name)


def followed(evaluator: Evaluator, value: Held, name: str) -> Value:
    """e.reports_to.name: a column that is a foreign key leads to its object."""
    target = repository(evaluator).read(value.owner, value.key)
    if isinstance(target, Instance):
        return attribute(evaluator, target, name)
    return held(None)
