"""The schema, read while the user types: over the shell's one connection, and only while nobody else needs it; all of
a large one by a process of its own, where there may be one.

What an earlier session kept is there at once. Then, in the pauses, the server is asked for its names, for the tables
that somebody wants to know (`Known.wanted`), and whether the rest is still true; what is not is read again and kept.
Whatever is being read when the user presses Enter is given up: the statement does not wait for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from re import compile as pattern
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

from dbx import interrupt
from dbx.database import Database
from dbx.dialects.base import State
from dbx.errors import Interrupted, StatementFailed
from dbx.schema import cache, read
from dbx.schema.apart import Apart
from dbx.schema.catalog import Catalog, catalog
from dbx.schema.kept import kept, lines
from dbx.schema.known import Known
from dbx.schema.listing import without_texts
from dbx.schema.model import Schema
from dbx.schema.referenced import query
from dbx.shell.completion.quoting import quoted

PAUSE = 0.2
"""Seconds for which nothing has to be run before anything long is begun."""
STALE = 30
"""Seconds after which others may have changed the schema."""
_PATIENCE = 0.05
_AGAIN = 1.0
"""Seconds after which it is looked again whether a result that was cut short is still kept open."""

_SWITCH = 0.0001
"""Seconds after which a thread that reads, imports or previews gives way to the one that answers the keys: each key
needs that a dozen times."""

_LARGE = 500
"""Tables from which they are read by a process of its own: before, that is a login more and nothing gained."""

_WORD = pattern(r"\w+")


_Later = Callable[[], None] | None
"""What is left to be done of a job without the connection."""


class Background:
    """`idle()` lends it the connection. One thread reads; nothing that fails there is told: what is not known is not
    completed, and the user's own statements say what is wrong."""

    def __init__(self, database: Database, known: Known) -> None:
        self._database = database
        self._known = known
        self._turn = Lock()
        self._turn.acquire()  # the shell's, until it is idle
        self._idle = Event()
        self._work = Event()
        self._hurry = Event()
        self._mark = ""
        self._catalog: Catalog = known
        self._names_due = self._check_due = True
        self._checked = 0.0
        self._altered = self._held = self._lent = False
        self._ended = False
        self._apart = Apart(database, self._has_ended)
        self.settled = Event()
        """For the first time there is nothing more to read, or it failed."""
        known.asked = self._work.set

    def start(self) -> None:
        sys.setswitchinterval(_SWITCH)
        Thread(target=self._loop, name="dbx schema", daemon=True).start()

    @contextmanager
    def idle(self) -> Iterator[None]:
        """A block in which the shell only waits for its user. Behind it the connection is the shell's again, unless the
        user has only thrown away what was typed: then it stays lent, up to the next of these blocks."""
        if monotonic() - self._checked > STALE:
            self._check_due = True
        self._known.referenced.age()
        self._hurry.clear()
        if not self._lent:
            self._lent = True
            self._turn.release()
        self._idle.set()
        self._work.set()
        try:
            yield
        except KeyboardInterrupt as stop:
            if isinstance(stop, Interrupted):  # a signal: it is to leave
                self._take_back()
            raise
        except BaseException:
            self._take_back()
            raise
        else:
            self._take_back()

    def end(self) -> None:
        """The database is left: the thread ends, and what it knows can go."""
        self._ended = True
        self._known.asked = lambda: None
        self._apart.end()
        self._idle.set()
        self._work.set()

    def changed(self, text: str = "") -> None:
        """A statement may have changed the schema: the tables that it mentions are read again, and so is the rest."""
        self._known.forget(*_WORD.findall(text))
        self._names_due = self._check_due = self._altered = True

    def _take_back(self) -> None:
        """The connection is the shell's again. A signal cuts off what does not give way."""
        self._idle.clear()
        self._hurry.set()
        canceller = self._database.connection.canceller
        if not self._turn.acquire(blocking=False):
            canceller.clear()
            with interrupt.forwarded(canceller.on_signal):
                while not self._turn.acquire(timeout=_PATIENCE):
                    canceller.give_way()
            if canceller.signals:
                self._lent = False
                raise Interrupted(canceller.signals[0])
        self._lent = False
        if self._apart.end():  # for its locks
            self._check_due = True

    # --- on the thread ------------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        self._recall()
        while True:
            self._work.wait(_AGAIN if self._held else None)
            self._work.clear()
            self._idle.wait()
            if self._ended:
                return
            while self._idle.is_set() and (job := self._next()):
                with self._turn, read.lasting():
                    later = self._try(job) if self._idle.is_set() else None
                if later is not None:  # the connection is not needed for it
                    with read.lasting():
                        self._try(later)
            if not self._hurry.is_set() and not self._apart.reads:
                self.settled.set()

    def _recall(self) -> None:
        """What was kept by an earlier session. The connection is not needed for that."""
        with read.lasting():
            found = cache.held(self._database)
        if found and not self._known.whole:
            self._mark = found[0]
            self._known.learn_kept(found[1])

    def _next(self) -> Callable[[], _Later] | None:
        """What is to be read next, the short and urgent first."""
        connection = self._database.connection
        self._held = connection.holding
        within = connection.state is State.OPEN and self._altered
        if not (connection.state is State.IDLE or within) or self._held:
            return None
        if self._names_due:
            return self._read_names
        if self._known.wanted:
            return self._read_wanted
        if self._known.referenced.wanted and not within:
            return self._read_referenced
        if self._check_due and not within and not self._hurry.wait(PAUSE):
            return self._check
        return None

    def _try(self, job: Callable[[], _Later]) -> _Later:
        try:
            return job()
        except (Exception, Interrupted):
            # A connection that is lost is the user's to find out: a statement written for the session that was there
            # must not go to a new one.
            if not self._hurry.is_set():  # it fails by itself, and would again
                self._names_due = self._check_due = False
                self._known.wanted.clear()
            return None

    def _read_names(self) -> None:
        self._catalog = catalog(self._database)
        self._known.learn_schemas(*self._catalog.schemas())
        places = self._places(None)
        self._known.learn_names(None, places)
        self._names_due = False

    def _read_wanted(self) -> None:
        name, schema = next(iter(self._known.wanted))
        found = self._catalog
        if name is not None:
            self._known.learn(name, schema, found.table(name, schema))
            return
        self._known.learn_names(schema, self._places(schema))
        self._known.learn_references(schema, found.references(schema))
        self._known.wanted.pop((name, schema), None)

    def _read_referenced(self) -> None:
        """Rows are the user's, not the catalog's: an open transaction would see them, and be seen to."""
        goal = next(iter(self._known.referenced.wanted))
        del self._known.referenced.wanted[goal]  # whatever comes of it, only a further key asks again
        dialect = self._database.dialect
        rows: Sequence[Any] = ()
        if dialect.name in read.READERS:
            text = query(goal, lambda name: quoted(name, dialect))
            with suppress(StatementFailed):
                rows = read.on_worker(self._database, lambda connection: _rows(connection, text))
        if self._database.connection.state is State.OPEN:  # autocommit is off
            self._database.connection.call(lambda connection: connection.rollback())
        self._known.referenced.learn(goal, rows)
        self._known.learnt()

    def _places(self, schema: str | None) -> Mapping[str, str | None]:
        """The names of a schema, or those that bare words mean, and the schema that each is in."""
        dialect = self._database.dialect.name
        if dialect not in read.NAMES:
            return dict.fromkeys(catalog(self._database).tables(schema), schema)
        names = import_module(read.NAMES[dialect])
        found: Mapping[str, str | None] = read.on_worker(
            self._database, lambda connection: names.names(connection, schema)
        )
        return found

    def _check(self) -> _Later:
        """Read everything again, unless it is what is known."""
        mark = read.fingerprint(self._database)
        brought, self._apart.found = self._apart.found, None
        later: _Later = None
        begun = False
        if not mark or mark != self._mark or not self._known.whole:
            if brought and brought.mark == mark:
                later = partial(self._keep, mark, brought.lines)
            elif not (begun := not brought and self._begin_apart(mark)):
                later = partial(self._keep_own, mark, read.schema(self._database))
        self._check_due = self._check_due and begun
        self._names_due = later is not None  # some have names that no other session sees
        self._altered = False
        self._checked = monotonic()
        return later

    def _begin_apart(self, mark: str) -> bool:
        """Have many tables read by a process of its own: when that has ended, the next check takes what it has found,
        if that is still true."""
        if not (mark and self._apart.can_read and self._known.size >= _LARGE):
            return False
        self._check_due = False
        return self._apart.start()

    def _has_ended(self) -> None:
        self._check_due = True
        self._work.set()

    def _keep(self, mark: str, brought: Sequence[bytes]) -> None:
        found = kept(brought)
        self._known.learn_kept(found)
        self._mark = mark if not found.rest.missing else ""

    def _keep_own(self, mark: str, found: Schema) -> None:
        plain = without_texts(found)
        self._known.learn_all(plain)
        self._mark = mark if not found.missing else ""
        if self._mark:
            cache.store(cache.place(self._database), mark, lines(plain))


def _rows(connection: Any, text: str) -> Sequence[Any]:
    cursor = connection.cursor()
    cursor.execute(text)
    return cursor.fetchall()  # type: ignore[no-any-return]
