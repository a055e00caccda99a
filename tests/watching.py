"""What runs on a server, seen from outside: the oracle of every cancel."""

from __future__ import annotations

import termios
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pymysql
from pty_screen import Terminal
from run_dbx import driver, until

from dbx.target import parse_url

ENDLESS = {
    "postgresql": "select pg_sleep(60)",
    "mysql": "select sleep(60)",
    "sqlite": "with recursive endless(n) as (select 1 union all select n + 1 from endless) select count(*) from endless",
}
"""Longer than any test waits; SQLite's never ends."""

STREAM = {
    "postgresql": "select generate_series(1, 100000000) as n, repeat('x', 100) as x",
    "mysql": "select seq, repeat('x', 100) from seq_1_to_100000000",
    "sqlite": "with recursive endless(n) as (select 1 union all select n + 1 from endless) select n, hex(zeroblob(50)) from endless",
}


def backend(url: str) -> str:
    return parse_url(url).backend


class Watch:
    """A second connection to the database of `url`, for the statements of others there."""

    def __init__(self, url: str) -> None:
        self.connection = driver(url)
        self.cursor = self.connection.cursor()
        self.postgresql = backend(url) == "postgresql"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def ask(self, query: str, *values: object) -> list[int]:
        self.cursor.execute(query, values)
        return [row[0] for row in self.cursor.fetchall()]

    def running(self, text: str) -> list[int]:
        """The connections that now run a statement which holds `text`."""
        if self.postgresql:
            query = "select pid from pg_stat_activity where state = 'active' and position(%s in query) > 0"
            return self.ask(f"{query} and datname = current_database() and pid <> pg_backend_pid()", text)
        query = "select id from information_schema.processlist where locate(%s, info) > 0 and command <> 'Killed'"
        return self.ask(f"{query} and db = database() and id <> connection_id()", text)

    def clients(self) -> list[int]:
        """The other connections to the database."""
        if self.postgresql:
            others = "datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
            return self.ask(f"select pid from pg_stat_activity where {others}")
        return self.ask("select id from information_schema.processlist where db = database() and id <> connection_id()")

    def wait_running(self, text: str) -> int:
        """The one connection that runs it, as soon as it does."""
        found: list[int] = until(lambda: self.running(text), f"{text!r} runs on the server")
        return found[0]

    def blocked(self, text: str) -> list[int]:
        """The connections whose statement holds `text` and waits for the lock of another one."""
        if self.postgresql:
            query = "select pid from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0"
            return self.ask(f"{query} and position(%s in query) > 0 and datname = current_database()", text)
        query = "select trx_mysql_thread_id from information_schema.innodb_trx where trx_state = 'LOCK WAIT'"
        return self.ask(f"{query} and locate(%s, trx_query) > 0", text)

    def wait_blocked(self, text: str) -> None:
        """Until it waits. MariaDB gives the same answer for as long as it is asked more often than every 0.1 s."""
        until(lambda: self.blocked(text), f"{text!r} waits for a lock", pause=0.15)

    def wait_gone(self, text: str, seconds: float = 60) -> None:
        until(lambda: not self.running(text), f"{text!r} has gone from the server", seconds)

    def kill(self, number: int) -> None:
        """End a connection, as an administrator would; it may have gone by itself."""
        if self.postgresql:
            self.ask(f"select pg_terminate_backend({number})")
            return
        with suppress(pymysql.OperationalError):
            self.cursor.execute(f"kill {number}")

    def kill_clients(self) -> None:
        """End all other connections, until none is left: who waits long for a step has a second one that looks on."""

        def gone() -> bool:
            for number in self.clients():
                self.kill(number)
            return not self.clients()

        until(gone, "the connections are gone")


def wait_busy(shell: Terminal, watch: Watch | None, text: str) -> None:
    """Until the server runs it; SQLite runs in the program itself."""
    if watch is not None:
        watch.wait_running(text)
        return
    # at the prompt Ctrl-C is a key, and other threads may be busy
    until(lambda: termios.tcgetattr(shell.fd)[3] & termios.ISIG, "the prompt has let go of the terminal")
    stat = Path(f"/proc/{shell.pid}/stat")

    def ticks() -> int:
        return int(stat.read_text().rpartition(")")[2].split()[11])

    before = ticks()
    until(lambda: ticks() > before + 20, "the query keeps the processor busy")
