r"""Two sessions side by side, stepped alternately, to watch what isolation, locks and deadlocks do.

    a: begin
    b: begin
    a: update account set balance = 0 where id = 1
    \expect waits
    b: update account set balance = 9 where id = 1
    a: commit

Each line runs in the session that it names. One that has to wait for the other is left waiting, with the name of who is
in its way, and goes on as soon as it can. `\expect` lines are those of `dbx run`, and `\expect waits`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from threading import Thread
from time import monotonic, sleep

from dbx import interrupt
from dbx.connection import Connection
from dbx.database import Database
from dbx.dialects.base import State
from dbx.dialects.transactions import DEADLOCK
from dbx.errors import DbxError, Interrupted, LanguageError, Refused, StatementFailed
from dbx.rows import Column, Outcome, Rows, Statement
from dbx.screen import Screen
from dbx.sql import expect, files
from dbx.transaction import locks

_LINE = re.compile(r"\s*([a-z])\s*:\s*(.*?)\s*;?\s*", re.IGNORECASE | re.DOTALL)
_WAITS = r"\expect waits"
_ROWS = 1000
_PAUSE = 0.15
"""Seconds between two questions: InnoDB answers from a cache that it renews only when nobody has asked for 0.1 s."""
PATIENCE = 0.7
"""Seconds after which a session that nobody is known to block counts as waiting all the same: SQLite does not tell."""


class Session:
    """A named connection whose statement runs on a thread of its own, so that another one can be stepped meanwhile."""

    def __init__(self, name: str, connection: Connection) -> None:
        self.name = name
        self.connection = connection
        self.number = locks.number(connection)
        self.text = ""
        self.waits = False
        self.expectations: list[expect.Expectation] = []
        self.columns: tuple[Column, ...] = ()
        self.rows: list[tuple[object, ...]] = []
        self.outcome: Outcome | None = None
        self.error: DbxError | Interrupted | None = None
        self._thread: Thread | None = None

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, text: str) -> None:
        self.text, self.waits = text, False
        self.columns, self.rows, self.outcome, self.error = (), [], None, None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            outcome = self.outcome = self.connection.run(Statement(self.text))
            if outcome.rows is not None:
                self.columns = outcome.rows.columns
                for batch in outcome.rows.first(_ROWS):
                    self.rows += batch
        except (DbxError, Interrupted) as error:
            self.error = error

    @property
    def result(self) -> str:
        """What the statement came to, on one line."""
        if isinstance(self.error, Interrupted):
            return "cancelled"
        if self.error is not None:
            kind = getattr(self.error, "conflict", "")
            fate = " · its transaction was rolled back" if self._lost_transaction else ""
            return f"{kind + ': ' if kind else ''}{self.error.code} {self.error.message}{fate}"
        if self.columns:
            return f"{len(self.rows):,} row{'' if len(self.rows) == 1 else 's'}"
        changed = self.outcome.changed if self.outcome else None
        if changed and self.text.split()[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            return f"{changed:,} row{'' if changed == 1 else 's'} changed"
        return (self.outcome.tag if self.outcome else "") or "done"

    @property
    def _lost_transaction(self) -> bool:
        return self.connection.state in (State.IDLE, State.FAILED) and getattr(self.error, "conflict", "") != ""

    def wrong(self) -> list[str]:
        """What is not as it was expected to be."""
        error = self.error if isinstance(self.error, DbxError) else None
        cell = expect.only_cell(len(self.rows), self.rows[0] if self.rows else None)  # type: ignore[arg-type]
        changed = self.outcome.changed if self.outcome else None
        found = expect.Result(len(self.rows), cell, changed, error)
        failures = [expect.failure(expectation, found) for expectation in self.expectations]
        self.expectations = []
        return [failure.message for failure in failures if failure is not None]


class Lab:
    """The sessions, which are opened when they are first named, and one more to look at them."""

    def __init__(self, database: Database, say: Callable[[str], None], *, strict: bool) -> None:
        """`strict`: what fails unexpectedly is an error at the end; nobody was there to see it."""
        self._database = database
        self._strict = strict
        self._say = say
        self._sessions: dict[str, Session] = {}
        self._observer = database.connection
        self._tells = bool(database.dialect.transactions.blockers(self._observer.server))
        self._stopped: list[int] = []
        self._failed: list[DbxError] = []
        self.unmet = 0

    def steps(self, lines: Iterable[tuple[int, str]]) -> Iterator[Outcome]:
        """Run the lines one after another, each until it has ended or has to wait."""
        expectations: list[tuple[int, str]] = []
        try:
            for number, line in lines:
                if line.lstrip().startswith("\\expect"):
                    expectations.append((number, line.strip()))
                    continue
                yield from self._step(number, line, expectations)
                expectations = []
            yield from self._settle()
        finally:
            self._close()
        if self.unmet:
            raise StatementFailed(f"{self.unmet} expectations not met", code="E-EXPECT")
        if self._failed and self._strict:
            worst = max(self._failed, key=lambda error: error.exit_code)
            count = len(self._failed)
            raise type(worst)(f"{count} statement{'' if count == 1 else 's'} failed, and no \\expect error said so")

    def _step(self, number: int, line: str, expectations: list[tuple[int, str]]) -> Iterator[Outcome]:
        found = _LINE.fullmatch(line)
        if found is None:
            raise LanguageError(f"line {number} names no session", hint="a: SELECT …")
        session = self._session(found[1].lower())
        if session.running:
            self._wait(session)
        if session.running:
            raise Refused(f"line {number}: {session.name} is still waiting", hint="step the session that is in its way")
        session.expectations = [expect.parse(text, "lab", at) for at, text in expectations if text != _WAITS]
        self._say(f"{session.name}: {found[2]}")
        session.start(found[2])
        yield from self._await([session])
        waits = any(text == _WAITS for _, text in expectations)
        if waits != session.waits and (waits or expectations):
            self._unmet(f"{session.name} {'does not wait' if waits else 'waits'}")
        yield from self._await([other for other in self._sessions.values() if other.waits and other is not session])
        self._wait_for_deadlock()
        yield from self._await([other for other in self._sessions.values() if other.waits and not other.running])

    def _session(self, name: str) -> Session:
        if name not in self._sessions:
            self._sessions[name] = Session(name, self._database.connect())
        return self._sessions[name]

    def _await(self, sessions: list[Session]) -> Iterator[Outcome]:
        """Wait until each has ended, or is known to wait for another one."""
        for session in sessions:
            waited = session.waits
            self._wait(session)
            if session.running:
                continue
            session.waits = False
            if session.columns:
                yield Outcome(Statement(""), Rows.of(*session.columns, rows=session.rows))  # type: ignore[arg-type]
            self._say(f"{session.name} · {'goes on: ' if waited else ''}{session.result}")
            expected = any(expectation.subject == "error" for expectation in session.expectations)
            # on whom a deadlock falls no script can say
            told = expected or getattr(session.error, "conflict", "") == DEADLOCK
            if isinstance(session.error, DbxError) and not told:
                self._failed.append(session.error)
            for wrong in session.wrong():
                self._unmet(wrong)

    def _wait(self, session: Session) -> None:
        until = monotonic() + PATIENCE
        said, asked = session.waits, 0.0
        with interrupt.forwarded(self._on_signal):
            while session.running:
                sleep(0.02)
                if self._stopped or monotonic() < asked + _PAUSE:
                    continue  # it is being cancelled, or it is too early to ask again
                asked = monotonic()
                blockers = self._blockers(session)
                if blockers or (not self._tells and monotonic() > until):
                    session.waits = True
                    if not said:
                        names = ", ".join(map(self._named, blockers))
                        self._say(f"{session.name} · waits{f' for {names}' if names else ''}")
                    return
        signals, self._stopped = self._stopped, []
        if signals and signals[0] != 2:
            raise Interrupted(signals[0])

    def _blockers(self, session: Session) -> list[str]:
        try:
            return locks.blockers(self._observer, session.number) if self._tells else []
        except Interrupted as stop:
            self._on_signal(stop.signum)
            return []

    def _wait_for_deadlock(self) -> None:
        """When all of them wait nobody can be stepped: the server has to end one of them."""
        with interrupt.forwarded(self._on_signal):
            while self._sessions and all(session.running for session in self._sessions.values()):
                sleep(0.02)

    def _named(self, blocker: str) -> str:
        """A session of the lab by its name."""
        for session in self._sessions.values():
            blocker = blocker.replace(f"session {session.number} ", f"{session.name}, session {session.number} ")
        return blocker

    def _on_signal(self, number: int) -> None:
        """Cancel whatever runs or waits."""
        self._stopped.append(number)
        for session in self._sessions.values():
            if session.running:
                session.connection.canceller.on_signal(number)

    def _settle(self) -> Iterator[Outcome]:
        """The script has ended; what still waits is waited for, as long as it is not blocked for ever."""
        yield from self._await([session for session in self._sessions.values() if session.waits])
        for session in self._sessions.values():
            if session.running:
                self._say(f"{session.name} · still waits, and is cancelled")
                session.connection.canceller.on_signal(2)
                self._wait_ended(session)
            elif session.connection.state in (State.OPEN, State.FAILED):
                self._say(f"{session.name} · its transaction is open, and is rolled back")

    def _wait_ended(self, session: Session) -> None:
        until = monotonic() + 5
        while session.running and monotonic() < until:
            sleep(0.02)

    def _unmet(self, wrong: str) -> None:
        self.unmet += 1
        self._say(f"not as expected: {wrong}")

    def _close(self) -> None:
        for session in self._sessions.values():
            if session.running:
                session.connection.canceller.on_signal(15)
                self._wait_ended(session)
            session.connection.close()


def lines(file: str) -> Iterator[tuple[int, str]]:
    """The lines of a script, each with its number; one that is indented goes on with the line before it."""
    with files.opened(file) as stream:
        start, text = 0, ""
        for number, raw in enumerate(stream, 1):
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            if line.strip().startswith("--") or not line.strip():
                continue
            if text and line[0] in " \t":
                text += "\n" + line
                continue
            if text:
                yield start, text
            start, text = number, line
        if text:
            yield start, text


def typed() -> Iterator[tuple[int, str]]:
    """Lines from a terminal."""
    for number in count(1):
        sys.stderr.write("lab> ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line or line.strip() in ("\\q", "exit", "quit"):
            return
        if line.strip():
            yield number, line.rstrip("\n")


def run(database: Database, screen: Screen, file: str) -> Iterator[Outcome]:
    """A script of two sessions, or what is typed. An observer's connection asks who waits for whom."""
    if database.target.url.database in ("", ":memory:") and not database.dialect.transactions.number:
        raise Refused("two sessions need a database that both can open, not one in memory")
    screen.chatty = screen.pager = False
    source = lines(file) if file else typed()
    return Lab(database, screen.say, strict=bool(file)).steps(source)
