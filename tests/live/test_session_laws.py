"""Statements and the ORM Session mixed on one connection, in and out of transactions, with DDL, errors and cancels.

A plain model says after each step what this connection and what another one must see, whether a transaction is open,
and what the Session's flushes are part of: nothing is committed or rolled back that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from itertools import count
from threading import Event, Thread
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from run_dbx import driver, existing, read
from watching import ENDLESS, Watch

from dbx import config, target
from dbx.database import Database
from dbx.dialects.base import State
from dbx.errors import DbxError, Interrupted, Refused
from dbx.rows import Statement
from dbx.schema import read as schema
from dbx.sql.unit import Unit
from dbx.transaction.guard import guarded
from dbx.unit import models
from dbx.unit.work import Work

TABLES = count()
START = {1: "a", 2: "b", 3: "c"}
Rows = dict[int, str]


class Model:
    """What should be there. `rows` are those of the open transaction, or None; `mark` those at the Session's savepoint,
    None where that has gone."""

    def __init__(self, commits_ddl: bool) -> None:
        self.commits_ddl = commits_ddl
        self.committed: Rows = dict(START)
        self.rows: Rows | None = None
        self.part = ""
        self.foreign = 0
        self.mark: Rows | None = None
        self.point: tuple[Rows, bool] | None = None
        """The user's savepoint, and whether the Session's stood before it."""
        self.pending: dict[int, tuple[str, str]] = {}
        self.added: set[int] = set()

    @property
    def seen(self) -> Rows:
        return self.committed if self.rows is None else self.rows

    def write(self, change: Callable[[Rows], Any]) -> None:
        change(self.seen)
        self.foreign += 1

    def end(self, *, keep: bool) -> None:
        if self.rows is not None:
            self.committed = self.rows if keep else self.committed
        self.rows = self.mark = self.point = None
        self.forget()
        self.part, self.added = "", set()

    def forget(self) -> None:
        """Objects that are not there any more have no changes."""
        for key in self.added - self.seen.keys():
            self.pending.pop(key, None)

    def flush(self) -> bool:
        """Whether it goes well."""
        if not self.pending:
            return True
        rows = dict(self.seen)
        for key, (what, value) in self.pending.items():
            if (what == "set" and key not in rows) or (what == "add" and key in rows):
                return False
            if what == "delete":
                rows.pop(key, None)
            else:
                rows[key] = value
        if self.rows is None:
            self.part, self.foreign = "own", 0
        elif not self.part:
            self.part, self.foreign, self.mark = "joined", 0, dict(self.rows)
        self.rows = rows
        self.added |= {key for key, (what, _) in self.pending.items() if what == "add"}
        self.pending.clear()
        return True


class Both:
    """A database and its model, taken through the same steps."""

    def __init__(self, database: Database, work: Work, item: Any, other: Any, watch: Watch | None) -> None:
        self.database, self.work, self.item, self.other, self.watch = database, work, item, other, watch
        self.model = Model(bool(database.dialect.transactions.permanent))
        self.fresh, self.number = 100, 0

    def raw(self, text: str, *words: str, fails: bool = False) -> None:
        try:
            for outcome in guarded(self.database.connection, Statement(text), Unit("sql", text, words)):
                for _ in outcome.rows or ():
                    pass
        except DbxError:
            assert fails, text
        else:
            assert not fails, text

    def next(self) -> str:
        self.number += 1
        return f"v{self.number}"

    def step(self, kind: int, a: int) -> None:
        names = ("insert", "update", "delete", "begin", "commit", "rollback", "savepoint", "back", "error", "ddl")
        names += (
            "set",
            "set",
            "add",
            "remove",
            "clash",
            "flush",
            "flush",
            "unit_commit",
            "unit_rollback",
            "look",
            "cancel",
        )
        getattr(self, names[kind % len(names)])(a)

    # --- the user's statements

    def insert(self, a: int) -> None:
        self.fresh, value = self.fresh + 1, self.next()
        self.raw(f"insert into item values ({self.fresh}, '{value}')", "INSERT")
        self.model.write(lambda rows: rows.update({self.fresh: value}))

    def update(self, a: int) -> None:
        key, value = a % 3 + 1, self.next()
        self.raw(f"update item set val = '{value}' where id = {key}", "UPDATE")
        self.model.write(lambda rows: rows.update({key: value}) if key in rows else None)

    def delete(self, a: int) -> None:
        self.raw(f"delete from item where id = {a % 3 + 1}", "DELETE")
        self.model.write(lambda rows: rows.pop(a % 3 + 1, None))

    def begin(self, a: int) -> None:
        if self.model.rows is None:
            self.raw("begin", "BEGIN")
            self.model.rows = dict(self.model.committed)

    def commit(self, a: int) -> None:
        if self.model.rows is not None:
            self.raw("commit", "COMMIT")
            self.model.end(keep=True)

    def rollback(self, a: int) -> None:
        if self.model.rows is not None:
            self.raw("rollback", "ROLLBACK")
            self.model.end(keep=False)

    def savepoint(self, a: int) -> None:
        if self.model.rows is not None and self.model.point is None:
            self.raw("savepoint mine", "SAVEPOINT")
            self.model.point = dict(self.model.rows), self.model.mark is not None

    def back(self, a: int) -> None:
        model = self.model
        if model.rows is not None and model.point is not None:
            self.raw("rollback to savepoint mine", "ROLLBACK", "TO")
            model.rows = dict(model.point[0])
            if not model.point[1]:
                model.mark = None
            model.forget()

    def error(self, a: int) -> None:
        self.raw("insert into item values (1, 'x'), (1, 'y')", "INSERT", fails=True)
        self.model.foreign += 1

    def ddl(self, a: int) -> None:
        self.raw(f"create table made{next(TABLES)} (x int)", "CREATE", "TABLE")
        if self.model.commits_ddl:
            self.model.end(keep=True)
        else:
            self.model.foreign += 1

    def cancel(self, a: int) -> None:
        name, started = self.database.dialect.name, Event()
        text = ENDLESS | {
            "sqlite": "with recursive n(x) as (select started() union all select x + 1 from n) select count(*) from n",
            "mysql": "select count(*) from information_schema.columns a, information_schema.columns b, "
            "information_schema.columns c, information_schema.columns d",
        }
        if name == "sqlite":
            self.database.connection.call(lambda raw: raw.create_function("started", 0, started.set))
        over, canceller = Event(), self.database.connection.canceller

        def cancel() -> None:
            """What is cancelled is the endless statement, and none of those around it."""
            while not (self.watch.running(text[name]) if self.watch else started.is_set()):
                if over.wait(0.02):
                    return
            run = canceller._run
            while run is not None and not over.is_set():  # MySQL forgets what comes while a statement begins
                canceller.cancel(run)
                over.wait(0.2)

        cancelling = Thread(target=cancel)
        cancelling.start()
        try:
            if a % 2:
                self.raw(text[name], "SELECT", fails=True)
                return
            with suppress(DbxError, Interrupted):
                self.work.run(lambda session: session.connection().exec_driver_sql(text[name]).all())
                raise AssertionError("it was not cancelled")
        finally:
            over.set()
            cancelling.join()

    # --- the Session

    def get(self, key: int) -> Any:
        return self.work.run(lambda session: session.get(self.item, key))

    def set(self, a: int) -> None:
        key, value = a % 3 + 1, self.next()
        found = self.get(key)
        if found is not None and self.model.pending.get(key, ("",))[0] != "delete":
            found.val = value
            self.model.pending[key] = ("set", value)

    def add(self, a: int) -> None:
        self.fresh, value = self.fresh + 1, self.next()
        made = self.item(id=self.fresh, val=value)
        self.work.run(lambda session: session.add(made))
        self.model.pending[self.fresh] = ("add", value)

    def clash(self, a: int) -> None:
        """A new object whose key is taken."""
        self.insert(a)
        key = self.fresh
        self.work.run(lambda session: session.add(self.item(id=key, val="clash")))
        self.model.pending[key] = ("add", "clash")

    def remove(self, a: int) -> None:
        key = a % 3 + 1
        found = self.get(key)
        if found is not None:
            self.work.run(lambda session: session.delete(found))
            self.model.pending[key] = ("delete", "")

    def flush(self, a: int) -> None:
        self._expect(self.model.flush(), self.work.flush)

    def unit_commit(self, a: int) -> None:
        good = self.model.flush()
        self._expect(good, self.work.commit)
        if good and self.model.part == "own":
            self.model.end(keep=True)
        elif good:
            self.model.part, self.model.mark, self.model.added = "", None, set()

    def unit_rollback(self, a: int) -> None:
        model = self.model
        if model.part and (model.foreign or (model.part == "joined" and model.mark is None)):
            self._expect(False, self.work.rollback, Refused)
            return
        self._expect(True, self.work.rollback)
        if model.part == "own":
            model.end(keep=False)
        elif model.part == "joined":
            model.rows, model.part, model.mark, model.added = dict(model.mark or {}), "", None, set()
            model.point = None if model.point and model.point[1] else model.point
        model.pending.clear()

    def look(self, a: int) -> None:
        found = self.get(a % 3 + 1)
        if found is not None:
            with suppress(DbxError):
                self.work.run(lambda session: found.val)

    def _expect(self, good: bool, do: Callable[[], Any], error: type[Exception] = DbxError) -> None:
        try:
            do()
        except error:
            assert not good
        else:
            assert good

    # ---

    def check(self) -> None:
        self.work.settle()
        model = self.model
        mine = dict(read(self.database.connection, "select id, val from item"))
        assert {int(key): value for key, value in mine.items()} == model.seen
        cursor = self.other.cursor()
        cursor.execute("select id, val from item")
        assert dict(cursor.fetchall()) == model.committed
        assert self.database.connection.state is (State.IDLE if model.rows is None else State.OPEN)
        assert self.work.part.kind == model.part


INSERT, BEGIN, COMMIT, ROLLBACK, SAVEPOINT, BACK, ERROR, DDL = ((kind, 0) for kind in (0, 3, 4, 5, 6, 7, 8, 9))
SET, ADD, REMOVE, CLASH, FLUSH, UNIT_COMMIT = ((kind, 0) for kind in (10, 12, 13, 14, 15, 17))
UNIT_ROLLBACK, LOOK, CANCEL = ((kind, 0) for kind in (18, 19, 20))
STEPS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), min_size=3, max_size=16)


def test_statements_and_the_session_agree_with_a_plain_model(any_url: str) -> None:
    database = Database(target.parse(existing(any_url), config.Config()))
    database.connection.run(Statement("create table item (id integer primary key, val varchar(20))"))
    dialect = database.engine.dialect
    made = models.made(schema.schema(database), database.dialect.name, dialect.default_schema_name)
    item = next(model for model in made.by_table.values() if model.table.name == "item").class_
    examples = 60 if database.dialect.name == "sqlite" else 25

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(STEPS)
    @example([SET, FLUSH, INSERT, UNIT_ROLLBACK])
    @example([BEGIN, SET, FLUSH, INSERT, UNIT_ROLLBACK, ROLLBACK])
    @example([BEGIN, INSERT, SET, FLUSH, UNIT_ROLLBACK, COMMIT])
    @example([BEGIN, SET, FLUSH, SET, CLASH, FLUSH, COMMIT])
    @example([SET, CLASH, FLUSH, UNIT_ROLLBACK])
    @example([SET, FLUSH, COMMIT, BEGIN, INSERT, UNIT_COMMIT, ROLLBACK])
    @example([ADD, FLUSH, ROLLBACK, FLUSH, LOOK])
    @example([BEGIN, SAVEPOINT, SET, FLUSH, BACK, UNIT_ROLLBACK, UNIT_COMMIT, COMMIT])
    @example([REMOVE, FLUSH, DDL, UNIT_ROLLBACK, LOOK])
    @example([BEGIN, ERROR, SET, FLUSH, ERROR, CANCEL, UNIT_COMMIT, COMMIT])
    def law(steps: list[tuple[int, int]]) -> None:
        cursor = other.cursor()
        cursor.execute("delete from item")
        cursor.execute("insert into item values (1, 'a'), (2, 'b'), (3, 'c')")
        both = Both(database, Work(database), item, other, watch)
        try:
            for kind, a in steps:
                both.step(kind, a)
                both.check()
        finally:
            if database.connection.state is not State.IDLE:
                database.connection.run(Statement("rollback"))
            both.work.close()

    watching = nullcontext() if database.dialect.name == "sqlite" else Watch(any_url)
    with closing(driver(any_url)) as other, watching as watch:
        law()
    database.close()
