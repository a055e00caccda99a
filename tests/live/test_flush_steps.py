"""A flush as a step of the shell's transaction: undone, run again and given back, between statements of the user's.

A plain model says after each step which rows are there, for this connection and for another one, what the Session has
still to write, and how many steps stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from run_dbx import driver, execute, existing, read, run
from sqlalchemy import inspect

from dbx import config, target
from dbx.database import Database
from dbx.dialects.base import State
from dbx.errors import DbxError, Refused
from dbx.options import Output, Report
from dbx.rows import Statement
from dbx.screen import Screen
from dbx.shell.loop import Shell
from dbx.transaction.step import Fate

START = {1: "a", 2: "b", 3: "c"}
Rows = dict[int, str]
Pending = dict[int, tuple[str, str]]


class Done(NamedTuple):
    """A step of the model: what was there before it; `text` is the user's statement, '' for a flush."""

    text: str
    rows: Rows
    pending: Pending
    objects: set[int]


class Both:
    """A shell and its model."""

    def __init__(self, shell: Shell, other: Any) -> None:
        self.shell, self.other = shell, other
        self.repository = shell.session.repository()
        self.work = self.repository.work
        self.item = self.repository.models.find("item", None).class_
        self.committed: Rows = dict(START)
        self.rows: Rows | None = None
        self.pending: Pending = {}
        self.steps: list[Done] = []
        self.undone: list[str] = []
        self.own = False
        self.objects = set(START)
        self.fresh, self.number = 100, 0
        self.work.run(lambda session: session.query(self.item).all())

    def type(self, text: str, *, good: bool = True) -> None:
        try:
            self.shell._run(text)
        except DbxError as error:
            assert not good, (text, error)
        else:
            assert good, text

    @property
    def seen(self) -> Rows:
        return self.committed if self.rows is None else self.rows

    def value(self) -> str:
        self.number += 1
        return f"v{self.number}"

    # --- steps

    def begin(self, a: int) -> None:
        if self.rows is None:
            self.type("begin;")
            self.rows = dict(self.committed)

    def raw(self, a: int) -> None:
        self.fresh += a == 0
        text = [f"insert into item values ({self.fresh}, '{self.value()}');", f"delete from item where id = {a % 3 + 1};",
                f"update item set val = '{self.value()}' where id = {a % 3 + 1};"][min(a, 2)]  # fmt: skip
        self.shell.settings["ask"] = False
        self.type(text)
        self.did(text)

    def did(self, text: str) -> None:
        before = self.seen
        after = written(text, before)
        if self.rows is None:
            self.committed = after
            return
        self.steps.append(Done(text, before, dict(self.pending), set(self.objects)))
        self.undone.clear()
        self.rows = after

    def set(self, a: int) -> None:
        key, value = a % 3 + 1, self.value()
        found = self.work.run(lambda session: session.get(self.item, key))
        if found is not None and self.pending.get(key, ("",))[0] != "delete":
            found.val = value
            self.pending[key] = ("set", value)
            self.objects.add(key)

    def add(self, a: int) -> None:
        self.fresh, value = self.fresh + 1, self.value()
        self.work.run(lambda session: session.add(self.item(id=self.fresh, val=value)))
        self.pending[self.fresh] = ("add", value)

    def remove(self, a: int) -> None:
        found = self.work.run(lambda session: session.get(self.item, a % 3 + 1))
        if found is not None:
            self.work.run(lambda session: session.delete(found))
            self.pending[a % 3 + 1] = ("delete", "")

    def flushed(self) -> Rows | None:
        """The rows behind a flush, None where it fails."""
        rows = dict(self.seen)
        for key, (what, value) in self.pending.items():
            if (what == "set" and key not in rows) or (what == "add" and key in rows):
                return None
            if what == "delete":
                rows.pop(key, None)
            else:
                rows[key] = value
        return rows

    def flush(self, a: int) -> None:
        if not self.pending:
            self.type("\\flush")
            return
        after = self.flushed()
        self.type("\\flush", good=after is not None)
        self.undone.clear()
        if after is not None:
            self.own = self.own or self.rows is None
            self.keep(after)

    def keep(self, after: Rows) -> None:
        self.steps.append(Done("", dict(self.seen), dict(self.pending), self.objects | set(self.pending)))
        self.objects |= set(self.pending)
        self.rows, self.pending = after, {}

    def undo(self, a: int) -> None:
        count = a % 2 + 1
        self.type(f"\\undo {count}", good=0 < count <= len(self.steps))
        if 0 < count <= len(self.steps):
            self.back(count)

    def back(self, count: int) -> None:
        for _ in range(count):
            step = self.steps.pop()
            self.rows = step.rows
            self.undone.append(step.text)
            if not step.text:
                later = {key: it for key, it in self.pending.items() if key not in step.objects}
                self.pending = {**step.pending, **later}

    def redo(self, a: int) -> None:
        if not self.undone or self.rows is None:
            self.type("\\redo", good=False)
            return
        text, rest = self.undone[-1], self.undone[:-1]
        after = written(text, self.seen) if text else self.flushed() if self.pending else None
        self.type("\\redo", good=after is not None)
        if after is not None and text:
            self.did(text)
        elif after is not None:
            self.keep(after)
        self.undone = rest

    def unit_rollback(self, a: int) -> None:
        first = next((place for place, step in enumerate(self.steps) if not step.text), None)
        behind = self.steps[0 if self.own else first :] if self.own or first is not None else []
        if any(step.text for step in behind):
            self.type("\\session rollback", good=False)
            return
        self.type("\\session rollback")
        if self.own:
            self.end(self.committed)
        elif behind:
            self.back(len(behind))
        self.pending = {}

    def unit_commit(self, a: int) -> None:
        after = self.flushed()
        self.type("\\session commit", good=after is not None)
        if after is None:
            self.undone.clear()
            return
        if self.pending:
            self.flush_of_commit(after)
        if self.own:
            self.end(self.seen)
        # joined: they are part of the user's transaction from here on, and can still be undone

    def flush_of_commit(self, after: Rows) -> None:
        self.undone.clear()
        self.own = self.own or self.rows is None
        self.keep(after)

    def commit(self, a: int) -> None:
        if self.rows is not None:
            self.type("commit;")
            self.end(self.rows)

    def rollback(self, a: int) -> None:
        if self.rows is not None:
            self.type("rollback;")
            gone = self.objects - set(START)
            self.pending = {key: it for key, it in self.pending.items() if it[0] == "add" or key not in gone}
            self.end(self.committed)

    def end(self, rows: Rows) -> None:
        self.committed, self.rows, self.own = dict(rows), None, False
        self.steps.clear()
        self.undone.clear()

    # ---

    def check(self) -> None:
        self.work.settle()
        mine = {int(key): value for key, value in read(self.shell.connection, "select id, val from item")}
        assert mine == self.seen
        cursor = self.other.cursor()
        cursor.execute("select id, val from item")
        assert dict(cursor.fetchall()) == self.committed
        assert self.shell.connection.state is (State.IDLE if self.rows is None else State.OPEN)
        session = self.work.session
        new = {each.id for each in session.new}
        dirty = {inspect(each).identity[0] for each in session.dirty if session.is_modified(each)}
        gone = {inspect(each).identity[0] for each in session.deleted}
        wanted: dict[str, set[int]] = {"add": set(), "set": set(), "delete": set()}
        for key, (what, _) in self.pending.items():
            wanted[what].add(key)
        assert (new, dirty - gone, gone) == (wanted["add"], wanted["set"], wanted["delete"])
        if self.rows is not None:
            done = self.shell.steps.transaction.done
            assert [each.act is None for each in done] == [bool(step.text) for step in self.steps]
            assert all(each.fate is Fate.DONE for each in done)


def written(text: str, rows: Rows) -> Rows:
    words = text.replace("(", " ").replace(",", " ").replace("'", " ").replace(")", " ").replace(";", " ").split()
    if words[0] == "insert":
        return {**rows, int(words[4]): words[5]}
    key = int(words[-1])
    if words[0] == "delete":
        return {each: value for each, value in rows.items() if each != key}
    return {**rows, key: words[5]} if key in rows else rows


NAMES = ("begin", "raw", "raw", "set", "set", "add", "remove", "flush", "flush", "flush", "undo", "undo", "redo",
         "unit_rollback", "unit_commit", "commit", "rollback")  # fmt: skip
STEPS = st.lists(st.tuples(st.integers(0, len(NAMES) - 1), st.integers(0, 5)), min_size=4, max_size=14)


def steps(*names: str) -> list[tuple[int, int]]:
    return [(NAMES.index(name.rstrip("+")), name.count("+")) for name in names]


@pytest.fixture
def shell(any_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setattr(Screen, "say", lambda screen, text: None)
    database = Database(target.parse(existing(any_url), config.Config()))
    database.connection.run(Statement("create table item (id integer primary key, val varchar(20))"))
    yield Shell(database, Screen(Output(output="/dev/null"), Report()))
    database.close()


def test_a_flush_is_a_step(shell: Shell, any_url: str) -> None:
    @settings(
        max_examples=25 if any_url.startswith("sqlite") else 12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(STEPS)
    @example(steps("set", "flush", "undo", "redo", "unit_rollback"))
    @example(steps("begin", "raw", "set", "flush", "add", "flush", "undo+", "flush", "unit_rollback", "commit"))
    @example(steps("add", "flush", "raw+", "undo", "unit_rollback"))
    @example(steps("begin", "remove", "flush", "raw++", "undo+", "redo", "redo", "commit"))
    @example(steps("set", "raw+", "flush", "unit_rollback", "set"))
    @example(steps("begin", "set", "flush", "unit_commit", "raw", "undo+", "unit_commit", "rollback"))
    @example(steps("add", "flush", "undo", "unit_commit"))
    @example(steps("set", "flush", "raw+", "unit_rollback", "undo", "unit_rollback"))
    @example(steps("begin", "add", "flush", "unit_commit", "rollback", "set", "flush"))
    def law(chosen: list[tuple[int, int]]) -> None:
        cursor = other.cursor()
        cursor.execute("delete from item")
        cursor.execute("insert into item values (1, 'a'), (2, 'b'), (3, 'c')")
        both = Both(shell, other)
        try:
            for kind, a in chosen:
                getattr(both, NAMES[kind])(a)
                both.check()
        finally:
            if shell.connection.state is not State.IDLE:
                shell.run("rollback;")
            shell.session.attach()

    with closing(driver(any_url)) as other:
        law()


def test_a_flush_cannot_be_saved_and_a_script_says_that_it_was_left_out(shell: Shell, tmp_path: Any) -> None:
    both = Both(shell, None)
    both.type("begin;")
    both.add(0)
    both.type("\\flush")
    with pytest.raises(Refused, match=r"step 1 cannot be saved: the keys of a flush are the server's"):
        shell.steps.command("\\save", str(tmp_path / "steps.sql"))
    both.type("commit;")
    shell.transcript.save(tmp_path / "all.sql")
    assert "-- left out: a flush of the ORM Session" in (tmp_path / "all.sql").read_text()


def test_a_table_without_transactions_is_not_flushed_into(maria_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    execute(maria_url, "create table item (id integer primary key, val varchar(20)) engine=MyISAM")
    monkeypatch.setattr(Screen, "say", lambda screen, text: None)
    with closing(Database(target.parse(maria_url, config.Config()))) as database:
        both = Both(Shell(database, Screen(Output(output="/dev/null"), Report())), None)
        both.add(0)
        with pytest.raises(Refused, match="item is a MyISAM table, which has no transactions"):
            both.shell._run("\\flush")
        assert database.connection.state is State.IDLE and len(both.work.session.new) == 1
    assert execute(maria_url, "select * from item") == []


def test_a_script_does_not_flush_into_a_table_without_transactions(maria_url: str) -> None:
    execute(maria_url, "create table item (id integer primary key, val varchar(20)) engine=MyISAM")
    text = b"item.add(id=1, val='x')\n"
    for script, options in ((text + b"\\flush\n", ()), (text, ("--commit",))):
        done = run(maria_url, "-", *options, command="session", stdin=script)
        assert done.code == 6 and "item is a MyISAM table, which has no transactions" in done.err, done.err
    assert execute(maria_url, "select * from item") == []


def test_text_that_is_too_long_is_refused_at_the_assignment(pg_url: str, maria_url: str) -> None:
    for url in (pg_url, maria_url):
        execute(url, "create table named (id integer primary key, name varchar(3), other text)")
        for text in ("name='äöü'", "name='abc  '", "other='abcdef'"):
            assert run(url, "-", command="session", stdin=f"named.add(id=1, {text})\n".encode()).code == 0
        done = run(url, "-", command="session", stdin="named.add(id=1, name='äöüß')\n\\flush\n".encode())
        assert done.code == 1 and ":1:1: E-VALUE 4 characters are too many for" in done.err and "(3)" in done.err
