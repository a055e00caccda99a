"""MySQL's option files, as far as they say how to connect."""

from __future__ import annotations

import configparser
import os
from pathlib import Path

from dbx.errors import UsageError
from dbx.redact import remember


def options() -> dict[str, str]:
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
