"""The life of one private server: a directory, a process, a guard, databases by number."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, Any, ClassVar, Self

import psycopg
import pymysql

START_SECONDS = 60
STOP_SECONDS = 10

# Its read ends without a line only when our process has died and taken its end of the pipe along.
GUARD = """
read -r _ && exit
kill -QUIT "$1"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$1" || break; sleep 0.1; done
kill -KILL "$1"
rm -rf "$2"
"""


class MissingError(Exception):
    """The server's programs are not on this machine."""


class FailedError(Exception):
    """The server's programs are here, and did not do their work."""


class Server:
    """What the two servers share."""

    name: str
    scheme: ClassVar[str]
    user: ClassVar[str]
    system_users: ClassVar[tuple[str, ...]]

    def __init__(self, **settings: str) -> None:
        """`settings` are the server's own: `PostgreSQL(max_connections="3")`."""
        self.settings = settings
        self.password = secrets.token_hex(12)
        self.version = ""
        self.port = 0
        self.directory = Path()
        self.process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._databases = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- what a server brings along -----------------------------------------------------------------------------

    def prepare(self) -> None:
        """Fill the data directory."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """The server's own command line."""
        raise NotImplementedError

    def connect(self, database: str | None = None) -> Any:
        """A DBAPI connection as superuser, in autocommit."""
        raise NotImplementedError

    def client(self, database: str | None = None) -> tuple[list[str], dict[str, str]]:
        """The native client's command line and environment; the password is only in the latter."""
        raise NotImplementedError

    def drop_database(self, name: str) -> None:
        raise NotImplementedError

    # --- life ---------------------------------------------------------------------------------------------------

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} is not running"
        return self.process.pid

    def start(self) -> None:
        """Prepare the directory unless `halt` left one, then run until connections are answered."""
        fresh = self.directory == Path()
        try:
            if fresh:
                self.directory = _own_directory(self.system_user)
                self.prepare()
            for _ in range(3):
                if fresh:  # someone else may take a free port before the server does
                    self.port = _free_port()
                self._launch()
                if self._answers():
                    return
                self.halt()
            raise FailedError(f"{self.name} did not start:\n{self.log()[-3000:]}")
        except BaseException:
            self.stop()
            raise

    def halt(self) -> None:
        """End the process and keep the directory; `start` goes on with it."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(STOP_SECONDS)
        self._dismiss_guard()
        self.process = None

    def kill(self) -> None:
        """What a power cut does; `start` recovers from it, on the same port."""
        assert self.process is not None, f"{self.name} is not running"
        self.process.kill()
        self.halt()

    def stop(self) -> None:
        """End the process and remove the directory."""
        self.halt()
        if self.directory != Path():
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory = Path()

    def log(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            return (self.directory / "log").read_text(errors="replace")
        return ""

    # --- use ----------------------------------------------------------------------------------------------------

    def url(self, user: str | None = None, password: str | None = None, database: str | None = None) -> str:
        """An URL any tool understands; the superuser's without arguments."""
        login = f"{user or self.user}:{self.password if password is None else password}"
        return f"{self.scheme}://{login}@127.0.0.1:{self.port}/{database or ''}"

    def create_database(self) -> str:
        """The name of a fresh, empty database."""
        self._databases += 1
        name = f"dbx{self._databases}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def execute(self, statement: str, database: str | None = None) -> list[tuple[Any, ...]]:
        """Run one statement as superuser."""
        with contextlib.closing(self.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def run_client(self, *options: str, database: str | None = None, text: str | None = None) -> str:
        """The native client's standard output, for `text` on its standard input."""
        argv, environment = self.client(database)
        done = subprocess.run(
            [*argv, *options], env=environment, input=text or "", capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise FailedError(f"{argv[0]} returned {done.returncode}: {done.stderr}")
        return done.stdout

    # --- inside -------------------------------------------------------------------------------------------------

    @property
    def system_user(self) -> str | None:
        """Whom to run as: someone else when we are root."""
        if os.geteuid() != 0:
            return None
        known = {entry.pw_name for entry in pwd.getpwall()}
        return next((name for name in self.system_users if name in known), "nobody")

    def _run(self, argv: list[str]) -> None:
        """Run a tool of the server to its end, as the server's user."""
        done = subprocess.run(
            argv,
            **self._identity(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise FailedError(f"{argv[0]} returned {done.returncode}:\n{done.stdout.decode(errors='replace')[-3000:]}")

    def _identity(self) -> dict[str, Any]:
        identity: dict[str, Any] = {"cwd": self.directory, "env": _plain_environment(self.directory)}
        if self.system_user:
            entry = pwd.getpwnam(self.system_user)
            identity |= {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        return identity

    def _launch(self) -> None:
        """Start the server in its own session, so that Ctrl-C reaches the tests alone."""
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                **self._identity(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._guard = subprocess.Popen(
            ["sh", "-c", GUARD, "guard", str(self.process.pid), str(self.directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _dismiss_guard(self) -> None:
        if self._guard is not None:
            self._guard.communicate(b"done\n")
            self._guard = None

    def _answers(self) -> bool:
        """Wait until the server lets us in; False when it has ended instead."""
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up and self.process and self.process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError, pymysql.OperationalError):
                self.version = self._ask_version()
                return True
            time.sleep(0.02)
        return False

    def _ask_version(self) -> str:
        full = str(self.execute("SELECT version()")[0][0])
        found = re.search(r"\d+(\.\d+)+", full)
        return found[0] if found else full

    def _secret_file(self, name: str, text: str) -> Path:
        """A file only the server's user can read."""
        path = self.directory / name
        with _open_private(path) as file:
            file.write(text)
        if self.system_user:
            shutil.chown(path, self.system_user)
        return path


def _own_directory(user: str | None) -> Path:
    """A new directory its user can reach: $TMPDIR may lie below a private one."""
    bases = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    if user:
        open_to_all = [base for base in bases if all(p.stat().st_mode & 0o001 for p in (base, *base.parents))]
        bases = open_to_all or bases
    directory = Path(tempfile.mkdtemp(prefix="dbx-", dir=bases[0]))
    if user:
        entry = pwd.getpwnam(user)
        os.chown(directory, entry.pw_uid, entry.pw_gid)
    return directory


def _plain_environment(home: Path) -> dict[str, str]:
    """Nothing of the user's settings reaches a server."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": f"{path}{os.pathsep}/usr/sbin", "HOME": str(home), "TMPDIR": str(home), "LANG": "C", "TZ": "UTC"}


def _open_private(path: Path) -> IO[str]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
