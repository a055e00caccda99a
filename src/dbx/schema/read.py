"""The one way into the readers: a database in, a sorted Schema out.

A reader of its own is a module (or package) with three functions. They get the DBAPI connection that the dialect's
`open` made, run on its worker thread, leave the transaction's state as they found it, and raise the driver's errors
for what makes reading on senseless; what cannot be read beside the rest goes into `Schema.missing`.

    read(connection, names, schemas) -> Schema
        Every object, unsorted. `names`: at least the objects of these names (bare, in any schema) with all that
        belongs to them, and no table beside them is read; () for all. `schemas`: only these; () for all that are not
        the server's own.
    fingerprint(connection) -> str
        Changes whenever `read` might answer otherwise, and costs next to nothing; '' where there is no such thing.
    estimates(connection, schemas) -> dict[Name, int]
        Rows by table, as the server's catalog has them; no table is scanned.
    system(connection, names) -> Schema
        What is the server's own; `names` as above.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Lock
from typing import Any, Protocol, TypeVar

from dbx.database import Database
from dbx.dialects.base import is_drivers
from dbx.errors import DbxError, UsageError
from dbx.rows import Statement
from dbx.schema.listing import merged, ordered
from dbx.schema.model import Schema
from dbx.schema.objects import Name
from dbx.schema.select import Wish, bare, fits, is_glob, select, unquoted

T = TypeVar("T")

READERS = {name: f"dbx.schema.readers.{name}.reader" for name in ("sqlite", "postgresql", "mysql")}
"""Readers by the name of a dbx dialect; every other database is read by `GENERIC`."""

GENERIC = "dbx.schema.readers.inspector"

NAMES = {name: f"dbx.schema.readers.{name}.names" for name in READERS}
"""The modules of names (see dbx.schema.catalog), by the name of a dbx dialect."""

_MANY = 20_000
"""Objects that are worth to be kept apart: garbage that is among them stays for ever."""

SYSTEM = frozenset(("information_schema", "pg_catalog", "mysql", "performance_schema", "sys"))
"""Schemas of the servers' own."""


class Reader(Protocol):
    def read(self, connection: Any, names: Sequence[str], schemas: Sequence[str]) -> Schema: ...
    def fingerprint(self, connection: Any) -> str: ...
    def estimates(self, connection: Any, schemas: Sequence[str]) -> Mapping[Name, int]: ...
    def system(self, connection: Any, names: Sequence[str]) -> Schema: ...


def schema(database: Database, names: Sequence[str] = (), schemas: Sequence[str] = ()) -> Schema:
    """What a database holds; `names` and `schemas` as above, what is missing in its `missing`.

    Raises the connection's errors: StatementFailed, ConnectionLost, TimedOut, Interrupted.
    """
    if database.dialect.name not in READERS:
        return ordered(import_module(GENERIC).read_all(database, names, schemas))
    with lasting():
        return ordered(_by_reader(database, lambda reader, connection: reader.read(connection, names, schemas)))


@contextmanager
def lasting() -> Iterator[None]:
    """A block that makes hundreds of thousands of objects, none of them garbage. To look for some again and again takes
    a third of the time, and in a shell stops the keys for a tenth of a second; so nobody does, now or later, and no
    other thread for this one, as long as any is in such a block."""
    with _counting:
        _within.append(gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _counting:
            if gc.get_count()[0] > _MANY:
                gc.freeze()
            enabled = _within[0]  # as it was before the first of those that are still in such a block
            _within.pop()
            if enabled and not _within:
                gc.enable()


_counting = Lock()
_within: list[bool] = []


def wanted(database: Database, wish: Wish) -> Schema:
    """What a wish selects, and of the rest as little is read as the wish allows. Raises UsageError as `select`, and for
    a schema that is not there.

    A name that is nothing's may be one of the server's own, where bare names find those.
    """
    schemas = _schemas(database, wish.schemas)
    wish = wish._replace(home=_home(database, wish.names))
    beside = () if schemas else _beside(database, wish.names)
    names = () if wish.near or any(map(is_glob, wish.names)) else bare(wish.names)
    place = NAMES.get(database.dialect.name)
    searched = place is not None and import_module(place).SEARCHED
    for system in dict.fromkeys((wish.hidden, wish.hidden or searched)) if names else ():
        with suppress(UsageError):  # with all the names there is more to say
            return select(_read(database, names, schemas, beside, system=system and not schemas), wish)
    return select(_read(database, (), schemas, beside, system=wish.hidden and not schemas), wish)


def _read(
    database: Database, names: Sequence[str], schemas: Sequence[str], beside: Sequence[str], *, system: bool
) -> Schema:
    """The schemas, those beside them, and the server's own."""
    found = [schema(database, names, schemas)]
    if beside:
        found.append(schema(database, names, beside))
    if system and database.dialect.name in READERS:
        found.append(_by_reader(database, lambda reader, connection: reader.system(connection, names)))
    return found[0] if len(found) == 1 else ordered(merged(found))


def _home(database: Database, patterns: Sequence[str]) -> str | None:
    """How the schema is called that is without a name in the model, where a pattern may say it."""
    module = _names_of(database, patterns)
    return on_worker(database, module.schemas)[0] if module and module.NAMELESS else None


def _beside(database: Database, patterns: Sequence[str]) -> Sequence[str]:
    """The schemas that patterns say and that are read only if they are asked for."""
    module = _names_of(database, patterns)
    if not module:
        return ()
    heads = {unquoted(pattern).partition(".")[0] for pattern in patterns}
    return [name for name in on_worker(database, module.unread) if name in heads]


def _names_of(database: Database, patterns: Sequence[str]) -> Any:
    """The module of names, if a pattern has a schema before it."""
    place = NAMES.get(database.dialect.name)
    return import_module(place) if place and any("." in pattern for pattern in patterns) else None


def _schemas(database: Database, patterns: Sequence[str]) -> Sequence[str]:
    """The schemas that patterns fit: the server's own only when one is named."""
    if database.dialect.name not in NAMES:
        return () if any(map(is_glob, patterns)) else patterns
    if not patterns:
        return ()
    module = import_module(NAMES[database.dialect.name])
    _, known = on_worker(database, module.schemas)
    found: dict[str, None] = {}
    for pattern in patterns:
        fitting = [name for name in known if fits(pattern, name) and (name == pattern or name not in SYSTEM)]
        if not fitting:
            raise UsageError(f"no schema '{pattern}'", hint=f"there are {', '.join(known)}" if len(known) < 20 else "")
        found.update(dict.fromkeys(fitting))
    return list(found)


def fingerprint(database: Database) -> str:
    """What changes with the schema, or '' where nothing cheap does."""
    if database.dialect.name not in READERS:
        return ""
    return _by_reader(database, lambda reader, connection: reader.fingerprint(connection))


def estimates(database: Database, schemas: Sequence[str] = ()) -> Mapping[Name, int]:
    """Rows by table where the catalog knows about how many."""
    if database.dialect.name not in READERS:
        return {}
    return _by_reader(database, lambda reader, connection: reader.estimates(connection, schemas))


def _by_reader(database: Database, work: Callable[[Reader, Any], T]) -> T:
    reader: Any = import_module(READERS[database.dialect.name])
    return on_worker(database, lambda raw: work(reader, raw))


def on_worker(database: Database, work: Callable[[Any], T]) -> T:
    """work(DBAPI connection), on the connection's worker; the driver's errors are told as the connection's."""

    def job(raw: Any) -> T:
        try:
            return work(raw)
        except DbxError:
            raise
        except Exception as error:
            if not is_drivers(error):
                raise
            raise database.dialect.fault(error, Statement("")) from error

    return database.connection.call(job)
