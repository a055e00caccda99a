"""Where a password comes from: the URL, a file, the environment, MySQL's option files, the terminal.

libpq reads PGPASSWORD, ~/.pgpass and services itself; nothing here repeats that.
"""

from __future__ import annotations

import configparser
import os
import stat
import sys
from pathlib import Path

from dbx.errors import UsageError
from dbx.redact import remember
from dbx.target import Target, Url


def complete(target: Target, password_file: str = "") -> Target:
    """The target with a password from a file or $DBX_PASSWORD, if it has none of its own. Raises UsageError."""
    url = target.url
    file = password_file or (target.profile.password_file if url.password is None else "")
    if file:
        url = url.replace(password=_from_file(Path(file).expanduser()))
    elif url.password is None and (value := os.environ.get("DBX_PASSWORD")):
        url = url.replace(password=value)
    remember(url.password)
    return target._replace(url=url)


def _from_file(path: Path) -> str:
    """The first line of a file that only its owner reads; a pipe or /dev/fd/N is as good."""
    try:
        with path.open() as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_ISREG(mode) and mode & 0o077 and sys.platform != "win32":
                raise UsageError(f"the password file {path} can be read by others", hint=f"chmod 600 {path}")
            return file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the password file {path} cannot be read: {error}") from None


def my_cnf(url: Url) -> dict[str, str]:
    """What ~/.my.cnf (or $DBX_MY_CNF) and $MYSQL_PWD say, as MySQL's own clients read them."""
    found: dict[str, str] = {}
    parser = configparser.RawConfigParser(allow_no_value=True, strict=False, comment_prefixes=("#", ";", "!"))
    file = Path(os.environ.get("DBX_MY_CNF", "~/.my.cnf")).expanduser()
    try:
        parser.read(file)
    except (configparser.Error, OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None
    for section in ("client", "mysql", "client-mariadb", "mariadb-client"):
        if parser.has_section(section):
            found.update({name.replace("_", "-"): _unquoted(value) for name, value in parser.items(section) if value})
    if "password" not in found and (value := os.environ.get("MYSQL_PWD")):
        found["password"] = value
    remember(found.get("password"))
    return found


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
