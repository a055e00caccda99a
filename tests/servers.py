"""Private, throw-away database servers for tests and benchmarks.

    with PostgreSQL() as server:
        url = server.url(database=server.create_database())

Each has its own data directory, password, free port on 127.0.0.1 and unix socket, trades safety for speed, and runs
as another user when we are root, because both servers refuse root. Nothing of it survives its Python process, not
even when that process is killed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pymysql
from private_server import STOP_SECONDS, FailedError, MissingError, Server

__all__ = ["KINDS", "FailedError", "MariaDB", "MissingError", "PostgreSQL", "Server"]

KINDS = ("sqlite", "postgresql", "mariadb")
"""Of the databases of the tests."""


class PostgreSQL(Server):
    name = "PostgreSQL"
    scheme = "postgresql"
    user = "postgres"
    system_users = ("postgres",)
    speed: ClassVar[dict[str, str]] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

    def prepare(self) -> None:
        secret = self._secret_file("password", self.password)
        argv = [str(self.binary("initdb")), "-D", str(self.data), "-U", self.user, f"--pwfile={secret}", "-N"]
        argv += ["-A", "scram-sha-256", "-E", "UTF8"]
        try:
            self._run([*argv, "--locale=C.UTF-8"])
        except FailedError:  # not every system has that locale
            self._run([*argv, "--locale=C"])
        secret.unlink()

    def command(self) -> list[str]:
        settings = {"listen_addresses": "127.0.0.1", "port": str(self.port), "max_wal_size": "4GB"}
        settings |= {"unix_socket_directories": str(self.directory)} | self.speed | self.settings
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binary("postgres")), "-D", str(self.data), *options]

    def connect(self, database: str | None = None) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database or "postgres",
            connect_timeout=60,
            autocommit=True,
        )

    def client(self, database: str | None = None) -> tuple[list[str], dict[str, str]]:
        argv = [str(self.binary("psql")), "-X", "-h", "127.0.0.1", "-p", str(self.port), "-U", self.user]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return [*argv, "-d", database or "postgres"], {**environment, "PGPASSWORD": self.password}

    def drop_database(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def halt(self) -> None:
        """SIGTERM waits for the clients, SIGINT does not."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        super().halt()

    @staticmethod
    def binary(name: str) -> Path:
        """Server programs are kept off PATH by Debian, in one directory for each version."""
        if found := shutil.which(name):
            return Path(found)
        directories = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
        directories.sort(key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))], reverse=True)
        if config := shutil.which("pg_config"):
            told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False).stdout
            directories.append(Path(told.strip()))
        for directory in directories:
            if (directory / name).is_file():
                return directory / name
        raise MissingError(f"PostgreSQL: {name} not found")


class MariaDB(Server):
    """MariaDB, or MySQL where that is what there is."""

    name = "MariaDB"
    scheme = "mysql"
    user = "root"
    system_users = ("mysql",)
    speed: ClassVar[dict[str, str]] = {
        "innodb-flush-log-at-trx-commit": "0",
        "innodb-doublewrite": "0",
        "innodb-fast-shutdown": "2",
        "innodb-use-native-aio": "0",  # containers often allow few of these
        "innodb-log-file-size": "32M",
        "innodb-buffer-pool-size": "128M",
        "loose-debug-no-sync": "1",  # only MariaDB knows it
    }

    def __init__(self, **settings: str) -> None:
        super().__init__(**settings)
        self.secret = Path()

    @property
    def socket(self) -> Path:
        return self.directory / "socket"

    def prepare(self) -> None:
        server = self.binary("mariadbd", "mysqld")
        told = subprocess.run(
            [server, "--no-defaults", "--version"], capture_output=True, text=True, check=False
        ).stdout
        if "MariaDB" in told:
            tool = str(self.binary("mariadb-install-db", "mysql_install_db"))
            options = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]
            self._run([tool, "--no-defaults", f"--datadir={self.data}", *options])
        else:
            self.name = "MySQL"
            self._run([str(server), "--no-defaults", "--initialize-insecure", f"--datadir={self.data}"])
        self.secret = self._secret_file("init.sql", _mariadb_accounts(self.password))

    def command(self) -> list[str]:
        settings = {"datadir": str(self.data), "socket": str(self.socket), "pid-file": str(self.directory / "pid")}
        settings |= {"port": str(self.port), "bind-address": "127.0.0.1", "skip-name-resolve": "1"}
        settings |= {"character-set-server": "utf8mb4", "default-time-zone": "+00:00", "max-allowed-packet": "256M"}
        settings |= {"init-file": str(self.secret)} | self.speed
        settings |= {name.replace("_", "-"): value for name, value in self.settings.items()}
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self.binary("mariadbd", "mysqld")), "--no-defaults", *options]

    def connect(self, database: str | None = None) -> Any:
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            password=self.password,
            database=database,
            connect_timeout=60,
            autocommit=True,
        )

    def client(self, database: str | None = None) -> tuple[list[str], dict[str, str]]:
        argv = [str(self.binary("mariadb", "mysql")), "--no-defaults", "-h", "127.0.0.1", "-P", str(self.port)]
        argv += ["-u", self.user, "--default-character-set=utf8mb4", *([database] if database else [])]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MYSQL", "MARIADB"))}
        return argv, {**environment, "MYSQL_PWD": self.password}

    def drop_database(self, name: str) -> None:
        """An open transaction holds its tables, so its connection goes first."""
        for (number,) in self.execute(f"SELECT id FROM information_schema.processlist WHERE db = '{name}'"):
            with contextlib.suppress(pymysql.Error):
                self.execute(f"KILL {number}")
        self.execute(f"DROP DATABASE IF EXISTS {name}")

    @staticmethod
    def binary(*names: str) -> Path:
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"])
        for name in names:
            if found := shutil.which(name, path=path):
                return Path(found)
        raise MissingError(f"MariaDB: {names[0]} not found")


def _mariadb_accounts(password: str) -> str:
    """Run before the server listens: never is there an account without a password. One statement a line."""
    lines = [f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';"]
    lines += [f"CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '{password}';"]
    lines += [f"ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '{password}';"]
    lines += ["GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;"]
    return "\n".join([*lines, "FLUSH PRIVILEGES;", ""])
